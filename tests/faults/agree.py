"""Hold two logs against each other, record by record, and each stored proof against its log.

`audit` goes from messages to proofs; this goes from the logs: what one has recorded as sent stands
at exactly one place of the other's as received, with the times both have told each other, and each
stored receipt names a place where the other's log really has that record, under a head it really
had.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from functools import lru_cache

from tracer.evidence import merkle
from tracer.evidence.checkpoint import LogPublic, verify_checkpoint
from tracer.evidence.proof import Proof, check_proof
from tracer.evidence.record import Kind, Record, leaf_hash, parse_record
from tracer.exchange.projection import events_of
from tracer.model.thread import Event
from tracer.node.check.whole import verify
from tracer.node.rooms import Rooms
from tracer.store import Receipt, Tx

ALL = 1_000_000
_verified = lru_cache(maxsize=8192)(verify_checkpoint)


@dataclass(frozen=True, slots=True)
class Book:
    """A log as it stands in a node's own store."""

    raw: Sequence[bytes]
    records: Sequence[Record]
    roots: Sequence[bytes]
    """The root at each size."""

    def places(self, kind: Kind) -> dict[str, int]:
        """Where each message of a kind is recorded; it must be at one place only."""
        found = [(record.id, at) for at, record in enumerate(self.records) if record.kind is kind]
        counted = Counter(name for name, _ in found)
        assert [name for name, count in counted.items() if count > 1] == []
        return dict(found)


@dataclass(frozen=True, slots=True)
class Agreed:
    """How much was held against each other."""

    messages: int
    receipts: int
    proofs: int
    """What came with messages: that they stand in their sender's log."""
    records: int
    acts: int


async def agree(a: Rooms, b: Rooms) -> Agreed:
    """Check two nodes at rest, each against the other's own store."""
    books = [await one.store.read(_book) for one in (a, b)]
    found = [await _side(a, b, *books), await _side(b, a, *reversed(books))]
    stories = [await us.store.read(_stories(them.authority)) for us, them in ((a, b), (b, a))]
    assert stories[0] == stories[1], "both tell the same of every thread"
    return Agreed(*(sum(column) for column in zip(*map(astuple, found), strict=True)))


async def _side(us: Rooms, them: Rooms, ours: Book, theirs: Book) -> Agreed:
    whole = await verify(us, lambda *_: None)
    assert whole.faults == ()
    sent, taken = ours.places(Kind.SENT), theirs.places(Kind.RECEIVED)
    assert sent.keys() == taken.keys(), "what one has sent the other has, and nothing else"
    out, back = (us.authority, them.authority), (them.authority, us.authority)
    for name, place in sent.items():
        for record in (ours.records[place], theirs.records[taken[name]]):
            assert (record.sender, record.recipient) == out
    public = us.cell.get().peer(them.authority).log
    receipts = await us.store.read(lambda tx: _receipts(tx, them.authority))
    _stand(receipts, public, theirs, Kind.RECEIVED, out)
    proofs = await us.store.read(lambda tx: _sender_proofs(tx, them.authority))
    _stand(proofs, public, theirs, Kind.SENT, back)
    return Agreed(len(sent), len(receipts), len(proofs), len(ours.raw), whole.acts)


def _book(tx: Tx) -> Book:
    head = tx.log.head()
    found = tx.log.records(range(head.size))
    raw = [found[index] for index in range(head.size)]
    records = [parse_record(one) for one in raw]
    times = [record.at for record in records]
    assert times == sorted(times), "a log never goes back in time"
    roots, frontier = [merkle.EMPTY_ROOT], dict[merkle.Address, bytes]()
    for size, one in enumerate(raw):
        grown = merkle.append(size, [leaf_hash(one)], merkle.reader_of(frontier))
        frontier = grown.frontier
        roots.append(grown.root)
    assert roots[-1] == head.root
    return Book(raw, records, roots)


def _receipts(tx: Tx, peer: str) -> list[tuple[Receipt, str]]:
    """Every receipt that a peer gave, with the note it is under."""
    threads = tx.threads.list(peer=peer, limit=ALL)
    return [_noted(tx, one) for row in threads for one in tx.messages.receipts_of(row.id).values()]


def _sender_proofs(tx: Tx, peer: str) -> list[tuple[Receipt, str]]:
    """Every proof that came with a message of a peer, with the note it is under."""
    threads = tx.threads.list(peer=peer, limit=ALL)
    return [
        _noted(tx, one) for row in threads for one in tx.messages.sender_proofs_of(row.id).values()
    ]


def _noted(tx: Tx, one: Receipt) -> tuple[Receipt, str]:
    note = tx.log.checkpoint(one.origin, one.size)
    assert note is not None, "the checkpoint of every proof is stored"
    return one, note


def _stand(
    found: Sequence[tuple[Receipt, str]],
    public: LogPublic,
    book: Book,
    kind: Kind,
    names: tuple[str, str],
) -> None:
    """Each proof verifies, and is what the log that it speaks of says itself."""
    places, (sender, recipient) = book.places(kind), names
    assert Counter(one.message_id for one, _ in found) == Counter(list(places))
    for one, note in found:
        head = _verified(note, origin=public.origin, public=public)
        assert head.root == book.roots[head.size], "a head that the log really had"
        proof = Proof(record=one.record, index=one.index, size=one.size, path=one.path)
        check_proof(proof, head, kind=kind, id=one.message_id, sender=sender, recipient=recipient)
        assert (one.index, one.record) == (places[one.message_id], book.raw[one.index])


def _stories(peer: str) -> Callable[[Tx], dict[str, list[Event]]]:
    """What happened in each thread, by whom and when, in words that both sides share."""

    def body(tx: Tx) -> dict[str, list[Event]]:
        rows = tx.threads.list(peer=peer, limit=ALL)
        return {row.id: sorted(events_of(tx, row), key=lambda one: one.id) for row in rows}

    return body
