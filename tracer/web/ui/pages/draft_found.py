"""Step 4: how, when and where it was found, and with what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from tracer.model.text import Country
from tracer.model.values import Count
from tracer.web.ui import days
from tracer.web.ui.forms import Field, Filled, Form, Values, of_model, whole_number
from tracer.web.ui.page import Page
from tracer.web.ui.steps import (
    Document,
    answered,
    code_of,
    codes_of,
    countries,
    first,
    group,
    keep,
    opened,
    put,
    text_of,
    tidy,
    values_of,
)
from tracer.web.ui.texts import N_

FOUND: Final = Form(
    Field("mode", N_("How it came to you"), needed=True, choices=values_of("recovery-mode")),
    Field("date", N_("When"), days.PARTIAL, needed=True, day=days.understood),
    Field("country", N_("Country"), read=of_model(Country, "no-such-choice"), known=True),
    Field("area", N_("Region"), longest=300, known=True),
    Field("locality", N_("Town or place"), longest=300, known=True),
    Field(
        "circumstances",
        N_("What happened"),
        N_("Two or three sentences: where it lay, who stopped whom and why. No names of persons."),
        needed=True,
        longest=20_000,
        lines=True,
    ),
    Field("with", N_("What was found with it"), many=True, choices=values_of("found-with")),
    Field("concealment", N_("Where it was hidden"), choices=values_of("concealment"), known=True),
    Field("transport", N_("On what way"), choices=values_of("transport-mode"), known=True),
    Field(
        "quantity", N_("Firearms in the whole seizure"), known=True,
        read=of_model(Count, "not-a-number", whole_number),
    ),
)  # fmt: skip


async def shown(page: Page) -> web.Response:
    """The page of the find."""
    sheet = await opened(page)
    form = await page.form(FOUND, _typed(sheet.draft.document))
    kept = None
    if form.ready:
        kept = await keep(
            page, sheet, form, lambda document: _write(document, form, page.reader.language)
        )
    return await answered(
        page, sheet, form, "draft_found.html", kept=kept, countries=countries(page, sheet)
    )


def _typed(document: Mapping[str, Any]) -> Values:
    found: Mapping[str, Any] = next(iter(document.get("recoveries", ())), {})
    place, told = document.get("place") or {}, document.get("narrative") or {}
    return {
        "mode": code_of(found, "mode"),
        "date": text_of(found, "date"),
        "country": text_of(found, "country"),
        "area": text_of(place, "area"),
        "locality": text_of(place, "locality"),
        "circumstances": text_of(told, "circumstances"),
        "with": codes_of(found, "found_with"),
        "concealment": code_of(found, "concealment"),
        "transport": code_of(found, "transport"),
        "quantity": text_of(found, "quantity"),
    }


def _write(document: Document, form: Filled, language: str) -> None:
    found = first(document, "recoveries")
    for field in ("mode", "concealment", "transport"):
        if (form[field] or "") != code_of(found, field):
            put(found, field, form[field])
    put(found, "date", form["date"])
    put(found, "country", form["country"])
    put(found, "quantity", form["quantity"])
    if form["with"] != codes_of(found, "found_with"):
        put(found, "found_with", form["with"])
    place = group(document, "place")
    put(place, "area", form["area"])
    put(place, "locality", form["locality"])
    told = group(document, "narrative")
    before = text_of(told, "circumstances")
    put(told, "circumstances", form["circumstances"])
    if form["circumstances"] and form["circumstances"] != before:
        told["language"] = language
    if not (told.get("circumstances") or told.get("summary")):
        told.pop("language", None)
    tidy(document, "place", "narrative")
