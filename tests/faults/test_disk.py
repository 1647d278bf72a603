"""A disk that is full or cannot be written: an error of the operator's, and nothing half stored."""

from __future__ import annotations

import resource
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from tests.faults.audit import audit
from tests.faults.pair import Pair, Side, pair, with_photos
from tests.nodes import reply, request
from tracer.errors import OperatorError
from tracer.exchange.uploads import Shelf
from tracer.store import Tx

A, B = "XA-NPOC", "XB-NPOC"
BROKEN = {
    "full": "PRAGMA max_page_count = 1",
    "read-only": "PRAGMA query_only = ON",
}
"""What makes SQLite itself answer as on a full or read-only disk, until the node starts again."""


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Pair]:
    """Two nodes."""
    async with pair(tmp_path) as made:
        yield made


async def pragma(side: Side, statement: str) -> None:
    """Tell the connection of the write lane."""

    def body(tx: Tx) -> None:
        tx._conn.exec_driver_sql(statement)  # noqa: SLF001 - the disk is below every interface

    await side.rooms.store.write(body)


async def size(side: Side) -> int:
    """Leaves in the log."""
    return await side.rooms.store.read(lambda tx: tx.log.head().size)


@pytest.mark.parametrize("how", BROKEN)
async def test_a_submit_that_cannot_be_stored_leaves_nothing(two: Pair, how: str) -> None:
    await pragma(two.a, BROKEN[how])
    stored, error = 0, None
    while error is None:  # a full database may have some room in its last pages
        assert stored < 300
        try:
            await two.a.rooms.submit(request(two.a.rooms, B))
            stored += 1
        except OperatorError as failed:
            error = failed
    assert error.code == "store-failed"
    assert error.advice
    rows = await two.a.rooms.store.read(lambda tx: tx.outbox.rows())
    assert (await size(two.a), len(rows)) == (stored, stored)
    assert two.a.rooms.store.head.size == stored
    await two.a.restart()
    await two.a.rooms.submit(request(two.a.rooms, B))
    await two.drain()
    await audit(two.a.rooms, two.b.rooms)


@pytest.mark.parametrize("how", BROKEN)
async def test_an_intake_that_cannot_be_stored_is_tried_again_later(two: Pair, how: str) -> None:
    await pragma(two.b, BROKEN[how])
    for _ in range(300):
        sent = await two.a.rooms.submit(with_photos(two.a.rooms, B, 1, 5000))
        await two.a.round()
        if (await two.a.row(sent.id)).state == "queued":
            break
    assert (await two.a.row(sent.id)).last_error == "try-again"
    assert await two.b.rooms.store.read(lambda tx: tx.threads.get(sent.thread)) is None
    await two.b.restart()
    await two.drain()
    await audit(two.a.rooms, two.b.rooms)


@pytest.mark.parametrize("how", BROKEN)
async def test_a_receipt_that_cannot_be_stored_comes_again(two: Pair, how: str) -> None:
    sent = await two.a.rooms.submit(request(two.a.rooms, B))
    await two.b.stop()
    await two.a.round()
    await pragma(two.a, BROKEN[how])
    await two.b.start()
    await two.a.round()
    await two.a.restart()
    await two.drain()
    assert (await two.a.row(sent.id)).state == "delivered"
    await audit(two.a.rooms, two.b.rooms)


async def test_at_the_disk_reserve_intake_stops_and_our_own_sending_goes_on(two: Pair) -> None:
    usual = two.b.config
    limits = msgspec.structs.replace(usual.limits, disk_reserve_bytes=2**60)
    two.b.config = msgspec.structs.replace(usual, limits=limits)
    await two.b.restart()
    asked = await two.a.rooms.submit(with_photos(two.a.rooms, B, 1, 5000))
    await two.a.round()
    assert (await two.a.row(asked.id)).last_error == "disk-reserve"
    assert await size(two.b) == 0
    sent = await two.b.rooms.submit(request(two.b.rooms, A))
    await two.b.round()
    assert (await two.b.row(sent.id)).state == "delivered"
    two.b.config = usual
    await two.b.restart()
    await two.drain()
    await audit(two.a.rooms, two.b.rooms)


async def test_photos_stop_at_the_disk_reserve_and_go_on_after_it(two: Pair) -> None:
    asked = await two.a.rooms.submit(with_photos(two.a.rooms, B, 2, 40_000))
    await two.a.rooms.deliver(two.a.rooms.cell.get().peer(B))
    usual = two.b.config
    limits = msgspec.structs.replace(usual.limits, disk_reserve_bytes=2**60)
    two.b.config = msgspec.structs.replace(usual, limits=limits)
    await two.b.restart()
    await two.a.round()
    rows = await two.a.rooms.store.read(lambda tx: tx.attachments.for_message(asked.id))
    assert rows[0].error == "disk-reserve"
    two.b.config = usual
    await two.b.restart()
    await two.drain()
    await audit(two.a.rooms, two.b.rooms)


async def test_a_head_that_cannot_be_noted_outside_gives_no_receipt_until_it_can(two: Pair) -> None:
    two.b.home.high_water.unlink(missing_ok=True)
    two.b.home.high_water.mkdir()
    sent = await two.a.rooms.submit(request(two.a.rooms, B))
    await two.a.round()
    assert (await two.a.row(sent.id)).last_error == "try-again"
    assert await size(two.b) == 1
    two.b.home.high_water.rmdir()
    await two.drain()
    assert await size(two.b) == 1
    await two.b.rooms.submit(reply(two.b.rooms, "acknowledgement", sent.thread, A))
    await two.drain()
    await audit(two.a.rooms, two.b.rooms)


def test_a_piece_of_a_photo_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    shelf, digest = Shelf(tmp_path), "x" * 43
    shelf.append(digest, 0, b"a" * 6000)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        for limit in (10_000, 6000):  # a part of the piece fits; nothing of it fits
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
            with pytest.raises(OperatorError) as caught:
                shelf.append(digest, 6000, b"b" * 6000)
            assert caught.value.code == "disk-failed"
            assert shelf.stored(digest).stored == 6000
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    shelf.append(digest, 6000, b"b" * 6000)
    assert shelf.stored(digest).stored == 12_000
