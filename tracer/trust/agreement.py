"""Agreed terms: a file that two authorities sign, about the requests of one to the other.

The file is JSON `{"signatures": [<jws>, <jws>], "terms": {...}}`. The terms name the authority that
answers under them and the counterpart that asks. Each of the two signs the same claim, the digest
of the terms and the instant of signing, with a signing key of its entry. With one signature the
file is an offer, which binds nobody; with both it is an agreement. They are two types, so that an
offer cannot be taken for what was agreed. Of two agreements the one whose later signature is later
counts; an instant in our future is refused, or it would outlive every later one.

What it does not do: keep agreements (`store`), decide whether to agree (a person does), or look
whether the calendar reaches far enough (`casework`).

Example:
    >>> offer = verify_offer(offer_terms(terms, key=ours, at=now), parties=parties, now=now)
    >>> verify_agreement(countersign(offer, key=theirs, at=now), parties=parties, now=now).at
    '2026-03-01T12:00:00.000Z'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from msgspec import UNSET

from tracer.canonical import canonical_json, strict_json
from tracer.clock import instant, stamp
from tracer.envelope.jwk import SigningKey
from tracer.envelope.jws import sign_object, verify_object
from tracer.errors import PeerError
from tracer.model.terms import Terms, check_terms, terms_digest
from tracer.trust.nouns import EntryKey, check_lines, load_verify_key

AGREEMENT_TYP = "tracer-terms+jws"
MAX_FILE_BYTES = 128 * 1024
VERSION: Final = 1
FUTURE = timedelta(minutes=10)
"""How far the clock of who signed may run ahead of ours."""

Parties = Mapping[str, Mapping[str, EntryKey]]
"""The two authorities, each with the signing keys of its entry by id, revocations included."""

_SIGNERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Terms that one of the two has signed. Only `verify_offer` makes one."""

    terms: Terms
    digest: str
    by: str
    """Who signed."""
    at: str
    file: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Terms that both have signed. Only `verify_agreement` makes one."""

    terms: Terms
    digest: str
    at: str
    """When the later of the two signed."""
    file: bytes


@dataclass(frozen=True, slots=True)
class _Signature:
    by: str
    at: str
    jws: str


@dataclass(frozen=True, slots=True)
class _File:
    terms: Terms
    digest: str
    signatures: tuple[_Signature, ...]


def offer_terms(terms: Terms, *, key: SigningKey, at: datetime) -> bytes:
    """Sign terms between two authorities as the first of them; return the file of the offer."""
    return _file(terms, [_sign(terms, key, at)])


def countersign(offer: Offer, *, key: SigningKey, at: datetime) -> bytes:
    """Sign an offer as the second of the two; return the file of the agreement."""
    first = strict_json(offer.file)["signatures"][0]
    return _file(offer.terms, [first, _sign(offer.terms, key, at)])


def verify_offer(data: bytes, *, parties: Parties, now: datetime) -> Offer:
    """Read a file that one of the two authorities has signed.

    The steps are those of `verify_agreement`, with exactly one signature.

    Raises:
        PeerError: as `verify_agreement`; `agreement-parties` if both have signed.
    """
    found = _verified(data, parties, now)
    if len(found.signatures) != 1:
        raise PeerError("agreement-parties", "both have signed: this is no offer any more")
    (signed,) = found.signatures
    return Offer(terms=found.terms, digest=found.digest, by=signed.by, at=signed.at, file=data)


def verify_agreement(data: bytes, *, parties: Parties, now: datetime) -> Agreement:
    """Read a file that both authorities have signed.

    The steps: (1) form of the file; (2) version, schema and rules of the terms; (3) they are
    between the two; then of each signature (4) form, header, a key that one of the two lists, the
    signature itself; (5) it is of exactly these terms; (6) the key was in use, is not revoked, and
    the instant is not in our future; last (7) there is one of each.

    Args:
        data: The file as it arrived.
        parties: The two authorities and the signing keys that their entries list.
        now: Our clock.

    Raises:
        PeerError: `too-large`, `agreement-form`, `version-unknown`, `agreement-parties`,
            `key-revoked`, `key-expired`, `clock-ahead`, or what `verify_object` raises.
    """
    found = _verified(data, parties, now)
    if len(found.signatures) != _SIGNERS:
        raise PeerError("agreement-parties", "only one of the two has signed: an offer")
    at = max(signed.at for signed in found.signatures)
    return Agreement(terms=found.terms, digest=found.digest, at=at, file=data)


def _verified(data: bytes, parties: Parties, now: datetime) -> _File:
    stated, tokens = _read_file(data)  # 1
    terms = _decode(stated)  # 2
    if set(parties) != {terms.authority, terms.counterpart}:  # 3
        raise PeerError("agreement-parties", "the terms are between other authorities")
    digest = terms_digest(terms)
    signatures = tuple(_signature(token, terms, digest, parties, now) for token in tokens)
    if len({signed.by for signed in signatures}) != len(signatures):  # 7
        raise PeerError("agreement-parties", "one of the two has signed twice")
    return _File(terms, digest, signatures)


def _read_file(data: bytes) -> tuple[dict[str, Any], Sequence[str]]:
    if len(data) > MAX_FILE_BYTES:
        raise PeerError("too-large", f"an agreement has at most {MAX_FILE_BYTES} bytes")
    try:
        file = strict_json(data)
    except ValueError as error:
        raise PeerError("agreement-form", "an agreement is strict JSON") from error
    if not isinstance(file, dict) or file.keys() != {"terms", "signatures"}:
        raise PeerError("agreement-form", "an agreement has the members terms and signatures")
    stated, tokens = file["terms"], file["signatures"]
    if not isinstance(stated, dict) or not isinstance(tokens, list):
        raise PeerError("agreement-form", "an agreement holds terms and a list of signatures")
    if not 1 <= len(tokens) <= _SIGNERS or not all(isinstance(one, str) for one in tokens):
        raise PeerError("agreement-form", "one or two signed texts")
    return stated, tokens


def _decode(stated: dict[str, Any]) -> Terms:
    _check_version(stated)
    try:
        terms = msgspec.convert(stated, Terms)
        check_lines(stated)
        check_terms(terms)
    except (msgspec.ValidationError, ValueError) as error:
        raise PeerError("agreement-form", str(error)) from error
    if terms.counterpart is UNSET:
        raise PeerError("agreement-form", "agreed terms name whose requests they are for")
    return terms


def _check_version(value: dict[str, Any]) -> None:
    version = value.get("v")
    if isinstance(version, int) and not isinstance(version, bool) and version > VERSION:
        raise PeerError("version-unknown", f"an agreement of version {version}")


def _signature(
    token: str, terms: Terms, digest: str, parties: Parties, now: datetime
) -> _Signature:
    listed = {kid: (who, key) for who, keys in parties.items() for kid, key in keys.items()}
    keys = {kid: load_verify_key(key) for kid, (_, key) in listed.items()}
    kid, claim = verify_object(token, typ=AGREEMENT_TYP, keys=keys)  # 4
    _check_version(claim)
    at = claim.get("at")
    if not isinstance(at, str) or claim != _claim(terms, digest, at):  # 5
        raise PeerError("agreement-form", "the signature is not of these terms")
    try:
        signed_at = instant(at)
    except ValueError as error:
        raise PeerError("agreement-form", "an instant that no calendar has") from error
    who, key = listed[kid]
    term = key.term()  # 6
    if term.revoked_from is not None:
        raise PeerError("key-revoked", f"a revoked key of {who} agrees to nothing")
    if not term.in_use(signed_at):
        raise PeerError("key-expired", f"the key of {who} was not in use")
    if signed_at > now + FUTURE:
        raise PeerError("clock-ahead", f"{who} signed in our future")
    return _Signature(who, at, token)


def _sign(terms: Terms, key: SigningKey, at: datetime) -> str:
    claim = _claim(terms, terms_digest(terms), stamp(at))
    return sign_object(claim, typ=AGREEMENT_TYP, key=key)


def _claim(terms: Terms, digest: str, at: str) -> dict[str, Any]:
    return {
        "at": at,
        "authority": terms.authority,
        "counterpart": terms.counterpart,
        "terms": digest,
        "v": VERSION,
    }


def _file(terms: Terms, signatures: Sequence[str]) -> bytes:
    return canonical_json({"signatures": signatures, "terms": msgspec.to_builtins(terms)})
