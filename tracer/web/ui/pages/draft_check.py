"""Step 6: the request as a whole, what would help most, what is like it; submit it for release."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from tracer.casework.completeness import by_help
from tracer.errors import InputError
from tracer.model.finding import Level
from tracer.web.ui import findings
from tracer.web.ui.details import fields_of
from tracer.web.ui.differences import since
from tracer.web.ui.drawn import drawn_firearm
from tracer.web.ui.forms import Form
from tracer.web.ui.page import Page
from tracer.web.ui.pages.draft_ask import is_unusual
from tracer.web.ui.steps import addressee, answered, opened, step_of

NOTHING: Final = Form()


async def shown(page: Page) -> web.Response:
    """The review; a submit puts the version that is shown before an officer."""
    sheet = await opened(page)
    form = await page.form(NOTHING)
    if form.ready:
        given = str(page.body.get("version", ""))
        try:
            await page.verbs.release.submit_for_release(
                page.actor,
                sheet.draft.id,
                version=int(given[:9]) if given.isdecimal() else sheet.draft.version,
            )
        except InputError as error:
            form.blame(error)
        else:
            return page.go("drafts", told="draft-submitted", query={"show": "waiting"})
    told = [
        (one, findings.sentence(one), step_of(one))
        for one in by_help(sheet.draft.findings)
        if one.code != "asked-before"
    ]
    return await answered(
        page,
        sheet,
        form,
        "draft.html",
        kept=None,
        blocking=[one for one in told if one[0].level is Level.ERROR],
        helping=[one for one in told if one[0].level is not Level.ERROR],
        addressee=addressee(sheet),
        unusual=is_unusual(sheet),
        pictures=[
            drawn_firearm(page.speech, one, name=f"f{one.line}") for one in sheet.message.firearms
        ],
        rows=fields_of(page.speech, sheet.message),
        since=since(page.speech, sheet.back, sheet.message),
    )
