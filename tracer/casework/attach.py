"""Files: onto a draft, and out of a message. Pictures and documents only, nothing that runs.

Onto a draft: the bytes themselves say what a file is (`media.sniff`), names and claims count for
nothing. A picture is drawn anew (`media`): what is sent has pixels and nothing that a camera wrote.
The file as it came is evidence: it stays here, beside what is sent, and its digest is on record.
Each file is encrypted under a fresh key for this one recipient; the ciphertext is on the shelf
before the draft names it. A crash in between leaves a ciphertext that nobody can open.
Where there is a scanner for malware, it is asked before a file is kept, and before one is opened of
which it has said nothing (`scanning`).

Out of a message: only a file that is here whole, that opens, whose plaintext has the digest the
signed message announced, and that is of a kind we would send ourselves. The reading is on record
before a byte is handed out. Key and name of the file on the sender's disk are never kept. What a
page shows of a picture (`picture`) is always drawn anew here, whoever sent it.

What it does not do: open a document, or find a program hidden deep in one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

import msgspec
from msgspec import UNSET

from tracer.canonical import b64url, unb64url
from tracer.casework import threads
from tracer.casework.looking import shown_with_page
from tracer.casework.pace import Pace
from tracer.casework.papers import paper
from tracer.casework.papers.files import (
    Place,
    file_of,
    keyed,
    next_number,
    placed,
    retold,
    without_file,
    without_files,
    without_photos,
)
from tracer.casework.papers.friendly import expand
from tracer.casework.papers.paper import Draft
from tracer.casework.roles import Act, acting
from tracer.casework.scanning import Scanning, keep, mark
from tracer.casework.sight import open_case
from tracer.envelope.stream import beside, decrypt_stream, encrypt_stream, new_attachment_key
from tracer.errors import InputError, PeerError
from tracer.exchange.uploads import BESIDE, Shelf
from tracer.media import MAX_OPENED, SUFFIX, Photo, Photos, is_picture, sniff
from tracer.model.attachments import Attachment, AttachmentKey
from tracer.model.codes import AttachmentKind, Code, of
from tracer.model.messages import AnyMessage
from tracer.store import Store, Tx
from tracer.transport.scan import Scanner

MAX_BYTES: Final = 32 * 1024 * 1024
"""Largest file that is attached."""
_CODE_TYPE: Final = msgspec.inspect.Metadata(
    msgspec.inspect.type_info(Code), extra_json_schema=of(AttachmentKind).extra_json_schema
)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A file made ready: description and key for the message, ciphertext for the shelf."""

    attachment: Attachment
    key: AttachmentKey
    ciphertext: tuple[bytes, ...]


SHOWN_AT_ONCE: Final = 1
"""Pictures that are opened to be shown; the others wait as names. One, for two would write one
thumbnail at the same time."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file as it was before it was encrypted; `name` is ours, safe to save under."""

    name: str
    media_type: str
    caption: str
    data: bytes


class _Made(NamedTuple):
    """What is sent, and of a picture what stays: the file as it came and a thumbnail."""

    sealed: Sealed
    stays: Mapping[str, bytes]
    detail: Mapping[str, Any]


class _File(NamedTuple):
    """A file that somebody wants to open; `waits`: only after it was scanned."""

    owner: str
    """The thread or draft."""
    item: Attachment
    key: AttachmentKey
    waits: bool


class Attach:
    """The verbs on files; few pictures are opened at a time, and those that wait hold no memory."""

    def __init__(
        self,
        *,
        store: Store,
        shelf: Shelf,
        photos: Photos,
        scanner: Scanner | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._store = store
        self._pace = pace
        self._scanning = Scanning(store=store, scanner=scanner)
        self._shelf = shelf
        self._photos = photos
        self._shows = asyncio.Semaphore(SHOWN_AT_ONCE)

    async def add(
        self,
        actor: str,
        draft_id: str,
        file: Path | bytes,
        *,
        kind: str = "",
        caption: str = "",
        place: Place | None = None,
    ) -> Draft:
        """Attach a file to a draft; it becomes the next version and must be submitted (again).

        Args:
            actor: Who attaches.
            draft_id: The draft, not yet sent.
            file: A path, or the bytes.
            kind: What it shows, a value of `attachment-kind`.
            caption: One line for the reader.
            place: Which firearm or mark of a request names it; None: none yet.

        Raises:
            InputError: `file-missing`, `file-empty`, `file-too-large`, `file-type`, `file-heic`,
                `file-active`, `photo-damaged`, `photo-dimensions`, `photo-frames`,
                `photo-refused`, `upload-found`, `attachment-full`, `attachment-none`, or about
                person and draft.
            OperatorError: `photo-worker`.
        """
        data = file if isinstance(file, bytes) else await asyncio.to_thread(_read, file)
        shown = _kind(kind)

        def ready(tx: Tx) -> int:
            row = paper.changeable(paper.load(tx, draft_id, acting(tx, actor, Act.DRAFT)))
            return next_number(paper.read_body(row))

        number = await self._store.read(ready)
        _check_taken(data)
        said = await self._scanning.offered(actor, Act.DRAFT, draft_id, data)
        made = await self._make(data, number, kind=shown, caption=caption)
        await asyncio.to_thread(self._keep, made)

        def body(tx: Tx) -> Draft:
            row = paper.changeable(paper.load(tx, draft_id, acting(tx, actor, Act.DRAFT)))
            message = paper.read_body(row)
            if next_number(message) != number:
                raise InputError("draft-changed", "another file was attached meanwhile")
            more = _placed(with_files(message, [made.sealed]), number, place)
            new = paper.rewrite(tx, row, more, actor=actor, via="attach")
            keep(tx, mark(made.sealed.attachment, made.sealed.key), said)
            if made.detail:
                tx.audit.write(actor, "keep-original", row.id, {"n": number, **made.detail})
            return paper.view(tx, new)

        return await self._store.write(body)

    async def clear(self, actor: str, draft_id: str) -> Draft:
        """Take all files off a draft and destroy them; firearms and marks name none any more."""

        def body(tx: Tx) -> tuple[Draft, AnyMessage]:
            row = paper.changeable(paper.load(tx, draft_id, acting(tx, actor, Act.DRAFT)))
            message = paper.read_body(row)
            if not getattr(message, "attachments", ()):
                raise InputError("attachment-none", f"{draft_id} has no files")
            bare = without_photos(without_files(message))
            new = paper.rewrite(tx, row, bare, actor=actor, via="detach")
            return paper.view(tx, new), message

        draft, before = await self._store.write(body)
        for item in getattr(before, "attachments", ()):
            await asyncio.to_thread(self._shelf.discard, item.cipher_digest)
        return draft

    async def remove(
        self, actor: str, draft_id: str, n: int, *, version: int | None = None
    ) -> Draft:
        """Take one file off a draft and destroy it; those behind it move up.

        Args:
            actor: Who does so.
            draft_id: The draft.
            n: The file.
            version: The version that was looked at, so that no other file goes; None: any.

        Raises:
            InputError: `attachment-unknown`, `draft-changed`, or about the person and the draft.
        """

        def body(tx: Tx) -> tuple[Draft, str]:
            row = paper.load(tx, draft_id, acting(tx, actor, Act.DRAFT))
            message = paper.read_body(paper.changeable(row, version))
            gone = file_of(message, n).cipher_digest
            new = paper.rewrite(tx, row, without_file(message, n), actor=actor, via="detach")
            return paper.view(tx, new), gone

        draft, gone = await self._store.write(body)
        await asyncio.to_thread(self._shelf.discard, gone)
        return draft

    async def tell(
        self,
        actor: str,
        draft_id: str,
        n: int,
        *,
        kind: str = "",
        caption: str = "",
        place: Place | None = None,
        version: int | None = None,
    ) -> Draft:
        """Say of a file on a draft what it shows; what changes nothing makes no version.

        With `place`, the firearm or mark of a request that it shows names it in the same version,
        and no other does; None, and in a reply: what names it stays.

        Raises:
            InputError: `code-unknown`, and as in `remove`.
        """
        shown = _kind(kind)

        def body(tx: Tx) -> Draft:
            row = paper.load(tx, draft_id, acting(tx, actor, Act.DRAFT))
            message = paper.read_body(paper.changeable(row, version))
            told = _placed(retold(message, n, kind=shown, caption=caption), n, place)
            if told == message:
                return paper.view(tx, row)
            return paper.view(tx, paper.rewrite(tx, row, told, actor=actor, via="caption"))

        return await self._store.write(body)

    async def open_attachment(self, actor: str, thread: str, message_id: str, n: int) -> Opened:
        """Decrypt a file of a message, ours or the peer's; the reading is on record.

        Raises:
            InputError: `attachment-unknown`, `attachment-not-here`, `attachment-erased`,
                `file-type`, `file-too-large`, `file-found`, or about person and thread.
            PeerError: `attachment-digest`: what arrived is not what the message announced.
            OperatorError: `scanner-down`, `scanner-size`: a scanner is set and has not seen it.
        """
        found, item, key = await self._read(actor, thread, message_id, n, "read-attachment")
        data = await asyncio.to_thread(self.plaintext, item, key)
        return _opened(found, message_id[:8], item, data)

    async def picture(
        self, actor: str, thread: str, message_id: str, n: int, *, small: bool = False
    ) -> Opened:
        """A picture of a message as a page may show it: drawn anew here; the reading is on record.

        `small` is the thumbnail, kept once it is made; it is on record with its page (`looking`).

        Raises:
            InputError: as `open_attachment` and `add`; `file-type` for what is no picture.
            PeerError: `attachment-digest`.
        """
        found, item, key = await self._read(
            actor, thread, message_id, n, "read-attachment", small=small
        )
        return _opened(found, message_id[:8], *await self._shown(item, key, small=small))

    async def draft_picture(
        self, actor: str, draft_id: str, n: int, *, small: bool = False
    ) -> Opened:
        """A picture on a draft, for whoever may see the draft; errors as in `picture`."""

        def body(tx: Tx) -> _File:
            row = paper.load(tx, draft_id, acting(tx, actor, Act.DRAFT))
            item, key = keyed(paper.read_body(row), n)
            return _File(row.id, item, key, self._scanning.waits(tx, mark(item, key)))

        found = await self._store.read(body)
        if found.waits:
            await self._scan(actor, draft_id, found, n=n)
        return _opened(draft_id, "", *await self._shown(found.item, found.key, small=small))

    async def original(self, actor: str, thread: str, message_id: str, n: int) -> Opened:
        """The file as it came, of which message `message_id` of ours carries a picture drawn anew.

        It holds what the camera wrote: show it to nobody by itself, hand it out to be saved.

        Raises:
            InputError: `original-none` where none was kept, and as in `open_attachment`.
        """
        found, item, key = await self._read(actor, thread, message_id, n, "read-original")
        data = await asyncio.to_thread(self._beside, item, key, "original")
        if data is None:
            raise InputError("original-none", "no other file than this one was attached here")
        told = msgspec.structs.replace(item, media_type=sniff(data))
        return _opened(found, f"{message_id[:8]}-original", told, data)

    async def _read(
        self, actor: str, thread: str, message_id: str, n: int, act: str, *, small: bool = False
    ) -> tuple[str, Attachment, AttachmentKey]:
        """A file of a message that may be opened, with its thread; the reading is on record."""

        def body(tx: Tx) -> _File:
            row = open_case(tx, acting(tx, actor, Act.ATTACHMENT_READ), thread)
            _, message = threads.messages(tx, row.id).get(message_id, (None, None))
            item, key = keyed(message, n)
            _check_openable(item)
            if not self._shelf.stored(item.cipher_digest).complete:
                raise InputError("attachment-not-here", "the file has not arrived whole yet")
            if waits := self._scanning.waits(tx, mark(item, key)):
                return _File(row.id, item, key, waits)
            if not (small and shown_with_page(tx, actor, row.id)):
                tx.audit.write(actor, act, row.id, {"message": message_id, "n": n})
            return _File(row.id, item, key, waits)

        found = await self._store.write(body)
        while found.waits:  # nothing was read: it is, once the scanner has found nothing
            await self._scan(actor, found.owner, found, message=message_id, n=n)
            found = await self._store.write(body)
        if self._pace is not None:
            await self._pace.read(actor, found.owner)
        return found.owner, found.item, found.key

    async def _scan(self, actor: str, subject: str, found: _File, **about: Any) -> None:
        """Have a file scanned, and of a photo of ours the file as it came."""

        def parts() -> list[bytes]:
            kept = self._beside(found.item, found.key, "original")
            plain = self.plaintext(found.item, found.key)
            return [plain] if kept is None else [plain, kept]

        await self._scanning.scan(actor, subject, mark(found.item, found.key), parts, **about)

    async def _shown(
        self, item: Attachment, key: AttachmentKey, *, small: bool
    ) -> tuple[Attachment, bytes]:
        if not is_picture(item.media_type):
            raise InputError("file-type", f"{item.media_type} is not a picture", field="n")
        if small and (kept := await asyncio.to_thread(self._beside, item, key, "thumb")):
            return msgspec.structs.replace(item, media_type="image/jpeg"), kept
        async with self._shows:
            photo = await self._photos.develop(await asyncio.to_thread(self.plaintext, item, key))
            await asyncio.to_thread(self._keep_beside, item, key, "thumb", photo.thumb)
        if small:
            return msgspec.structs.replace(item, media_type="image/jpeg"), photo.thumb
        return msgspec.structs.replace(item, media_type=photo.media_type), photo.data

    async def _make(self, data: bytes, number: int, *, kind: Code | None, caption: str) -> _Made:
        if not is_picture(sniff(data)):
            return _Made(seal(data, number, kind=kind, caption=caption), {}, {})
        photo: Photo = await self._photos.develop(data)
        sealed = await asyncio.to_thread(seal, photo.data, number, kind=kind, caption=caption)
        detail = {
            "sent": sealed.attachment.digest,
            "original": photo.original,
            "original_size": len(data),
        }
        return _Made(sealed, {"original": data, "thumb": photo.thumb}, detail)

    def _keep(self, made: _Made) -> None:
        for what, data in made.stays.items():
            self._keep_beside(made.sealed.attachment, made.sealed.key, what, data)
        self.keep(made.sealed)

    def _keep_beside(self, item: Attachment, key: AttachmentKey, what: str, data: bytes) -> None:
        prefix = beside(unb64url(key.prefix), BESIDE.index(what) + 1)
        boxed = encrypt_stream([data], unb64url(key.key), prefix)
        self._shelf.keep_beside(item.cipher_digest, what, boxed)

    def _beside(self, item: Attachment, key: AttachmentKey, what: str) -> bytes | None:
        chunks = self._shelf.read_beside(item.cipher_digest, what)
        if chunks is None:
            return None
        prefix = beside(unb64url(key.prefix), BESIDE.index(what) + 1)
        return b"".join(decrypt_stream(chunks, unb64url(key.key), prefix))

    def plaintext(self, item: Attachment, key: AttachmentKey) -> bytes:
        """The file behind a description, checked; what is not announced is not handed out.

        Raises:
            PeerError: `attachment-digest`.
            InputError: `file-type`, when the bytes are not what they are said to be.
        """
        chunks = self._shelf.read(item.cipher_digest, 0)
        opened = decrypt_stream(chunks, unb64url(key.key), unb64url(key.prefix))
        data = b"".join(_bounded(opened, item.size))
        if len(data) != item.size or b64url(sha256(data).digest()) != item.digest:
            raise PeerError("attachment-digest", "the file is not the one the message announces")
        if sniff(data) != item.media_type:
            raise InputError(
                "file-type", f"the file is not what it is said to be, {item.media_type}"
            )
        return data

    def keep(self, sealed: Sealed) -> None:
        """Put a ciphertext on the shelf."""
        self._shelf.put(sealed.attachment.cipher_digest, iter(sealed.ciphertext))


def seal(data: bytes, number: int, *, kind: Code | None = None, caption: str = "") -> Sealed:
    """Encrypt a file under a fresh key, as number `number` of its message."""
    media_type = sniff(data)
    _check_size(data)
    key = new_attachment_key()
    boxed = tuple(encrypt_stream([data], key.key, key.prefix))
    cipher = sha256()
    for part in boxed:
        cipher.update(part)
    attachment = Attachment(
        n=number,
        media_type=media_type,
        size=len(data),
        digest=b64url(sha256(data).digest()),
        cipher_size=sum(map(len, boxed)),
        cipher_digest=b64url(cipher.digest()),
        kind=kind or UNSET,
        caption=caption,
    )
    return Sealed(attachment, AttachmentKey(key=b64url(key.key), prefix=b64url(key.prefix)), boxed)


def with_files(message: AnyMessage, files: Iterable[Sealed]) -> AnyMessage:
    """The message with these files after those it has."""
    data = cast("Any", message)
    described, keys = list(data.attachments), dict(data.attachment_keys or {})
    for sealed in files:
        described.append(sealed.attachment)
        keys[str(sealed.attachment.n)] = sealed.key
    return cast(
        "AnyMessage",
        msgspec.structs.replace(data, attachments=tuple(described), attachment_keys=keys or UNSET),
    )


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError("file-missing", f"{path}: {error.strerror}", field="file") from error


def _check_taken(data: bytes) -> None:
    """Whether it is of a kind and size that is taken at all, before anybody looks into it."""
    _check_size(data)
    sniff(data)


def _check_size(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise InputError("file-too-large", f"a file has at most {MAX_BYTES} bytes", field="file")


def _opened(owner: str, of: str, item: Attachment, data: bytes) -> Opened:
    parts = [part for part in (owner[:8], of[:17], str(item.n)) if part]
    return Opened("-".join(parts) + SUFFIX[item.media_type], item.media_type, item.caption, data)


def _kind(name: str) -> Code | None:
    return msgspec.convert(expand(_CODE_TYPE, name, "kind"), Code) if name else None


def _placed(message: AnyMessage, n: int, place: Place | None) -> AnyMessage:
    return message if place is None else placed(message, n, place)


def _check_openable(item: Attachment) -> None:
    if item.media_type not in SUFFIX:
        raise InputError("file-type", f"a file of type {item.media_type} is not opened here")
    if item.size > MAX_OPENED:
        raise InputError("file-too-large", f"the file has more than {MAX_OPENED} bytes")


def _bounded(chunks: Iterable[bytes], size: int) -> Iterable[bytes]:
    left = size
    for chunk in chunks:
        left -= len(chunk)
        if left < 0:
            raise PeerError("attachment-digest", "the file is larger than announced")
        yield chunk
