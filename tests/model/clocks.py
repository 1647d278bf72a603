"""Threads with a course in time: `Talk` whose messages are received when the test says so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

from tests.model.threads import Talk, code
from tracer.clock import instant, stamp
from tracer.model.clocks import ClockKind, Deadline, deadlines
from tracer.model.terms import Offset, Terms, starting_terms
from tracer.model.thread import Event

MONDAY = "2026-03-02T10:00:00.000Z"
TERMS = starting_terms("XB-NPOC", covers_until="2027-12-31")


def urgency(level: str) -> dict[str, object]:
    """The group `urgency` of a request."""
    return {"level": code("urgency-level", level)}


class Timed:
    """A thread whose messages are received at given instants, the request at `start`."""

    def __init__(
        self,
        start: str = MONDAY,
        *,
        level: str = "ROUTINE",
        lines: int = 1,
        kind: str = "request",
    ) -> None:
        self.start = instant(start)
        stated: dict[str, Any] = {"urgency": urgency(level)} if level else {}
        self.talk = Talk(kind, lines=range(1, lines + 1), **stated)
        self._times = {self.talk.events[0].id: stamp(self.start)}

    def opener(self, after: timedelta, type_: str, **fields: Any) -> str:
        """The opener's message is received so long after the request; its short name."""
        name = self.talk.opener(type_, **fields)
        return self._received(name, after)

    def other(self, after: timedelta, type_: str, **fields: Any) -> str:
        """The other side's message is received so long after the request; its short name."""
        name = self.talk.other(type_, **fields)
        return self._received(name, after)

    @property
    def events(self) -> list[Event]:
        """The messages with their times of receipt."""
        return [
            Event(e.id, e.author, e.message, self._times.get(e.id, e.at)) for e in self.talk.events
        ]

    def at(self, now: datetime | timedelta, terms: Terms = TERMS) -> dict[ClockKind, Deadline]:
        """The deadlines so long after the request, or at an instant; the last one of each kind."""
        moment = self.start + now if isinstance(now, timedelta) else now
        return {d.target.kind: d for d in deadlines(self.events, terms, moment)}

    def all(self, now: timedelta, terms: Terms = TERMS) -> tuple[Deadline, ...]:
        """All deadlines so long after the request."""
        return deadlines(self.events, terms, self.start + now)

    def _received(self, name: str, after: timedelta) -> str:
        self._times[self.talk.events[-1].id] = stamp(self.start + after)
        return name


def with_offsets(terms: Terms, *changes: tuple[str, int]) -> Terms:
    """The same terms in a place whose clocks change: (instant, minutes) each."""
    return msgspec.structs.replace(terms, offsets=tuple(Offset(*change) for change in changes))
