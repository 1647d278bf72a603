"""What the clocks of a thread are computed from: its course, read off the judged messages.

Beside the state (`fold`), which says where a thread stands, the course says when each line was
asked, held, postponed and settled, and which urgency was stated when. All times are those of
receipt, so both nodes read the same course from the same messages, in any order of arrival.

What it does not do: know terms, calendars or the present instant (`model.clocks`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import UNSET, Struct

from tracer.model.messages import Acknowledgement, Delayed, Feedback
from tracer.model.thread import dialogues, lines, reading
from tracer.model.thread.causality import Event, Node, before, nodes_of
from tracer.model.thread.concurrency import ANSWERS, DETERMINATIONS
from tracer.model.thread.fold import judge
from tracer.model.thread.record import View


class Level(Struct, frozen=True):
    """An urgency and when it was stated; empty: none was."""

    at: str
    urgency: str


class Promise(Struct, frozen=True, omit_defaults=True):
    """The instants that an acknowledgement names, under the terms of the request."""

    at: str
    first_answer: str = ""
    final_answer: str = ""


class Round(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One time a line was asked about: since when, through which message, and how that ended."""

    line: int
    since: str
    by: str
    settled: str = ""
    answer: str = ""
    dropped: str = ""


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
    holds: tuple[Hold, ...] = ()
    postponed: tuple[Postponed, ...] = ()
    reminders: tuple[str, ...] = ()
    """When the opener reminded or enquired, in its order."""
    closed: str = ""


def course_of(events: Iterable[Event]) -> Course:
    """The course that these messages make.

    Raises:
        ValueError: as `fold` does.
    """
    view, _ = judge(nodes_of(events))
    opening = view.record.opening
    ended = view.last("opener", ("feedback",))
    return Course(
        opening=opening.id,
        kind=opening.type,
        terms=getattr(opening.message, "terms", ""),
        received=opening.at,
        levels=tuple(_levels(view)),
        acknowledged=_first(view, DETERMINATIONS | {"acknowledgement"}),
        first_answer=_first(view, ANSWERS | {"interim"}),
        promise=_promise(view),
        rounds=tuple(round_ for line in _all_lines(view) for round_ in _rounds(view, line)),
        holds=(*_information(view), *_decisions(view)),
        postponed=tuple(_postponed(view)),
        reminders=tuple(n.at for n in view.of("opener", ("reminder", "progress-enquiry"))),
        closed=_closed(ended),
    )


def _closed(ended: Node | None) -> str:
    said = None if ended is None else ended.message
    return ended.at if ended and isinstance(said, Feedback) and reading.closes(said) else ""


def _all_lines(view: View) -> list[int]:
    return sorted(view.lines() or {reading.WHOLE})


def _levels(view: View) -> Iterator[Level]:
    """The urgency of the request, then every change of it."""
    opening = view.record.opening
    yield Level(opening.at, reading.urgency_of(opening.message))
    for node in view.standing("opener", ("amend",)):
        if urgency := reading.urgency_of(node.message):
            yield Level(node.at, urgency)


def _first(view: View, types: frozenset[str]) -> str:
    nodes = view.of("other", types)
    return nodes[0].at if nodes else ""


def _promise(view: View) -> Promise | None:
    """Of the first acknowledgement that names instants under the terms of the request."""
    terms = getattr(view.record.opening.message, "terms", "")
    for node in view.standing("other", ("acknowledgement",)):
        said = node.message
        if not isinstance(said, Acknowledgement) or said.terms != terms:
            continue
        if said.first_answer_by is not UNSET or said.final_answer_by is not UNSET:
            return Promise(node.at, said.first_answer_by or "", said.final_answer_by or "")
    return None


def _rounds(view: View, line: int) -> Iterator[Round]:
    """Asked, answered, asked again: each time a line was open, in order."""
    asked = _asked(view, line)
    if asked is None:
        return
    answers = _answers(view, line)
    dropped = view.given_up().get(line)
    for _ in range(len(answers) + 1):
        answer = next((a for a in answers if not before(a, asked)), None)
        again = None if answer is None else _reopening(view, line, answer)
        yield Round(
            line=line,
            since=asked.at,
            by=asked.id,
            settled=max(answer.at, asked.at) if answer else "",
            answer=answer.id if answer else "",
            dropped=dropped.at if dropped and again is None else "",
        )
        if again is None:
            return
        asked = again


def _asked(view: View, line: int) -> Node | None:
    """The message that first asks about a line: the opening, or the amendment that adds it."""
    opening = view.record.opening
    if line == reading.WHOLE or any(f.line == line for f in reading.firearms(opening.message)):
        return opening
    added = view.standing("opener", ("amend",))
    return next(
        (n for n in added if any(f.line == line for f in reading.firearms(n.message))), None
    )


def _answers(view: View, line: int) -> list[Node]:
    """The answers that settle a line, also those taken back later: that opens a new round."""
    covers = view.record.covers
    return [n for n in view.of("other", ANSWERS) if line in covers[n.id]]


def _reopening(view: View, line: int, answer: Node) -> Node | None:
    """What opened a settled line again: a change of what is asked, or the recall of the answer."""
    again = [
        *(n for n in view.about(answer.id) if n.type == "recall"),
        *(
            change
            for change in lines.changes(view)
            if before(answer, change) and reading.reopens(change.message, line)
        ),
    ]
    return min(again, key=lambda node: (node.at, node.author, node.index), default=None)


def _information(view: View) -> Iterator[Hold]:
    days = {n.id: lines.lapse_day(n) for n in view.of("other", ("more-info",))}
    for pause in dialogues.pauses(view):
        yield Hold(
            id=pause.id,
            what="information",
            lines=pause.lines,
            since=pause.since,
            until=pause.until,
            lapses=days.get(pause.id, ""),
        )


def _decisions(view: View) -> Iterator[Hold]:
    """While the opener weighs conditions, the other side cannot go on."""
    for proposal in view.of("other", ("conditions-proposed",)):
        covered = view.record.covers[proposal.id]
        reply = lines.reply_to(proposal, view)
        ends = [
            *(n for n in view.about(proposal.id) if n.type == "recall"),
            *((reply,) if reply else ()),
            *_later(view, proposal, covered),
        ]
        end = min((n.at for n in ends), default="")
        yield Hold(
            id=proposal.id,
            what="decision",
            lines=tuple(sorted(covered)),
            since=proposal.at,
            until=max(end, proposal.at) if end else "",
        )


def _later(view: View, proposal: Node, covered: frozenset[int]) -> Iterator[Node]:
    for node in view.of("other", DETERMINATIONS):
        if node.index > proposal.index and covered <= view.record.covers[node.id]:
            yield node
            return


def _postponed(view: View) -> Iterator[Postponed]:
    for node in view.standing("other", ("delayed",)):
        if isinstance(node.message, Delayed):
            covered = tuple(sorted(view.record.covers[node.id]))
            yield Postponed(id=node.id, lines=covered, at=node.at, review=node.message.review)
