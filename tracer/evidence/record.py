"""Records: the few bytes behind one leaf of the log.

A record says that something was sent or received, by whom and when, and names it by digest only.
It is exact JSON bytes: members in this order, no spaces, no escapes. Reading accepts these bytes
and no others, so that what is shown to a court ten years later has one reading and one hash:

    {"v":1,"kind":"received","id":"...","from":"XA-NPOC","to":"XB-NPOC","at":"...Z","salt":"..."}

`sent` and `received` name a message and its two parties, the message's sender first, in both logs.
`journal` (the hourly head of the private journal), `succession` (an old log closed, a new one
opened) and `renewal` (old evidence dated anew) concern one authority: `from` and `to` are equal,
`id` is the digest of what is recorded.

Decisions:
    The leaf commits to the SHA-256 of the record, not to the record: a purge can destroy the
    record and keep a 32-byte stub from which the whole tree can still be recomputed.
    A salt of 32 random bytes, so that nobody can guess ids from a log's hashes.
    The grammar is one regular expression. Rejected: decode with msgspec and compare a
    re-encoding; two code paths have to agree there, and the expression is the specification.

What it does not do: draw the salt or read a clock.

Example:
    >>> raw = new_record(kind=Kind.SENT, id=message_id, sender="XA-NPOC", recipient="XB-NPOC",
    ...                  at=now, salt=os.urandom(SALT_BYTES))
    >>> parse_record(raw).sender
    'XA-NPOC'
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final

from msgspec import Struct

from tracer.canonical import b64url, unb64url
from tracer.clock import instant, stamp

SALT_BYTES: Final = 32
MAX_RECORD_BYTES: Final = 512
"""No record is longer; a bound for readers and columns."""


class Kind(StrEnum):
    """What a record records."""

    SENT = "sent"
    RECEIVED = "received"
    JOURNAL = "journal"
    SUCCESSION = "succession"
    RENEWAL = "renewal"


_TRANSFERS: Final = frozenset((Kind.SENT, Kind.RECEIVED))
_DIGEST: Final = r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"
_AUTHORITY: Final = r"[A-Z]{2}(?:-[A-Z0-9]{1,16}){1,3}"
_RECORD = re.compile(
    r'\{"v":1'
    rf',"kind":"({"|".join(Kind)})"'
    rf',"id":"({_DIGEST})"'
    rf',"from":"({_AUTHORITY})"'
    rf',"to":"({_AUTHORITY})"'
    r',"at":"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z)"'
    rf',"salt":"({_DIGEST})"'
    r"\}"
)


class Record(Struct, frozen=True, kw_only=True):
    """A record as read; `id` is base64url SHA-256, `at` UTC with milliseconds."""

    kind: Kind
    id: str
    sender: str
    recipient: str
    at: datetime
    salt: bytes
    v: int = 1


def new_record(
    *,
    kind: Kind,
    id: str,  # noqa: A002 - the record's own word
    sender: str,
    recipient: str,
    at: datetime,
    salt: bytes,
) -> bytes:
    """Write the exact bytes of a record.

    Args:
        kind: One of `Kind`.
        id: Base64url SHA-256 of what is recorded.
        sender: Authority id.
        recipient: Authority id; equal to `sender` for all kinds but `sent` and `received`.
        at: Aware instant, cut to milliseconds.
        salt: 32 random bytes.

    Raises:
        ValueError: a value that no record may have.
    """
    raw = (
        f'{{"v":1,"kind":"{kind}","id":"{id}","from":"{sender}","to":"{recipient}"'
        f',"at":"{stamp(at)}","salt":"{b64url(salt)}"}}'
    )
    _members(raw)
    return raw.encode()


def parse_record(raw: bytes) -> Record:
    """Read a record; only the exact bytes that `new_record` writes are read.

    Raises:
        ValueError: any other bytes, an impossible instant, or parties that do not fit the kind.
    """
    kind, subject, sender, recipient, at, salt = _members(raw.decode("ascii"))
    return Record(
        kind=Kind(kind),
        id=subject,
        sender=sender,
        recipient=recipient,
        at=instant(at),
        salt=unb64url(salt),
    )


def read_record(raw: bytes) -> tuple[str, str, str, str, str]:
    """Kind, id, sender, recipient and instant of a record, as written: for a whole log.

    Raises:
        ValueError: as `parse_record`.
    """
    kind, subject, sender, recipient, at, _ = _members(raw.decode("ascii"))
    instant(at)
    return kind, subject, sender, recipient, at


def _members(raw: str) -> tuple[str, ...]:
    found = _RECORD.fullmatch(raw)
    if found is None:
        raise ValueError("not the exact bytes of a record")
    kind, _, sender, recipient, _, _ = members = found.groups()
    if (sender != recipient) != (kind in _TRANSFERS):
        raise ValueError("the parties do not fit the kind of record")
    return members


def leaf_hash(record: bytes) -> bytes:
    """The leaf of a record: RFC 9162 leaf hash of its SHA-256."""
    return stub_hash(sha256(record).digest())


def stub_hash(digest: bytes) -> bytes:
    """The leaf when only the 32-byte digest of the record is left, after a purge."""
    return sha256(b"\x00" + digest).digest()
