"""Step 2: the marks, one by one, and the state they are in.

A mark is typed as it is read: `?` for a character that cannot be read, `[8B]` for one that is one
of these. Which positions are not read follows from that, and is never asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from tracer.casework.papers.keyed import settle
from tracer.errors import InputError
from tracer.model.codes import MarkKind
from tracer.model.firearm import MAX_MARKS, Firearm, Year
from tracer.model.text import Country
from tracer.web.ui.drawn import drawn_firearm
from tracer.web.ui.forms import Field, Filled, Form, Wrong, counted, of_model, whole_number
from tracer.web.ui.lines import firearm_of, line_of, part_of, query_of, typed_of
from tracer.web.ui.page import Page
from tracer.web.ui.steps import (
    Document,
    answered,
    code_of,
    countries,
    keep,
    leads_to,
    opened,
    put,
    text_of,
    values_of,
)
from tracer.web.ui.texts import N_

COMMON: Final = {
    "SERIAL": N_("Serial number"),
    "MANUFACTURER": N_("Name or sign of the maker"),
    "IMPORT": N_("Import mark"),
    "PROOF": N_("Proof mark"),
    "SYMBOL": N_("A sign I cannot place"),
}
"""What is looked for first; the others stand in the list of kinds."""
SAYING_MORE: Final = (
    "IMPORT",
    "IMPORTER_NAME",
    "COUNTRY",
    "STATE_TRANSFER",
    "PROOF",
    "YEAR",
    "SYMBOL",
)
_TEXT: Final = re.compile(r"(?:[^\[\]]|\[[^\[\]?*\s]{2,8}\])*")
_OPEN: Final = re.compile(r"\[[^\[\]]*\]|(\?)")


def reading(text: str) -> str:
    """A mark as it is read; brackets hold two to eight characters."""
    if not _TEXT.fullmatch(text):
        raise Wrong("mark-brackets")
    return text


CONDITION: Final = Form(
    Field(
        "condition",
        N_("State of the marks"),
        needed=True,
        choices=values_of("mark-condition"),
    ),
    Field(
        "restoration",
        N_("Has a laboratory tried to restore them?"),
        choices=values_of("restoration"),
        known=True,
    ),
)
MARK: Final = Form(
    Field("kind", N_("Kind of mark"), needed=True, choices=values_of("mark-kind")),
    Field("location", N_("Where on the firearm"), choices=values_of("mark-location"), known=True),
    Field(
        "text",
        N_("As you read it"),
        N_("? for a character you cannot read; [8B] if it is one of these. Example: AB?12[8B]"),
        needed=True,
        longest=100,
        read=reading,
    ),
    Field(
        "reading", N_("How well it can be read"), needed=True, choices=values_of("reading-state")
    ),
    Field(
        "symbol",
        N_("The sign in words"),
        N_("A crown over an N, a star in a circle."),
        longest=300,
        known=True,
    ),
    Field(
        "country",
        N_("Country the mark stands for"),
        read=of_model(Country, "no-such-choice"),
        known=True,
    ),
    Field(
        "year",
        N_("Year the mark stands for"),
        read=of_model(Year, "not-a-year", whole_number),
        known=True,
    ),
)


async def shown(page: Page) -> web.Response:
    """The marks on the drawing, and their state as a whole."""
    sheet = await opened(page)
    line = line_of(page, sheet.message)
    form = await page.form(CONDITION, _condition_of(typed_of(sheet.draft.document, line)))
    kept = None
    if form.ready:
        kept = await keep(
            page, sheet, form, lambda document: _write_condition(part_of(document, line), form)
        )
    one = firearm_of(sheet.message, line)
    return await answered(
        page,
        sheet,
        form,
        "draft_marks.html",
        kept=kept,
        marks=one.marks,
        common=COMMON,
        picture=drawn_firearm(page.speech, one, name="f1") if one.marks else None,
    )


async def mark(page: Page) -> web.Response:
    """One mark: a new one, or one that is there, by its number from 1."""
    sheet = await opened(page)
    line = line_of(page, sheet.message)
    number = _number(page, firearm_of(sheet.message, line))
    form = await page.form(MARK, _mark_of(page, typed_of(sheet.draft.document, line), number))
    kept = None
    if form.ready:
        if not form["reading"] and form["text"]:
            form.put("reading", "PARTLY_READABLE" if _OPEN.search(form["text"]) else "CLEAR")
        kept = await keep(
            page, sheet, form, lambda document: _write(part_of(document, line), number, form)
        )
        if kept is not None and not page.asked("keep") and not leads_to(page, kept.id):
            about = query_of(sheet.message, line)
            if page.body.get("go") == "another":
                return page.go("draft-mark", query=about, draft=kept.id, number="new")
            return page.go("draft-marks", query=about, draft=kept.id)
    return await answered(
        page,
        sheet,
        form,
        "draft_mark.html",
        kept=kept,
        number=number,
        countries=countries(page, sheet),
        dated=SAYING_MORE,
    )


async def remove(page: Page) -> web.Response:
    """Take a mark off, and keep what was chosen on the page of all marks."""
    sheet = await opened(page)
    line = line_of(page, sheet.message)
    number = _number(page, firearm_of(sheet.message, line))
    form = await page.form(CONDITION)

    def change(document: Document) -> None:
        if form.ready and "condition" in page.body:
            _write_condition(part_of(document, line), form)
        marks = part_of(document, line).get("marks", [])
        if 0 < number <= len(marks):
            del marks[number - 1]
            settle(marks)

    if await keep(page, sheet, form, change) is None:
        raise InputError("draft-changed", "somebody else changed the draft meanwhile")
    about = query_of(sheet.message, line)
    return page.go("draft-marks", query=about, draft=sheet.draft.id, told="mark-removed")


def _number(page: Page, firearm: Firearm) -> int:
    """Which mark; 0 is a new one."""
    given = page.place("number")
    if given == "new":
        return 0
    number = counted(given)
    if number is None or not 1 <= number <= len(firearm.marks):
        raise InputError("mark-unknown", f"there is no mark {given}")
    return number


def _condition_of(firearm: Mapping[str, Any]) -> dict[str, str]:
    said = firearm.get("condition") or {}
    if isinstance(said, str):
        said = {"state": said}
    return {"condition": code_of(said, "state"), "restoration": code_of(said, "restoration")}


def _write_condition(firearm: Document, form: Filled) -> None:
    said = dict(firearm.get("condition") or {})
    if form["condition"]:
        put(said, "state", form["condition"])
        put(said, "restoration", form["restoration"])
        firearm["condition"] = said
    elif said:
        firearm["condition"] = said | {"state": "UNKNOWN"}


def _mark_of(page: Page, firearm: Mapping[str, Any], number: int) -> dict[str, str]:
    if not number:
        wanted = page.asked("kind")
        return {"kind": wanted if wanted in set(MarkKind) else ""}
    one = firearm["marks"][number - 1]
    return {
        "kind": code_of(one, "kind"),
        "location": code_of(one, "location"),
        "text": text_of(one, "text"),
        "reading": code_of(one, "reading"),
        "symbol": text_of(one, "symbol"),
        "country": text_of(one, "country"),
        "year": text_of(one, "year"),
    }


def _write(firearm: Document, number: int, form: Filled) -> None:
    marks = firearm.setdefault("marks", [])
    before = dict(marks[number - 1]) if number else None
    if number:
        one = marks[number - 1]
    else:
        if len(marks) >= MAX_MARKS:
            raise InputError("marks-full", "a firearm has no more marks than these")
        one = {}
        marks.append(one)
    text = form["text"] or ""
    if text != text_of(one, "text"):
        one.pop("normalised", None)
        one.pop("confidence", None)
        put(one, "text", text)
        put(one, "unreadable", [m.start() + 1 for m in _OPEN.finditer(text) if m[1]])
    for name in ("kind", "location", "reading"):
        if form[name] != code_of(one, name):
            put(one, name, form[name] or ("OTHER" if name == "kind" else None))
    for name in ("symbol", "country", "year"):
        put(one, name, form[name])
    settle(marks, one, before)
