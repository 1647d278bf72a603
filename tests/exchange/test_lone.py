"""A lone message: how few steps there are between its submit and its receipt."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

from tests.nodes import free_port, make_node, request
from tests.peers import admit_entry
from tracer.clock import SystemClock
from tracer.exchange.parcel import Parcel
from tracer.node.opening import open_rooms
from tracer.node.rooms import Rooms

US, THEM = "XA-NPOC", "XB-NPOC"


async def test_delivery_claims_a_message_under_the_commit_that_submits_it(tmp_path: Path) -> None:
    ours, theirs = [await make_node(tmp_path / name, name, port=free_port()) for name in (US, THEM)]
    woken, steps = asyncio.Event(), list[str]()
    async with open_rooms(
        ours.home,
        ours.config,
        SystemClock(),
        wake=lambda _: woken.set(),
        faults=steps.append,
    ) as rooms:
        await admit_entry(rooms, theirs.entry_file, by="officer")
        busy, go = threading.Event(), threading.Event()

        def hold() -> None:
            busy.set()
            go.wait()

        holding = asyncio.ensure_future(rooms.store.write(lambda tx: tx.after_commit(hold)))
        await asyncio.to_thread(busy.wait)
        steps.clear()
        claiming = asyncio.ensure_future(_claim_when(woken, rooms))
        sending = asyncio.ensure_future(rooms.submit(request(rooms, THEM)))
        for _ in range(4):
            await asyncio.sleep(0)
        go.set()
        parcel, sent, _ = await asyncio.gather(claiming, sending, holding)
    assert parcel is not None
    assert [row.message_id for row in parcel.rows] == [sent.id]
    assert steps.count("lane.after-commit") == 1


async def _claim_when(woken: asyncio.Event, rooms: Rooms) -> Parcel | None:
    """What the worker of a peer does when the bell rings."""
    await woken.wait()
    return await rooms.deliver._parcels.next(rooms.cell.get().peer(THEM))  # noqa: SLF001
