"""Taking a peer's entry into the store and the directory: one step for commands, tests, demo."""

from __future__ import annotations

from tracer.node.rooms import Rooms
from tracer.store import Tx
from tracer.trust.directory import Peer
from tracer.trust.entry import fingerprint, verify_entry


async def admit_entry(rooms: Rooms, data: bytes, *, by: str) -> Peer:
    """Verify an entry file, check it against what is known, store it, swap the directory.

    A known authority's next entry must follow the one we hold; a person compares the fingerprint
    of a new one before this is called.

    Raises:
        PeerError: the entry does not verify, does not follow, or shares a key with another.
    """
    verified = verify_entry(data)
    before = rooms.cell.get()
    known = before.find(verified.authority)
    after = before.with_identity(verified) if known is None else before.with_next(verified)

    def body(tx: Tx) -> None:
        tx.terms.put_entry(verified.entry.terms)
        tx.peers.put_entry(
            verified.authority,
            data,
            seq=verified.entry.seq,
            digest=verified.digest,
            fingerprint=fingerprint(verified.jws),
            by=by,
        )
        seen = {"seq": verified.entry.seq, "fingerprint": fingerprint(verified.jws)}
        news = "first" if known is None else "next"
        tx.audit.write(by, "peer-add", verified.authority, seen | {"news": news})

    await rooms.store.write(body)
    rooms.cell.set(after)
    return after.peer(verified.authority)
