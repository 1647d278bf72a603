"""What is shown of a peer, or of ourselves towards it: counts, times, months."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from tracer.model.cooperation.marks import NAMES, TIMES, milliseconds, month_of
from tracer.model.cooperation.packing import ranked, unpack
from tracer.model.cooperation.tally import Tally

TREND_MONTHS = 24
"""Months of the trend, the present one included."""
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
    moment = milliseconds(now)
    counts = {month: _counts(tally, moment) for month, tally in months.items()}
    return Figures(
        counts=_summed(counts.values()),
        times={name: spread(_minutes(months.values(), name)) for name in TIMES},
        months=tuple(
            _month(month, counts.get(month, {}), _minutes([months.get(month, Tally())], "answer"))
            for month in _last(months, now)
        ),
    )


def spread(parts: Sequence[Sequence[int]]) -> Spread:
    """Median and 90th percentile, by nearest rank (rule 5), of sorted times in several parts."""
    held = [part for part in parts if part]
    count = sum(map(len, held))
    if not count:
        return Spread(count=0)
    return Spread(
        count=count,
        median=ranked(held, -(-count // 2)),
        ninetieth=ranked(held, -(-9 * count // 10)),
    )


def _counts(tally: Tally, moment: int) -> dict[str, int]:
    """The figures of one tally that are not zero."""
    return {
        name: number for name, count in tally.counts.items() if (number := count.at(moment)) != 0
    }


def _summed(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Every figure there always is, and then the others, by name."""
    whole: Counter[str] = Counter()
    for one in counts:
        whole.update(one)
    further = sorted(whole.keys() - set(NAMES))
    return {name: whole[name] for name in (*NAMES, *further)}


def _minutes(tallies: Iterable[Tally], name: str) -> list[Sequence[int]]:
    return [unpack(packed) for tally in tallies if (packed := tally.minutes.get(name))]


def _month(month: str, found: Mapping[str, int], took: Sequence[Sequence[int]]) -> Month:
    return Month(
        month=month, counts={name: found.get(name, 0) for name in TREND}, answer=spread(took)
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
