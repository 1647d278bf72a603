"""What a verifier says about a bundle: one finding after the other, each on one level.

trust      what the reader relies on and may compare or pin
proved     what follows from signatures and proofs
claimed    what the exporter says and nothing proves
open       what is not proved, or was left out
unjudged   what this verifier does not know how to judge
wrong      what does not hold, with the file and what that file means
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from tracer.bundle.forms import MEANING, Manifest, kind_of
from tracer.model.messages import AnyMessage

Level = Literal["trust", "proved", "claimed", "open", "unjudged", "wrong"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was found. `where` is a file of the bundle, or empty."""

    level: Level
    where: str
    words: str
    code: str = ""
    """Of what is wrong: a stable code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """An authority as the bundle's entries show it; its newest entry's fingerprint."""

    authority: str
    fingerprint: str
    since: str
    entries: int
    pinned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """A witness that has signed; `key` is the SHA-256 of its public key, hexadecimal."""

    name: str
    authority: str
    key: str
    own_entry: bool
    """Whether an entry of its own authority lists the key, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """A place in the log of an authority, as witnesses have seen it."""

    authority: str
    by: tuple[str, ...]
    """Witnesses, in the order in which they signed."""
    of: int
    """How many are named, or have signed."""
    quorum: int
    """How many the authority holds to be enough; 0: it names none."""
    since: datetime | None
    """When as many as that had signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A message that holds: what it says, and when it was logged by whom."""

    number: int
    id: str
    sender: str
    recipient: str
    message: AnyMessage
    withheld: int
    sent_at: datetime | None
    """Time of the sender's checkpoint that covers it."""
    received_at: datetime | None
    """`at` of the recipient's record."""
    confirmed: tuple[Confirmed, ...] = ()
    """By witnesses, in the log of the sender and in that of the recipient."""
    existed_by: datetime | None = None
    """The earliest time stamp under a root that the reader gave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A time by which a layer existed, and by whom."""

    at: datetime
    by: str
    algorithms: str
    until: datetime | None
    """When the certificate behind it ends; None for a log, whose keys have no end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """A layer around a bundle, 1 the oldest, that holds."""

    number: int
    sha256: str
    """Of the file that it goes around, hexadecimal."""
    dated: tuple[Dated, ...]
    """By a time stamp that counts, by a log, or both; earliest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """All that was found."""

    sha256: str
    """Of the whole file, hexadecimal."""
    manifest: Manifest | None
    identities: tuple[Identity, ...]
    messages: tuple[Told, ...]
    witnesses: tuple[Vouched, ...] = ()
    """Those that have signed heads in it."""
    layers: tuple[Renewed, ...] = ()
    """What renewals put around it, oldest first."""
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not any(one.level == "wrong" for one in self.findings)


@dataclass(slots=True)
class Notes:
    """Findings as they are made."""

    found: list[Finding] = field(default_factory=list)

    def say(self, level: Level, words: str, where: str = "") -> None:
        """Add a finding."""
        self.found.append(Finding(level=level, where=where, words=words))

    def wrong(self, code: str, where: str, words: str) -> None:
        """Add what does not hold, with the meaning of its file."""
        meaning = MEANING.get(kind_of(where))
        told = f"{words} (this file: {meaning})" if meaning else words
        self.found.append(Finding(level="wrong", where=where, words=told, code=code))
