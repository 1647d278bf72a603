"""Partial dates: a day, a month or a year, as precise as they are long.

Example:
    >>> precision("2014-05").value, span("2014-05")[1].isoformat()
    ('MONTH', '2014-05-31')
"""

from __future__ import annotations

import calendar
from datetime import date

from msgspec import UnsetType

from tracer.model.codes import DatePrecision

_BY_LENGTH = {4: DatePrecision.YEAR, 7: DatePrecision.MONTH, 10: DatePrecision.DAY}


def precision(partial: str | UnsetType) -> DatePrecision:
    """How exactly a partial date is known; UNKNOWN where there is none."""
    if isinstance(partial, UnsetType):
        return DatePrecision.UNKNOWN
    return _BY_LENGTH.get(len(partial), DatePrecision.UNKNOWN)


def span(partial: str) -> tuple[date, date]:
    """The first and the last day a partial date may mean.

    Raises:
        ValueError: the date is on no calendar, such as 2026-02-30.
    """
    known = precision(partial)
    if known is DatePrecision.DAY:
        day = date.fromisoformat(partial)
        return day, day
    if known is DatePrecision.MONTH:
        first = date.fromisoformat(f"{partial}-01")
        return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return date.fromisoformat(f"{partial}-01-01"), date.fromisoformat(f"{partial}-12-31")
