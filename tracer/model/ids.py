"""Identifiers: authorities, messages, keys, logs, and the reference that people read aloud.

An authority is named `XA-NPOC`: its State (ISO 3166 alpha-2 or a user-assigned code), then its own
short name. Messages and threads are named by base64url SHA-256, keys by RFC 7638 thumbprint; all
three are 43 characters. A log is `<authority>/log/<n>`, n from 1. The human reference of a request
is `CC-YYYY-NNNNNN`.

A State that nobody here exchanges with by node is written to and answers on paper: it stands as
`CC-OUTSIDE` where an authority would, a name that no authority may have.

Example:
    >>> state_of("XA-NPOC"), human_reference("XA", 2026, 17)
    ('XA', 'XA-2026-000017')
"""

from __future__ import annotations

import re
from typing import Annotated

from msgspec import Meta

from tracer.model.text import Digest

_AUTHORITY = "[A-Z]{2}(-[A-Z0-9]{1,16}){1,3}"
_REFERENCE = "[A-Z]{2}-[0-9]{4}-[0-9]{6}"
OUTSIDE = "OUTSIDE"
"""What stands for an authority where there is none; no authority may have the name."""

AuthorityId = Annotated[
    str, Meta(pattern=f"^{_AUTHORITY}$", description="authority; the first two letters: its State")
]
MessageId = Digest
"""Base64url SHA-256 of the issuer-signed JWS."""
ThreadId = Digest
"""The id of the message that opened the thread."""
KeyId = Digest
"""RFC 7638 thumbprint."""
Nonce = Annotated[
    str, Meta(pattern="^[A-Za-z0-9_-]{21}[AQgw]$", description="base64url of 16 random bytes")
]
Reference = Annotated[
    str, Meta(pattern=f"^{_REFERENCE}$", description="human reference CC-YYYY-NNNNNN")
]
LogOrigin = Annotated[str, Meta(pattern=f"^{_AUTHORITY}/log/[1-9][0-9]{{0,5}}$")]

_authority = re.compile(_AUTHORITY)
_digest = re.compile("[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
_origin = re.compile(f"({_AUTHORITY})/log/([1-9][0-9]{{0,5}})")


def is_authority(text: str) -> bool:
    """Whether the text is an authority id."""
    return _authority.fullmatch(text) is not None


def is_digest(text: str) -> bool:
    """Whether the text has the form of a message, thread or key id: canonical, 32 bytes."""
    return _digest.fullmatch(text) is not None


def state_of(authority: str) -> str:
    """The State of an authority, two letters."""
    return authority[:2]


def outside(state: str) -> str:
    """What stands for a State that has no node: letters come and go by another way."""
    return f"{state}-{OUTSIDE}"


def is_outside(authority: str) -> bool:
    """Whether this stands for a State that has no node."""
    return authority[2:] == f"-{OUTSIDE}"


def is_invented(state: str) -> bool:
    """Whether a State is one of XA to XZ: ISO 3166-1 leaves these codes to users."""
    return len(state) == len("XA") and state.startswith("X") and state[1:].isalpha()


def log_origin(authority: str, number: int) -> str:
    """The origin of an authority's log, numbered from 1."""
    return f"{authority}/log/{number}"


def parse_log_origin(origin: str) -> tuple[str, int]:
    """Authority and number of a log.

    Raises:
        ValueError: not the form of a log origin.
    """
    found = _origin.fullmatch(origin)
    if found is None:
        raise ValueError("not a log origin")
    return found[1], int(found[3])


def human_reference(state: str, year: int, number: int) -> str:
    """The reference that officers quote: State, year, running number."""
    return f"{state}-{year:04d}-{number:06d}"
