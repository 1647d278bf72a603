"""A node as a second process, under load of its own: `python -m tests.faults.node DIR PEER COUNT`.

It serves as `tracer serve` does. Meanwhile it sends COUNT requests to PEER, some with a photo, and
answers each request of PEER. A line `sent ID` in its file `said` means: submit has returned, so
this message must never be lost. `ready` means: it listens.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Awaitable
from pathlib import Path

from tests.faults.pair import with_photos
from tests.nodes import reply, request
from tracer.clock import SystemClock
from tracer.config import Config
from tracer.errors import OperatorError
from tracer.exchange.submit import Submitted
from tracer.node.home import Home
from tracer.node.rooms import Rooms
from tracer.node.serve import Running, serve
from tracer.store import Tx

SAID = "said"
MOST_QUEUED = 12
PHOTO = 30_000


async def load(rooms: Rooms, peer: str, count: int) -> None:
    """Keep the queue filled until `count` requests are submitted, and answer what comes."""
    with contextlib.suppress(OperatorError):  # the store closes when the process is told to stop
        while True:
            queued, silent = await rooms.store.read(lambda tx: _due(tx, peer))
            for thread in silent:
                await _say(rooms, rooms.submit(reply(rooms, "acknowledgement", thread, peer)))
            if count and queued < MOST_QUEUED:
                photo = count % 8 == 0
                message = with_photos(rooms, peer, 1, PHOTO) if photo else request(rooms, peer)
                await _say(rooms, rooms.submit(message))
                count -= 1
            else:
                await asyncio.sleep(0.01)


async def _say(rooms: Rooms, submitting: Awaitable[Submitted]) -> None:
    done = await submitting
    say(rooms.home, f"sent {done.id}")


def say(home: Home, line: str) -> None:
    """Tell whoever started this process; what is in the file outlives a kill."""
    with (home.root / SAID).open("a") as file:
        file.write(f"{line}\n")


def _due(tx: Tx, peer: str) -> tuple[int, list[str]]:
    rows = tx.threads.list(peer=peer, limit=100_000)
    silent = [row.id for row in rows if row.opener == "peer" and row.own_count == 0]
    return len(tx.outbox.rows(state="queued")), silent


def run(folder: str, peer: str, count: int) -> None:
    """Serve until SIGTERM, or until killed."""
    home = Home(Path(folder))
    tasks = []

    def ready(node: Running) -> None:
        say(home, "ready")
        tasks.append(asyncio.create_task(load(node.rooms, peer, count)))

    asyncio.run(serve(home, Config.load(home.root, environ={}), SystemClock(), ready))


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2], int(sys.argv[3]))
