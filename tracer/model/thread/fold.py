"""The fold: judge every message in its own past, then read the state off the judged set.

Steps, as in `schemas/fold.md`: 1 place, 2 judge, 3 lines, 4 thread, 5 what is awaited, 6 the rest.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple, cast, get_args

from tracer.model.messages import Delayed, Feedback
from tracer.model.thread import dialogues, lines, reading
from tracer.model.thread.causality import Author, Event, Node, crossed, nodes_of
from tracer.model.thread.concurrency import ANSWERS
from tracer.model.thread.fresh import fresh
from tracer.model.thread.objections import closing, objection
from tracer.model.thread.record import Record, View
from tracer.model.thread.state import (
    OPENNESS,
    OVER,
    SETTLED,
    Awaited,
    CaseState,
    LineState,
    Milestones,
    Objection,
    State,
    Timers,
    What,
)

_WHATS: tuple[str, ...] = get_args(What)
_INDEX = attrgetter("index")
_DEFAULT_TIMERS = Timers()
_CLOSES = frozenset({State.ANSWERED, State.REFUSED, State.LAPSED})
"""States in which a thread closes by itself."""


def fold(
    events: Iterable[Event], *, now: datetime | None = None, timers: Timers = _DEFAULT_TIMERS
) -> CaseState:
    """The state of the thread that these messages make.

    The order of `events` and repetitions do not matter; every message named in `follows` must be
    among them. Without `now` no timer counts.

    Raises:
        ValueError: the set is not one that receiving lets in (see `causality.nodes_of`).
    """
    held = tuple(events)
    return fresh(held) or by_rules(nodes_of(held), now=now, timers=timers)


def by_rules(nodes: Iterable[Node], *, now: datetime | None, timers: Timers) -> CaseState:
    """Steps 2 to 6, for placed messages."""
    view, objections = judge(nodes)
    return state_in(view, objections, now=now, timers=timers)


def state_in(
    view: View,
    objections: tuple[Objection, ...],
    *,
    now: datetime | None = None,
    timers: Timers = _DEFAULT_TIMERS,
) -> CaseState:
    """Steps 3 to 6, for a judged thread."""
    found = outline(view, now, timers)
    return CaseState(
        kind=view.record.opening.type,
        state=found.state,
        by=found.cause.by,
        since=found.cause.since,
        awaiting=found.awaited[0].who if found.awaited else None,
        milestones=found.milestones,
        answer=found.cause.kind,
        urgency=_urgency(view),
        lines=found.lines,
        awaited=found.awaited,
        objections=objections,
        flags=tuple(sorted(_flags(view, found.lines))),
        chain=lines.chain_of(view),
        ground=dialogues.last_ground(view),
        conditions=dialogues.conditions(view),
        consents=dialogues.consents(view),
        amendments=_ids(view.standing("opener", ("amend",))),
        disclosures=_ids(_both(view, "disclosure-notice")),
        referrals=_ids(view.standing("other", ("referral",))),
        recalled=_ids(_recalled(view)),
        pauses=dialogues.pauses(view),
        firearms=lines.current_firearms(view),
        feedback=_last_feedback(view),
    )


class Outline(NamedTuple):
    """Where a thread stands and what is owed in it: all that clocks read of its state."""

    lines: tuple[LineState, ...]
    state: State
    cause: LineState
    milestones: Milestones
    awaited: tuple[Awaited, ...]
    closes: datetime | None
    """After this it is closed by itself; None: not unless a message comes."""


def outline(view: View, now: datetime | None, timers: Timers) -> Outline:
    """Steps 3 to 5 for a judged thread."""
    states = lines.line_states(view, now, timers)
    closed = closing(view)
    state, cause = _thread(states, closed, view)
    milestones = _milestones(view, states, closed)
    closes = None
    if state in _CLOSES:
        closes = lines.closes_at(milestones.settled, timers)
    if now is not None and closes is not None and now > closes:
        state = State.CLOSED
    return Outline(states, state, cause, milestones, _awaited(view, states, state), closes)


def closes_by_itself(state: CaseState, timers: Timers = _DEFAULT_TIMERS) -> datetime | None:
    """After which instant a thread that stands so is closed by time, or was; None: it is not."""
    if state.state not in _CLOSES and state.state is not State.CLOSED:
        return None
    return lines.closes_at(state.milestones.settled, timers)


def judge(nodes: Iterable[Node]) -> tuple[View, tuple[Objection, ...]]:
    """The record of what is without objection, and the objections, sorted by id.

    A message is judged after all its ancestors: the sum of `index` and `seen` grows along them.
    """
    ordered = sorted(nodes, key=lambda node: (node.index + node.seen, node.author))
    record = Record(ordered[0])
    record.admit(ordered[0])
    objections = []
    for node in ordered[1:]:
        code = objection(node, record.view(node.bounds))
        if code is None:
            record.admit(node)
        else:
            objections.append(Objection(id=node.id, code=code))
    bounds: Mapping[Author, int] = {"opener": len(ordered), "other": len(ordered)}
    return record.view(bounds), tuple(sorted(objections, key=lambda o: o.id))


def _thread(
    states: tuple[LineState, ...], closed: Node | None, view: View
) -> tuple[State, LineState]:
    """The state of the thread, and the line state that stands for it."""
    worst = min(states, key=lambda s: (OPENNESS.index(s.state), s.line))
    if reading.is_information(view.record.opening.message):
        if recall := next(
            (n for n in view.about(view.record.opening.id) if n.type == "recall"), None
        ):
            return State.WITHDRAWN, _standing_for(State.WITHDRAWN, recall)
        done = worst.state not in {State.INFO_REQUESTED, State.CONDITIONS}
    else:
        done = worst.state in SETTLED
    if closed is not None and done and worst.state is not State.WITHDRAWN:
        return State.CLOSED, _standing_for(State.CLOSED, closed, worst.kind)
    return worst.state, worst


def _standing_for(state: State, node: Node, kind: str = "") -> LineState:
    return LineState(line=reading.WHOLE, state=state, by=node.id, since=node.at, kind=kind)


def _awaited(view: View, states: tuple[LineState, ...], state: State) -> tuple[Awaited, ...]:
    """Everything owed: by kind, then by the place of the message it is about."""
    owed = [*_by_line(states, view), *dialogues.open_dialogues(view)]
    owed.extend(
        Awaited(who="opener", what="decision", about=c.id)
        if c.author == "other"
        else Awaited(who="other", what="decision", about=c.id)
        for c in dialogues.conditions(view)
        if c.status == "proposed" and not any(o.about == c.id for o in owed)
    )
    informs = reading.is_information(view.record.opening.message)
    if state in {State.ANSWERED, State.REFUSED}:
        owed.append(Awaited(who="opener", what="feedback", about=_last_answer(states, view)))
    if informs and state in {State.ACKNOWLEDGED, State.IN_PROGRESS}:
        owed.append(Awaited(who="other", what="feedback", about=view.record.opening.id))
    if state in OVER:
        owed = [o for o in owed if o.what in {"consent", "erasure"}]
    return tuple(sorted(owed, key=lambda o: (_WHATS.index(o.what), _place(o, view))))


def _place(owed: Awaited, view: View) -> tuple[str, int, tuple[int, ...]]:
    """The opener's messages first, each side's in its order; never by id."""
    subject = view.find(owed.about)
    return (subject.author, subject.index, owed.lines) if subject else ("", 0, owed.lines)


def _last_answer(states: tuple[LineState, ...], view: View) -> str:
    settled = {s.by for s in states if s.state in {State.ANSWERED, State.REFUSED}}
    return next(n.id for n in reversed(view.of("other", ANSWERS)) if n.id in settled)


_OWED: Mapping[State, tuple[Author, What]] = {
    State.INFO_REQUESTED: ("opener", "information"),
    State.CONDITIONS: ("opener", "decision"),
    State.REOPENED: ("other", "answer"),
    State.DELIVERED: ("other", "acknowledgement"),
    State.ACKNOWLEDGED: ("other", "answer"),
    State.IN_PROGRESS: ("other", "answer"),
    State.DELAYED: ("other", "review"),
}


def _by_line(states: tuple[LineState, ...], view: View) -> Iterator[Awaited]:
    """What the state of the lines makes owed; lines of one cause together."""
    informs = reading.is_information(view.record.opening.message)
    together: dict[tuple[State, str], list[int]] = {}
    for state in states:
        together.setdefault((state.state, state.by), []).append(state.line)
    for (state_, by), numbers in together.items():
        if state_ not in _OWED or (informs and _OWED[state_][1] == "answer"):
            continue
        who, what = _OWED[state_]
        cause = view.find(by)
        day = ""
        if cause is not None:
            message = cause.message
            day = message.review if isinstance(message, Delayed) else lines.lapse_day(cause)
        yield Awaited(who=who, what=what, about=by, lines=tuple(numbers), day=day)


def _milestones(view: View, states: tuple[LineState, ...], closed: Node | None) -> Milestones:
    taken = view.last("other", ("acknowledgement",))
    answers = view.of("other", (*ANSWERS, "interim"))
    settled = all(state.state in SETTLED for state in states)
    return Milestones(
        received=view.record.opening.at,
        acknowledged=taken.at if taken else "",
        first_answer=answers[0].at if answers else "",
        settled=max(state.since for state in states) if settled else "",
        closed=closed.at if closed and settled else "",
    )


def _urgency(view: View) -> str:
    stated = [view.record.opening, *view.standing("opener", ("amend",))]
    return next((u for n in reversed(stated) if (u := reading.urgency_of(n.message))), "")


def _flags(view: View, states: tuple[LineState, ...]) -> Iterator[str]:
    yield from lines.alerts(view)
    if view.record.opening.message.test:
        yield "test"
    if any(True for _ in _recalled(view)):
        yield "recalled"
    if any(_both(view, "correction")):
        yield "corrected"
    answered = view.of("other", ANSWERS)
    amends, withdrawals = view.standing("opener", ("amend",)), view.of("opener", ("withdraw",))
    if _any_crossed(answered, amends):
        yield "answer-crossed-amendment"
    if _any_crossed(answered, withdrawals):
        yield "answer-crossed-withdrawal"
    if _any_crossed(view.of("other", ("more-info",)), amends):
        yield "amendment-crossed-question"
    if _opened_again(view) or any(s.state is State.REOPENED for s in states):
        yield "reopened"


def _any_crossed(these: list[Node], those: list[Node]) -> bool:
    """Whether one of these crossed one of those; each list is of one side, in its order.

    Of those that one had not seen, the first had itself seen least: if it did not cross, none did.
    """
    for one in these:
        place = bisect_left(those, one.seen, key=_INDEX)
        if place < len(those) and crossed(one, those[place]):
            return True
    return False


def _opened_again(view: View) -> bool:
    last = view.find(_last_feedback(view))
    ended = last is not None and isinstance(last.message, Feedback) and reading.closes(last.message)
    return ended and closing(view) is None


def _last_feedback(view: View) -> str:
    last = view.last("opener", ("feedback",)) or view.last("other", ("feedback",))
    return last.id if last else ""


def _recalled(view: View) -> list[Node]:
    return [
        subject
        for recall in _both(view, "recall")
        for id_ in reading.about(recall.message)
        if (subject := view.find(id_)) is not None
    ]


def _both(view: View, type_: str) -> list[Node]:
    authors = cast("tuple[Author, ...]", get_args(Author))
    return [node for author in authors for node in view.of(author, (type_,))]


def _ids(nodes: Iterable[Node]) -> tuple[str, ...]:
    return tuple(node.id for node in nodes)
