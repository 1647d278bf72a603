"""Settle: an answer is verified, then everything it changes is stored in one transaction.

For each claimed row the answer says: a receipt (verified against the peer's signed checkpoint, and
dated within the window of protocol 3.5), a signed refusal, or nothing.

* receipt: the row is delivered, the receipt stored, the case folded anew;
* receipt outside its window: kept as a dispute and shown; the row counts as delivered;
* refusal that may be retried: the row waits (backoff) with the code as its last error;
* refusal for good: the row is undeliverable, visible, and an officer or operator decides;
* nothing, or an answer that does not verify: the row waits, the peer is at fault.

After the give-up horizon a row is undeliverable too; `retry` starts it again.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tracer.clock import Clock, instant, stamp
from tracer.errors import LineError, PeerError
from tracer.exchange import batch as wire
from tracer.exchange.accuse import FaultKind, accuse
from tracer.exchange.backoff import Patience
from tracer.exchange.contradictions import keep_second
from tracer.exchange.log.closed import closed_fork, earlier_log
from tracer.exchange.log.ledger import Ledger
from tracer.exchange.log.peerlog import LogView, keep_fault, look, remember
from tracer.exchange.projection import Projection
from tracer.exchange.shown import Shown
from tracer.exchange.verdicts import Judge, Verdicts
from tracer.metrics import Metrics
from tracer.store import Store, Tx
from tracer.store.rows import OutboxRow
from tracer.trust.directory import Peer


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How one attempt ended: rows claimed, delivered, refused for good, and what went wrong."""

    claimed: int = 0
    delivered: int = 0
    refused: int = 0
    error: str = ""
    remembers: int = 0
    """Size of our log the peer said it remembers."""
    full: bool = False
    """Whether more may be due at once: the last batch took all it could hold."""

    def and_(self, later: Delivery) -> Delivery:
        """Both attempts as one; of what went wrong, the last."""
        return Delivery(
            claimed=self.claimed + later.claimed,
            delivered=self.delivered + later.delivered,
            refused=self.refused + later.refused,
            error=later.error or self.error,
            remembers=max(self.remembers, later.remembers),
        )


class Settle:
    """Ends an attempt to deliver, whichever way it went."""

    def __init__(
        self,
        *,
        store: Store,
        ledger: Ledger,
        clock: Clock,
        authority: str,
        patience: Patience,
        projection: Projection,
        metrics: Metrics,
        chance: random.Random,
        shown: Shown,
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._clock = clock
        self._authority = authority
        self._patience = patience
        self._projection = projection
        self._metrics = metrics
        self._chance = chance
        self._shown = shown

    async def __call__(
        self,
        peer: Peer,
        rows: Sequence[OutboxRow],
        body: bytes,
        *,
        limit: int | None = None,
        sent: bytes = b"",
        line: bool = True,
    ) -> Delivery:
        """Verify an answer to `rows` and store what follows from it, in one transaction.

        `limit` is how many messages it may speak of, if that is more than `rows`: a collector that
        hands its answer in twice speaks of messages that are settled. `sent` is the batch that is
        answered, where it is at hand. `line` tells whether it came over the line, whose state
        is then noted: what a courier brings says nothing about that.
        """
        try:
            answer = wire.read_answer(body, limit=len(rows) if limit is None else limit)
            remembered = self._store.glance(lambda tx: tx.peers.remembered(peer.authority))
            log = look(answer.head, peer, remembered)
        except PeerError as error:
            return await self.failed(peer, rows, error)
        now = self._clock.now()
        judge = Judge(us=self._authority, peer=peer, log=log, arrival=now, sent=sent)
        verdicts = judge(rows, answer)
        await self._store.write(
            lambda tx: self._apply(tx, peer, log, verdicts, answer.head, line=line)
        )
        self._shown.note(peer.authority, answer.head.remembers)
        self._metrics.delivered(peer.authority, len(verdicts.receipts))
        return Delivery(
            claimed=len(rows),
            delivered=len(verdicts.receipts),
            refused=len(verdicts.refused),
            error=verdicts.waiting[0][1] if verdicts.waiting else "",
            remembers=answer.head.remembers,
        )

    async def failed(
        self, peer: Peer, rows: Sequence[OutboxRow], error: LineError | PeerError
    ) -> Delivery:
        """The line broke, or the answer as a whole is worthless: every row waits its turn."""

        def body(tx: Tx) -> None:
            state = tx.peers.state(peer.authority)
            failures = state.failures + 1
            pause = self._patience.pause(failures, self._chance)
            until = stamp(self._clock.now() + pause)
            tx.peers.note_contact(
                peer.authority,
                last_out_fail=tx.now,
                failures=failures,
                breaker_until=until if failures >= self._patience.breaker_after else "",
                last_error=error.code,
            )
            self._wait(tx, [(row, error.code) for row in rows], until)

        await self._store.write(body)
        return Delivery(claimed=len(rows), error=error.code)

    def _apply(
        self,
        tx: Tx,
        peer: Peer,
        log: LogView,
        verdicts: Verdicts,
        head: wire.Head,
        *,
        line: bool,
    ) -> None:
        self._ledger.flush(tx)
        states = tx.outbox.states([row.seq for row in verdicts.rows()])
        again, verdicts = verdicts.again(states), verdicts.still(states)
        if log.unproven is not None:
            keep_fault(tx, peer.authority, log, line=line)
        elif earlier_log(log.stray, peer):
            closed_fork(tx, peer, log.stray)
        elif log.checkpoint is not None:
            remember(tx, peer.authority, log.checkpoint)
        tx.peers.note_contact(
            peer.authority,
            last_out_ok=tx.now if line else None,
            failures=0 if line else None,
            breaker_until="" if line else None,
            last_error="" if line else None,
            sent_size=head.remembers,
            unproven_since="" if log.proven else None,
        )
        settled = [*verdicts.receipts, *verdicts.disputed]
        tx.messages.save_receipts([receipt for _, receipt in settled])
        tx.outbox.delivered([row.seq for row, _ in settled])
        for receipt in again:
            keep_second(tx, receipt, log)
        for row, receipt in verdicts.disputed:
            accuse(tx, FaultKind.RECEIPT_TIME, peer.authority, receipt.record)
            tx.messages.flag(peer.authority, row.message_id, "receipt-disputed")
        self._wait(tx, verdicts.waiting, None)
        for row, refusal in verdicts.refused:  # after the waiting: these may end some of them
            _refused_for_good(tx, row, refusal.code)
        threads = sorted({row.thread for row, _ in settled})
        self._projection.write(tx, tx.threads.get_many(threads).values())

    def _wait(self, tx: Tx, rows: Iterable[tuple[OutboxRow, str]], until: str | None) -> None:
        now = self._clock.now()
        again: dict[tuple[str, str], list[int]] = {}
        for row, error in rows:
            first = instant(max(row.first_attempt or row.created, row.created))
            if self._patience.exhausted(first, now):
                tx.outbox.give_up([row.seq], error=error)
            else:
                due = until or self._next(row, error, now)
                again.setdefault((due, error), []).append(row.seq)
        for (due, error), seqs in again.items():
            tx.outbox.release(seqs, next_attempt=due, error=error)

    def _next(self, row: OutboxRow, error: str, now: datetime) -> str:
        if error == "log-proof-needed" and row.last_error != error:
            return stamp(now)  # the answer said which proof is missing; the next batch carries it
        return stamp(now + self._patience.pause(row.attempts, self._chance))


def _refused_for_good(tx: Tx, row: OutboxRow, code: str) -> None:
    """End a message the peer will never take, and what of ours follows it in its thread.

    The thread's own tip goes back to our last message before it, so that a corrected message
    continues the chain that the peer knows.
    """
    later = tx.outbox.rows(thread=row.thread, state="queued", after=row.seq)
    tx.outbox.give_up([row.seq], error=code)
    tx.outbox.give_up([one.seq for one in later], error="parent-refused")
    for dead in (row, *later):
        tx.messages.flag(row.peer, dead.message_id, "refused")
    tx.threads.retract(row.thread)
