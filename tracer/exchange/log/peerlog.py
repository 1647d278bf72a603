"""A peer's log as we have seen it: verify its checkpoint, compare it with the remembered one.

Every contact shows a checkpoint. Both signatures are verified once per batch; then it is compared
with the newest one we remember (protocol 3.6 and step 9). A smaller or larger log needs a
consistency proof in its direction; the same size with another root, or a proof that fails, is a
fault: both signed notes are kept as evidence. A proof that is missing on the line is asked for
again with each answer; when a day has passed and it was asked for often, that is held against the
peer, too: a log that is shown shorter, or otherwise, and never proved, is hidden. A file that a
courier brings late can bring no proof, and says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tracer.canonical import canonical_json
from tracer.clock import instant, stamp
from tracer.errors import PeerError
from tracer.evidence.checkpoint import Checkpoint, verify_checkpoint
from tracer.evidence.proof import compare, parse_consistency
from tracer.exchange.accuse import FaultKind, accuse
from tracer.exchange.batch import Head
from tracer.store import Tx
from tracer.store.rows import RememberedRow
from tracer.trust.directory import Peer

PATIENCE = timedelta(hours=24)
"""For so long a missing proof is asked for before it is held against the peer (protocol 3.6)."""
ASKED = 5
"""And so often: an answer may be lost, and the peer be off for days behind it."""


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
    remembered: RememberedRow | None = None
    """The newest checkpoint seen of the same log, and when."""

    @property
    def fork(self) -> bool:
        """Whether the writer signed two logs that contradict each other."""
        return self.unproven is not None and self.unproven.code == "log-fork"

    @property
    def hidden(self) -> bool:
        """Whether the proof is missing, or none, that this log goes on from what was seen of it."""
        return self.unproven is not None and not self.fork

    @property
    def proven(self) -> bool:
        """Whether it is signed, and goes on from what was seen of it."""
        return self.checkpoint is not None and self.invalid is None and self.unproven is None

    def seen(self, index: int) -> datetime | None:
        """By when a leaf was in the log as we remember it; None if it was not, or nobody knows."""
        before = self.remembered
        if before is None or self.unproven is not None or index >= before.size:
            return None
        return instant(before.seen_at)

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
        return LogView(checkpoint, unproven=error, remembered=remembered)
    return LogView(checkpoint, remembered=remembered)


def remember(tx: Tx, peer: str, checkpoint: Checkpoint) -> None:
    """Keep the checkpoint if it is the newest (compare-and-set to the maximum)."""
    head = (checkpoint.origin, checkpoint.size, checkpoint.root, checkpoint.note)
    tx.log.save_checkpoint(*head, stamp(checkpoint.at), mine=False)
    tx.peers.remember(peer, *head)


def _checkpoint(row: RememberedRow) -> Checkpoint:
    return Checkpoint(
        origin=row.origin, size=row.size, root=row.root, at=instant(row.seen_at), note=row.note
    )


def keep_fault(tx: Tx, peer: str, log: LogView, *, line: bool = True) -> None:
    """Keep the remembered and the contradicting checkpoint, both signed, as evidence of a fork.

    On the `line` a proof that is missing is noted, and held against the peer when it is still
    missing after `PATIENCE`; a log that is proven ends that.
    """
    if log.proven:
        if tx.peers.state(peer).unproven_since is not None:
            tx.peers.note_contact(peer, unproven_since="")
        return
    remembered = tx.peers.remembered(peer)
    if remembered is None or log.checkpoint is None:
        return
    if log.fork:
        keep_contradiction(tx, peer, remembered.note, log)
    elif log.hidden and line:
        _missing(tx, peer, remembered.note, log.checkpoint.note)


def _missing(tx: Tx, peer: str, remembered: str, shown: str) -> None:
    state = tx.peers.state(peer)
    since = state.unproven_since
    if since is None:
        tx.peers.note_contact(peer, unproven_since=tx.now, unproven_asked=1)
        return
    asked = (state.unproven_asked or 0) + 1
    tx.peers.note_contact(peer, unproven_asked=asked)
    late = instant(tx.now) - instant(since) >= PATIENCE and asked > ASKED
    if late and not _told(tx, peer, since):
        evidence = {"remembered": remembered, "shown": shown, "since": since}
        accuse(tx, FaultKind.LOG_UNPROVEN, peer, canonical_json(evidence))


def _told(tx: Tx, peer: str, since: str) -> bool:
    """Whether it was held against the peer already, since the proof was first missing."""
    return any(one.at >= since for one in tx.peers.faults(peer, kind=FaultKind.LOG_UNPROVEN))


def keep_contradiction(tx: Tx, peer: str, note: str, log: LogView) -> None:
    """Keep any checkpoint of a peer with one that contradicts it, as evidence of a fork."""
    if log.checkpoint is not None:
        evidence = {"remembered": note, "shown": log.checkpoint.note}
        accuse(tx, FaultKind.LOG_FORK, peer, canonical_json(evidence))
