"""The directory in memory: an immutable snapshot of whom we believe, with every key loaded.

Built from verified entries and the standing that persons gave them. A change makes a new
snapshot, and whoever works goes on with the one it holds; keys that did not change are not
loaded again. A peer is never deleted: it is suspended (it is told so) or superseded (kept for
evidence, no longer anybody's voice). A key, of any use, that two authorities list is refused: it
would let one answer for the other.

What it does not do: read or write files or tables, fetch anything, or admit a peer by itself.

Example:
    >>> directory = Directory.of([Listing(verified, Standing.ACTIVE)])
    >>> directory.peer("XA-NPOC").endpoint
    'https://xa.example'
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

import msgspec
from msgspec import UNSET

from tracer.envelope.jwk import SealPublic, VerifyKey
from tracer.errors import OperatorError, PeerError
from tracer.evidence.checkpoint import LogPublic
from tracer.model.terms import Terms, terms_digest
from tracer.trust.channel import spki_digest, to_pem
from tracer.trust.entry import VerifiedEntry, succeeds
from tracer.trust.nouns import EntryKey, load_seal_key, load_verify_key


class Standing(StrEnum):
    """What persons here have decided about a peer."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    SUPERSEDED = "superseded"


@dataclass(frozen=True)
class Listing:
    """One line of the directory as it is stored."""

    verified: VerifiedEntry
    standing: Standing = Standing.ACTIVE


@dataclass(frozen=True, kw_only=True)
class Peer:
    """One authority, its keys loaded and ready."""

    authority: str
    standing: Standing
    verified: VerifiedEntry
    verify_keys: Mapping[str, VerifyKey] = field(repr=False)
    """All listed signing keys by id; `validity.judge` says whether one counts."""
    signing: Mapping[str, EntryKey] = field(repr=False)
    """The same keys as listed, each with the earliest revocation that is known."""
    sealing: tuple[tuple[EntryKey, SealPublic], ...] = field(repr=False)
    log: LogPublic = field(repr=False)
    certificates: tuple[bytes, ...] = field(repr=False)
    """Channel certificates, DER."""
    channel: frozenset[str] = field(repr=False)
    """The digests of their keys."""
    terms_digest: str

    @property
    def mode(self) -> str:
        """`reached` or `collects`."""
        return self.verified.entry.mode

    @property
    def endpoint(self) -> str:
        """`https://host[:port]`; empty for an authority that collects."""
        return self.verified.entry.endpoint

    @property
    def terms(self) -> Terms:
        """The terms it answers under."""
        return self.verified.entry.terms

    def seal_key(self, now: datetime) -> SealPublic:
        """The key to seal to: the newest in use that its owner can still open.

        An old one is better than none: the owner opens it, or answers with the current one.

        Raises:
            OperatorError: `seal-key-missing`.
        """
        usable = [
            (term.sign_from, key)
            for listed, key in self.sealing
            if (term := listed.term()).sign_from <= now < term.last and term.revoked_from is None
        ]
        if not usable:
            raise OperatorError(
                "seal-key-missing",
                f"{self.authority} lists no sealing key that still opens",
                advice="Ask the authority for its current entry.",
            )
        return max(usable, key=lambda pair: pair[0])[1]


class Directory:
    """All peers at one moment. Never changed: every change returns another `Directory`."""

    __slots__ = ("_by_channel", "_current", "_peers", "_revoked")

    def __init__(self, peers: Iterable[Peer], revoked: Mapping[str, str]) -> None:
        self._peers = tuple(peers)
        self._revoked = revoked
        current = [peer for peer in self._peers if peer.standing is not Standing.SUPERSEDED]
        self._current = MappingProxyType({peer.authority: peer for peer in current})
        if len(self._current) != len(current):
            raise OperatorError("peer-twice", "an authority has two identities that both count")
        _refuse_shared(self._peers)
        self._by_channel = MappingProxyType(
            {digest: peer for peer in current for digest in peer.channel}
        )

    @classmethod
    def of(
        cls, listings: Iterable[Listing], *, revoked: Mapping[str, str] | None = None
    ) -> Directory:
        """Build the snapshot.

        Args:
            listings: Verified entries; of each authority at most one that is not superseded.
            revoked: Revocations known from elsewhere, key id to instant; the earlier date wins.

        Raises:
            OperatorError: `peer-twice`.
            PeerError: `entry-shared`.
        """
        known = MappingProxyType(dict(revoked or {}))
        return cls((_load(item.verified, item.standing, known) for item in listings), known)

    def __iter__(self) -> Iterator[Peer]:
        """All peers, superseded identities included, in the order they were listed."""
        return iter(self._peers)

    def __len__(self) -> int:
        """How many identities are listed."""
        return len(self._peers)

    def peer(self, authority: str) -> Peer:
        """The present identity of an authority, active or suspended.

        Raises:
            PeerError: `peer-unknown`.
        """
        found = self._current.get(authority)
        if found is None:
            raise PeerError("peer-unknown", f"{authority} is not in the directory")
        return found

    def find(self, authority: str) -> Peer | None:
        """The present identity of an authority, or None."""
        return self._current.get(authority)

    def by_channel(self, spki: str) -> Peer | None:
        """The peer whose entry lists this channel key; the caller looks at its standing."""
        return self._by_channel.get(spki)

    def verify_keys(self, authority: str) -> Mapping[str, VerifyKey]:
        """The signing keys of an authority by id, loaded; PeerError `peer-unknown`."""
        return self.peer(authority).verify_keys

    def signing_key(self, authority: str, kid: str) -> EntryKey:
        """A signing key as listed, with the earliest revocation known, for `validity.judge`.

        Raises:
            PeerError: `peer-unknown` or `signing-key`.
        """
        found = self.peer(authority).signing.get(kid)
        if found is None:
            raise PeerError("signing-key", f"{authority} does not list key {kid}")
        return found

    def seal_key(self, authority: str, now: datetime) -> SealPublic:
        """The key to seal to; PeerError `peer-unknown`, OperatorError `seal-key-missing`."""
        return self.peer(authority).seal_key(now)

    def log_public(self, authority: str) -> LogPublic:
        """The keys of an authority's present log; PeerError `peer-unknown`."""
        return self.peer(authority).log

    def anchors_der(self) -> tuple[bytes, ...]:
        """The certificates that may open a channel: suspended peers get in to be told so."""
        return tuple(der for peer in self._current.values() for der in peer.certificates)

    def anchors_pem(self) -> str:
        """The same, as one text for other tools."""
        return "".join(to_pem(der) for der in self.anchors_der())

    def with_next(self, verified: VerifiedEntry, *, at: datetime | None = None) -> Directory:
        """Take the next entry of a known authority; its standing stays.

        The entry that is held already changes nothing. With `at`, an instant by our clock, the key
        that vouches for it must be in use then, too.

        Raises:
            PeerError: `peer-unknown`, `entry-chain` (see `entry.succeeds`) or `entry-shared`.
        """
        held = self.peer(verified.authority)
        if held.verified.jws == verified.jws:
            return self
        succeeds(held.verified, verified, revoked=self._revoked.keys(), at=at)
        return self._swap(held, _load(verified, held.standing, self._revoked))

    def with_identity(self, verified: VerifiedEntry) -> Directory:
        """Take a new identity that a person compared by fingerprint; an old one is superseded.

        Raises:
            PeerError: `entry-shared`.
        """
        peers = [
            replace(peer, standing=Standing.SUPERSEDED)
            if peer.authority == verified.authority
            else peer
            for peer in self._peers
        ]
        fresh = _load(verified, Standing.ACTIVE, self._revoked)
        return Directory([*peers, fresh], self._revoked)

    def with_standing(self, authority: str, standing: Standing) -> Directory:
        """Suspend, resume or supersede the present identity; PeerError `peer-unknown`."""
        held = self.peer(authority)
        return self._swap(held, replace(held, standing=standing))

    def with_revoked(self, kid: str, revoked_from: str) -> Directory:
        """Let a revocation count at once; of two dates for one key the earlier wins."""
        dates = {*filter(None, [self._revoked.get(kid)]), revoked_from}
        revoked = MappingProxyType({**self._revoked, kid: min(dates)})
        return Directory((_load(p.verified, p.standing, revoked) for p in self._peers), revoked)

    def _swap(self, old: Peer, new: Peer) -> Directory:
        return Directory((new if peer is old else peer for peer in self._peers), self._revoked)


def _load(verified: VerifiedEntry, standing: Standing, revoked: Mapping[str, str]) -> Peer:
    entry = verified.entry
    signing = {key.kid: _with_revocation(key, revoked) for key in entry.listed("sign")}
    certificates = entry.certificates()
    return Peer(
        authority=entry.authority,
        standing=standing,
        verified=verified,
        verify_keys=MappingProxyType({kid: load_verify_key(key) for kid, key in signing.items()}),
        signing=MappingProxyType(signing),
        sealing=tuple(
            (_with_revocation(key, revoked), load_seal_key(key)) for key in entry.listed("seal")
        ),
        log=entry.log.public(),
        certificates=certificates,
        channel=frozenset(map(spki_digest, certificates)),
        terms_digest=terms_digest(entry.terms),
    )


def _with_revocation(key: EntryKey, revoked: Mapping[str, str]) -> EntryKey:
    known = revoked.get(key.kid)
    if known is None or (key.revoked_from is not UNSET and key.revoked_from <= known):
        return key
    return msgspec.structs.replace(key, revoked_from=known)


def _refuse_shared(peers: Iterable[Peer]) -> None:
    owners: dict[str | bytes, str] = {}
    for peer in peers:
        entry, log = peer.verified.entry, peer.verified.entry.log
        keys = {key.kid for key in entry.keys} | peer.channel | {log.ed25519, log.mldsa44}
        for name in keys if entry.witness is UNSET else keys | {entry.witness.mldsa44}:
            owner = owners.setdefault(name, peer.authority)
            if owner != peer.authority:
                raise PeerError(
                    "entry-shared", f"{peer.authority} lists a key that {owner} lists too"
                )
