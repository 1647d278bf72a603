"""My desk: what waits for me by deadline, and what changed since I last looked."""

from __future__ import annotations

from aiohttp import web

from tracer.casework.roles import Act
from tracer.web.ui.page import Page


async def waiting(page: Page) -> web.Response:
    """The first page after signing in; whoever sees no cases is shown what they keep running."""
    if not page.may_act(Act.CASE_LIST):
        found = await page.verbs.upkeep.health(page.actor) if page.may("health") else None
        return page.show("desk_without_cases.html", found=found)
    return page.show(
        "desk.html",
        waiting=await page.verbs.lists.waiting(page.actor),
        changed=await page.verbs.changes.list(page.actor, limit=10),
    )
