"""Signed notes: the text of a head and the signature lines under it, read strictly.

What `checkpoint` (the log's own lines) and `cosignature` (lines of witnesses) have in common: C2SP
signed-note and tlog-checkpoint, narrowed to three lines of text and to the characters, numbers and
base64 that have one spelling only.

What it does not do: verify anything; raise errors with codes (its callers do).
"""

from __future__ import annotations

import base64
import re
import struct
from hashlib import sha256
from typing import Final, NamedTuple

from tracer.canonical import unb64
from tracer.evidence.merkle import EMPTY_ROOT, MAX_SIZE

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
_LINE = re.compile(rf"{DASH} ([^\s+\x00-\x1f\x7f]+) ([A-Za-z0-9+/]+={{0,2}})")
_NOTE = re.compile(
    rf"(([^\n]+)\n({_SIZE.pattern})\n([A-Za-z0-9+/]{{43}}=)\n)\n((?:{_LINE.pattern}\n)+)"
)
"""Text (of origin, size and root), and the signature lines."""


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
    found = _NOTE.fullmatch(note) if len(note) <= MAX_NOTE_CHARS else None
    if found is None:
        raise ValueError("too long, or not three lines of text and signature lines")
    text, origin, size, root, tail = found.group(1, 2, 3, 4, 5)
    count, digest = read_size(size), unb64(root)
    if count == 0 and digest != EMPTY_ROOT:
        raise ValueError("not the root of a tree of this size")
    rows = _LINE.findall(tail)
    if len(rows) > MAX_EXTRA_LINES + 2:
        raise ValueError("too many signature lines")
    named = checked_origin(origin, journal=journal)
    return Note(text, named, count, digest, tuple(_line(*row) for row in rows))


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
    found = _LINE.fullmatch(row)
    if found is None:
        raise ValueError("not a signature line")
    return _line(*found.groups())


def _line(name: str, encoded: str) -> Line:
    """A signature line of its two parts; a name that has no UTF-8 is none."""
    name.encode()
    blob = unb64(encoded)
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
