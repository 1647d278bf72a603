"""The statement about what came or went by another way: made, signed, read, verified.

The clear part is the coded content as in a message, under its `type`, and the statement itself
under `transcript`; personal groups are disclosures, as in a message. What has no coded content is a
`letter`: free text and the original.

What it does not do: keep anything, or judge what the content says.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Final, Literal, NamedTuple

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from tracer.envelope.jwk import SigningKey, VerifyKey
from tracer.envelope.sdjwt import Members, SignedMessage, StoredMessage, issue, verify
from tracer.errors import PeerError
from tracer.model.ids import AuthorityId, MessageId, ThreadId
from tracer.model.messages import AnyMessage
from tracer.model.text import Day, Digest, Instant, Line
from tracer.model.values import Notes
from tracer.model.wire import from_wire, to_wire

TYP: Final = "tracer-transcript+sd-jwt"
LETTER: Final = "letter"
"""The type of what has no coded content."""
_NAME: Final = "transcript"


class Way(StrEnum):
    """How it came or went."""

    POST = "POST"
    HAND = "HAND"
    EMBASSY = "EMBASSY"
    FAX = "FAX"
    TELEPHONE = "TELEPHONE"
    EMAIL = "EMAIL"
    IARMS = "IARMS"
    """INTERPOL's Illicit Arms Records and tracing Management System."""
    SIENA = "SIENA"
    """Europol's Secure Information Exchange Network Application."""
    OTHER = "OTHER"


class Original(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file as it was taken in, untouched."""

    media_type: str
    size: int
    digest: Digest


class Statement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What our authority states. `who` is the office as it signs, never a person.

    `thread` is missing where it opens a case; `sent` is the message of ours that went this way.
    """

    v: Literal[1]
    authority: AuthorityId
    counterpart: AuthorityId
    direction: Literal["in", "out"]
    way: Way
    who: Line = ""
    number: Line = ""
    day: Day
    """On which it came, or was sent."""
    dated: Day | UnsetType = UNSET
    """What day the paper bears."""
    thread: ThreadId | UnsetType = UNSET
    sent: MessageId | UnsetType = UNSET
    original: Original | UnsetType = UNSET
    entered_by: Annotated[str, Meta(min_length=1, max_length=64)]
    entered_at: Instant
    nonce: Annotated[str, Meta(min_length=22, max_length=22)]


class Stated(NamedTuple):
    """A statement as it was read: its content, if that is coded, and what else is written."""

    statement: Statement
    type: str
    message: AnyMessage | None
    words: tuple[Any, ...]
    """Notes of a letter; those of a message are in it."""
    missing: int = 0
    """Groups that were erased."""


def sign(
    statement: Statement, content: AnyMessage | Notes | None, *, key: SigningKey
) -> SignedMessage:
    """Sign a statement about a message, or about a letter with these words."""
    told = msgspec.to_builtins(statement)
    if content is None or isinstance(content, tuple):
        groups = {"free_text": msgspec.to_builtins(content)} if content else {}
        return issue({"type": LETTER, _NAME: told}, groups, key=key, typ=TYP)
    clear, groups = to_wire(content)
    return issue({**clear, _NAME: told}, groups, key=key, typ=TYP)


def read(signed: SignedMessage) -> Stated:
    """Read a statement from our own store."""
    return _read(StoredMessage(signed).members())


def verified(signed: SignedMessage, *, keys: Mapping[str, VerifyKey]) -> tuple[str, Stated]:
    """Verify a statement; the key's name, and what it says.

    Raises:
        PeerError: those of `sdjwt.verify`, or `payload-schema`.
    """
    found = verify(signed, keys=keys, allow_missing=True, typ=TYP)
    return found.kid, _read(found.members())


def _read(members: Members) -> Stated:
    clear, groups, missing = dict(members.clear), members.groups, members.missing
    try:
        statement = msgspec.convert(clear.pop(_NAME, None), Statement)
        if clear.get("type") != LETTER:
            message = from_wire(clear, groups)
            return Stated(statement, str(clear["type"]), message, (), missing)
        words = msgspec.convert(groups.get("free_text", ()), Notes)
    except msgspec.ValidationError as error:
        raise PeerError("payload-schema", f"{_NAME}: {error}") from error
    return Stated(statement, LETTER, None, tuple(words), missing)
