"""Attachments: AES-256-GCM in segments of 64 KiB (STREAM), read and written without holding them.

Segment i is sealed under nonce = prefix (7 bytes) | i (32-bit, big-endian) | final (1 byte, 1 for
the last segment). The place of a segment is in its nonce and the end is marked, so segments can not
be cut off, swapped, repeated or added unnoticed. An empty attachment is one empty final segment; in
any other the final segment has at least one byte, so that each plaintext has one ciphertext.

A transfer that broke is taken up again at a segment boundary (`first`). Key and prefix belong to
one attachment for one recipient and must never encrypt other bytes: what is uploaded again must be
the stored file, whose digest the signed message announces. What is kept beside the attachment and
never sent (the photo as it came, its thumbnail) has the same key and a prefix of its own: it opens
as long as the attachment does, and not one day longer (`beside`).

What it does not do: compare digests with what was announced, or keep the file (`exchange`).

Example:
    >>> made = new_attachment_key()
    >>> boxed = b"".join(encrypt_stream([b"photo"], made.key, made.prefix))
    >>> b"".join(decrypt_stream([boxed], made.key, made.prefix))
    b'photo'
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tracer.errors import PeerError

SEGMENT = 64 * 1024
TAG_SIZE = 16
CIPHER_SEGMENT = SEGMENT + TAG_SIZE
KEY_SIZE = 32
PREFIX_SIZE = 7
MAX_SEGMENTS = 2**32


class StreamKey(NamedTuple):
    """What opens one attachment: AES key (32 bytes) and nonce prefix (7 bytes)."""

    key: bytes
    prefix: bytes


def new_attachment_key(random: Callable[[int], bytes] = os.urandom) -> StreamKey:
    """Make a fresh key; one for each attachment and recipient."""
    return StreamKey(random(KEY_SIZE), random(PREFIX_SIZE))


def beside(prefix: bytes, place: int) -> bytes:
    """The prefix of what is kept beside an attachment: another one for each place from 1 to 255."""
    if not 0 < place < 256:  # noqa: PLR2004 - one byte
        raise ValueError("a place is a number from 1 to 255")
    return bytes((prefix[0] ^ place,)) + prefix[1:]


def cipher_size(size: int) -> int:
    """Return how many bytes an attachment of `size` bytes has when encrypted."""
    return size + TAG_SIZE * max(1, -(-size // SEGMENT))


def encrypt_stream(
    chunks: Iterable[bytes], key: bytes, prefix: bytes, *, first: int = 0
) -> Iterator[bytes]:
    """Encrypt chunks of any size; yields one encrypted segment at a time.

    Args:
        chunks: The plaintext from byte `first * SEGMENT` on.
        key: 32 bytes.
        prefix: 7 bytes.
        first: Number of the segment to begin with, to take up a transfer that broke.
    """
    box = _box(key, prefix)
    for number, block, is_final in _blocks(chunks, SEGMENT, first):
        yield box.encrypt(_nonce(prefix, number, is_final=is_final), block, None)


def decrypt_stream(
    chunks: Iterable[bytes], key: bytes, prefix: bytes, *, first: int = 0
) -> Iterator[bytes]:
    """Decrypt chunks of any size; yields one plaintext segment at a time.

    What was yielded is authentic and in place, but only when the iterator ends without an error is
    it known to be all: show nothing before.

    Raises:
        PeerError: `attachment-digest` when a segment was changed, moved, cut off or added.
    """
    box = _box(key, prefix)
    for number, block, is_final in _blocks(chunks, CIPHER_SEGMENT, first):
        if len(block) == TAG_SIZE and number:
            raise PeerError("attachment-digest", "the attachment ends in an empty segment")
        try:
            yield box.decrypt(_nonce(prefix, number, is_final=is_final), block, None)
        except InvalidTag as error:
            raise PeerError("attachment-digest", f"segment {number} does not open") from error


def _box(key: bytes, prefix: bytes) -> AESGCM:
    if len(key) != KEY_SIZE or len(prefix) != PREFIX_SIZE:
        raise ValueError(f"a key has {KEY_SIZE} bytes, a prefix {PREFIX_SIZE}")
    return AESGCM(key)


def _nonce(prefix: bytes, number: int, *, is_final: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + (b"\x01" if is_final else b"\x00")


def _blocks(chunks: Iterable[bytes], size: int, first: int) -> Iterator[tuple[int, bytes, bool]]:
    """Cut chunks into numbered blocks of `size` bytes and mark the last one."""
    held = bytearray()
    number = first
    for chunk in chunks:
        held += chunk
        while len(held) > size:
            yield number, bytes(held[:size]), False
            del held[:size]
            number += 1
            if number == MAX_SEGMENTS:
                raise PeerError("too-large", "the attachment has too many segments")
    yield number, bytes(held), True
