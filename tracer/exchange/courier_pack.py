"""Pack: what waits for a peer, as sealed files for a courier.

The steps:

1. gather: messages of the outbox in order, attachments that the peer has not got, receipts owed,
   sizes of our log that it may remember;
2. prove all of it under one checkpoint, seal the messages, as `parcel` does for the line;
3. spread it over files of at most the limit, attachments after messages, each file complete in
   itself: state, answers, batches, attachments;
4. sign a manifest for each;
5. ONE transaction: the files, what they hold, the outbox ("with the courier"), who did it;
6. write each file: a temporary one, fsync, rename, fsync of the folder.

A crash after 5 leaves messages that are said to be with the courier while no file exists; packing
again makes the file. The other order could leave a file whose receipts would come from before any
attempt that we know of. A message stays queued: the line is tried as before, and whichever way
brings it first, the other finds it there. It goes into every file until its receipt is here, so
that files may get lost and come in any order.

What it does not do: decide who may pack (`casework.courier`), or carry.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tracer.canonical import canonical_json
from tracer.clock import Clock, stamp
from tracer.envelope.content import pack
from tracer.envelope.jwe import seal
from tracer.envelope.jwk import SealPublic, SigningKey
from tracer.envelope.stream import cipher_size
from tracer.errors import InputError
from tracer.evidence.checkpoint import Checkpoint
from tracer.exchange import batch as wire
from tracer.exchange.courier_disk import write_whole
from tracer.exchange.courier_form import (
    MAX_CHAIN,
    MAX_ENTRIES,
    MAX_HELD,
    MAX_ITEMS,
    MAX_PREAMBLE,
    MAX_PROOFS,
    MAX_SEAL_LINE,
    MAX_SEEN,
    MAX_SMALL,
    Item,
    Manifest,
    Preamble,
    item_of,
    sign_manifest,
    write_file,
)
from tracer.exchange.ledger import Ledger
from tracer.exchange.shown import Shown
from tracer.exchange.uploads import Shelf
from tracer.store import AttachmentRow, Known, OutboxRow, Store, Tx
from tracer.store.courier import CourierFile, Kind
from tracer.store.rows import Outgoing
from tracer.trust.directory import Peer

LIMIT = 200 * 1024 * 1024
"""Bytes of one file, unless told otherwise."""
LEAST = 4 * 1024 * 1024
"""The smallest limit: a file has room for one batch and the entry."""
_SPARE = MAX_PREAMBLE + MAX_SEAL_LINE + 1024 * 1024
"""What a file needs beside messages, answers and attachments: entry, manifest, state."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gathered:
    """What one read of the store gives."""

    rows: Sequence[OutboxRow]
    messages: Sequence[Outgoing]
    uploads: Sequence[AttachmentRow]
    owed: dict[str, Known]
    held: Sequence[str]
    seen: Sequence[str]
    sizes: Sequence[int]
    remembered: int
    yours: str | None
    entries: tuple[bytes, ...]


@dataclass(slots=True)
class _File:
    """One file in the making: its small items, its attachments, what it is noted to hold."""

    small: list[tuple[Item, bytes]] = field(default_factory=list)
    attachments: list[AttachmentRow] = field(default_factory=list)
    load: dict[Kind, list[str]] = field(default_factory=dict)
    size: int = 0

    def add(self, kind: Kind, names: Sequence[str], item: Item, body: bytes) -> None:
        """Put in an item that is at hand."""
        self.small.append((item, body))
        self.load.setdefault(kind, []).extend(names)
        self.size += item.size

    @property
    def items(self) -> list[Item]:
        """The lines of its manifest."""
        files = [Item("attachment", row.digest, row.size) for row in self.attachments]
        return [*(item for item, _ in self.small), *files]


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
        self._shown = shown
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
            found = await self._store.read(lambda tx: self._gather(tx, peer.authority, messages))
            if not (found.messages or found.uploads or found.owed or found.held or refusals):
                return ()
            # 2. Prove and seal.
            head, state = await self._head(peer, found)
            answers = await self._answers(found, refusals, head)
            sealed = await self._sealed(peer, found, head)
            # 3. and 4. Files and their manifests.
            files = self._spread(found, state, answers, sealed, limit=limit)
            return await self._write(peer, files, found, head, now=now, by=by, note=note)

    def _gather(self, tx: Tx, peer: str, messages: bool) -> _Gathered:  # noqa: FBT001
        rows = tx.outbox.carry(peer) if messages else []
        ids = [row.message_id for row in rows]
        remembered = tx.peers.remembered(peer)
        said = tx.peers.state(peer).sent_size
        return _Gathered(
            rows=rows,
            messages=tx.messages.outgoing(peer, ids),
            uploads=self._uploads(tx, peer, ids) if messages else [],
            owed=tx.messages.known(peer, tx.courier.owed(peer, "receipt")),
            held=tx.courier.owed(peer, "held")[:MAX_HELD],
            seen=tx.courier.taken(peer, MAX_SEEN),
            sizes=[*tx.courier.sizes(peer), said, self._shown.since(peer, said)],
            remembered=0 if remembered is None else remembered.size,
            yours=None if remembered is None else remembered.note,
            entries=_chain(tx.peers.entries(self._authority), self._entry()),
        )

    def _uploads(self, tx: Tx, peer: str, going: Sequence[str]) -> list[AttachmentRow]:
        """Attachments of what goes now, and of what is there without them."""
        rows = tx.attachments.pending(peer, incoming=False)
        rows += [
            row
            for name in going
            for row in tx.attachments.for_message(name)
            if row.peer == peer and row.state != "complete"
        ]
        whole = {row.digest: row for row in rows if self._shelf.path(row.digest).exists()}
        return list(whole.values())

    async def _head(self, peer: Peer, found: _Gathered) -> tuple[_Head, bytes]:
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

    async def _answers(
        self, found: _Gathered, refusals: Sequence[wire.Reply], head: _Head
    ) -> list[tuple[list[str], bytes]]:
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
            for part in _cut(lines, self._batch_limit)
        ]

    async def _sealed(
        self, peer: Peer, found: _Gathered, head: _Head
    ) -> list[tuple[list[str], bytes]]:
        """Our messages as batches, in the order of the outbox."""
        leaves = [(one.leaf, one.record) for one in found.messages]
        proofs = await self._ledger.proofs(leaves, head.checkpoint)

        def work() -> list[tuple[str, str]]:
            return [
                (
                    one.id,
                    seal(
                        pack(one.compact, proof.to_wire()),
                        to=head.to,
                        sender=self._authority,
                        recipient=peer.authority,
                        message_id=one.id,
                    ),
                )
                for one, proof in zip(found.messages, proofs, strict=True)
            ]

        parts = self._batches(await asyncio.to_thread(work))
        return [
            (
                [name for name, _ in part],
                wire.write(head.wire, [wire.Sealed(jwe) for _, jwe in part]),
            )
            for part in parts
        ]

    def _batches(self, sealed: Sequence[tuple[str, str]]) -> list[list[tuple[str, str]]]:
        """Cut into batches that are neither too many messages nor too many bytes."""
        bound, size = min(self._batch_bytes, LEAST - _SPARE) - MAX_PREAMBLE, 0
        parts: list[list[tuple[str, str]]] = []
        for one in sealed:
            size += len(one[1])
            if not parts or len(parts[-1]) == self._batch_limit or size > bound:
                parts.append([])
                size = len(one[1])
            parts[-1].append(one)
        return parts

    def _spread(
        self,
        found: _Gathered,
        state: bytes,
        answers: Sequence[tuple[list[str], bytes]],
        batches: Sequence[tuple[list[str], bytes]],
        *,
        limit: int,
    ) -> list[_File]:
        room = limit - _SPARE - cipher_size(limit) + limit  # less what encryption adds
        files = [_begun(state, found.held)]

        def at(size: int, most: int) -> _File:
            last = files[-1]
            if last.size + size > most or len(last.items) == MAX_ITEMS:
                files.append(_begun(state, found.held))
            return files[-1]

        small = min(room, MAX_SMALL - _SPARE)
        for names, body in answers:
            at(len(body), small).add("receipt", names, item_of("answer", body), body)
        for names, body in batches:
            at(len(body), small).add("message", names, item_of("batch", body), body)
        for row in found.uploads:
            if row.size > room:
                least = row.size + limit - room
                raise InputError(
                    "courier-limit",
                    f"an attachment of {row.size} bytes does not fit into files of {limit}",
                    advice=f"Give a --limit of at least {-(-least // 1024**2) + 1} MB.",
                    field="limit",
                )
            file = at(row.size, room)
            file.attachments.append(row)
            file.load.setdefault("attachment", []).append(row.digest)
            file.size += row.size
        return files

    async def _write(
        self,
        peer: Peer,
        files: Sequence[_File],
        found: _Gathered,
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
        file: _File,
        found: _Gathered,
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
        self, path: Path, recipient: str, file: _File, preamble: Preamble, to: SealPublic
    ) -> None:
        pieces = write_file(
            preamble, self._contents(file), to=to, sender=self._authority, recipient=recipient
        )
        write_whole(path, pieces, fault=self._fault)

    def _contents(self, file: _File) -> Iterator[bytes]:
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


def _chain(earlier: Sequence[bytes], newest: bytes) -> tuple[bytes, ...]:
    """Our newest entries, as many as fit, so that a reader who missed some can follow."""
    chain, size = [newest], len(newest)
    for one in reversed([one for one in earlier if one != newest]):
        size += len(one)
        if len(chain) == MAX_ENTRIES or size > MAX_CHAIN:
            break
        chain.insert(0, one)
    return tuple(chain)


def _begun(state: bytes, held: Sequence[str]) -> _File:
    file = _File()
    file.add("held", held, item_of("state", state), state)
    return file


def _cut(lines: Sequence[Any], most: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(lines), most):
        yield lines[start : start + most]


def _packed(row: CourierFile, file: _File, path: Path) -> Packed:
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
    )
