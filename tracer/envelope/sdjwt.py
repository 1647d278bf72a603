"""Signed messages whose groups can be withheld or erased: SD-JWT without key binding (RFC 9901).

The signed part carries the clear members and, under `_sd`, only the digests of the groups; each
group travels beside it as a salted disclosure. Dropping a disclosure leaves signature and id valid.
The profile is narrower than the RFC: digests at the top level only, sorted so that their order says
nothing; no decoys, no arrays, no nesting, no `_sd` or `...` anywhere else; `_sd_alg` is `sha-256`
and stands if and only if `_sd` does; every digest has exactly one disclosure and the other way
round. The id of a message is the base64url SHA-256 of its JWS, so disclosures do not change it.

Only `verify` makes a `VerifiedMessage`: a function that asks for one cannot be handed anything that
was not verified.

What it does not do: know the members of a message (`model`), or when a key was valid (`trust`).

Example:
    >>> signed = issue({"type": "request"}, {"narrative": "..."}, key=key)
    >>> verify(redact(signed, {"narrative"}), keys=keys, allow_missing=True).missing
    1
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import InitVar, dataclass
from typing import Any, NamedTuple

from msgspec import Struct

from tracer.canonical import b64url, canonical_json, strict_json, unb64url
from tracer.envelope.jwk import SigningKey, VerifyKey
from tracer.envelope.jws import read_object, sign_object, verify_bytes
from tracer.envelope.limits import LIMITS, Limits
from tracer.errors import PeerError

TYP = "tracer-message+sd-jwt"
SALT_SIZE = 16
SD = "_sd"
SD_ALG = "_sd_alg"
SHA_256 = "sha-256"

_DIGEST_CHARS = 43
_DISCLOSURE_PARTS = 3
_RESERVED = frozenset((SD, SD_ALG, "..."))
_VERIFIED = object()
_SALT = re.compile("[A-Za-z0-9_-]{21}[AQgw]")
"""Canonical base64url of `SALT_SIZE` bytes."""
_ISSUED = re.compile(
    rb'\{"_sd":\["([A-Za-z0-9_-]{43}(?:","[A-Za-z0-9_-]{43})*)"\],"_sd_alg":"sha-256",(?=")'
)
"""How a payload with digests begins where `issue` wrote it, up to its first clear member."""
_DISCLOSED = re.compile(rb'\["[A-Za-z0-9_-]{21}[AQgw]","([a-z0-9_.]+)",')
"""How a disclosure begins where `issue` wrote it, up to its value."""


class SignedMessage(Struct, frozen=True):
    """A JWS with its encoded disclosures; its structure holds, nothing is verified."""

    jws: str
    disclosures: tuple[str, ...]
    id: str

    @classmethod
    def of(cls, jws: str, disclosures: Collection[str] = ()) -> SignedMessage:
        """Put parts from our own store together again; the id is computed."""
        return cls(jws, tuple(disclosures), message_id(jws))

    @property
    def compact(self) -> str:
        """The one line that travels: `jws~d1~d2~`."""
        return "~".join((self.jws, *self.disclosures, ""))


class Pieces(NamedTuple):
    """The exact JSON of what was signed, not read yet."""

    clear: bytes
    """The clear object, without `_sd` and `_sd_alg`."""
    groups: dict[str, bytes]
    """The value of each disclosed group by its name."""


class Members(NamedTuple):
    """What was signed, read strictly."""

    clear: dict[str, Any]
    """Without `_sd` and `_sd_alg`."""
    groups: dict[str, Any]
    written: tuple[bytes, ...]
    """The exact JSON of the payload, then of the disclosure of each of `groups`, in their order."""
    missing: int
    """How many digests have no disclosure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedMessage:
    """What one key signed, with its disclosed groups, and how many are missing.

    `pieces` stands where the whole is written as `issue` writes it: who knows the members reads
    them faster than anybody who does not. Their JSON is strict only once `members` has returned or
    a reader has found that it would write the same bytes.
    """

    signed: SignedMessage
    kid: str
    missing: int
    pieces: Pieces | None
    limits: Limits
    read: Members | None
    token: InitVar[object]

    def __post_init__(self, token: object) -> None:
        if token is not _VERIFIED:
            raise TypeError("only verify() makes a VerifiedMessage")

    def members(self) -> Members:
        """What was signed, read strictly.

        Raises:
            PeerError: `json-strict`, `disclosure-mismatch`; never where `pieces` is None.
        """
        return self.read or _members(_payload(self.signed), self.signed.disclosures, self.limits)


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message from our own store, of which groups may have been erased.

    Its signature was verified before it was stored. Never make one of bytes that came from outside:
    `verify` is the only way in.
    """

    signed: SignedMessage

    @property
    def pieces(self) -> Pieces | None:
        """As of a `VerifiedMessage`."""
        return _at_a_glance(_payload(self.signed), self.signed.disclosures)

    def members(self) -> Members:
        """What was signed, and is left."""
        body = _payload(self.signed)
        clear = read_object(body)
        count = len(_take_digests(clear))
        shown = [_read_disclosure(encoded, LIMITS) for encoded in self.signed.disclosures]
        return Members(
            clear,
            {one.name: one.value for one in shown},
            (body, *(one.written for one in shown)),
            count - len(shown),
        )


class _Disclosure(NamedTuple):
    name: str
    value: Any
    written: bytes


def message_id(jws: str) -> str:
    """Name a message: base64url SHA-256 of its issuer-signed JWS."""
    return b64url(hashlib.sha256(jws.encode("ascii")).digest())


def issue(
    clear: dict[str, Any],
    groups: dict[str, Any],
    *,
    key: SigningKey,
    typ: str = TYP,
    random: Callable[[int], bytes] = os.urandom,
    limits: Limits = LIMITS,
) -> SignedMessage:
    """Sign a message; each group becomes one disclosure with a fresh 16-byte salt.

    What is no message but built alike has a `typ` of its own.

    Raises:
        ValueError: a reserved or doubled name, JSON that a strict reader would refuse, or a part
            over its limit; the caller checks what people write before it comes here.
    """
    if not (groups.keys().isdisjoint(clear) and _RESERVED.isdisjoint([*groups, *clear])):
        raise ValueError("a group has the name of a clear member, or a name is reserved")
    written = {name: _readable(value, limits.depth - 1) for name, value in groups.items()}
    pieces = Pieces(_readable(clear, limits.depth), written)
    return issue_written(pieces, key=key, typ=typ, random=random, limits=limits)


def issue_written(
    pieces: Pieces,
    *,
    key: SigningKey,
    typ: str = TYP,
    random: Callable[[int], bytes] = os.urandom,
    limits: Limits = LIMITS,
) -> SignedMessage:
    """Sign a message whose pieces the caller has written as canonical JSON, and read again.

    Raises:
        ValueError: a part over its limit.
    """
    disclosures = tuple(
        b64url(b'["%b",%b,%b]' % (_salt(random), canonical_json(name), value))
        for name, value in pieces.groups.items()
    )
    body = pieces.clear
    if disclosures:
        digests = canonical_json(sorted(map(_digest, disclosures)))
        others = body[1:] if body == b"{}" else b"," + body[1:]
        body = b'{"_sd":%b,"_sd_alg":"sha-256"%b' % (digests, others)
    jws = sign_object(body, typ=typ, key=key)
    try:
        return _within(jws, disclosures, limits)
    except PeerError as error:
        raise ValueError(error.message) from error


def split(compact: str, *, limits: Limits = LIMITS) -> SignedMessage:
    """Take a compact SD-JWT apart and compute its id; nothing is verified.

    Raises:
        PeerError: `plaintext-form` (no final `~`, key binding, empty part), `too-large`.
    """
    jws, *disclosures, end = compact.split("~") if "~" in compact else ("", "")
    if end or not jws or "" in disclosures:
        raise PeerError("plaintext-form", "not a compact SD-JWT without key binding")
    if not compact.isascii():
        raise PeerError("plaintext-form", "an SD-JWT is ASCII")
    return _within(jws, tuple(disclosures), limits)


def _within(jws: str, disclosures: tuple[str, ...], limits: Limits) -> SignedMessage:
    """Put parts together that are within the limits; PeerError `too-large` otherwise."""
    if len(jws) > limits.jws or max(map(len, disclosures), default=0) > limits.disclosure:
        raise PeerError("too-large", "a part of the signed message is over its limit")
    if len(disclosures) > limits.disclosures:
        raise PeerError("too-large", f"there are more than {limits.disclosures} disclosures")
    return SignedMessage(jws, disclosures, message_id(jws))


def verify(
    signed: SignedMessage,
    *,
    keys: Mapping[str, VerifyKey],
    allow_missing: bool = False,
    typ: str = TYP,
    limits: Limits = LIMITS,
) -> VerifiedMessage:
    """Verify the signature and the one-to-one match of digests and disclosures.

    What is not written as `issue` writes it is read strictly at once; the rest when it is asked
    for (see `VerifiedMessage`).

    Args:
        signed: From `split`, or from our own store.
        keys: The keys that may sign, by their kid.
        allow_missing: Accept digests without a disclosure: erased groups, in resync and at rest.
        typ: What it must be signed as.
        limits: Bounds of the profile.

    Raises:
        PeerError: the codes of `jws.verify_object`, among them `json-strict` of what is read at
            once; then `disclosure-mismatch`.
    """
    kid, body = verify_bytes(signed.jws, typ=typ, keys=keys, limits=limits)
    pieces, read = _at_a_glance(body, signed.disclosures), None
    if pieces is None:
        read = _members(body, signed.disclosures, limits)
        if read.missing and not allow_missing:
            raise PeerError("disclosure-mismatch", f"{read.missing} digests without a disclosure")
    return VerifiedMessage(
        signed=signed,
        kid=kid,
        missing=0 if read is None else read.missing,
        pieces=pieces,
        limits=limits,
        read=read,
        token=_VERIFIED,
    )


def _at_a_glance(body: bytes, disclosures: tuple[str, ...]) -> Pieces | None:
    """Take apart what is written as `issue` writes it, all of it disclosed; None if it is not.

    `_sd` stands before every other member, so what follows it is the clear object; a disclosure is
    its salt, its name and its value. Their JSON is not read: it may still be anything.
    """
    found = _ISSUED.match(body)
    if found is None:
        has_none = not disclosures and b"_sd" not in body and b"\\" not in body
        return Pieces(body, {}) if has_none else None
    if found[1].decode() != '","'.join(sorted(map(_digest, disclosures))):
        return None
    groups: dict[str, bytes] = {}
    for encoded in disclosures:
        try:
            disclosed = unb64url(encoded)
        except ValueError:
            return None
        told = _DISCLOSED.match(disclosed)
        if told is None or not disclosed.endswith(b"]"):
            return None
        groups[told[1].decode()] = disclosed[told.end() : -1]
    return Pieces(b"{" + body[found.end() :], groups) if len(groups) == len(disclosures) else None


def _members(body: bytes, disclosures: tuple[str, ...], limits: Limits) -> Members:
    """Read payload and disclosures strictly; PeerError `json-strict` or `disclosure-mismatch`."""
    clear = read_object(body, limits=limits)
    digests = _take_digests(clear)
    if _may_hold_reserved(body, known=2 if digests else 0) and _has_reserved(clear):
        raise PeerError("disclosure-mismatch", "`_sd` or `...` below the top level")
    groups: dict[str, Any] = {}
    written = [body]
    for encoded in disclosures:
        digest = _digest(encoded)
        if digest not in digests:
            raise PeerError("disclosure-mismatch", "a disclosure without a digest, or given twice")
        digests.remove(digest)
        name, value, disclosed = _read_disclosure(encoded, limits)
        if name in clear or name in groups:
            raise PeerError("disclosure-mismatch", "two members of one name")
        groups[name] = value
        written.append(disclosed)
    return Members(clear, groups, tuple(written), len(digests))


def redact(signed: SignedMessage, names: Collection[str]) -> SignedMessage:
    """Drop the disclosures of these groups; id and signature stay."""
    kept = (d for d in signed.disclosures if _read_disclosure(d, LIMITS).name not in names)
    return SignedMessage(signed.jws, tuple(kept), signed.id)


def _readable(value: Any, depth: int) -> bytes:
    """Write canonical JSON and read it back strictly: we never sign what we would refuse."""
    written = canonical_json(value)
    strict_json(written, max_depth=depth)
    if _may_hold_reserved(written) and _has_reserved(value):
        raise ValueError("a group has the name of a clear member, or a name is reserved")
    return written


def _salt(random: Callable[[int], bytes]) -> bytes:
    return b64url(random(SALT_SIZE)).encode("ascii")


def _payload(signed: SignedMessage) -> bytes:
    return unb64url(signed.jws.split(".")[1])


def _digest(encoded: str) -> str:
    return b64url(hashlib.sha256(encoded.encode("ascii")).digest())


def _take_digests(payload: dict[str, Any]) -> set[str]:
    """Remove `_sd` and `_sd_alg` from a payload and return the digests, checked."""
    if SD not in payload and SD_ALG not in payload:
        return set()
    digests = payload.pop(SD, None)
    if payload.pop(SD_ALG, None) != SHA_256 or not isinstance(digests, list) or not digests:
        raise PeerError("disclosure-mismatch", "`_sd` and `_sd_alg` do not stand together")
    if not all(isinstance(digest, str) and len(digest) == _DIGEST_CHARS for digest in digests):
        raise PeerError("disclosure-mismatch", "a digest is not a SHA-256")
    found = set(digests)
    if sorted(found) != digests:
        raise PeerError("disclosure-mismatch", "digests are not sorted, or stand twice")
    return found


def _read_disclosure(encoded: str, limits: Limits) -> _Disclosure:
    """Decode `[salt, name, value]`; PeerError `json-strict` or `disclosure-mismatch`."""
    try:
        body = unb64url(encoded)
        parts = strict_json(body, max_depth=limits.depth)
    except ValueError as error:
        raise PeerError("json-strict", f"a disclosure is not strict JSON: {error}") from error
    if isinstance(parts, list) and len(parts) == _DISCLOSURE_PARTS:
        salt, name, value = parts
        is_named = isinstance(name, str) and name not in _RESERVED
        is_salted = isinstance(salt, str) and _SALT.fullmatch(salt)
        if is_named and is_salted and not (_may_hold_reserved(body) and _has_reserved(value)):
            return _Disclosure(name, value, body)
    raise PeerError("disclosure-mismatch", "a disclosure is not [salt, name, value]")


def _may_hold_reserved(body: bytes, *, known: int = 0) -> bool:
    """Say whether the walk through a value is needed: a reserved name may stand in its JSON.

    `known` is how often `_sd` stands there rightly; a digest may hold it too, then we walk. A name
    may also be written with an escape.
    """
    if b"\\" in body or b'"..."' in body:
        return True
    return body.count(b"_sd") != known if known else b"_sd" in body


def _has_reserved(value: Any) -> bool:
    """Say whether a name that SD-JWT gives a meaning to stands anywhere inside."""
    if isinstance(value, dict):
        return not _RESERVED.isdisjoint(value) or any(map(_has_reserved, value.values()))
    return isinstance(value, list) and any(map(_has_reserved, value))
