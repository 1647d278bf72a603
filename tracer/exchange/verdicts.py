"""Verdicts: what an answer says about each message that was sent. Pure.

A receipt counts when its proof leads to the peer's signed checkpoint, when it is of our message
and of both parties, and when its time lies in [first attempt - 10 min, arrival + 10 min]
(protocol 3.5). Outside that window it is a dispute: kept, shown, and still a receipt. A refusal
counts when the peer signed it about this message, or, where it could not tell the id, about the
bytes that were sent in this place. Anything else is as if the peer had not spoken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec import UNSET

from tracer.clock import instant, stamp
from tracer.errors import PeerError
from tracer.evidence.proof import check_proof, parse_proof
from tracer.evidence.record import Kind
from tracer.exchange.batch import Answer, Reply, read_batch
from tracer.exchange.log.peerlog import LogView
from tracer.exchange.refusals import SignedRefusal, read_refusal, refuses
from tracer.store.rows import OutboxRow, Receipt
from tracer.trust.directory import Peer

WINDOW = timedelta(minutes=10)
"""How far a receipt's time may lie outside [first attempt, arrival]."""


_UNSETTLED = frozenset(("queued", "held"))


FINAL = frozenset({"terms-stale"})
"""Codes a peer calls retryable, of which we know that the same bytes are never taken."""


@dataclass(slots=True)
class Verdicts:
    """The rows of one attempt, sorted by what became of them."""

    receipts: list[tuple[OutboxRow, Receipt]] = field(default_factory=list)
    disputed: list[tuple[OutboxRow, Receipt]] = field(default_factory=list)
    refused: list[tuple[OutboxRow, SignedRefusal]] = field(default_factory=list)
    waiting: list[tuple[OutboxRow, str]] = field(default_factory=list)
    """To be tried again, each with the code that says why."""
    others: list[Receipt] = field(default_factory=list)
    """Receipts for messages that were not asked about, as when one came by two ways."""

    def rows(self) -> list[OutboxRow]:
        """Every row that was judged."""
        judged = (self.receipts, self.disputed, self.refused, self.waiting)
        return [row for kind in judged for row, _ in kind]

    def again(self, states: Mapping[int, str]) -> list[Receipt]:
        """Receipts for messages that may have one already; `states` of the rows judged."""
        found = (*self.receipts, *self.disputed)
        settled = [receipt for row, receipt in found if states.get(row.seq) == "delivered"]
        return [*settled, *self.others]

    def still(self, states: Mapping[int, str]) -> Verdicts:
        """Only what still holds: what another answer has settled meanwhile stays settled.

        A receipt counts for a row that is not settled; the rest for one that is still queued.
        """
        return Verdicts(
            receipts=[one for one in self.receipts if states.get(one[0].seq) in _UNSETTLED],
            disputed=[one for one in self.disputed if states.get(one[0].seq) in _UNSETTLED],
            refused=[one for one in self.refused if states.get(one[0].seq) == "queued"],
            waiting=[one for one in self.waiting if states.get(one[0].seq) == "queued"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Judges one answer of `peer` that arrived at `arrival`."""

    us: str
    peer: Peer
    log: LogView
    arrival: datetime
    sent: bytes = b""
    """The batch that is answered; empty if it is not at hand, then a refusal names its message."""

    def __call__(self, rows: Sequence[OutboxRow], answer: Answer) -> Verdicts:
        """Sort every row; an answer about other messages changes nothing about these.

        Of two replies about one message the first counts.
        """
        replies = {reply.id: reply for reply in reversed(answer.replies)}
        verdicts = Verdicts(others=self._others(rows, answer))
        for place, row in enumerate(rows):
            unread = answer.replies[place] if place < len(answer.replies) else None
            if unread is not None and unread.id != "":
                unread = None  # only of a seal it could not read the peer does not tell the id
            try:
                self._one(row, replies.get(row.message_id, unread), place, verdicts)
            except PeerError as error:
                verdicts.waiting.append((row, error.code))
        return verdicts

    def _others(self, rows: Sequence[OutboxRow], answer: Answer) -> list[Receipt]:
        """Receipts for messages that are no rows, and second ones; those that prove nothing not."""
        found = []
        asked = {row.message_id for row in rows}
        for reply in answer.replies:
            if reply.id in asked:
                asked.remove(reply.id)
            elif reply.receipt is not UNSET:
                with suppress(PeerError):
                    found.append(self._receipt(reply.id, reply))
        return found

    def _one(self, row: OutboxRow, reply: Reply | None, place: int, verdicts: Verdicts) -> None:
        if reply is None:
            raise PeerError("batch-form", "the answer does not speak of this message")
        if reply.refusal is UNSET:
            receipt = self._receipt(row.message_id, reply)
            kept = verdicts.receipts if self._in_time(row, receipt) else verdicts.disputed
            kept.append((row, receipt))
            return
        refusal = read_refusal(
            reply.refusal,
            keys=self.peer.verify_keys,
            us=self.us,
            peer=self.peer.authority,
            message_id=reply.id,
        )
        if reply.id == "" and not refuses(refusal, self._seal(place)):
            raise PeerError("party-mismatch", "the refusal is of other bytes than were sent")
        if refusal.retryable and refusal.code not in FINAL:
            verdicts.waiting.append((row, refusal.code))
        else:
            verdicts.refused.append((row, refusal))

    def _seal(self, place: int) -> str:
        """What was sent in this place of the batch; empty if that is not known."""
        if not self.sent:
            return ""
        return read_batch(self.sent, limit=self.sent.count(b"\n")).messages[place].jwe

    def _in_time(self, row: OutboxRow, receipt: Receipt) -> bool:
        first = instant(row.first_attempt) if row.first_attempt else self.arrival
        return first - WINDOW <= instant(receipt.at) <= self.arrival + WINDOW

    def _receipt(self, message_id: str, reply: Reply) -> Receipt:
        proof = parse_proof(reply.receipt)
        checkpoint = self.log.trusted()
        record = check_proof(
            proof,
            checkpoint,
            kind=Kind.RECEIVED,
            id=message_id,
            sender=self.us,
            recipient=self.peer.authority,
        )
        return Receipt(
            message_id=message_id,
            peer=self.peer.authority,
            record=proof.record,
            index=proof.index,
            size=proof.size,
            path=proof.path,
            origin=checkpoint.origin,
            at=stamp(record.at),
        )
