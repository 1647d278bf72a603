"""Step 5: how soon and why, the offence, and whom to ask, the marks' own order first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from tracer.casework.guided import RequestInMaking
from tracer.model.ids import is_outside, outside, state_of
from tracer.web.ui import days
from tracer.web.ui.forms import Field, Filled, Form, Values, Wrong
from tracer.web.ui.message_forms.controls import country, country_names
from tracer.web.ui.page import Page
from tracer.web.ui.steps import (
    Document,
    addressee,
    answered,
    code_of,
    codes_of,
    group,
    keep,
    opened,
    put,
    text_of,
    tidy,
    values_of,
)
from tracer.web.ui.texts import N_

ON_PAPER: Final = "on-paper"
"""Choice of a State that is not in the exchange."""
LEVELS: Final = {
    "ROUTINE": N_("No particular hurry."),
    "PRIORITY": N_("Somebody is detained, or it belongs to a series. Give the reason."),
    "URGENT": N_("The answer decides something within a day. Give the reason."),
    "FLASH": N_("A life or public security is at risk: people are woken for it. Give the reason."),
}
COMMON: Final = ("FP-5-TRAFFICKING", "090111", "FP-5-MANUFACTURE", "FP-5-MARKS", "0601", "0101")
"""Offences in sight; all others behind a lid."""
REASONS: Final = tuple(one for one in values_of("urgency-reason") if one != "OTHER")
"""Another reason takes words that only an officer writes."""
ASK: Final = Form(
    Field("level", N_("How soon"), needed=True, choices=tuple(LEVELS)),
    Field(
        "reason",
        N_("Reason for the urgency"),
        N_("The other State puts other work aside for it: without a reason it cannot be sent."),
        when=N_("(needed unless it is routine)"),
        choices=REASONS,
    ),
    Field(
        "by",
        N_("Answer wished by"),
        N_("A wish, with the reason above: 24.11.2026 or 2026-11-24."),
        day=days.day,
    ),
    Field("offence", N_("Offence"), needed=True, many=True, choices=values_of("offence")),
    Field("case", N_("Your case number"), longest=100),
    Field("peer", N_("Whom to ask"), needed=True, longest=60),
    Field(
        "state",
        N_("Which State"),
        N_("Its name, or its code of two letters."),
        when=N_("(only for a State that is not in the exchange)"),
        longest=100,
    ),
)


async def shown(page: Page) -> web.Response:
    """The page of urgency, offence and recipient."""
    sheet = await opened(page)
    form = await page.form(ASK, _typed(sheet.draft.document, addressee(sheet)))
    kept = None
    peer = _chosen(sheet, form) if form.ready else ""
    if form.ready:
        kept = await keep(page, sheet, form, lambda document: _write(document, form), peer=peer)
    return await answered(
        page,
        sheet,
        form,
        "draft_ask.html",
        kept=kept,
        levels=LEVELS,
        reasons=REASONS,
        common=COMMON,
        others=[one for one in values_of("offence") if one not in (*COMMON, "OTHER")],
        pointed=[one for one in sheet.addressees if one.reason],
        elsewhere=[one for one in sheet.addressees if not one.reason],
        unusual=sheet.unusual,
        unreasoned="urgency-reason-missing" in {one.code for one in sheet.draft.findings},
        on_paper=ON_PAPER,
        countries=country_names(page.reader.language),
    )


def _chosen(sheet: RequestInMaking, form: Filled) -> str:
    """Whom to ask: an authority, a State that is written to on paper, or nobody yet."""
    known = {one.authority for one in sheet.addressees}
    if form["peer"] == ON_PAPER:
        try:
            return outside(country(form["state"] or ""))
        except Wrong as wrong:
            form.wrong("state", wrong.code, **wrong.places)
    elif form["peer"] and form["peer"] not in known:
        form.wrong("peer", "no-such-choice")
    return form["peer"] or ""


def _typed(document: Mapping[str, Any], peer: str) -> Values:
    urgency = document.get("urgency") or {}
    return {
        "level": code_of(urgency, "level"),
        "reason": code_of(urgency, "reason"),
        "by": text_of(urgency, "desired_by"),
        "offence": codes_of(document.get("investigation") or {}, "offences"),
        "case": text_of(document.get("requester") or {}, "case_number"),
        "peer": ON_PAPER if is_outside(peer) else peer,
        "state": state_of(peer) if is_outside(peer) else "",
    }


def _write(document: Document, form: Filled) -> None:
    urgency = group(document, "urgency")
    if form["level"]:
        for field, name in (("level", "level"), ("reason", "reason")):
            if (form[field] or "") != code_of(urgency, name):
                put(urgency, name, form[field])
        put(urgency, "desired_by", form["by"])
    else:
        document["urgency"] = {}
    about = group(document, "investigation")
    if form["offence"] != codes_of(about, "offences"):
        put(about, "offences", form["offence"])
    put(group(document, "requester"), "case_number", form["case"])
    tidy(document, "urgency", "investigation", "requester")
