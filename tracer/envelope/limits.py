"""Sizes beyond which nothing is parsed, in one frozen place.

All are upper bounds in bytes unless their name says otherwise; a peer that exceeds one is answered
`too-large`. They are part of profile `tracer-1`: a node may set its own lower, never higher.

What it does not do: quotas per peer and per day (`exchange`).

Example:
    >>> Limits(message=64 * 1024).disclosures
    64
"""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one sealed message, its parts and one attachment may be at most."""

    message: int = 256 * KIB
    """The compact JWE as it arrives."""

    jws: int = 96 * KIB
    """One compact JWS: the issuer-signed part of a message, or any other signed object."""

    disclosures: int = 64
    """Number of disclosures of one message."""

    disclosure: int = 64 * KIB
    """One encoded disclosure."""

    proof: int = 32 * KIB
    """The sender's log proof as canonical JSON."""

    attachment: int = 64 * KIB * KIB
    """Plaintext of one attachment."""

    depth: int = 16
    """Nesting of JSON objects and arrays."""


LIMITS = Limits()
