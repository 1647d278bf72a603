"""One clock of the answering side: a walk through what was received, in that order.

A trail is what touches the clocks of one line: urgencies, named instants, holds, postponements. Of
one instant, the end of a hold comes first, then urgencies and what is named (in the order of who
had seen what), then postponements, then the begin of a hold.

Held lengths are added up exactly. Where the span is in working days, the end of a clock that runs
is rounded to when the office closes each time it is read, from that exact sum. Rejected: rounding
the sum itself at the end of each hold; questions that are recalled at once would each give a
working day. A hold that begins in the time which only the rounding gave keeps what is left: the
rounded end counts on exactly, and is rounded no more. So no clock passes while it stands.

What it does not do: know rounds, or what ended them; `targets` says where a walk begins and stops.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from enum import IntEnum
from typing import NamedTuple

from tracer.clock import instant
from tracer.model.calendar import Calendar, later
from tracer.model.clocks.state import ClockKind, Origin
from tracer.model.codes import UrgencyLevel
from tracer.model.terms import Span, Target, Terms, target_of
from tracer.model.thread.course import Course, Hold, Postponed

_RANK = {str(level): rank for rank, level in enumerate(UrgencyLevel)}
"""0 is the most urgent; what is not known here counts as least."""


class Act(IntEnum):
    """What a step does to a clock; of one instant, in this order."""

    RESUME = 0
    STATED = 1
    """An urgency, or the instants that the acknowledgement names."""
    POSTPONED = 2
    HOLD = 3


class Step(NamedTuple):
    """Something received that touches a clock.

    `value` is an urgency or a review day; empty with `STATED`: the acknowledgement names instants.
    """

    at: str
    act: Act
    value: str = ""


class End(NamedTuple):
    """Where a clock ends; `paused`: since when it stands."""

    due: datetime
    paused: datetime | None
    origin: Origin


class Trail:
    """What touches the clocks of a line, in the order in which it counts.

    Args:
        course: For urgencies and named instants.
        holds: Of the line, in order, none overlapping another.
        postponed: Of the line.
    """

    def __init__(
        self, course: Course, holds: Sequence[Hold] = (), postponed: Sequence[Postponed] = ()
    ) -> None:
        delays = [Step(one.at, Act.POSTPONED, one.review) for one in postponed]
        stands = _joined(holds)
        steps = [*_stated(course), *_held(stands), *delays]
        self._steps = sorted(steps, key=lambda step: (step.at, step.act))
        self._times = [step.at for step in self._steps]
        self._levels = course.levels
        self._stated = [level.at for level in course.levels]
        self._holds = stands
        self._since = [since for since, _ in stands]
        self.open = holds[-1] if holds and not holds[-1].until else None
        """The hold that still stands."""

    def urgency(self, at: str) -> str:
        """The urgency in force at an instant."""
        return self._levels[bisect_right(self._stated, at) - 1].urgency

    def held(self, at: str) -> bool:
        """Whether the line was held before this instant and goes on to be."""
        number = bisect_left(self._since, at) - 1
        return number >= 0 and (not (until := self._holds[number][1]) or until > at)

    def steps(self, since: str, over: str) -> Iterator[Step]:
        """What comes from `since` on and before `over` (empty: all); urgencies after `since`."""
        for number in range(bisect_left(self._times, since), len(self._steps)):
            step = self._steps[number]
            if over and step.at >= over:
                return
            if not (step.at == since and step.act is Act.STATED and step.value):
                yield step


def _stated(course: Course) -> list[Step]:
    """Urgencies after the first and the acknowledgement, which stands before those it had not seen.

    So nobody is bound by what was named before a lower urgency was known.
    """
    steps = [Step(level.at, Act.STATED, level.urgency) for level in course.levels]
    if promise := course.promise:
        unseen = [promise.at, *(step.at for step in steps[promise.seen :])]
        steps.insert(promise.seen, Step(min(unseen), Act.STATED))
    return steps[1:]


def _joined(holds: Sequence[Hold]) -> list[tuple[str, str]]:
    """From when until when the line is held; holds without a gap between them are one."""
    found: list[tuple[str, str]] = []
    for hold in holds:
        since = hold.since
        if since == hold.until:
            continue
        if found and found[-1][1] == since:
            since, _ = found.pop()
        found.append((since, hold.until))
    return found


def _held(stands: Iterable[tuple[str, str]]) -> Iterator[Step]:
    for since, until in stands:
        yield Step(since, Act.HOLD)
        if until:
            yield Step(until, Act.RESUME)


class Walk:
    """One clock while it is walked through.

    Args:
        kind: Which of the spans of a target it counts.
        terms: What is promised.
        calendar: That of these terms.
        named: The instant that the acknowledgement names for it, or empty.
    """

    def __init__(self, kind: ClockKind, terms: Terms, calendar: Calendar, named: str) -> None:
        self._kind = kind
        self._terms = terms
        self._calendar = calendar
        self._named = named
        self._end: datetime | None = None
        """With what was held added exactly; `_read` rounds it."""
        self._floor: datetime | None = None
        """The end of the review day of a postponement."""
        self._paused: datetime | None = None
        """Since when the line is held."""
        self._counted: datetime | None = None
        """Up to when the ends are put off by that."""
        self._rank = 0
        self._unit = ""
        self._moved = False
        """Whether a hold has put off the end since it was stated or named."""
        self._origin = Origin.TERMS

    def through(self, trail: Trail, since: str, over: str) -> End | None:
        """From `since` until the clock was met or given up; empty: neither yet.

        None: nothing is promised for any urgency stated.
        """
        self._state(instant(since), trail.urgency(since))
        if trail.held(since):
            self._hold(instant(since))
        for step in trail.steps(since, over):
            self._take(step, since)
        if over:
            self._resume(instant(over))
        due = self._due
        if due is None:
            return None
        origin = self._origin if due == self._read else Origin.REVIEW
        if self._paused and self._counted:
            due -= self._counted - self._paused
        return End(due, self._paused, origin)

    @property
    def _due(self) -> datetime | None:
        end = self._read
        return end if end is None or self._floor is None else max(end, self._floor)

    @property
    def _read(self) -> datetime | None:
        """The end without postponements, as it then stands; exact while the clock is paused."""
        if self._end is None or self._paused or not (self._moved and self._unit == "working-day"):
            return self._end
        return self._calendar.at_work(self._end)

    def _take(self, step: Step, since: str) -> None:
        at = instant(step.at)
        self._count(at)
        if step.act is Act.RESUME:
            self._resume(at)
        elif step.act is Act.HOLD:
            self._hold(at)
        elif step.act is Act.POSTPONED:
            self._postpone(at, date.fromisoformat(step.value))
        elif step.value:
            self._state(at, step.value)
        elif self._named > since and not self._paused:
            self._name(instant(self._named))

    def _passed(self, at: datetime) -> bool:
        due = self._due
        return self._paused is None and due is not None and at > due

    def _hold(self, at: datetime) -> None:
        if self._passed(at):
            return
        if self._end is not None and self._end < at and self._moved:
            self._end, self._unit = self._read, ""
        self._paused = self._counted = at

    def _postpone(self, at: datetime, day: date) -> None:
        if not self._passed(at):
            end = self._calendar.end_of_named(day, at)
            self._floor = max(end, self._floor or end)

    def _resume(self, at: datetime) -> None:
        if self._paused is not None:
            self._count(at)
            self._paused = self._counted = None

    def _state(self, at: datetime, urgency: str) -> None:
        promised = target_of(self._terms, urgency)
        span = _span(promised, self._kind) if promised else None
        if span is None:
            return
        end, rank = self._calendar.add(at, span), _RANK.get(urgency, len(_RANK))
        old = self._read
        if old is None or (end < old if rank < self._rank else end > old):
            self._end, self._unit, self._origin = end, span.unit, Origin.TERMS
            self._moved = False
        self._rank = rank

    def _name(self, end: datetime) -> None:
        if (old := self._read) is not None and end <= old:
            self._end, self._origin, self._moved = end, Origin.NAMED, False

    def _count(self, at: datetime) -> None:
        """Put the ends off by what was held up to now."""
        if self._counted is None:
            return
        length, self._counted = at - self._counted, at
        self._moved = self._moved or bool(length)
        self._end = self._end and later(self._end, length)
        self._floor = self._floor and later(self._floor, length)


def _span(promised: Target, kind: ClockKind) -> Span | None:
    if kind is ClockKind.ACKNOWLEDGE:
        return promised.acknowledge
    if kind is ClockKind.FIRST_ANSWER:
        return promised.first_answer
    return promised.final_answer or None
