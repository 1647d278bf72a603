"""Administration: how the node is, what waits for whom, its keys and settings. No case is named."""

from __future__ import annotations

from aiohttp import web

from tracer.web.ui.forms import counted
from tracer.web.ui.page import Page
from tracer.web.ui.routes import path_to


async def health(page: Page) -> web.Response:
    """What was looked at, what has to be done, backup and witnesses."""
    return page.show("health.html", found=await page.verbs.upkeep.health(page.actor))


async def queue(page: Page) -> web.Response:
    """What waits to be delivered."""
    after, peer = page.asked("after"), page.asked("peer").strip()[:100]
    found = await page.verbs.upkeep.queue(page.actor, peer=peer, after=counted(after) or 0)
    query = {"peer": peer, "after": str(found.next)}
    following = path_to("queue", query) if found.next else ""
    return page.show("queue.html", found=found, peer=peer, following=following, later=bool(after))


async def again(page: Page) -> web.Response:
    """Have a message tried again."""
    await page.verbs.upkeep.again(page.actor, str(page.body.get("message", "")))
    return page.go("queue", told="queued-again")


async def keys(page: Page) -> web.Response:
    """Our keys and when they end."""
    return page.show("keys.html", found=await page.verbs.upkeep.keys(page.actor))


async def settings(page: Page) -> web.Response:
    """Every setting, and where its value comes from."""
    found = await page.verbs.upkeep.settings(page.actor)
    changed = page.asked("changed") == "1"
    return page.show(
        "settings.html", found=[one for one in found if one.changed or not changed], changed=changed
    )
