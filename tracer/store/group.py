"""What a group of writes shares, and what outlives it.

`Shared` lives as long as the store: keys, caches, the committed head. `Group` lives as long as one
transaction: its time, the leaves appended so far, the keys made so far. Nothing of a group reaches
`Shared` before its COMMIT has succeeded, so no cache can serve what was rolled back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from tracer.evidence.merkle import Address
from tracer.store.cache import Cache
from tracer.store.rows import HeadRow

CACHED_NODES: Final = 1 << 17
CACHED_KEYS: Final = 1 << 14

Step = Literal["lane.begin", "lane.body", "lane.head", "lane.before-commit", "lane.after-commit"]
FaultPoint = Callable[[str], None]
"""Called with the name of each step of the lane; what it raises happens there. For tests."""


class Head(NamedTuple):
    """A head row and the number of its origin in the database."""

    log: int
    row: HeadRow
    opened: str = ""
    """When the log was opened."""


def packed(address: Address) -> int:
    """(level, index) as one integer column: indices stay below 2^53, levels below 2^6."""
    return address[0] << 54 | address[1]


@dataclass(slots=True)
class Shared:
    """What all transactions of one store share; read by all threads, written after COMMIT."""

    rest_key: bytes
    journalled: Callable[[HeadRow], None] = lambda _: None
    """Told the journal's head after each commit in which it grew; in the lane's thread."""
    head: Head | None = None
    nodes: Cache[tuple[int, int], bytes] = field(default_factory=lambda: Cache(CACHED_NODES))
    keys: Cache[str, bytes] = field(default_factory=lambda: Cache(CACHED_KEYS))


class Mark(NamedTuple):
    """Where a body began, to go back to when it fails."""

    leaves: int
    acts: int
    journal: Head | None
    keys: int
    dropped: int
    head: Head | None
    after: int


@dataclass(slots=True)
class Group:
    """One transaction: its instant and what it has made so far."""

    shared: Shared
    now: str
    head: Head | None = None
    leaves: list[bytes] = field(default_factory=list)
    journal: Head | None = None
    acts: list[bytes] = field(default_factory=list)
    keys: dict[str, bytes] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)
    nodes: dict[tuple[int, int], bytes] = field(default_factory=dict)
    after: list[Callable[[], None]] = field(default_factory=list)

    def mark(self) -> Mark:
        """Remember this point."""
        return Mark(
            len(self.leaves),
            len(self.acts),
            self.journal,
            len(self.keys),
            len(self.dropped),
            self.head,
            len(self.after),
        )

    def back_to(self, mark: Mark) -> None:
        """Forget what was made since `mark`."""
        del self.leaves[mark.leaves :]
        del self.acts[mark.acts :]
        del self.dropped[mark.dropped :]
        del self.after[mark.after :]
        for name in list(self.keys)[mark.keys :]:
            del self.keys[name]
        self.head = mark.head
        self.journal = mark.journal

    def publish(self) -> None:
        """Give to all what is now committed."""
        self.shared.nodes.put(self.nodes)
        self.shared.keys.put(self.keys)
        for name in self.dropped:
            self.shared.keys.drop(name)
        if self.head is not None:
            self.shared.head = self.head
        if self.acts and self.journal is not None:
            self.shared.journalled(self.journal.row)
        for tell in self.after:
            tell()
