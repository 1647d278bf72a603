"""Closings of cases as acts: each is told once, at either side, when this node first knows it.

A case is closed by a message (feedback that ends it, or whatever took all of it back), or by time:
nothing came for so long after it was settled. No person decides that here, so policy is named as
who did it; a message is named by its id, and the act that released it names who sent it. What opens
a closed case again is an act too: so the newest of both kinds says how a case stands, and a case
that is closed a second time is told of a second time. Feedback that comes after a case was closed
by time finds it closed: it is no second closing.

Called where case rows are written (`projection`) and where threads are looked at because time has
passed (`clocks.tick`), in their transactions. Cases that were closed before there were such acts
have none until something comes for them; then the act says since when they are closed.

What it does not do: decide when a case is closed (`model.thread`), or read any case row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from tracer.clock import instant, stamp
from tracer.exchange.accuse import POLICY
from tracer.exchange.inforce import terms_of
from tracer.model.messages import type_of
from tracer.model.terms import NO_TERMS
from tracer.model.thread import CaseState, Event, Timers, fold
from tracer.model.thread.fold import closes_by_itself
from tracer.model.thread.state import OVER, State
from tracer.store import Tx
from tracer.store.audit import Newest

CLOSED: Final = "case-closed"
"""The act that says that a case was closed; its subject is the thread."""
REOPENED: Final = "case-reopened"
"""The act that says that a case which was closed is open again."""
CLOSINGS: Final = frozenset((CLOSED, REOPENED))
_FEEDBACK: Final = "feedback"


class Stands(NamedTuple):
    """A thread, its events and what they come to; with an instant or without."""

    thread: str
    events: Sequence[Event]
    state: CaseState


def tell(tx: Tx, cases: Sequence[Stands]) -> None:
    """Write the acts of those that are closed and were not, and of those that are open again."""
    said = tx.audit.newest(CLOSINGS, [one.thread for one in cases])
    for one in cases:
        before = said.get(one.thread)
        told = before is not None and before.act == CLOSED
        if one.state.state in OVER:
            if not told:
                detail = _why(one)
                tx.audit.write(POLICY, CLOSED, one.thread, detail)
        elif before is not None and told and not _by_time(tx, one, before):
            type_ = _type(one.events, one.state.by)
            detail = {"state": one.state.state, "id": one.state.by, "type": type_}
            tx.audit.write(POLICY, REOPENED, one.thread, detail)


def _by_time(tx: Tx, one: Stands, told: Newest) -> bool:
    """Whether time has closed it, though no message has; a clock that ran back opens nothing."""
    now = max(instant(tx.now), instant(told.at))
    timers = Timers(terms=terms_of(tx, one.events) or NO_TERMS)
    return fold(one.events, now=now, timers=timers).state in OVER


def _why(one: Stands) -> dict[str, str]:
    """Why a case is closed, since when, and how it ended."""
    state, type_ = one.state, _type(one.events, one.state.by)
    how = {"state": str(state.state), "answer": state.answer}
    if state.state is State.CLOSED and type_ != _FEEDBACK:
        ended = closes_by_itself(state)
        return {"why": "time", "since": stamp(ended) if ended else state.since, **how}
    return {"why": "message", "id": state.by, "type": type_, "since": state.since, **how}


def _type(events: Iterable[Event], name: str) -> str:
    return next((type_of(one.message) for one in events if one.id == name), "")
