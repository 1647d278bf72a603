"""Reading the messages of a thread, whatever is still remembered of them."""

from __future__ import annotations

from pathlib import Path

from tests.clocks.two import two
from tracer.exchange.projection import Projection, events_of
from tracer.model.thread import Event
from tracer.store import Tx


async def test_no_message_is_missed_when_remembering_one_makes_room_among_the_others(
    tmp_path: Path,
) -> None:
    async with two(tmp_path) as net:
        thread = await net.ask()
        for _ in range(3):
            await net.a.say("reminder", thread)
            await net.pair.drain()

        def body(tx: Tx) -> tuple[list[Event], list[list[Event]]]:
            row = tx.threads.get_many([thread])[thread]
            heads, receipts = tx.messages.heads([thread])[thread], tx.messages.receipted([thread])
            whole, found = events_of(tx, row), []
            for kept in range(1, 6):
                projection = Projection(kept)
                projection.remember(whole[-1].id, whole[-1].message)  # as after a restart
                found += [projection.events(tx, row, heads, receipts) for _ in range(2)]
            return whole, found

        whole, found = await net.b.side.rooms.store.read(body)
        assert len(whole) == 4
        assert all(events == whole for events in found)
