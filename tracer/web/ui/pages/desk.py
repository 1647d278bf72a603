"""My desk: what waits for me by deadline, and what changed since I last looked."""

from __future__ import annotations

from aiohttp import web

from tracer.casework.roles import Act
from tracer.web.ui.page import Page


async def waiting(page: Page) -> web.Response:
    """The first page after signing in; whoever sees no cases is shown where their work is."""
    if not page.may_act(Act.CASE_LIST):
        return page.show("desk_without_cases.html")
    return page.show(
        "desk.html",
        waiting=await page.verbs.lists.waiting(page.actor),
        changed=await page.verbs.changes.list(page.actor, limit=10),
    )
