"""What a peer signed about one message or thread, kept against it.

* two messages in one place of a thread (`thread-forked`): its author wrote two histories of the
  case and may have told them to different people. The first stays what it was, the second is
  refused, and both are kept. Not where a restore of its author lies between the two: it may have
  lost the first;
* two receipts for one message (`receipt-twice`): its log holds the message twice, so that it could
  show either time. The first stands. After a restore a message may stand in its next log again;
* a message signed with a revoked key (`key-revoked`), where nothing proves that it is older than
  the revocation: it is refused, and noted so that a person looks, since whoever holds the key may
  have written it.

Forks of logs are found where logs are compared (`log.peerlog`, `log.closed`).

What it does not do: refuse anything, or decide what follows (`accuse.CONTRADICTIONS`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from tracer.canonical import b64url, canonical_json
from tracer.evidence.proof import Proof
from tracer.exchange.accuse import FaultKind, accuse, enough
from tracer.exchange.checks import Candidate
from tracer.exchange.log.peerlog import LogView
from tracer.store import Tx
from tracer.store.rows import FaultRow, MessageHead, Receipt

_SECOND: Final = "fault:second"


def place_of(message_id: str) -> str:
    """Where the second of two messages lies encrypted under its thread's key."""
    return f"{_SECOND}:{message_id}"


def keep_equivocation(tx: Tx, candidate: Candidate) -> None:
    """Keep a message that is refused because its author wrote another in its place.

    Only where it proves that: the author's newest here is none of its ancestors. It lies encrypted
    under its thread's key, so that it is destroyed with the thread.
    """
    thread, peer = str(candidate.message.thread), candidate.peer
    if enough(tx, FaultKind.THREAD_FORKED, peer):
        return
    heads = {one.id: one for one in tx.messages.heads([thread])[thread]}
    newest = [one.id for one in heads.values() if one.direction == "in"][-1:]
    if candidate.id in heads:
        return  # it came twice: from the waiting room, too
    if not newest or newest[0] in _past(candidate.message.follows, heads):
        return
    proof = tx.messages.sender_proofs_of(thread).get(newest[0])
    if proof is not None and proof.origin != candidate.checkpoint.origin:
        return
    if candidate.id in _named(tx, peer, FaultKind.THREAD_FORKED, "second"):
        return
    sealed = tx.threads.seal(thread, candidate.verified.signed.jws.encode(), place_of(candidate.id))
    evidence = {
        "thread": thread,
        "held": newest[0],
        "second": candidate.id,
        "sealed": b64url(sealed),
    }
    accuse(tx, FaultKind.THREAD_FORKED, peer, canonical_json(evidence))


def _past(follows: Iterable[str], heads: Mapping[str, MessageHead]) -> set[str]:
    """Everything that these messages and their ancestors name."""
    found: set[str] = set()
    left = list(follows)
    while left:
        name = left.pop()
        if name not in found and name in heads:
            found.add(name)
            left.extend(heads[name].follows)
    return found


def keep_second(tx: Tx, receipt: Receipt, log: LogView) -> None:
    """Keep a receipt for a message that has another one, with both and the heads they are under."""
    first = tx.messages.receipt(receipt.peer, receipt.message_id)
    if first is None or log.checkpoint is None or not _differ(first, receipt):
        return
    if enough(tx, FaultKind.RECEIPT_TWICE, receipt.peer):
        return
    before = tx.log.checkpoint(first.origin, first.size)
    if receipt.message_id in _named(tx, receipt.peer, FaultKind.RECEIPT_TWICE, "message"):
        return
    evidence = {
        "message": receipt.message_id,
        "first": _shown(first, before or ""),
        "second": _shown(receipt, log.checkpoint.note),
    }
    accuse(tx, FaultKind.RECEIPT_TWICE, receipt.peer, canonical_json(evidence))


def _differ(first: Receipt, second: Receipt) -> bool:
    places = [(one.index, one.record) for one in (first, second)]
    return first.origin == second.origin and places[0] != places[1]


def _shown(one: Receipt, note: str) -> dict[str, Any]:
    proof = Proof(record=one.record, index=one.index, size=one.size, path=one.path)
    return {"checkpoint": note, "proof": proof.to_wire()}


def keep_revoked(tx: Tx, peer: str, messages: Sequence[str], shown: str) -> None:
    """Note that messages came which a revoked key has signed, and under which head of the peer."""
    if enough(tx, FaultKind.KEY_REVOKED, peer):
        return
    known = _named(tx, peer, FaultKind.KEY_REVOKED, "message")
    for name in messages:
        if name not in known:
            evidence = {"message": name, "shown": shown}
            accuse(tx, FaultKind.KEY_REVOKED, peer, canonical_json(evidence))


def case_of(tx: Tx, fault: FaultRow) -> str:
    """The thread that a fault is about; empty: it is about no case, or about none that is here."""
    if fault.kind == FaultKind.THREAD_FORKED:
        return str(msgspec.json.decode(fault.evidence)["thread"])
    if fault.kind == FaultKind.RECEIPT_TWICE:
        name = str(msgspec.json.decode(fault.evidence)["message"])
        return next((one.thread for one in tx.messages.places(fault.peer, [name])), "")
    return ""


def _named(tx: Tx, peer: str, kind: FaultKind, member: str) -> set[str]:
    """What the evidence of this kind that is kept of a peer names: once is enough."""
    rows = tx.peers.faults(peer, kind=kind)
    return {str(msgspec.json.decode(one.evidence)[member]) for one in rows}
