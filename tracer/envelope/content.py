"""What is inside a seal: the signed message and the sender's log proof.

The plaintext is the canonical JSON object `{"proof":{...},"sd_jwt":"..."}`: sorted members, no
white space, strict. The proof is handed on as it is: `evidence` knows what it means.

What it does not do: verify anything; `split` has looked at the structure of the SD-JWT only.

Example:
    >>> signed, proof = unpack(pack(signed.compact, {"record": "..."}))
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Raw, Struct

from tracer.canonical import canonical_json, read_canonical, strict_json
from tracer.envelope.limits import LIMITS, Limits
from tracer.envelope.sdjwt import SignedMessage, split
from tracer.errors import PeerError

Parts = tuple[SignedMessage, dict[str, Any]]
"""What was signed, and the proof as decoded JSON."""


def pack(sd_jwt: str, proof: dict[str, Any]) -> bytes:
    """Write the plaintext of a seal."""
    return canonical_json({"proof": proof, "sd_jwt": sd_jwt})


def unpack(plaintext: bytes, *, limits: Limits = LIMITS) -> Parts:
    """Read the plaintext of a seal that opened.

    Raises:
        PeerError: `plaintext-form` when it is not exactly these two members in canonical form,
            `too-large` when a part is over its limit.
    """
    quick = _unpack_canonical(plaintext, limits)
    if quick is not None:
        return quick
    try:
        value = strict_json(plaintext, max_depth=limits.depth)
    except ValueError as error:
        raise PeerError("plaintext-form", f"the plaintext is not strict JSON: {error}") from error
    match value:
        case {"proof": dict(proof), "sd_jwt": str(sd_jwt), **others} if not others:
            if canonical_json(value) != plaintext:
                raise PeerError("plaintext-form", "the plaintext is not in canonical form")
            return _parts(plaintext, sd_jwt, proof, limits)
    raise PeerError("plaintext-form", "the plaintext is not an SD-JWT with a proof")


class _Plaintext(Struct, forbid_unknown_fields=True):
    """The two members, the proof as it is written."""

    proof: Raw
    sd_jwt: str


_plaintext = msgspec.json.Decoder(_Plaintext)


def _unpack_canonical(plaintext: bytes, limits: Limits) -> Parts | None:
    """Read a plaintext that is put together again from its two members; None if it is not.

    Written again without an escape it equals the bytes that came, so the long member holds none
    and nothing else stands there; the proof alone is left to be strict and canonical.
    """
    try:
        found = _plaintext.decode(plaintext)
        written = bytes(found.proof)
        if b'{"proof":%b,"sd_jwt":"%b"}' % (written, found.sd_jwt.encode()) != plaintext:
            return None
        proof = read_canonical(written, max_depth=limits.depth - 1)
    except (ValueError, msgspec.DecodeError):
        return None
    return _parts(plaintext, found.sd_jwt, proof, limits) if isinstance(proof, dict) else None


def _parts(plaintext: bytes, sd_jwt: str, proof: dict[str, Any], limits: Limits) -> Parts:
    if len(plaintext) - len(sd_jwt) > limits.proof:
        raise PeerError("too-large", "the proof is over its limit")
    return split(sd_jwt, limits=limits), proof
