"""Entries of invented States XA and XB, with keys from fixed seeds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

from msgspec.structs import replace

from tracer.canonical import b64url
from tracer.clock import stamp
from tracer.envelope.jwk import SealKey, SigningKey
from tracer.evidence.checkpoint import LogKey
from tracer.model.terms import Terms, starting_terms
from tracer.trust.channel import Channel, new_channel
from tracer.trust.entry import VerifiedEntry, sign_entry, verify_entry
from tracer.trust.nouns import Contact, Entry, EntryKey, LogInfo

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def seed(name: str) -> bytes:
    return sha256(name.encode()).digest()


@cache
def signing(name: str) -> SigningKey:
    return SigningKey.from_seed(seed(name))


@cache
def sealing(name: str) -> SealKey:
    return SealKey.from_seed(seed(name))


@cache
def channel(name: str) -> Channel:
    return new_channel(name, now=NOW)


def sign_row(key: SigningKey, *, start: datetime = NOW, days: int = 730, **more: Any) -> EntryKey:
    return EntryKey(
        kid=key.kid,
        use="sign",
        jwk=key.public_jwk(),
        sign_from=stamp(start),
        sign_until=stamp(start + days * DAY),
        accept_until=stamp(start + (days + 400) * DAY),
        **more,
    )


def seal_row(key: SealKey, *, start: datetime = NOW, **more: Any) -> EntryKey:
    return EntryKey(
        kid=key.kid,
        use="seal",
        jwk=key.public_jwk(),
        sign_from=stamp(start),
        sign_until=stamp(start + 90 * DAY),
        open_until=stamp(start + 490 * DAY),
        **more,
    )


def terms(authority: str) -> Terms:
    return starting_terms(authority, covers_until="2027-12-31", non_working=("2026-12-25",))


def log_info(authority: str, number: int = 1) -> LogInfo:
    origin = f"{authority}/log/{number}"
    seeds = {"ed25519": seed(origin), "mldsa44": seed(origin + "q")}
    public = LogKey.from_seeds(origin, **seeds).public
    return LogInfo(origin=origin, ed25519=b64url(public.ed25519), mldsa44=b64url(public.mldsa44))


def entry(authority: str = "XA-NPOC", **changes: Any) -> Entry:
    """The first entry of an authority, its keys named after it, with changes."""
    desk = Contact(name="Desk", role="duty", phone="+000 1", mail="desk@xa.example", hours="always")
    first = Entry(
        v=1,
        authority=authority,
        state=authority[:2],
        name="National point of contact",
        seq=1,
        prev="",
        issued=stamp(NOW),
        mode="reached",
        endpoint="https://xa.example:8443",
        contacts=(desk,),
        languages=("en", "fr"),
        keys=(sign_row(signing(authority)), seal_row(sealing(authority))),
        log=log_info(authority),
        channel=(b64url(channel(authority).certificate),),
        terms=terms(authority),
    )
    return replace(first, **changes)


@cache
def _unchanged(authority: str) -> VerifiedEntry:
    return verify_entry(sign_entry(entry(authority), key=signing(authority)))


def verified(authority: str = "XA-NPOC", **changes: Any) -> VerifiedEntry:
    """The first entry of an authority with changes; without any it is made and verified once."""
    if not changes:
        return _unchanged(authority)
    return verify_entry(sign_entry(entry(authority, **changes), key=signing(authority)))


@dataclass
class Chain:
    """Makes the next entry of one authority, signed by whom the test says."""

    last: VerifiedEntry
    days: int = field(default=0)

    def next(
        self, *, by: str = "XA-NPOC", endorser: str | None = None, **changes: Any
    ) -> VerifiedEntry:
        self.days += 1
        follows = {
            "seq": self.last.entry.seq + 1,
            "prev": self.last.digest,
            "issued": stamp(NOW + self.days * DAY),
        }
        new = replace(self.last.entry, **(follows | changes))
        data = sign_entry(
            new, key=signing(by), endorser=None if endorser is None else signing(endorser)
        )
        return verify_entry(data)
