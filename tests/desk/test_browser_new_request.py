"""A whole request by hand in a browser, its clicks and inputs counted."""

from __future__ import annotations

import pytest
from playwright.async_api import FilePayload, Page

from tests.desk.browser import CHROMIUM, IN_CI, browser
from tests.desk.browser import reader as profile
from tests.desk.drafting import FOUND, MOST
from tests.desk.world import World
from tests.media.pictures import image, saved

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Hands:
    """Somebody at a browser: counts what they click and fill in."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0
        self.inputs = 0

    async def click(self, what: str) -> None:
        await self.page.click(what)
        self.clicks += 1

    async def fill(self, name: str, text: str) -> None:
        await self.page.fill(f"#{name}", text)
        self.inputs += 1

    async def choose(self, name: str, value: str) -> None:
        await self.page.select_option(f"#{name}", value)
        self.inputs += 1

    async def check(self, name: str) -> None:
        await self.page.check(f"#{name}")
        self.inputs += 1


async def enter(hands: Hands) -> None:
    """A recovered pistol, from the list of drafts until it waits for an officer."""
    await hands.click("text=New request")
    await hands.click("button.choice[value=PISTOL]")
    await hands.fill("make", "Glock")
    await hands.fill("model", "19")
    await hands.fill("calibre", "9x19")
    await hands.choose("made_in", "XB")
    await hands.click("button:not(.unseen)[value=on]")
    await hands.click("button:text-is('Serial number')")
    await hands.choose("location", "FRAME")
    await hands.fill("text", "KY 40[38]17")
    await hands.click("button:not(.unseen)[value=marks]")
    await hands.choose("condition", "PARTLY_OBLITERATED")
    await hands.click("button:not(.unseen)[value=on]")
    photo = FilePayload(name="a.jpg", mimeType="image/jpeg", buffer=saved(image(), "JPEG"))
    await hands.page.set_input_files("#file", photo)
    hands.inputs += 1
    await hands.click("button:not(.unseen)[value=on]")
    await hands.choose("mode", "SEIZED")
    await hands.fill("date", "2026-02")
    await hands.fill("circumstances", FOUND["circumstances"])
    await hands.click("button:not(.unseen)[value=on]")
    await hands.check("offence-FP-5-TRAFFICKING")
    await hands.check("peer-XB-NPOC")
    await hands.click("button:not(.unseen)[value=on]")
    await hands.click("text=Submit for release")


@pytest.mark.skipif(CHROMIUM is None and not IN_CI, reason="Chromium is not here")
@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
async def test_an_investigator_enters_a_firearm_with_few_inputs_and_clicks(
    made: World,
    script: bool,  # noqa: FBT001 - by pytest
) -> None:
    async with (
        browser() as started,
        profile(started, made.us, made.us.tokens["ada"], script=script) as context,
    ):
        page = await context.new_page()
        said: list[str] = []
        page.on("console", lambda line: said.append(line.text))
        await page.goto(f"{made.us.url}/drafts")
        hands = Hands(page)
        await enter(hands)
        await page.wait_for_url("**/drafts?show=waiting")
        assert "Glock 19" in await page.inner_text("main")
    assert said == []
    assert (hands.inputs, hands.clicks) == (13, 10)
    assert hands.inputs <= MOST
