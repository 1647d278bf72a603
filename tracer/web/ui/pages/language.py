"""Choosing a language where there is no form to keep."""

from __future__ import annotations

from aiohttp import web

from tracer.web.ui.page import Page


async def choose(page: Page) -> web.Response:
    """Back to the page that was read; the guard has noted the language for this browser.

    Who is written letters gets them in the language they chose last, and finds it again elsewhere.
    """
    if page.reader.at_the_desk:
        contact = await page.verbs.people.contact(page.actor, page.actor)
        if contact is not None and contact.language != page.reader.language:
            await page.verbs.people.set_contact(
                page.actor, page.actor, language=page.reader.language
            )
    return page.go_to(str(page.body.get("back", "/")))
