"""JSON Web Signatures of one fixed shape: compact, Ed25519, a header that has one spelling.

Every signed object has its own `typ` and a verifier accepts exactly one, so that a signed refusal
can never be shown as a signed entry. The header is compared as bytes, never interpreted:
`{"alg":"Ed25519","kid":"<thumbprint>","typ":"<typ>"}` (RFC 7515, RFC 9864). The payload is what
was signed, byte for byte; it is parsed only after the signature holds.

What it does not do: decide whose keys count or when they were valid: the caller passes the keys.

Example:
    >>> key = SigningKey.generate()
    >>> token = sign_object({"code": "quota"}, typ="tracer-refusal+jws", key=key)
    >>> verify_object(token, typ="tracer-refusal+jws", keys={key.kid: key.verify_key})[1]
    {'code': 'quota'}
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from tracer.canonical import b64url, canonical_json, strict_json, unb64url
from tracer.envelope.jwk import SigningKey, VerifyKey
from tracer.envelope.limits import LIMITS, Limits
from tracer.errors import PeerError

PARTS = 3
KID_SIZE = 43
SIGNATURE_SIZE = 64

_BEFORE_KID = b'{"alg":"Ed25519","kid":"'
_KID_END = len(_BEFORE_KID) + KID_SIZE


def sign_object(payload: dict[str, Any] | bytes, *, typ: str, key: SigningKey) -> str:
    """Sign a JSON object (a dict is written canonically, bytes are signed as they are)."""
    body = payload if isinstance(payload, bytes) else canonical_json(payload)
    signing_input = f"{_header(key.kid, typ)}.{b64url(body)}"
    return f"{signing_input}.{b64url(key.sign(signing_input.encode('ascii')))}"


def verify_object(
    jws: str, *, typ: str, keys: Mapping[str, VerifyKey], limits: Limits = LIMITS
) -> tuple[str, dict[str, Any]]:
    """Verify a token of exactly this `typ`; return the key's name and the payload.

    Raises:
        PeerError: `too-large`, `jws-form`, `jws-header`, `signing-key`, `jws-signature`,
            `json-strict`, in this order.
    """
    kid, body = verify_bytes(jws, typ=typ, keys=keys, limits=limits)
    return kid, read_object(body, limits=limits)


def verify_bytes(
    jws: str, *, typ: str, keys: Mapping[str, VerifyKey], limits: Limits = LIMITS
) -> tuple[str, bytes]:
    """Verify a token of exactly this `typ`; return the key's name and the signed bytes."""
    kid, body, signing_input, signature = _split(jws, typ, limits)
    key = keys.get(kid)
    if key is None:
        raise PeerError("signing-key", "the signing key is not among the expected ones")
    key.verify(signing_input, signature)
    return kid, body


def claimed_key(jws: str, *, typ: str, limits: Limits = LIMITS) -> tuple[str, bytes]:
    """Read the key's name and the payload of a token without verifying it.

    For an entry, whose payload lists the key that signs it; verify with that key before use.
    """
    kid, body, _, _ = _split(jws, typ, limits)
    return kid, body


def read_object(body: bytes, *, limits: Limits = LIMITS) -> dict[str, Any]:
    """Parse signed bytes as one JSON object that has only one reading; `json-strict` otherwise."""
    try:
        value = strict_json(body, max_depth=limits.depth)
    except ValueError as error:
        raise PeerError("json-strict", f"the payload is not strict JSON: {error}") from error
    if not isinstance(value, dict):
        raise PeerError("json-strict", "the payload is not a JSON object")
    return value


@lru_cache(maxsize=1024)
def _header(kid: str, typ: str) -> str:
    return b64url(_BEFORE_KID + f'{kid}","typ":"{typ}"}}'.encode("ascii"))


def _split(jws: str, typ: str, limits: Limits) -> tuple[str, bytes, bytes, bytes]:
    """Return kid, payload, signing input and signature of a canonical token with our header."""
    if len(jws) > limits.jws:
        raise PeerError("too-large", f"a signed object is longer than {limits.jws} characters")
    parts = jws.split(".")
    if len(parts) != PARTS:
        raise PeerError("jws-form", "a signed object has three parts")
    try:
        is_short = len(parts[0]) <= _HEADER_CHARS
        kid = (_remembered_kid if is_short else _kid)(parts[0], typ)
        body, signature = unb64url(parts[1]), unb64url(parts[2])
        signing_input = jws[: -1 - len(parts[2])].encode("ascii")
    except ValueError as error:
        raise PeerError("jws-form", "a part of a signed object is not base64url") from error
    if len(signature) != SIGNATURE_SIZE:
        raise PeerError("jws-form", f"a signature has {SIGNATURE_SIZE} bytes")
    if kid is None:
        raise PeerError("jws-header", f"the header is not that of {typ}")
    return kid, body, signing_input, signature


def _kid(header: str, typ: str) -> str | None:
    """Return the key's name of an encoded header; None if it is not byte-equal to that of `typ`."""
    raw = unb64url(header)
    try:
        kid = raw[len(_BEFORE_KID) : _KID_END].decode("ascii")
        is_ours = raw == _BEFORE_KID + f'{kid}","typ":"{typ}"}}'.encode("ascii")
        return kid if is_ours and len(unb64url(kid)) == SIGNATURE_SIZE // 2 else None
    except ValueError:
        return None


_remembered_kid = lru_cache(maxsize=1024)(_kid)
"""One key writes one header for each `typ`: the same few are read again and again."""
_HEADER_CHARS = 256
"""Longer than any header of ours; what is longer is not remembered."""
