"""One log closed, the next one opened: what the succession record commits to.

An entry with a new log names the old one (`nouns.Succession`). The first leaf of the new log is a
record of kind `succession`, from and to the authority itself, whose id is

    base64url SHA-256 of the canonical JSON {"cause","highest","origin","root","size"}

of exactly that member of the entry. So the log itself says from where it went on, at an instant
that it commits to, and nobody can later tell another story about the loss.

Decision: the record is the first leaf, and the statement travels in the entry that every peer gets
anyway. Rejected: a signed object of its own; it would be a second place that can disagree.

What it does not do: compare with what a peer remembers (`exchange.succession`).

Example:
    >>> record = first_leaf(succession, authority="XA-NPOC", at=now, salt=os.urandom(32))
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

import msgspec

from tracer.canonical import b64url, canonical_json
from tracer.errors import PeerError
from tracer.evidence.checkpoint import Checkpoint
from tracer.evidence.proof import Proof, check_proof
from tracer.evidence.record import Kind, Record, new_record
from tracer.trust.nouns import Succession


def succession_digest(succession: Succession) -> str:
    """The id that the succession record names."""
    return b64url(sha256(canonical_json(msgspec.to_builtins(succession))).digest())


def first_leaf(succession: Succession, *, authority: str, at: datetime, salt: bytes) -> bytes:
    """The record that begins the new log."""
    return new_record(
        kind=Kind.SUCCESSION,
        id=succession_digest(succession),
        sender=authority,
        recipient=authority,
        at=at,
        salt=salt,
    )


def check_first_leaf(
    proof: Proof, checkpoint: Checkpoint, succession: Succession, *, authority: str
) -> Record:
    """Check that a verified checkpoint's log begins with the record of this succession.

    Raises:
        PeerError: `proof-form` or `proof-invalid`.
    """
    record = check_proof(
        proof,
        checkpoint,
        kind=Kind.SUCCESSION,
        id=succession_digest(succession),
        sender=authority,
        recipient=authority,
    )
    if proof.index != 0:
        raise PeerError("proof-invalid", "the succession is not the first record of its log")
    return record
