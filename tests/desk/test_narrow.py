"""On a narrow screen nothing is cut off without a sign."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.conftest import PROVE
from tests.desk.browser import IN_CI, browser, missing, reader
from tests.desk.visits import visits
from tests.desk.world import World

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(bool(missing()) and not IN_CI, reason=missing()),
]
LANGUAGES = ["ar", "en"]
"""Every page in both is a proof; the suite shows each in one of them, and not in that in which axe
sees it (`test_browser`)."""
CUT = """() => [...document.querySelectorAll('main *')].filter(one => {
  const style = getComputedStyle(one), box = one.getBoundingClientRect();
  return box.width > 1 && one.scrollWidth > one.clientWidth + 1 && style.overflowX !== 'visible'
    && !one.closest('.unseen, .pic-hidden, textarea, input, select')
    && !one.parentElement.querySelector('.pic-sideways');
}).map(one => one.outerHTML.slice(0, 120))"""
"""What holds more to the side than it shows, and does not say so."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for all."""
    assert not missing(), missing()
    async with browser() as started:
        yield started


async def shown(page: Page, selector: str) -> list[bool]:
    """Whether each of some elements is seen."""
    return [await one.is_visible() for one in await page.locator(selector).all()]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_no_page_cuts_anything_off_without_a_sign(
    made: World, chromium: Browser, language: str
) -> None:
    cut: dict[str, list[str]] = {}
    turn = LANGUAGES.index(language)
    every = [
        visit
        for number, visit in enumerate(visits(made))
        if PROVE or number % len(LANGUAGES) == turn
    ]
    assert every
    for token in dict.fromkeys(visit.token for visit in every):
        async with reader(chromium, made.us, token, language=language, narrow=True) as context:
            page = await context.new_page()
            for visit in (one for one in every if one.token == token):
                await page.goto(made.us.url + visit.path)
                if found := await page.evaluate(CUT):
                    cut[visit.name] = found
    assert cut == {}


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_where_it_went_and_what_is_ahead_are_read_whole_on_a_narrow_screen(
    made: World, chromium: Browser, language: str
) -> None:
    sam = made.us.tokens["sam"]
    for path in ("/overview", f"/requests/{made.threads['answered']}", "/authorities/XB-NPOC"):
        async with reader(chromium, made.us, sam, language=language, narrow=True) as context:
            page = await context.new_page()
            await page.goto(made.us.url + path)
            assert not any(await shown(page, ".pic-stacks > .pic-scroll"))
            assert all(await shown(page, ".pic-stacks > .pic-data"))
            assert all(await shown(page, ".pic-sideways"))
            if "authorities" not in path:
                assert await shown(page, ".pic-stacks")


async def test_on_a_wide_screen_the_drawing_is_shown_and_its_table_below_a_lid(
    made: World, chromium: Browser
) -> None:
    async with reader(chromium, made.us, made.us.tokens["sam"]) as context:
        page = await context.new_page()
        await page.goto(f"{made.us.url}/overview")
        assert await shown(page, ".pic-deadlines > .pic-scroll") == [True]
        assert await shown(page, ".pic-deadlines > .pic-data") == [False]
        await page.locator(".pic-deadlines summary").click()
        assert await shown(page, ".pic-deadlines > .pic-data") == [True]
