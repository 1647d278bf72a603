"""For the officer: law, use and handling, as the authority's settings have it, and work at home.

What was searched at home is never filled in by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from tracer.web.ui.forms import Field, Filled, Form, Values
from tracer.web.ui.page import Page
from tracer.web.ui.steps import (
    Document,
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

REGISTERS: Final = (
    "CIVILIAN_HOLDERS", "LOST_STOLEN", "DEALER", "IMPORT", "STATE_STOCK", "SEIZED", "DEACTIVATED",
    "INTERPOL_IARMS",
)  # fmt: skip
"""Registers that are usually searched before another State is asked."""
SETS: Final = {
    "instruments": "instrument",
    "illicit": "illicit-basis",
    "uses": "intended-use",
    "asked": "asked",
    "limits": "handling-limit",
}
"""Fields with several codes, and the lists they are of."""
SAYING_MORE: Final = ("ONLY_AUTHORITIES_NAMED", "DELETE_BY")
"""Limits that take more than a tick, and are kept where another way put them."""
OFFICER: Final = Form(
    Field("authority", N_("Who investigates"), needed=True, longest=300),
    Field("function", N_("Its function"), longest=300),
    Field("officer", N_("Whom to ask: name or desk"), longest=300),
    Field("mail", N_("Mail"), longest=300),
    Field("phone", N_("Telephone"), longest=100),
    Field(
        "instruments", N_("It rests on"), needed=True, many=True, choices=values_of("instrument"),
    ),
    Field(
        "illicit", N_("Why the firearm is illicit"), needed=True, many=True,
        choices=values_of("illicit-basis"),
    ),
    Field("article", N_("National provision"), longest=300),
    Field(
        "uses", N_("What the answer is for"), needed=True, many=True,
        choices=values_of("intended-use"),
    ),
    Field("asked", N_("What is asked"), needed=True, many=True, choices=values_of("asked")),
    Field("code", N_("What they may do with it"), needed=True, choices=values_of("handling-code")),
    Field("limits", N_("Limits"), many=True, choices=values_of("handling-limit")),
    Field(
        "summary", N_("Summary of the facts"), N_("One sentence for who sorts the requests."),
        longest=20_000, lines=True,
    ),
    *(Field(f"search_{one}", one, choices=values_of("check-result")) for one in REGISTERS),
)  # fmt: skip


async def shown(page: Page) -> web.Response:
    """The page for the officer."""
    sheet = await opened(page)
    form = await page.form(OFFICER, _typed(sheet.draft.document))
    kept = None
    if form.ready:
        today = page.speech.now.date().isoformat()
        kept = await keep(page, sheet, form, lambda document: _write(document, form, today))
    return await answered(
        page,
        sheet,
        form,
        "draft_officer.html",
        kept=kept,
        sets={field: (name, values_of(name)) for field, name in SETS.items()},
        limits=[
            one
            for one in values_of("handling-limit")
            if one not in SAYING_MORE or form.chosen("limits", one)
        ],
        registers=REGISTERS,
        results=values_of("check-result"),
        handling=values_of("handling-code"),
    )


def _searches(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    said = (document.get("domestic_work") or {}).get("searches", ())
    return [dict(one) if isinstance(one, Mapping) else {"register": one} for one in said]


def _typed(document: Mapping[str, Any]) -> Values:
    requester, officer = document.get("requester") or {}, document.get("officer") or {}
    law, handling = document.get("legal_basis") or {}, document.get("handling") or {}
    searched = {
        f"search_{code_of(one, 'register')}": code_of(one, "result") for one in _searches(document)
    }
    return searched | {
        "authority": text_of(requester, "authority"),
        "function": text_of(requester, "function"),
        "officer": text_of(officer, "name") or text_of(officer, "role"),
        "mail": text_of(officer, "mail"),
        "phone": text_of(officer, "phone"),
        "instruments": codes_of(law, "instruments"),
        "illicit": codes_of(law, "illicit"),
        "article": text_of(law, "national_article"),
        "uses": codes_of(document, "intended_use"),
        "asked": codes_of(document, "asked"),
        "code": code_of(handling, "code"),
        "limits": codes_of(handling, "limits"),
        "summary": text_of(document.get("narrative") or {}, "summary"),
    }


def _write(document: Document, form: Filled, today: str) -> None:
    requester, officer = group(document, "requester"), group(document, "officer")
    put(requester, "authority", form["authority"])
    put(requester, "function", form["function"])
    if (form["officer"] or "") != (text_of(officer, "name") or text_of(officer, "role")):
        put(officer, "name", form["officer"])
        officer.pop("role", None)
    put(officer, "mail", form["mail"])
    put(officer, "phone", form["phone"])
    law, handling = group(document, "legal_basis"), group(document, "handling")
    for part, field, name in (
        (law, "instruments", "instruments"),
        (law, "illicit", "illicit"),
        (document, "uses", "intended_use"),
        (document, "asked", "asked"),
        (handling, "limits", "limits"),
    ):
        if form[field] != codes_of(part, name):
            put(part, name, form[field])
    put(law, "national_article", form["article"])
    if form["code"] and form["code"] != code_of(handling, "code"):
        put(handling, "code", form["code"])
    put(group(document, "narrative"), "summary", form["summary"])
    _write_searches(document, form, today)
    tidy(document, "requester", "officer", "legal_basis", "narrative", "domestic_work")


def _write_searches(document: Document, form: Filled, today: str) -> None:
    """What was searched at home; a result that is new is of today."""
    said = _searches(document)
    for register in REGISTERS:
        result = form[f"search_{register}"]
        held = next((one for one in said if code_of(one, "register") == register), None)
        if held is None:
            if result:
                said.append({"register": register, "result": result, "date": today})
        elif not result:
            said.remove(held)
        elif result != code_of(held, "result"):
            held |= {"result": result, "date": today}
    if said != _searches(document):
        put(group(document, "domestic_work"), "searches", said)
