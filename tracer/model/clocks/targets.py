"""From the course of a thread and the signed terms to its targets.

Steps, for each thing that is awaited of the answering side (numbers of PROTOCOL.md, chapter 19):

1. the *base*: the span that the terms give the stated urgency, from receipt of what asks; a higher
   urgency stated later can only bring it nearer, a lower one only put it off ([F-10]);
2. an acknowledgement that names the instant under the same terms fixes the base, unless it names a
   later one than the terms give ([F-6]);
3. holds and postponements in the order of their receipt, each only if the clock was still running
   then: a hold adds its length, a postponement moves the end to the end of its review day; an end
   counted in working days is moved on to when the office closes ([F-11], [F-12]).

Lines are computed one by one; lines with the same clock are told together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

import msgspec

from tracer.clock import instant, stamp
from tracer.model.calendar import Calendar, lapse_instant
from tracer.model.clocks.state import ClockKind, Origin, Target
from tracer.model.codes import UrgencyLevel
from tracer.model.terms import Span, Terms, target_of
from tracer.model.terms import Target as Promised
from tracer.model.thread.course import Course, Level, Round

_RANK: Mapping[str, int] = {str(level): rank for rank, level in enumerate(UrgencyLevel)}
"""0 is the most urgent; what is not known here counts as least."""
Levels = Sequence[tuple[datetime, str]]
"""Stated urgencies with the instants from which they count, in order."""


class _Span(NamedTuple):
    """A stretch in which a line is held; no `until`: still."""

    since: datetime
    until: datetime | None


class _Base(NamedTuple):
    """The end that the terms give, and the urgency (its rank) it is meant for."""

    due: datetime
    unit: str
    origin: Origin
    rank: int


class _End(NamedTuple):
    """The end after holds and postponements; `paused`: since when the clock stands."""

    due: datetime
    paused: datetime | None
    origin: Origin


class Clockwork:
    """The targets of one thread under one set of terms."""

    def __init__(self, course: Course, terms: Terms) -> None:
        self._course = course
        self._terms = terms
        self._calendar = Calendar(terms)
        self._levels = _placed(course.levels)

    def targets(self) -> Iterator[Target]:
        """What the answering side is awaited to do, until when."""
        if self._course.kind != "request":
            return
        yield from self._acknowledge()
        yield from self._first()
        yield from _together(self._final())

    def _acknowledge(self) -> Iterator[Target]:
        base = self._base(ClockKind.ACKNOWLEDGE, self._levels, "")
        if base is not None:
            yield self._target(
                ClockKind.ACKNOWLEDGE,
                _End(base.due, None, base.origin),
                ended=self._course.acknowledged,
            )

    def _first(self) -> Iterator[Target]:
        """The first answer or interim reply to any line; it is held while all lines are."""
        promise = self._course.promise
        named = promise.first_answer if promise else ""
        base = self._base(ClockKind.FIRST_ANSWER, self._levels, named)
        if base is None:
            return
        first = {r.line for r in self._course.rounds if r.since == self._course.received}
        holds = _common([self._holds(line) for line in sorted(first)])
        moved = [p for p in self._course.postponed if first <= set(p.lines)]
        ended = self._course.first_answer
        reviews = [(instant(p.at), p.review) for p in moved]
        end = self._end(base, holds, reviews, ended)
        yield self._target(ClockKind.FIRST_ANSWER, end, ended=ended)

    def _final(self) -> Iterator[Target]:
        for round_ in self._course.rounds:
            named = ""
            if self._course.promise and round_.since == self._course.received:
                named = self._course.promise.final_answer
            levels = _from(self._levels, instant(round_.since))
            base = self._base(ClockKind.FINAL_ANSWER, levels, named)
            if base is None:
                continue
            reviews = [
                (instant(p.at), p.review)
                for p in self._course.postponed
                if round_.line in p.lines and p.at >= round_.since
            ]
            holds = [h for h in self._holds(round_.line) if h.since >= instant(round_.since)]
            end = self._end(base, holds, reviews, round_.settled)
            yield self._target(ClockKind.FINAL_ANSWER, end, ended=round_.settled, round_=round_)

    def _target(
        self, kind: ClockKind, end: _End, *, ended: str, round_: Round | None = None
    ) -> Target:
        """A target of the thread, or of one round of a line, ended or dropped."""
        since, about = self._course.received, self._course.opening
        dropped = _all_dropped(self._course.rounds)
        lines: tuple[int, ...] = ()
        if round_ is not None:
            since, about, dropped, lines = round_.since, round_.by, round_.dropped, (round_.line,)
        given_up = bool(dropped) and not (ended and ended <= dropped)
        return Target(
            kind=kind,
            who="other",
            about=about,
            since=since,
            due=stamp(end.due),
            lines=lines,
            escalate=self._escalate(end.due),
            paused="" if end.paused is None or given_up else stamp(end.paused),
            lapses="" if end.paused is None or given_up else self._lapses(lines),
            ended=dropped if given_up else ended,
            given_up=given_up,
            waived=given_up and instant(dropped) <= end.due,
            origin=end.origin,
        )

    def _base(self, kind: ClockKind, levels: Levels, named: str) -> _Base | None:
        """Steps 1 and 2. None: nothing is promised for this urgency."""
        promise = self._course.promise
        if not named or promise is None:
            return self._walk(kind, levels, None)
        said = instant(promise.at)
        base = self._walk(kind, [one for one in levels if one[0] <= said], None)
        if base is not None and instant(named) <= base.due:
            base = base._replace(due=instant(named), origin=Origin.NAMED)
        return self._walk(kind, [one for one in levels if one[0] > said], base)

    def _walk(self, kind: ClockKind, levels: Levels, base: _Base | None) -> _Base | None:
        """A higher urgency only brings the end nearer, a lower one only puts it off."""
        for at, urgency in levels:
            span = _span(target_of(self._terms, urgency), kind)
            if span is None:
                continue
            due, rank = self._calendar.add(at, span), _RANK.get(urgency, len(_RANK))
            if base is None or (due < base.due if rank < base.rank else due > base.due):
                base = _Base(due, span.unit, Origin.TERMS, rank)
            base = base._replace(rank=rank)
        return base

    def _end(
        self,
        base: _Base,
        holds: Iterable[_Span],
        reviews: Iterable[tuple[datetime, str]],
        ended: str,
    ) -> _End:
        """Step 3."""
        due, origin = base.due, base.origin
        over = instant(ended) if ended else None
        steps: list[tuple[datetime, _Span | str]] = [
            *((hold.since, hold) for hold in holds),
            *reviews,
        ]
        for at, step in sorted(steps, key=lambda one: one[0]):
            if at > due or (over is not None and at >= over):
                continue
            if isinstance(step, str):
                end = self._calendar.end_of(date.fromisoformat(step))
                due, origin = (end, Origin.REVIEW) if end > due else (due, origin)
            elif step.until is None:
                return _End(due, step.since, origin)
            else:
                due += step.until - step.since
                due = self._calendar.at_work(due) if base.unit == "working-day" else due
        return _End(due, None, origin)

    def _holds(self, line: int) -> list[_Span]:
        """When a line was held, without overlaps."""
        found = [
            _Span(instant(h.since), instant(h.until) if h.until else None)
            for h in self._course.holds
            if line in h.lines
        ]
        return _merged(found)

    def _lapses(self, numbers: tuple[int, ...]) -> str:
        """When the last of these lines (none: of all) has lapsed; empty: one of them never does."""
        found = []
        for line in numbers or sorted({r.line for r in self._course.rounds}):
            ends = [
                lapse_instant(instant(hold.since), self._terms, day=hold.lapses)
                for hold in self._course.holds
                if line in hold.lines and not hold.until and hold.what == "information"
            ]
            if not ends:
                return ""
            found.append(min(ends))
        return stamp(max(found)) if found else ""

    def _escalate(self, due: datetime) -> str:
        """Under the urgency that stands."""
        promised = target_of(self._terms, self._levels[-1][1])
        return stamp(self._calendar.add(due, promised.escalate)) if promised else ""


def _placed(levels: Sequence[Level]) -> list[tuple[datetime, str]]:
    """The stated urgencies; a request that states none is routine."""
    return [(instant(one.at), one.urgency or str(UrgencyLevel.ROUTINE)) for one in levels]


def _from(levels: Levels, since: datetime) -> list[tuple[datetime, str]]:
    """The urgency in force when a line was asked about, counted from then, and later changes."""
    earlier = [urgency for at, urgency in levels if at <= since]
    return [(since, earlier[-1]), *(one for one in levels if one[0] > since)]


def _span(promised: Promised | None, kind: ClockKind) -> Span | None:
    if promised is None:
        return None
    if kind is ClockKind.ACKNOWLEDGE:
        return promised.acknowledge
    if kind is ClockKind.FIRST_ANSWER:
        return promised.first_answer
    return promised.final_answer or None


def _merged(spans: Sequence[_Span]) -> list[_Span]:
    found: list[_Span] = []
    for span in sorted(spans, key=lambda one: one.since):
        last = found[-1] if found else None
        if last is None or (last.until is not None and last.until < span.since):
            found.append(span)
        elif last.until is not None:
            until = None if span.until is None else max(last.until, span.until)
            found[-1] = _Span(last.since, until)
    return found


def _common(each: Sequence[Sequence[_Span]]) -> list[_Span]:
    """When all of these were held at once."""
    if not each:
        return []
    found = list(each[0])
    for other in each[1:]:
        found = [both for a in found for b in other if (both := _both(a, b)) is not None]
    return found


def _both(a: _Span, b: _Span) -> _Span | None:
    since = max(a.since, b.since)
    ends = [end for end in (a.until, b.until) if end is not None]
    until = min(ends) if ends else None
    return None if until is not None and until <= since else _Span(since, until)


def _all_dropped(rounds: Sequence[Round]) -> str:
    """When the last line was given up, if all were before they were settled."""
    last = {round_.line: round_ for round_ in rounds}
    times = [round_.dropped for round_ in last.values()]
    return max(times) if times and all(times) else ""


def _together(targets: Iterable[Target]) -> Iterator[Target]:
    """Lines with the same clock as one target."""
    found: dict[Target, list[int]] = {}
    for target in targets:
        found.setdefault(msgspec.structs.replace(target, lines=()), []).extend(target.lines)
    for target, numbers in found.items():
        yield msgspec.structs.replace(target, lines=tuple(sorted(numbers)))
