"""Hold two nodes against each other: nothing lost, nothing twice, and every proof still proves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any, TypeVar

from tracer.canonical import b64url
from tracer.clock import stamp
from tracer.evidence import merkle
from tracer.evidence.checkpoint import verify_checkpoint
from tracer.evidence.proof import Proof, check_proof
from tracer.evidence.record import Kind, leaf_hash, parse_record
from tracer.exchange.closings import CLOSED, CLOSINGS, REOPENED
from tracer.exchange.log.ledger import HighWater
from tracer.exchange.projection import case_of, events_of
from tracer.model.thread.state import OVER
from tracer.node.rooms import Rooms
from tracer.store import Receipt, Tx

T = TypeVar("T")
ALL = 1_000_000
REFUSED = "refused"
_verified = lru_cache(maxsize=4096)(verify_checkpoint)
"""A note is verified once, with both its signatures; many receipts share one note."""


async def audit(
    a: Rooms, b: Rooms, *, faults: Sequence[str] = (), refused: Sequence[str] = ()
) -> None:
    """Check that two nodes at rest agree in everything.

    Args:
        a: One node.
        b: The other.
        faults: Kinds of fault against a peer that the test has caused on purpose.
        refused: Ids of messages that the test has made the other side refuse for good.
    """
    views = [_View(a, b), _View(b, a)]
    leaves = [await view.read(view.log) for view in views]
    found: set[str] = set()
    dead: set[str] = set()
    for view, theirs in zip(views, reversed(leaves), strict=True):
        await view.us.store.integrity_check()
        found |= await view.read(lambda tx, v=view: v.rest(tx, refused))
        dead |= await view.read(view.undelivered)
        await view.read(lambda tx, v=view, t=theirs: v.remembered(tx, t))
    assert found == set(faults), "nothing is held against the other but what should be"
    assert dead == set(refused), "nothing is undelivered but what was refused"
    for view, other in zip(views, reversed(views), strict=True):
        sent = await view.read(view.sent)
        assert sent == await other.read(other.taken), "what one sent the other has, to the byte"
    cases = [await view.read(view.cases) for view in views]
    assert cases[0] == cases[1], "both sides fold to the same state"
    files = [await view.read(view.files) for view in views]
    assert files[0] == files[1], "both sides hold the same attachments"


class _View:
    """One node, as it sees one peer."""

    def __init__(self, us: Rooms, them: Rooms) -> None:
        self.us = us
        self.peer = us.cell.get().peer(them.authority)
        self.origin = us.keyring.log_key().origin

    async def read(self, body: Callable[..., T]) -> T:
        return await self.us.store.read(body)

    def log(self, tx: Tx) -> list[bytes]:
        """The head is the root of all records, each thing is recorded once; the leaves."""
        head = tx.log.head()
        records = tx.log.records(range(head.size + 100))
        assert sorted(records) == list(range(head.size)), "no gap, no leaf beyond the head"
        leaves = [leaf_hash(records[index]) for index in range(head.size)]
        assert _root(leaves) == head.root
        parsed = [parse_record(raw) for raw in records.values()]
        counted = Counter((record.kind, record.id, record.sender) for record in parsed)
        assert [key for key, count in counted.items() if count > 1] == []
        newest = tx.log.newest_signed(self.origin)
        if newest is not None:
            public = self.us.keyring.log_key().public
            checkpoint = _verified(newest.note, origin=self.origin, public=public)
            assert checkpoint.root == _root(leaves[: checkpoint.size])
            self._noted(leaves, checkpoint.size)
        return leaves

    def _noted(self, leaves: Sequence[bytes], stored: int) -> None:
        """What is noted outside the database is a head of this log, and none was signed beyond."""
        mark = HighWater(self.us.home.high_water).read()
        assert mark is not None, "a head that was signed is noted outside the database"
        origin, size, root = mark
        assert origin == self.origin
        assert stored <= size <= len(leaves)
        assert root == b64url(_root(leaves[:size]))

    def remembered(self, tx: Tx, theirs: Sequence[bytes]) -> None:
        """What we remember of the peer's log is a head that log had."""
        seen = tx.peers.remembered(self.peer.authority)
        if seen is not None:
            assert seen.size <= len(theirs)
            assert seen.root == _root(theirs[: seen.size])
        assert tx.peers.state(self.peer.authority).sent_size <= tx.log.head().size

    def rest(self, tx: Tx, refused: Sequence[str]) -> set[str]:
        """Nothing waits but what follows something refused, counts are right; faults kept."""
        peer = self.peer.authority
        waits = [name for name in refused if tx.waiting.get(peer, name) is not None]
        assert tx.waiting.count(peer) == len(waits)
        threads = self._threads(tx)
        for row in threads:
            heads = [one for one in tx.messages.heads((row.id,))[row.id] if one.flags != REFUSED]
            own = [head for head in heads if head.direction == "out"]
            assert (row.own_count, row.peer_count) == (len(own), len(heads) - len(own))
        queued = Counter(row.message_id for row in tx.outbox.rows(limit=ALL))
        assert [name for name, count in queued.items() if count > 1] == []
        return {fault.kind for fault in tx.peers.faults()}

    def undelivered(self, tx: Tx) -> set[str]:
        """What has no receipt; all of it was refused, nothing is still to be tried."""
        rows = [row for row in tx.outbox.rows(limit=ALL) if row.state != "delivered"]
        for row in rows:
            head = next(
                h for h in tx.messages.heads((row.thread,))[row.thread] if h.id == row.message_id
            )
            assert (row.state, head.flags) == ("undeliverable", REFUSED)
        return {row.message_id for row in rows}

    def sent(self, tx: Tx) -> dict[str, tuple[Any, ...]]:
        """What we sent, each with a receipt that stands; bytes and both records by id."""
        found = {}
        for row in self._messages(tx, "out"):
            receipt = tx.messages.receipt(row.peer, row.id)
            assert receipt is not None, "every message has its receipt"
            at = self._proved(tx, receipt, Kind.RECEIVED, self.us.authority, row.peer)
            own = tx.log.record(row.leaf_index)
            found[row.id] = (row.jws, row.disclosures, row.follows, own, receipt.record, at)
        return found

    def taken(self, tx: Tx) -> dict[str, tuple[Any, ...]]:
        """What we received, each with the sender's proof, in the form of `sent`."""
        found = {}
        for row in self._messages(tx, "in"):
            proof = tx.messages.sender_proof(row.peer, row.id)
            assert proof is not None, "every message came with its sender's proof"
            self._proved(tx, proof, Kind.SENT, row.peer, self.us.authority)
            own = tx.log.record(row.leaf_index)
            found[row.id] = (row.jws, row.disclosures, row.follows, proof.record, own, row.at)
        return found

    def cases(self, tx: Tx) -> dict[str, tuple[str, bytes]]:
        """State and summary by thread; each row equals one that is made anew."""
        found = {}
        for thread in self._threads(tx):
            row = tx.cases.get(thread.id)
            assert row is not None, "every thread that the other side has seen is a case"
            assert row == case_of(thread, events_of(tx, thread))
            found[thread.id] = (row.state, row.summary_json)
            self._told(tx, thread.id, row.state)
        return found

    def _told(self, tx: Tx, thread: str, state: str) -> None:
        """Acts take turns, and the newest says that it is closed where messages closed it."""
        rows = [row.act for row in reversed(tx.audit.list(ALL, subject=thread))]
        acts = [act for act in rows if act in CLOSINGS]
        assert acts == [CLOSED, REOPENED] * (len(acts) // 2) + [CLOSED] * (len(acts) % 2)
        assert len(acts) % 2 or state not in OVER, "no closing goes untold"

    def files(self, tx: Tx) -> dict[str, tuple[str, int, int]]:
        """Attachments by digest: all complete, the file has the digest, no part is left."""
        found = {}
        for row in (one for m in self._messages(tx) for one in tx.attachments.for_message(m.id)):
            data = self.us.shelf.path(row.digest).read_bytes()
            assert b64url(sha256(data).digest()) == row.digest
            assert row.state == "complete"
            found[row.digest] = (row.message_id, row.n, len(data))
        assert list(self.us.home.attachments.glob("*.part")) == []
        return found

    def _threads(self, tx: Tx) -> list[Any]:
        return tx.threads.list(peer=self.peer.authority, limit=ALL)

    def _messages(self, tx: Tx, direction: str = "") -> list[Any]:
        rows = (row for thread in self._threads(tx) for row in tx.messages.of_thread(thread.id))
        rows = (row for row in rows if row.flags != REFUSED)
        return [row for row in rows if direction in ("", row.direction)]

    def _proved(self, tx: Tx, shown: Receipt, kind: Kind, sender: str, recipient: str) -> str:
        """Verify a stored proof against its stored checkpoint; the instant of its record."""
        note = tx.log.checkpoint(shown.origin, shown.size)
        assert note is not None, "the checkpoint of every proof is stored"
        checkpoint = _verified(note, origin=self.peer.log.origin, public=self.peer.log)
        proof = Proof(record=shown.record, index=shown.index, size=shown.size, path=shown.path)
        record = check_proof(
            proof, checkpoint, kind=kind, id=shown.message_id, sender=sender, recipient=recipient
        )
        return stamp(record.at)


def _root(leaves: Sequence[bytes]) -> bytes:
    return merkle.append(0, leaves, lambda _: []).root
