"""From the messages of one thread to its state: the same on both nodes, in any order of arrival.

The messages are the truth, the state is computed. `fold` takes the set of receipted messages of one
thread, closed under ancestors, and gives a `CaseState`. Three ideas make the result independent of
the order of arrival, and simple enough to be written again from `schemas/fold.md`:

1. Each author's messages form a chain, and `follows` says what an author had seen. So "a stands
   before b" is known for every pair (`causality`): same author, by the chain; otherwise by
   ancestry; and for pairs where neither author had seen the other's message, by a table of types
   (`concurrency`) that is symmetric and knows neither clocks nor hashes.
2. A message is judged once, in its own past (`objections`): what the state machine objects to is
   flagged with a code and ignored by all rules. What arrives later never changes a judgement.
3. Every component of the state is a question about the judged set (`lines`, `dialogues`, `chain`):
   which answer stands last for a line, which question stands unanswered.

Time enters at one place: with `now`, an unanswered question lapses and an answered thread closes by
its timers. `at` (time of receipt) dates what is shown and counted; it never orders.

What it does not do: verify anything, compute deadlines, know local drafts or what is on its way.

Example:
    >>> state = fold([Event("A" * 43, "opener", request, "2026-03-01T12:00:00.000Z")])
    >>> state.state, state.awaiting
    ('DELIVERED', 'other')
"""

from __future__ import annotations

from tracer.model.thread.causality import Author, Event, add, closed
from tracer.model.thread.concurrency import first_of
from tracer.model.thread.fold import fold
from tracer.model.thread.state import (
    Awaited,
    CaseState,
    ChainItem,
    ConditionState,
    ConsentState,
    GroundState,
    LineState,
    Milestones,
    Objection,
    Pause,
    State,
    Timers,
)

__all__ = [
    "Author",
    "Awaited",
    "CaseState",
    "ChainItem",
    "ConditionState",
    "ConsentState",
    "Event",
    "GroundState",
    "LineState",
    "Milestones",
    "Objection",
    "Pause",
    "State",
    "Timers",
    "add",
    "closed",
    "first_of",
    "fold",
]
