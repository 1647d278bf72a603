"""Whose keys count: the entries of a bundle, their chains, and what the reader pinned.

The entries of one authority stand oldest first. Each that follows the one before by its rules
(`trust.entry.succeeds`) belongs to the same identity: it names its predecessor by digest and is
signed or endorsed by a key of it. So whoever knows the fingerprint of any one of them knows all.
One that does not follow begins another identity, with a fingerprint of its own to compare.

What it does not do: know who stands behind a fingerprint. The reader compares, or pins.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec
from msgspec import UNSET

from tracer.bundle.findings import Identity, Notes
from tracer.bundle.forms import entry_name
from tracer.envelope.jwk import VerifyKey
from tracer.errors import PeerError
from tracer.evidence.checkpoint import LogPublic
from tracer.trust.channel import spki_digest
from tracer.trust.entry import VerifiedEntry, fingerprint, succeeds, verify_entry
from tracer.trust.nouns import Entry, EntryKey, load_verify_key


@dataclass(frozen=True, slots=True)
class Pins:
    """What the reader knows beforehand: fingerprints (digits only) and digests of entries."""

    fingerprints: frozenset[str] = frozenset()
    digests: frozenset[str] = frozenset()


class Signer(NamedTuple):
    """A listed signing key: whose, as listed with the earliest revocation, and loaded."""

    authority: str
    listed: EntryKey
    key: VerifyKey


@dataclass(slots=True)
class _Chain:
    authority: str
    entries: list[VerifiedEntry] = field(default_factory=list)

    def pinned(self, pins: Pins) -> VerifiedEntry | None:
        """The newest entry of it that the reader knows, and so all."""
        for one in reversed(self.entries):
            if one.digest in pins.digests or digits(fingerprint(one.jws)) in pins.fingerprints:
                return one
        return None


@dataclass(frozen=True, slots=True)
class Book:
    """The keys of all entries of the bundle that hold."""

    signers: Mapping[str, Signer]
    logs: Mapping[str, LogPublic]
    identities: tuple[Identity, ...]

    @property
    def verify_keys(self) -> dict[str, VerifyKey]:
        """Every signing key by id."""
        return {kid: one.key for kid, one in self.signers.items()}


def digits(text: str) -> str:
    """A fingerprint without its blanks."""
    return "".join(text.split())


def read_entries(
    files: Mapping[str, bytes], parties: Collection[str], pins: Pins, notes: Notes
) -> Book:
    """Verify the entry files of a bundle and tell what the reader relies on.

    Args:
        files: Those of the folder `entries`, by name, in order.
        parties: The two authorities of the thread.
        pins: What the reader knows.
        notes: Takes the findings.
    """
    chains = _chains(files, parties, notes)
    signers, logs = _keys(chains, notes)
    identities = tuple(_identity(chain, pins, notes) for chain in chains)
    for authority in sorted(set(parties) - {chain.authority for chain in chains}):
        notes.wrong("missing", "", f"no entry of {authority} is in the file: its keys are unknown")
    _unmatched(chains, pins, notes)
    _beside(identities, notes)
    _shared(chains, notes)
    return Book(signers, logs, identities)


def _chains(files: Mapping[str, bytes], parties: Collection[str], notes: Notes) -> list[_Chain]:
    chains: list[_Chain] = []
    counts: dict[str, int] = {}
    for name, data in files.items():
        try:
            entry = verify_entry(data)
        except PeerError as error:
            notes.wrong(error.code, name, error.message)
            continue
        counts[entry.authority] = counts.get(entry.authority, 0) + 1
        if name != entry_name(entry.authority, counts[entry.authority]):
            notes.wrong("form", name, f"it is entry {entry.entry.seq} of {entry.authority}")
        if entry.authority not in parties:
            notes.say("unjudged", f"an entry of {entry.authority}, which is no party here", name)
            continue
        if chains and chains[-1].authority == entry.authority:
            try:
                succeeds(chains[-1].entries[-1], entry)
            except PeerError as error:
                notes.say("open", f"it begins another identity: {error.message}", name)
            else:
                chains[-1].entries.append(entry)
                continue
        chains.append(_Chain(entry.authority, [entry]))
    return chains


def _keys(chains: list[_Chain], notes: Notes) -> tuple[dict[str, Signer], dict[str, LogPublic]]:
    """Every key, once; one that two authorities list counts for neither."""
    signers: dict[str, Signer] = {}
    logs: dict[str, LogPublic] = {}
    for chain in chains:
        for entry in chain.entries:
            log = entry.entry.log
            if logs.setdefault(log.origin, log.public()) != log.public():
                notes.wrong("entry-chain", "", f"{log.origin} is listed with two sets of keys")
            for key in entry.entry.listed("sign"):
                held = signers.get(key.kid)
                if held is not None and held.authority != chain.authority:
                    notes.wrong("entry-shared", "", f"key {key.kid} is listed by two authorities")
                    continue
                listed = key if held is None else _earlier(held.listed, key)
                signers[key.kid] = Signer(chain.authority, listed, load_verify_key(key))
    return signers, logs


def _earlier(one: EntryKey, other: EntryKey) -> EntryKey:
    """The same key with the earlier of two revocations."""
    dates = [key.revoked_from for key in (one, other) if key.revoked_from is not UNSET]
    return msgspec.structs.replace(one, revoked_from=min(dates)) if dates else one


def _identity(chain: _Chain, pins: Pins, notes: Notes) -> Identity:
    newest, known = chain.entries[-1], chain.pinned(pins)
    shown = fingerprint(newest.jws)
    number = f"entry {newest.entry.seq} of {newest.entry.issued[:10]}"
    how = "compare it with what they say themselves"
    if known is newest:
        how = "which you gave"
    elif known is not None:
        how = f"signed on from entry {known.entry.seq}, which you gave: compare the newer one, too"
    notes.say("trust", f"{chain.authority} is who has the fingerprint {shown} ({number}), {how}")
    return Identity(
        authority=chain.authority,
        fingerprint=shown,
        since=chain.entries[0].entry.issued,
        entries=len(chain.entries),
        pinned=known is not None,
    )


def _unmatched(chains: list[_Chain], pins: Pins, notes: Notes) -> None:
    """A pin that no entry has: the file is about somebody else, or forged."""
    entries = [entry for chain in chains for entry in chain.entries]
    prints = {digits(fingerprint(entry.jws)) for entry in entries}
    known = {entry.digest for entry in entries}
    for one in sorted(pins.fingerprints - prints):
        shown = " ".join(one[start : start + 5] for start in range(0, len(one), 5))
        notes.wrong("trust", "", f"no entry in the file has the fingerprint {shown} that you gave")
    for one in sorted(pins.digests - known):
        notes.wrong("trust", "", f"the entry {one} that you gave is not in the file")


def _beside(identities: tuple[Identity, ...], notes: Notes) -> None:
    """Another identity of an authority that the reader knows: its keys would speak beside it."""
    known = {one.authority for one in identities if one.pinned}
    for one in identities:
        if one.authority in known and not one.pinned:
            words = f"another identity of {one.authority} is in the file, which you did not give:"
            notes.wrong("trust", "", f"{words} {one.fingerprint}")


def _shared(chains: list[_Chain], notes: Notes) -> None:
    """A key of any use that two authorities list; of keys that sign `_keys` has told."""
    owners: dict[str | bytes, str] = {}
    told: set[str | bytes] = set()
    for chain in chains:
        for entry in chain.entries:
            for key in _other_keys(entry.entry) - told:
                if owners.setdefault(key, chain.authority) != chain.authority:
                    told.add(key)
                    words = "a sealing, log, channel or witness key is listed by two authorities"
                    notes.wrong("entry-shared", "", words)


def _other_keys(entry: Entry) -> set[str | bytes]:
    keys: set[str | bytes] = {key.kid for key in entry.listed("seal")}
    keys |= {entry.log.ed25519, entry.log.mldsa44, *map(spki_digest, entry.certificates())}
    return keys if entry.witness is UNSET else keys | {entry.witness.mldsa44}
