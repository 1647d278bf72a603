"""What somebody sees while they type, in Chromium: days, the State of an event, empty rows."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.desk.browser import CHROMIUM, IN_CI, browser, reader
from tests.desk.world import World
from tracer.web.ui.message_forms.pieces import WHERE, WHERES
from tracer.web.ui.routes import path_to

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(CHROMIUM is None and not IN_CI, reason="Chromium is not here"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for all."""
    async with browser() as started:
        yield started


async def test_a_day_is_told_in_words_beside_its_field_as_soon_as_it_is_typed(
    made: World, chromium: Browser
) -> None:
    path = path_to("draft-found", draft=made.drafts["bare"])
    async with reader(chromium, made.us, made.us.tokens["ada"]) as context:
        page = await context.new_page()
        await page.goto(made.us.url + path)
        await page.fill("#date", "24.11.2026")
        await page.press("#date", "Tab")
        await expect(page.locator("#date-understood")).to_have_text("Understood as 24 Nov 2026.")
        await page.fill("#date", "03/04/2026")
        await page.press("#date", "Tab")
        await expect(page.locator("#kept")).to_contain_text("Write 2026-04-03 if the day stands")
        await expect(page.locator("#date-understood")).to_have_text("")


async def test_an_event_says_which_state_it_asks_for_by_its_kind_without_script(
    made: World, chromium: Browser
) -> None:
    path = path_to("write", thread=made.threads["theirs"], type="result")
    async with reader(chromium, made.us, made.us.tokens["ben"], script=False) as context:
        page = await context.new_page()
        await page.goto(made.us.url + path)
        hints = [page.locator(f"[id='answers/1/chain/{n}/country-hint']") for n in (1, 2)]
        assert [await one.inner_text() for one in hints] == [WHERE, WHERE]
        for turn in WHERES:
            kind = min(turn.values)
            await page.locator("[id='answers/1/chain/1/kind']").select_option(kind)
            assert [await one.inner_text() for one in hints] == [turn.said, WHERE]
        await page.locator("[id='answers/1/chain/1/kind']").select_option("LOST")
        assert await hints[0].inner_text() == WHERE


async def test_an_answer_in_which_nothing_is_said_keeps_its_rows_and_says_what_is_missing(
    made: World, chromium: Browser
) -> None:
    path = path_to("write", thread=made.threads["theirs"], type="result")
    async with reader(chromium, made.us, made.us.tokens["ben"], script=False) as context:
        page = await context.new_page()
        await page.goto(made.us.url + path)
        before = await page.locator("fieldset.row").count()
        chosen = await page.locator("[id='answers/1/line']").input_value()
        await page.get_by_role("button", name="Put it before a second person").click()
        assert await page.locator("fieldset.row").count() == before
        assert await page.locator("[id='answers/1/line']").input_value() == chosen
        assert "Mark what was found: an answer" in await page.inner_text("main")
        await page.get_by_role("link", name="Destroy the draft").click()
        await page.get_by_role("main").get_by_role("button").click()


@pytest.mark.parametrize("script", [True, False])
async def test_what_is_typed_is_there_again_after_a_look_at_another_step(
    made: World, chromium: Browser, *, script: bool
) -> None:
    path = path_to("draft-firearm", draft=made.drafts["bare"])
    async with reader(chromium, made.us, made.us.tokens["ada"], script=script) as context:
        page = await context.new_page()
        await page.goto(made.us.url + path)
        for make, way in (("Norinco", "Marks"), ("Zastava", "How it was found")):
            await page.fill("#make", make)
            await page.get_by_role("navigation", name="Steps").get_by_text(way).click()
            await page.get_by_role("heading", level=1, name=way).wait_for()
            steps = page.get_by_role("navigation", name="Steps")
            await steps.get_by_role("button", name="The firearm").focus()
            await page.keyboard.press("Enter")
            await page.get_by_role("heading", level=1, name="The firearm").wait_for()
            assert await page.locator("#make").input_value() == make


async def test_enter_in_a_field_saves_and_goes_on(made: World, chromium: Browser) -> None:
    path = path_to("draft-firearm", draft=made.drafts["bare"])
    async with reader(chromium, made.us, made.us.tokens["ada"]) as context:
        page = await context.new_page()
        await page.goto(made.us.url + path)
        await page.press("#model", "Enter")
        await page.get_by_role("heading", level=1, name="Marks").wait_for()
