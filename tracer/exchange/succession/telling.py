"""A restored authority tells a peer which log follows the one that it has closed.

It shows its present entry, the first record of the new log with its proof, and, where the peer asks
for it, that the closed log up to the head it went on from continues what the peer holds. What the
peer makes of it: `hearing`.
"""

from __future__ import annotations

from collections.abc import Callable

from tracer.canonical import canonical_json
from tracer.evidence.merkle import (
    consistency_nodes,
    consistency_path,
    inclusion_nodes,
    inclusion_path,
    reader_of,
)
from tracer.evidence.proof import ConsistencyProof, Proof
from tracer.exchange import batch as wire
from tracer.exchange.greetings import read
from tracer.exchange.log.ledger import Ledger
from tracer.exchange.succession.form import (
    Announcement,
    Heard,
    entry_object,
)
from tracer.store import Store, Tx
from tracer.transport.port import PeerLine
from tracer.trust.directory import Peer


class TellSuccession:
    """The side of the authority that was restored. `entry` is its present entry file."""

    def __init__(
        self,
        *,
        store: Store,
        ledger: Ledger,
        line: PeerLine,
        entry: Callable[[], bytes],
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._line = line
        self._entry = entry

    async def __call__(self, peer: Peer, *, reentered: int | None = None) -> Heard:
        """Tell one peer; the proof it asks for is added and it is told again.

        Raises:
            LineError: the line broke; telling again is right.
            PeerError: its answer is not readable.
        """
        heard = await self._tell(peer, 0, reentered)
        if heard.state == "proof-needed":
            heard = await self._tell(peer, heard.held, reentered)
        return heard

    async def _tell(self, peer: Peer, held: int, reentered: int | None) -> Heard:
        checkpoint = await self._ledger.checkpoint(covering=1)
        proof, consistency = await self._store.read(
            lambda tx: (_first(tx, checkpoint.size), self._beginning(tx, held))
        )
        told = Announcement(
            profile=wire.PROFILE,
            entry=dict(entry_object(self._entry())),
            checkpoint=checkpoint.note,
            proof=proof.to_wire(),
            consistency=None if consistency is None else consistency.to_wire(),
            reentered=reentered,
        )
        return read(await self._line.post(peer, "succession", canonical_json(told)), Heard)

    def _beginning(self, tx: Tx, held: int) -> ConsistencyProof | None:
        """In the closed log, from a head that the peer holds to the one we went on from."""
        row = tx.restores.get(tx.log.head().origin)
        if row is None or not 0 < held < row.size:
            return None
        wanted = consistency_nodes(held, row.size)
        hashes = tx.log.nodes(wanted, origin=row.closed)
        nodes = reader_of(dict(zip(wanted, hashes, strict=True)))
        path = consistency_path(held, row.size, nodes)
        return ConsistencyProof(old=held, new=row.size, path=path)


def _first(tx: Tx, size: int) -> Proof:
    wanted = inclusion_nodes((0,), size)
    nodes = reader_of(dict(zip(wanted, tx.log.nodes(wanted), strict=True)))
    return Proof(record=tx.log.record(0), index=0, size=size, path=inclusion_path(0, size, nodes))
