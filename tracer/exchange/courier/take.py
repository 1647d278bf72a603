"""Take: a courier file is checked whole, then does what its batches and answers do on the line.

The steps; the first failure is the refusal, and until step 10 nothing is written:

1. the gate: not while the node restores, not below the disk reserve
2. form of the first line · 3. it is for us; its sender is known and active
4. open · 5. the first line inside · 6. the id on the seal is the hash of the manifest
7. its entries, as far as they go on from the one we hold, count for what comes
8. the manifest's signature, form, parties, key and clock
9. every item against its digest, to the end of the file; the form of all but attachments
10. the entries are kept · 11. what the sender holds of our log: restore mode if we have lost some
12. answers (`settle`), batches (`receive`), the head that witnesses signed (`witnessed`),
    attachments (`uploads`): each commits as on the line
13. ONE transaction: the file, what we owe for it, what it confirms and wants, who took it in

An import that breaks off is begun again: what is committed gets its receipt again. The same file,
an older one or two in any order are taken alike, since each message is known by its id. Quotas of
bytes and connections are the line's; a person who takes a file in stands for them. A shown head
that does not hold keeps no message from being taken, as on the line; a contradiction is evidence.

What it does not do: decide who may (`casework.courier`), or judge a message: `receive` does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from msgspec import UNSET

from tracer.clock import Clock, stamp
from tracer.envelope.jwe import parse
from tracer.envelope.jws import claimed_key, read_object
from tracer.errors import PeerError
from tracer.evidence.proof import parse_consistency
from tracer.exchange import batch as wire
from tracer.exchange.courier.form import (
    Item,
    Reader,
    State,
)
from tracer.exchange.courier.look import Look, Opened, pieces_of
from tracer.exchange.introduce import Introduce
from tracer.exchange.receive import Receive
from tracer.exchange.refusals import TYP as REFUSAL_TYP
from tracer.exchange.settle import Settle
from tracer.exchange.uploads import Intake
from tracer.exchange.witness.witnessed import Taking
from tracer.log import get_logger
from tracer.store import OutboxRow, Store, Tx
from tracer.store.courier import CourierFile
from tracer.trust.directory import Peer
from tracer.trust.entry import VerifiedEntry

_log = get_logger("exchange.courier")
Note = Callable[[Tx, CourierFile], None]
"""Puts the import on record, in its transaction."""
Entered = Callable[[Tx, VerifiedEntry], None]
"""Puts it on record that the sender's next entry counts, in its transaction."""
Shown = Callable[[str, str], Awaitable[None]]
"""Given an authority and the newest checkpoint of our log that it has seen; closes the gate if we
have lost what it covers."""


@dataclass(slots=True, kw_only=True)
class Taken:
    """What came of a file."""

    file: CourierFile
    peer: Peer
    entry: bool = False
    """Whether a newer entry of the sender was taken."""
    aside: str = ""
    messages: int = 0
    new: int = 0
    """Messages that were not here before."""
    refused: list[tuple[str, str]] = field(default_factory=list)
    """Id and code of each message that was not taken."""
    refusals: list[wire.Reply] = field(default_factory=list)
    """The signed ones, to carry back."""
    settled: int = 0
    """Messages of ours whose receipts it brought."""
    undelivered: int = 0
    """Messages of ours that it refuses for good."""
    witnessed: int = 0
    """Lines of witnesses and proofs about the sender's log that were new."""
    unwitnessed: str = ""
    """Why the head it shows with lines of witnesses does not hold; empty if it does."""
    attachments: int = 0
    left: int = 0
    """Attachments that no message here announces (yet), or that are being sent just now."""


class Take:
    """The verb: one file that lies in a folder of this node."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        look: Look,
        introduce: Introduce,
        receive: Receive,
        settle: Settle,
        intake: Intake,
        taking: Taking,
        gate: Callable[[], None],
        batch_limit: int,
    ) -> None:
        self._store = store
        self._clock = clock
        self._look = look
        self._introduce = introduce
        self._receive = receive
        self._settle = settle
        self._intake = intake
        self._taking = taking
        self._gate = gate
        self._batch_limit = batch_limit
        self._lock = asyncio.Lock()

    async def __call__(
        self, path: Path, *, by: str, note: Note, entered: Entered, shown: Shown
    ) -> Taken:
        """Take a file in.

        Raises:
            PeerError: the first check that fails; nothing was done.
            OperatorError: the disk or the store failed; take the file in again.
        """
        async with self._lock:
            # 1. to 9. Nothing is written.
            self._gate()
            opened = await asyncio.to_thread(self._look, path)
            # 10. and 11. The sender as it is now, and whether we have lost anything.
            peer = opened.peer
            for entry in opened.entries:
                peer = await self._introduce(entry, by=by, note=entered)
            if opened.state.yours is not None:
                await shown(peer.authority, opened.state.yours)
                self._gate()
            # 12. What it brings.
            taken = Taken(
                file=self._row(opened, by),
                peer=peer,
                entry=bool(opened.entries),
                aside=opened.aside,
            )
            for body in opened.answers:
                await self._answer(peer, opened, body, taken)
            owed = [name for body in opened.batches for name in _ids(body, self._batch_limit)]
            for body in opened.batches:
                await self._batch(peer, opened, body, taken)
            await self._shown(peer, opened, taken)
            held = await self._attachments(path, peer, opened, taken)
            # 13. On record.
            await self._store.write(
                lambda tx: self._note(tx, opened, taken, owed=owed, held=held, note=note)
            )
            return taken

    async def _answer(self, peer: Peer, opened: Opened, body: bytes, taken: Taken) -> None:
        """Settle; what was given up meanwhile counts again, since there is an answer."""
        body = self._led(peer, opened.state, body)
        ids = [one.id for one in wire.read_answer(body, limit=self._batch_limit).replies]
        rows = await self._store.write(lambda tx: _rows(tx, peer.authority, ids))
        done = await self._settle(peer, rows, body, limit=len(ids), line=False)
        taken.settled += done.delivered
        taken.undelivered += done.refused

    async def _batch(self, peer: Peer, opened: Opened, body: bytes, taken: Taken) -> None:
        body = self._led(peer, opened.state, body)
        ids = _ids(body, self._batch_limit)
        before = await self._store.read(lambda tx: tx.messages.known(peer.authority, ids))
        answer = wire.read_answer(await self._receive(peer, body), limit=len(ids))
        taken.messages += len(answer.replies)
        for reply in answer.replies:
            if reply.refusal is UNSET:
                taken.new += reply.id not in before
            elif reply.id:
                taken.refusals.append(reply)
        taken.refused += [
            (one.id, _code(one)) for one in answer.replies if one.refusal is not UNSET
        ]

    async def _shown(self, peer: Peer, opened: Opened, taken: Taken) -> None:
        """The head that witnesses signed; that nothing joins it to the one before is no failure."""
        if opened.shown is None:
            return
        try:
            taken.witnessed = await self._taking(peer, opened.shown, asked=False)
        except PeerError as error:
            _log.warning("courier.unwitnessed", peer=peer.authority, code=error.code)
            taken.unwitnessed = error.code

    def _led(self, peer: Peer, state: State, body: bytes) -> bytes:
        """The body with the proof that leads from what we remember, if the file brings it."""
        remembered = self._store.glance(lambda tx: tx.peers.remembered(peer.authority))
        if remembered is None:
            return body
        first, _, rest = body.partition(b"\n")
        head = wire.read_lines(first + b"\n", wire.Reply, limit=0)[0]
        for proof in state.proofs:
            try:
                fits = parse_consistency(proof).old == remembered.size
            except PeerError:
                continue
            if fits:
                led = msgspec.structs.replace(head, consistency=proof)
                return wire.write(led, ()) + rest
        return body

    async def _attachments(self, path: Path, peer: Peer, opened: Opened, taken: Taken) -> list[str]:
        """Take the attachments that are announced; the digests of those that are here whole."""
        held: list[str] = []
        with path.open("rb") as file:
            file.seek(opened.start)
            reader = Reader(pieces_of(file), opened.stream)
            reader.skip(opened.before)
            for item in opened.attachments:
                pieces = reader.take(item.size)
                try:
                    await self._attachment(peer, item, pieces)
                except PeerError as error:
                    if error.code in {"courier-damaged", "too-large", "attachment-digest"}:
                        raise
                    taken.left += 1
                else:
                    held.append(item.digest)
                for _ in pieces:  # what of it was here already, or is not wanted
                    pass
        taken.attachments = len(held)
        return held

    async def _attachment(self, peer: Peer, item: Item, pieces: Iterator[bytes]) -> None:
        there = await self._intake.offset(peer, item.digest)
        if not there.complete:
            chunks = _after(pieces, there.stored)
            done = await self._intake.take(peer, item.digest, offset=there.stored, chunks=chunks)
            if not done.complete:
                raise PeerError("attachment-offset", "the announced size is another one")

    def _row(self, opened: Opened, by: str) -> CourierFile:
        manifest = opened.manifest
        heads = [
            wire.read_lines(b.partition(b"\n")[0] + b"\n", wire.Reply, limit=0)[0]
            for b in (*opened.answers, *opened.batches)
        ]
        return CourierFile(
            id=opened.id,
            peer=manifest.sender,
            direction="in",
            number=manifest.number,
            part=manifest.part,
            parts=manifest.parts,
            at=stamp(self._clock.now()),
            by=by,
            log_size=max((head.remembers for head in heads), default=0),
        )

    def _note(
        self,
        tx: Tx,
        opened: Opened,
        taken: Taken,
        *,
        owed: Sequence[str],
        held: Sequence[str],
        note: Note,
    ) -> None:
        dead = {name for name, code in taken.refused if code != "parents-missing"}
        load = [name for name in owed if name not in dead]
        tx.courier.put(taken.file, {"receipt": load, "held": held})
        if opened.shown is not None:
            tx.courier.want(taken.file, opened.shown.wanted)
        tx.courier.confirm(taken.file.peer, opened.manifest.seen)
        for digest in opened.state.held:
            row = tx.attachments.get(digest, peer=taken.file.peer)
            if row is not None and row.direction == "out":
                tx.attachments.complete(digest, peer=row.peer)
        note(tx, taken.file)


def _rows(tx: Tx, peer: str, ids: Sequence[str]) -> list[OutboxRow]:
    wanted = set(ids)
    open_ = [*tx.outbox.carry(peer), *tx.outbox.rows(peer=peer, state="held")]
    rows = [row for row in open_ if row.message_id in wanted]
    tx.outbox.carried([row.seq for row in rows if row.state == "undeliverable"])
    return rows


def _ids(body: bytes, limit: int) -> list[str]:
    """Ids of the messages of a batch, of those seals that can be read."""
    found = []
    for one in wire.read_batch(body, limit=limit).messages:
        try:
            found.append(parse(one.jwe).id)
        except PeerError:
            continue
    return found


def _code(reply: wire.Reply) -> str:
    """The code of a refusal that we have just signed."""
    return str(read_object(claimed_key(str(reply.refusal), typ=REFUSAL_TYP)[1])["code"])


async def _after(pieces: Iterator[bytes], offset: int) -> AsyncIterator[bytes]:
    """What comes after the first `offset` bytes."""
    for piece in pieces:
        if offset >= len(piece):
            offset -= len(piece)
            continue
        yield piece[offset:]
        offset = 0
