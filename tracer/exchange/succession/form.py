"""A restored authority tells its peers: the form of it, and what of it a peer can check.

`POST succession` carries one closed object, and is answered by another:

    {"profile","entry":ENTRY FILE,"checkpoint":NOTE,"proof":PROOF,"consistency":PROOF|null,
     "reentered":COUNT|null}
      -> {"profile","state":"taken"|"waits"|"proof-needed","held":SIZE}

`entry` names the closed log and the head from which the authority went on; `checkpoint` and `proof`
are of the new log and show that its first record commits to exactly that (`trust.succession`);
`consistency` leads, in the closed log, from a head that the peer holds to the one gone on from.
`reentered` is how many messages between the two are back, once the way back is gone. `proof-needed`
asks for the whole again with the consistency proof from `held`.

Decision: the authority that was restored tells, because it knows that it was, and whom it has not
told. Rejected: to hang it on the answer of `log`; that object is closed, and a peer of an older
version would refuse what it could otherwise still answer.

What it does not do: remember or believe anything (`succession`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct

from tracer.canonical import canonical_json, unb64url
from tracer.errors import PeerError
from tracer.evidence.checkpoint import Checkpoint, LogPublic, verify_checkpoint
from tracer.evidence.merkle import EMPTY_ROOT, ProofError, verify_consistency
from tracer.evidence.proof import parse_consistency, parse_proof
from tracer.evidence.record import Record
from tracer.trust.entry import VerifiedEntry, verify_entry
from tracer.trust.nouns import Succession
from tracer.trust.succession import check_first_leaf

_Count = Annotated[int, Meta(ge=0, le=2**53 - 1)]


class Announcement(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the restored authority says."""

    profile: str
    entry: dict[str, Any]
    checkpoint: str
    proof: dict[str, Any]
    consistency: dict[str, Any] | None
    reentered: _Count | None


class Heard(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the peer answers; `held` is the size that a proof is needed from, else 0."""

    profile: str
    state: Literal["taken", "waits", "proof-needed"]
    held: _Count


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a peer has seen of the log that is closed: size and root, by size."""

    upto: tuple[int, bytes] | None
    """The largest head not beyond the one gone on from."""
    most: int
    """The size of the largest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Successor:
    """A succession that holds. Made by `judge` only."""

    verified: VerifiedEntry
    succession: Succession
    checkpoint: Checkpoint
    """Of the new log."""
    record: Record
    lost: int
    """Records of the closed log that the authority lost, as far as anybody has seen them."""


def read_entry(announcement: Announcement) -> tuple[VerifiedEntry, Succession]:
    """Verify the entry that is told of, by itself.

    Raises:
        PeerError: what is wrong with it; `entry-form` if it names no closed log.
    """
    verified = verify_entry(canonical_json(announcement.entry))
    succession = verified.entry.succession
    if succession is UNSET:
        raise PeerError("entry-form", "the entry told of names no log that was closed")
    return verified, succession


def judge(
    announcement: Announcement,
    verified: VerifiedEntry,
    succession: Succession,
    *,
    closed: LogPublic,
    held: Held,
) -> Successor:
    """Check what an entry that follows from the known one cannot show by itself.

    The steps: (1) both signatures of the new log's checkpoint; (2) its first record is the
    succession; (3) the head gone on from is a beginning of the log as we have seen it.

    Args:
        announcement: What was told.
        verified: Its entry, of the authority whose channel it came by.
        succession: The same entry's.
        closed: The keys of the closed log, from an earlier entry.
        held: What we have seen of that log.

    Raises:
        PeerError: the first step that fails; `log-proof-needed`, with the size to lead from;
            `log-fork`.
    """
    entry = verified.entry
    new = verify_checkpoint(
        announcement.checkpoint, origin=entry.log.origin, public=entry.log.public()
    )
    record = check_first_leaf(  # 2
        parse_proof(announcement.proof), new, succession, authority=entry.authority
    )
    _check_beginning(announcement, succession, held)  # 3
    most = max(held.most, _highest(succession, closed))
    return Successor(
        verified=verified,
        succession=succession,
        checkpoint=new,
        record=record,
        lost=max(most - succession.size, 0),
    )


def _check_beginning(announcement: Announcement, succession: Succession, held: Held) -> None:
    size, root = succession.size, unb64url(succession.root)
    if size == 0 and root != EMPTY_ROOT:
        raise PeerError("log-fork", "an empty log has one root only")
    if held.upto is None or held.upto[0] == 0 or size == 0:
        return
    before, known = held.upto
    if before == size:
        if known != root:
            raise PeerError("log-fork", "it goes on from another root than it signed at this size")
        return
    wire = announcement.consistency
    proof = None if wire is None else parse_consistency(wire)
    if proof is None or (proof.old, proof.new) != (before, size):
        raise PeerError(
            "log-proof-needed",
            "the head gone on from is not shown to lead on",
            hints=(str(before),),
        )
    try:
        verify_consistency(before, known, size, root, proof.path)
    except ProofError as error:
        raise PeerError("log-fork", "it goes on from another history than it signed") from error


def _highest(succession: Succession, closed: LogPublic) -> int:
    """The size of the highest checkpoint that the authority was shown; 0 if it proves nothing."""
    try:
        return verify_checkpoint(succession.highest, origin=closed.origin, public=closed).size
    except PeerError:
        return 0


def entry_object(file: bytes) -> Mapping[str, Any]:
    """An entry file as the object that travels."""
    found: Mapping[str, Any] = msgspec.json.decode(file)
    return found
