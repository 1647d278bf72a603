"""The rounds of each line: asked, settled, opened again; given up and taken back.

PROTOCOL.md, [F-11]. All loops here go through messages once for each line: an answer that stands
before what began a round stands before all that comes later, so nobody looks back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Struct

from tracer.model.messages import Amend
from tracer.model.thread import reading
from tracer.model.thread.causality import Node, before, is_ancestor
from tracer.model.thread.concurrency import ANSWERS
from tracer.model.thread.record import View


class Round(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One time a line was asked about: since when, through which message, and how that ended."""

    line: int
    since: str
    by: str
    settled: str = ""
    answer: str = ""
    dropped: str = ""
    """When the line was given up, though it may have been settled before."""


class _On(NamedTuple):
    """A message and the lines that it asks about, gives up, or opens again if they are settled."""

    node: Node
    lines: frozenset[int]
    gone: frozenset[int] = frozenset()


def rounds_of(view: View) -> tuple[Round, ...]:
    """All rounds, by line, each line's in order."""
    known = view.lines() or frozenset({reading.WHOLE})
    covers = view.record.covers
    answers = view.of("other", ANSWERS)
    again = sorted(_reopenings(view, known, answers), key=lambda one: _receipt(one.node))
    asking = list(_askings(view))
    found: list[Round] = []
    for line in sorted(known):
        given = [node for node in answers if line in covers[node.id]]
        opened = [one.node for one in again if line in one.lines]
        for asked, dropped in _asked(asking, line):
            found.extend(_rounds(line, asked, dropped, given, opened))
    return tuple(found)


def _receipt(node: Node) -> tuple[str, int, str]:
    """The order of receipt; of one instant, ancestors first."""
    return node.at, node.index + node.seen, node.author


def _reopenings(view: View, known: frozenset[int], answers: list[Node]) -> Iterator[_On]:
    """Changes of what is asked, and recalls of the answer that was the last for a line then."""
    for change in view.changes():
        yield _On(change, reading.reopened(change.message, known))
    covers = view.record.covers
    for recall in view.of("other", ("recall",)):
        taken = reading.about(recall.message)
        left = known
        for answer in reversed(answers):
            if answer.index < recall.index:
                if answer.id in taken:
                    yield _On(recall, left & covers[answer.id])
                left -= covers[answer.id]


def _askings(view: View) -> Iterator[_On]:
    """What asks about lines or gives them up, in the order of the opener."""
    opening = view.record.opening
    yield _On(opening, _described(opening) or frozenset({reading.WHOLE}))
    for node in view.standing("opener", ("amend", "withdraw")):
        message, named = node.message, _described(node)
        gone = message.dropped if isinstance(message, Amend) else view.record.covers[node.id]
        yield _On(node, named, frozenset(gone) - named)


def _described(node: Node) -> frozenset[int]:
    return frozenset(firearm.line for firearm in reading.firearms(node.message))


def _asked(asking: list[_On], line: int) -> Iterator[tuple[Node, Node | None]]:
    """The messages that ask about a line, each with the one that gave it up."""
    asked: Node | None = None
    for node, named, gone in asking:
        if asked is None and line in named:
            asked = node
        elif asked is not None and line in gone:
            yield asked, node
            asked = None
    if asked is not None:
        yield asked, None


def _rounds(
    line: int, asked: Node, dropped: Node | None, answers: list[Node], opened: list[Node]
) -> Iterator[Round]:
    """From one asking until the line is given up, if it is.

    Args:
        line: Its number.
        asked: The message that asks about it.
        dropped: The message that gives it up.
        answers: What covers it, in the order of the answering side, recalled or not.
        opened: What would open it again, in the order of receipt.
    """
    left, later = iter(answers), iter(opened)
    reopening: Node | None = asked
    while reopening is not None:
        asked = reopening
        answer = next((a for a in left if not before(a, asked) and not _late(a, dropped)), None)
        reopening = None
        if answer is not None:
            reopening = next(
                (o for o in later if before(answer, o) and not _after(o, dropped)), None
            )
        yield Round(
            line=line,
            since=asked.at,
            by=asked.id,
            settled=answer.at if answer else "",
            answer=answer.id if answer else "",
            dropped=dropped.at if dropped and reopening is None else "",
        )


def _late(answer: Node, dropped: Node | None) -> bool:
    """Whether an answer was written in knowledge that the line is given up."""
    return dropped is not None and is_ancestor(dropped, answer)


def _after(opened: Node, dropped: Node | None) -> bool:
    """Whether this came after the line was given up; a later asking has rounds of its own."""
    return dropped is not None and _receipt(opened) > _receipt(dropped)
