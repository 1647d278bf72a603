"""Cases that are closed against the acts that tell of it (`exchange.closings`).

Of each case these acts must take turns, the first says that it was closed, and the newest must say
how the case stands. What a message did is told in the transaction of the message; what time did, at
the next look at the clocks, so nothing is missed of a thread that waits for one.

Nodes from before there were such acts have closed cases without any. So one is missed only where a
message of the case was logged here after the first such act of this node: it went through the same
hands. A case that was settled before and closed by time after it is not judged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from tracer.clock import instant
from tracer.exchange.closings import CLOSED, CLOSINGS
from tracer.model.terms import NO_TERMS, Terms
from tracer.model.thread import CaseState, Event, Timers, fold
from tracer.model.thread.state import OVER
from tracer.node.check.made import said
from tracer.store import Tx
from tracer.store.survey import Act


class Told(NamedTuple):
    """The acts about some threads, oldest first, and when the first of any thread was written."""

    acts: Mapping[str, Sequence[Act]] = {}
    since: str = ""
    """Empty: there is none yet."""


class Timed(NamedTuple):
    """The events of a case, when the newest was logged here, and whether a look is still due."""

    events: Sequence[Event]
    logged: str
    lags: bool


class Case(NamedTuple):
    """A case as its messages make it."""

    thread: str
    state: CaseState
    """Without an instant: what messages alone have done."""
    terms: Terms | None
    timed: Timed
    held: Collection[str]
    """Ids of everything in the thread, receipted or not."""


def told_of(tx: Tx, threads: Sequence[str]) -> Told:
    """What acts tell of these threads."""
    found: dict[str, list[Act]] = {}
    for act in tx.survey.about(threads, CLOSINGS):
        found.setdefault(act.subject, []).append(act)
    return Told(found, tx.audit.began(CLOSED) or "")


def judge(told: Told, case: Case, now: str) -> Iterator[str]:
    """What does not hold of a case and the acts about it."""
    acts = told.acts.get(case.thread, ())
    yield from _turns(acts, case.held)
    newest = acts[-1] if acts else None
    if newest is not None and newest.act == CLOSED:
        at = max(instant(now), instant(newest.at))
        if case.state.state not in OVER and not _closed(case, at):
            yield f"act {newest.number} says that it was closed, and it is open"
    elif told.since and told.since < case.timed.logged <= now:
        if case.state.state in OVER:
            yield f"a message has closed it ({case.state.by}), and no act tells of it"
        elif not case.timed.lags and _closed(case, instant(now)):
            yield "it is closed by time, and no act tells of it"


def _turns(acts: Sequence[Act], held: Collection[str]) -> Iterator[str]:
    """Each closing is told once, and by a message that is here."""
    open_ = True
    for act in acts:
        closes = act.act == CLOSED
        if closes != open_:
            words = "was closed, and it was closed" if closes else "is open again, and it was open"
            yield f"act {act.number} says that it {words} already"
        open_ = not closes
        named = said(act, "id", "")
        if named and named not in held:
            yield f"act {act.number} names a message that is not in it: {named}"


def _closed(case: Case, at: datetime) -> bool:
    """Whether time has closed it by then."""
    timers = Timers(terms=case.terms or NO_TERMS)
    return fold(case.timed.events, now=at, timers=timers).state in OVER
