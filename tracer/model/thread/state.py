"""What a thread is, once folded: the types that pages, clocks and statistics read.

All of them are plain data that turn into JSON by `msgspec.to_builtins`; fold vectors are written in
that form. Ids are message ids of the thread.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Literal

from msgspec import Struct

from tracer.model.chain import ChainEvent
from tracer.model.codes import Code
from tracer.model.firearm import Firearm
from tracer.model.messages import ConditionOffered
from tracer.model.terms import NO_TERMS, Terms
from tracer.model.thread.causality import Author


class State(StrEnum):
    """Where a line, and the thread as a whole, stands. Overdue is a flag of clocks, not a state."""

    INFO_REQUESTED = "INFO_REQUESTED"
    CONDITIONS = "CONDITIONS"
    REOPENED = "REOPENED"
    DELIVERED = "DELIVERED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    IN_PROGRESS = "IN_PROGRESS"
    DELAYED = "DELAYED"
    LAPSED = "LAPSED"
    REFUSED = "REFUSED"
    ANSWERED = "ANSWERED"
    CLOSED = "CLOSED"
    WITHDRAWN = "WITHDRAWN"


OPENNESS = tuple(State)
"""From most open to most settled. The thread is as open as its most open line."""
SETTLED = frozenset({State.LAPSED, State.REFUSED, State.ANSWERED, State.CLOSED, State.WITHDRAWN})
OVER = frozenset({State.CLOSED, State.WITHDRAWN})
"""States of a case that is closed: nothing more is asked in it."""

What = Literal[
    "information",
    "decision",
    "acknowledgement",
    "answer",
    "review",
    "clarification",
    "consent",
    "erasure",
    "progress",
    "feedback",
]
"""What is awaited, in the order in which it is named first."""


class Timers(Struct, frozen=True, kw_only=True):
    """Spans that count only when `fold` is given `now`; None never ends."""

    terms: Terms = NO_TERMS
    """A request for information lapses as these terms say."""
    close: timedelta | None = timedelta(days=90)
    """From the last settlement to closing without feedback."""


class Objection(Struct, frozen=True, kw_only=True):
    """A message the state machine objects to: kept, shown, ignored."""

    id: str
    code: str


class LineState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where one line stands, through which message, since when.

    `kind` is the type of the answer; `outcomes` are the result codes given last.
    """

    line: int
    state: State
    by: str
    since: str
    kind: str = ""
    outcomes: tuple[Code, ...] = ()


class Awaited(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that one side owes: what, about which message, for which lines, by which day."""

    who: Author
    what: What
    about: str
    lines: tuple[int, ...] = ()
    day: str = ""


class ChainItem(Struct, frozen=True, kw_only=True):
    """One event of the chain of a line and the message it comes from.

    The parties of the event are numbers in the group `chain_parties` of `source`.
    """

    line: int
    event: ChainEvent
    source: str


class GroundState(Struct, frozen=True, kw_only=True):
    """The grounds stated last: where, in which type of message, which codes."""

    id: str
    type: str
    grounds: tuple[Code, ...]


class ConditionState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One proposal of conditions and what became of it. Accepted ones bind."""

    id: str
    author: Author
    status: Literal["proposed", "accepted", "declined", "superseded", "recalled"]
    conditions: tuple[ConditionOffered, ...] = ()
    reply: str = ""


class ConsentState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One question for consent (or for erasure) and its last reply."""

    id: str
    author: Author
    kind: Literal["onward-use", "erasure"]
    status: Literal["pending", "given", "declined", "recalled"]
    reply: str = ""


class Pause(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A span in which the clock stands because information was asked for. Empty `until`: still."""

    id: str
    lines: tuple[int, ...]
    since: str
    until: str = ""
    ended_by: str = ""


class Milestones(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Times of receipt that clocks and figures are computed from. Empty: not yet."""

    received: str
    acknowledged: str = ""
    first_answer: str = ""
    settled: str = ""
    closed: str = ""


class CaseState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The state of one thread.

    `awaiting` is who owes the first of `awaited`. `flags` are sorted words: `reopened`,
    `answer-crossed-amendment`, `answer-crossed-withdrawal`, `amendment-crossed-question`,
    `recorded-destroyed`, `reported-stolen`, `reported-lost`, `recalled`, `corrected`, `test`.
    """

    kind: str
    state: State
    by: str
    since: str
    awaiting: Author | None
    milestones: Milestones
    answer: str = ""
    urgency: str = ""
    lines: tuple[LineState, ...] = ()
    awaited: tuple[Awaited, ...] = ()
    objections: tuple[Objection, ...] = ()
    flags: tuple[str, ...] = ()
    chain: tuple[ChainItem, ...] = ()
    ground: GroundState | None = None
    conditions: tuple[ConditionState, ...] = ()
    consents: tuple[ConsentState, ...] = ()
    amendments: tuple[str, ...] = ()
    disclosures: tuple[str, ...] = ()
    referrals: tuple[str, ...] = ()
    recalled: tuple[str, ...] = ()
    pauses: tuple[Pause, ...] = ()
    firearms: tuple[Firearm, ...] = ()
    feedback: str = ""

    @property
    def ignored(self) -> frozenset[str]:
        """The ids of the messages that the fold ignores."""
        return frozenset(objection.id for objection in self.objections)
