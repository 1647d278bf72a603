"""The keyring: every private key of one authority, in one encrypted file.

Signing keys (Ed25519), sealing keys (X-Wing: the current one, and old ones until `open_until`),
log keys (Ed25519 and ML-DSA-44, bound to the origin), witness keys (ML-DSA-44, bound to their
name), channel keys with their certificates, and the key under which the store encrypts at rest.
Opened once; the keys then stay loaded. A keyring of before there were witnesses has no witness key
until one is made (`rotate_witness`): such a node cosigns nothing and says so in its entry.

A change takes the file's lock, reads what is there now, changes it, and writes it whole, so that
`tracer key rotate` beside a running node loses nothing; the node takes it up with `reload`. A
sealing key is put out of use after 90 days and opens for 400 more, for what comes by courier;
then its secret is destroyed. Destroying removes it from the file; what the disk keeps of older
files, and backups, stay encrypted under the key-encryption key of their time.

What it does not do: publish anything. New keys count for peers when the next entry lists them
(`issue`).

Example:
    >>> ring = Keyring.create(path, authority="XA-NPOC", kek="file:/etc/tracer/kek", now=now)
    >>> ring.signing_key().kid == ring.describe()[0].kid
    True
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from tracer.canonical import b64url, unb64url
from tracer.clock import instant, stamp
from tracer.envelope.jwk import ED25519, HPKE_10_KE, SealKey, SigningKey, public_jwk
from tracer.errors import OperatorError
from tracer.evidence.checkpoint import ED25519_BYTES, SEED_BYTES, LogKey, LogPublic, log_origin
from tracer.evidence.cosignature import WitnessKey, parse_witness_name, witness_name
from tracer.evidence.journal import journal_key
from tracer.model.ids import parse_log_origin
from tracer.trust import kek as keks
from tracer.trust.channel import YEARS, Channel, new_channel
from tracer.trust.nouns import EntryKey, LogInfo, Witness
from tracer.trust.private_files import locked
from tracer.trust.ring_file import (
    RingFile,
    Row,
    Use,
    lock_row,
    read_ring,
    relocked_row,
    revoked_row,
    unlock_row,
    write_ring,
)

SIGN_FOR = timedelta(days=730)
SEAL_FOR = timedelta(days=90)
AFTERWARDS = timedelta(days=400)
"""How long a signing key is still accepted, and a sealing key still opens, after its use."""
REST_BYTES = 32

Edit = Callable[[RingFile, bytes], Sequence[Row]]
"""From the file as it is and the key-encryption key: the rows as they shall be."""


class KeyRow(NamedTuple):
    """One line of `tracer key list`: public facts only."""

    use: str
    kid: str
    start: str
    until: str
    """Last instant of use; empty if it has none."""
    last: str
    """Until when it is accepted or opens; empty if that has no meaning."""
    state: str
    """`current`, `old`, `revoked` or `destroyed`."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    """The keys of one reading of the file, each mapping oldest first."""

    signing: Mapping[str, SigningKey]
    sealing: Mapping[str, tuple[SealKey, datetime]]
    logs: tuple[LogKey, ...]
    channels: tuple[Channel, ...]
    rest: bytes
    witnesses: tuple[WitnessKey, ...]


class Keyring:
    """An opened keyring. `create` or `open` makes one."""

    __slots__ = ("_kek", "_loaded", "_ring", "path")

    def __init__(self, path: Path, ring: RingFile, kek: bytes) -> None:
        self.path = path
        self._take(ring, kek)

    @classmethod
    def create(
        cls,
        path: Path,
        *,
        authority: str,
        kek: str,
        now: datetime,
        hosts: Sequence[str] = (),
        number: int = 1,
    ) -> Keyring:
        """Make all keys of a new authority and write the file; a `file:` key is made as well.

        Args:
            path: The file, which must not exist.
            authority: Whose keys.
            kek: URI of the key-encryption key (`kek`).
            now: Start of the keys.
            hosts: Names for the channel certificate (`channel.new_channel`).
            number: Of its log and witness key; above 1 where earlier ones are lost with their keys.

        Raises:
            OperatorError: the file is there, or the key-encryption key is missing or weak.
        """
        keks.ensure_key_file(kek)
        secret = keks.resolve(kek)
        derivation = keks.new_derivation(secret)
        key = keks.derive(secret, derivation)
        fresh = (
            _new_sign(now),
            _new_seal(now),
            _new_log(log_origin(authority, number), now),
            _new_channel(authority, now, hosts),
            _new_rest(now),
            _new_witness(witness_name(authority, number), now),
        )
        rows = tuple(lock_row(row, plain, kek=key, authority=authority) for row, plain in fresh)
        ring = RingFile(
            format="tracer-keyring", v=1, authority=authority, derivation=derivation, rows=rows
        )
        write_ring(path, ring, replace=False)
        return cls(path, ring, key)

    @classmethod
    def open(cls, path: Path, kek: str) -> Keyring:
        """Read, decrypt and load everything.

        Raises:
            OperatorError: `keyring-form`, `keyring-locked`, and those of `kek` and private files.
        """
        ring = read_ring(path)
        return cls(path, ring, keks.derive(keks.resolve(kek), ring.derivation))

    @property
    def authority(self) -> str:
        """Whose keys these are."""
        return self._ring.authority

    @property
    def rest_key(self) -> bytes:
        """The 32 bytes under which the store wraps its own keys."""
        return self._loaded.rest

    def signing_key(self) -> SigningKey:
        """The newest signing key that is not revoked; OperatorError `sign-key-missing`."""
        return self._loaded.signing[_newest(self._ring, "sign", self._loaded.signing)]

    def signing_keys(self) -> Mapping[str, SigningKey]:
        """All signing keys still held, oldest first: an old one endorses the next entry."""
        return self._loaded.signing

    def seal_keys(self) -> Mapping[str, tuple[SealKey, datetime]]:
        """The keys that open, by id, each with its `open_until`; oldest first."""
        return self._loaded.sealing

    def current_seal_kid(self) -> str:
        """The id that a refusal `seal-key` names; OperatorError `seal-key-missing`."""
        return _newest(self._ring, "seal", self._loaded.sealing)

    def log_key(self) -> LogKey:
        """The key of the present log."""
        return self._loaded.logs[-1]

    def journal_public(self, origin: str, log: str) -> LogPublic | None:
        """The public keys of a journal beside this log; None once the log's secret is destroyed."""
        keys = {key.public.origin: key for key in self._loaded.logs}
        return journal_key(keys[log], origin).public if log in keys else None

    def log_publics(self) -> dict[str, LogPublic]:
        """The public keys of all logs of ours, closed ones included, by origin."""
        found = {}
        for row in self._ring.rows:
            if row.use == "log":
                raw = unb64url(row.public)
                found[row.kid] = LogPublic(row.kid, raw[:ED25519_BYTES], raw[ED25519_BYTES:])
        return found

    def witness_key(self) -> WitnessKey | None:
        """The newest key that cosigns others' checkpoints; None if none was ever made."""
        return self._loaded.witnesses[-1] if self._loaded.witnesses else None

    def witness_info(self) -> Witness | UnsetType:
        """Its name and public half, for the entry."""
        key = self.witness_key()
        if key is None:
            return UNSET
        return Witness(name=key.name, mldsa44=b64url(key.public.mldsa44))

    def channel(self) -> Channel:
        """The newest channel certificate and key."""
        return self._loaded.channels[-1]

    def entry_keys(self, now: datetime) -> tuple[EntryKey, ...]:
        """The public keys that an entry issued now has to list."""
        moment = stamp(now)
        return tuple(
            _entry_key(row)
            for row in self._ring.rows
            if row.use in {"sign", "seal"} and row.last is not UNSET and row.last > moment
        )

    def log_info(self) -> LogInfo:
        """The present log, for the entry."""
        public = self.log_key().public
        return LogInfo(
            origin=public.origin, ed25519=b64url(public.ed25519), mldsa44=b64url(public.mldsa44)
        )

    def certificates(self) -> tuple[str, ...]:
        """The channel certificates for the entry, base64url, newest first, at most two."""
        newest = reversed(self._loaded.channels[-2:])
        return tuple(b64url(channel.certificate) for channel in newest)

    def describe(self) -> tuple[KeyRow, ...]:
        """Public facts about every key, destroyed ones included, in the order they were made."""
        in_use = _in_use(self._ring)
        return tuple(_describe(row, in_use) for row in self._ring.rows)

    def rotate_seal(self, now: datetime) -> str:
        """Make a new sealing key, destroy those that no longer open; return the new id."""
        return self._add(now, lambda _: _new_seal(now))

    def rotate_signing(self, now: datetime) -> str:
        """Make a new signing key, which the next entry must list; return its id."""
        return self._add(now, lambda _: _new_sign(now))

    def rotate_channel(self, now: datetime, hosts: Sequence[str] = ()) -> str:
        """Make a new channel key; the entry lists it beside the old one. Return its digest."""
        return self._add(now, lambda ring: _new_channel(ring.authority, now, hosts))

    def rotate_witness(self, now: datetime, *, above: int = 0) -> str:
        """Make a new witness key, the first one included, numbered above all; return its name."""
        return self._add(now, lambda ring: _new_witness(_next_witness(ring, above), now))

    def open_next_log(self, now: datetime) -> str:
        """Make the keys of the next log, after a restore; return its origin."""
        return self._add(now, lambda ring: _new_log(_next_origin(ring), now))

    def close_log(self, origin: str, now: datetime) -> None:
        """Destroy the secret of a log that is closed for ever; the present one stays."""

        def edit(ring: RingFile, kek: bytes) -> list[Row]:
            newest = max(
                (row.kid for row in ring.rows if row.use == "log"),
                key=lambda kid: parse_log_origin(kid)[1],
            )
            for row in ring.rows:
                if row.kid == origin and row.secret and origin != newest:
                    unlock_row(row, kek=kek, authority=ring.authority)
            return [
                msgspec.structs.replace(row, secret="", destroyed=stamp(now))
                if row.use == "log" and row.kid == origin and row.secret and origin != newest
                else row
                for row in ring.rows
            ]

        self._change(edit)

    def destroy_expired(self, now: datetime) -> tuple[str, ...]:
        """Destroy the secrets whose time is over; return their ids."""
        held = {row.kid for row in self._ring.rows if row.secret}
        self._change(lambda ring, kek: _destroyed(ring, now, kek))
        return tuple(row.kid for row in self._ring.rows if not row.secret and row.kid in held)

    def revoke(self, kid: str, revoked_from: datetime) -> None:
        """Mark a signing or sealing key as no longer ours alone; an earlier date stays.

        Raises:
            OperatorError: `key-unknown`.
        """

        def mark(ring: RingFile, kek: bytes) -> list[Row]:
            if not any(row.kid == kid and row.use in {"sign", "seal"} for row in ring.rows):
                raise OperatorError("key-unknown", f"the keyring holds no signing key {kid}")
            return [
                revoked_row(row, stamp(revoked_from), kek, ring.authority)
                if row.kid == kid
                else row
                for row in ring.rows
            ]

        self._change(mark)

    def rewrap(self, kek: str) -> None:
        """Encrypt everything under another key or passphrase; the old one opens no longer."""
        keks.ensure_key_file(kek)
        secret = keks.resolve(kek)
        derivation = keks.new_derivation(secret)
        key = keks.derive(secret, derivation)
        with locked(self.path):
            ring = read_ring(self.path)
            rows = tuple(relocked_row(row, self._kek, key, ring.authority) for row in ring.rows)
            ring = msgspec.structs.replace(ring, derivation=derivation, rows=rows)
            write_ring(self.path, ring, replace=True)
        self._take(ring, key)

    def reload(self) -> None:
        """Take up what another process has changed."""
        self._take(read_ring(self.path), self._kek)

    def _add(self, now: datetime, make: Callable[[RingFile], tuple[Row, bytes]]) -> str:
        def edit(ring: RingFile, kek: bytes) -> list[Row]:
            row, plain = make(ring)
            fresh = lock_row(row, plain, kek=kek, authority=ring.authority)
            return [*_destroyed(ring, now, kek), fresh]

        self._change(edit)
        return self._ring.rows[-1].kid

    def _change(self, edit: Edit) -> None:
        with locked(self.path):
            ring = read_ring(self.path)
            ring = msgspec.structs.replace(ring, rows=tuple(edit(ring, self._kek)))
            _load(ring, self._kek)  # what would not open is not written
            write_ring(self.path, ring, replace=True)
        self._take(ring, self._kek)

    def _take(self, ring: RingFile, kek: bytes) -> None:
        self._loaded = _load(ring, kek)
        self._ring = ring
        self._kek = kek

    def __repr__(self) -> str:
        return f"Keyring({self.authority})"


def _load(ring: RingFile, kek: bytes) -> _Loaded:
    def secrets(use: Use) -> list[tuple[Row, bytes]]:
        held = [row for row in ring.rows if row.use == use and row.secret]
        return [(row, unlock_row(row, kek=kek, authority=ring.authority)) for row in held]

    signing = {row.kid: SigningKey.from_seed(seed) for row, seed in secrets("sign")}
    sealing = {
        row.kid: (SealKey.from_seed(seed), instant(row.last))
        for row, seed in secrets("seal")
        if row.last is not UNSET
    }
    logs = tuple(
        LogKey.from_seeds(row.kid, ed25519=seeds[:SEED_BYTES], mldsa44=seeds[SEED_BYTES:])
        for row, seeds in secrets("log")
    )
    channels = tuple(Channel(unb64url(row.public), key) for row, key in secrets("channel"))
    rest = [key for _, key in secrets("rest")]
    if not (signing and sealing and logs and channels and rest):
        raise OperatorError("keyring-form", "the keyring lacks a key that every node needs")
    witnesses = tuple(WitnessKey(row.kid, seed=seed) for row, seed in secrets("witness"))
    signers, openers = MappingProxyType(signing), MappingProxyType(sealing)
    return _Loaded(signers, openers, logs, channels, rest[-1], witnesses)


def _newest(ring: RingFile, use: Use, held: Container[str]) -> str:
    for row in reversed(ring.rows):
        if row.use == use and row.kid in held and row.revoked_from is UNSET:
            return row.kid
    raise OperatorError(
        f"{use}-key-missing",
        f"every key for use {use} is revoked",
        advice="Rotate: make a new one.",
    )


def _new_sign(now: datetime) -> tuple[Row, bytes]:
    key = SigningKey.generate()
    public = b64url(key.verify_key.raw)
    until = now + SIGN_FOR
    return _timed("sign", key.kid, public, now, until), key.seed()


def _new_seal(now: datetime) -> tuple[Row, bytes]:
    key = SealKey.generate()
    return _timed("seal", key.kid, b64url(key.public.raw), now, now + SEAL_FOR), key.seed()


def _timed(use: Use, kid: str, public: str, now: datetime, until: datetime) -> Row:
    return Row(
        use=use,
        kid=kid,
        start=stamp(now),
        until=stamp(until),
        last=stamp(until + AFTERWARDS),
        public=public,
        secret="",
    )


def _new_log(origin: str, now: datetime) -> tuple[Row, bytes]:
    key = LogKey.generate(origin)
    public = b64url(key.public.ed25519 + key.public.mldsa44)
    row = Row(use="log", kid=origin, start=stamp(now), public=public, secret="")
    return row, b"".join(key.seeds())


def _next_origin(ring: RingFile) -> str:
    newest = max(parse_log_origin(row.kid)[1] for row in ring.rows if row.use == "log")
    return log_origin(ring.authority, newest + 1)


def _new_witness(name: str, now: datetime) -> tuple[Row, bytes]:
    key = WitnessKey.generate(name)
    public = b64url(key.public.mldsa44)
    return Row(use="witness", kid=name, start=stamp(now), public=public, secret=""), key.seed()


def _next_witness(ring: RingFile, above: int) -> str:
    numbers = [parse_witness_name(row.kid)[1] for row in ring.rows if row.use == "witness"]
    return witness_name(ring.authority, max([above, *numbers]) + 1)


def _new_channel(authority: str, now: datetime, hosts: Sequence[str]) -> tuple[Row, bytes]:
    channel = new_channel(authority, now=now, hosts=hosts)
    row = Row(
        use="channel",
        kid=channel.spki,
        start=stamp(now),
        until=stamp(now + timedelta(days=365 * YEARS)),
        public=b64url(channel.certificate),
        secret="",
    )
    return row, channel.private_key


def _new_rest(now: datetime) -> tuple[Row, bytes]:
    row = Row(use="rest", kid="rest-1", start=stamp(now), public="", secret="")
    return row, os.urandom(REST_BYTES)


def _entry_key(row: Row) -> EntryKey:
    if row.until is UNSET or row.last is UNSET:
        raise OperatorError("keyring-form", f"key {row.kid} has no end")
    is_sign = row.use == "sign"
    return EntryKey(
        kid=row.kid,
        use="sign" if is_sign else "seal",
        jwk=public_jwk(ED25519 if is_sign else HPKE_10_KE, unb64url(row.public)),
        sign_from=row.start,
        sign_until=row.until,
        accept_until=row.last if is_sign else UNSET,
        open_until=UNSET if is_sign else row.last,
        revoked_from=row.revoked_from,
    )


def _destroyed(ring: RingFile, now: datetime, kek: bytes) -> list[Row]:
    """The rows, with the secrets gone that nobody may use any more; what is in use stays."""
    in_use, moment = _in_use(ring), stamp(now)
    rows = []
    for row in ring.rows:
        end = row.last if row.use == "seal" else row.until
        over = end is not UNSET and end < moment and row.use != "rest"
        if over and row.secret and row.kid not in in_use:
            unlock_row(row, kek=kek, authority=ring.authority)
            rows.append(msgspec.structs.replace(row, secret="", destroyed=moment))
        else:
            rows.append(row)
    return rows


def _in_use(ring: RingFile) -> Collection[str]:
    """Of each use the newest key that is held and not revoked."""
    held = (row for row in ring.rows if row.secret and row.revoked_from is UNSET)
    return {row.use: row.kid for row in held}.values()


def _describe(row: Row, in_use: Collection[str]) -> KeyRow:
    if row.destroyed is not UNSET:
        state = "destroyed"
    elif row.revoked_from is not UNSET:
        state = "revoked"
    else:
        state = "current" if row.kid in in_use else "old"
    until = "" if row.until is UNSET else row.until
    last = "" if row.last is UNSET else row.last
    return KeyRow(row.use, row.kid, row.start, until, last, state)
