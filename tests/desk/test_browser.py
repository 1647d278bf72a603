"""Every page in the system's Chromium, for everyone.

By the rules of WCAG 2.2 AA, in both directions, dark and light, at 320 pixels, under the content
security policy, by keyboard, and without script.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.conftest import PROVE
from tests.desk.browser import AXE, IN_CI, browser, missing, reader
from tests.desk.visits import visits
from tests.desk.world import PASSWORD, World

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(bool(missing()) and not IN_CI, reason=missing()),
]
TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
WAYS: list[dict[str, Any]] = [
    {"language": "en"},
    {"language": "ar", "dark": True, "narrow": True},
    {"language": "en", "dark": True},
    {"language": "ar"},
]
"""Ways of reading. Every page in every way is a proof; the suite reads each page in one of them."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for all; each reader has a profile of their own."""
    assert not missing(), missing()
    async with browser() as started:
        yield started


def _heard(page: Page) -> list[str]:
    """What the browser complains of from now on: what the policy forbids, and errors."""
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


async def _faults(page: Page) -> list[str]:
    """What axe finds, and what sticks out to the side."""
    await page.evaluate(AXE.read_text())
    found: dict[str, Any] = await page.evaluate(
        "tags => axe.run(document,"
        " {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})",
        TAGS,
    )
    faults = [
        f"{one['id']}: {node['html'][:160]}" for one in found["violations"] for node in one["nodes"]
    ]
    wide = await page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    return [*faults, *([f"{wide[0]} pixels on a screen of {wide[1]}"] if wide[0] > wide[1] else [])]


@pytest.mark.parametrize("turn", range(len(WAYS)))
async def test_every_page_is_for_everyone(made: World, chromium: Browser, turn: int) -> None:
    found: dict[str, list[str]] = {}
    here = [
        visit for number, visit in enumerate(visits(made)) if PROVE or number % len(WAYS) == turn
    ]
    for token in dict.fromkeys(visit.token for visit in here):
        async with reader(chromium, made.us, token, **WAYS[turn]) as context:
            page = await context.new_page()
            said = _heard(page)
            for visit in here:
                if visit.token != token:
                    continue
                answer = await page.goto(made.us.url + visit.path)
                assert answer is not None
                assert answer.status == 200, visit
                if faults := [*await _faults(page), *said]:
                    found[visit.name] = faults
                said.clear()
    assert found == {}


async def test_axe_finds_a_fault_where_there_is_one(made: World, chromium: Browser) -> None:
    async with reader(chromium, made.us) as context:
        page = await context.new_page()
        await page.goto(f"{made.us.url}/sign-in")
        await page.evaluate("document.querySelector('label').remove()")
        assert any(fault.startswith("label") for fault in await _faults(page))


async def test_a_person_signs_in_and_opens_a_request_without_script(
    made: World, chromium: Browser
) -> None:
    async with reader(chromium, made.us, script=False) as context:
        page = await context.new_page()
        await page.goto(f"{made.us.url}/requests?side=sent")
        await page.get_by_label("Name").fill("eve")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in").click()
        await page.get_by_label("Code").fill(made.us.code("eve"))
        await page.get_by_role("button", name="Go on").click()
        assert page.url.endswith("/requests?side=sent")
        await page.get_by_role("link", name="XA-2026-000005").click()
        assert "We owe XB-NPOC the information it asked for." in await page.content()


async def test_the_keyboard_reaches_the_content_first_and_sees_where_it_is(
    made: World, chromium: Browser
) -> None:
    async with reader(chromium, made.us, made.us.tokens["ben"]) as context:
        page = await context.new_page()
        await page.goto(made.us.url)
        await page.keyboard.press("Tab")
        skip = page.locator(":focus")
        assert await skip.text_content() == "Skip to the content"
        assert await skip.is_visible()
        await page.keyboard.press("Enter")
        assert await page.evaluate("document.activeElement.id") == "main"


async def test_filters_narrow_the_list_without_a_load_where_there_is_script(
    made: World, chromium: Browser
) -> None:
    async with reader(chromium, made.us, made.us.tokens["ben"]) as context:
        page = await context.new_page()
        await page.goto(f"{made.us.url}/requests")
        await page.evaluate("window.same = true")
        await page.get_by_label("Status").select_option("REFUSED")
        await page.wait_for_url("**state=REFUSED**")
        rows = page.locator("#list tbody tr")
        assert await rows.count() == 1
        assert await page.evaluate("window.same")
