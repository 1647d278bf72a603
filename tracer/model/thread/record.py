"""The judged messages of a thread, and views of it: all of it, or the past of one message.

A view is a window of two numbers on the record, so that a rule asks the same question of the whole
thread and of what one author knew. Only messages without objection are in the record.

Which lines are asked about is a question of every judgement, and only some messages of the opener
change the answer: the record writes it down after each of these, a view looks it up. Rejected: to
go through them again each time; a thread of 980 messages then took a second of every look.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter

from tracer.model.messages import OPENING, Amend, Correction
from tracer.model.thread import reading
from tracer.model.thread.causality import Author, Node

_INDEX = attrgetter("index")
_SHAPES = frozenset({"amend", "withdraw", "recall"})
"""Types of the opener that change which lines are asked about."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which lines the opener had asked about and given up, up to its message of this index."""

    index: int
    lines: frozenset[int]
    gone: Mapping[int, Node]


class Record:
    """The messages without objection, by author and type, in the order of each author's chain."""

    def __init__(self, opening: Node) -> None:
        self.opening = opening
        self.by_type: dict[tuple[Author, str], list[Node]] = defaultdict(list)
        self.types: dict[Author, set[str]] = {"opener": set(), "other": set()}
        """The types each author has sent: most questions are about one that was never sent."""
        self.by_subject: dict[str, list[Node]] = defaultdict(list)
        self.recalls: dict[str, list[Node]] = defaultdict(list)
        """Those that take a message back: asked of every message, and hardly any has one."""
        self.by_id: dict[str, Node] = {}
        self.covers: dict[str, frozenset[int]] = {}
        """For each message the lines it speaks of, of those that stood in its own past."""
        self.asked: list[_Asked] = []
        """After the opening, and after each message of the opener that may have changed it."""

    def admit(self, node: Node) -> None:
        """Take in a message that is without objection. Ancestors come first."""
        past = self.view(node.bounds)
        self.covers[node.id] = reading.covered(node.message, past.lines() or {reading.WHOLE})
        self.by_type[node.author, node.type].append(node)
        self.types[node.author].add(node.type)
        self.by_id[node.id] = node
        for subject in reading.about(node.message):
            self.by_subject[subject].append(node)
            if node.type == "recall":
                self.recalls[subject].append(node)
        self._note_asked(node)

    def _note_asked(self, node: Node) -> None:
        if node is self.opening:
            self.asked.append(_Asked(node.index, _described(node), {}))
        elif node.author == "opener" and node.type in _SHAPES:
            last = self.asked[-1]
            if node.type != "recall":
                self.asked.append(self._then(last, node))
            elif any(self.by_id[name].type == "amend" for name in reading.about(node.message)):
                self.asked.append(self._anew(node))

    def _then(self, last: _Asked, node: Node) -> _Asked:
        """What a message makes of what was asked before it."""
        named = _described(node)
        dropped = node.message.dropped if isinstance(node.message, Amend) else self.covers[node.id]
        gone = last.gone
        if dropped or not named.isdisjoint(gone):
            gone = {**gone, **dict.fromkeys(dropped, node)}
            gone = {line: by for line, by in gone.items() if line not in named}
        return _Asked(node.index, last.lines | named, gone)

    def _anew(self, recall: Node) -> _Asked:
        """All of it again, without what was taken back."""
        found = self.asked[0]
        past = self.view({"opener": recall.index + 1, "other": 0})
        for node in past.standing("opener", ("amend", "withdraw")):
            found = self._then(found, node)
        return replace(found, index=recall.index)

    def view(self, bounds: Mapping[Author, int]) -> View:
        """What stands within `bounds`."""
        return View(self, bounds)


class View:
    """A closed part of the record: the first so many messages of each author."""

    def __init__(self, record: Record, bounds: Mapping[Author, int]) -> None:
        self.record = record
        self._bounds = bounds
        self._changes: list[Node] | None = None

    def holds(self, node: Node) -> bool:
        """Whether the message lies in this part."""
        return node.index < self._bounds[node.author]

    def of(self, author: Author, types: Collection[str]) -> list[Node]:
        """The author's messages of these types, in the order of the chain."""
        if self.record.types[author].isdisjoint(types):
            return []
        found = [node for type_ in types for node in self._of(author, type_)]
        return sorted(found, key=_INDEX)

    def last(self, author: Author, types: Collection[str]) -> Node | None:
        """The author's last message of these types."""
        if self.record.types[author].isdisjoint(types):
            return None
        found = [nodes[-1] for type_ in types if (nodes := self._of(author, type_))]
        return max(found, key=_INDEX, default=None)

    def find(self, id_: str) -> Node | None:
        """The message of this id, if it lies in this part and is without objection."""
        node = self.record.by_id.get(id_)
        return node if node is not None and self.holds(node) else None

    def about(self, id_: str) -> Iterator[Node]:
        """The messages that name `id_` as their subject."""
        return (node for node in self.record.by_subject.get(id_, ()) if self.holds(node))

    def recalled(self, node: Node) -> bool:
        """Whether its author took it back."""
        found = self.record.recalls.get(node.id)
        return found is not None and any(map(self.holds, found))

    def standing(self, author: Author, types: Collection[str]) -> list[Node]:
        """As `of`, without what was recalled."""
        found = self.of(author, types)
        if self.record.recalls.keys().isdisjoint(node.id for node in found):
            return found
        return [node for node in found if not self.recalled(node)]

    def lines(self) -> frozenset[int]:
        """Every line that was ever asked about. Empty in a thread that names no firearm."""
        asked = self._asked()
        return asked.lines if asked else frozenset()

    def given_up(self) -> Mapping[int, Node]:
        """The lines no longer asked about, each with the message that gave it up."""
        asked = self._asked()
        return asked.gone if asked else {}

    def _asked(self) -> _Asked | None:
        """As the opener's last message in this part left it; None: the opening is not in it."""
        place = bisect_left(self.record.asked, self._bounds["opener"], key=_INDEX)
        return self.record.asked[place - 1] if place else None

    def changes(self) -> list[Node]:
        """What the opener changed: amendments; corrections of the opening or of an amendment."""
        if self._changes is None:
            found = self.standing("opener", ("amend", "correction"))
            self._changes = [node for node in found if self._of_request(node)]
        return self._changes

    def _of_request(self, node: Node) -> bool:
        if not isinstance(node.message, Correction):
            return True
        subject = self.find(node.message.about)
        return subject is not None and subject.type in OPENING | {"amend"}

    def withdrawn(self) -> bool:
        """Whether nothing is asked about any more."""
        if reading.is_information(self.record.opening.message):
            return self.recalled(self.record.opening)
        gone = self.given_up()
        return bool(gone) and (self.lines() or {reading.WHOLE}) <= gone.keys()

    def _of(self, author: Author, type_: str) -> list[Node]:
        nodes = self.record.by_type.get((author, type_), [])
        return nodes[: bisect_left(nodes, self._bounds[author], key=_INDEX)]


def _described(node: Node) -> frozenset[int]:
    return frozenset(firearm.line for firearm in reading.firearms(node.message))
