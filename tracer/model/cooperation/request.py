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
    """What is awaited in the thread that these messages make: what runs, then what stands still.

    Each in the order of kinds, most pressing first.

    Raises:
        ValueError: as `thread.fold` does.
    """
    found = deadlines(events, terms, now)
    running = [one for one in found if one.standing in RUNNING]
    paused = [one for one in found if one.standing is Standing.PAUSED]
    return tuple(
        Owed(
            what=one.target.kind,
            who=one.target.who,
            since=one.target.since,
            until=one.target.due,
            standing=one.standing,
            lines=one.target.lines,
        )
        for one in (*running, *paused)
    )
