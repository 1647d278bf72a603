"""Nodes that talk, lose what they had, and show what they hold."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.nodes import network, reply, request, until
from tracer.envelope.jwk import VerifyKey
from tracer.errors import LineError
from tracer.exchange.checks import Desk
from tracer.exchange.projection import Projection
from tracer.exchange.resync.answer import AnswerResync
from tracer.exchange.resync.fetch import Resync
from tracer.model.terms import terms_digest
from tracer.node.rooms import Rooms
from tracer.store import MessageRow, ThreadRow, Tx
from tracer.transport.client import HttpsLine
from tracer.trust.directory import Peer

A, B, C = "XA-NPOC", "XB-NPOC", "XC-NPOC"
CONTENT = ("receipt", "sender_proof", "attachment")
"""Tables of a message's own, emptied when it is lost; the log and the outbox stay."""


@asynccontextmanager
async def pair(root: Path, **limits: int) -> AsyncIterator[tuple[Rooms, Rooms]]:
    """Two nodes that reach each other."""
    async with network(root, [(A, "reached"), (B, "reached")], limits=limits) as nodes:
        yield nodes[A].rooms, nodes[B].rooms


async def send(sender: Rooms, recipient: Rooms, kind: str = "", thread: str = "") -> str:
    """Send a request, or a reply of this kind, and wait for its receipt; its id."""
    message = (
        reply(sender, kind, thread, recipient.authority)
        if kind
        else request(sender, recipient.authority)
    )
    sent = await sender.submit(message)
    await until(lambda: receipted(sender, recipient.authority, sent.id))
    return sent.id


async def receipted(rooms: Rooms, peer: str, message_id: str) -> bool:
    """Whether a message of this node has its receipt."""
    return await rooms.store.read(lambda tx: tx.messages.receipt(peer, message_id)) is not None


async def dialogue(a: Rooms, b: Rooms) -> str:
    """A thread of three messages, from both sides; its id."""
    thread = await send(a, b)
    await send(b, a, "acknowledgement", thread)
    await send(a, b, "progress-enquiry", thread)
    return thread


@dataclass(frozen=True)
class Holding:
    """All that a node holds of a thread."""

    thread: ThreadRow | None
    messages: list[MessageRow]
    receipts: dict[str, tuple[bytes, str]]
    """Record and instant of each receipt."""
    sender_proofs: dict[str, bytes]
    case: object = field(default=None)


async def holding(rooms: Rooms, thread: str) -> Holding:
    """Look at a thread."""

    def look(tx: Tx) -> Holding:
        receipts = tx.messages.receipts_of(thread)
        proofs = tx.messages.sender_proofs_of(thread)
        return Holding(
            tx.threads.get(thread),
            tx.messages.of_thread(thread),
            {name: (one.record, one.at) for name, one in receipts.items()},
            {name: one.record for name, one in proofs.items()},
            tx.cases.get(thread),
        )

    return await rooms.store.read(look)


def lose_thread(rooms: Rooms, thread: str) -> None:
    """Delete every row of a thread but those of the log and the outbox."""
    with closing(sqlite3.connect(rooms.home.database)) as db, db:
        seqs = "SELECT seq FROM message WHERE thread = ?"
        db.execute(f"DELETE FROM receipt WHERE message IN ({seqs})", (thread,))  # noqa: S608
        db.execute(f"DELETE FROM sender_proof WHERE message IN ({seqs})", (thread,))  # noqa: S608
        db.execute('DELETE FROM "case" WHERE thread = ?', (thread,))
        db.execute("DELETE FROM attachment WHERE thread = ?", (thread,))
        db.execute("DELETE FROM message WHERE thread = ?", (thread,))
        db.execute("DELETE FROM thread WHERE id = ?", (thread,))


def lose_message(rooms: Rooms, message_id: str) -> None:
    """Delete one message; its thread stays as it is."""
    with closing(sqlite3.connect(rooms.home.database)) as db, db:
        seqs = "SELECT seq FROM message WHERE id = ?"
        db.execute(f"DELETE FROM receipt WHERE message IN ({seqs})", (message_id,))  # noqa: S608
        db.execute(f"DELETE FROM sender_proof WHERE message IN ({seqs})", (message_id,))  # noqa: S608
        db.execute("DELETE FROM message WHERE id = ?", (message_id,))


class Wire:
    """A line to one node's answering side, in memory, that counts what was asked."""

    def __init__(self, asker: Rooms, asked: Rooms, **limits: int) -> None:
        self._asker = asker
        self.asked = 0
        self.answer = AnswerResync(
            authority=asked.authority,
            store=asked.store,
            ledger=asked.ledger,
            clock=asked.clock,
            page=limits.get("page", 500),
            batch_limit=limits.get("batch", 100),
        )
        self._peer = asked.cell.get().peer(asker.authority)

    async def post(self, peer: Peer, what: str, body: bytes) -> bytes:  # noqa: ARG002 - the port's
        """Answer as the node would."""
        if what != "resync":
            raise LineError("line-broken", "this line carries resync only")
        self.asked += 1
        return await self.answer(self._peer, body)


class Only(HttpsLine):
    """A line that posts over a `Wire` and carries nothing else."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(_no_context)
        self._wire = wire

    async def post(self, peer: Peer, what: str, body: bytes) -> bytes:
        """Hand it to the wire."""
        return await self._wire.post(peer, what, body)


def _no_context(_: Peer) -> Any:
    raise LineError("line-broken", "nothing is connected")


def resync_over(rooms: Rooms, wire: Wire, *, batch: int = 100) -> Resync:
    """The verb of a node, over a line in memory."""
    ring = rooms.keyring

    def keys() -> Mapping[str, VerifyKey]:
        return {kid: key.verify_key for kid, key in ring.signing_keys().items()}

    def desk() -> Desk:
        return Desk(
            authority=rooms.authority,
            terms=frozenset((terms_digest(rooms.entry.entry.terms),)),
            seal_keys=ring.seal_keys(),
            current_seal_kid=ring.current_seal_kid(),
        )

    return Resync(
        authority=rooms.authority,
        store=rooms.store,
        ledger=rooms.ledger,
        line=Only(wire),
        clock=rooms.clock,
        desk=desk,
        key=ring.signing_key,
        our_keys=keys,
        our_logs=ring.log_publics,
        projection=Projection(),
        batch_limit=batch,
        arrived=lambda _: None,
        restore=rooms.gate.close,
    )
