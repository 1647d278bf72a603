"""From the course of a thread and the signed terms to its targets.

Each clock of the answering side is one walk (`walk`) through what was received, in that order; the
numbers are of PROTOCOL.md, chapter 19:

1. the span that the terms give the urgency then in force, from receipt of what asks ([F-10]);
2. a higher urgency stated later only brings the end nearer, a lower one only puts it off ([F-10]);
3. an instant that the acknowledgement names stands if it is not later than the end ([F-6]);
4. what is held adds its length, a postponement puts the end off to its review day, at most 90 days
   after its receipt, each only if it came before the end had passed ([F-12]);
5. nothing counts that comes after the clock was met or given up ([F-14]).

Every line has its clocks of its own. `first-answer` is that of the line of the request that can
wait least; lines with the same clock are told together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from tracer.clock import instant, stamp
from tracer.model.calendar import Calendar, lapse_instant
from tracer.model.clocks.state import ClockKind, Target
from tracer.model.clocks.walk import End, Trail, Walk
from tracer.model.terms import Terms, target_of
from tracer.model.thread.course import Course, Hold, Postponed, Promise
from tracer.model.thread.rounds import Round


class _Line(NamedTuple):
    """A line that was asked about: its rounds, and what touches its clocks."""

    rounds: Sequence[Round]
    trail: Trail


class _Fate(NamedTuple):
    """When a clock was met, and when what it is for was given up; empty: not yet."""

    met: str
    dropped: str

    @property
    def over(self) -> str:
        """The first of both: after it nothing touches the clock."""
        return min(filter(None, self), default="")

    @property
    def given_up(self) -> bool:
        """Whether it was given up before it was met."""
        return bool(self.dropped) and not (self.met and self.met <= self.dropped)

    def waived(self, due: datetime) -> bool:
        """Whether it was given up in time."""
        return self.given_up and instant(self.dropped) <= due


class _Clock(NamedTuple):
    """A walked clock: where it ends, what became of it, and which hold stands in it."""

    end: End
    fate: _Fate
    held: Hold | None = None


class Clockwork:
    """The targets of one thread under one set of terms."""

    def __init__(self, course: Course, terms: Terms) -> None:
        self._course = course
        self._terms = terms
        self._calendar = Calendar(terms)
        self._lines = _lines(course)

    def targets(self) -> Iterator[Target]:
        """What the answering side is awaited to do, until when."""
        if self._course.kind != "request":
            return
        yield from self._acknowledge()
        yield from self._first()
        yield from _together(self._final())

    def _acknowledge(self) -> Iterator[Target]:
        """Once for the thread, whatever is held; given up when all lines are."""
        last = [line.rounds[-1].dropped for line in self._lines.values()]
        fate = _Fate(self._course.acknowledged, _when_all(last))
        if clock := self._walk(ClockKind.ACKNOWLEDGE, Trail(self._course), fate):
            yield self._target(ClockKind.ACKNOWLEDGE, clock)

    def _first(self) -> Iterator[Target]:
        """The first answer or interim reply to any line of the request.

        The earliest end counts, of the lines not given up in time (if all were: that of the last
        one given up); it stands while all of them do.
        """
        met = self._course.first_answer
        every = [(line.rounds[0], line.trail) for line in self._lines.values()]
        asked = [one for one in every if one[0].by == self._course.opening] or every
        clocks = [
            self._walk(ClockKind.FIRST_ANSWER, trail, _Fate(met, dropped))
            for dropped, trail in dict.fromkeys((first.dropped, trail) for first, trail in asked)
        ]
        if found := [clock for clock in clocks if clock]:
            left = [one for one in found if not one.fate.waived(one.end.due)]
            left = left or [max(found, key=lambda one: one.fate.dropped)]
            fate = _Fate(met, _when_all([one.fate.dropped for one in found]))
            lapses = _when_all([self._lapses(one.held) for one in left])
            clock = min(left, key=_pressing)._replace(fate=fate)
            yield self._target(ClockKind.FIRST_ANSWER, clock, lapses=lapses)

    def _final(self) -> Iterator[tuple[int, Target]]:
        """Once for each round of each line; what is the same for several lines is walked once."""
        done: dict[tuple[int, str, str, str], Target | None] = {}
        for line, (rounds, trail) in self._lines.items():
            for one in rounds:
                key = (id(trail), one.by, one.answer, one.dropped)
                if key not in done:
                    done[key] = self._round(one, trail)
                if (target := done[key]) is not None:
                    yield line, target

    def _round(self, one: Round, trail: Trail) -> Target | None:
        fate = _Fate(one.settled, one.dropped)
        clock = self._walk(ClockKind.FINAL_ANSWER, trail, fate, one)
        if clock is None:
            return None
        return self._target(ClockKind.FINAL_ANSWER, clock, one, lapses=self._lapses(clock.held))

    def _walk(
        self, kind: ClockKind, trail: Trail, fate: _Fate, one: Round | None = None
    ) -> _Clock | None:
        """A clock from the receipt of the request, or from the begin of a round."""
        promise, named = self._course.promise, ""
        if promise and (one is None or one.by == self._course.opening):
            named = _named(kind, promise)
        since = one.since if one else self._course.received
        walk = Walk(kind, self._terms, self._calendar, named)
        end = walk.through(trail, since, fate.over)
        return _Clock(end, fate, trail.open) if end else None

    def _target(
        self, kind: ClockKind, clock: _Clock, one: Round | None = None, *, lapses: str = ""
    ) -> Target:
        """A target of the thread, or of a round."""
        end, fate, _ = clock
        return Target(
            kind=kind,
            who="other",
            about=one.by if one else self._course.opening,
            since=one.since if one else self._course.received,
            due=stamp(end.due),
            escalate=self._escalate(end.due),
            paused=stamp(end.paused) if end.paused else "",
            lapses=lapses if end.paused else "",
            ended=fate.over,
            given_up=fate.given_up,
            waived=fate.waived(end.due),
            origin=end.origin,
            binding=self._terms.nature == "deadline",
        )

    def _lapses(self, held: Hold | None) -> str:
        """After which instant what a hold waits for counts as dropped; empty: it never does."""
        if held is None or held.what != "information":
            return ""
        return stamp(lapse_instant(instant(held.since), self._terms, day=held.lapses))

    def _escalate(self, due: datetime) -> str:
        """Under the urgency stated last."""
        promised = target_of(self._terms, self._course.levels[-1].urgency)
        return stamp(self._calendar.add(due, promised.escalate)) if promised else ""


def _lines(course: Course) -> Mapping[int, _Line]:
    """Every line with its trail; lines that are touched by the same have one and the same."""
    rounds: dict[int, list[Round]] = {}
    for one in course.rounds:
        rounds.setdefault(one.line, []).append(one)
    held, put_off = _by_line(course.holds), _by_line(course.postponed)
    trails: dict[tuple[tuple[int, ...], tuple[int, ...]], Trail] = {}
    for line in rounds:
        key = held.get(line, ()), put_off.get(line, ())
        if key not in trails:
            holds = [course.holds[number] for number in key[0]]
            trails[key] = Trail(course, holds, [course.postponed[number] for number in key[1]])
    return {
        line: _Line(found, trails[held.get(line, ()), put_off.get(line, ())])
        for line, found in rounds.items()
    }


def _by_line(found: Sequence[Hold | Postponed]) -> Mapping[int, tuple[int, ...]]:
    """Which of these speak of a line, by their places."""
    numbers: dict[int, list[int]] = {}
    for number, one in enumerate(found):
        for line in one.lines:
            numbers.setdefault(line, []).append(number)
    return {line: tuple(places) for line, places in numbers.items()}


def _named(kind: ClockKind, promise: Promise) -> str:
    if kind is ClockKind.FIRST_ANSWER:
        return promise.first_answer
    return promise.final_answer if kind is ClockKind.FINAL_ANSWER else ""


def _when_all(times: Sequence[str]) -> str:
    """The last of these instants; empty if one of them is missing."""
    return max(times) if times and all(times) else ""


def _pressing(clock: _Clock) -> tuple[bool, datetime | timedelta]:
    """A clock that runs before one that stands; then by the end, or by what is left."""
    end = clock.end
    return (False, end.due) if end.paused is None else (True, end.due - end.paused)


def _together(targets: Iterable[tuple[int, Target]]) -> Iterator[Target]:
    """Lines with the same clock as one target."""
    found: dict[Target, list[int]] = {}
    for line, target in targets:
        found.setdefault(target, []).append(line)
    for target, numbers in found.items():
        yield msgspec.structs.replace(target, lines=tuple(sorted(numbers)))
