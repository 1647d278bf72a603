"""Time from outside: heads are dated by a real time-stamp authority, and nothing waits for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from tests.evidence.authority import Authority, make
from tests.nodes import Made, free_port, make_node, request
from tests.peers import admit_entry
from tracer.clock import FixedClock, SystemClock, stamp
from tracer.config import Config
from tracer.errors import LineError, OperatorError
from tracer.evidence.timestamp import roots_of, verify_token
from tracer.node.opening import open_rooms
from tracer.node.rooms import Rooms
from tracer.node.status.whole import status
from tracer.node.workers.stamping import stamping
from tracer.transport.tsa import QUERY

PEER = "XB-NPOC"


@dataclass(slots=True)
class Server:
    """An authority that answers over HTTP, or does not."""

    authority: Authority
    url: str = ""
    asked: int = 0
    silent: bool = False
    body: bytes | None = None

    async def answer(self, asked: web.Request) -> web.Response:
        """One answer, made by openssl."""
        assert asked.content_type == QUERY
        self.asked += 1
        if self.silent:
            return web.Response(status=503)
        found = self.authority.answer(await asked.read()) if self.body is None else self.body
        return web.Response(body=found, content_type="application/timestamp-reply")


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[Server]:
    server = Server(make(folder))
    application = web.Application()
    application.router.add_post("/", server.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    server.url = f"http://127.0.0.1:{port}/"
    try:
        yield server
    finally:
        await runner.cleanup()


@asynccontextmanager
async def node(
    root: Path, server: Server, clock: FixedClock | None = None
) -> AsyncIterator[tuple[Rooms, Made]]:
    """A node whose settings name the authority, and a peer to write to."""
    made = [
        await make_node(root / name, name, port=free_port(), clock=clock)
        for name in ("XA-NPOC", PEER)
    ]
    home = made[0].home
    (home.root / "time-roots.pem").write_bytes(server.authority.root_pem)
    config = Config.load(home.root, environ={}, explicit={"time": {"url": server.url}})
    async with open_rooms(home, config, clock or SystemClock()) as rooms:
        await admit_entry(rooms, made[1].entry_file, by="officer")
        yield rooms, made[0]


async def test_a_head_is_stamped_once_and_anew_when_the_log_grew(tmp_path: Path) -> None:
    clock = FixedClock(datetime.now(UTC))
    async with serving(tmp_path / "tsa") as server, node(tmp_path, server, clock) as (rooms, _):
        work = stamping(rooms)
        assert not await work(), "an empty log needs no token"
        await rooms.submit(request(rooms, PEER))
        assert await work()
        assert not await work()
        await rooms.submit(request(rooms, PEER))
        assert not await work(), "not before an hour"
        clock.advance(timedelta(hours=1, minutes=1))
        assert await work()
        assert server.asked == 2
        sizes = await rooms.store.read(
            lambda tx: [
                row.size
                for size in (1, 2)
                if (row := tx.time_stamps.covering(rooms.store.head.origin, size))
            ]
        )
        assert sizes == [1, 2]


async def test_what_is_kept_proves_the_signed_head_to_anyone(tmp_path: Path) -> None:
    async with serving(tmp_path / "tsa") as server, node(tmp_path, server) as (rooms, _):
        await rooms.submit(request(rooms, PEER))
        assert await stamping(rooms)()
        head = await rooms.ledger.checkpoint()
        row = rooms.store.glance(lambda tx: tx.time_stamps.newest(head.origin))
        assert row is not None
        assert (row.size, row.note) == (head.size, head.note)
        token = verify_token(
            row.token, row.note.encode(), roots=roots_of(server.authority.root_pem)
        )
        assert stamp(token.at) == row.at


@pytest.mark.parametrize("fault", ["silent", "garbage", "long", "foreign"])
async def test_an_authority_that_does_not_prove_leaves_nothing(tmp_path: Path, fault: str) -> None:
    async with serving(tmp_path / "tsa") as server, node(tmp_path, server) as (rooms, _):
        await rooms.submit(request(rooms, PEER))
        if fault == "silent":
            server.silent = True
        elif fault == "foreign":
            server.authority = make(tmp_path / "other")
        else:
            server.body = b"no token" if fault == "garbage" else bytes(100_000)
        with pytest.raises(LineError, match=r"time-line|time-token"):
            await stamping(rooms)()
        assert rooms.store.glance(lambda tx: tx.time_stamps.newest("XA-NPOC/log/1")) is None
        await rooms.submit(request(rooms, PEER))


async def test_the_operator_hears_of_missing_tokens_and_of_a_wrong_clock(tmp_path: Path) -> None:
    clock = FixedClock(datetime.now(UTC) + timedelta(minutes=30))
    async with serving(tmp_path / "tsa") as server, node(tmp_path, server, clock) as (rooms, _):
        assert await _told(rooms) == ("ok", "nothing is stamped yet")
        await rooms.submit(request(rooms, PEER))
        await stamping(rooms)()
        level, sentence = await _told(rooms)
        assert level == "act"
        assert "30 minutes ahead of the time-stamp authority's" in sentence


async def test_tokens_that_are_late_are_told_and_delay_nothing(tmp_path: Path) -> None:
    clock = FixedClock(datetime.now(UTC))
    async with serving(tmp_path / "tsa") as server, node(tmp_path, server, clock) as (rooms, _):
        await rooms.submit(request(rooms, PEER))
        await stamping(rooms)()
        clock.advance(timedelta(hours=25))
        assert (await _told(rooms))[0] == "ok", "nothing was logged since"
        await rooms.submit(request(rooms, PEER))
        server.silent = True
        with pytest.raises(LineError):
            await stamping(rooms)()
        level, sentence = await _told(rooms)
        assert level == "act"
        assert sentence.startswith("no token since")


async def test_a_node_without_the_roots_does_not_start(tmp_path: Path) -> None:
    async with serving(tmp_path / "tsa") as server, node(tmp_path, server) as (rooms, made):
        (made.home.root / "time-roots.pem").unlink()
        with pytest.raises(OperatorError, match="time-roots"):
            stamping(rooms)


async def _told(rooms: Rooms) -> tuple[str, str]:
    found = await status(rooms, running=False)
    check = next(one for one in found.checks if one.what == "time")
    return check.level, check.sentence
