"""Taking a peer's entry into the store and the directory: one step for commands, tests, demo."""

from __future__ import annotations

from tracer.exchange.introduce import Introduce
from tracer.node.rooms import Rooms
from tracer.trust.directory import Peer
from tracer.trust.entry import verify_entry


async def admit_entry(rooms: Rooms, data: bytes, *, by: str) -> Peer:
    """Verify an entry file, check it against what is known, store it, swap the directory.

    A known authority's next entry must follow the one we hold; a person compares the fingerprint
    of a new one before this is called.

    Raises:
        PeerError: the entry does not verify, does not follow, or shares a key with another.
    """
    introduce = Introduce(store=rooms.store, directory=rooms.cell.get, set_directory=rooms.cell.set)
    return await introduce(verify_entry(data), by=by)
