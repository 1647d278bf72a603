"""Checking what this node holds as a stranger would: from the bytes, trusting no stored result.

The steps, each over everything:

1. the database file (pages, keys between tables);
2. each log: all records hashed again, the root compared with the head, the newest signed checkpoint
   verified and proven to be a beginning of it, the high-water mark not beyond it;
3. each message: its id is the hash of its signed bytes, its own record stands in the log;
4. each receipt of a peer, and each proof that came with a message: the checkpoint's signatures, the
   record, the path to its root;
5. who did what (`verify_journal`).

A finding is reported and the check goes on. What it does not do: repair, or ask anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from tracer.envelope.sdjwt import message_id
from tracer.errors import OperatorError, PeerError, TracerError
from tracer.evidence import merkle
from tracer.evidence.checkpoint import Checkpoint, LogPublic, verify_checkpoint
from tracer.evidence.proof import Proof, check_proof
from tracer.evidence.record import Kind, leaf_hash, parse_record
from tracer.exchange.ledger import HighWater
from tracer.node.fault import Fault
from tracer.node.rooms import Rooms
from tracer.node.verify_journal import Journalled, verify_journal
from tracer.store import Tx
from tracer.store.rows import MessageHead, Receipt
from tracer.trust.entry import verify_entry

Tell = Callable[[str, int, int], None]
RECORDS = 5000
"""Records hashed at once."""
THREADS = 100
"""Threads read at once."""


class Verified(Struct, frozen=True):
    """What was checked and what does not hold."""

    logs: int
    records: int
    messages: int
    receipts: int
    proofs: int
    acts: int
    faults: tuple[Fault, ...]


async def verify(rooms: Rooms, tell: Tell) -> Verified:
    """Check everything this node holds."""
    faults: list[Fault] = []
    try:
        await rooms.store.integrity_check()  # 1
    except OperatorError as error:
        faults.append(Fault("database", error.message))
    origins = await rooms.store.read(lambda tx: tx.log.origins())
    records = 0
    for origin in origins:  # 2
        records += await _Log(rooms, origin, tell).check(faults)
    _high_water(rooms, faults)
    threads = _Threads(rooms, await rooms.store.read(_logs_of), faults)
    await threads.check(tell)  # 3, 4
    journal = await journal_of(rooms, tell)  # 5
    faults += journal.faults
    return Verified(
        logs=len(origins),
        records=records,
        messages=threads.messages,
        receipts=threads.receipts,
        proofs=threads.proofs,
        acts=journal.acts,
        faults=tuple(faults),
    )


async def journal_of(rooms: Rooms, tell: Tell) -> Journalled:
    """Check who did what on this node, with its keys and the file beside its database."""
    return await verify_journal(
        rooms.store,
        keys=lambda origin: [key.public for key in rooms.keyring.journal_keys(origin)],
        reached=HighWater(rooms.home.journal_mark).read(),
        tell=tell,
    )


class _Log:
    """One log, hashed again from its records in bounded memory."""

    def __init__(self, rooms: Rooms, origin: str, tell: Tell) -> None:
        self._store = rooms.store
        self._public = rooms.keyring.log_key().public
        self._origin = origin
        self._tell = tell
        self._frontier: Mapping[merkle.Address, bytes] = {}

    async def check(self, faults: list[Fault]) -> int:
        """Number of records; what does not hold is added to `faults`."""
        head, signed = await self._store.read(
            lambda tx: (tx.log.head(self._origin), tx.log.newest_signed(self._origin))
        )
        stops = sorted({head.size, signed.size if signed else head.size})
        size, roots = 0, {}
        for stop in stops:
            size = await self._grow(size, stop, head.size)
            roots[stop] = merkle.root(size, merkle.reader_of(self._frontier))
            if size != stop:
                faults.append(Fault(self._origin, f"record {size} of {head.size} is missing"))
                return size
        if roots[head.size] != head.root:
            faults.append(Fault(self._origin, "the records do not lead to the root of the head"))
        if signed is not None and roots[signed.size] != signed.root:
            faults.append(Fault(self._origin, "the newest signed checkpoint has another root"))
        if signed is not None and self._origin == self._public.origin:
            try:
                verify_checkpoint(signed.note, origin=self._origin, public=self._public)
            except PeerError as error:
                faults.append(Fault(self._origin, error.message))
        return size

    async def _grow(self, size: int, stop: int, total: int) -> int:
        while size < stop:
            wanted = range(size, min(size + RECORDS, stop))
            found = await self._store.read(
                lambda tx, wanted=wanted: tx.log.records(wanted, origin=self._origin)  # type: ignore[misc]
            )
            if len(found) != len(wanted):
                return next(index for index in wanted if index not in found)
            leaves = [leaf_hash(found[index]) for index in wanted]
            known = dict(self._frontier)
            grown = merkle.append(size, leaves, merkle.reader_of(known))
            known |= grown.new_nodes
            size = grown.new_size
            self._frontier = {at: known[at] for at in merkle.frontier_nodes(size)}
            self._tell("hashing the log", size, total)
        return size


def _high_water(rooms: Rooms, faults: list[Fault]) -> None:
    mark = HighWater(rooms.home.high_water).read()
    head = rooms.store.head
    if mark is not None and mark[0] == head.origin and mark[1] > head.size:
        faults.append(
            Fault(head.origin, f"{mark[1]} records were signed once, {head.size} are here")
        )


def _logs_of(tx: Tx) -> dict[str, LogPublic]:
    """The keys of every log that an entry we ever believed has named, by origin."""
    found: dict[str, LogPublic] = {}
    for peer in tx.peers.all():
        for data in tx.peers.entries(peer.authority):
            log = verify_entry(data).entry.log
            found[log.origin] = log.public()
    return found


class _Threads:
    """All messages with their receipts and proofs, a page of threads at a time."""

    def __init__(self, rooms: Rooms, logs: Mapping[str, LogPublic], faults: list[Fault]) -> None:
        self._store = rooms.store
        self._us = rooms.authority
        self._logs = logs
        self._faults = faults
        self._seen: dict[tuple[str, int], Checkpoint | str] = {}
        self.messages = self.receipts = self.proofs = 0

    async def check(self, tell: Tell) -> None:
        """Check page after page."""
        after, done = "", 0
        while True:
            last, count = await self._store.read(lambda tx, after=after: self._page(tx, after))  # type: ignore[misc]
            done += count
            tell("checking messages", done, done + (THREADS if count == THREADS else 0))
            if count < THREADS:
                return
            after = last

    def _page(self, tx: Tx, after: str) -> tuple[str, int]:
        threads = tx.threads.list(after=after, limit=THREADS)
        heads = tx.messages.heads([thread.id for thread in threads])
        for thread in threads:
            receipts = tx.messages.receipts_of(thread.id)
            proofs = tx.messages.sender_proofs_of(thread.id)
            signed = {row.id: row.jws for row in tx.messages.of_thread(thread.id)}
            for head in heads[thread.id]:
                self._note(head.id, self._message(tx, head, signed.get(head.id)))
                for proof, kind in (
                    (receipts.get(head.id), Kind.RECEIVED),
                    (proofs.get(head.id), Kind.SENT),
                ):
                    if proof is not None:
                        self._note(head.id, self._proof(tx, proof, kind))
        return (threads[-1].id if threads else after), len(threads)

    def _note(self, where: str, found: Iterator[str]) -> None:
        self._faults.extend(Fault(where, what) for what in found)

    def _message(self, tx: Tx, head: MessageHead, jws: str | None) -> Iterator[str]:
        self.messages += 1
        if jws is not None and message_id(jws) != head.id:
            yield "the message is not the one its name says"
        raw = tx.log.records((head.leaf_index,), origin=head.origin).get(head.leaf_index)
        if raw is None:
            yield "its record is missing in our log"
        elif _recorded(raw) != head.id:
            yield "the record in our log is of another message"

    def _proof(self, tx: Tx, proof: Receipt, kind: Kind) -> Iterator[str]:
        if kind is Kind.RECEIVED:
            self.receipts += 1
            parties = (self._us, proof.peer)
        else:
            self.proofs += 1
            parties = (proof.peer, self._us)
        checkpoint = self._checkpoint(tx, proof.origin, proof.size)
        if isinstance(checkpoint, str):
            yield checkpoint
            return
        shown = Proof(record=proof.record, index=proof.index, size=proof.size, path=proof.path)
        sender, recipient = parties
        try:
            check_proof(
                shown,
                checkpoint,
                kind=kind,
                id=proof.message_id,
                sender=sender,
                recipient=recipient,
            )
        except PeerError as error:
            yield f"{kind} by {recipient}: {error.message}"

    def _checkpoint(self, tx: Tx, origin: str, size: int) -> Checkpoint | str:
        if (origin, size) not in self._seen:
            self._seen[origin, size] = self._read(tx, origin, size)
        return self._seen[origin, size]

    def _read(self, tx: Tx, origin: str, size: int) -> Checkpoint | str:
        note, public = tx.log.checkpoint(origin, size), self._logs.get(origin)
        if note is None:
            return f"the checkpoint {origin} {size} of its proof is missing"
        if public is None:
            return f"no entry we hold names the log {origin}"
        try:
            checkpoint = verify_checkpoint(note, origin=origin, public=public)
        except TracerError as error:
            return f"the checkpoint {origin} {size}: {error.message}"
        return checkpoint if checkpoint.size == size else f"the checkpoint is not of size {size}"


def _recorded(raw: bytes) -> str:
    """The id that a record names; empty if it is none."""
    try:
        return parse_record(raw).id
    except ValueError:
        return ""
