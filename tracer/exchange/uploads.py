"""Attachments between nodes: ciphertext that an accepted message announces, resumed where it broke.

A message announces each attachment by the digest and size of its ciphertext (fresh key for each
attachment and recipient; the key is in a disclosure of the message). The bytes travel apart, after
the message: the sender asks how much the other side holds and goes on from there. A cut line costs
what was not yet written, nothing more.

Persistent steps of the taking side: bytes are appended to `DIGEST.PEER.part` as they come; when the
announced size is reached the file is synced, its digest checked, the final name linked to it, the
folder synced, the row marked complete, the part removed. A crash leaves a longer part, or a whole
one that is finished at the next question; a part that outlives its mark goes by `tidy`. A wrong
digest removes the part: the upload begins anew. What stands beside an attachment is written to a
part of its own, synced, given its name at once, the folder synced.

A peer's part is its own, and whether it has given an attachment is told by its own row: announcing
somebody else's digest shows nothing of theirs, neither that it is here nor how far it is.

What it does not do: open the seal of an attachment (the desk does, when a person looks at it).
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from pathlib import Path

from tracer.canonical import b64url
from tracer.disk import sync_folder
from tracer.errors import OperatorError, PeerError
from tracer.model.messages import AnyMessage
from tracer.store import Store
from tracer.store.attachments import DESTROYED
from tracer.store.rows import AttachmentRow, Direction
from tracer.transport.port import Offset, PeerLine
from tracer.trust.directory import Peer

CHUNK = 16 * 1024
"""Bytes written at once: small, so that a slow line leaves most of what it carried."""

Fault = Callable[[str], None]
BESIDE = ("original", "thumb")
"""What may stand beside an attachment and never leaves: the file as it came, a small picture."""


class Shelf:
    """The folder of attachment ciphertexts: one file per digest, a part per giver while it grows.

    The giver is the peer's authority id; empty for what is our own. What stands beside an
    attachment has a name made from the attachment's digest; no row names it, so that no peer is
    ever given it, and it goes when the attachment goes.
    """

    def __init__(self, folder: Path, fault: Fault | None = None) -> None:
        self._folder = folder
        self._fault = fault or (lambda _: None)

    def path(self, digest: str) -> Path:
        """Where a complete attachment stands; the digest is known to be base64url."""
        return self._folder / digest

    def stored(self, digest: str) -> Offset:
        """How much of it is here, whoever gave it."""
        if self.path(digest).exists():
            return Offset(self.path(digest).stat().st_size, complete=True)
        return Offset(self.given(digest), complete=False)

    def given(self, digest: str, giver: str = "") -> int:
        """How many bytes the giver's part holds."""
        try:
            return self._part(digest, giver).stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, digest: str, offset: int, data: bytes, giver: str = "") -> None:
        """Write `data` at the end of the part, which must be `offset` long.

        Raises:
            PeerError: `attachment-offset`.
            OperatorError: `disk-failed`; the part keeps its length.
        """
        handle = os.open(self._part(digest, giver), os.O_CREAT | os.O_WRONLY, 0o600)
        try:
            if os.fstat(handle).st_size != offset:
                raise PeerError("attachment-offset", "the upload does not continue the stored part")
            self._fault("attachment.append")
            _write(handle, data, offset)
            self._fault("attachment.appended")
        finally:
            os.close(handle)

    def finish(self, digest: str, giver: str = "") -> None:
        """Sync, check the digest, link the final name to the part; `forget` removes the part.

        Raises:
            PeerError: `attachment-digest`; the part is removed.
        """
        part = self._part(digest, giver)
        with part.open("rb") as file:
            found = b64url(hashlib.file_digest(file, "sha256").digest())
            if found != digest:
                self._fault("attachment.reject")
                part.unlink()
                self._fault("attachment.rejected")
                raise PeerError("attachment-digest", "the bytes do not have the announced digest")
            self._fault("attachment.sync")
            os.fsync(file.fileno())
        self._fault("attachment.rename")
        with suppress(FileExistsError):  # the same bytes: the digest is checked
            self.path(digest).hardlink_to(part)
        self._fault("attachment.linked")
        sync_folder(self._folder)
        self._fault("attachment.renamed")

    def forget(self, digest: str, giver: str = "") -> None:
        """Remove what is left of a part."""
        self._fault("attachment.forget")
        self._part(digest, giver).unlink(missing_ok=True)
        self._fault("attachment.forgotten")

    def keep_beside(self, digest: str, what: str, data: Iterator[bytes]) -> None:
        """Keep a ciphertext beside an attachment; what stood there gives way.

        Raises:
            OperatorError: `disk-failed`.
        """
        name = _beside(digest, what)
        part, offset = self._part(name), 0
        handle = os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        try:
            for chunk in data:
                self._fault("beside.append")
                _write(handle, chunk, offset)
                self._fault("beside.appended")
                offset += len(chunk)
            self._fault("beside.sync")
            os.fsync(handle)
        finally:
            os.close(handle)
        self._fault("beside.rename")
        part.replace(self.path(name))
        self._fault("beside.renamed")
        sync_folder(self._folder)
        self._fault("beside.kept")

    def read_beside(self, digest: str, what: str) -> Iterator[bytes] | None:
        """What stands beside an attachment, in chunks; None if nothing does."""
        name = _beside(digest, what)
        return self.read(name, 0) if self.path(name).exists() else None

    def discard(self, digest: str) -> None:
        """Overwrite and remove a file, its parts and what stands beside it, for good.

        What is not there is no error.
        """
        names = [_beside(digest, what) for what in BESIDE]
        beside = [path for name in names for path in (self.path(name), self._part(name))]
        for path in (self.path(digest), *self._folder.glob(f"{digest}.*part"), *beside):
            with suppress(FileNotFoundError):
                size = path.stat().st_size
                handle = os.open(path, os.O_WRONLY)
                try:
                    for start in range(0, size, CHUNK):
                        _write(handle, bytes(min(size - start, CHUNK)), start)
                    os.fsync(handle)
                finally:
                    os.close(handle)
                path.unlink()
        sync_folder(self._folder)

    def read(self, digest: str, offset: int) -> Iterator[bytes]:
        """The bytes of a complete attachment from `offset` on, in chunks."""
        with self.path(digest).open("rb") as file:
            file.seek(offset)
            while chunk := file.read(CHUNK):
                yield chunk

    def piece(self, digest: str, offset: int) -> bytes:
        """The next chunk of a complete attachment; empty at its end.

        The file is open no longer than that, however long whoever takes it keeps us waiting.
        """
        with self.path(digest).open("rb") as file:
            file.seek(offset)
            return file.read(CHUNK)

    def put(self, digest: str, data: Iterator[bytes]) -> None:
        """Store an attachment of our own, complete, before the message that announces it."""
        offset = 0
        self.forget(digest)
        for chunk in data:
            self.append(digest, offset, chunk)
            offset += len(chunk)
        self.finish(digest)
        self.forget(digest)

    def parts(self) -> list[tuple[str, str]]:
        """Digest and giver of every part there is; the giver of our own is empty."""
        names = (path.name.removesuffix(".part") for path in self._folder.glob("*.part"))
        return [(digest, giver) for digest, _, giver in (name.partition(".") for name in names)]

    def _part(self, digest: str, giver: str = "") -> Path:
        return self._folder / (f"{digest}.{giver}.part" if giver else f"{digest}.part")


def _beside(digest: str, what: str) -> str:
    return b64url(hashlib.sha256(f"{digest} {BESIDE[BESIDE.index(what)]}".encode()).digest())


def announced(
    message: AnyMessage, message_id: str, thread: str, peer: str, direction: Direction
) -> list[AttachmentRow]:
    """The attachments that a message announces, as rows."""
    return [
        AttachmentRow(
            digest=one.cipher_digest,
            peer=peer,
            thread=thread,
            message_id=message_id,
            n=one.n,
            direction=direction,
            size=one.cipher_size,
        )
        for one in getattr(message, "attachments", ())
    ]


class Intake:
    """The taking side: attachments that a peer announced in an accepted message, nothing else."""

    def __init__(self, *, store: Store, shelf: Shelf, limit: int = 64 * 1024 * 1024) -> None:
        self._store = store
        self._shelf = shelf
        self._limit = limit
        self._busy: set[tuple[str, str]] = set()

    async def offset(self, peer: Peer, digest: str) -> Offset:
        """How much of an announced attachment is here; a whole part is finished now.

        Raises:
            PeerError: `attachment-unknown`, or `attachment-digest` for a part that was whole.
        """
        row = await self._announced(peer, digest)
        if row.state == "complete":
            return Offset(row.size, complete=True)
        if (row.peer, row.digest) in self._busy:
            return Offset(self._shelf.given(digest, row.peer), complete=False)
        held = await self.held(row)
        if held.complete:
            await self.complete(row)
        return held

    async def offered(self, peer: Peer, digest: str) -> AttachmentRow:
        """An attachment of ours that a message to this peer announces, and that was not destroyed.

        Raises:
            PeerError: `attachment-unknown`.
        """
        row = await self._store.read(lambda tx: tx.attachments.get(digest, peer=peer.authority))
        if row is None or row.direction != "out" or row.error == DESTROYED:
            raise PeerError("attachment-unknown", "no message to this peer announces it any more")
        return row

    async def fetched(self, row: AttachmentRow, offset: int) -> None:
        """The peer asked for our attachment from `offset` on: at its end, it holds it whole.

        Raises:
            PeerError: `attachment-offset`: it ends before.
        """
        if offset > row.size:
            raise PeerError("attachment-offset", "the attachment ends before this offset")
        if offset == row.size:
            await self.complete(row)

    async def take(
        self, peer: Peer, digest: str, *, offset: int, chunks: AsyncIterator[bytes]
    ) -> Offset:
        """Append what comes, as it comes; finish when the announced size is reached.

        Raises:
            PeerError: `attachment-unknown`, `attachment-offset`, `attachment-digest`, `too-large`,
                the offset also while another upload of the same attachment runs.
        """
        row = await self._announced(peer, digest)
        held = await self.fill(row, offset, chunks)
        if held.complete:
            await self.complete(row)
        return held

    async def fill(self, row: AttachmentRow, offset: int, chunks: AsyncIterator[bytes]) -> Offset:
        """Append what comes to the peer's part of an attachment; errors as in `take`."""
        if row.state == "complete":
            return Offset(row.size, complete=True)
        if row.size > self._limit:
            raise PeerError("too-large", f"an attachment is at most {self._limit} bytes here")
        upload = (row.peer, row.digest)
        if upload in self._busy:
            raise PeerError("attachment-offset", "this attachment is being uploaded already")
        self._busy.add(upload)
        try:
            return await self._fill(row, offset, chunks)
        finally:
            self._busy.discard(upload)

    async def _fill(self, row: AttachmentRow, offset: int, chunks: AsyncIterator[bytes]) -> Offset:
        async for chunk in chunks:
            if offset + len(chunk) > row.size:
                raise PeerError("too-large", "more bytes than the message announced")
            await asyncio.to_thread(self._shelf.append, row.digest, offset, chunk, row.peer)
            offset += len(chunk)
        return await self.held(row)

    async def held(self, row: AttachmentRow) -> Offset:
        """How far the peer's part is; a whole one gets its final name."""
        given = self._shelf.given(row.digest, row.peer)
        if given < row.size or not given:
            return Offset(given, complete=False)
        await asyncio.to_thread(self._shelf.finish, row.digest, row.peer)
        return Offset(row.size, complete=True)

    async def _announced(self, peer: Peer, digest: str) -> AttachmentRow:
        row = await self._store.read(lambda tx: tx.attachments.get(digest, peer=peer.authority))
        if row is None or row.direction != "in" or row.error == DESTROYED:
            raise PeerError("attachment-unknown", "no accepted message announces this attachment")
        return row

    async def complete(self, row: AttachmentRow) -> None:
        """Mark an attachment, ours or the peer's, as held whole by whom it is for."""
        try:
            await self._store.write(lambda tx: tx.attachments.complete(row.digest, peer=row.peer))
        finally:  # what failed may have been stored all the same: the part goes with the mark
            if row.direction == "in":
                await tidy(self._store, self._shelf)


async def tidy(store: Store, shelf: Shelf) -> None:
    """Remove parts whose attachment is marked complete: a crash came between mark and removal."""
    parts = shelf.parts()
    rows = await store.read(
        lambda tx: [tx.attachments.get(digest, peer=giver) for digest, giver in parts]
    )
    for (digest, giver), row in zip(parts, rows, strict=True):
        if row is not None and row.state == "complete":
            shelf.forget(digest, giver)


def clear(shelf: Shelf) -> int:
    """Remove parts of our own files: a crash came while one was being added; how many.

    Only before anybody adds one: a part of ours lives no longer than the adding of its file.
    """
    left = [digest for digest, giver in shelf.parts() if not giver]
    for digest in left:
        shelf.forget(digest)
    return len(left)


class Upload:
    """The giving side: one attachment to one peer, resumed at what the peer holds."""

    def __init__(self, *, store: Store, shelf: Shelf, line: PeerLine) -> None:
        self._store = store
        self._shelf = shelf
        self._line = line

    async def __call__(self, peer: Peer, row: AttachmentRow) -> bool:
        """Send what is missing; True when the peer holds it whole.

        Raises:
            LineError: the line broke; the next call goes on from there.
            PeerError: the peer refuses the attachment.
        """
        held = await self._line.attachment_offset(peer, row.digest)
        if not held.complete and held.stored > row.offset:
            await self._store.write(
                lambda tx: tx.attachments.set_offset(row.digest, held.stored, peer=row.peer)
            )
        if not held.complete:
            held = await self._line.attachment_send(
                peer, row.digest, offset=held.stored, chunks=self._chunks(row.digest, held.stored)
            )
        if held.complete:
            await self._store.write(lambda tx: tx.attachments.complete(row.digest, peer=row.peer))
        return held.complete

    async def _chunks(self, digest: str, offset: int) -> AsyncIterator[bytes]:
        for chunk in self._shelf.read(digest, offset):
            yield chunk


class Download:
    """The collecting side: fetches what it was announced and cannot be sent.

    When the file is whole it is asked for once more, at its end: the empty answer tells that the
    peer has noted it. Only then is our own row complete, so that a lost answer is asked for again.
    """

    def __init__(self, *, intake: Intake, line: PeerLine) -> None:
        self._intake = intake
        self._line = line

    async def __call__(self, peer: Peer, row: AttachmentRow) -> bool:
        """Fetch what is missing; True when it is here whole and the peer knows.

        Raises:
            LineError: the line broke; the next call goes on from there.
            PeerError: the bytes are not those announced.
        """
        held = await self._intake.held(row)
        if not held.complete:
            chunks = self._line.attachment_fetch(peer, row.digest, offset=held.stored)
            held = await self._intake.fill(row, held.stored, chunks)
        if held.complete:
            async for _ in self._line.attachment_fetch(peer, row.digest, offset=row.size):
                raise PeerError("attachment-offset", "there are bytes after the end")
            await self._intake.complete(row)
        return held.complete


def _write(handle: int, data: bytes, offset: int) -> None:
    """Write all of it or nothing."""
    try:
        written, cause = os.pwrite(handle, data, offset), "no space left"
    except OSError as error:
        written, cause = 0, error.strerror or "unknown"
    if written != len(data):
        os.ftruncate(handle, offset)
        raise OperatorError(
            "disk-failed",
            f"an attachment cannot be written: {cause}",
            advice="Check the disk and its free space.",
        )
