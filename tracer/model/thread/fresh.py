"""A request and nothing else yet: the thread that is folded most often, at both nodes.

What the rules of the fold give for it can be said in one step; `fold` asks here first. A test holds
both against each other for any request. Measured: 6 us against 55 us by the rules.
"""

from __future__ import annotations

from collections.abc import Sequence

from tracer.model.messages import Request
from tracer.model.thread import reading
from tracer.model.thread.causality import Event
from tracer.model.thread.state import Awaited, CaseState, LineState, Milestones, State


def fresh(events: Sequence[Event]) -> CaseState | None:
    """The state of a thread that is one request by its opener; None for any other."""
    if len(events) != 1 or events[0].author != "opener":
        return None
    message, by, since = events[0].message, events[0].id, events[0].at
    if not isinstance(message, Request):
        return None
    firearms = {firearm.line: firearm for firearm in message.firearms}
    numbers = tuple(sorted(firearms)) or (reading.WHOLE,)
    return CaseState(
        kind="request",
        state=State.DELIVERED,
        by=by,
        since=since,
        awaiting="other",
        milestones=Milestones(received=since),
        urgency=reading.urgency_of(message),
        lines=tuple(LineState(line=n, state=State.DELIVERED, by=by, since=since) for n in numbers),
        awaited=(Awaited(who="other", what="acknowledgement", about=by, lines=numbers),),
        flags=("test",) if message.test else (),
        firearms=tuple(firearms[n] for n in sorted(firearms)),
    )
