"""Keeping what is held against a peer, with an act that says so.

The evidence is signed by the peer; that it was found here, and when, is an act of the node in the
journal. So evidence that is taken away again is missed, and its time is ours, not the peer's.

Most kinds show that a peer contradicts itself, or hides that it does not: nothing new is released
to it without a person's reason (protocol 3.6, `holding_up`). What is only in dispute, or waits for
somebody to look, is kept and shown alike and holds nothing up. A proof that was missing and came
holds nothing up any more.
"""

from __future__ import annotations

from enum import StrEnum
from hashlib import sha256
from typing import Final

from tracer.canonical import b64url
from tracer.store import Tx
from tracer.store.rows import FaultRow

POLICY: Final = "policy"
"""Who did what no person decided."""
FOUND: Final = "peer-fault"
"""The act that says that a fault of a peer was found."""
FAULTS: Final = 16
"""Of each kind so many are kept of one peer: one proves it, a few show its extent, and a peer
cannot fill the disk with more."""


class FaultKind(StrEnum):
    """What is held against a peer."""

    LOG_FORK = "log-fork"
    """Two heads of one log that are not of one history."""
    LOG_CLOSED = "log-closed"
    """A head of a log that it had closed for ever."""
    LOG_UNPROVEN = "log-unproven"
    """For more than a day, asked again and again, no proof that its log is still the one we saw."""
    WITNESS_FORK = "witness-fork"
    """Two heads that it asked us to witness and that are not of one history."""
    THREAD_FORKED = "thread-forked"
    """Two messages in one place of a thread: it wrote two histories of the case."""
    RECEIPT_TWICE = "receipt-twice"
    """Two receipts for one message."""
    RETURNED = "resync-quarantine"
    """It returned a message that does not count as it came."""
    RECEIPT_TIME = "receipt-time"
    """A receipt that is dated before the message was sent, or after it came."""
    ENTRY_APART = "entry-apart"
    """An entry that does not follow from the one held, or lists the key of another authority."""
    KEY_REVOKED = "key-revoked"
    """A message signed with a revoked key, and no proof that it is older."""


_UNCOUNTED: Final = frozenset((FaultKind.RECEIPT_TIME, FaultKind.RETURNED, FaultKind.ENTRY_APART))
"""Kinds that `FAULTS` does not bound: there are no more than messages of ours, or whoever finds
them counts."""
DISPUTES: Final = frozenset(
    (FaultKind.RECEIPT_TIME, FaultKind.KEY_REVOKED, FaultKind.RETURNED, FaultKind.ENTRY_APART)
)
"""Kinds that hold nothing up."""
CONTRADICTIONS: Final = frozenset(FaultKind) - DISPUTES


def holding_up(tx: Tx, peer: str) -> list[FaultRow]:
    """What is held against a peer and needs a reason for whatever is released to it."""
    found = [one for one in tx.peers.faults(peer) if one.kind in CONTRADICTIONS]
    if tx.peers.state(peer).unproven_since is None:
        found = [one for one in found if one.kind != FaultKind.LOG_UNPROVEN]
    return found


def enough(tx: Tx, kind: FaultKind, peer: str) -> bool:
    """Whether no more of this kind is kept against a peer: then nothing need be looked up."""
    return kind not in _UNCOUNTED and tx.peers.fault_count(peer, kind) >= FAULTS


def accuse(tx: Tx, kind: FaultKind, peer: str, evidence: bytes) -> None:
    """Keep evidence against a peer, and that it was found now; not what is kept already."""
    if enough(tx, kind, peer) or tx.peers.has_fault(kind, peer, evidence):
        return
    number = tx.peers.put_fault(kind, peer, evidence)
    detail = {"number": number, "kind": kind, "evidence": b64url(sha256(evidence).digest())}
    tx.audit.write(POLICY, FOUND, peer, detail)
