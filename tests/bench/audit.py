"""After a run: open both databases again and check that nothing was lost, added or left.

The roots are computed anew from every stored record with the text of RFC 9162, not with the room
that wrote them.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tests.bench.stage import Stage, rooms_of
from tests.evidence.rfc9162 import leaf, tree_hash
from tracer.store import Tx

PAGE = 1000


@dataclass(frozen=True, slots=True)
class _Books:
    """What one database holds."""

    ids: frozenset[str]
    receipted: int
    queued: int
    records: tuple[bytes, ...]
    size: int
    root: bytes


async def nothing_lost(built: Stage, expected: int) -> None:
    """Check both sides against each other and against what was sent.

    Raises:
        RuntimeError: a count, an id or a root differs; says which.
    """
    sender, receiver = [await _books(made.home.root) for made in (built.sender, built.receiver)]
    facts = {
        "messages of the sender": (len(sender.ids), expected),
        "ids on both sides": (sender.ids, receiver.ids),
        "receipts": (sender.receipted, expected),
        "left in the queue": (sender.queued, 0),
        "leaves of the sender": (sender.size, expected),
        "leaves of the receiver": (receiver.size, expected),
        "root of the sender": (sender.root, _root(sender.records)),
        "root of the receiver": (receiver.root, _root(receiver.records)),
    }
    wrong = [name for name, (found, right) in facts.items() if found != right]
    if wrong:
        raise RuntimeError(f"the run is void, these differ: {', '.join(wrong)}")


async def _books(folder: Path) -> _Books:
    async with rooms_of(folder) as rooms:
        return await rooms.store.read(_read)


def _read(tx: Tx) -> _Books:
    ids: list[str] = []
    position = 0
    while page := tx.messages.since(position, PAGE):
        position = page[-1][0]
        ids.extend(head.id for _, head in page)
    head = tx.log.head()
    records = tx.log.records(range(head.size))
    return _Books(
        ids=frozenset(ids),
        receipted=len(tx.messages.receipted(ids)),
        queued=sum(s.queued + s.held + s.undeliverable for s in tx.outbox.stats().values()),
        records=tuple(records[index] for index in range(head.size)),
        size=head.size,
        root=head.root,
    )


def _root(records: tuple[bytes, ...]) -> bytes:
    return tree_hash([leaf(sha256(record).digest()) for record in records])
