"""The calendars and spans behind `schemas/vectors/clocks/calendar.json`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from tests.model.clocks import TERMS, with_offsets
from tracer.clock import instant, stamp
from tracer.model.calendar import Calendar
from tracer.model.terms import OfficeHours, Span, Terms

FOLDER = Path(__file__).parents[2] / "schemas" / "vectors" / "clocks"
HELD = "calendar"
"""The name of the file."""

WORKDAYS = replace(
    with_offsets(
        TERMS,
        ("2026-01-01T00:00:00.000Z", 120),
        ("2026-03-26T22:00:00.000Z", 180),
        ("2026-10-29T21:00:00.000Z", 120),
    ),
    weekend=(5, 6),
    non_working=("2026-03-08", "2026-05-27", "2026-05-28", "2027-05-16"),
    office=OfficeHours("07:30", "14:30"),
)
"""Friday and Saturday free, a feast that moves, clocks that change at midnight."""

CALENDARS: dict[str, Terms] = {
    "utc": TERMS,
    "central-europe": replace(
        with_offsets(
            TERMS,
            ("2025-10-26T01:00:00.000Z", 60),
            ("2026-03-29T01:00:00.000Z", 120),
            ("2026-10-25T01:00:00.000Z", 60),
            ("2027-03-28T01:00:00.000Z", 120),
        ),
        non_working=("2026-04-03", "2026-04-06", "2026-12-25", "2027-01-01", "2027-03-29"),
    ),
    "friday-saturday": WORKDAYS,
    "one-day-a-week": replace(
        with_offsets(TERMS, ("2026-01-01T00:00:00.000Z", -840), ("2026-03-10T11:17:00.000Z", 840)),
        weekend=(1, 2, 3, 4, 6, 7),
        non_working=("2026-03-13",),
        office=OfficeHours("00:00", "23:59"),
    ),
}
STARTS = (
    "2025-12-31T23:59:59.999Z",
    "2026-03-05T12:29:59.999Z",
    "2026-03-05T12:30:00.000Z",
    "2026-03-10T11:16:59.999Z",
    "2026-03-28T01:30:00.000Z",
    "2026-03-28T15:00:00.000Z",
    "2026-10-24T00:30:00.000Z",
    "2026-12-24T16:30:00.000Z",
    "2031-07-04T10:00:00.000Z",
    "8999-12-31T12:00:00.000Z",
)
SPANS = (
    Span(1, "hour"),
    Span(30, "hour"),
    Span(1, "day"),
    Span(28, "day"),
    Span(1, "working-day"),
    Span(2, "working-day"),
    Span(1000, "working-day"),
)
DAYS = ("2026-03-28", "2026-03-29", "2026-10-25", "2026-12-31", "9999-12-31")


def calendar() -> dict[str, Any]:
    """The file of spans: each start and span under each calendar, and the midnights of days."""
    return {
        "about": "`span` from `start` under the terms `calendars[calendar]`, [F-7] to [F-9]; with "
        "`day`, the midnight that ends this local date. `end` is expected.",
        "calendars": {name: msgspec.to_builtins(terms) for name, terms in CALENDARS.items()},
        "cases": [
            *(
                {
                    "name": f"{name}-{start}-{span.n}-{span.unit}",
                    "calendar": name,
                    "start": start,
                    "span": msgspec.to_builtins(span),
                    "end": stamp(Calendar(terms).add(instant(start), span)),
                }
                for name, terms in CALENDARS.items()
                for start in STARTS
                for span in SPANS
            ),
            *(
                {
                    "name": f"{name}-{day}",
                    "calendar": name,
                    "day": day,
                    "end": stamp(Calendar(terms).end_of(date.fromisoformat(day))),
                }
                for name, terms in CALENDARS.items()
                for day in DAYS
            ),
        ],
    }
