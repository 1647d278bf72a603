"""Signed notes: the text of a head and the signature lines under it, read strictly.

What `checkpoint` (the log's own lines) and `cosignature` (lines of witnesses) have in common: C2SP
signed-note and tlog-checkpoint, narrowed to three lines of text and to the characters, numbers and
base64 that have one spelling only.

What it does not do: verify anything; raise errors with codes (its callers do).
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
from hashlib import sha256
from typing import Final, NamedTuple

from tracer.evidence.merkle import EMPTY_ROOT, HASH_BYTES, MAX_SIZE

MAX_EXTRA_LINES: Final = 16
"""Signature lines of other keys (witnesses) that a note may carry."""
MAX_NOTE_CHARS: Final = 96 * 1024
"""Upper bound of a whole note: two lines of ours and the extra ones, 5 kB each at most."""
LAST_SECOND: Final = 253_402_300_799
DASH: Final = "\u2014"
ED25519_TYPE: Final = b"\x01"
MLDSA44_TYPE: Final = b"\x06"

_LABEL: Final = b"subtree/v1\n\x00"
_ORIGIN = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,16}){1,3}/log/[1-9][0-9]{0,5}")
_JOURNAL = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,16}){1,3}/journal/[1-9][0-9]{0,5}")
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


class Line(NamedTuple):
    """One signature line: name, 4 bytes of key id, and what follows them."""

    name: str
    key_id: bytes
    signature: bytes


class Note(NamedTuple):
    """A note taken apart; nothing of it is verified."""

    text: str
    origin: str
    size: int
    root: bytes
    lines: tuple[Line, ...]


def read_note(note: str, *, journal: bool = False) -> Note:
    """Take a note apart; with `journal` it must be that of a journal, else of a log.

    Raises:
        ValueError: it deviates from the one form.
    """
    if len(note) > MAX_NOTE_CHARS or _CONTROL.search(note) or not note.endswith("\n"):
        raise ValueError("too long, a control character, or no newline at the end")
    text, _, tail = note[:-1].rpartition("\n\n")
    origin, size, root = text.split("\n")
    count, digest = read_size(size), unbase64(root)
    if len(digest) != HASH_BYTES or (count == 0 and digest != EMPTY_ROOT):
        raise ValueError("not the root of a tree of this size")
    rows = tail.split("\n")
    if len(rows) > MAX_EXTRA_LINES + 2:
        raise ValueError("too many signature lines")
    named = checked_origin(origin, journal=journal)
    return Note(text + "\n", named, count, digest, tuple(map(read_line, rows)))


def read_size(text: str) -> int:
    """Read a tree size, decimal without leading zeros.

    Raises:
        ValueError: not the size of a tree.
    """
    if not _SIZE.fullmatch(text) or (count := int(text)) > MAX_SIZE:
        raise ValueError("not a tree size")
    return count


def read_line(row: str) -> Line:
    """Read one signature line, without its newline.

    Raises:
        ValueError: not a signature line.
    """
    dash, name, encoded = row.split(" ")
    if dash != DASH or "+" in name or name.split() != [name]:
        raise ValueError("not a signature line")
    name.encode("utf-8")
    blob = unbase64(encoded)
    if len(blob) <= 4:  # noqa: PLR2004 - the key id
        raise ValueError("a signature line without a signature")
    return Line(name, blob[:4], blob[4:])


def written_line(name: str, blob: bytes) -> str:
    """Write a signature line with its newline; `blob` is key id and signature."""
    return f"{DASH} {name} {b64(blob)}\n"


def key_id(name: str, kind: bytes, key: bytes) -> bytes:
    """The first four bytes by which a signature line names its key (C2SP signed-note)."""
    return sha256(name.encode() + b"\n" + kind + key).digest()[:4]


def cosigned_message(cosigner: str, origin: str, seconds: int, size: int, root: bytes) -> bytes:
    """The bytes an ML-DSA-44 line signs (C2SP tlog-cosignature, `cosigned_message`, start 0)."""
    name, log = cosigner.encode(), origin.encode()
    head = struct.pack(">QQ32s", 0, size, root)
    time = seconds.to_bytes(8, "big")
    return b"".join((_LABEL, bytes((len(name),)), name, time, bytes((len(log),)), log, head))


def checked_origin(origin: str, *, journal: bool = False) -> str:
    """The origin again; ValueError if it is not that of a log, or of a journal."""
    if not (_JOURNAL if journal else _ORIGIN).fullmatch(origin):
        word = "journal" if journal else "log"
        raise ValueError(f"not the origin of a {word}: <authority>/{word}/<n>")
    return origin


def is_journal(origin: str) -> bool:
    """Whether a name is that of a journal."""
    return _JOURNAL.fullmatch(origin) is not None


def b64(data: bytes) -> str:
    """Standard base64 with padding."""
    return base64.b64encode(data).decode("ascii")


def unbase64(text: str) -> bytes:
    """Read standard base64 with padding, canonical (RFC 4648 section 4).

    Raises:
        ValueError: not base64, or not its one spelling.
    """
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise ValueError("not base64") from error
    if b64(data) != text:
        raise ValueError("not canonical base64")
    return data
