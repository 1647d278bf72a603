"""What is shown of a peer, or of ourselves towards it: counts, times, months."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from tracer.model.cooperation.marks import NAMES, TIMES, milliseconds, month_of
from tracer.model.cooperation.tally import Tally

TREND_MONTHS = 24
"""Months of the trend, the present one included."""
MINUTES_A_DAY = 1440
TREND = (
    "received",
    "acknowledged.in-time",
    "acknowledged.late",
    "answered.in-time",
    "answered.late",
    "answered.passed",
)
"""What is followed by month."""


class Spread(Struct, frozen=True, kw_only=True):
    """Times of `count` requests, in whole minutes: median and 90th percentile, nearest rank."""

    count: int
    median: int | None = None
    ninetieth: int | None = None


class Month(Struct, frozen=True, kw_only=True):
    """What became, until now, of the requests that were received in one month."""

    month: str
    counts: dict[str, int]
    answer: Spread


class Figures(Struct, frozen=True, kw_only=True):
    """Figures at an instant; of a figure that is not among `counts` there is none."""

    counts: dict[str, int]
    times: dict[str, Spread]
    months: tuple[Month, ...]


def figures(months: Mapping[str, Tally], now: datetime) -> Figures:
    """The figures of the requests of these months at `now`.

    Args:
        months: The tally of each month, `2026-03`.
        now: Decides what has passed, lapsed and how old the open ones are; and which are the last
            months.
    """
    whole = Tally.merged(months.values())
    return Figures(
        counts=_counts(whole, now),
        times={name: spread(whole.minutes.get(name, ())) for name in TIMES},
        months=tuple(
            _month(month, months.get(month, Tally()), now) for month in _last(months, now)
        ),
    )


def spread(minutes: Sequence[int]) -> Spread:
    """Median and 90th percentile of sorted times by nearest rank (rule 5)."""
    count = len(minutes)
    if not count:
        return Spread(count=0)
    return Spread(
        count=count, median=minutes[-(-count // 2) - 1], ninetieth=minutes[-(-9 * count // 10) - 1]
    )


def days(minutes: int) -> float:
    """Minutes as days, to a hundredth."""
    return round(minutes / MINUTES_A_DAY, 2)


def _counts(tally: Tally, now: datetime) -> dict[str, int]:
    moment = milliseconds(now)
    found = {name: count.at(moment) for name, count in tally.counts.items()}
    further = {name: number for name, number in sorted(found.items()) if number}
    return {name: found.get(name, 0) for name in NAMES} | {
        name: number for name, number in further.items() if name not in NAMES
    }


def _month(month: str, tally: Tally, now: datetime) -> Month:
    found = _counts(tally, now)
    return Month(
        month=month,
        counts={name: found[name] for name in TREND},
        answer=spread(tally.minutes.get("answer", ())),
    )


def _last(months: Mapping[str, Tally], now: datetime) -> Iterator[str]:
    """The last months without a gap, from the first that has a request on."""
    if not months:
        return
    year, month = map(int, month_of(now).split("-"))
    for back in range(TREND_MONTHS - 1, -1, -1):
        years, place = divmod(12 * year + month - 1 - back, 12)
        if (name := f"{years:04}-{place + 1:02}") >= min(months):
            yield name
