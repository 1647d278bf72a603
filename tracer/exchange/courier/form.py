"""The courier file: what two nodes say on the line, as one sealed file that anybody may carry.

    JWE LF                       a seal as for a message; it opens to {"key":...,"prefix":...}
    STREAM                       the rest, encrypted as attachments are, under that key and prefix

The plaintext of the stream is one line and then the contents, one after the other:

    {"entries":[ENTRY-FILE..],"manifest":JWS}LF
    CONTENTS

The manifest takes the place of the channel. It is signed by a signing key of the sender, typ
`tracer-courier+jws`, and names sender, recipient, instant, number, place among the files made at
once, the digest and size of each item, and which files of the recipient the sender has taken in.
The id on the seal is the hash of the manifest, as it is that of a message: seal, signature and
contents are so bound to each other, and the id names the file. Items, in this order:

    state        one; {"held":[DIGEST..],"proofs":[CONSISTENCY..],"yours":CHECKPOINT|null}
    witnessed    one at most; the newest head that witnesses signed, in the form of `POST witnessed`
    answer       receipts and refusals, in the form of the answer to a batch
    batch        messages, in the form of a batch
    attachment   ciphertext, as it was announced

`proofs` lead to the checkpoint of this file from every size of the sender's log that the recipient
may remember: nobody can ask on this way. `yours` is the newest checkpoint of the recipient's log
that the sender has seen, so that a node that was restored notices. `held` are attachments of the
recipient that the sender has whole. `witnessed` has proofs from what the recipient may hold, and
the sizes of its log that the sender wants such proofs from: its next file answers them.

What it does not do: read or write the store, the disk, or decide what a file means
(`pack`, `take`).

Decisions
---------
* Batch, answer, seal and stream as they are. Rejected: a form of its own, which would have needed
  checks of its own; a ZIP of files, whose many readers disagree about what is in it.
* The manifest stands before what it names, because all digests are known before a byte is
  written. Rejected: a signature at the end; a reader would hold what nobody has signed yet.
* One stream under one seal. Rejected: a seal for each item; their number and sizes would show.
* Sender and recipient in the header of the seal, to be refused without opening. Rejected: a header
  without names; nobody could tell for whom a file found in a bag is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, Literal, NamedTuple

import msgspec
from msgspec import Meta, Struct

from tracer.canonical import b64url, canonical_json, strict_json, unb64url
from tracer.envelope.jwe import SealedHeader, open_, parse, seal
from tracer.envelope.jwk import SealKey, SealPublic, SigningKey, VerifyKey
from tracer.envelope.jws import sign_object, verify_object
from tracer.envelope.stream import (
    KEY_SIZE,
    PREFIX_SIZE,
    StreamKey,
    decrypt_stream,
    encrypt_stream,
    new_attachment_key,
)
from tracer.errors import PeerError
from tracer.model.ids import AuthorityId
from tracer.model.text import NOT_IN_LINE, Digest, Instant

TYP: Final = "tracer-courier+jws"
VERSION: Final = 1
MAX_SEAL_LINE: Final = 4096
"""Longest first line, in bytes."""
MAX_PREAMBLE: Final = 512 * 1024
"""Longest line of entries and manifest: a JWS of 96 KiB, the newest entry of 128 KiB, others."""
MAX_ENTRIES: Final = 16
MAX_CHAIN: Final = 256 * 1024
"""Bytes up to which entries are put into a file; the newest is in it whatever its size."""
MAX_ITEMS: Final = 500
MAX_SEEN: Final = 100
MAX_SMALL: Final = 32 * 1024 * 1024
"""Most bytes of all items of a file that are no attachments."""
MAX_HELD: Final = 10_000
MAX_PROOFS: Final = 64
ORDER: Final = ("state", "witnessed", "answer", "batch", "attachment")

_Size = Annotated[int, Meta(ge=0, le=2**53 - 1)]
_Count = Annotated[int, Meta(ge=1, le=2**31)]


class Item(Struct, frozen=True, forbid_unknown_fields=True):
    """One part of the contents, in its place."""

    kind: Literal["state", "witnessed", "answer", "batch", "attachment"]
    digest: Digest
    """Base64url SHA-256 of its bytes; of an attachment the name that its message announces."""
    size: _Size


class Manifest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the sender signs about a file."""

    v: Literal[1]
    sender: AuthorityId = msgspec.field(name="from")
    recipient: AuthorityId = msgspec.field(name="to")
    at: Instant
    """When it was written; shown, and in the time in which the signing key was used."""
    number: _Count
    """Counts the files of this sender to this recipient; for people, nothing is decided by it."""
    part: _Count
    parts: _Count
    """Its place among the files that were written at once."""
    seen: Annotated[tuple[Digest, ...], Meta(max_length=MAX_SEEN)]
    """Ids of files of the recipient that the sender has taken in."""
    items: Annotated[tuple[Item, ...], Meta(min_length=1, max_length=MAX_ITEMS)]


class State(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What would be asked and answered on the line."""

    proofs: Annotated[tuple[dict[str, Any], ...], Meta(max_length=MAX_PROOFS)]
    yours: Annotated[str, Meta(max_length=40_000)] | None
    held: Annotated[tuple[Digest, ...], Meta(max_length=MAX_HELD)]


class Preamble(NamedTuple):
    """The first line inside: the sender's newest entries, and the manifest as it was signed."""

    entries: tuple[bytes, ...]
    """Entry files, one following from the other, the newest last."""
    manifest: str

    @property
    def line(self) -> bytes:
        """As it is written."""
        texts = [one.decode() for one in self.entries]
        return canonical_json({"entries": texts, "manifest": self.manifest}) + b"\n"

    @property
    def id(self) -> str:
        """The name of the file: base64url SHA-256 of the manifest's JWS."""
        return file_id(self.manifest)


class _FirstLine(Struct, frozen=True, forbid_unknown_fields=True):
    entries: Annotated[tuple[str, ...], Meta(min_length=1, max_length=MAX_ENTRIES)]
    manifest: str


def file_id(manifest: str) -> str:
    """Base64url SHA-256 of a manifest's JWS."""
    return b64url(hashlib.sha256(manifest.encode()).digest())


def sign_manifest(manifest: Manifest, *, key: SigningKey) -> str:
    """Sign a manifest."""
    return sign_object(msgspec.to_builtins(manifest), typ=TYP, key=key)


def verify_manifest(jws: str, *, keys: Mapping[str, VerifyKey]) -> tuple[str, Manifest]:
    """Verify a manifest; the id of the key that signed it, and what it says.

    Raises:
        PeerError: what `verify_object` raises, `version-unknown`, `courier-form`.
    """
    kid, payload = verify_object(jws, typ=TYP, keys=keys)
    version = payload.get("v")
    if isinstance(version, int) and not isinstance(version, bool) and version > VERSION:
        raise PeerError("version-unknown", f"a courier file of version {version}")
    try:
        found = msgspec.convert(payload, Manifest)
    except msgspec.ValidationError as error:
        raise PeerError("courier-form", f"the manifest does not fit its schema: {error}") from error
    _check_manifest(found)
    return kid, found


def _check_manifest(found: Manifest) -> None:
    kinds = [ORDER.index(item.kind) for item in found.items]
    if kinds != sorted(kinds) or kinds.count(0) != 1 or kinds.count(1) > 1:
        raise PeerError("courier-form", "the items are not in their order")
    if found.part > found.parts or NOT_IN_LINE.search(found.at):
        raise PeerError("courier-form", "a part beyond the last one, or no instant")
    if sum(item.size for item in found.items if item.kind != "attachment") > MAX_SMALL:
        raise PeerError("too-large", f"more than {MAX_SMALL} bytes that are no attachments")


def read_state(body: bytes) -> State:
    """Read the item `state`.

    Raises:
        PeerError: `courier-form`.
    """
    try:
        return msgspec.convert(strict_json(body), State)
    except (ValueError, msgspec.ValidationError) as error:
        raise PeerError("courier-form", "the state does not fit its schema") from error


def item_of(kind: Literal["state", "witnessed", "answer", "batch"], body: bytes) -> Item:
    """The line of the manifest for an item that is at hand."""
    return Item(kind, b64url(hashlib.sha256(body).digest()), len(body))


def write_file(
    preamble: Preamble,
    contents: Iterable[bytes],
    *,
    to: SealPublic,
    sender: str,
    recipient: str,
    stream: StreamKey | None = None,
) -> Iterator[bytes]:
    """The bytes of a courier file, piece by piece.

    Args:
        preamble: Entries and signed manifest.
        contents: The bytes of all items, in the order of the manifest, cut anyhow.
        to: The recipient's current sealing key.
        sender: Who writes.
        recipient: For whom.
        stream: For vectors alone; a key must never be used twice.
    """
    made = stream or new_attachment_key()
    opener = canonical_json({"key": b64url(made.key), "prefix": b64url(made.prefix)})
    jwe = seal(opener, to=to, sender=sender, recipient=recipient, message_id=preamble.id)
    yield jwe.encode() + b"\n"

    def plain() -> Iterator[bytes]:
        yield preamble.line
        yield from contents

    yield from encrypt_stream(plain(), made.key, made.prefix)


def read_seal(line: bytes) -> SealedHeader:
    """The first line of a file: who says to whom, not proven yet.

    Raises:
        PeerError: `courier-form`.
    """
    if not line.endswith(b"\n") or len(line) > MAX_SEAL_LINE:
        raise PeerError("courier-form", "this is no courier file")
    try:
        return parse(line[:-1])
    except PeerError as error:
        raise PeerError("courier-form", f"this is no courier file: {error.message}") from error


def open_seal(sealed: SealedHeader, key: SealKey) -> StreamKey:
    """Open the first line; what opens the rest.

    Raises:
        PeerError: `seal-open`, `seal-key`, `courier-form`.
    """
    opened = open_(sealed, key=key)
    try:
        value = strict_json(opened)
        texts = value["key"], value["prefix"]
        found = StreamKey(*map(unb64url, texts))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise PeerError("courier-form", "the seal holds no key of a courier file") from error
    if canonical_json({"key": texts[0], "prefix": texts[1]}) != opened:
        raise PeerError("courier-form", "the seal holds something else than a key")
    if (len(found.key), len(found.prefix)) != (KEY_SIZE, PREFIX_SIZE):
        raise PeerError("courier-form", "the key of the courier file has another length")
    return found


class Reader:
    """Reads the plaintext of a file from its beginning to its end; holds one segment."""

    def __init__(self, chunks: Iterable[bytes], stream: StreamKey) -> None:
        self._pieces = decrypt_stream(chunks, stream.key, stream.prefix)
        self._held = b""

    def preamble(self) -> Preamble:
        """The first line.

        Raises:
            PeerError: `courier-form`, `courier-damaged`.
        """
        line = b""
        while not line.endswith(b"\n"):
            piece = self._piece()
            head, feed, rest = piece.partition(b"\n")
            line += head + feed
            self._held = rest
            if len(line) > MAX_PREAMBLE or not piece:
                raise PeerError("courier-form", "the courier file has no manifest")
        try:
            value = msgspec.convert(strict_json(line), _FirstLine)
        except (ValueError, msgspec.ValidationError) as error:
            raise PeerError("courier-form", "the courier file has no manifest") from error
        found = Preamble(tuple(one.encode() for one in value.entries), value.manifest)
        if found.line != line:
            raise PeerError("courier-form", "the first line inside is not canonical")
        return found

    def take(self, size: int) -> Iterator[bytes]:
        """The next `size` bytes, in pieces.

        Raises:
            PeerError: `courier-damaged`: changed, or it ends before them.
        """
        left = size
        while left:
            piece = self._piece()
            if not piece:
                raise PeerError("courier-damaged", "the courier file ends too early")
            self._held = piece[left:]
            piece = piece[:left]
            left -= len(piece)
            yield piece

    def skip(self, size: int) -> None:
        """Pass over bytes."""
        for _ in self.take(size):
            pass

    def end(self) -> None:
        """There is nothing more.

        Raises:
            PeerError: `courier-damaged`.
        """
        if self._piece():
            raise PeerError("courier-damaged", "the courier file goes on after its end")

    def _piece(self) -> bytes:
        """The rest of the piece at hand, or the next one; empty at the end."""
        if self._held:
            piece, self._held = self._held, b""
            return piece
        try:
            return next(self._pieces, b"")
        except PeerError as error:
            raise PeerError(
                "courier-damaged", f"the courier file was cut or changed: {error.message}"
            ) from error


def check_items(reader: Reader, items: Sequence[Item]) -> list[bytes]:
    """Read all items and check each against its digest; the bytes of those that are small.

    Raises:
        PeerError: `courier-damaged`.
    """
    small: list[bytes] = []
    for item in items:
        digest, kept = hashlib.sha256(), []
        for piece in reader.take(item.size):
            digest.update(piece)
            if item.kind != "attachment":
                kept.append(piece)
        if b64url(digest.digest()) != item.digest:
            raise PeerError("courier-damaged", f"an item of kind {item.kind} was changed")
        if item.kind != "attachment":
            small.append(b"".join(kept))
    reader.end()
    return small
