"""What a message says about files that travel beside it, and the keys that open them.

The description stands in the clear part; each key is its own disclosure, so that one file can be
erased and the signature stays valid. Files are never executable: the linter judges media types,
the node never opens what it stores.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from tracer.model.codes import AttachmentKind, Code, of
from tracer.model.part import Part
from tracer.model.text import Digest, Line, MediaType

MAX_ATTACHMENTS = 16
MAX_ATTACHMENT_SIZE = 2**31

AttachmentNumber = Annotated[int, Meta(ge=1, le=MAX_ATTACHMENTS)]
AttachmentName = Annotated[str, Meta(pattern="^([1-9]|1[0-6])$", max_length=2)]
_Size = Annotated[int, Meta(ge=0, le=MAX_ATTACHMENT_SIZE)]


class Attachment(Part, frozen=True, kw_only=True):
    """One file: its number in the message, size in bytes and SHA-256, plain and encrypted."""

    n: AttachmentNumber
    media_type: MediaType
    size: _Size
    digest: Digest
    cipher_size: Annotated[int, Meta(ge=0, le=2 * MAX_ATTACHMENT_SIZE)]
    cipher_digest: Digest
    kind: Annotated[Code, of(AttachmentKind)] | UnsetType = UNSET
    caption: Line = ""


class AttachmentKey(Part, frozen=True, kw_only=True):
    """What opens one file: AES-256 key and the 7-byte nonce prefix of its STREAM, base64url."""

    key: Digest
    prefix: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{9}[AQgw]$")]

    def __repr__(self) -> str:
        """Without the key: a secret must not reach a log by accident."""
        return "AttachmentKey(...)"
