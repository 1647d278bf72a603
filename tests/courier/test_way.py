"""Messages by courier between two nodes on disk: there and back, mixed with the line."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.courier.bag import carry, even, one_file, pack, take
from tests.faults.pair import Pair, pair, with_photos
from tests.nodes import reply, request
from tracer.node.desk import courier_of

WEEKS = timedelta(days=25)


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Pair]:
    async with pair(tmp_path) as found:
        yield found


async def test_a_request_with_two_photos_its_receipts_and_its_answer_go_by_courier(
    two: Pair,
) -> None:
    a, b = two.a, two.b
    sent = await a.rooms.submit(with_photos(a.rooms, a.other, 2, 150_000))
    file = await one_file(a)
    two.clock.advance(WEEKS)
    given = await take(b, file)
    assert (given.done.taken.new, given.done.taken.attachments) == (1, 2)
    two.clock.advance(WEEKS)
    (receipts,) = given.back
    back = (await take(a, receipts)).done
    assert (back.taken.settled, back.back) == (1, ())
    assert (await a.row(sent.id)).state == "delivered"
    rows = await a.rooms.store.read(lambda tx: tx.attachments.for_message(sent.id))
    assert [row.state for row in rows] == ["complete", "complete"]
    for kind in ("acknowledgement", "result"):
        await b.rooms.submit(reply(b.rooms, kind, sent.thread, b.other))
    await carry(b, a)
    await even(two)


async def test_a_file_taken_in_twice_gives_the_same_receipts_and_changes_nothing(
    two: Pair,
) -> None:
    a, b = two.a, two.b
    await a.rooms.submit(with_photos(a.rooms, a.other, 1, 1000))
    file = await one_file(a)
    first = await take(b, file)
    size = b.rooms.store.head.size
    two.clock.advance(WEEKS)
    again = await take(b, file)
    assert (again.done.taken.new, again.done.taken.messages) == (0, 1)
    assert b.rooms.store.head.size == size
    for receipts in (*first.back, *again.back):
        await take(a, receipts)
    await even(two)


async def test_a_message_that_also_arrives_by_the_line_is_one_message(two: Pair) -> None:
    a, b = two.a, two.b
    sent = await a.rooms.submit(request(a.rooms, a.other))
    file = await one_file(a)
    two.clock.advance(timedelta(days=3))
    await two.drain()
    assert (await a.row(sent.id)).state == "delivered"
    assert (await take(b, file)).done.taken.new == 0
    await even(two)


async def test_a_message_carried_first_is_not_new_on_the_line_and_its_early_receipt_counts(
    two: Pair,
) -> None:
    a, b = two.a, two.b
    sent = await a.rooms.submit(request(a.rooms, a.other))
    await take(b, await one_file(a))
    two.clock.advance(timedelta(days=3))
    await two.drain()
    assert (await a.row(sent.id)).state == "delivered"
    faults = await a.rooms.store.read(lambda tx: tx.peers.faults())
    assert faults == []
    await even(two)


async def test_of_two_files_the_later_may_come_first(two: Pair) -> None:
    a, b = two.a, two.b
    first = await a.rooms.submit(request(a.rooms, a.other))
    older = await one_file(a)
    await a.rooms.submit(reply(a.rooms, "reminder", first.thread, a.other))
    newer = await one_file(a)
    late = await take(b, newer)
    assert late.done.taken.new == 2
    early = await take(b, older)
    assert (early.done.taken.new, early.done.taken.refused) == (0, [])
    for receipts in (*early.back, *late.back):
        await take(a, receipts)
    await even(two)


async def test_files_follow_each_other_without_a_receipt_in_between(two: Pair) -> None:
    a, b = two.a, two.b
    thread = (await a.rooms.submit(request(a.rooms, a.other))).thread
    await take(b, await one_file(a))
    await a.rooms.submit(reply(a.rooms, "reminder", thread, a.other))
    second = await take(b, await one_file(a))
    assert (second.done.taken.new, second.done.taken.messages) == (1, 2)
    await take(a, second.back[0])
    await even(two)


async def test_the_line_and_the_courier_take_turns_in_one_thread(two: Pair) -> None:
    a, b = two.a, two.b
    thread = (await a.rooms.submit(request(a.rooms, a.other))).thread
    await two.drain()
    await b.rooms.submit(reply(b.rooms, "acknowledgement", thread, b.other))
    await carry(b, a)
    await a.rooms.submit(reply(a.rooms, "reminder", thread, a.other))
    await two.drain()
    await b.rooms.submit(reply(b.rooms, "result", thread, b.other))
    await carry(b, a)
    await even(two)


async def test_receipts_that_got_lost_ride_with_the_next_file(two: Pair) -> None:
    a, b = two.a, two.b
    sent = await a.rooms.submit(request(a.rooms, a.other))
    await take(b, await one_file(a))  # the receipts file is lost
    await b.rooms.submit(reply(b.rooms, "acknowledgement", sent.thread, b.other))
    file = await one_file(b)
    given = await take(a, file)
    assert (given.done.taken.settled, given.done.taken.new) == (1, 1)
    await take(b, given.back[0])
    await even(two)
    assert await pack(b) == []


async def test_what_was_given_up_on_the_line_goes_with_the_courier(two: Pair) -> None:
    a, b = two.a, two.b
    sent = await a.rooms.submit(request(a.rooms, a.other))
    seq = (await a.row(sent.id)).seq
    await a.rooms.store.write(lambda tx: tx.outbox.give_up([seq], error="line-broken"))
    file = await one_file(a)
    assert (await a.row(sent.id)).state == "queued"
    given = await take(b, file)
    await a.rooms.store.write(lambda tx: tx.outbox.give_up([seq], error="line-broken"))
    await take(a, given.back[0])
    assert (await a.row(sent.id)).state == "delivered"
    await even(two)


async def test_large_files_are_split_and_any_order_of_the_parts_will_do(two: Pair) -> None:
    a, b = two.a, two.b
    sent = await a.rooms.submit(with_photos(a.rooms, a.other, 3, 2_000_000))
    files = await pack(a, limit=4 * 1024 * 1024)
    assert len(files) > 1
    assert max(map(len, files)) <= 4 * 1024 * 1024
    backs = [await take(b, file) for file in reversed(files)]
    assert sum(one.done.taken.left for one in backs) > 0  # photos before their message
    backs += [await take(b, file) for file in files]
    for given in backs:
        for receipts in given.back:
            await take(a, receipts)
    assert (await a.row(sent.id)).state == "delivered"
    await even(two)


async def test_photos_that_came_before_their_message_are_asked_for_by_the_next_file(
    two: Pair,
) -> None:
    a, b = two.a, two.b
    await a.rooms.submit(with_photos(a.rooms, a.other, 2, 2_000_000))
    files = await pack(a, limit=4 * 1024 * 1024)
    for file in reversed(files):
        for receipts in (await take(b, file)).back:
            await take(a, receipts)
    await carry(a, b)
    await even(two)


async def test_a_large_photo_is_never_held_in_memory(two: Pair) -> None:
    a, b = two.a, two.b
    size = 24_000_000
    await a.rooms.submit(with_photos(a.rooms, a.other, 1, size))
    path = b.home.courier / "in-0123456789abcdef"
    path.parent.mkdir()
    gc.collect()
    tracemalloc.start()
    try:
        (packed,) = await courier_of(a.rooms).export("officer", a.other)
        packed.path.rename(path)
        done = await courier_of(b.rooms).take("officer", path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (packed.size > size, done.taken.attachments) == (True, 1)
    assert peak < size / 4
