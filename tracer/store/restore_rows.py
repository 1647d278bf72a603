"""Rows of restores, and of what is erased, purged or held."""

from __future__ import annotations

import msgspec


class SuccessionRow(msgspec.Struct, frozen=True):
    """A log that replaced another, ours or a peer's; `size` and `root` are what it went on from.

    `lost` and `reentered` count records and messages, -1 where it is not known yet.
    """

    origin: str
    authority: str
    closed: str
    size: int
    root: bytes
    highest: str
    cause: str
    state: str
    lost: int
    reentered: int
    opened: str
    """`at` of the succession record."""
    at: str
    by: str
    announcement: bytes
    carried_from: str = ""
    carried: int = 0


class RestoringRow(msgspec.Struct, frozen=True):
    """The way back with one peer after a restore; counts of messages."""

    authority: str
    state: str
    reentered: int = 0
    orphaned: int = 0
    gone: int = 0
    aside: int = 0
    at: str = ""


class ReentryRow(msgspec.Struct, frozen=True):
    """A record of a closed log, and where it stands again."""

    closed: str
    index: int
    origin: str
    leaf_index: int
    peer: str
    message_id: str


class HoldRow(msgspec.Struct, frozen=True):
    """A thread of which nothing may go."""

    thread: str
    at: str
    by: str
    reason: str


class DisposalRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a person asked to erase or purge; `state` is open, done or dropped."""

    number: int
    thread: str
    kind: str
    groups: tuple[str, ...]
    message_id: str
    reason: str
    asked_by: str
    asked_at: str
    state: str = "open"
    approved_by: str = ""
    done_at: str = ""


class FrozenRow(msgspec.Struct, frozen=True):
    """The case row of a purged thread as it was, canonical JSON, and its SHA-256 in base64url."""

    thread: str
    state: bytes
    digest: str
    at: str
