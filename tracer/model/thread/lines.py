"""Where each line stands, and what its chain is.

A line stands where the last determination of the answering side leaves it; a change by the opener
that stands after an answer opens it again. A line given up is WITHDRAWN whatever else was said.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from datetime import datetime
from operator import attrgetter
from typing import Final

from tracer.clock import instant
from tracer.model.calendar import lapse_instant, later
from tracer.model.chain import ChainEvent, LineAnswer
from tracer.model.codes import ChainEventKind, Code, ResultCode
from tracer.model.firearm import Firearm
from tracer.model.messages import Amend, Correction, Interim, MoreInfo
from tracer.model.thread import reading
from tracer.model.thread.causality import Node, before
from tracer.model.thread.concurrency import ANSWERS, DETERMINATIONS
from tracer.model.thread.record import View
from tracer.model.thread.state import ChainItem, LineState, State, Timers

_SEEN: Final = attrgetter("seen")


def information_for(question: Node, view: View) -> Node | None:
    """The first change that answers a request for information: it names it, or names nothing.

    A change that crossed the question does not (`concurrency`): its author had seen the question.
    """
    found = view.changes()
    for change in found[bisect_right(found, question.index, key=_SEEN) :]:
        named = reading.about(change.message) if isinstance(change.message, Amend) else ()
        if not named or question.id in named:
            return change
    return None


def line_states(view: View, now: datetime | None, timers: Timers) -> tuple[LineState, ...]:
    """The state of every line, in the order of their numbers."""
    gone = view.given_up()
    last: dict[int, Node] = {}
    for node in view.of("other", DETERMINATIONS):
        last.update(dict.fromkeys(view.record.covers[node.id], node))
    outcomes = _outcomes(view)
    states = []
    for line in sorted(view.lines() or {reading.WHOLE}):
        state, cause = (
            (State.WITHDRAWN, gone[line]) if line in gone else _line(line, last.get(line), view)
        )
        if state is State.INFO_REQUESTED and lapsed(cause, now, timers):
            state = State.LAPSED
        kind = cause.type if state in {State.ANSWERED, State.REFUSED} else ""
        states.append(
            LineState(
                line=line,
                state=state,
                by=cause.id,
                since=cause.at,
                kind=kind,
                outcomes=outcomes.get(line, ()),
            )
        )
    return tuple(states)


def _line(line: int, last: Node | None, view: View) -> tuple[State, Node]:
    """State of one line and the message that put it there."""
    if last is None:
        taken = view.last("other", ("acknowledgement",)) or next(
            iter(view.of("other", DETERMINATIONS)), None
        )
        return (State.ACKNOWLEDGED, taken) if taken else (State.DELIVERED, view.record.opening)
    if recall := next((n for n in view.about(last.id) if n.type == "recall"), None):
        return (State.REOPENED if last.type in ANSWERS else State.IN_PROGRESS), recall
    if last.type in ANSWERS:
        return _answered(line, last, view)
    if last.type == "more-info":
        change = information_for(last, view)
        return (State.IN_PROGRESS, change) if change else (State.INFO_REQUESTED, last)
    if last.type == "conditions-proposed":
        reply = reply_to(last, view)
        return (State.IN_PROGRESS, reply) if reply else (State.CONDITIONS, last)
    return (State.DELAYED if last.type == "delayed" else State.IN_PROGRESS), last


def _answered(line: int, last: Node, view: View) -> tuple[State, Node]:
    for change in view.changes():
        if before(last, change) and reading.reopened(change.message, frozenset({line})):
            return State.REOPENED, change
    return (State.REFUSED if last.type == "refused" else State.ANSWERED), last


def reply_to(proposal: Node, view: View) -> Node | None:
    """The acceptance or refusal of a proposal of conditions."""
    replies = ("conditions-accepted", "conditions-declined")
    return next((n for n in view.about(proposal.id) if n.type in replies), None)


def lapse_day(question: Node) -> str:
    """The day that a request for information itself names, or empty."""
    message = question.message
    return message.lapses or "" if isinstance(message, MoreInfo) else ""


def lapsed(question: Node, now: datetime | None, timers: Timers) -> bool:
    """Whether an unanswered request for information has lapsed at `now`."""
    if now is None:
        return False
    asked, day = instant(question.at), lapse_day(question)
    return now > lapse_instant(asked, timers.terms, day=day)


def closes_at(settled: str, timers: Timers) -> datetime | None:
    """After which instant a thread settled at `settled` is closed without feedback."""
    return later(instant(settled), timers.close) if settled and timers.close else None


def contributions(view: View) -> list[tuple[Node, LineAnswer]]:
    """The answers to single lines that stand, in the order of their author, corrections applied.

    A correction replaces, in the message it corrects, the answers of the lines it gives.
    """
    found: list[tuple[Node, LineAnswer]] = []
    given = [view.record.opening] if not view.recalled(view.record.opening) else []
    for node in (*given, *view.standing("other", ("interim", "result"))):
        answers = {answer.line: (node, answer) for answer in reading.answers(node.message)}
        for fix in view.about(node.id):
            if isinstance(fix.message, Correction) and not view.recalled(fix):
                answers.update({a.line: (fix, a) for a in fix.message.answers})
        found.extend((source, answer) for _, (source, answer) in sorted(answers.items()))
    return found


def chain_of(view: View) -> tuple[ChainItem, ...]:
    """The chain of each line: a result replaces what stood before, an interim adds by number."""
    chains: dict[int, dict[int, tuple[ChainEvent, str]]] = {}
    for source, answer in contributions(view):
        if not answer.chain:
            continue
        events = {event.n: (event, source.id) for event in answer.chain}
        if _adds(source, view):
            chains.setdefault(answer.line, {}).update(events)
        else:
            chains[answer.line] = events
    return tuple(
        ChainItem(line=line, event=event, source=source)
        for line, events in sorted(chains.items())
        for _, (event, source) in sorted(events.items())
    )


def _adds(source: Node, view: View) -> bool:
    if isinstance(source.message, Correction):
        corrected = view.find(source.message.about)
        return corrected is not None and isinstance(corrected.message, Interim)
    return isinstance(source.message, Interim)


def _outcomes(view: View) -> Mapping[int, tuple[Code, ...]]:
    return {a.line: a.outcomes for _, a in contributions(view) if a.outcomes}


def alerts(view: View) -> set[str]:
    """Words for answers that both States must notice at once: recorded destroyed, stolen, lost."""
    found: set[str] = set()
    words = {
        ResultCode.DESTROYED_RECORD: "recorded-destroyed",
        ResultCode.REPORTED_STOLEN: "reported-stolen",
        ResultCode.REPORTED_LOST: "reported-lost",
    }
    events = {
        ChainEventKind.DESTROYED: "recorded-destroyed",
        ChainEventKind.STOLEN: "reported-stolen",
        ChainEventKind.LOST: "reported-lost",
    }
    for _, answer in contributions(view):
        found.update(w for code, w in words.items() if any(o.is_(code) for o in answer.outcomes))
        found.update(w for kind, w in events.items() if any(e.kind.is_(kind) for e in answer.chain))
    return found


def current_firearms(view: View) -> tuple[Firearm, ...]:
    """The lines still asked about, as last described by the opener."""
    described = {f.line: f for f in reading.firearms(view.record.opening.message)}
    for change in view.changes():
        described.update({f.line: f for f in reading.firearms(change.message)})
    gone = view.given_up()
    return tuple(f for line, f in sorted(described.items()) if line not in gone)
