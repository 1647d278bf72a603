"""The answering side of a resync: what we share with the asker, and nothing of anybody else.

A thread is looked up together with the asker: a thread with another peer and one that does not
exist are the same `resync-scope` to it. What is returned is sealed anew to its current key; nothing
is written, so that answering makes no delivery, no clock and no receipt. One request of a peer is
answered at a time: reading much is the only thing it can cause.

A record of a log that was closed after a restore is not returned: the present checkpoint does not
prove it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from tracer.canonical import canonical_json
from tracer.clock import Clock
from tracer.envelope.sdjwt import SignedMessage
from tracer.errors import PeerError
from tracer.evidence.proof import Proof
from tracer.exchange import batch as wire
from tracer.exchange.log.ledger import Ledger
from tracer.exchange.resync.form import (
    ANSWER_BYTES,
    AskIds,
    AskMessages,
    AskThreads,
    HeldLine,
    IdPage,
    ReturnedLine,
    ThreadDigest,
    ThreadIds,
    ThreadPage,
    digest_of,
    read_request,
)
from tracer.exchange.sealing import seal_proved
from tracer.store import Receipt, Store, Tx
from tracer.store.shared import Held
from tracer.trust.directory import Peer

HEADER_BYTES = 16 * 1024
"""Set aside for the header of a page of messages."""


class _Returning(NamedTuple):
    """One message to be returned: ours or the asker's, with both sides' evidence."""

    signed: SignedMessage
    leaf: int
    record: bytes
    yours: Receipt | None
    note: str


class _Found(NamedTuple):
    messages: list[_Returning]
    remembered: int


class AnswerResync:
    """Answers one page of a resync. `page` bounds the threads or ids of it."""

    def __init__(
        self,
        *,
        authority: str,
        store: Store,
        ledger: Ledger,
        clock: Clock,
        page: int,
        batch_limit: int,
    ) -> None:
        self._authority = authority
        self._store = store
        self._ledger = ledger
        self._clock = clock
        self._page = page
        self._batch_limit = batch_limit
        self._busy: set[str] = set()

    async def __call__(self, peer: Peer, body: bytes) -> bytes:
        """Answer a signed request of `peer`.

        Raises:
            PeerError: `resync-form`, `resync-scope`, `key-revoked`, `key-expired`, or `quota` while
                another request of this peer is being answered.
        """
        page = read_request(body, us=self._authority, peer=peer, now=self._clock.now())
        if peer.authority in self._busy:
            raise PeerError("quota", "another resync request of this peer is being answered")
        self._busy.add(peer.authority)
        try:
            if isinstance(page, AskThreads):
                return await self._store.read(lambda tx: self._threads(tx, peer.authority, page))
            if isinstance(page, AskIds):
                return await self._store.read(lambda tx: self._ids(tx, peer.authority, page))
            return await self._messages(peer, page)
        finally:
            self._busy.discard(peer.authority)

    def _threads(self, tx: Tx, peer: str, ask: AskThreads) -> bytes:
        rows = tx.threads.list(peer=peer, after=ask.after, limit=self._page + 1)
        ids = [row.id for row in rows[: self._page]]
        shared = tx.shared.of(ids)
        listed = tuple(ThreadDigest(name, digest_of(shared[name])) for name in ids)
        return canonical_json(ThreadPage(wire.PROFILE, listed, len(rows) > len(ids)))

    def _ids(self, tx: Tx, peer: str, ask: AskIds) -> bytes:
        known = tx.threads.get_many(ask.threads)
        if any(name not in known or known[name].peer != peer for name in ask.threads):
            raise PeerError("resync-scope", "a thread that is not between asker and asked")
        shared = tx.shared.of(ask.threads)
        first = ask.threads[0]
        shared[first] = _after(shared[first], ask.after)
        left, listed = self._page, []
        for name in ask.threads:
            lines = tuple(HeldLine(*one) for one in islice(shared[name], left))
            listed.append(ThreadIds(name, lines))
            left -= len(lines)
            if len(lines) < len(shared[name]) or (left == 0 and name != ask.threads[-1]):
                return canonical_json(IdPage(wire.PROFILE, tuple(listed), more=True))
        return canonical_json(IdPage(wire.PROFILE, tuple(listed), more=False))

    async def _messages(self, peer: Peer, ask: AskMessages) -> bytes:
        ids = ask.ids[: self._batch_limit]
        origin = self._store.head.origin
        found = await self._store.read(lambda tx: _find(tx, peer.authority, ids, origin))
        covering = max((one.leaf for one in found.messages), default=-1) + 1
        checkpoint = await self._ledger.checkpoint(covering=covering)
        leaves = [(one.leaf, one.record) for one in found.messages]
        proofs = await self._ledger.proofs(leaves, checkpoint)
        head = wire.Head(
            profile=wire.PROFILE,
            checkpoint=checkpoint.note,
            consistency=await self._ledger.consistency(ask.remembers, checkpoint),
            remembers=found.remembered,
        )
        lines = self._lines(peer, found.messages, proofs)
        return wire.write(head, list(lines))

    def _lines(
        self, peer: Peer, found: Sequence[_Returning], proofs: Sequence[Proof]
    ) -> Iterator[ReturnedLine]:
        """Seal as many as fit, at least one."""
        key = peer.seal_key(self._clock.now())
        size = HEADER_BYTES
        for one, proof in zip(found, proofs, strict=True):
            jwe = seal_proved(
                one.signed.id,
                one.signed.compact,
                proof,
                to=key,
                sender=self._authority,
                recipient=peer.authority,
            )
            size += len(jwe) + len(one.note) + 4096
            if size > ANSWER_BYTES and one is not found[0]:
                return
            yield ReturnedLine(jwe, _wire(one.yours), one.note)


def _after(held: list[Held], after: str) -> list[Held]:
    """The rest of a thread whose page was cut after this message."""
    if not after:
        return held
    places = [place for place, one in enumerate(held) if one.id == after]
    if not places:
        raise PeerError("resync-scope", "the page does not continue in the thread it names first")
    return held[places[0] + 1 :]


def _find(tx: Tx, peer: str, ids: Sequence[str], origin: str) -> _Found:
    """Those of the messages that can be returned, in the order asked for.

    Raises:
        PeerError: `resync-scope`: one of them is not between the two.
    """
    known = {place.id for place in tx.messages.places(peer, ids)}
    if not known.issuperset(ids):
        raise PeerError("resync-scope", "a message that is not between asker and asked")
    found = [one for name in dict.fromkeys(ids) if (one := _one(tx, peer, name, origin))]
    remembered = tx.peers.remembered(peer)
    return _Found(found, 0 if remembered is None else remembered.size)


def _one(tx: Tx, peer: str, message_id: str, origin: str) -> _Returning | None:
    row = tx.messages.find(peer, message_id)
    if row is None or row.jws is None or row.origin != origin:
        return None
    proof_of = tx.messages.receipt if row.direction == "out" else tx.messages.sender_proof
    yours = proof_of(peer, message_id)
    if yours is None and row.direction == "out":
        return None  # not shared: delivery is not resync's work
    note = "" if yours is None else tx.log.checkpoint(yours.origin, yours.size)
    return _Returning(
        SignedMessage.of(row.jws, row.disclosures),
        row.leaf_index,
        tx.log.record(row.leaf_index),
        yours,
        note or "",
    )


def _wire(kept: Receipt | None) -> dict[str, object] | None:
    if kept is None:
        return None
    proof = Proof(record=kept.record, index=kept.index, size=kept.size, path=kept.path)
    return proof.to_wire()
