"""Witness: a peer shows the head of its log, we cosign it if it continues what we signed before.

The steps: (1) the request is read; (2) the log is the peer's own and its two keys have signed; (3)
in one transaction: two roots for one size are kept as a fault, the head is judged against the
newest one cosigned, and takes its place; (4) it is noted outside the database; (5) it is signed,
with our time; (6) the answer. Requests are taken one after another, so that no signature on an
older head is made after a newer one.

Killed between 3 and 6, the node holds a head that nobody has its signature on. The peer asks
again, is told that size (409), shows the same head from there, and gets it signed: there is no
other head of that size that would be.

Statuses are those of C2SP tlog-witness (`evidence.witnessing`). Decision: only the log's own
authority may show its head, on its own channel. Rejected: anybody with a signed checkpoint; what
a third party shows would be useful against a fork, and lets it move what another log holds here.

What it does not do: append to the log, ask others (`cosign`), or speak of a fault to the peer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from tracer.canonical import canonical_json
from tracer.clock import Clock, stamp
from tracer.errors import OperatorError
from tracer.evidence.checkpoint import Checkpoint
from tracer.evidence.cosignature import WitnessKey, cosign
from tracer.evidence.witnessing import (
    NOTHING,
    SIZE_TYPE,
    UNKNOWN,
    Known,
    Submission,
    WitnessRefusal,
    contradicts,
    judge,
    read_submission,
    verify_submitted,
)
from tracer.exchange.accuse import FaultKind, accuse
from tracer.exchange.witness.memory import WitnessMemory
from tracer.log import get_logger
from tracer.store import FaultPoint, Store, Tx
from tracer.store.witness import WitnessHeadRow
from tracer.trust.directory import Peer

_log = get_logger("exchange.witness")
FORK = FaultKind.WITNESS_FORK
"""Kind of the fault: two roots signed for one size, one of them shown to the witness."""
TEXT = "text/plain"


class Answer(NamedTuple):
    """An answer of the witness: status, body and content type of HTTP."""

    status: int
    body: bytes
    content_type: str = TEXT


class AnswerWitness:
    """Answers `add-checkpoint`.

    Args:
        store: Where the heads are kept.
        memory: Where they are kept once more.
        clock: Gives a cosignature its time.
        key: The newest witness key; None while this node has none and is nobody's witness.
        gate: Raises while the node restores: what it holds may be old.
        faults: Called at each persistent step, to make it fail in tests.
    """

    def __init__(
        self,
        *,
        store: Store,
        memory: WitnessMemory,
        clock: Clock,
        key: Callable[[], WitnessKey | None],
        gate: Callable[[], None],
        faults: FaultPoint | None = None,
    ) -> None:
        self._store = store
        self._memory = memory
        self._clock = clock
        self._key = key
        self._gate = gate
        self._fault = faults or (lambda _: None)
        self._lock = asyncio.Lock()

    def able(self) -> bool:
        """Whether this node knows what it has signed under its present name, and may go on."""
        key = self._key()
        return key is None or self._memory.holds(key.name)

    async def __call__(self, peer: Peer, body: bytes) -> Answer:
        """Judge, keep, sign, answer.

        Raises:
            PeerError: `restore-mode`.
            OperatorError: what was signed before is not known (`witness-memory`), or the store
                failed; nothing is signed.
        """
        self._gate()
        try:
            return await self._judged(peer, body)
        except WitnessRefusal as refusal:
            _log.info("witness.refused", peer=peer.authority, code=f"witness-{refusal.status}")
            if refusal.size is None:
                return Answer(refusal.status, b"")
            return Answer(refusal.status, f"{refusal.size}\n".encode(), SIZE_TYPE)

    async def _judged(self, peer: Peer, body: bytes) -> Answer:
        asked = read_submission(body)  # 1
        key = self._key()
        if key is None:
            raise WitnessRefusal(UNKNOWN, "this node cosigns for nobody")
        head = verify_submitted(asked, origin=peer.log.origin, public=peer.log)  # 2
        async with self._lock:
            return await self._signed(peer, asked, head, key)

    async def _signed(
        self, peer: Peer, asked: Submission, head: Checkpoint, key: WitnessKey
    ) -> Answer:
        self._memory.require(key.name)
        found = await self._store.write(lambda tx: self._keep(tx, peer, asked, head, key.name))  # 3
        if isinstance(found, WitnessRefusal):
            raise found
        self._fault("witness.kept")
        known = Known(head.size, head.root)
        await asyncio.to_thread(self._memory.note, key.name, head.origin, known)  # 4
        self._fault("witness.noted")
        line = cosign(head, key=key, at=self._clock.now()).line  # 5
        return Answer(200, line.encode())  # 6

    def _keep(
        self, tx: Tx, peer: Peer, asked: Submission, head: Checkpoint, name: str
    ) -> WitnessRefusal | None:
        """Judge and keep in one transaction; a refusal is returned, so that a fault is kept."""
        before = tx.witness.head(head.origin)
        known = self._memory.recall(before, head.origin)
        forked = _keep_fault(tx, peer, head, before, known)
        try:
            judge(asked.old, asked.path, head, known=known or NOTHING)
        except WitnessRefusal as refusal:
            return refusal
        if forked:
            return WitnessRefusal(422, "the log has signed another root for this size")
        row = WitnessHeadRow(
            head.origin, head.size, head.root, head.note, name, stamp(self._clock.now())
        )
        if not tx.witness.set_head(row, before=before):
            raise OperatorError("witness-memory", "another head was kept in between")
        return None


def _keep_fault(
    tx: Tx, peer: Peer, head: Checkpoint, before: WitnessHeadRow | None, known: Known | None
) -> bool:
    """Keep both notes if the log has signed another root of this size, whoever was shown it."""
    stored = tx.log.signed(head.origin, head.size)
    note = (
        None if stored is None or not contradicts(head, stored.size, stored.root) else stored.note
    )
    if before is not None and contradicts(head, before.size, before.root):
        note = before.note
    if note is None:
        return known is not None and contradicts(head, known.size, known.root)
    _log.error("witness.fork", peer=peer.authority, code=FORK)
    evidence = {"remembered": note, "shown": head.note}
    accuse(tx, FORK, peer.authority, canonical_json(evidence))
    return True
