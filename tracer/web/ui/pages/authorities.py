"""Other authorities: whom we exchange with, how the line is, whom to ring, what they promise."""

from __future__ import annotations

from aiohttp import web

from tracer.web.ui.page import Page


async def listed(page: Page) -> web.Response:
    """The list; it is searched by id, name and country."""
    search = page.asked("search").strip()[:100]
    found = await page.verbs.authorities.list(
        page.actor, search=search, states=_countries(page, search)
    )
    return page.show("authorities.html", found=found, search=search)


async def shown(page: Page) -> web.Response:
    """One authority."""
    name = page.place("authority")
    view = await page.verbs.authorities.show(page.actor, name)
    figures = view.figures
    if view.stale:
        figures = await page.verbs.cooperation.show(page.actor, name)
    return page.show("authority.html", view=view, line=view.line, entry=view.entry, figures=figures)


def _countries(page: Page, search: str) -> frozenset[str]:
    """The countries whose name in the reader's language holds the text."""
    wanted = search.casefold()
    if not wanted:
        return frozenset()
    names = page.speech.locale.territories.items()
    return frozenset(code for code, name in names if wanted in str(name).casefold())
