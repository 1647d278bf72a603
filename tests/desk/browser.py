"""The system's Chromium, driven by Playwright: found, or a sentence why not."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, BrowserContext, async_playwright

from tests.desk.world import House
from tracer.web.ui.session import SESSION, SPOKEN

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser")
AXE: Final = Path(__file__).parent / "browser_modules/node_modules/axe-core/axe.min.js"
IN_CI: Final = os.environ.get("CI") == "true"
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}


def missing() -> str:
    """Why no browser test can run here; empty if they can."""
    if CHROMIUM is None:
        return "Chromium is not here (Debian: apt install chromium fonts-noto-core fonts-noto-cjk)"
    if not AXE.is_file():
        return "axe-core is not here: run `make browser-modules` (needs npm)"
    return ""


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """A browser without a window."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        try:
            yield started
        finally:
            await started.close()


@asynccontextmanager
async def reader(
    started: Browser,
    house: House,
    token: str = "",
    *,
    language: str = "en",
    narrow: bool = False,
    dark: bool = False,
    script: bool = True,
) -> AsyncIterator[BrowserContext]:
    """A fresh browser profile of somebody with a session.

    Nothing moves in it: while a colour passes into another it has the contrast of neither.
    """
    context = await started.new_context(
        viewport=NARROW if narrow else WIDE,  # type: ignore[arg-type]  # a plain mapping
        color_scheme="dark" if dark else "light",
        java_script_enabled=script,
        locale=language,
        reduced_motion="reduce",
    )
    given = {SPOKEN: language} | ({SESSION: token} if token else {})
    await context.add_cookies(
        [{"name": name, "value": value, "url": house.url} for name, value in given.items()]
    )
    try:
        yield context
    finally:
        await context.close()
