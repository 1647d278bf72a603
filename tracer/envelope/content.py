"""What is inside a seal: the signed message and the sender's log proof.

The plaintext is the canonical JSON object `{"proof":{...},"sd_jwt":"..."}`: sorted members, no
white space, strict. The proof is handed on as it is: `evidence` knows what it means.

What it does not do: verify anything; `split` has looked at the structure of the SD-JWT only.

Example:
    >>> signed, proof = unpack(pack(signed.compact, {"record": "..."}))
"""

from __future__ import annotations

from typing import Any

from tracer.canonical import canonical_json, strict_json
from tracer.envelope.limits import LIMITS, Limits
from tracer.envelope.sdjwt import SignedMessage, split
from tracer.errors import PeerError


def pack(sd_jwt: str, proof: dict[str, Any]) -> bytes:
    """Write the plaintext of a seal."""
    return canonical_json({"proof": proof, "sd_jwt": sd_jwt})


def unpack(plaintext: bytes, *, limits: Limits = LIMITS) -> tuple[SignedMessage, dict[str, Any]]:
    """Read the plaintext of a seal that opened.

    Raises:
        PeerError: `plaintext-form` when it is not exactly these two members in canonical form,
            `too-large` when a part is over its limit.
    """
    try:
        value = strict_json(plaintext, max_depth=limits.depth)
    except ValueError as error:
        raise PeerError("plaintext-form", f"the plaintext is not strict JSON: {error}") from error
    match value:
        case {"proof": dict(proof), "sd_jwt": str(sd_jwt), **others} if not others:
            if canonical_json(value) != plaintext:
                raise PeerError("plaintext-form", "the plaintext is not in canonical form")
            if len(plaintext) - len(sd_jwt) > limits.proof:
                raise PeerError("too-large", "the proof is over its limit")
            return split(sd_jwt, limits=limits), proof
    raise PeerError("plaintext-form", "the plaintext is not an SD-JWT with a proof")
