"""What a check of the node's own data finds."""

from __future__ import annotations

from msgspec import Struct


class Fault(Struct, frozen=True):
    """Something that does not hold: where, and what."""

    where: str
    what: str
