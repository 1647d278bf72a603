"""The worker of the clocks in a node: woken, bounded, at rest while the node restores."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.clocks.two import DAY, B, Board, asked, two
from tests.nodes import network, request, until
from tracer.clock import FixedClock, SystemClock
from tracer.config import Clocks
from tracer.exchange.clocks.tick import Tick
from tracer.model.clocks.schedule import Policy
from tracer.model.codes import UrgencyLevel, code
from tracer.model.values import Urgency
from tracer.node.rooms import Rooms
from tracer.node.workers.bell import Bell
from tracer.node.workers.clocks import YIELDING, Timekeeper, policy_of, reminding
from tracer.store import Tx

EVERY = 60.0


def _keeper(rooms: Rooms, *, restoring: bool = False) -> Timekeeper:
    tick = Tick(
        store=rooms.store,
        projection=rooms.projection,
        policy=Policy(),
        notices=Board(),
        peers=reminding(rooms),
    )
    return Timekeeper(tick=tick, bell=Bell(), every=EVERY, restoring=lambda: restoring)


async def test_a_node_at_work_reminds_its_peer_of_what_came_due_meanwhile(tmp_path: Path) -> None:
    clock = FixedClock(SystemClock().now())
    names = [("XA-NPOC", "reached"), ("XB-NPOC", "reached")]
    async with network(tmp_path, names, clock=clock) as nodes:  # type: ignore[arg-type]
        a, b = nodes["XA-NPOC"].rooms, nodes["XB-NPOC"].rooms
        urgent = Urgency(level=code(UrgencyLevel.URGENT))
        sent = await a.submit(request(a, B, urgency=urgent))
        await until(lambda: _types(b, sent.thread, 1))
        clock.advance(timedelta(hours=6))
        await a.submit(request(a, B))  # its receipt wakes the worker
        await until(lambda: _types(b, sent.thread, 2))
        assert await _types(b, sent.thread, 2) == ["request", "reminder"]


async def _types(rooms: Rooms, thread: str, count: int) -> list[str]:
    """The types of a thread's messages, once there are so many."""

    def body(tx: Tx) -> list[str]:
        return [head.type for head in tx.messages.heads([thread])[thread]]

    found = await rooms.store.read(body)
    return found if len(found) >= count else []


async def test_a_round_tells_when_the_next_is_due_and_never_sleeps_longer_than_it_may(
    tmp_path: Path,
) -> None:
    async with two(tmp_path) as net:
        keeper = _keeper(net.b.side.rooms)
        assert await keeper.round() == EVERY, "nothing is due at all"
        await net.a.side.rooms.submit(asked(net.a, "FLASH"))
        await net.pair.drain()
        assert await keeper.round() == EVERY, "the next stage is 45 minutes off"
        net.pair.clock.advance(timedelta(minutes=44, seconds=30))
        assert await keeper.round() == 30.0


async def test_after_a_full_group_the_store_is_left_to_others_for_a_while(tmp_path: Path) -> None:
    async with two(tmp_path) as net:
        for _ in range(20):
            await net.a.side.rooms.submit(asked(net.a))
        await net.pair.drain()
        pause = await _keeper(net.b.side.rooms).round()
        assert 0 < pause < EVERY
        assert YIELDING > 1


async def test_while_the_node_restores_nothing_is_looked_at(tmp_path: Path) -> None:
    async with two(tmp_path) as net:
        thread = await net.ask("FLASH")
        net.pair.clock.advance(3 * DAY)
        assert await _keeper(net.a.side.rooms, restoring=True).round() == EVERY
        assert await net.a.told(thread) == []
        assert await net.a.side.rooms.store.read(lambda tx: tx.outbox.rows(state="queued")) == []


def test_the_configuration_says_what_the_policy_does() -> None:
    assert policy_of(Clocks()) == Policy()
    none = policy_of(Clocks(reminders=0, enquiries=0, before_hours=5, share_percent=50))
    assert (none.reminders, none.enquiries, none.before, none.share) == (
        0, 0, timedelta(hours=5), 50,
    )  # fmt: skip
