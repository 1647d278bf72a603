"""The NDJSON batch: how messages and receipts are laid out in one HTTP exchange.

A batch is a header line and one line per message; its answer is a header line and one line per
message, in the same order. The header carries the newest checkpoint of whoever writes it, the
consistency proof from what the reader is thought to remember, and the size of the reader's log that
the writer remembers, so that both logs are compared at every contact (protocol 3.6, 7).

    {"profile":"tracer-1","checkpoint":NOTE,"consistency":{"old":N,"new":M,"path":[..]},"remembers":R}
    {"jwe":"..."}                                       a message of a batch
    {"id":"...","receipt":{...}}                        an answer: taken, with the proof
    {"id":"...","refusal":"..."}                        an answer: refused, signed

Sizes are leaves; hashes are base64url. What it does not do: verify anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from tracer.canonical import strict_json
from tracer.errors import PeerError

PROFILE = "tracer-1"
MAX_LINE = 400_000
"""Longest line of a batch in bytes: a sealed message of 256 KiB grows by a third in base64url."""


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The first line of a batch or of an answer."""

    profile: str
    checkpoint: str | None
    consistency: dict[str, Any] | None
    remembers: int = msgspec.field(default=0)


class Sealed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One message of a batch."""

    jwe: str


class Reply(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One line of an answer: exactly one of `receipt` and `refusal` is present."""

    id: str
    receipt: dict[str, Any] | UnsetType = UNSET
    refusal: str | UnsetType = UNSET


class Batch(msgspec.Struct, frozen=True):
    """A header and the messages under it."""

    head: Head
    messages: tuple[Sealed, ...]


class Answer(msgspec.Struct, frozen=True):
    """A header and one reply per message."""

    head: Head
    replies: tuple[Reply, ...]


T = TypeVar("T")

_lines = msgspec.json.Encoder()


def write(head: Head, lines: Sequence[msgspec.Struct]) -> bytes:
    """Write a header and its lines as NDJSON."""
    return _lines.encode_lines((head, *lines))


def read_batch(body: bytes, *, limit: int) -> Batch:
    """Read a batch of at most `limit` messages.

    Raises:
        PeerError: `batch-form` or `too-large`.
    """
    return Batch(*_read(body, _sealed, limit=limit))


def read_answer(body: bytes, *, limit: int) -> Answer:
    """Read an answer of at most `limit` replies.

    Raises:
        PeerError: `batch-form` or `too-large`.
    """
    head, replies = read_lines(body, Reply, limit=limit)
    if any((reply.receipt is UNSET) == (reply.refusal is UNSET) for reply in replies):
        raise PeerError("batch-form", "a reply holds either a receipt or a refusal")
    return Answer(head, replies)


def read_lines(body: bytes, kind: type[T], *, limit: int) -> tuple[Head, tuple[T, ...]]:
    """Read a header and at most `limit` lines of one kind.

    Raises:
        PeerError: `batch-form` or `too-large`.
    """
    return _read(body, lambda line: _convert(line, kind), limit=limit)


def _read(body: bytes, read: Callable[[bytes], T], *, limit: int) -> tuple[Head, tuple[T, ...]]:
    if body.count(b"\n") - 1 > limit:
        raise PeerError("too-large", f"a batch holds at most {limit} messages")
    lines = body.split(b"\n")
    if lines.pop() != b"" or not lines:
        raise PeerError("batch-form", "every line of a batch ends in a line feed")
    if max(map(len, lines)) > MAX_LINE:
        raise PeerError("too-large", f"a line is longer than {MAX_LINE} bytes")
    head = _convert(lines[0], Head)
    if head.profile != PROFILE:
        raise PeerError("batch-form", "the header does not name profile tracer-1")
    if head.remembers < 0:
        raise PeerError("batch-form", "a log size is negative")
    return head, tuple(map(read, lines[1:]))


def _sealed(line: bytes) -> Sealed:
    """Read a message of a batch.

    A line that its own re-encoding equals has one spelling, and its type has no room for a number
    or for nesting: nothing is left that strict JSON would refuse.
    """
    try:
        found = _messages.decode(line)
        if _lines.encode(found) == line:
            return found
    except (msgspec.DecodeError, UnicodeError):
        pass
    return _convert(line, Sealed)


def _convert(line: bytes, kind: type[T]) -> T:
    try:
        return msgspec.convert(strict_json(line), kind)
    except (ValueError, msgspec.ValidationError) as error:
        raise PeerError("batch-form", f"a line is not a {kind.__name__}") from error


_messages = msgspec.json.Decoder(Sealed)
