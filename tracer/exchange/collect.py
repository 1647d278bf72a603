"""Collect: an authority that cannot open a port makes every connection itself.

Its node asks a peer for what waits (`Collect`), takes the batch in just as if it had been posted,
and hands the answer back; the peer serves the batch (`Counter.batch`) and settles the answer
(`Counter.receipts`). Same objects, same checks, same receipts as the ordinary way.
"""

from __future__ import annotations

import msgspec

from tracer.canonical import canonical_json, strict_json
from tracer.errors import PeerError
from tracer.exchange import batch as wire
from tracer.exchange.parcel import Parcels
from tracer.exchange.receive import Receive
from tracer.exchange.settle import Delivery, Settle
from tracer.store import Store, Tx
from tracer.store.rows import OutboxRow
from tracer.transport.port import PeerLine
from tracer.trust.directory import Peer


class Ask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a collector says: the size of our log that it remembers."""

    profile: str
    remembers: int


class Collect:
    """The verb of the side that makes the connection."""

    def __init__(self, *, store: Store, line: PeerLine, receive: Receive) -> None:
        self._store = store
        self._line = line
        self._receive = receive

    async def __call__(self, peer: Peer) -> int:
        """Fetch one batch from `peer`, take it in, hand the receipts back; messages fetched.

        Raises:
            LineError: the line broke; what was committed stays, its receipts go with the next try.
            PeerError: the peer's batch is not readable.
        """
        remembered = self._store.glance(lambda tx: tx.peers.remembered(peer.authority))
        ask = Ask(wire.PROFILE, 0 if remembered is None else remembered.size)
        body = await self._line.collect(peer, canonical_json(ask))
        if not body:
            return 0
        answer = await self._receive(peer, body)
        await self._line.receipts(peer, answer)
        return body.count(b"\n") - 1


class Counter:
    """The side that is asked: serves what waits for a collecting peer, and settles its answer."""

    def __init__(self, *, store: Store, parcels: Parcels, settle: Settle) -> None:
        self._store = store
        self._parcels = parcels
        self._settle = settle

    async def batch(self, peer: Peer, body: bytes) -> bytes:
        """The next batch for `peer`; empty if nothing waits.

        Raises:
            PeerError: `batch-form`.
        """
        try:
            ask = msgspec.convert(strict_json(body), Ask)
        except (ValueError, msgspec.ValidationError) as error:
            raise PeerError("batch-form", "not a request to collect") from error
        parcel = await self._parcels.next(peer, remembers=ask.remembers)
        return b"" if parcel is None else parcel.body

    async def receipts(self, peer: Peer, body: bytes) -> Delivery:
        """Settle the answer to a batch that was collected.

        Raises:
            PeerError: `batch-form`, or messages that are not under way to this peer.
        """
        answer = wire.read_answer(body, limit=1000)
        ids = [reply.id for reply in answer.replies]
        rows = await self._store.read(lambda tx: _rows(tx, peer.authority, ids))
        return await self._settle(peer, rows, body, limit=len(ids))


def _rows(tx: Tx, peer: str, ids: list[str]) -> list[OutboxRow]:
    wanted = set(ids)
    return [row for row in tx.outbox.under_way(peer) if row.message_id in wanted]
