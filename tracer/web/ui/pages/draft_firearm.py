"""Step 1: what the firearm is. Names are looked up; what is marked counts, not what a list has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from aiohttp import web

from tracer.casework.completeness import UNKNOWN, is_unknown
from tracer.errors import InputError
from tracer.model import lookup
from tracer.model.calibre import cartridge
from tracer.model.codes import MarkKind, ReadingState
from tracer.model.firearm import MAX_LINES, Millimetres, Year
from tracer.model.text import Country
from tracer.web.ui.drawn import drawn_firearm
from tracer.web.ui.forms import Field, Filled, Form, of_model, whole_number
from tracer.web.ui.lines import another, firearm_of, line_of, part_of, typed_of, without
from tracer.web.ui.page import Page
from tracer.web.ui.steps import (
    Document,
    answered,
    code_of,
    countries,
    keep,
    opened,
    put,
    text_of,
    values_of,
)
from tracer.web.ui.texts import N_

NAMES: Final = ("make", "model", "calibre")
YES: Final = ("yes",)

_COUNTRY: Final = of_model(Country, "no-such-choice")


def _made_in(text: str) -> str:
    """A State, or that it is not known."""
    return text if text == UNKNOWN else str(_COUNTRY(text))


FIREARM: Final = Form(
    Field("type", N_("Kind of firearm"), needed=True, choices=values_of("firearm-type")),
    Field("make", N_("Make"), N_("As it stands on the firearm."), needed=True, longest=100),
    Field("make_unknown", N_("I do not know"), choices=YES),
    Field("model", N_("Model"), N_("Also a name or number on the slide."), longest=100, known=True),
    Field("model_unknown", N_("I do not know"), choices=YES),
    Field(
        "calibre", N_("Calibre"), N_("As marked: 9x19, .38 Special, 12/70."), needed=True,
        longest=100,
    ),
    Field("calibre_unknown", N_("I do not know"), choices=YES),
    Field(
        "made_in",
        N_("Made in"),
        N_("If you do not know, marks and signs can tell: the next page asks for them."),
        read=_made_in,
        known=True,
    ),
    Field(
        "made_in_unmarked",
        N_("I looked: no mark on it names the country"),
        N_("Whoever reads the request then knows that it is not there to be found."),
        choices=YES,
    ),
    Field(
        "made", N_("Year of manufacture"),
        read=of_model(Year, "not-a-year", whole_number), known=True,
    ),
    Field("action", N_("How it loads"), choices=values_of("action"), known=True),
    Field(
        "barrel", N_("Length of the barrel in millimetres"),
        read=of_model(Millimetres, "not-a-number", whole_number), known=True,
    ),
    Field("finish", N_("Finish"), choices=values_of("finish"), known=True),
)  # fmt: skip


async def shown(page: Page) -> web.Response:
    """The page of the firearm."""
    sheet = await opened(page)
    line = line_of(page, sheet.message)
    form = await page.form(FIREARM, _typed(sheet.draft.document, line))
    looking, offered = _looked_up(page, form)
    kept, more = None, page.body.get("go") == "another"
    if form.ready:
        kept = await keep(page, sheet, form, lambda document: _write(document, line, form))
    if kept is not None and more and (added := await _another(page, form)):
        return page.go("draft-firearm", query={"firearm": str(added)}, draft=kept.id)
    if kept is not None and looking:
        sheet = await opened(page)
    one = firearm_of(sheet.message, line)
    return await answered(
        page,
        sheet,
        form,
        "draft_firearm.html",
        kept=kept,
        offered=offered,
        looking=looking,
        countries=countries(page, sheet),
        picture=drawn_firearm(page.speech, one, name="f1"),
        full=len(sheet.message.firearms) >= MAX_LINES,
    )


async def remove(page: Page) -> web.Response:
    """Take one of several firearms off; files that show it stay until they are taken off."""
    sheet = await opened(page)
    line, form = line_of(page, sheet.message), FIREARM.blank()
    if await keep(page, sheet, form, lambda document: without(document, line)) is None:
        raise InputError("draft-changed", "somebody else changed the draft meanwhile")
    return page.go("draft-firearm", draft=sheet.draft.id, told="firearm-removed")


async def _another(page: Page, form: Filled) -> int:
    """Begin one more firearm; its line, or 0 if there is no room, which the form then says."""
    line = 0

    def change(document: Document) -> None:
        nonlocal line
        line = another(document)

    await keep(page, await opened(page), form, change, beside=True)
    if not line:
        form.wrong("", "firearms-full")
    return line


def _looked_up(page: Page, form: Filled) -> tuple[str, Sequence[str]]:
    """Without script: what is to be looked up, and its names; a chosen one fills its field."""
    taken, _, name = str(page.body.get("take", "")).partition(":")
    if form.ready and taken in NAMES and name:
        form.put(taken, name[:100])
        return taken, ()
    wanted = str(page.body.get("find", ""))
    find = {
        "make": lambda: lookup.makes(form.text("make")),
        "model": lambda: lookup.models(form.text("make"), form.text("model")),
        "calibre": lambda: lookup.calibres(form.text("calibre")),
    }
    return (wanted, find[wanted]()) if wanted in find else ("", ())


def _typed(document: Mapping[str, Any], line: int) -> dict[str, str]:
    """What stands in the form: the firearm of a line of the document."""
    firearm = typed_of(document, line)
    typed = {name: _named(firearm.get(name)) for name in NAMES}
    typed |= {f"{name}_unknown": "yes" for name in NAMES if is_unknown(firearm, name)}
    return typed | {
        "type": code_of(firearm, "type"),
        "made_in": text_of(firearm, "country_of_manufacture") or _country_not_known(firearm),
        "made_in_unmarked": "yes" if _says_of_country(firearm, ReadingState.ABSENT) else "",
        "made": text_of(firearm, "year_of_manufacture"),
        "action": code_of(firearm, "action"),
        "barrel": text_of(firearm, "barrel_mm"),
        "finish": code_of(firearm, "finish"),
    }


def _named(value: Any) -> str:
    if not isinstance(value, Mapping):
        return str(value or "")
    normal = value.get("normalised", "")
    return str(value.get("as_marked") or ("" if normal == UNKNOWN else normal))


def _write(document: Document, line: int, form: Filled) -> None:
    """Put it into the document. A name that did not change keeps its normal form and code."""
    firearm = part_of(document, line)
    for name in NAMES:
        _write_name(firearm, name, form[name] or "", unknown=bool(form[f"{name}_unknown"]))
    for field, name in (
        ("type", "type"),
        ("made", "year_of_manufacture"),
        ("action", "action"),
        ("barrel", "barrel_mm"),
        ("finish", "finish"),
    ):
        if form[field] != code_of(firearm, name):
            put(firearm, name, form[field])
    _write_made_in(firearm, form["made_in"] or "", unmarked=bool(form["made_in_unmarked"]))


def _is_unseen(mark: Mapping[str, Any], reading: ReadingState) -> bool:
    """Whether a mark of a document says no more than that nobody has seen the country's mark.

    One with a place or photos is somebody's work, which this page neither shows nor takes away.
    """
    says = code_of(mark, "kind"), code_of(mark, "reading")
    return says == (MarkKind.COUNTRY, reading) and mark.keys() <= {"kind", "reading"}


def _says_of_country(firearm: Mapping[str, Any], reading: ReadingState) -> bool:
    return any(_is_unseen(mark, reading) for mark in firearm.get("marks", ()))


def _country_not_known(firearm: Mapping[str, Any]) -> str:
    return UNKNOWN if _says_of_country(firearm, ReadingState.NOT_EXAMINED) else ""


def _write_made_in(firearm: Document, told: str, *, unmarked: bool) -> None:
    """The State, or that it is not known; and whether somebody looked for its mark in vain.

    What is not known stands as a mark of the country that nobody has looked for: a request that
    says so is not held back for it.
    """
    unknown = told == UNKNOWN
    put(firearm, "country_of_manufacture", None if unknown else told or None)
    _write_unseen(firearm, ReadingState.ABSENT, there=unmarked)
    _write_unseen(firearm, ReadingState.NOT_EXAMINED, there=unknown and not unmarked)


def _write_unseen(firearm: Document, reading: ReadingState, *, there: bool) -> None:
    if there == _says_of_country(firearm, reading):
        return
    kept = [one for one in firearm.get("marks", []) if not _is_unseen(one, reading)]
    unseen = [{"kind": MarkKind.COUNTRY.value, "reading": reading.value}] if there else []
    put(firearm, "marks", [*kept, *unseen])


def _write_name(firearm: Document, name: str, text: str, *, unknown: bool) -> None:
    if text:
        if text != _named(firearm.get(name)) or is_unknown(firearm, name):
            normal = cartridge(text) if name == "calibre" else None
            firearm[name] = {"as_marked": text} | ({"normalised": normal} if normal else {})
    else:
        put(firearm, name, {"normalised": UNKNOWN} if unknown else None)
