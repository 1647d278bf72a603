"""When a signing key speaks for its owner. Pure: three instants in, nothing or a refusal out.

`issued` and the time in the sender's checkpoint are claims of the sender. What is proved is that
a signed message existed by some time: our own `received` leaf, a remembered checkpoint of the
sender dated by our clock that includes it, a cosignature by a witness other than the sender, an
RFC 3161 token; the earliest counts (`earliest`).

    not revoked   claimed in [sign_from, sign_until], first arrival before accept_until
    revoked       the same, and a proof of existence earlier than revoked_from

What was accepted before a revocation became known stays accepted: nothing is judged twice.

What it does not do: check the proofs, or find the revocation (`directory` gives the key with the
earliest one that is known).

Example:
    >>> judge(key, claimed=head.at, first_arrival=now, proof_of_existence=None)
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tracer.errors import PeerError
from tracer.trust.nouns import EntryKey


def judge(
    key: EntryKey,
    *,
    claimed: datetime,
    first_arrival: datetime,
    proof_of_existence: datetime | None = None,
) -> None:
    """Accept a verified signature as its owner's, or refuse it.

    Args:
        key: The listed signing key that verified it.
        claimed: Time of the sender's checkpoint that covers the message.
        first_arrival: When these bytes first reached us, by our clock.
        proof_of_existence: The earliest proof that the signed bytes existed, if there is one.

    Raises:
        PeerError: `key-revoked` or `key-expired`.
        ValueError: not a signing key.
    """
    if key.use != "sign":
        raise ValueError("only signing keys sign")
    term = key.term()
    if term.revoked_from is not None and (
        proof_of_existence is None or proof_of_existence >= term.revoked_from
    ):
        raise PeerError(
            "key-revoked", f"key {key.kid} is revoked and nothing proves an earlier use"
        )
    # A checkpoint tells whole seconds: the second in which a key begins counts as its time.
    if not term.sign_from.replace(microsecond=0) <= claimed <= term.sign_until:
        raise PeerError("key-expired", f"key {key.kid} was not in use at the time claimed")
    if first_arrival >= term.last:
        raise PeerError("key-expired", f"what key {key.kid} signed is accepted no longer")


def earliest(proofs: Iterable[datetime | None]) -> datetime | None:
    """The earliest of the proofs that there are."""
    return min((proof for proof in proofs if proof is not None), default=None)
