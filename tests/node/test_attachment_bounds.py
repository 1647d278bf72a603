"""What a peer may do with attachments at a time and in a day, over a real line."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from tests.hostile.wire import Answer, Wire
from tests.hostile.world import ATTACKER, THIRD, World, world
from tests.nodes import until
from tracer.canonical import b64url
from tracer.exchange.uploads import Shelf
from tracer.store.rows import AttachmentRow, Direction

WAYS = ("HEAD", "PATCH", "GET")


def path_of(data: bytes) -> str:
    return f"/exchange/v1/attachments/{b64url(sha256(data).digest())}"


async def announced(here: World, data: bytes, direction: Direction, peer: str = ATTACKER) -> str:
    """A message has announced it; what we give is on the shelf. Its path."""
    digest = b64url(sha256(data).digest())
    row = AttachmentRow(
        digest=digest,
        peer=peer,
        thread="t",
        message_id="m",
        n=1,
        direction=direction,
        size=len(data),
    )
    await here.rooms.store.write(lambda tx: tx.attachments.add(row))
    if direction == "out":
        here.rooms.shelf.put(digest, iter([data]))
    return path_of(data)


@asynccontextmanager
async def line(here: World) -> AsyncIterator[Wire]:
    """One more connection of the peer."""
    async with Wire(here.port, here.enemy.ring.channel(), here.enemy.target.certificates) as wire:
        yield wire


async def ask(wire: Wire, method: str, path: str, offset: int = 0) -> Answer | None:
    return await wire.call(method, path, headers=f"Upload-Offset: {offset}\r\n")


async def status(wire: Wire, method: str, path: str) -> int:
    found = await ask(wire, method, path)
    assert found is not None
    return found.status


async def fetched_unread(here: World, wire: Wire, data: bytes) -> str:
    """A download has begun of which nothing is read; the digest."""
    path = await announced(here, data, "out")
    await wire.send(f"GET {path} HTTP/1.1\r\nHost: x\r\nUpload-Offset: 0\r\n\r\n".encode())
    await until(lambda: taken(here))
    return path.rpartition("/")[2]


async def taken(here: World) -> bool:
    """The only place of the peer is taken."""
    return await status(here.wire, "GET", path_of(b"nobody announced it")) == 429


async def begun(here: World, wire: Wire, data: bytes) -> None:
    """An upload of which only the first byte comes."""
    path = await announced(here, data, "in")
    head = f"PATCH {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(data)}\r\n"
    await wire.send(f"{head}Upload-Offset: 0\r\n\r\n".encode() + data[:1])
    digest = path.rpartition("/")[2]
    await until(lambda: here.rooms.shelf.given(digest, ATTACKER) == 1)


async def test_a_peer_has_so_many_unfinished_requests_for_attachments_and_no_more(
    tmp_path: Path,
) -> None:
    async with world(tmp_path, peer_connections=2) as here, line(here) as one:
        waiting = await announced(here, b"a third one", "in")
        async with line(here) as two:
            await begun(here, one, b"one of them")
            await begun(here, two, b"another one")
            for method in WAYS:
                found = await ask(here.wire, method, waiting)
                here.watch.check(found)
                assert found is not None
                assert found.status == 429, method
            theirs = await announced(here, b"of another peer", "in", THIRD)
            assert await status(here.third_wire, "HEAD", theirs) == 204
            assert await here.codes(here.enemy.batch(here.enemy.write())) == ["receipt"]

        async def free() -> bool:
            return await status(here.wire, "HEAD", waiting) == 204

        await until(free)


async def test_what_a_peer_fetches_counts_for_its_day_apart_from_what_it_sends(
    tmp_path: Path,
) -> None:
    data = b"a photo of it " * 5_000
    async with world(tmp_path, peer_bytes_a_day=100_000) as here:
        path = await announced(here, data, "out")
        whole = await ask(here.wire, "GET", path)
        assert whole is not None
        assert (whole.status, whole.body) == (200, data)
        assert await ask(here.wire, "GET", path) is None, "it is cut when the day's bytes are gone"
        refused = await ask(here.wire, "GET", path)
        here.watch.check(refused)
        assert refused is not None
        assert refused.status == 429
        assert await here.codes(here.enemy.batch(here.enemy.write())) == ["receipt"]
        end = await ask(here.wire, "GET", path, len(data))
        assert end is not None
        assert (end.status, end.body) == (200, b""), "who holds it whole may still say so"


async def test_who_fetches_and_does_not_read_is_cut_in_time_and_gives_the_place_back(
    tmp_path: Path,
) -> None:
    data = bytes(32 * 2**20)
    async with world(tmp_path, peer_connections=1, body_seconds=1) as here, line(here) as idle:
        await fetched_unread(here, idle, data)

        async def free() -> bool:
            return not await taken(here)

        await until(free)
        assert await idle.answer() is None


async def test_a_file_that_is_destroyed_while_it_is_fetched_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = bytes(32 * 2**20)
    async with world(tmp_path, peer_connections=1) as here, line(here) as slow:
        shelf, offsets = here.rooms.shelf, [0]

        def piece(digest: str, offset: int) -> bytes:
            offsets.append(offset)
            return Shelf.piece(shelf, digest, offset)

        monkeypatch.setattr(shelf, "piece", piece)
        digest = await fetched_unread(here, slow, data)
        await until(lambda: max(offsets) > 0)
        shelf.discard(digest)
        assert await slow.answer() is None
        assert here.watch.crashes.seen == []


async def test_a_file_that_was_destroyed_is_not_offered_any_more(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        gone = await announced(here, b"destroyed by its people", "out")
        await here.rooms.store.write(lambda tx: tx.disposals.end_files("t", None))
        found = await ask(here.wire, "GET", gone)
        lost = await announced(here, b"lost with the disk", "out")
        here.rooms.shelf.discard(lost.rpartition("/")[2])
        for answer in (found, await ask(here.wire, "GET", lost)):
            here.watch.check(answer)
            assert answer is not None
            assert b"attachment-unknown" in answer.body


async def test_a_file_is_read_beside_the_loop_and_a_small_piece_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, read = bytes(100_000), Shelf.piece
    seen: list[tuple[bool, int]] = []

    def watched(shelf: Shelf, digest: str, offset: int) -> bytes:
        chunk = read(shelf, digest, offset)
        seen.append((threading.current_thread() is threading.main_thread(), len(chunk)))
        return chunk

    monkeypatch.setattr(Shelf, "piece", watched)
    async with world(tmp_path) as here:
        found = await ask(here.wire, "GET", await announced(here, data, "out"))
    assert found is not None
    assert found.body == data
    assert sum(size for _, size in seen) == len(data)
    assert all(not in_loop and size <= 16 * 1024 for in_loop, size in seen)


async def test_a_download_goes_on_where_it_broke(tmp_path: Path) -> None:
    data = bytes(range(256)) * 400
    async with world(tmp_path) as here:
        path = await announced(here, data, "out")
        asked = (ask(here.wire, "GET", path, offset) for offset in (0, 1, 50_000, len(data) - 1))
        for offset, answer in zip((0, 1, 50_000, len(data) - 1), asked, strict=True):
            found = await asyncio.wait_for(answer, 30)
            assert found is not None
            assert found.body == data[offset:]
