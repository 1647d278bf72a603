"""What came by post, in Chromium: entered by one, compared by another, with script and without."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.casework.desks import request_document
from tests.desk.browser import IN_CI, browser, missing, reader
from tests.desk.world import World
from tests.media.pictures import image, saved
from tracer.model.ids import outside

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(bool(missing()) and not IN_CI, reason=missing()),
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for the story."""
    async with browser() as started:
        yield started


@pytest.mark.parametrize("script", [False, True], ids=["without-script", "with-script"])
async def test_a_state_outside_is_asked_by_post_and_its_answer_is_entered_and_compared(
    made: World, chromium: Browser, tmp_path: Path, *, script: bool
) -> None:
    scan = tmp_path / "letter.png"
    scan.write_bytes(saved(image(), "PNG"))
    draft = await made.us.desk.drafts.new("ada", request_document(), outside("PT"))
    await made.us.desk.release.submit_for_release("ada", draft.id)
    thread = (await made.us.desk.release.release("ben", draft.id)).thread
    path = f"{made.us.url}/requests/{thread}"
    async with reader(chromium, made.us, made.us.tokens["ben"], script=script) as context:
        page = await context.new_page()
        await page.goto(path)
        await page.get_by_role("link", name="Enter on which day it was sent").click()
        await page.get_by_label("How", exact=True).select_option("POST")
        await page.get_by_role("button", name="It was sent").click()
        assert "It counts as sent from now on." in await page.content()
        await page.get_by_role("link", name="Something came by another way").click()
        await page.get_by_role("link", name="No record", exact=True).click()
        await page.get_by_label("How", exact=True).select_option("EMBASSY")
        await page.get_by_label("Number that it bears").fill("77/2026")
        await page.get_by_role("button", name="Enter it").click()
        assert "Attach the original." in await page.content()
        assert await page.get_by_label("Number that it bears").input_value() == "77/2026"
        await page.get_by_label("The original").set_input_files(scan)
        await page.locator("[name='reasons'][value='NO_MATCH_IN_REGISTERS']").check()
        await page.get_by_role("button", name="Enter it").click()
        assert "Through an embassy" in await page.content()
        assert "Not compared yet" in await page.content()
        assert await page.get_by_role("link", name="Compare it with the original").count() == 0
    async with reader(chromium, made.us, made.us.tokens["eve"], script=script) as context:
        page = await context.new_page()
        await page.goto(f"{made.us.url}/requests?way=another")
        await page.locator(f"a[href='/requests/{thread}']").click()
        await page.get_by_role("link", name="Compare it with the original").last.click()
        await page.wait_for_load_state("load")
        width = "document.querySelector('img.scan').naturalWidth"
        assert await page.evaluate(width) > 0
        await page.get_by_role("button", name="It says what the original says").click()
        assert "Compared with the original" in await page.content()
