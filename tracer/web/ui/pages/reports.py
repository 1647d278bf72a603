"""The year's report, totals that people declare for it, and statements signed with one State."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from aiohttp import web
from aiohttp.web_request import FileField

from tracer.casework.figures.statement import Stated
from tracer.casework.table_files import as_csv, as_workbook
from tracer.errors import InputError, PeerError
from tracer.model.tables import report_columns
from tracer.web.ui.forms import Field, Form, counted, whole_number
from tracer.web.ui.page import Page
from tracer.web.ui.texts import N_

TOTALS: Final = Form(
    Field("year", N_("Year"), required=True, read=whole_number),
    Field("seized", N_("Firearms seized in the whole country"), read=whole_number),
    Field("found", N_("Firearms found"), read=whole_number),
    Field("surrendered", N_("Firearms surrendered"), read=whole_number),
)
STATEMENT: Final = Form(
    Field("authority", N_("Authority or country code"), required=True),
    Field("since", N_("First month"), N_("As 2026-01."), required=True, longest=7),
    Field("until", N_("Last month"), N_("As 2026-12."), required=True, longest=7),
)
COUNTERSIGN: Final = Form(
    Field("file", N_("Statement"), N_("The file that the other side has signed."), required=True)
)
KINDS: Final[Mapping[str, str]] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "json": "application/json",
}
"""How a year's report is written, with its type."""
YEARS: Final = 5
"""Years that are offered, this one first."""


async def shown(page: Page) -> web.Response:
    """What can be taken out, and the totals of a year."""
    this = page.speech.now.year
    form = await page.form(TOTALS, {"year": str(this)})
    if form.ready:
        given = {name: form[name] for name in ("seized", "found", "surrendered")}
        totals = {name: value for name, value in given.items() if value is not None}
        try:
            await page.verbs.reports.declare(page.actor, form["year"], totals)
        except InputError as error:
            form.blame(error)
        else:
            return page.go("reports", told="totals-declared")
    return page.show("reports.html", form=form, years=[this - back for back in range(YEARS)])


async def year(page: Page) -> web.Response:
    """The report of a year as a file; the asking is on record."""
    asked = page.asked("year") or str(page.speech.now.year)
    kind = page.asked("kind") or "json"
    number = counted(asked)
    if kind not in KINDS or number is None:
        raise InputError("report-year", f"{asked} is not a year of cases here", field="year")
    made = await page.verbs.reports.year(page.actor, number)
    found: dict[str, Any] = msgspec.to_builtins(made)
    name = f"{page.house.authority}-{asked}.{kind}"
    return page.file(_written(found, kind), media_type=KINDS[kind], name=name)


async def statement(page: Page) -> web.Response:
    """Write and sign a statement with one State; the answer is the file."""
    form = await page.form(STATEMENT)
    if form.ready:
        try:
            stated = await page.verbs.statements.write(
                page.actor, form["authority"], since=form["since"], until=form["until"]
            )
        except InputError as error:
            form.blame(error)
        else:
            return _file(page, stated)
    return page.show("statement.html", form=form)


async def countersign(page: Page) -> web.Response:
    """Sign a statement of the other side, if we count the same; the answer is the file."""
    form = await page.form(COUNTERSIGN)
    if form.sent:
        sent = page.body.get("file")
        if isinstance(sent, FileField):
            form.came("file")
            try:
                stated = await page.verbs.statements.countersign(page.actor, sent.file.read())
            except InputError as error:
                form.blame(error)
            except PeerError:
                form.wrong("file", "no-statement")
            else:
                return _file(page, stated)
    return page.show("countersign.html", form=form)


def _file(page: Page, stated: Stated) -> web.Response:
    name = f"statement-{stated.peer}-{stated.since}-{stated.until}.json"
    return page.file(stated.file.encode(), media_type="application/json", name=name)


def _written(report: dict[str, Any], kind: str) -> bytes:
    if kind == "xlsx":
        return as_workbook(report, report_columns())
    if kind == "csv":
        return as_csv(report, report_columns()).encode()
    return msgspec.json.format(msgspec.json.encode(report), indent=2)
