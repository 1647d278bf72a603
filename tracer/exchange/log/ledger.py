"""The node's own log at work: signs committed heads, hands out proofs.

Rules (protocol 3.4): leaves, size, root and time of the head commit together with what they record;
only a committed head is signed; the signature is stored with the next commit (`flush`); after a
crash the same head is signed again, which is the same statement. One signed checkpoint serves
everything that was committed in its group. The highest signed size is also kept outside the
database and its backups (`HighWater`), so that a restored database is recognised (protocol 5).

What it does not do: decide what is logged (the verbs do) or verify peers' logs (`peerlog`).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from tracer.canonical import b64url
from tracer.clock import instant, stamp
from tracer.errors import OperatorError
from tracer.evidence.checkpoint import Checkpoint, LogKey, sign_checkpoint
from tracer.evidence.merkle import (
    Address,
    NodeReader,
    consistency_nodes,
    consistency_path,
    inclusion_nodes,
    inclusion_paths,
    reader_of,
)
from tracer.evidence.proof import ConsistencyProof, Proof
from tracer.store import Store, Tx


class HighWater:
    """The highest (origin, size, root) of a log, in a file of its own beside the database.

    Args:
        path: The file.
        fault: Called with the name of each persistent step (tests).
    """

    def __init__(self, path: Path, fault: Callable[[str], None] | None = None) -> None:
        self._path = path
        self._fault = fault or (lambda _: None)
        self._noted: tuple[str, int] | None = None

    def read(self) -> tuple[str, int, str] | None:
        """What was last noted: origin, size, base64url root; None on a new node.

        A file without a character was made and lost its content with the power: nothing is noted.
        """
        try:
            held = self._path.read_bytes().strip(b"\0 ")
            return msgspec.json.decode(held, type=tuple[str, int, str]) if held else None
        except FileNotFoundError:
            return None
        except msgspec.DecodeError as error:
            raise OperatorError(
                "high-water",
                f"{self._path} cannot be read",
                advice="Restore it or start a restore.",
            ) from error

    def note(self, checkpoint: Checkpoint) -> None:
        """Note a signed head; OperatorError `high-water`."""
        self.mark(checkpoint.origin, checkpoint.size, checkpoint.root)

    def mark(self, log: str, reached: int, head: bytes) -> None:
        """Overwrite the file in place: one small write; it guards against restores, not crashes.

        A lower size of the same log changes nothing: a restored node signs its old head, too.

        Raises:
            OperatorError: `high-water`.
        """
        if self._noted is None and (held := self.read()) is not None:
            self._noted = held[:2]
        origin, size = self._noted or ("", 0)
        if origin == log and size >= reached:
            return
        line = msgspec.json.encode((log, reached, b64url(head)))
        try:
            handle = os.open(self._path, os.O_CREAT | os.O_WRONLY, 0o600)
            try:
                self._fault("high-water.mark")
                os.pwrite(handle, line.ljust(256), 0)
                self._fault("high-water.marked")
                if self._noted is None:
                    os.fsync(handle)  # from now on there is a block to overwrite
                    self._fault("high-water.synced")
            finally:
                os.close(handle)
        except OSError as error:
            raise OperatorError(
                "high-water",
                f"{self._path} cannot be written: {error.strerror}",
                advice="Check the disk and its free space.",
            ) from error
        self._noted = (log, reached)


class Ledger:
    """Signs the head of our exchange log and answers with proofs out of it."""

    def __init__(self, store: Store, key: LogKey, high_water: HighWater) -> None:
        self._store = store
        self._key = key
        self._high_water = high_water
        self._signed: Checkpoint | None = None
        self._unsaved: Checkpoint | None = None
        self._lock = asyncio.Lock()

    async def checkpoint(self, *, covering: int = 0) -> Checkpoint:
        """A signed checkpoint of at least `covering` leaves.

        Callers that were committed in one group share one signature: whoever comes first signs the
        newest committed head, the others find their leaf covered.

        Raises:
            OperatorError: `log-busy`: the next log is being opened, asking again is right.
        """
        async with self._lock:
            signed = self._signed
            if signed is not None and 0 < covering <= signed.size:
                return signed
            head = self._store.head
            if head.origin != self._key.origin:
                raise OperatorError("log-busy", "the log is just being closed, the next one opened")
            if signed is None or signed.size < head.size or signed.origin != head.origin:
                signed = sign_checkpoint(
                    origin=head.origin,
                    size=head.size,
                    root=head.root,
                    at=instant(head.at),
                    key=self._key,
                )
                self._high_water.note(signed)
                self._signed = self._unsaved = signed
            return signed

    def renew(self, key: LogKey) -> None:
        """Sign with the key of a log that has replaced the one before."""
        if key.origin != self._key.origin:
            self._key = key
            self._signed = self._unsaved = None

    def flush(self, tx: Tx) -> None:
        """Store the newest signature in the caller's transaction, and in the next if that fails."""
        unsaved = self._unsaved
        if unsaved is not None:
            head = (unsaved.origin, unsaved.size, unsaved.root, unsaved.note)
            tx.log.save_checkpoint(*head, stamp(unsaved.at), mine=True)
            tx.after_commit(lambda: self._saved(unsaved))

    def _saved(self, checkpoint: Checkpoint) -> None:
        if self._unsaved is checkpoint:
            self._unsaved = None

    async def proofs(
        self, leaves: Sequence[tuple[int, bytes]], checkpoint: Checkpoint
    ) -> list[Proof]:
        """Inclusion proofs of (index, record) pairs under one checkpoint."""
        size, indices = checkpoint.size, [index for index, _ in leaves]
        nodes = await self._nodes(inclusion_nodes(indices, size))
        paths = inclusion_paths(indices, size, nodes)
        return [
            Proof(record=record, index=index, size=size, path=path)
            for (index, record), path in zip(leaves, paths, strict=True)
        ]

    async def consistency(self, old: int, checkpoint: Checkpoint) -> dict[str, Any] | None:
        """The proof from `old` leaves to the checkpoint, or None where none is needed."""
        if not 0 < old < checkpoint.size:
            return None
        path = await self.consistency_path(old, checkpoint)
        return ConsistencyProof(old=old, new=checkpoint.size, path=path).to_wire()

    async def consistency_path(self, old: int, checkpoint: Checkpoint) -> tuple[bytes, ...]:
        """The hashes of that proof; none where none is needed."""
        if not 0 < old < checkpoint.size:
            return ()
        nodes = await self._nodes(consistency_nodes(old, checkpoint.size))
        return consistency_path(old, checkpoint.size, nodes)

    async def _nodes(self, addresses: Sequence[Address]) -> NodeReader:
        hashes = await self._store.nodes(addresses)
        return reader_of(dict(zip(addresses, hashes, strict=True)))
