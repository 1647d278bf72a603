"""Step 6: the request as a whole, what would help most, what is like it; submit it for release."""

from __future__ import annotations

from typing import Final, NamedTuple

from aiohttp import web

from tracer.casework.completeness import by_help
from tracer.casework.papers.paper import UNADDRESSED
from tracer.errors import InputError
from tracer.model.finding import Finding, Level
from tracer.model.lint.requests import UNUSUAL
from tracer.web.ui import findings
from tracer.web.ui.details import fields_of
from tracer.web.ui.differences import since
from tracer.web.ui.drawn import drawn_firearm
from tracer.web.ui.forms import Form
from tracer.web.ui.page import Page
from tracer.web.ui.progress import line_in, mended_at
from tracer.web.ui.steps import addressee, answered, opened

NOTHING: Final = Form()
ELSEWHERE: Final = frozenset({"asked-before", UNADDRESSED, UNUSUAL})
"""Findings that the page tells in places of their own."""


class _Mended(NamedTuple):
    """A finding, its words, and where it is mended; of which of several firearms, else 0."""

    finding: Finding
    words: str
    path: str
    line: int


async def shown(page: Page) -> web.Response:
    """The review; a submit puts the version that is shown before an officer.

    Of what has left, the request that it is now.
    """
    try:
        sheet = await opened(page)
    except InputError as error:
        if error.code != "draft-state":
            raise
        held = await page.verbs.drafts.show(page.actor, page.place("draft"))
        if held.message_id is None:
            raise
        return page.go("request", thread=held.thread or held.message_id)
    form = await page.form(NOTHING)
    if form.ready:
        try:
            await page.verbs.release.submit_for_release(
                page.actor, sheet.draft.id, version=page.version()
            )
        except InputError as error:
            form.blame(error)
        else:
            return page.go("drafts", told="draft-submitted", query={"show": "waiting"})
    told = [
        _Mended(
            one,
            findings.told(one).text,
            mended_at(sheet.draft, one),
            line_in(one) if len(sheet.message.firearms) > 1 else 0,
        )
        for one in by_help(sheet.draft.findings)
        if one.code not in ELSEWHERE
    ]
    return await answered(
        page,
        sheet,
        form,
        "draft.html",
        kept=None,
        blocking=[one for one in told if one.finding.level is Level.ERROR],
        helping=[one for one in told if one.finding.level is not Level.ERROR],
        addressee=addressee(sheet),
        unusual=sheet.unusual,
        pictures=[
            (bool(one.marks), drawn_firearm(page.speech, one, name=f"f{one.line}"))
            for one in sheet.message.firearms
        ],
        rows=fields_of(page.speech, sheet.message),
        since=since(page.speech, sheet.back, sheet.message),
    )
