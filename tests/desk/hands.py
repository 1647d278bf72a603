"""Somebody at a browser: looks for words, follows links, fills in forms, presses buttons.

A page is found as a person finds it, by what stands on it; nothing is typed into the address but
the first page. Every step says which words it looks for, so a page that says something else, or is
another one, stops the story there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from playwright.async_api import Browser, FilePayload, Page

PATIENCE: Final = 60_000
"""Milliseconds that a page may take; far more than it does, for a machine that is busy."""


@dataclass(slots=True)
class Hands:
    """One person at one browser."""

    page: Page
    url: str
    name: str

    async def reads(self, *words: str) -> str:
        """What the page says; these words are among it."""
        await self.page.wait_for_load_state("domcontentloaded")
        text = " ".join((await self.page.inner_text("body")).split())
        for each in words:
            assert each in text, f"{self.name} misses {each!r} on {self.page.url}: {text[:3000]}"
        return text

    async def misses(self, *words: str) -> None:
        """Nothing of this stands on the page."""
        text = await self.reads()
        for each in words:
            assert each not in text, f"{self.name} sees {each!r} on {self.page.url}"

    async def opens(self, where: str, *words: str) -> None:
        """Go by the menu, from wherever one is."""
        await (
            self.page.get_by_role("navigation", name="Main")
            .get_by_role("link", name=where, exact=True)
            .click()
        )
        await self.reads(*words)

    async def follows(self, link: str, *words: str, last: bool = False) -> None:
        """Follow a link by what it says."""
        found = self.page.get_by_role("main").get_by_role("link", name=link, exact=True)
        await (found.last if last else found.first).click()
        await self.reads(*words)

    async def presses(self, button: str, *words: str) -> None:
        """Press a button by what it says."""
        await (
            self.page.get_by_role("main")
            .get_by_role("button", name=button, exact=True)
            .first.click()
        )
        await self.reads(*words)

    async def unfolds(self, summary: str, *words: str) -> None:
        """Open what is folded away; of several the last."""
        await self.page.locator("summary", has_text=summary).last.click()
        await self.reads(*words)

    async def fills(self, values: Mapping[str, str | tuple[str, ...]]) -> None:
        """Fill in a form by the names of its inputs; several values are boxes to be ticked."""
        for name, value in values.items():
            if isinstance(value, tuple):
                for each in value:
                    await self.page.check(f'input[name="{name}"][value="{each}"]')
            elif await self.page.locator(f'select[name="{name}"]').count():
                await self.page.select_option(f'select[name="{name}"]', value)
            else:
                await self.page.fill(f'[name="{name}"]:not([type=hidden])', value)

    async def sees(self, picture: str) -> None:
        """A picture, by the words that stand for it, was loaded and drawn."""
        image = self.page.get_by_role("main").get_by_role("img", name=picture).first
        await image.scroll_into_view_if_needed()
        source = str(await image.get_attribute("src"))
        answer = await self.page.context.request.get(self.url.rstrip("/") + source)
        assert answer.ok, f"{self.name} does not see {picture!r}"
        assert answer.headers["content-type"].startswith("image/")

    async def adds(self, photo: bytes, *, shows: str, caption: str) -> None:
        """Choose a photo, say what it shows, and add it."""
        file = FilePayload(name="photo.png", mimeType="image/png", buffer=photo)
        await self.page.set_input_files("#file", file)
        await self.fills({"shows": shows, "caption": caption})
        await self.presses("Add", caption)


@asynccontextmanager
async def seated(
    started: Browser, url: str, name: str, password: str, *, script: bool
) -> AsyncIterator[Hands]:
    """Somebody who has signed in, in a browser profile of their own.

    A form that says no (422) is told by the browser as a load that failed, and is none.
    """
    context = await started.new_context(
        viewport={"width": 1280, "height": 900}, java_script_enabled=script, locale="en"
    )
    context.set_default_timeout(PATIENCE)
    try:
        page = await context.new_page()
        said: list[str] = []
        page.on("console", lambda line: said.append(line.text) if "422" not in line.text else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        await page.goto(url)
        hands = Hands(page, url, name)
        await hands.reads("Sign in", "Exercise: nothing here is about a real case.")
        await hands.fills({"name": name, "password": password})
        await hands.presses("Sign in", "My desk", name)
        yield hands
        assert said == [], f"the browser of {name} complains"
    finally:
        await context.close()
