"""Real node processes on one machine: start, kill, watch, and open their folders afterwards."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cache
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.faults import node
from tests.faults.pair import make
from tests.nodes import free_port, until
from tests.peers import admit_entry
from tracer.clock import SystemClock
from tracer.config import Config
from tracer.node.home import Home
from tracer.node.opening import open_rooms
from tracer.node.rooms import Rooms

SETTINGS = "[delivery]\nbackoff_base_seconds = 1\nbackoff_cap_seconds = 1\nbreaker_failures = 100\n"
_OPEN = """
SELECT (SELECT count(*) FROM outbox WHERE state <> 'delivered')
     + (SELECT count(*) FROM thread WHERE opener = 'peer' AND own_count = 0)
     + (SELECT count(*) FROM attachment WHERE state <> 'complete')
"""


@dataclass(slots=True)
class Child:
    """A node and the process that serves it now."""

    home: Home
    config: Config
    peer: str
    process: BaseProcess | None = None

    async def start(self, count: int) -> None:
        """Serve, sending `count` requests; returns when it listens."""
        before = self._said("ready")
        arguments = (str(self.home.root), self.peer, count)
        process = self.process = _context().Process(target=node.run, args=arguments)
        await asyncio.to_thread(process.start)

        def answered() -> bool:
            return len(self._said("ready")) > len(before) or process.exitcode is not None

        await until(answered, seconds=60)
        assert process.exitcode is None

    async def end(self, how: signal.Signals) -> int | None:
        """Send a signal, wait for the end; the exit code."""
        assert self.process is not None
        assert self.process.pid is not None
        if self.process.exitcode is None:
            os.kill(self.process.pid, how)
        await asyncio.to_thread(self.process.join)
        return self.process.exitcode

    @property
    def sent(self) -> list[str]:
        """Ids of what all its processes have submitted, each known to be committed."""
        return [line.removeprefix("sent ") for line in self._said("sent ")]

    def _said(self, word: str) -> list[str]:
        path = self.home.root / node.SAID
        lines = path.read_text().splitlines() if path.exists() else []
        return [line for line in lines if line.startswith(word)]

    def open(self) -> int:
        """How much is not done yet: undelivered, unanswered, not carried."""
        where = f"file:{self.home.database}?mode=ro"
        with sqlite3.connect(where, uri=True, timeout=10) as conn:
            return int(conn.execute(_OPEN).fetchone()[0])


@cache
def _context() -> ForkServerContext:
    """Processes forked from a clean one that has loaded the package once: starting costs little."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([node.__name__])
    return context


@asynccontextmanager
async def children(root: Path) -> AsyncIterator[tuple[Child, Child]]:
    """Two nodes that know each other, not yet served; whatever runs at the end is killed."""
    names = ("XA-NPOC", "XB-NPOC")
    found = []
    for name, other in zip(names, reversed(names), strict=True):
        home, config = await make(
            root / name, name, clock=SystemClock(), port=free_port(), settings=SETTINGS
        )
        found.append(Child(home, config, other))
    a, b = found
    async with opened(a, b) as rooms:
        await admit_entry(rooms[0], b.home.entry.read_bytes(), by="officer")
        await admit_entry(rooms[1], a.home.entry.read_bytes(), by="officer")
    try:
        yield a, b
    finally:
        for child in (a, b):
            if child.process is not None and child.process.exitcode is None:
                await child.end(signal.SIGKILL)


@asynccontextmanager
async def opened(*some: Child) -> AsyncIterator[list[Rooms]]:
    """The rooms of nodes that nobody serves."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(open_rooms(one.home, one.config, SystemClock()))
            for one in some
        ]
