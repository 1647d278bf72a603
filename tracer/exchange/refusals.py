"""Signed refusals: a peer learns the code, and can show it was we who refused (protocol 3.8).

A refusal names the SHA-256 of the bytes received, the claimed id, the two parties, the code,
whether the same bytes may be tried again, the instant, and public identifiers that help to mend it
(missing parents, the current sealing key). It never enters a fold.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from tracer.canonical import b64url
from tracer.envelope.jwk import SigningKey, VerifyKey
from tracer.envelope.jws import sign_object, verify_object
from tracer.errors import PeerError
from tracer.model.ids import AuthorityId
from tracer.model.text import NOT_IN_LINE, Digest, Instant

TYP = "tracer-refusal+jws"


class SignedRefusal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a refusal says. `digest` is the base64url SHA-256 of the bytes that were received."""

    v: Literal[1]
    digest: Digest
    id: Annotated[str, msgspec.Meta(pattern="^([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])?$")]
    """The id that the seal claimed; empty when that could not be read, or was not ours to take."""
    sender: AuthorityId = msgspec.field(name="from")
    recipient: AuthorityId = msgspec.field(name="to")
    code: Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]{1,40}$", max_length=40)]
    retryable: bool
    at: Instant
    hints: tuple[str, ...] = ()


def refuse(
    error: PeerError,
    received: bytes,
    *,
    message_id: str,
    us: str,
    peer: str,
    at: str,
    key: SigningKey,
) -> str:
    """Sign the refusal of `received`, written by `us` to `peer` at the instant `at`."""
    refusal = SignedRefusal(
        v=1,
        digest=b64url(hashlib.sha256(received).digest()),
        id=message_id,
        sender=us,
        recipient=peer,
        code=error.code,
        retryable=error.retryable,
        at=at,
        hints=error.hints,
    )
    return sign_object(msgspec.to_builtins(refusal), typ=TYP, key=key)


def read_refusal(
    jws: str, *, keys: Mapping[str, VerifyKey], us: str, peer: str, message_id: str
) -> SignedRefusal:
    """Verify a refusal that `peer` wrote about our message.

    Raises:
        PeerError: the signature, the form, or the parties are wrong.
    """
    _, payload = verify_object(jws, typ=TYP, keys=keys)
    try:
        refusal = msgspec.convert(payload, SignedRefusal)
    except msgspec.ValidationError as error:
        raise PeerError("payload-schema", "the refusal does not fit its schema") from error
    if NOT_IN_LINE.search("".join((refusal.code, refusal.digest, refusal.at, *refusal.hints))):
        raise PeerError("payload-schema", "a control character in a refusal")
    if (refusal.sender, refusal.recipient, refusal.id) != (peer, us, message_id):
        raise PeerError("party-mismatch", "the refusal is about another message or peer")
    return refusal


def refuses(refusal: SignedRefusal, sealed: str) -> bool:
    """Tell whether this seal is what was refused: all there is to go by where the id is empty."""
    return refusal.digest == b64url(hashlib.sha256(sealed.encode()).digest())
