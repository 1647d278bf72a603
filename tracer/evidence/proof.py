"""Proofs on the wire, and what a shown checkpoint means beside the remembered one.

A proof carries its record, so that a reader needs nothing but the checkpoint:

    {"record": base64url, "index": 6, "size": 8, "path": [base64url, ...]}

and two checkpoints of one log are joined by

    {"old": 5, "new": 8, "path": [base64url, ...]}

Both objects are closed. A message travels with the proof of its `sent` record in the sender's log;
a receipt is the proof of its `received` record in the recipient's. Wrong form is `proof-form`, a
well-formed proof that does not prove is `proof-invalid`: the first is a bug, the second is either
a bug or a lie and is kept.

Decisions:
    A consistency proof names both sizes. A proof between other sizes than the two in question is
    then a missing one (asked for again), never mistaken for a failing one (a fault).
    Checkpoints travel beside proofs, not in them: one checkpoint serves a whole batch.

What it does not do: verify signatures (`checkpoint`), judge times, remember anything.

Example:
    >>> proof = parse_proof(content["proof"])
    >>> record = check_proof(proof, head, kind=Kind.SENT, id=message_id,
    ...                      sender="XA-NPOC", recipient="XB-NPOC")
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from functools import lru_cache
from typing import Any, Final

from msgspec import Struct

from tracer.canonical import b64url, unb64url
from tracer.errors import PeerError
from tracer.evidence.checkpoint import Checkpoint
from tracer.evidence.merkle import (
    HASH_BYTES,
    MAX_PATH,
    MAX_SIZE,
    ProofError,
    verify_consistency,
    verify_inclusion,
)
from tracer.evidence.record import MAX_RECORD_BYTES, Kind, Record, leaf_hash, parse_record

_HASH_CHARS: Final = len(b64url(bytes(HASH_BYTES)))
_RECORD_CHARS: Final = len(b64url(bytes(MAX_RECORD_BYTES)))


class Proof(Struct, frozen=True, kw_only=True):
    """A record and its inclusion path to the root of `size`; not yet checked."""

    record: bytes
    index: int
    size: int
    path: tuple[bytes, ...]

    def to_wire(self) -> dict[str, Any]:
        """The JSON object that travels."""
        return {
            "record": b64url(self.record),
            "index": self.index,
            "size": self.size,
            "path": list(map(_hash_text, self.path)),
        }


class ConsistencyProof(Struct, frozen=True, kw_only=True):
    """A path from the tree of `old` leaves to that of `new`; not yet checked."""

    old: int
    new: int
    path: tuple[bytes, ...]

    def to_wire(self) -> dict[str, Any]:
        """The JSON object that travels."""
        return {"old": self.old, "new": self.new, "path": list(map(_hash_text, self.path))}


class Comparison(Enum):
    """What a shown checkpoint is, beside the remembered one; only faults are errors."""

    FIRST = "first"
    """Nothing is remembered of this log: remember it."""
    SAME = "same"
    """The remembered size and root."""
    AHEAD = "ahead"
    """A proven continuation: remember it."""
    BEHIND = "behind"
    """Proven to be an earlier head of the same log: harmless, keep what is remembered."""


def parse_proof(wire: Any) -> Proof:
    """Read a proof from decoded JSON.

    Raises:
        PeerError: `proof-form`.
    """
    record, index, size, path = _members(wire, ("record", "index", "size", "path"))
    if not isinstance(record, str) or len(record) > _RECORD_CHARS:
        raise PeerError("proof-form", "the record of a proof is missing or too long")
    leaf, leaves = _count(index), _count(size)
    if leaf >= leaves:
        raise PeerError("proof-form", "the proof is of a leaf outside its tree")
    return Proof(record=_bytes(record), index=leaf, size=leaves, path=_path(path))


def parse_consistency(wire: Any) -> ConsistencyProof:
    """Read a consistency proof from decoded JSON.

    Raises:
        PeerError: `proof-form`.
    """
    old, new, path = _members(wire, ("old", "new", "path"))
    first, second = _count(old), _count(new)
    if first > second:
        raise PeerError("proof-form", "a consistency proof leads from the smaller tree")
    return ConsistencyProof(old=first, new=second, path=_path(path))


def check_proof(
    proof: Proof,
    checkpoint: Checkpoint,
    *,
    kind: Kind,
    id: str,  # noqa: A002 - the record's own word
    sender: str,
    recipient: str,
) -> Record:
    """Check that a checkpoint's log holds the record expected.

    The steps: (1) the record has its exact form; (2) it is of this kind; (3) of this
    id; (4) of these two parties; (5) the proof is made for this checkpoint's size; (6) the path
    leads to its root.

    Raises:
        PeerError: `proof-form` for step 1, `proof-invalid` for the others.
    """
    try:
        record = parse_record(proof.record)  # 1
    except ValueError as error:
        raise PeerError("proof-form", "the record of the proof is not well-formed") from error
    if record.kind != kind:  # 2
        raise PeerError("proof-invalid", f"the record proved is of kind {record.kind}, not {kind}")
    if record.id != id:  # 3
        raise PeerError("proof-invalid", "the record proved is of another id")
    if (record.sender, record.recipient) != (sender, recipient):  # 4
        raise PeerError("proof-invalid", "the record proved is between other parties")
    if proof.size != checkpoint.size:  # 5
        raise PeerError("proof-invalid", "the proof is made for another checkpoint")
    try:
        leaf = leaf_hash(proof.record)
        verify_inclusion(leaf, proof.index, proof.size, proof.path, checkpoint.root)  # 6
    except ProofError as error:
        raise PeerError("proof-invalid", "the path does not lead to the checkpoint") from error
    return record


def compare(
    remembered: Checkpoint | None, shown: Checkpoint, consistency: ConsistencyProof | None
) -> Comparison:
    """Hold a peer's checkpoint against the newest one remembered of the same log.

    Both must have been verified. An empty log is a prefix of every log and needs no proof.

    Raises:
        PeerError: `log-proof-needed` (hint: the remembered size) if no proof between these two
            sizes is given; `log-fork` if one size has two roots or the proof fails; `log-origin`
            if the two are of different logs.
    """
    if remembered is None:
        return Comparison.FIRST
    if remembered.origin != shown.origin:
        raise PeerError("log-origin", "the two checkpoints are of different logs")
    if remembered.size == shown.size:
        if remembered.root != shown.root:
            raise PeerError("log-fork", "two roots are signed for one size")
        return Comparison.SAME
    sizes = (min(remembered.size, shown.size), max(remembered.size, shown.size))
    path: Sequence[bytes] = ()
    if sizes[0] != 0:
        if consistency is None or (consistency.old, consistency.new) != sizes:
            raise PeerError(
                "log-proof-needed",
                "consistency with the remembered checkpoint is not shown",
                hints=(str(remembered.size),),
            )
        path = consistency.path
    try:
        verify_consistency(remembered.size, remembered.root, shown.size, shown.root, path)
    except ProofError as error:
        raise PeerError("log-fork", "the two checkpoints are not of one history") from error
    return Comparison.AHEAD if shown.size > remembered.size else Comparison.BEHIND


def _members(wire: Any, names: tuple[str, ...]) -> tuple[Any, ...]:
    if (
        not isinstance(wire, dict)
        or len(wire) != len(names)
        or not all(map(wire.__contains__, names))
    ):
        raise PeerError("proof-form", f"a proof has exactly the members {', '.join(names)}")
    return tuple(wire[name] for name in names)


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= MAX_SIZE:
        raise PeerError("proof-form", "a position or size in a proof is not a count")
    return value


def _path(value: Any) -> tuple[bytes, ...]:
    if not isinstance(value, list) or len(value) > MAX_PATH:
        raise PeerError("proof-form", "the path of a proof is missing or too long")
    try:
        return tuple(map(_hash, value))
    except TypeError as error:
        raise PeerError("proof-form", "a hash in a proof is not a text") from error


def _bytes(text: str) -> bytes:
    try:
        return unb64url(text)
    except ValueError as error:
        raise PeerError("proof-form", "a proof is not in canonical base64url") from error


@lru_cache(maxsize=4096)
def _hash(text: Any) -> bytes:
    """Read one hash of a path.

    The upper hashes of a tree recur in every proof of a batch: each is written and read once.
    """
    if not isinstance(text, str) or len(text) != _HASH_CHARS:
        raise PeerError("proof-form", "a hash in a proof is not 32 bytes")
    return _bytes(text)


_hash_text = lru_cache(maxsize=4096)(b64url)
