"""Deliver: what waits for a peer goes out in batches and comes back as receipts.

For one peer, once:

1. claim rows of its queue, in order, under a lease, and read the messages (one transaction; for a
   lone message it shares the commit of its submit, see `submit`);
2. a signed checkpoint that covers them; the inclusion proof of each `sent` record;
3. seal each message with its proof to the peer's current key;
4. post the batch: no transaction is open;
5. verify the answer: the peer's checkpoint, then each receipt against it;
6. settle in ONE transaction: receipts, delivered rows, case rows, the remembered checkpoint.

While a full batch is on the line, the answer to the one before it is settled (5. and 6.) and the
one after it is made ready (1. to 3.), so that neither node waits for the other. Batches of one
peer are on the line one after the other, in the order of the queue; after a line that broke or an
answer that refuses something none follows, and what was made ready is given back as if it had never
been claimed.

A crash anywhere leaves rows whose lease runs out; the same message ids go again, and the peer
answers with the receipts it already gave. A peer that only collects is served by `collect`, with
the same steps 1-3 (`Parcel`) and 5-6 (`Settle`).

Decision: batches follow each other without a pause, with one on the line. Rejected: several on the
line at once; a later one could be taken in first, and its answer would be proved from a checkpoint
of the peer that we do not know yet.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from tracer.errors import LineError, PeerError
from tracer.evidence.checkpoint import verify_checkpoint
from tracer.exchange import batch as wire
from tracer.exchange.parcel import Parcel, Parcels
from tracer.exchange.settle import Delivery, Settle
from tracer.transport.port import PeerLine
from tracer.trust.directory import Peer

TRAIN = 16
"""Most batches that follow each other before the caller has its turn."""
_REFUSAL = b'"refusal":'
"""Stands in an answer that refuses a message; no value in an answer can hold quotes."""


class Deliver:
    """The verb: one batch to one peer, or all that are due."""

    def __init__(self, *, parcels: Parcels, settle: Settle, line: PeerLine) -> None:
        self._parcels = parcels
        self._settle = settle
        self._line = line

    async def __call__(self, peer: Peer, *, more: Callable[[], bool] = lambda: False) -> Delivery:
        """Send what is due for `peer`; line and peer cannot make it raise.

        One batch, and after a full one the next, while `more` says that `peer` may be sent more.
        """
        # 1. to 3. Claim, prove, seal.
        parcel = await self._parcels.next(peer)
        done, unsettled, full = Delivery(), None, False
        for count in range(TRAIN):
            if parcel is None:
                break
            # 4. The line; meanwhile 5. and 6. for the batch before, and 1. to 3. for the one after.
            full = parcel.full
            line = asyncio.create_task(self._line.messages(peer, parcel.body))
            try:
                if unsettled is not None:
                    done = done.and_(await self._settled(peer, *unsettled))
                last = not full or done.error or count + 1 == TRAIN or not more()
                following = None if last else await self._parcels.next(peer, after=parcel)
            except BaseException:
                line.cancel()
                await asyncio.gather(line, return_exceptions=True)
                raise
            try:
                unsettled = parcel, await line
            except LineError as error:
                await self._parcels.give_back(following)
                return done.and_(await self._settle.failed(peer, parcel.rows, error))
            parcel = await self._ready(peer, following, unsettled[1], more)
        # 5. and 6. Verify, settle.
        if unsettled is not None:
            done = done.and_(await self._settled(peer, *unsettled))
        return replace(done, full=full)

    async def _settled(self, peer: Peer, parcel: Parcel, answer: bytes) -> Delivery:
        return await self._settle(peer, parcel.rows, answer, sent=parcel.body)

    async def _ready(
        self, peer: Peer, following: Parcel | None, answer: bytes, more: Callable[[], bool]
    ) -> Parcel | None:
        """The following batch as it goes on the line: it names the peer's log as just shown.

        Given back if that answer refuses something, or nobody may be sent anything any more.
        """
        if following is None:
            return None
        try:
            head, _ = wire.read_lines(answer.partition(b"\n")[0] + b"\n", wire.Reply, limit=0)
            shown = verify_checkpoint(
                head.checkpoint or "", origin=peer.log.origin, public=peer.log
            )
        except PeerError:
            shown = None
        if shown is None or _REFUSAL in answer or not more():
            await self._parcels.give_back(following)
            return None
        return following.remembering(shown.size)
