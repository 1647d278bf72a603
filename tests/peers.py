"""Taking a peer's entry into a node of a test: verified, stored, the directory swapped."""

from __future__ import annotations

from tracer.exchange.introduce import Introduce
from tracer.node.rooms import Rooms
from tracer.store import Tx
from tracer.trust.directory import Directory, Peer
from tracer.trust.entry import VerifiedEntry, fingerprint, verify_entry


async def admit_entry(rooms: Rooms, data: bytes, *, by: str) -> Peer:
    """Verify an entry file, check it against what is known, store it, swap the directory.

    A known authority's next entry must follow the one we hold; a person compares the fingerprint
    of a new one before this is called.

    Raises:
        PeerError: the entry does not verify, does not follow, or shares a key with another.
    """
    verified = verify_entry(data)
    new = rooms.cell.get().find(verified.authority) is None

    def note(tx: Tx, entry: VerifiedEntry) -> None:
        if new and tx.restores.of(rooms.authority):
            tx.restores.begin((entry.authority,))
        seen = {"seq": entry.entry.seq, "fingerprint": fingerprint(entry.jws)}
        news = "first" if new else "next"
        tx.audit.write(by, "peer-add", entry.authority, seen | {"news": news})

    def swap(directory: Directory) -> None:
        rooms.gate.expect(rooms.store.glance(lambda tx: tx.restores.pending()))
        rooms.cell.set(directory)

    introduce = Introduce(
        store=rooms.store,
        directory=rooms.cell.get,
        set_directory=swap,
        changing=rooms.cell.changing,
    )
    return await introduce(verified, by=by, note=note)
