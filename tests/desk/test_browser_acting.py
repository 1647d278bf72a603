"""The story of an answer in Chromium: two people, no script, and what cannot be got round."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.casework.desks import request_document
from tests.desk.browser import IN_CI, browser, missing, reader
from tests.desk.world import World
from tests.nodes import until

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(bool(missing()) and not IN_CI, reason=missing()),
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for the story."""
    async with browser() as started:
        yield started


async def _at(context: Any, made: World, path: str) -> Page:
    page: Page = await context.new_page()
    await page.goto(made.us.url + path)
    return page


async def _released(chromium: Browser, made: World, what: str) -> None:
    """Eve lets the newest draft of that name go."""
    async with reader(chromium, made.us, made.us.tokens["eve"], script=False) as context:
        page = await _at(context, made, "/release")
        await page.get_by_role("link", name=what, exact=True).last.click()
        await page.get_by_role("button", name="Let it go").click()
        assert "It is on its way to their system." in await page.content()


@pytest.mark.parametrize("script", [False, True], ids=["without-script", "with-script"])
async def test_a_request_is_taken_and_answered_by_two_people(
    made: World, chromium: Browser, *, script: bool
) -> None:
    draft = await made.them.desk.drafts.new("ada", request_document(), "XA-NPOC")
    await made.them.desk.release.submit_for_release("ada", draft.id)
    thread = (await made.them.desk.release.release("ben", draft.id)).thread
    await until(lambda: _stands(made, thread, "DELIVERED"))
    async with reader(chromium, made.us, made.us.tokens["ben"], script=script) as context:
        page = await _at(context, made, f"/requests/{thread}")
        await page.get_by_role("button", name="Take it").click()
        assert "It waits for a second person" in await page.content()
        await page.get_by_role("link", name="Acknowledgement", exact=True).click()
        assert await page.get_by_role("button", name="Let it go").count() == 0
    await _released(chromium, made, "Acknowledgement")
    await until(lambda: _stands(made, thread, "ACKNOWLEDGED"))
    async with reader(chromium, made.us, made.us.tokens["ben"], script=script) as context:
        page = await _at(context, made, f"/requests/{thread}")
        await page.get_by_role("link", name="Answer with what was found").click()
        await _fill(page)
        await page.get_by_role("button", name="Put it before a second person").click()
        assert "It waits for a second person" in await page.content()
    await _released(chromium, made, "Answer")
    await until(lambda: _stands(made, thread, "ANSWERED"))


async def _fill(page: Page) -> None:
    """An answer: one event more than there is room for, a party, a register."""
    await page.get_by_label("Last holder").check()
    await page.locator("[id='answers/1/chain/1/kind']").select_option("MANUFACTURED")
    await page.locator("[id='answers/1/chain/1/date']").fill("2014-05")
    await page.locator("[id='answers/1/chain/1/country']").fill("Germany")
    await page.get_by_role("button", name="Add an event").click()
    event = page.locator("[id='answers/1/chain/3/kind']")
    await event.select_option("LAST_LEGAL_HOLDER")
    assert await page.locator("[id='answers/1/chain/1/country']").input_value() == "Germany"
    await page.get_by_role("button", name="Español").click()
    assert await page.locator("[id='answers/1/chain/1/date']").input_value() == "2014-05"
    await page.get_by_role("button", name="English").click()
    await page.locator("[id='answers/1/chain/3/to_party']").select_option("1")
    await page.locator("[id='chain_parties/1/kind']").select_option("DEALER")
    await page.locator("[id='chain_parties/1/name']").fill("Nowhere Trading (invented)")
    await page.locator("[id='searched/1/register']").select_option("DEALER")


async def _stands(made: World, thread: str, state: str) -> bool:
    row = await made.us.node.rooms.store.read(lambda tx: tx.cases.get(thread))
    return row is not None and row.state == state
