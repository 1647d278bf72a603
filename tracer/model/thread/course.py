"""What the clocks of a thread are computed from: its course, read off the judged messages.

Beside the state (`fold`), which says where a thread stands, the course says when each line was
asked, held, postponed, settled and given up, and which urgency was stated when. All times are those
of receipt, never before that of an ancestor (`causality.Node`), so both nodes read the same course
from the same messages, in any order of arrival.

The course agrees with the state of each line (fold.md, 4.6), and a test holds it to that: a line is
held exactly while it is INFO_REQUESTED or CONDITIONS, its last round is settled where it is
ANSWERED or REFUSED, and open where it is DELIVERED, ACKNOWLEDGED or REOPENED.

What it does not do: know terms, calendars or the present instant (`model.clocks`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from msgspec import Struct

from tracer.model.codes import UrgencyLevel
from tracer.model.messages import Acknowledgement, Amend, Delayed
from tracer.model.thread import lines, reading
from tracer.model.thread.causality import Event, Node, nodes_of
from tracer.model.thread.concurrency import ANSWERS, DETERMINATIONS
from tracer.model.thread.fold import judge
from tracer.model.thread.objections import closing
from tracer.model.thread.record import View
from tracer.model.thread.rounds import Round, rounds_of
from tracer.model.thread.state import Objection


class Level(Struct, frozen=True):
    """An urgency and when it was stated; a request that states none is routine."""

    at: str
    urgency: str


class Promise(Struct, frozen=True, omit_defaults=True):
    """The instants that an acknowledgement names, under the terms of the request."""

    at: str
    first_answer: str = ""
    final_answer: str = ""
    seen: int = 1
    """How many of the levels its author had seen."""


class Hold(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A span in which the clocks of these lines stand. Empty `until`: still."""

    id: str
    what: Literal["information", "decision"]
    lines: tuple[int, ...]
    since: str
    until: str = ""
    lapses: str = ""
    """The day that a request for information names itself."""


class Postponed(Struct, frozen=True, kw_only=True):
    """A delay on a ground, until the end of a review day."""

    id: str
    lines: tuple[int, ...]
    at: str
    review: str


class Course(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The course of one thread. Empty instants: not yet."""

    opening: str
    kind: str
    terms: str
    received: str
    levels: tuple[Level, ...]
    acknowledged: str = ""
    first_answer: str = ""
    promise: Promise | None = None
    rounds: tuple[Round, ...] = ()
    """By line, in order."""
    holds: tuple[Hold, ...] = ()
    """In the order of the answering side; no two of one line overlap."""
    postponed: tuple[Postponed, ...] = ()
    reminders: tuple[str, ...] = ()
    """When the opener reminded or enquired, in its order."""
    closed: str = ""
    """By feedback that stands."""


class Judged(NamedTuple):
    """A thread that was judged once, for all that is read off it."""

    view: View
    objections: tuple[Objection, ...]
    course: Course


def judged(events: Iterable[Event]) -> Judged:
    """Judge these messages.

    Raises:
        ValueError: as `fold` does.
    """
    view, objections = judge(nodes_of(events))
    return Judged(view, objections, course_in(view))


def course_of(events: Iterable[Event]) -> Course:
    """The course that these messages make.

    Raises:
        ValueError: as `fold` does.
    """
    return judged(events).course


def course_in(view: View) -> Course:
    """The course of a judged thread."""
    return by_rules(view) if len(view.record.by_id) > 1 else _opened(view)


def _opened(view: View) -> Course:
    """Of an opening and nothing else yet: most threads that are looked at, told in one step."""
    opening = view.record.opening
    urgency = reading.urgency_of(opening.message) or str(UrgencyLevel.ROUTINE)
    asked = sorted(view.lines()) or (reading.WHOLE,)
    return Course(
        opening=opening.id,
        kind=opening.type,
        terms=getattr(opening.message, "terms", ""),
        received=opening.at,
        levels=(Level(opening.at, urgency),),
        rounds=tuple(Round(line=line, since=opening.at, by=opening.id) for line in asked),
    )


def by_rules(view: View) -> Course:
    """The same for any thread, each part by its rule."""
    opening = view.record.opening
    ended = closing(view)
    stated = _stated(view)
    return Course(
        opening=opening.id,
        kind=opening.type,
        terms=getattr(opening.message, "terms", ""),
        received=opening.at,
        levels=tuple(Level(node.at, urgency) for node, urgency in stated),
        acknowledged=_first(view, DETERMINATIONS | {"acknowledgement"}),
        first_answer=_first(view, ANSWERS | {"interim"}),
        promise=_promise(view, [node for node, _ in stated]),
        rounds=rounds_of(view),
        holds=tuple(_holds(view)),
        postponed=tuple(_postponed(view)),
        reminders=tuple(n.at for n in view.of("opener", ("reminder", "progress-enquiry"))),
        closed=ended.at if ended else "",
    )


def _stated(view: View) -> list[tuple[Node, str]]:
    """The urgency of the request, then every message that changed it.

    The recall of an amendment states anew what stood before; the same level again is no change.
    """
    opening = view.record.opening
    standing = {opening.id: reading.urgency_of(opening.message) or str(UrgencyLevel.ROUTINE)}
    found = [(opening, standing[opening.id])]
    for node in view.of("opener", ("amend", "recall")):
        if isinstance(node.message, Amend) and (urgency := reading.urgency_of(node.message)):
            standing[node.id] = urgency
        elif node.type == "recall":
            for taken in {*reading.about(node.message)} - {opening.id}:
                standing.pop(taken, None)
        last = list(standing.values())[-1]
        if last != found[-1][1]:
            found.append((node, last))
    return found


def _first(view: View, types: frozenset[str]) -> str:
    nodes = view.of("other", types)
    return nodes[0].at if nodes else ""


def _promise(view: View, stated: list[Node]) -> Promise | None:
    """Of the acknowledgement, if it names instants under the terms of the request."""
    node = view.last("other", ("acknowledgement",))
    said = node.message if node else None
    if node is None or not isinstance(said, Acknowledgement) or not said.terms:
        return None
    if said.terms != getattr(view.record.opening.message, "terms", ""):
        return None
    seen = sum(1 for level in stated if level.index < node.seen)
    return Promise(node.at, said.first_answer_by or "", said.final_answer_by or "", seen)


def _holds(view: View) -> Iterator[Hold]:
    """While the answering side waits for information, or for a decision on its conditions.

    For each line until the next determination that covers it, or until what was asked is answered
    or taken back.
    """
    covers = view.record.covers
    said = view.of("other", DETERMINATIONS)
    for place, node in enumerate(said):
        if node.type not in _HOLDING:
            continue
        reply = lines.information_for(node, view) if node.type == "more-info" else None
        reply = lines.reply_to(node, view) if node.type == "conditions-proposed" else reply
        taken = [n.at for n in view.about(node.id) if n.type == "recall"]
        ends = [*taken, *((reply.at,) if reply else ())]
        left = covers[node.id]
        for later in said[place + 1 :]:
            if over := left & covers[later.id]:
                yield _hold(node, over, min([*ends, later.at]))
                left -= over
            if not left:
                break
        if left:
            yield _hold(node, left, min(ends, default=""))


_HOLDING = frozenset({"more-info", "conditions-proposed"})


def _hold(node: Node, numbers: frozenset[int], until: str) -> Hold:
    return Hold(
        id=node.id,
        what="information" if node.type == "more-info" else "decision",
        lines=tuple(sorted(numbers)),
        since=node.at,
        until=until,
        lapses=lines.lapse_day(node),
    )


def _postponed(view: View) -> Iterator[Postponed]:
    for node in view.standing("other", ("delayed",)):
        if isinstance(node.message, Delayed):
            covered = tuple(sorted(view.record.covers[node.id]))
            yield Postponed(id=node.id, lines=covered, at=node.at, review=node.message.review)
