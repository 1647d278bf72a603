"""Two real nodes compute the same deadlines, each from its own log and the peer's receipts."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tests.model.clocks import TERMS
from tests.nodes import network, reply, request, until
from tracer.exchange.projection import events_of
from tracer.model.clocks import ClockKind, deadlines
from tracer.model.thread import Event
from tracer.node.rooms import Rooms


async def _held(rooms: Rooms, thread: str) -> list[Event]:
    row = await rooms.store.read(lambda tx: tx.threads.get(thread))
    assert row is not None
    return await rooms.store.read(lambda tx: events_of(tx, row))


async def _receipted(rooms: Rooms, message: str, peer: str) -> bool:
    receipt = await rooms.store.read(lambda tx: tx.messages.receipt(peer, message))
    return receipt is not None


async def test_both_nodes_compute_the_same_deadlines(tmp_path: Path) -> None:
    async with network(tmp_path, [("XA-NPOC", "reached"), ("XB-NPOC", "reached")]) as nodes:
        a, b = nodes["XA-NPOC"].rooms, nodes["XB-NPOC"].rooms
        sent = await a.submit(request(a, "XB-NPOC"))
        await until(lambda: _receipted(a, sent.id, "XB-NPOC"))
        for kind in ("acknowledgement", "more-info"):
            said = await b.submit(reply(b, kind, sent.thread, "XA-NPOC"))
            await until(partial(_receipted, b, said.id, "XA-NPOC"))
        ours, theirs = await _held(a, sent.thread), await _held(b, sent.thread)
        assert len(ours) == 3
        now = a.clock.now()
        found = deadlines(ours, TERMS, now)
        assert found == deadlines(theirs, TERMS, now)
        finals = [d.target for d in found if d.target.kind is ClockKind.FINAL_ANSWER]
        assert [bool(target.paused) for target in finals] == [True, False]
