"""Choosing a language where there is no form to keep."""

from __future__ import annotations

from aiohttp import web

from tracer.web.ui.page import Page


async def choose(page: Page) -> web.Response:
    """Back to the page that was read; the guard has noted the language."""
    return page.go_to(str(page.body.get("back", "/")))
