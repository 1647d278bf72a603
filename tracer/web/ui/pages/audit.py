"""Who read or did what: looking it up, taking it out with proofs, checking that it is whole."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import msgspec
from aiohttp import web

from tracer.casework.table_files import comma_separated
from tracer.casework.trail import ActFilter, to_file
from tracer.errors import InputError
from tracer.store import AuditRow
from tracer.web.ui.acts import ACTS
from tracer.web.ui.forms import Field, Form, counted
from tracer.web.ui.page import Page
from tracer.web.ui.routes import path_to
from tracer.web.ui.texts import N_

FILTERS: Final = ActFilter.__struct_fields__
PAGE: Final = 50
"""Acts on one page."""
_LAST: Final = date.max.isoformat()
LEFT_OUT: Final = N_("Acts on requests that you may not see are left out.")
_SAID: Final = N_("What they did")
HEADS: Final = (
    N_("Number"),
    N_("When (UTC)"),
    N_("Who"),
    N_("Act"),
    _SAID,
    N_("To what"),
    N_("More"),
)
PROOFS: Final = Form(
    Field(
        "subject",
        N_("Request, person, authority or draft"),
        N_("All acts about it are written, each with what proves it."),
        required=True,
    )
)
CHECK: Final = Form()


async def listed(page: Page) -> web.Response:
    """Acts, newest first, narrowed by what is asked."""
    filters = _filters(page)
    before = counted(page.asked("before"))
    found = await page.verbs.trail.page(page.actor, _narrow(filters), before=before, limit=PAGE)
    given = {name: value for name, value in filters.items() if value}
    further = {**given, "before": str(found.further)} if found.further is not None else {}
    return page.show(
        "audit.html",
        rows=found.rows,
        names=await page.verbs.lists.names(page.actor, [row.subject for row in found.rows]),
        left_out="" if found.every else LEFT_OUT,
        filters=filters,
        given=given,
        later=before is not None,
        following=path_to("audit", further) if further else "",
    )


async def table(page: Page) -> web.Response:
    """The same acts as a table to take along; the taking is on record."""
    found = await page.verbs.trail.hand_out(page.actor, _narrow(_filters(page)))
    say = page.speech.words.gettext
    rows = [_row(page, row) for row in found.rows]
    if not found.every:
        rows.append(tuple(say(LEFT_OUT) if head == _SAID else "" for head in HEADS))
    data = comma_separated([say(head) for head in HEADS], rows)
    return page.file(data, media_type="text/csv", name=f"acts-{page.speech.now:%Y-%m-%d}.csv")


async def proofs(page: Page) -> web.Response:
    """The acts about something with the proofs of each, as a file."""
    form = await page.form(PROOFS, {"subject": page.asked("subject")[:100]})
    if form.ready:
        try:
            found = await page.verbs.trail.export(page.actor, form["subject"])
        except InputError as error:
            form.blame(error)
        else:
            data = to_file(msgspec.to_builtins(found))
            return page.file(data, media_type="application/json", name="acts.json")
    return page.show("audit_proofs.html", form=form)


async def check(page: Page) -> web.Response:
    """Check the whole journal now."""
    form = await page.form(CHECK)
    found = await page.verbs.upkeep.check_acts(page.actor) if form.ready else None
    return page.show("audit_check.html", form=form, found=found)


def _filters(page: Page) -> dict[str, str]:
    return {name: page.asked(name).strip()[:100] for name in FILTERS}


def _narrow(filters: dict[str, str]) -> ActFilter:
    """Filters as casework takes them: the last day counts whole, and no day is no bound."""
    last, until = _day(filters["until"]), None
    if last is not None and last < _LAST:
        until = (date.fromisoformat(last) + timedelta(days=1)).isoformat()
    return ActFilter(
        subject=filters["subject"] or None,
        by=filters["by"] or None,
        act=filters["act"] or None,
        since=_day(filters["since"]),
        until=until,
    )


def _day(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def _row(page: Page, row: AuditRow) -> tuple[object, ...]:
    said = ACTS.get(row.act)
    more = msgspec.json.encode(row.detail).decode() if row.detail else ""
    words: Any = page.speech.say(said) if said else row.act
    return (row.number, row.at, row.actor, row.act, words, row.subject, more)
