"""Signed entries and their chain: whom to believe, and for how long.

An entry file is JSON `{"entry": <jws>, "endorsement": <jws> | null}`. The entry is signed by a
signing key that it lists itself. It names its predecessor by digest, and some signing key of the
predecessor has signed it too: either the entry's own signature is by such a key, or the
endorsement is, a second JWS over the digest of the entry. Whoever knew one entry can so believe
the next without asking anybody; where no such signature is, the chain is broken, and what follows
is a new identity that two persons compare by voice (`fingerprint`).

What a key means is fixed when it is first published. Its instants never change later, it stays
listed as long as it counts, and a revocation is never taken back. A key once revoked endorses
nothing: a thief could have done it.

What it does not do: remember entries (`directory`, and the store below it), or decide whether a
new identity is admitted: a person does.

Example:
    >>> first = verify_entry(sign_entry(entry, key=key))
    >>> fingerprint(first.jws)
    '60217 93418 04822 51903 77140 20956 31187 44021'
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any, Final

import msgspec
from msgspec import UNSET

from tracer.canonical import b64url, canonical_json, strict_json
from tracer.clock import instant
from tracer.envelope.jwk import SigningKey
from tracer.envelope.jws import (
    claimed_key,
    read_object,
    sign_object,
    verify_bytes,
    verify_object,
)
from tracer.errors import OperatorError, PeerError
from tracer.evidence.cosignature import parse_witness_name
from tracer.model.ids import is_outside
from tracer.trust.nouns import ENTRY_FORMS, Entry, EntryKey, check_entry, load_verify_key
from tracer.wording import misfit

ENTRY_TYP = "tracer-entry+jws"
ENDORSEMENT_TYP = "tracer-entry-endorsement+jws"
MAX_FILE_BYTES = 128 * 1024
VERSION: Final = 1

_GROUPS = 8
_DIGITS = 5


@dataclass(frozen=True)
class VerifiedEntry:
    """An entry whose form, rules and own signature hold. Only `verify_entry` makes one."""

    entry: Entry
    jws: str
    kid: str
    """The listed signing key that signed it."""
    endorsement: str | None
    """Not verified yet: that takes the entry before (`succeeds`)."""

    @property
    def authority(self) -> str:
        """Whose entry it is."""
        return self.entry.authority

    @cached_property
    def digest(self) -> str:
        """What the next entry names as its predecessor."""
        return entry_digest(self.jws)

    @property
    def file(self) -> bytes:
        """The entry file, to archive and to hand on."""
        return canonical_json({"endorsement": self.endorsement, "entry": self.jws})


def entry_digest(jws: str) -> str:
    """Name a signed entry: base64url SHA-256 of its JWS."""
    return b64url(sha256(jws.encode("ascii")).digest())


def fingerprint(jws: str) -> str:
    """Eight groups of five digits, to compare a signed entry by voice in any language.

    The number is SHA-256 of the JWS modulo 10^40: nobody finds a second entry with the same one.
    """
    number = int.from_bytes(sha256(jws.encode("ascii")).digest(), "big") % 10 ** (_GROUPS * _DIGITS)
    digits = str(number).zfill(_GROUPS * _DIGITS)
    return " ".join(digits[start : start + _DIGITS] for start in range(0, len(digits), _DIGITS))


def sign_entry(entry: Entry, *, key: SigningKey, endorser: SigningKey | None = None) -> bytes:
    """Sign an entry and return the entry file.

    Args:
        entry: The entry, complete.
        key: A signing key that the entry lists.
        endorser: A signing key of the entry before, needed if `key` is not one itself.

    Raises:
        OperatorError: the result would be refused by every peer.
    """
    jws = sign_object(msgspec.to_builtins(entry), typ=ENTRY_TYP, key=key)
    endorsement = None
    if endorser is not None:
        claim = _endorsed(entry, entry_digest(jws))
        endorsement = sign_object(claim, typ=ENDORSEMENT_TYP, key=endorser)
    data = canonical_json({"endorsement": endorsement, "entry": jws})
    try:
        verify_entry(data)
    except PeerError as error:
        raise OperatorError(
            error.code, f"peers would refuse this entry: {error.message}"
        ) from error
    return data


def verify_entry(data: bytes) -> VerifiedEntry:
    """Read an entry file and verify the entry by itself.

    The steps: (1) form of the file; (2) version and schema; (3) the rules of one entry; (4) the
    key that signs is listed, was in use and is not revoked; (5) the signature.

    Args:
        data: The file as it arrived.

    Raises:
        PeerError: `too-large`, `entry-form`, `version-unknown`, `signing-key`, `seal-key`,
            `key-expired`, `key-revoked`, or what `verify_object` raises.
    """
    jws, endorsement = _read_file(data)  # 1
    kid, body = claimed_key(jws, typ=ENTRY_TYP)
    entry = _decode(read_object(body))  # 2
    try:
        check_entry(entry)  # 3
    except ValueError as error:
        raise PeerError("entry-form", str(error)) from error
    if endorsement is not None and entry.seq == 1:
        raise PeerError("entry-form", "a first entry has nobody to endorse it")
    signer = _signer(entry, kid, entry.issued)  # 4
    verify_bytes(jws, typ=ENTRY_TYP, keys={kid: load_verify_key(signer)})  # 5
    return VerifiedEntry(entry, jws, kid, endorsement)


def succeeds(
    previous: VerifiedEntry,
    new: VerifiedEntry,
    *,
    revoked: Collection[str] = (),
    at: datetime | None = None,
) -> None:
    """Check that `new` is the next entry of the same identity.

    The steps: (1) same authority, next number, digest of the one before, time not backwards;
    (2) signed or endorsed by a signing key of the one before that was in use and is revoked in
    neither; (3) what a key means is unchanged; (4) the log goes on, or says why not; (5) a
    witness key is bound to its name, whose number does not fall.

    Args:
        previous: The entry that is believed.
        new: The entry that claims to follow it.
        revoked: Ids of keys whose revocation is known from elsewhere.
        at: An instant by our clock at which the key that vouches must be in use, where nobody
            looked at the entry: `issued` is a claim of whoever made it.

    Raises:
        PeerError: `entry-chain`, or what is wrong with the endorsement.
    """
    old, now = previous.entry, new.entry
    if (now.authority, now.seq, now.prev) != (old.authority, old.seq + 1, previous.digest):  # 1
        raise PeerError("entry-chain", "not the next entry of this authority")
    if now.issued < old.issued:
        raise PeerError("entry-chain", "issued before its predecessor")
    signer = _check_endorsed(previous, new, revoked)  # 2
    if at is not None and not signer.term().in_use(at):
        raise PeerError("key-expired", "the key that vouches for it is not in use any more")
    _check_kept(old, now)  # 3
    _check_log_goes_on(old, now)  # 4
    _check_witness_kept(old, now)  # 5


def in_chains(entries: Iterable[VerifiedEntry]) -> list[VerifiedEntry]:
    """Verified entries of one authority, each right behind the one that it names as its last.

    A new identity counts from 1 again; ordered by number its entries would stand among the old
    ones, and neither chain would hold. Chains keep the order in which their first entries came.
    """
    held = {one.digest: one for one in entries}
    after: dict[str, list[VerifiedEntry]] = {}
    for one in held.values():
        before = one.entry.prev if one.entry.prev in held else ""
        after.setdefault(before, []).append(one)
    ordered: list[VerifiedEntry] = []
    left = after.get("", [])[::-1]
    while left:
        ordered.append(left.pop())
        left += after.get(ordered[-1].digest, [])[::-1]
    return ordered


def _read_file(data: bytes) -> tuple[str, str | None]:
    if len(data) > MAX_FILE_BYTES:
        raise PeerError("too-large", f"an entry file has at most {MAX_FILE_BYTES} bytes")
    try:
        file = strict_json(data)
    except ValueError as error:
        raise PeerError("entry-form", "an entry file is strict JSON") from error
    if not isinstance(file, dict) or file.keys() != {"entry", "endorsement"}:
        raise PeerError("entry-form", "an entry file has the members entry and endorsement")
    jws, endorsement = file["entry"], file["endorsement"]
    if not isinstance(jws, str) or not isinstance(endorsement, str | None):
        raise PeerError("entry-form", "an entry file holds signed texts")
    return jws, endorsement


def _decode(payload: dict[str, Any]) -> Entry:
    version = payload.get("v")
    if isinstance(version, int) and not isinstance(version, bool) and version > VERSION:
        raise PeerError("version-unknown", f"an entry of version {version}")
    try:
        entry = msgspec.convert(payload, Entry)
    except msgspec.ValidationError as error:
        raise PeerError("entry-form", str(misfit(error, ENTRY_FORMS))) from error
    if is_outside(entry.authority):
        raise PeerError("entry-form", "this name stands for a State that has no node")
    return entry


def _signer(entry: Entry, kid: str, issued: str) -> EntryKey:
    """The signing key `kid` of an entry, if it may speak for the authority at `issued`."""
    found = next((key for key in entry.listed("sign") if key.kid == kid), None)
    if found is None:
        raise PeerError("signing-key", "the entry does not list the key that signs")
    term = found.term()
    if term.revoked_from is not None:
        raise PeerError("key-revoked", "a revoked key signs no entries")
    if not term.in_use(instant(issued)):
        raise PeerError("key-expired", "the key that signs was not in use")
    return found


def _endorsed(entry: Entry, digest: str) -> dict[str, Any]:
    return {"authority": entry.authority, "entry": digest, "seq": entry.seq, "v": VERSION}


def _check_endorsed(
    previous: VerifiedEntry, new: VerifiedEntry, revoked: Collection[str]
) -> EntryKey:
    """The key of the entry before that vouches for this one."""
    kid = new.kid
    if kid not in {key.kid for key in previous.entry.listed("sign")}:
        if new.endorsement is None:
            raise PeerError("entry-chain", "no key of the entry before has signed this one")
        kid, _ = claimed_key(new.endorsement, typ=ENDORSEMENT_TYP)
    signer = _signer(previous.entry, kid, new.entry.issued)
    known = {key.kid for key in new.entry.keys if key.revoked_from is not UNSET}
    if kid in known or kid in revoked or new.kid in revoked:
        raise PeerError("key-revoked", "a revoked key endorses nothing")
    if kid == new.kid:
        return signer
    keys = {kid: load_verify_key(signer)}
    _, claim = verify_object(new.endorsement or "", typ=ENDORSEMENT_TYP, keys=keys)
    if claim != _endorsed(new.entry, new.digest):
        raise PeerError("entry-chain", "the endorsement is of another entry")
    return signer


def _check_kept(old: Entry, now: Entry) -> None:
    listed = {key.kid: key for key in now.keys}
    for key in old.keys:
        kept = listed.get(key.kid)
        if kept is None:
            if key.term().last > instant(now.issued):
                raise PeerError("entry-chain", f"key {key.kid} is left out while it still counts")
            continue
        if _meaning(kept) != _meaning(key):
            raise PeerError("entry-chain", f"key {key.kid} was published with other instants")
        if key.revoked_from is not UNSET and (
            kept.revoked_from is UNSET or kept.revoked_from > key.revoked_from
        ):
            raise PeerError("entry-chain", f"the revocation of key {key.kid} is taken back")


def _meaning(key: EntryKey) -> EntryKey:
    return msgspec.structs.replace(key, revoked_from=UNSET)


def _check_log_goes_on(old: Entry, now: Entry) -> None:
    if now.log.origin == old.log.origin:
        if (now.log, now.succession) != (old.log, old.succession):
            raise PeerError("entry-chain", "the keys of a log are bound to it")
        return
    if now.succession is UNSET or now.succession.origin != old.log.origin:
        raise PeerError("entry-chain", "a new log names the one it replaces")


def _check_witness_kept(old: Entry, now: Entry) -> None:
    if old.witness is UNSET or now.witness is UNSET or old.witness == now.witness:
        return
    before, after = (parse_witness_name(one.witness.name)[1] for one in (old, now))
    if after <= before:
        raise PeerError("entry-chain", "another witness key takes the next number")
