"""Receive: raw bytes from a peer become receipted messages, or nothing at all.

The steps follow section 4 of the protocol; the first failure of a message is its refusal:

1. the peer (from the channel) is active and within its quota; sizes          `web.peer`, here
2. form of the seal · 3. for us, from the channel's peer                      `checks.address`
4. already committed: its stored receipt again; in the waiting room: its parents are looked at
   again, and nothing else of the copy that came
5. open · 6. signature · 7. strict decode · 8. the sender's proof · 9. consistency of its log ·
10. clock · 11. disclosures                                                   `checks.check_all`
12. its thread                                                                `threads`
13. what only the state machine objects to is stored; the fold ignores it     `model.thread`
14. ONE transaction for the whole batch, then one signed head, then the answer

Nothing is written before step 14 but a counter per refusal code. A refusal is signed and names a
stable code. What it does not do: speak HTTP, or decide what the message means.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tracer.clock import Clock, stamp
from tracer.envelope.jwe import SealedHeader
from tracer.envelope.jwk import SigningKey
from tracer.errors import PeerError
from tracer.exchange import batch as wire
from tracer.exchange.admit import Admission, admit
from tracer.exchange.allowance import Allowance
from tracer.exchange.checks import Candidate, Desk, address, check_all
from tracer.exchange.contradictions import keep_revoked
from tracer.exchange.log.closed import closed_fork, earlier_log
from tracer.exchange.log.ledger import Ledger
from tracer.exchange.log.peerlog import LogView, keep_fault, look
from tracer.exchange.projection import Projection
from tracer.exchange.refusals import refuse
from tracer.exchange.shown import Shown
from tracer.exchange.waiting import Waiting
from tracer.metrics import Metrics
from tracer.store import Store, Tx
from tracer.store.rows import Known, RememberedRow
from tracer.trust.directory import Peer

INLINE = 4
"""Batches up to this many messages are checked on the event loop: a thread would cost more."""

Line = SealedHeader | PeerError
"""One message of the batch after steps 2 and 3."""
Checked = Candidate | PeerError
"""One message of the batch after steps 5 to 11."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the store knew before the checks: receipts given, what waits, and the peer's log."""

    known: Mapping[str, Known]
    remembered: RememberedRow | None
    waits: frozenset[str]
    """What is in the waiting room already."""


class Receive:
    """The verb: one batch of one peer in, the answer to it out.

    `arrived` is told after the commit which threads changed.
    """

    def __init__(
        self,
        *,
        store: Store,
        ledger: Ledger,
        waiting: Waiting,
        allowance: Allowance,
        projection: Projection,
        clock: Clock,
        desk: Callable[[], Desk],
        key: Callable[[], SigningKey],
        metrics: Metrics,
        batch_limit: int,
        shown: Shown,
        arrived: Callable[[Iterable[str]], None],
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._waiting = waiting
        self._allowance = allowance
        self._projection = projection
        self._clock = clock
        self._desk = desk
        self._key = key
        self._metrics = metrics
        self._batch_limit = batch_limit
        self._shown = shown
        self._arrived = arrived

    async def __call__(self, peer: Peer, body: bytes, *, heard: bool = False) -> bytes:
        """Take in one batch that came over the channel of `peer`; return the answer's bytes.

        `heard`: the peer reached us by itself, so its line is up; noted with the messages.

        Raises:
            PeerError: the batch as a whole is not readable (`batch-form`, `too-large`).
        """
        # 1. The batch as such.
        batch = wire.read_batch(body, limit=self._batch_limit)
        desk = self._desk()
        # 2. and 3. The form of each seal, and its two parties.
        lines = [_address(one.jwe, desk.authority, peer.authority) for one in batch.messages]
        # 4. What is committed already gets its receipt again; what waits may wait no longer.
        ids = [line.id for line in lines if isinstance(line, SealedHeader)]
        seen = self._store.glance(lambda tx: _seen(tx, peer.authority, ids))
        # 5. to 11. What can be judged from the message and the batch alone.
        log = look(batch.head, peer, seen.remembered)
        checked = await self._check(lines, seen, desk, peer, log)
        # 12. to 14. The threads, one transaction, and only then the signed head and the receipts.
        done = await self._commit(desk.authority, peer, log, checked, seen, heard=heard)
        done.known.update(seen.known)
        head, receipts, size = await self._receipts(batch, seen, done)
        self._shown.note(peer.authority, size)
        replies = self._replies(peer, batch, lines, receipts, done.refused, us=desk.authority)
        return wire.write(head, tuple(replies))

    async def _check(
        self, lines: Sequence[Line], seen: _Seen, desk: Desk, peer: Peer, log: LogView
    ) -> dict[str, Checked]:
        new = {
            line.id: line
            for line in lines
            if isinstance(line, SealedHeader)
            and line.id not in seen.known
            and line.id not in seen.waits
        }
        now = self._clock.now()

        def work() -> dict[str, Checked]:
            return check_all(new, desk=desk, peer=peer, log=log, now=now)

        return work() if len(new) <= INLINE else await asyncio.to_thread(work)

    async def _commit(
        self,
        us: str,
        peer: Peer,
        log: LogView,
        checked: Mapping[str, Checked],
        seen: _Seen,
        *,
        heard: bool,
    ) -> Admission:
        candidates = [one for one in checked.values() if isinstance(one, Candidate)]
        refused = {name: one for name, one in checked.items() if isinstance(one, PeerError)}
        if log.unproven is not None or (log.proven and not candidates):
            await self._store.write(lambda tx: keep_fault(tx, peer.authority, log, line=heard))
        if earlier_log(log.stray, peer):
            await self._store.write(lambda tx: closed_fork(tx, peer, log.stray))
        done = Admission()
        if candidates or seen.waits:
            done = await self._store.write(
                lambda tx: self._admit(
                    tx, us, peer.authority, candidates, again=seen.waits, log=log, heard=heard
                )
            )
            self._metrics.received(peer.authority, len(done.threads))
            self._arrived(done.threads)
        revoked = [name for name, one in refused.items() if one.code == "key-revoked"]
        if revoked:
            shown = "" if log.checkpoint is None else log.checkpoint.note
            await self._store.write(lambda tx: keep_revoked(tx, peer.authority, revoked, shown))
        done.refused.update(refused)
        return done

    def _admit(
        self,
        tx: Tx,
        us: str,
        peer: str,
        candidates: Sequence[Candidate],
        *,
        again: Collection[str],
        log: LogView,
        heard: bool,
    ) -> Admission:
        self._ledger.flush(tx)
        tx.peers.note_contact(
            peer,
            last_in=tx.now if heard else None,
            unproven_since="" if log.proven else None,
        )
        return admit(
            tx,
            us=us,
            peer=peer,
            candidates=candidates,
            waiting=self._waiting,
            allowance=self._allowance,
            projection=self._projection,
            again=again,
        )

    async def _receipts(
        self, batch: wire.Batch, seen: _Seen, done: Admission
    ) -> tuple[wire.Head, dict[str, wire.Reply], int]:
        known = done.known
        covering = max((one.leaf_index for one in known.values()), default=-1) + 1
        checkpoint = await self._ledger.checkpoint(covering=covering)
        leaves = [(one.leaf_index, one.record) for one in known.values()]
        proofs = await self._ledger.proofs(leaves, checkpoint)
        remembers = 0 if seen.remembered is None else seen.remembered.size
        head = wire.Head(
            profile=wire.PROFILE,
            checkpoint=checkpoint.note,
            consistency=await self._ledger.consistency(batch.head.remembers, checkpoint),
            remembers=max(remembers, done.remembers),
        )
        receipts = {
            name: wire.Reply(name, receipt=proof.to_wire())
            for name, proof in zip(known, proofs, strict=True)
        }
        return head, receipts, checkpoint.size

    def _replies(
        self,
        peer: Peer,
        batch: wire.Batch,
        lines: Sequence[Line],
        receipts: Mapping[str, wire.Reply],
        refused: Mapping[str, PeerError],
        *,
        us: str,
    ) -> Iterable[wire.Reply]:
        at = stamp(self._clock.now())
        for sealed, line in zip(batch.messages, lines, strict=True):
            name = line.id if isinstance(line, SealedHeader) else ""
            if name in receipts:
                yield receipts[name]
                continue
            error = line if isinstance(line, PeerError) else refused[name]
            self._metrics.refused(error.code, peer.authority)
            yield wire.Reply(
                name,
                refusal=refuse(
                    error,
                    sealed.jwe.encode(),
                    message_id=name,
                    us=us,
                    peer=peer.authority,
                    at=at,
                    key=self._key(),
                ),
            )


def _seen(tx: Tx, peer: str, ids: Sequence[str]) -> _Seen:
    known = tx.messages.known(peer, ids)
    waits = tx.waiting.lacking(peer, [name for name in ids if name not in known])
    return _Seen(known, tx.peers.remembered(peer), frozenset(waits))


def _address(jwe: str, us: str, peer: str) -> Line:
    try:
        return address(jwe, us=us, peer=peer)
    except PeerError as error:
        return error
