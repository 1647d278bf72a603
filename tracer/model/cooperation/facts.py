"""What counts of one request, read off its judged messages and its terms (rules 1 to 4, 6 to 8).

Facts hold codes, instants and ids of messages: no mark, no name, no reference, no word of anybody.
They do not depend on the present instant, so they change only when a message comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Annotated, Literal

from msgspec import Meta, Struct

from tracer.clock import instant, stamp
from tracer.model.calendar import lapse_instant
from tracer.model.clocks import ClockKind, Clockwork, Standing, Target, judge
from tracer.model.ids import MessageId, ThreadId, is_outside
from tracer.model.terms import Terms
from tracer.model.text import Instant, Moment
from tracer.model.thread import CaseState, Event, State, reading
from tracer.model.thread.causality import Node
from tracer.model.thread.concurrency import ANSWERS, DETERMINATIONS
from tracer.model.thread.course import Course, Judged, judged
from tracer.model.thread.fold import state_in
from tracer.model.thread.record import View
from tracer.model.thread.rounds import Round
from tracer.model.thread.state import SETTLED

NOT_STATED = "not-stated"
"""The ground of a refusal, delay or restriction that states none."""
MIXED = "mixed"
"""The kind of a request whose lines were settled in different ways."""
GROUNDED = ("refused", "delayed", "restricted")
"""Types that are to state a ground."""

Role = Literal["request", "acknowledge", "first-answer", "answer", "ground", "hold", "given-up"]
"""What a message is to the figures."""
Word = Annotated[str, Meta(max_length=100)]
"""A type of message or the value of a code."""
Minutes = Annotated[int, Meta(ge=0, le=2**31)]
MAX_ACTS = 4000
"""Of one request: each of the thousand messages of a thread, in every role it can have."""
MAX_GROUNDS = 16
"""Of one message, as many as it can state."""


class Act(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A message that figures rest on: what it is to them, its type, id and time of receipt.

    Where the two logs' clocks disagree, `at` is that of the message `dated`, which it follows: no
    message is received before one that its author knew. Empty: its own record's.
    """

    role: Role
    type: Word
    id: MessageId
    at: Instant
    grounds: Annotated[tuple[Word, ...], Meta(max_length=MAX_GROUNDS)] = ()
    dated: MessageId | Literal[""] = ""


class Clocked(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One clock of a request, lines and rounds together (rule 3).

    `standing` is where it stands before anything happens by itself: `pending` becomes `passed`
    after `due`; `paused` becomes `then` after `lapses`, if that is known.
    """

    standing: Standing
    due: Instant
    lapses: Moment = ""
    then: Standing = Standing.WAIVED


class Facts(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What counts of one request. Empty instants: not (yet); times are in whole minutes."""

    thread: ThreadId
    received: Instant
    urgency: Word = ""
    """As stated last."""
    acknowledge: Clocked | None = None
    first_answer: Clocked | None = None
    final_answer: Clocked | None = None
    acknowledge_minutes: Minutes | None = None
    first_answer_minutes: Minutes | None = None
    answer_minutes: Minutes | None = None
    kind: Word = ""
    withdrawn: bool = False
    reopened: bool = False
    open_since: Moment = ""
    open_until: Moment = ""
    """Of an open request whose last open question lapses: when; empty: it stays open."""
    acts: Annotated[tuple[Act, ...], Meta(max_length=MAX_ACTS)] = ()

    @property
    def month(self) -> str:
        """The UTC month of the receipt of the request, `2026-03`."""
        return self.received[:7]

    def at(self, role: Role) -> str:
        """When the first message in this role was received; empty: there is none."""
        return next((act.at for act in self.acts if act.role == role), "")


def facts_of(events: Iterable[Event], terms: Terms | None) -> Facts | None:
    """The facts of the thread that these messages make; None: it is counted nowhere (rule 1).

    Args:
        events: Its receipted messages, closed under ancestors.
        terms: Those the request names; None if they are not known here, then it has no targets.

    Raises:
        ValueError: as `thread.fold` does.
    """
    return facts_in(judged(events), terms)


def facts_in(thread: Judged, terms: Terms | None, state: CaseState | None = None) -> Facts | None:
    """As `facts_of`, for a thread that is judged already, and whose fold is known if `state` is."""
    view, objections, course = thread
    opening = view.record.opening
    if opening.message.test or reading.is_information(opening.message):
        return None
    if is_outside(opening.message.sender) or is_outside(opening.message.recipient):
        return None
    state = state or state_in(view, objections)
    targets = tuple(Clockwork(course, terms).targets()) if terms else ()
    since, until = _open(state, course, terms)
    acts = tuple(_acts(view, course))
    return Facts(
        thread=opening.id,
        received=opening.at,
        urgency=state.urgency,
        acknowledge=_clocked(targets, ClockKind.ACKNOWLEDGE),
        first_answer=_clocked(targets, ClockKind.FIRST_ANSWER),
        final_answer=_clocked(targets, ClockKind.FINAL_ANSWER),
        acknowledge_minutes=_minutes(course.received, course.acknowledged),
        first_answer_minutes=_minutes(course.received, course.first_answer),
        answer_minutes=_answered(course.rounds),
        kind=_kind(state, course.rounds, acts),
        withdrawn=state.state is State.WITHDRAWN,
        reopened=_reopened(course.rounds),
        open_since=since,
        open_until=until,
        acts=acts,
    )


def _clocked(targets: Sequence[Target], kind: ClockKind) -> Clocked | None:
    """Rule 3: where all clocks of this kind stand together."""
    own = [target for target in targets if target.kind is kind]
    if not own:
        return None
    ended = [(judge(t, instant(t.due)).standing, t.due) for t in own if t.ended]
    running = [target.due for target in own if not (target.ended or target.paused)]
    paused = [target for target in own if target.paused and not target.ended]
    worst = min(ended, key=lambda one: (_WORST.index(one[0]), one[1]), default=None)
    if worst is not None and worst[0] is Standing.PASSED:
        return Clocked(standing=Standing.PASSED, due=worst[1])
    if running:
        return Clocked(standing=Standing.PENDING, due=min(running))
    if paused:
        return Clocked(
            standing=Standing.PAUSED,
            due=min(target.due for target in paused),
            lapses=max(t.lapses for t in paused) if all(t.lapses for t in paused) else "",
            then=worst[0] if worst else Standing.WAIVED,
        )
    return Clocked(standing=worst[0], due=worst[1]) if worst else None


_WORST = (Standing.PASSED, Standing.MET_LATE, Standing.MET, Standing.WAIVED)
"""Standings of what has ended, worst first."""


def _minutes(since: str, until: str) -> int | None:
    if not until:
        return None
    return max(instant(until) - instant(since), timedelta()) // timedelta(minutes=1)


def _gone(round_: Round) -> bool:
    """Whether the line was given up before it was settled."""
    return bool(round_.dropped) and not (round_.settled and round_.settled <= round_.dropped)


def _answered(rounds: Sequence[Round]) -> int | None:
    """The longest round, if something was settled and nothing is open."""
    counted = [round_ for round_ in rounds if not _gone(round_)]
    found = [took for r in counted if (took := _minutes(r.since, r.settled)) is not None]
    return max(found) if found and len(found) == len(counted) else None


def _kind(state: CaseState, rounds: Sequence[Round], acts: Sequence[Act]) -> str:
    """Rule 6. A line that moved on without being asked again keeps the type that settled it."""
    if _answered(rounds) is None:
        return ""
    types = {act.id: act.type for act in acts if act.role == "answer"}
    last = {round_.line: round_ for round_ in rounds if not _gone(round_)}
    now = {line.line: line.kind for line in state.lines}
    kinds = {now.get(line) or types[round_.answer] for line, round_ in last.items()}
    return kinds.pop() if len(kinds) == 1 else MIXED


def _reopened(rounds: Sequence[Round]) -> bool:
    lines = [round_.line for round_ in rounds]
    return len(lines) > len(set(lines))


def _open(state: CaseState, course: Course, terms: Terms | None) -> tuple[str, str]:
    """Rule 8: since when it is open, and when its last open question lapses."""
    unsettled = [line for line in state.lines if line.state not in SETTLED]
    if not unsettled:
        return "", ""
    asked = {round_.line: round_.since for round_ in course.rounds}
    since = min(asked.get(line.line, course.received) for line in unsettled)
    if terms is None or any(line.state is not State.INFO_REQUESTED for line in unsettled):
        return since, ""
    days = {hold.id: hold.lapses for hold in course.holds}
    ends = [
        lapse_instant(instant(line.since), terms, day=days.get(line.by, "")) for line in unsettled
    ]
    return since, stamp(max(ends))


def _acts(view: View, course: Course) -> Iterator[Act]:
    """The messages that the other facts rest on, in the order of roles, each role in its order."""
    yield _act("request", view.record.opening)
    for node in view.of("other", DETERMINATIONS | {"acknowledgement"})[:1]:
        yield _act("acknowledge", node)
    for node in view.of("other", ANSWERS | {"interim"})[:1]:
        yield _act("first-answer", node)
    settling = {round_.answer for round_ in course.rounds if round_.answer}
    for node in view.of("other", ANSWERS):
        if node.id in settling:
            yield _act("answer", node)
    for node in view.standing("other", GROUNDED):
        yield _act("ground", node)
    holding = {hold.id for hold in course.holds if not hold.until}
    for node in view.of("other", ("more-info", "conditions-proposed")):
        if node.id in holding:
            yield _act("hold", node)
    gone = {node.id for node in view.given_up().values()}
    for node in view.of("opener", ("amend", "withdraw")):
        if node.id in gone:
            yield _act("given-up", node)


def _act(role: Role, node: Node) -> Act:
    grounds = () if role != "ground" else _grounds(node)
    dated = "" if node.dated == node.id else node.dated
    return Act(role=role, type=node.type, id=node.id, at=node.at, grounds=grounds, dated=dated)


def _grounds(node: Node) -> tuple[str, ...]:
    stated = {code.value for code in reading.grounds(node.message)}
    return tuple(sorted(stated)) or (NOT_STATED,)
