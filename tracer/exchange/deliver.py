"""Deliver: what waits for a peer goes out in batches and comes back as receipts.

For one peer, once:

1. claim rows of its queue, in order, under a lease, and read the messages (one transaction);
2. a signed checkpoint that covers them; the inclusion proof of each `sent` record;
3. seal each message with its proof to the peer's current key;
4. post the batch: no transaction is open;
5. verify the answer: the peer's checkpoint, then each receipt against it;
6. settle in ONE transaction: receipts, delivered rows, case rows, the remembered checkpoint.

A crash anywhere leaves rows whose lease runs out; the same message ids go again, and the peer
answers with the receipts it already gave. A peer that only collects is served by `collect`, with
the same steps 1-3 (`Parcel`) and 5-6 (`Settle`).
"""

from __future__ import annotations

from tracer.errors import LineError
from tracer.exchange.parcel import Parcels
from tracer.exchange.settle import Delivery, Settle
from tracer.transport.port import PeerLine
from tracer.trust.directory import Peer


class Deliver:
    """The verb: one batch to one peer."""

    def __init__(self, *, parcels: Parcels, settle: Settle, line: PeerLine) -> None:
        self._parcels = parcels
        self._settle = settle
        self._line = line

    async def __call__(self, peer: Peer) -> Delivery:
        """Send what is due for `peer`, at most one batch; line and peer cannot make it raise."""
        # 1. to 3. Claim, prove, seal.
        parcel = await self._parcels.next(peer)
        if parcel is None:
            return Delivery()
        try:
            # 4. The line.
            body = await self._line.messages(peer, parcel.body)
        except LineError as error:
            return await self._settle.failed(peer, parcel.rows, error)
        # 5. and 6. Verify, settle.
        return await self._settle(peer, parcel.rows, body, sent=parcel.body)
