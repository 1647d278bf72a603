"""A peer's log as we have seen it: verify its checkpoint, compare it with the remembered one.

Every contact shows a checkpoint. Both signatures are verified once per batch; then it is compared
with the newest one we remember (protocol 3.6 and step 9). A smaller or larger log needs a
consistency proof in its direction; the same size with another root, or a proof that fails, is a
fault: both signed notes are kept as evidence.
"""

from __future__ import annotations

from dataclasses import dataclass

from tracer.canonical import canonical_json
from tracer.clock import instant, stamp
from tracer.errors import PeerError
from tracer.evidence.checkpoint import Checkpoint, verify_checkpoint
from tracer.evidence.proof import compare, parse_consistency
from tracer.exchange.accuse import accuse
from tracer.exchange.batch import Head
from tracer.store import Tx
from tracer.store.rows import RememberedRow
from tracer.trust.directory import Peer

FAULTS = 16
"""Forks of one peer's log that are kept as evidence."""


@dataclass(frozen=True, slots=True)
class LogView:
    """What a batch or an answer shows of its writer's log, judged once for all its lines."""

    checkpoint: Checkpoint | None
    invalid: PeerError | None = None
    """Step 8: the checkpoint is missing, malformed, not signed, or of another log."""
    unproven: PeerError | None = None
    """Step 9: it does not lead to the checkpoint we remember."""
    stray: str = ""
    """The note, if it names another log than the peer's present one."""

    @property
    def fork(self) -> bool:
        """Whether the writer signed two logs that contradict each other."""
        return self.unproven is not None and self.unproven.code == "log-fork"

    def trusted(self) -> Checkpoint:
        """The checkpoint, if both steps passed.

        Raises:
            PeerError: the failure of step 8 or 9.
        """
        for failure in (self.invalid, self.unproven):
            if failure is not None:
                raise failure
        if self.checkpoint is None:
            raise PeerError("checkpoint-form", "no checkpoint is shown")
        return self.checkpoint


def look(head: Head, peer: Peer, remembered: RememberedRow | None) -> LogView:
    """Verify both signatures of the checkpoint shown and compare it with the remembered one."""
    if head.checkpoint is None:
        return LogView(None, invalid=PeerError("checkpoint-form", "no checkpoint is shown"))
    try:
        checkpoint = verify_checkpoint(head.checkpoint, origin=peer.log.origin, public=peer.log)
    except PeerError as error:
        stray = head.checkpoint if error.code == "log-origin" else ""
        return LogView(None, invalid=error, stray=stray)
    if remembered is None or remembered.origin != checkpoint.origin:
        return LogView(checkpoint)
    try:
        proof = None if head.consistency is None else parse_consistency(head.consistency)
        compare(_checkpoint(remembered), checkpoint, proof)
    except PeerError as error:
        return LogView(checkpoint, unproven=error)
    return LogView(checkpoint)


def remember(tx: Tx, peer: str, checkpoint: Checkpoint) -> None:
    """Keep the checkpoint if it is the newest (compare-and-set to the maximum)."""
    head = (checkpoint.origin, checkpoint.size, checkpoint.root, checkpoint.note)
    tx.log.save_checkpoint(*head, stamp(checkpoint.at), mine=False)
    tx.peers.remember(peer, *head)


def _checkpoint(row: RememberedRow) -> Checkpoint:
    return Checkpoint(
        origin=row.origin, size=row.size, root=row.root, at=instant(row.seen_at), note=row.note
    )


def keep_fault(tx: Tx, peer: str, log: LogView) -> None:
    """Keep the remembered and the contradicting checkpoint, both signed, as evidence of a fork."""
    remembered = tx.peers.remembered(peer)
    if remembered is not None:
        keep_contradiction(tx, peer, remembered.note, log)


def keep_contradiction(tx: Tx, peer: str, note: str, log: LogView) -> None:
    """Keep any checkpoint of a peer with one that contradicts it, as evidence of a fork.

    One pair proves the fault, a few show its extent; a peer cannot fill the disk with more.
    """
    if log.checkpoint is not None and tx.peers.fault_count(peer, "log-fork") < FAULTS:
        evidence = {"remembered": note, "shown": log.checkpoint.note}
        accuse(tx, "log-fork", peer, canonical_json(evidence))
