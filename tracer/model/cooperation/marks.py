"""Under which figures a request stands, from when, until when: the one place that says so.

What is counted (`tally`), what is listed behind a figure (`counted`) and what a figure is called
come from here, so that a list has as many threads as its figure says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

from tracer.clock import instant
from tracer.model.clocks import Standing
from tracer.model.cooperation.facts import GROUNDED, Clocked, Facts

_DAY_MS: Final = 86_400_000
AGES: Final = (("open.0-7", 8), ("open.8-30", 31), ("open.31-90", 91), ("open.over-90", None))
"""Classes of age with the day with which the next begins."""
CLOCKS: Final = ("acknowledged", "first-answer", "answered")
"""The three clocks as figures call them."""
_STANDINGS: Final[Mapping[Standing, str]] = MappingProxyType(
    {
        Standing.MET: "in-time",
        Standing.MET_LATE: "late",
        Standing.PENDING: "awaited",
        Standing.PAUSED: "paused",
        Standing.PASSED: "passed",
        Standing.WAIVED: "waived",
    }
)
_NO_TARGET: Final = "no-target"
KINDS: Final = ("result", "no-record", "unidentifiable", "restricted", "refused", "mixed")
"""What a request can be settled with."""
NAMES: Final = (
    "received",
    *(f"{clock}.{standing}" for clock in CLOCKS for standing in (*_STANDINGS.values(), _NO_TARGET)),
    *(f"kind.{kind}" for kind in KINDS),
    *GROUNDED,
    "withdrawn",
    "lapsed",
    "reopened",
    "open",
    *(name for name, _ in AGES),
)
"""Every figure there always is, in its order; `refused.<ground>` and the like come beside them."""
TIMES: Final = ("acknowledge", "first-answer", "answer")
"""What has a median and a 90th percentile."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Mark(NamedTuple):
    """A request counts under `name` after `after` and not after `until`, ms; None: no such end."""

    name: str
    after: int | None = None
    until: int | None = None

    def holds(self, now: int) -> bool:
        """Whether it counts at `now`, in milliseconds since 1970."""
        return (self.after is None or self.after < now) and (
            self.until is None or now <= self.until
        )


def milliseconds(moment: datetime) -> int:
    """An instant as whole milliseconds since 1970."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def counted(facts: Facts, now: datetime) -> frozenset[str]:
    """The figures that a request counts under at `now`."""
    moment = milliseconds(now)
    return frozenset(mark.name for mark in marks(facts) if mark.holds(moment))


def times(facts: Facts) -> Iterator[tuple[str, int]]:
    """The times of a request that are over, in minutes."""
    found = (facts.acknowledge_minutes, facts.first_answer_minutes, facts.answer_minutes)
    for name, minutes in zip(TIMES, found, strict=True):
        if minutes is not None:
            yield name, minutes


def marks(facts: Facts) -> Iterator[Mark]:
    """Every figure that a request ever counts under, as far as its facts tell."""
    yield Mark("received")
    yield from _clock("acknowledged", facts.acknowledge)
    yield from _clock("first-answer", facts.first_answer)
    yield from _clock("answered", facts.final_answer)
    if facts.kind:
        yield Mark(f"kind.{facts.kind}")
    for name in sorted(_grounds(facts)):
        yield Mark(name)
    if facts.withdrawn:
        yield Mark("withdrawn")
    if facts.reopened:
        yield Mark("reopened")
    if facts.open_since:
        yield from _open(facts)


def month_of(now: datetime) -> str:
    """The UTC month of an instant, `2026-03`."""
    return f"{now.astimezone(UTC):%Y-%m}"


def _clock(name: str, clock: Clocked | None) -> Iterator[Mark]:
    if clock is None:
        yield Mark(f"{name}.{_NO_TARGET}")
        return
    change, then = None, Standing.PASSED
    if clock.standing is Standing.PENDING:
        change = _ms(clock.due)
    elif clock.standing is Standing.PAUSED and clock.lapses:
        change, then = _ms(clock.lapses), clock.then
    yield Mark(f"{name}.{_STANDINGS[clock.standing]}", until=change)
    if change is not None:
        yield Mark(f"{name}.{_STANDINGS[then]}", after=change)


def _grounds(facts: Facts) -> set[str]:
    given = [act for act in facts.acts if act.role == "ground"]
    return {act.type for act in given} | {f"{act.type}.{g}" for act in given for g in act.grounds}


def _open(facts: Facts) -> Iterator[Mark]:
    until = _ms(facts.open_until) if facts.open_until else None
    yield Mark("open", until=until)
    if until is not None:
        yield Mark("lapsed", after=until)
    since, start = _ms(facts.open_since), None
    for name, days in AGES:
        stop = None if days is None else since + days * _DAY_MS - 1
        if until is not None and (stop is None or until <= stop):
            yield Mark(name, start, until)
            return
        yield Mark(name, start, stop)
        start = stop


def _ms(text: str) -> int:
    return milliseconds(instant(text))
