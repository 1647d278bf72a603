"""What a clock is, once computed: the types that pages, reminders and figures read."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from tracer.model.thread.causality import Author


class ClockKind(StrEnum):
    """What is awaited by an instant, most pressing first."""

    ACKNOWLEDGE = "acknowledge"
    FIRST_ANSWER = "first-answer"
    FINAL_ANSWER = "final-answer"
    REVIEW = "review"
    INFORMATION = "information"
    DECISION = "decision"
    CLARIFICATION = "clarification"
    CONSENT = "consent"
    ERASURE = "erasure"
    PROGRESS = "progress"
    FEEDBACK = "feedback"


class Standing(StrEnum):
    """How a clock stands at an instant."""

    PENDING = "pending"
    DUE_SOON = "due-soon"
    MET = "met"
    MET_LATE = "met-late"
    PASSED = "passed"
    PAUSED = "paused"
    WAIVED = "waived"


class Origin(StrEnum):
    """Where the instant of a clock comes from."""

    TERMS = "terms"
    NAMED = "named"
    """The acknowledgement named it."""
    REVIEW = "review"
    """A delay on a ground named the day."""
    QUESTION = "question"
    """A request for information named the day."""


RUNNING = frozenset((Standing.PENDING, Standing.DUE_SOON, Standing.PASSED))
"""Standings in which something is still awaited and time counts."""


class Target(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is awaited of whom, until when: everything about a clock that needs no present instant.

    All instants are wire text. While the clock stands (`paused` is not empty) `due` is its end as
    it was at `paused`, so what is left of it is `due` less `paused`. After `lapses` it ceases to
    matter: what it waits for has lapsed, or the thread has closed. `ended` is when it was met; with
    `given_up`, when the line was given up: `waived` if that was in time, else it was missed.
    """

    kind: ClockKind
    who: Author
    about: str
    """The message it counts from."""
    since: str
    due: str
    lines: tuple[int, ...] = ()
    escalate: str = ""
    """When our own side is told to step in; empty: never."""
    remind: str = ""
    """When the one who owes is reminded; empty: at `due`."""
    paused: str = ""
    lapses: str = ""
    ended: str = ""
    given_up: bool = False
    waived: bool = False
    origin: Origin = Origin.TERMS
    binding: bool = False
    """The terms make its end a deadline (`nature`)."""


class Deadline(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A target as it stands at an instant."""

    target: Target
    standing: Standing
    soon: str
    """From when on it counts as due soon."""
