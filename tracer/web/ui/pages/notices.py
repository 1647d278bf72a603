"""Notices: what this person is told about their own cases, and noting that it was seen."""

from __future__ import annotations

from aiohttp import web

from tracer.web.ui.forms import counted
from tracer.web.ui.page import Page


async def listed(page: Page) -> web.Response:
    """What is new, or everything."""
    everything = page.asked("all") == "1"
    found = await page.verbs.notices.list(page.actor, seen=everything)
    return page.show("notices.html", found=found, everything=everything)


async def seen(page: Page) -> web.Response:
    """Note one or all that stood on the page as seen; what came since stays new."""
    given = page.body.getall("number", [])
    numbers = [counted(text) for text in given if isinstance(text, str)]
    await page.verbs.notices.see(page.actor, numbers=[one for one in numbers if one is not None])
    return page.go("notices", told="notices-seen")
