"""A node as a second process, under load of its own.

It serves as `tracer serve` does. Meanwhile it sends as many requests to its peer as its `Life`
says, some with a photo, and answers each request of the peer. A line of its file `said`: `sent ID`
means that submit has returned, so this message must never be lost; `acted ID`, so must this act;
`ready`, it listens.
"""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import signal
import sqlite3
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.faults.life import Fuse, Life
from tests.faults.pair import with_photos
from tests.nodes import reply, request
from tracer.config import Config
from tracer.errors import OperatorError
from tracer.exchange.submit import Submitted
from tracer.node.collector import spare_collector
from tracer.node.home import Home
from tracer.node.rooms import Rooms
from tracer.node.serve import running

SAID, CRASH = "said", "crash"
PHOTO = 30_000
ACT = "look"
"""What the acts are called that a life with a journal notes."""
_SILENT = "SELECT id FROM thread WHERE opener = 'peer' AND own_count = 0 LIMIT 50"
_QUEUED = "SELECT count(*) FROM outbox WHERE state = 'queued'"


async def load(rooms: Rooms, peer: str, life: Life) -> None:
    """Keep the queue filled until the requests are submitted, and answer what comes."""
    where, count = f"file:{rooms.home.database}?mode=ro", life.count
    with (
        contextlib.closing(sqlite3.connect(where, uri=True, timeout=10)) as conn,
        contextlib.suppress(OperatorError),  # the store closes when it is told to stop
    ):
        while True:
            for (thread,) in conn.execute(_SILENT).fetchall():
                message = reply(rooms, "acknowledgement", thread, peer)
                await _say(rooms, rooms.submit(message), journals=life.journals)
            if count and conn.execute(_QUEUED).fetchone()[0] < life.queued:
                photo = count % 8 == 0
                asking = with_photos(rooms, peer, 1, PHOTO) if photo else request(rooms, peer)
                await _say(rooms, rooms.submit(asking), journals=life.journals)
                count -= 1
            else:
                await asyncio.sleep(0.01)


async def _say(rooms: Rooms, submitting: Awaitable[Submitted], *, journals: bool) -> None:
    done = await submitting
    say(rooms.home, f"sent {done.id}")
    if journals:
        await rooms.store.write(lambda tx: tx.audit.write("officer", ACT, done.id))
        say(rooms.home, f"acted {done.id}")


async def _enter(rooms: Rooms) -> None:
    """Enter the journal whenever an hour of the clock is over."""
    with contextlib.suppress(OperatorError):
        while True:
            await rooms.journal()
            await asyncio.sleep(0.05)


def say(home: Home, line: str) -> None:
    """Tell whoever started this process; what is in the file outlives a kill."""
    with (home.root / SAID).open("a") as file:
        file.write(f"{line}\n")


async def live(home: Home, peer: str, life: Life) -> None:
    """Serve until SIGTERM, or until killed."""
    config, stop = Config.load(home.root, environ={}), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    fuse = Fuse(home.root, life.fuse)
    async with running(home, config, life.clock, faults=fuse) as node:
        spare_collector()
        async with _busy(node.rooms, peer, life):
            say(home, "ready")
            await stop.wait()


@asynccontextmanager
async def _busy(rooms: Rooms, peer: str, life: Life) -> AsyncIterator[None]:
    work = [load(rooms, peer, life)]
    if life.journals:
        work.append(_enter(rooms))
    tasks = [asyncio.create_task(one) for one in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def run(folder: str, peer: str, life: Life) -> None:
    """The whole process; if it dies of anything but a signal of ours, the file says where."""
    with (Path(folder) / CRASH).open("a") as crash:
        faulthandler.enable(crash)
        asyncio.run(live(Home(Path(folder)), peer, life))
