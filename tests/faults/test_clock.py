"""T2: a clock that is wrong by minutes or days is a clear error, never a silent loss."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.audit import audit
from tests.faults.pair import LEASE, Pair, pair
from tests.nodes import reply, request

MINUTES = timedelta(minutes=10)
DAYS = timedelta(days=2)
A, B = "XA-NPOC", "XB-NPOC"


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Pair]:
    """Two nodes whose clocks can be set apart."""
    async with pair(tmp_path) as made:
        yield made


async def talk(two: Pair) -> str:
    """A request of A, and B's answer to it if it has arrived; the thread."""
    sent = await two.a.rooms.submit(request(two.a.rooms, B))
    await two.a.round()
    if await two.b.rooms.store.read(lambda tx: tx.threads.get(sent.thread)):
        await two.b.rooms.submit(reply(two.b.rooms, "acknowledgement", sent.thread, A))
        await two.b.round()
    return sent.thread


@pytest.mark.parametrize("off", [MINUTES, -MINUTES], ids=["ahead", "behind"])
async def test_t2_ten_minutes_are_forgiven(two: Pair, off: timedelta) -> None:
    two.a.clock.off = off
    await talk(two)
    await two.drain()
    await audit(two.a.rooms, two.b.rooms)


@pytest.mark.parametrize("off", [MINUTES + timedelta(minutes=1), DAYS], ids=["minutes", "days"])
async def test_t2_a_sender_ahead_is_told_and_its_message_waits(two: Pair, off: timedelta) -> None:
    two.a.clock.off = off
    thread = await talk(two)
    row = await two.a.row(thread)
    assert (row.state, row.last_error) == ("queued", "checkpoint-time")
    assert await two.b.rooms.store.read(lambda tx: tx.log.head().size) == 0
    two.a.clock.off = timedelta(0)
    await two.a.restart()  # what the wrong clock put off is tried again
    two.clock.advance(LEASE)
    await two.a.round()
    assert (await two.a.row(thread)).state == "queued"  # its date still lies ahead
    two.clock.advance(off)
    await two.drain()
    await audit(two.a.rooms, two.b.rooms)


@pytest.mark.parametrize("off", [MINUTES + timedelta(minutes=1), DAYS], ids=["minutes", "days"])
async def test_t2_a_receipt_from_another_time_is_disputed_and_kept(
    two: Pair, off: timedelta
) -> None:
    two.b.clock.off = off
    sent = await two.a.rooms.submit(request(two.a.rooms, B))
    await two.a.round()
    row = await two.a.row(sent.id)
    assert (row.state, row.last_error) == ("delivered", "")
    head = await two.a.rooms.store.read(lambda tx: tx.messages.find(B, sent.id))
    assert head is not None
    assert head.flags == "receipt-disputed"
    await audit(two.a.rooms, two.b.rooms, faults=("receipt-time",))


async def test_t2_without_a_key_for_this_time_the_queue_says_so(two: Pair) -> None:
    two.a.clock.off = -DAYS * 200
    sent = await two.a.rooms.submit(request(two.a.rooms, B))
    await two.a.round()
    row = await two.a.row(sent.id)
    assert (row.state, row.last_error, row.lease_until) == ("queued", "seal-key-missing", None)
    two.a.clock.off = timedelta(0)
    await two.drain()
    assert (await two.a.row(sent.id)).state == "delivered"
    await audit(two.a.rooms, two.b.rooms)
