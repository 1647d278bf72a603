"""Full batches follow each other without a pause; what goes wrong with one holds up the next."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.faults.audit import audit
from tests.faults.lines import ScriptedLines
from tests.faults.pair import Pair, StepError, pair
from tests.nodes import reply, request
from tracer.exchange import batch as wire
from tracer.exchange.deliver import TRAIN
from tracer.exchange.settle import Delivery
from tracer.store import OutboxRow

B = "XB-NPOC"
TWO = "batch_messages = 2\n"


class Train(ScriptedLines):
    """A pair that sends batches of two; `out` is the first node's line."""

    two: Pair

    async def ask(self, count: int) -> None:
        """The first node submits requests."""
        rooms = self.two.a.rooms
        for _ in range(count):
            await rooms.submit(request(rooms, B))

    async def deliver(self, *, may: bool = True) -> Delivery:
        """The first node delivers; `may` is whether batches may follow."""
        rooms = self.two.a.rooms
        return await rooms.deliver(rooms.cell.get().peer(B), more=lambda: may)

    def sizes(self) -> list[int]:
        """Messages of each batch that went on the line."""
        return [len(wire.read_batch(body, limit=9).messages) for body in self.out.bodies]

    async def waiting(self) -> list[OutboxRow]:
        """What is not delivered."""
        return await self.two.a.rooms.store.read(lambda tx: tx.outbox.rows(state="queued"))


@pytest.fixture
async def train(tmp_path: Path) -> AsyncIterator[Train]:
    """Two nodes that know each other."""
    made = Train()
    async with pair(tmp_path / "pair", settings=TWO, through=made.through) as two:
        made.two = two
        yield made


async def test_all_that_is_due_goes_in_batches_that_follow_each_other(train: Train) -> None:
    await train.ask(7)
    done = await train.deliver()
    assert (done.claimed, done.delivered, done.error) == (7, 7, "")
    assert train.sizes() == [2, 2, 2, 1]
    await audit(train.two.a.rooms, train.two.b.rooms)


async def test_each_batch_leads_on_from_the_log_the_one_before_has_shown(train: Train) -> None:
    await train.ask(3)
    await train.deliver()
    second = train.two.b.rooms
    (thread, *_) = await second.store.read(lambda tx: tx.threads.list())
    await second.submit(reply(second, "acknowledgement", thread.id, thread.peer))
    await train.two.drain()
    await train.ask(6)
    train.out.bodies.clear()
    done = await train.deliver()  # its own message was answered meanwhile, which showed it our log
    assert (done.delivered, done.error) == (6, "")
    assert train.sizes() == [2, 2, 2]
    await audit(train.two.a.rooms, train.two.b.rooms)


async def test_one_batch_goes_where_no_more_may(train: Train) -> None:
    await train.ask(5)
    done = await train.deliver(may=False)
    assert (done.delivered, train.sizes()) == (2, [2])
    assert [row.attempts for row in await train.waiting()] == [0, 0, 0]


async def test_the_caller_has_its_turn_after_so_many_batches(train: Train) -> None:
    await train.ask(2 * TRAIN + 1)
    assert (await train.deliver()).delivered == 2 * TRAIN
    assert (await train.deliver()).delivered == 1


async def test_nothing_follows_on_a_line_that_broke(train: Train) -> None:
    await train.ask(6)
    train.out.plan = ["twice", "lost"]
    done = await train.deliver()
    assert (done.delivered, done.error, train.sizes()) == (2, "line-broken", [2, 2])
    rows = await train.waiting()
    assert [row.attempts for row in rows] == [1, 1, 0, 0]
    assert [row.first_attempt is None for row in rows] == [False, False, True, True]
    assert not any(row.lease_until for row in rows)
    await train.two.drain()
    await audit(train.two.a.rooms, train.two.b.rooms)


async def test_nothing_follows_an_answer_that_refuses(train: Train) -> None:
    await train.ask(6)
    train.out.plan = ["damaged"]
    done = await train.deliver()
    assert (done.delivered, train.sizes()) == (1, [2])
    assert [row.attempts for row in await train.waiting()] == [0, 0, 0, 0]
    await train.two.drain()
    store = train.two.a.rooms.store
    stats = await store.read(lambda tx: tx.outbox.stats())
    assert (stats[B].queued, stats[B].undeliverable) == (0, 1)


async def test_nothing_follows_an_answer_that_cannot_be_read(train: Train) -> None:
    await train.ask(6)
    train.out.plan = ["torn"]
    assert (await train.deliver()).delivered == 0
    assert train.sizes() == [2]
    await train.two.drain()
    await audit(train.two.a.rooms, train.two.b.rooms)


async def test_a_failure_of_our_own_ends_the_train_and_loses_nothing(train: Train) -> None:
    await train.ask(6)
    train.two.a.trap.set(3)
    with pytest.raises(StepError):
        await train.deliver()
    train.two.a.trap.set(None)
    await train.two.a.restart()
    await train.two.drain()
    await audit(train.two.a.rooms, train.two.b.rooms)
