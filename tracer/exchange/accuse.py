"""Keeping what is held against a peer, with an act that says so.

The evidence is signed by the peer; that it was found here, and when, is an act of the node in the
journal. So evidence that is taken away again is missed, and its time is ours, not the peer's.

Most kinds prove that a peer contradicts itself, or that it withholds the proof that it does not:
nothing new is released to it without a person's reason (protocol 3.6). What is only a dispute, or
waits for somebody to look, is kept and shown alike and holds nothing up (`CONTRADICTIONS`).
"""

from __future__ import annotations

from enum import StrEnum
from hashlib import sha256
from typing import Final

from tracer.canonical import b64url
from tracer.store import Tx

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
    """For more than a day, heads without the proof that they go on from one another."""
    WITNESS_FORK = "witness-fork"
    """Two heads that it asked us to witness and that are not of one history."""
    THREAD_FORKED = "thread-forked"
    """Two messages in one place of a thread: it wrote two histories of the case."""
    RECEIPT_TWICE = "receipt-twice"
    """Two receipts for one message."""
    RETURNED = "resync-quarantine"
    """It returned a message as ours that nothing shows to be ours."""
    RECEIPT_TIME = "receipt-time"
    """A receipt that is dated before the message was sent, or after it came."""
    KEY_REVOKED = "key-revoked"
    """A message signed with a revoked key, and no proof that it is older."""


_BOUNDED: Final = frozenset((FaultKind.RECEIPT_TIME, FaultKind.RETURNED))
"""There are no more of these than messages of ours, or whoever finds them counts."""
CONTRADICTIONS: Final = frozenset(FaultKind) - {FaultKind.RECEIPT_TIME, FaultKind.KEY_REVOKED}
"""Kinds that hold up what is to be released to the peer."""


def enough(tx: Tx, kind: FaultKind, peer: str) -> bool:
    """Whether no more of this kind is kept against a peer: then nothing need be looked up."""
    return kind not in _BOUNDED and tx.peers.fault_count(peer, kind) >= FAULTS


def accuse(tx: Tx, kind: FaultKind, peer: str, evidence: bytes) -> bool:
    """Keep evidence against a peer, and that it was found now; false: enough of it is kept."""
    if enough(tx, kind, peer):
        return False
    number = tx.peers.put_fault(kind, peer, evidence)
    detail = {"number": number, "kind": kind, "evidence": b64url(sha256(evidence).digest())}
    tx.audit.write(POLICY, FOUND, peer, detail)
    return True
