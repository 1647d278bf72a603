"""Ask the next State: a request that continues a case of ours, with what may be said of it."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from tracer.errors import InputError
from tracer.web.ui.forms import Field, Form
from tracer.web.ui.page import Page
from tracer.web.ui.texts import N_

ONWARD: Final = Form(Field("peer", N_("Whom to ask next"), required=True, longest=60))


async def ask(page: Page) -> web.Response:
    """Whom to ask and why; then what was taken along, and what needs the other side's consent."""
    thread = page.place("thread")
    form = await page.form(ONWARD)
    made = None
    if form.ready and page.body.get("consent"):
        return await _ask_consent(page, thread, form["peer"])
    if form.ready:
        try:
            made = await page.verbs.following.follow_on(page.actor, thread, form["peer"])
        except InputError as error:
            form.blame_at("peer", error)
        else:
            if not made.withheld and not made.files_lost:
                return page.go("draft", draft=made.draft.id, told="follow-on-made")
    case = await page.verbs.guided.onward(page.actor, thread)
    wanted = [one.authority for one in case.addressees if one.country == page.asked("state")]
    if wanted and not form.text("peer"):
        form.put("peer", wanted[0])
    return page.show("onward.html", form=form, case=case, made=made)


async def _ask_consent(page: Page, thread: str, peer: str) -> web.Response:
    """Write the question for consent to what was left out; an officer sends it."""
    draft = await page.verbs.following.ask_consent(page.actor, thread, peer)
    await page.verbs.release.submit_for_release(page.actor, draft.id, version=draft.version)
    return page.go("request", thread=thread, told="consent-drafted")
