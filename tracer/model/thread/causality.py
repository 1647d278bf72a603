"""Who had seen what: the causal order of a thread.

The graph has at most two authors, each with one chain, so the past of a message is two numbers: how
many messages of its own author stand before it (`index`) and how many of the other author it had
seen (`seen`). All questions of order are comparisons of these numbers.

What it does not do: accept a set that the receiving rules would not have let in; it raises.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct

from tracer.model.messages import OPENING, AnyMessage, Opening, type_of
from tracer.model.thread.concurrency import first_of

Author = Literal["opener", "other"]
OPPOSITE: Mapping[Author, Author] = {"opener": "other", "other": "opener"}


class Event(Struct, frozen=True):
    """A receipted message: its id, which side wrote it, and the time of its receipt (wire form)."""

    id: str
    author: Author
    message: AnyMessage
    at: str


class Node(Struct, frozen=True):
    """An event in its place: `index` own messages before it, `seen` messages of the other side.

    `at` is the time of receipt, or that of its latest ancestor if the two logs' clocks disagree: no
    message is received before one that its author knew. `dated` is the message whose receipt that
    is: its own id, unless the clocks disagree.
    """

    id: str
    author: Author
    type: str
    index: int
    seen: int
    message: AnyMessage
    at: str
    dated: str

    @property
    def bounds(self) -> dict[Author, int]:
        """How many messages of each author stand in its past."""
        return {self.author: self.index, OPPOSITE[self.author]: self.seen}


def add(known: Mapping[str, Event], events: Iterable[Event]) -> dict[str, Event]:
    """The union of a set of events and more of them. Associative, commutative, idempotent."""
    return {**{event.id: event for event in events}, **known}


def closed(events: Iterable[Event]) -> list[Event]:
    """The events all of whose ancestors are among them; the fold takes no others.

    A message may be here before the receipt of one that it follows: it counts when that one does.
    """
    left, counted = list(events), dict[str, Event]()
    if len(left) == 1 and not left[0].message.follows:
        return left
    before = len(left) + 1
    while len(left) < before:  # once for all, if ancestors come first
        before, waiting = len(left), []
        for event in left:
            if counted.keys() >= set(event.message.follows):
                counted[event.id] = event
            else:
                waiting.append(event)
        left = waiting
    return list(counted.values())


def is_ancestor(a: Node, b: Node) -> bool:
    """Whether `b` was written in knowledge of `a`."""
    return a.index < (b.index if a.author == b.author else b.seen)


def crossed(a: Node, b: Node) -> bool:
    """Whether neither author had seen the other's message."""
    return a.author != b.author and a.index >= b.seen and b.index >= a.seen


def before(a: Node, b: Node) -> bool:
    """Whether `a` stands before `b`: by chain, by ancestry, or by the table of crossed types."""
    if crossed(a, b):
        return a.type != b.type and first_of(a.type, b.type) == a.type
    return is_ancestor(a, b)


def nodes_of(events: Iterable[Event]) -> tuple[Node, ...]:
    """Place every event, ancestors always before descendants.

    Raises:
        ValueError: no opening or several, a parent that is missing, an author's chain that forks,
            or `follows` that does not name the author's previous message.
    """
    found = {event.id: event for event in events}
    openings = [event for event in found.values() if type_of(event.message) in OPENING]
    if len(openings) != 1 or openings[0].author != "opener":
        raise ValueError("a thread has exactly one opening, by its opener")
    placed: dict[str, Node] = {}
    heads: dict[Author, list[str]] = {"opener": [], "other": []}
    for event in _sorted(found):
        node = _place(event, placed, heads)
        placed[event.id] = node
        heads[event.author].append(event.id)
    return tuple(placed.values())


def _sorted(found: Mapping[str, Event]) -> list[Event]:
    """Kahn's algorithm; which of several free events comes first does not matter."""
    children: dict[str, list[str]] = {id_: [] for id_ in found}
    missing: dict[str, int] = {}
    for event in found.values():
        parents = _follows(event)
        for parent in parents:
            if parent not in found:
                raise ValueError("the set is not closed under ancestors")
            children[parent].append(event.id)
        missing[event.id] = len(parents)
    free = [id_ for id_, count in missing.items() if count == 0]
    order: list[Event] = []
    while free:
        id_ = free.pop()
        order.append(found[id_])
        for child in children[id_]:
            missing[child] -= 1
            if missing[child] == 0:
                free.append(child)
    if len(order) != len(found):
        raise ValueError("follows runs in a circle")
    return order


def _follows(event: Event) -> tuple[str, ...]:
    return () if isinstance(event.message, Opening) else event.message.follows


def _place(event: Event, placed: Mapping[str, Node], heads: Mapping[Author, list[str]]) -> Node:
    parents = [placed[id_] for id_ in _follows(event)]
    own = [parent for parent in parents if parent.author == event.author]
    foreign = [parent for parent in parents if parent.author != event.author]
    if len(own) > 1 or len(foreign) > 1:
        raise ValueError("follows names two messages of one author")
    index = own[0].index + 1 if own else 0
    if index != len(heads[event.author]):
        raise ValueError("an author's messages do not form one chain")
    seen = max(
        [parent.index + 1 for parent in foreign] + [parent.seen for parent in own], default=0
    )
    at, dated = event.at, event.id
    for parent in parents:  # in the order of `follows`, so that both sides name the same one
        if parent.at > at:
            at, dated = parent.at, parent.dated
    message = event.message
    return Node(event.id, event.author, type_of(message), index, seen, message, at, dated)
