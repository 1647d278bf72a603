"""Round places on a scale: counts in steps of 1, 2 or 5 tens, instants at hours, days, months.

Example:
    >>> counts(29, most=5)
    (0, 10, 20, 30)
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import count, takewhile
from typing import Final, Literal, NamedTuple

from tracer.web.pictures.picture import Words
from tracer.web.pictures.svg import length

SIZE: Final = 12
"""Of the letters at a scale, in pixels."""
_STEPS_OF_TEN: Final = (1, 2, 5)
_MOST: Final = 7
_APART: Final = 16
_HOUR, _DAY, _MONTH = timedelta(hours=1), timedelta(days=1), timedelta(days=30)


class Tick(NamedTuple):
    """A place on a line of time, and what is written there."""

    at: datetime
    label: str


class Step(NamedTuple):
    """How far ticks stand from each other."""

    unit: Literal["hour", "day", "month"]
    many: int

    @property
    def about(self) -> timedelta:
        """Its length; of months nearly."""
        return self.many * {"hour": _HOUR, "day": _DAY, "month": _MONTH}[self.unit]


_STEPS: Final = (
    *(Step("hour", n) for n in (1, 2, 3, 6, 12)),
    *(Step("day", n) for n in (1, 2, 7, 14)),
    *(Step("month", n) for n in (1, 2, 3, 6, 12, 24, 60, 120, 240, 600)),
)


def counts(highest: int, *, most: int) -> tuple[int, ...]:
    """Round counts from 0 to the first that is not below the highest, in so many steps at most."""
    sizes = (digit * 10**tens for tens in count() for digit in _STEPS_OF_TEN)
    step = next(size for size in sizes if highest <= size * most)
    return tuple(range(0, max(highest, 1) + step, step))[: -(-max(highest, 1) // step) + 1]


def times(first: datetime, last: datetime, *, room: float, words: Words) -> tuple[Tick, ...]:
    """Round instants of local time from first to last, as close as their labels find `room` for."""
    start = words.local(first)
    end, shift = start + (last - first), start - first.replace(tzinfo=None)
    for step in _STEPS:
        share = step.about / (last - first)
        if share * _MOST < 1:
            continue
        found = [at for at in takewhile(end.__ge__, _walk(start, step)) if at >= start]
        labels = [_label(at, step, words) for at in found]
        if room * share >= max(map(length, labels), default=0) * SIZE + _APART:
            zone = first.tzinfo
            ticks = zip(found, labels, strict=True)
            return tuple(Tick((at - shift).replace(tzinfo=zone), label) for at, label in ticks)
    return ()


def _walk(start: datetime, step: Step) -> Iterator[datetime]:
    """Whole steps from the last one that is not after `start`; weeks begin on Mondays."""
    many, midnight = step.many, datetime.combine(start.date(), time())
    if step.unit == "hour":
        yield from (midnight + n * step.about for n in count(start.hour // many))
    elif step.unit == "day":
        since = midnight - (start.toordinal() - 1) % many * _DAY
        yield from (since + n * step.about for n in count())
    else:
        month = start.year * 12 + start.month - 1
        yield from (datetime(n // 12, n % 12 + 1, 1) for n in count(month - month % many, many))  # noqa: DTZ001


def _label(at: datetime, step: Step, words: Words) -> str:
    """The day; the hour where there are several on one."""
    day: date = at.date()
    return f"{at:%H:%M}" if step.unit == "hour" and at.hour else words.day(day)
