"""Keeping what proves a fault of a peer, with an act that says so.

The evidence is signed by the peer; that it was found here, and when, is an act of the node in the
journal. So evidence that is taken away again is missed, and its time is ours, not the peer's.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from tracer.canonical import b64url
from tracer.store import Tx

POLICY: Final = "policy"
"""Who did what no person decided."""
FOUND: Final = "peer-fault"
"""The act that says that a fault of a peer was found."""


def accuse(tx: Tx, kind: str, peer: str, evidence: bytes) -> None:
    """Keep evidence against a peer, and that it was found now."""
    number = tx.peers.put_fault(kind, peer, evidence)
    detail = {"number": number, "kind": kind, "evidence": b64url(sha256(evidence).digest())}
    tx.audit.write(POLICY, FOUND, peer, detail)
