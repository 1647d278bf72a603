"""Making a witness key: always under a name that nothing was ever signed under.

The number of a new name lies above every one that this node knows to have been used: those of the
keyring, of our entries (the folder's and those on record), of the heads it has cosigned and of its
memory. After a loss that may not be all: a keyring that was put back does not know the keys that
were made after it. So where the memory is lost, or may be older than what was signed, the number is
at least that of the hour, counted from 2000: the names of two losses, and those of all keys that
were made one by one before, differ.

What it does not do: issue the entry that lists the key, or sign with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import UNSET

from tracer.evidence.cosignature import parse_witness_name
from tracer.node.own import own_entry
from tracer.node.rooms import Rooms
from tracer.store import Tx
from tracer.trust.entry import verify_entry
from tracer.trust.keyring import Keyring

SINCE: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""From here the hours are counted that number a key after a loss; they last until 2114."""
HOUR: Final = timedelta(hours=1)
Make = Callable[[Keyring, datetime], str]


async def making(rooms: Rooms, *, restored: bool = False) -> Make:
    """What makes the next witness key and its memory, and returns its name.

    `restored`: whatever is known may be older than what was signed.
    """
    used, rows = await rooms.store.read(
        lambda tx: (max(_used(tx, rooms), default=0), tx.witness.heads())
    )
    key = rooms.keyring.witness_key()
    lost = restored or key is None or not rooms.memory.holds(key.name)

    def make(ring: Keyring, now: datetime) -> str:
        hour = (now - SINCE) // HOUR if lost else 0
        name = ring.rotate_witness(now, above=max(used, hour - 1))
        rooms.memory.begin(name, rows)
        return name

    return make


async def succeed_witness(rooms: Rooms, successor: str) -> None:
    """After a restore: a key whose memory is of now, unless this restore has made it already.

    Args:
        rooms: The restored node, which cosigns nothing yet.
        successor: The log that this restore opens; its keys are in the keyring.
    """
    ring = rooms.keyring
    rows = [(row.use, row.kid) for row in ring.describe()]
    made = [number for number, (use, _) in enumerate(rows) if use == "witness"]
    if not made:
        return
    if made[-1] > rows.index(("log", successor)):
        known = await rooms.store.read(lambda tx: tx.witness.heads())
        rooms.memory.begin(rows[made[-1]][1], known)
        return
    make = await making(rooms, restored=True)
    make(ring, rooms.clock.now())


def _used(tx: Tx, rooms: Rooms) -> Iterator[int]:
    """Numbers that were used, as far as anything here tells but the keyring."""
    held = [verify_entry(file) for file in tx.peers.entries(rooms.authority)]
    for one in (own_entry(rooms.home), *held):
        if one.entry.witness is not UNSET:
            yield parse_witness_name(one.entry.witness.name)[1]
    for row in tx.witness.heads():
        yield parse_witness_name(row.witness)[1]
    yield rooms.memory.number()
