"""A parcel: claimed messages of the queue, proved and sealed, ready for the line or a collector.

Sealing happens here, at delivery time, to the recipient's current key: a rotated key changes no id.
The proof is made anew under the newest checkpoint; record and leaf index never change.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import msgspec

from tracer.clock import Clock, stamp
from tracer.envelope.jwk import SealPublic
from tracer.errors import OperatorError
from tracer.evidence.proof import Proof
from tracer.exchange import batch as wire
from tracer.exchange.backoff import Patience
from tracer.exchange.log.ledger import Ledger
from tracer.exchange.sealing import seal_proved
from tracer.exchange.shown import Shown
from tracer.store import Store, Tx
from tracer.store.rows import OutboxRow, Outgoing
from tracer.trust.directory import Peer

NO_KEY = timedelta(minutes=1)
"""How long messages wait when the peer lists no key to seal to at this time."""


PROOF_BYTES = 4_000
"""Allowed for a message's proof in the plaintext of its seal: more than the longest path takes."""
SEAL_BYTES = 3_000
"""Allowed for the header and the keys of a seal."""
AT_ONCE = 8
"""Messages sealed, about a millisecond, before the event loop has its turn."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """The claimed rows and the batch made of them, in the same order."""

    rows: tuple[OutboxRow, ...]
    head: wire.Head
    body: bytes
    size: int
    """Leaves of our log under the checkpoint it shows."""
    full: bool
    """Whether more may wait than went into it."""

    def remembering(self, size: int) -> Parcel:
        """The same batch by a writer that remembers `size` leaves of the reader's log, or more."""
        if size <= self.head.remembers:
            return self
        head = msgspec.structs.replace(self.head, remembers=size)
        body = wire.write(head, ()) + self.body.partition(b"\n")[2]
        return replace(self, head=head, body=body)


class Parcels:
    """Makes parcels for one node."""

    def __init__(
        self,
        *,
        store: Store,
        ledger: Ledger,
        clock: Clock,
        authority: str,
        patience: Patience,
        batch_limit: int,
        batch_bytes: int,
        shown: Shown,
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._clock = clock
        self._authority = authority
        self._patience = patience
        self._batch_limit = batch_limit
        self._batch_bytes = batch_bytes
        self._shown = shown

    async def next(
        self, peer: Peer, *, remembers: int | None = None, after: Parcel | None = None
    ) -> Parcel | None:
        """Claim and seal the next batch for `peer`; None if nothing is due.

        `remembers` is the size of our log that the peer said it remembers, where it just said so.
        `after` is the batch before it, which is under way and has to be answered before this one
        goes: the peer will then remember what that one shows.

        Raises:
            OperatorError: `seal-key-missing`; nothing stays claimed.
        """
        ahead = after is not None
        claimed = await self._store.write(lambda tx: self._claim(tx, peer.authority, ahead=ahead))
        if not claimed.rows:
            return None
        covering = max(one.leaf for one in claimed.messages) + 1
        checkpoint = await self._ledger.checkpoint(covering=covering)
        leaves = [(one.leaf, one.record) for one in claimed.messages]
        proofs = await self._ledger.proofs(leaves, checkpoint)
        if after is not None:
            remembers = after.size
        old = self._shown.since(peer.authority, claimed.sent_size)
        old = old if remembers is None else remembers
        head = wire.Head(
            profile=wire.PROFILE,
            checkpoint=checkpoint.note,
            consistency=await self._ledger.consistency(old, checkpoint),
            remembers=claimed.remembered,
        )
        key = await self._key(peer, claimed.rows)
        sealed = await self._sealed(peer, key, claimed.messages, proofs)
        return Parcel(
            rows=claimed.rows,
            head=head,
            body=wire.write(head, sealed),
            size=checkpoint.size,
            full=claimed.full,
        )

    async def give_back(self, parcel: Parcel | None) -> None:
        """A batch that was never sent: its rows are as if they had not been claimed."""
        if parcel is not None:
            seqs = [row.seq for row in parcel.rows]
            await self._store.write(lambda tx: tx.outbox.unclaim(seqs))

    async def _sealed(
        self, peer: Peer, key: SealPublic, messages: Sequence[Outgoing], proofs: Sequence[Proof]
    ) -> list[wire.Sealed]:
        """Seal one after the other, with a pause every few: another batch is on the line."""
        sealed = []
        for count, (one, proof) in enumerate(zip(messages, proofs, strict=True), 1):
            jwe = seal_proved(
                one.id,
                one.compact,
                proof,
                to=key,
                sender=self._authority,
                recipient=peer.authority,
            )
            sealed.append(wire.Sealed(jwe))
            if count % AT_ONCE == 0:
                await asyncio.sleep(0)
        return sealed

    async def _key(self, peer: Peer, rows: Sequence[OutboxRow]) -> SealPublic:
        """The key to seal to; if there is none the rows wait, and say why."""
        now = self._clock.now()
        try:
            return peer.seal_key(now)
        except OperatorError as error:
            later, seqs, code = stamp(now + NO_KEY), [row.seq for row in rows], error.code
            await self._store.write(
                lambda tx: tx.outbox.release(seqs, next_attempt=later, error=code)
            )
            raise

    def _claim(self, tx: Tx, peer: str, *, ahead: bool) -> _Claimed:
        self._ledger.flush(tx)
        now = self._clock.now()
        rows = tx.outbox.claim(
            peer,
            now=stamp(now),
            lease_until=stamp(now + self._patience.lease),
            limit=self._batch_limit,
            ahead=ahead,
        )
        messages = tx.messages.outgoing(peer, [row.message_id for row in rows])
        fits = fitting(messages, self._batch_bytes)
        left = [row.seq for row in rows[fits:]]
        tx.outbox.release(left, next_attempt=stamp(now), error="")
        remembered = tx.peers.remembered(peer)
        return _Claimed(
            rows=tuple(rows[:fits]),
            messages=messages[:fits],
            sent_size=tx.peers.state(peer).sent_size,
            remembered=0 if remembered is None else remembered.size,
            full=len(rows) == self._batch_limit or fits < len(rows),
        )


def fitting(messages: Sequence[Outgoing], limit: int) -> int:
    """How many of these, from the first on, make a batch of at most `limit` bytes; at least one."""
    total = 0
    for count, one in enumerate(messages):
        total += (len(one.compact) + PROOF_BYTES) * 4 // 3 + SEAL_BYTES
        if total > limit and count:
            return count
    return len(messages)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claimed:
    rows: tuple[OutboxRow, ...]
    messages: Sequence[Outgoing]
    sent_size: int
    remembered: int
    full: bool
