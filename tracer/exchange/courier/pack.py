"""Pack: what waits for a peer, as sealed files for a courier.

The steps:

1. gather: messages of the outbox in order, attachments that the peer has not got, receipts owed,
   sizes of our log that it may remember (`gather`); the newest head that our witnesses signed;
2. prove all of it under one checkpoint, seal the messages, as `parcel` does for the line;
3. spread it over files of at most the limit, attachments after messages, each file complete in
   itself: state, shown head, answers, batches, attachments (`spread`);
4. sign a manifest for each;
5. ONE transaction: the files, what they hold, the outbox ("with the courier"), who did it;
6. write each file: a temporary one, fsync, rename, fsync of the folder.

A crash after 5 leaves messages that are said to be with the courier while no file exists; packing
again makes the file. The other order could leave a file whose receipts would come from before any
attempt that we know of. A message stays queued: the line is tried as before, and whichever way
brings it first, the other finds it there. It goes into every file until its receipt is here, so
that files may get lost and come in any order. So does a head that our quorum signed and that holds
more than the one the peer is known to have got: a file is written for it alone, too.

What it does not do: decide who may pack (`casework.courier`), or carry.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tracer.canonical import canonical_json
from tracer.clock import Clock, stamp
from tracer.envelope.jwk import SealPublic, SigningKey
from tracer.errors import InputError
from tracer.evidence.checkpoint import Checkpoint
from tracer.exchange import batch as wire
from tracer.exchange.courier.disk import write_whole
from tracer.exchange.courier.form import (
    MAX_PROOFS,
    Manifest,
    Preamble,
    sign_manifest,
    write_file,
)
from tracer.exchange.courier.gather import Gather, Gathered
from tracer.exchange.courier.spread import LEAST, LIMIT, Body, File, batches_of, cut, spread
from tracer.exchange.log.ledger import Ledger
from tracer.exchange.sealing import seal_proved
from tracer.exchange.shown import Shown
from tracer.exchange.uploads import Shelf
from tracer.exchange.witness.witnessed import Showing, Taking, Unasked
from tracer.exchange.witness.witnessed import Shown as WitnessedBody
from tracer.store import Store, Tx
from tracer.store.courier import CourierFile
from tracer.trust.directory import Peer

STALE = timedelta(days=1)
"""A file that lies in the node's folder for longer was forgotten there by a command that broke."""

Note = Callable[[Tx, Sequence[CourierFile]], None]
"""Puts the packing on record, in its transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A file that was written, and what it holds."""

    id: str
    path: Path
    number: int
    part: int
    parts: int
    size: int
    messages: int
    receipts: int
    attachments: int
    witnessed: bool
    """Whether it brings a head of our log that our witnesses signed."""


class Pack:
    """The verb: files for one peer, in a folder of this node."""

    def __init__(
        self,
        *,
        store: Store,
        ledger: Ledger,
        clock: Clock,
        authority: str,
        key: Callable[[], SigningKey],
        entry: Callable[[], bytes],
        shelf: Shelf,
        shown: Shown,
        showing: Showing,
        taking: Taking,
        folder: Path,
        batch_limit: int,
        batch_bytes: int,
        fault: Callable[[str], None] | None = None,
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._clock = clock
        self._authority = authority
        self._key = key
        self._entry = entry
        self._shelf = shelf
        self._gather = Gather(authority=authority, shelf=shelf, shown=shown)
        self._showing = showing
        self._taking = taking
        self._folder = folder
        self._batch_limit = batch_limit
        self._batch_bytes = batch_bytes
        self._fault = fault or (lambda _: None)
        self._lock = asyncio.Lock()

    async def __call__(
        self,
        peer: Peer,
        *,
        by: str,
        note: Note,
        limit: int = LIMIT,
        messages: bool = True,
        refusals: Sequence[wire.Reply] = (),
    ) -> tuple[Packed, ...]:
        """Pack what waits for `peer`; nothing is written if nothing waits.

        Args:
            peer: For whom.
            by: Who does it, for the list of files.
            note: Puts it on record in the same transaction.
            limit: Most bytes of one file.
            messages: Whether our messages go too; else only what answers the peer's.
            refusals: Signed refusals of what the peer's last file held.

        Raises:
            InputError: `courier-limit`.
            OperatorError: `seal-key-missing`, `disk-failed`, or the store failed.
        """
        if limit < LEAST:
            raise InputError("courier-limit", f"a file has at least {LEAST} bytes", field="limit")
        async with self._lock:
            now = self._clock.now()
            if messages:  # not while a file is being taken in
                self._tidy(now)
            # 1. Gather.
            found = await self._store.read(
                lambda tx: self._gather(tx, peer.authority, entry=self._entry(), messages=messages)
            )
            shown = await self._showing.unasked(
                wanted=found.carried.wanted,
                held=[*found.sizes, *found.carried.under, *found.carried.witnessed],
            )
            if not (found.waits or refusals or _is_news(shown, found)):
                return ()
            # 2. Prove and seal.
            witnessed = await self._witnessed(peer, shown)
            head, state = await self._head(peer, found)
            answers = await self._answers(found, refusals, head)
            sealed = await self._sealed(peer, found, head)
            # 3. and 4. Files and their manifests.
            files = spread(
                state=state,
                held=found.held,
                witnessed=witnessed,
                answers=answers,
                batches=sealed,
                uploads=found.uploads,
                limit=limit,
            )
            return await self._write(peer, files, found, head, now=now, by=by, note=note)

    async def _head(self, peer: Peer, found: Gathered) -> tuple[_Head, bytes]:
        leaves = [one.leaf for one in found.messages]
        leaves += [one.leaf_index for one in found.owed.values()]
        checkpoint = await self._ledger.checkpoint(covering=max(leaves, default=-1) + 1)
        sizes = sorted({size for size in found.sizes if 0 < size < checkpoint.size})[-MAX_PROOFS:]
        proofs = [await self._ledger.consistency(size, checkpoint) for size in sizes]
        state = canonical_json(
            {"held": list(found.held), "proofs": proofs, "yours": found.yours},
        )
        head = _Head(checkpoint, found.remembered, peer.seal_key(self._clock.now()))
        return head, state

    async def _witnessed(self, peer: Peer, shown: Unasked | None) -> Body | None:
        """What is shown of our log and wanted of the peer's; None if it is neither."""
        wanted = await self._taking.wanted(peer)
        if shown is None:
            body = WitnessedBody(wire.PROFILE, None, [], wanted)
            return ([], canonical_json(body)) if wanted else None
        body = WitnessedBody(wire.PROFILE, shown.note, shown.proofs, wanted)
        return [str(shown.size)] if shown.quorum else [], canonical_json(body)

    async def _answers(
        self, found: Gathered, refusals: Sequence[wire.Reply], head: _Head
    ) -> list[Body]:
        """Receipts owed, and refusals, as answers of at most as many lines as a batch has."""
        leaves = [(one.leaf_index, one.record) for one in found.owed.values()]
        proofs = await self._ledger.proofs(leaves, head.checkpoint)
        lines = [
            wire.Reply(name, receipt=proof.to_wire())
            for name, proof in zip(found.owed, proofs, strict=True)
        ]
        lines += [one for one in refusals if one.id not in found.owed]
        return [
            ([line.id for line in part if line.id in found.owed], wire.write(head.wire, part))
            for part in cut(lines, self._batch_limit)
        ]

    async def _sealed(self, peer: Peer, found: Gathered, head: _Head) -> list[Body]:
        """Our messages as batches, in the order of the outbox."""
        leaves = [(one.leaf, one.record) for one in found.messages]
        proofs = await self._ledger.proofs(leaves, head.checkpoint)
        us, them = self._authority, peer.authority

        def work() -> list[tuple[str, str]]:
            return [
                (
                    one.id,
                    seal_proved(one.id, one.compact, proof, to=head.to, sender=us, recipient=them),
                )
                for one, proof in zip(found.messages, proofs, strict=True)
            ]

        parts = batches_of(
            await asyncio.to_thread(work), most=self._batch_limit, most_bytes=self._batch_bytes
        )
        return [
            (
                [name for name, _ in part],
                wire.write(head.wire, [wire.Sealed(jwe) for _, jwe in part]),
            )
            for part in parts
        ]

    async def _write(
        self,
        peer: Peer,
        files: Sequence[File],
        found: Gathered,
        head: _Head,
        *,
        now: datetime,
        by: str,
        note: Note,
    ) -> tuple[Packed, ...]:
        first = await self._store.read(lambda tx: tx.courier.next_number(peer.authority))
        signed = [
            self._signed(peer, file, found, now=now, number=first + n, part=n + 1, parts=len(files))
            for n, file in enumerate(files)
        ]
        rows = [
            CourierFile(
                id=preamble.id,
                peer=peer.authority,
                direction="out",
                number=first + n,
                part=n + 1,
                parts=len(files),
                at=stamp(now),
                by=by,
                log_size=head.checkpoint.size,
            )
            for n, preamble in enumerate(signed)
        ]

        # 5. On record before it is in the world.
        def body(tx: Tx) -> None:
            self._ledger.flush(tx)
            for row, file in zip(rows, files, strict=True):
                tx.courier.put(row, file.load)
            tx.outbox.carried([row.seq for row in found.rows])
            note(tx, rows)

        await self._store.write(body)
        # 6. The files.
        packed = []
        for row, file, preamble in zip(rows, files, signed, strict=True):
            path = self._folder / f"out-{row.id}"
            await asyncio.to_thread(self._file, path, peer.authority, file, preamble, head.to)
            packed.append(_packed(row, file, path))
        return tuple(packed)

    def _tidy(self, now: datetime) -> None:
        for path in self._folder.glob("*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < (now - STALE).timestamp():
                    path.unlink()

    def _signed(
        self,
        peer: Peer,
        file: File,
        found: Gathered,
        *,
        now: datetime,
        number: int,
        part: int,
        parts: int,
    ) -> Preamble:
        manifest = Manifest(
            v=1,
            sender=self._authority,
            recipient=peer.authority,
            at=stamp(now),
            number=number,
            part=part,
            parts=parts,
            seen=tuple(found.seen),
            items=tuple(file.items),
        )
        return Preamble(found.entries, sign_manifest(manifest, key=self._key()))

    def _file(
        self, path: Path, recipient: str, file: File, preamble: Preamble, to: SealPublic
    ) -> None:
        pieces = write_file(
            preamble, self._contents(file), to=to, sender=self._authority, recipient=recipient
        )
        write_whole(path, pieces, fault=self._fault)

    def _contents(self, file: File) -> Iterator[bytes]:
        for _, body in file.small:
            yield body
        for row in file.attachments:
            yield from self._shelf.read(row.digest, 0)


@dataclass(frozen=True, slots=True)
class _Head:
    """The checkpoint that all of an export is proved under, and whom it is sealed to."""

    checkpoint: Checkpoint
    remembers: int
    to: SealPublic

    @property
    def wire(self) -> wire.Head:
        """The first line of each batch and answer; its proof is chosen by the reader."""
        return wire.Head(
            profile=wire.PROFILE,
            checkpoint=self.checkpoint.note,
            consistency=None,
            remembers=self.remembers,
        )


def _is_news(shown: Unasked | None, found: Gathered) -> bool:
    """Whether the peer has got messages or receipts that this head is the first to hold."""
    return shown is not None and shown.quorum and found.carried.waits(shown.size)


def _packed(row: CourierFile, file: File, path: Path) -> Packed:
    return Packed(
        id=row.id,
        path=path,
        number=row.number,
        part=row.part,
        parts=row.parts,
        size=path.stat().st_size,
        messages=len(file.load.get("message", ())),
        receipts=len(file.load.get("receipt", ())),
        attachments=len(file.attachments),
        witnessed=bool(file.load.get("witnessed")),
    )
