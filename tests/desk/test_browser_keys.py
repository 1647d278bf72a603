"""A new request by keyboard alone, in Chromium: all is reached, and one sees where one is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import pytest
from playwright.async_api import Page

from tests.desk.browser import IN_CI, browser, missing, reader
from tests.desk.world import World

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(bool(missing()) and not IN_CI, reason=missing()),
]
MOST: Final = 150
"""Presses of the tabulator on one page."""
HERE: Final = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect();
  const style = getComputedStyle(one);
  const x = (Math.max(0, box.left) + Math.min(innerWidth, box.right)) / 2;
  const y = (Math.max(0, box.top) + Math.min(innerHeight, box.bottom)) / 2;
  const top = document.elementFromPoint(x, y);
  const marked = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return {
    id: one.id, tag: one.tagName, value: one.value || "", text: (one.textContent || "").trim(),
    href: one.getAttribute("href") || "", name: one.getAttribute("name") || "",
    seen: marked && box.width > 0 && top !== null && (one.contains(top) || top.contains(one)),
  };
}"""
"""What has the focus, and whether one sees it: an outline, in the window, under nothing else."""


@dataclass(slots=True)
class Keys:
    """Somebody who has a keyboard and no mouse."""

    page: Page
    unseen: list[str] = field(default_factory=list)
    """Where the focus could not be seen."""

    async def to(self, **wanted: str) -> None:
        """Press the tabulator until what has the focus is what is wanted."""
        for _ in range(MOST):
            await self.page.keyboard.press("Tab")
            here = await self.page.evaluate(HERE)
            if here["tag"] != "BODY" and not here["seen"]:
                self.unseen.append(f"{self.page.url}: {here}")
            if all(here[name] == value for name, value in wanted.items()):
                return
        raise AssertionError(f"the keyboard does not reach {wanted} on {self.page.url}")

    async def press(self, key: str) -> None:
        """Press a key, and wait for the page it leads to if it leads to one."""
        await self.page.keyboard.press(key)
        await self.page.wait_for_load_state("domcontentloaded")

    async def go(self, path: str, **wanted: str) -> None:
        """Reach something and press Enter on it; a page at this path follows."""
        await self.to(**wanted)
        async with self.page.expect_navigation(url=path):
            await self.page.keyboard.press("Enter")

    async def write(self, name: str, text: str) -> None:
        """Reach a field and type; in a list the letters choose."""
        await self.to(name=name)
        await self.page.keyboard.type(text)


async def test_a_request_is_entered_by_keyboard_alone_and_the_focus_is_always_seen(
    made: World,
) -> None:
    async with (
        browser() as started,
        reader(started, made.us, made.us.tokens["ada"], script=False) as context,
    ):
        page = await context.new_page()
        await page.goto(f"{made.us.url}/drafts")
        keys = Keys(page)
        await keys.go("**/drafts/new", text="New request")
        await keys.go("**/firearm", value="PISTOL")
        for name, text in (("make", "Glock"), ("model", "19"), ("calibre", "9x19")):
            await keys.write(name, text)
        await keys.write("made_in", "XB")
        await keys.go("**/marks", name="go", value="on")
        await keys.go("**/marks/new**", text="Serial number")
        await keys.write("location", "Frame")
        await keys.write("text", "KY 40[38]17")
        await keys.go("**/marks", name="go", value="marks")
        await keys.write("condition", "Partly")
        await keys.go("**/photos", name="go", value="on")
        await keys.go("**/found", name="go", value="on")
        await keys.write("mode", "Seized")
        await keys.write("date", "2026-02")
        await keys.write("circumstances", "Found under the seat of a car at a road check.")
        await keys.go("**/ask", name="go", value="on")
        await keys.to(id="offence-FP-5-TRAFFICKING")
        await keys.press("Space")
        await keys.to(name="peer")
        while (await page.evaluate(HERE))["id"] != "peer-XB-NPOC":
            await keys.press("ArrowUp")
        await keys.go("**/drafts/D*", name="go", value="on")
        await keys.go("**/drafts?show=waiting", text="Submit for release")
        said = await page.inner_text("main")
        assert "Glock 19" in said
    assert keys.unseen == []
