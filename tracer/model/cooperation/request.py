"""Cooperation of one request: what is awaited, of whom, since when, until when, and how it stands.

All of it is read off the deadlines (`clocks`); nothing is added.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from tracer.model.clocks import RUNNING, ClockKind, Standing, deadlines
from tracer.model.terms import Terms
from tracer.model.thread import Author, Event


class Owed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is awaited. `until` matters only while the clock is not paused."""

    what: ClockKind
    who: Author
    since: str
    until: str
    standing: Standing
    lines: tuple[int, ...] = ()


def owed(events: Iterable[Event], terms: Terms, now: datetime) -> tuple[Owed, ...]:
    """What is awaited in the thread that these messages make, most pressing first.

    Raises:
        ValueError: as `thread.fold` does.
    """
    return tuple(
        Owed(
            what=found.target.kind,
            who=found.target.who,
            since=found.target.since,
            until=found.target.due,
            standing=found.standing,
            lines=found.target.lines,
        )
        for found in deadlines(events, terms, now)
        if found.standing in RUNNING or found.standing is Standing.PAUSED
    )
