"""Files: onto a draft, and out of a message. Pictures and documents only, nothing that runs.

Onto a draft: the bytes themselves say what a file is (`sniff`), names and claims count for nothing;
each file is encrypted under a fresh key for this one recipient; the ciphertext is on the shelf
before the draft names it. A crash in between leaves a ciphertext that nobody can open.

Out of a message: only a file that is here whole, that opens, whose plaintext has the digest the
signed message announced, and that is of a kind we would send ourselves. The reading is on record
before a byte is handed out. Key and name of the file on the sender's disk are never kept.

What it does not do: run, render or convert a file; find a program hidden deep in a document.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, cast

import msgspec
from msgspec import UNSET

from tracer.canonical import b64url, unb64url
from tracer.casework import paper, threads
from tracer.casework.friendly import expand
from tracer.casework.paper import Draft
from tracer.casework.roles import Act, acting
from tracer.casework.sight import open_case
from tracer.envelope.stream import decrypt_stream, encrypt_stream, new_attachment_key
from tracer.errors import InputError, PeerError
from tracer.exchange.uploads import Shelf
from tracer.model.attachments import MAX_ATTACHMENTS, Attachment, AttachmentKey
from tracer.model.codes import AttachmentKind, Code, of
from tracer.model.messages import AnyMessage
from tracer.store import Store, Tx

MAX_BYTES: Final = 32 * 1024 * 1024
"""Largest file that is attached."""
MAX_OPENED: Final = 64 * 1024 * 1024
"""Largest file of a peer that is opened in one piece."""
SUFFIX: Final = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/tiff": ".tif",
    "application/pdf": ".pdf",
}
"""The kinds of file that are taken and opened, and the ending each gets when it is saved."""
_ACTIVE_PDF: Final = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia")
_CODE_TYPE: Final = msgspec.inspect.Metadata(
    msgspec.inspect.type_info(Code), extra_json_schema=of(AttachmentKind).extra_json_schema
)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A file made ready: description and key for the message, ciphertext for the shelf."""

    attachment: Attachment
    key: AttachmentKey
    ciphertext: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """A file as it was before it was encrypted; `name` is ours, safe to save under."""

    name: str
    media_type: str
    caption: str
    data: bytes


class Attach:
    """The verbs on files."""

    def __init__(self, *, store: Store, shelf: Shelf) -> None:
        self._store = store
        self._shelf = shelf

    async def add(
        self, actor: str, draft_id: str, file: Path | bytes, *, kind: str = "", caption: str = ""
    ) -> Draft:
        """Attach a file to a draft; it becomes the next version and must be submitted (again).

        Args:
            actor: Who attaches.
            draft_id: The draft, not yet sent.
            file: A path, or the bytes.
            kind: What it shows, a value of `attachment-kind`.
            caption: One line for the reader.

        Raises:
            InputError: `file-missing`, `file-empty`, `file-too-large`, `file-type`,
                `file-active`, `attachment-full`, `attachment-none`, or about person and draft.
        """
        data = file if isinstance(file, bytes) else await asyncio.to_thread(_read, file)
        shown = _kind(kind)

        def ready(tx: Tx) -> int:
            row = paper.changeable(paper.load(tx, draft_id, acting(tx, actor, Act.DRAFT)))
            return _next_number(paper.read_body(row))

        number = await self._store.read(ready)
        sealed = await asyncio.to_thread(seal, data, number, kind=shown, caption=caption)
        await asyncio.to_thread(self.keep, sealed)

        def body(tx: Tx) -> Draft:
            row = paper.changeable(paper.load(tx, draft_id, acting(tx, actor, Act.DRAFT)))
            message = paper.read_body(row)
            if _next_number(message) != number:
                raise InputError("draft-changed", "another file was attached meanwhile")
            more = with_files(message, [sealed])
            return paper.view(tx, paper.rewrite(tx, row, more, actor=actor, via="attach"))

        return await self._store.write(body)

    async def clear(self, actor: str, draft_id: str) -> Draft:
        """Take all files off a draft and destroy them."""

        def body(tx: Tx) -> tuple[Draft, AnyMessage]:
            row = paper.changeable(paper.load(tx, draft_id, acting(tx, actor, Act.DRAFT)))
            message = paper.read_body(row)
            if not getattr(message, "attachments", ()):
                raise InputError("attachment-none", f"{draft_id} has no files")
            bare = without_files(message)
            new = paper.rewrite(tx, row, bare, actor=actor, via="detach")
            return paper.view(tx, new), message

        draft, before = await self._store.write(body)
        for item in getattr(before, "attachments", ()):
            self._shelf.path(item.cipher_digest).unlink(missing_ok=True)
        return draft

    async def open_attachment(self, actor: str, thread: str, message_id: str, n: int) -> Opened:
        """Decrypt a file of a message, ours or the peer's; the reading is on record.

        Raises:
            InputError: `attachment-unknown`, `attachment-not-here`, `attachment-erased`,
                `file-type`, `file-too-large`, or about person and thread.
            PeerError: `attachment-digest`: what arrived is not what the message announced.
        """

        def body(tx: Tx) -> tuple[str, Attachment, AttachmentKey]:
            row = open_case(tx, acting(tx, actor, Act.ATTACHMENT_READ), thread)
            _, message = threads.messages(tx, row.id).get(message_id, (None, None))
            item, key = _described(message, n)
            _check_openable(item)
            if not self._shelf.stored(item.cipher_digest).complete:
                raise InputError("attachment-not-here", "the file has not arrived whole yet")
            tx.audit.write(actor, "read-attachment", row.id, {"message": message_id, "n": n})
            return row.id, item, key

        found, item, key = await self._store.write(body)
        data = await asyncio.to_thread(self.plaintext, item, key)
        name = f"{found[:8]}-{message_id[:8]}-{n}{SUFFIX[item.media_type]}"
        return Opened(name, item.media_type, item.caption, data)

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


def sniff(data: bytes) -> str:
    """The media type of a file by its first bytes.

    Raises:
        InputError: `file-empty`, `file-too-large`, `file-type` for anything that is not a picture
            or PDF, `file-active` for a PDF that brings a program or files of its own.
    """
    if not data:
        raise InputError("file-empty", "the file is empty", field="file")
    if len(data) > MAX_OPENED:
        raise InputError("file-too-large", f"a file has at most {MAX_OPENED} bytes", field="file")
    found = _media_type(data)
    if found is None:
        raise InputError(
            "file-type",
            "the file is neither JPEG, PNG, WebP, TIFF nor PDF",
            advice="Photograph or scan it, or export it as PDF.",
            field="file",
        )
    if found == "application/pdf" and any(name in data for name in _ACTIVE_PDF):
        raise InputError(
            "file-active",
            "the PDF holds a program or files of its own",
            advice="Print it to a new PDF and attach that.",
            field="file",
        )
    return found


def seal(data: bytes, number: int, *, kind: Code | None = None, caption: str = "") -> Sealed:
    """Encrypt a file under a fresh key, as number `number` of its message."""
    media_type = sniff(data)
    if len(data) > MAX_BYTES:
        raise InputError("file-too-large", f"a file has at most {MAX_BYTES} bytes", field="file")
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


def without_files(message: AnyMessage) -> AnyMessage:
    """The message without its files."""
    return cast(
        "AnyMessage",
        msgspec.structs.replace(cast("Any", message), attachments=(), attachment_keys=UNSET),
    )


def _media_type(data: bytes) -> str | None:
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    if data.startswith((b"II*\x00", b"MM\x00*")):
        return "image/tiff"
    if data.startswith(b"%PDF-"):
        return "application/pdf"
    return None


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError("file-missing", f"{path}: {error.strerror}", field="file") from error


def _kind(name: str) -> Code | None:
    return msgspec.convert(expand(_CODE_TYPE, name, "kind"), Code) if name else None


def _next_number(message: AnyMessage) -> int:
    described = getattr(message, "attachments", None)
    if described is None:
        raise InputError("attachment-none", "a message of this type carries no files")
    if len(described) >= MAX_ATTACHMENTS:
        raise InputError("attachment-full", f"a message carries at most {MAX_ATTACHMENTS} files")
    return len(described) + 1


def _described(message: AnyMessage | None, n: int) -> tuple[Attachment, AttachmentKey]:
    for item in getattr(message, "attachments", ()):
        if item.n == n:
            keys = getattr(message, "attachment_keys", UNSET) or {}
            if str(n) not in keys:
                raise InputError("attachment-erased", f"the key of file {n} was erased")
            return item, keys[str(n)]
    raise InputError("attachment-unknown", f"this message announces no file {n}", field="n")


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
