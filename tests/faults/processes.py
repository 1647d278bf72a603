"""Real node processes on one machine: start, kill, watch, and open their folders afterwards."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from functools import cache
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.exchange.witnessing import choose
from tests.faults import node
from tests.faults.life import Life, last_step
from tests.faults.pair import make
from tests.faults.proxy import Weather, proxied
from tests.nodes import free_port, until
from tests.peers import admit_entry
from tracer.clock import Clock, SystemClock
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
_MESSAGES = "SELECT count(*) FROM message"
_ASKED = "SELECT count(*) FROM thread WHERE opener = 'us'"


@dataclass(slots=True)
class Child:
    """A node and the process that serves it now."""

    home: Home
    config: Config
    peer: str
    process: BaseProcess | None = None

    async def start(self, life: Life) -> None:
        """Serve as the life says; returns when it listens, or has died of its fuse."""
        before = self.said("ready")
        arguments = (str(self.home.root), self.peer, life)
        process = self.process = _context().Process(target=node.run, args=arguments)
        await asyncio.to_thread(process.start)

        def answered() -> bool:
            return len(self.said("ready")) > len(before) or process.exitcode is not None

        await until(answered, seconds=60)
        assert process.exitcode is None or (life.fuse and process.exitcode == -signal.SIGKILL)

    async def end(self, how: signal.Signals) -> int | None:
        """Send a signal, wait for the end; the exit code."""
        assert self.process is not None
        assert self.process.pid is not None
        if self.process.exitcode is None:
            os.kill(self.process.pid, how)
        await asyncio.to_thread(self.process.join)
        return self.process.exitcode

    @property
    def crashed(self) -> str:
        """Where its processes crashed, if any did."""
        return (self.home.root / node.CRASH).read_text()

    def join(self, seconds: float) -> None:
        """Wait until its process has ended, at most so long."""
        if self.process is not None:
            self.process.join(seconds)

    @property
    def dead(self) -> bool:
        """Whether its process has ended."""
        return self.process is not None and self.process.exitcode is not None

    @property
    def sent(self) -> list[str]:
        """Ids of what all its processes have submitted, each known to be committed."""
        return [line.removeprefix("sent ") for line in self.said("sent ")]

    @property
    def acted(self) -> list[str]:
        """Ids of what its processes have noted an act about, each known to be committed."""
        return [line.removeprefix("acted ") for line in self.said("acted ")]

    @property
    def step(self) -> str:
        """The persistent step its process had reached last."""
        return last_step(self.home.root)

    def said(self, word: str) -> list[str]:
        """The lines of all its processes that begin with a word."""
        path = self.home.root / node.SAID
        lines = path.read_text().splitlines() if path.exists() else []
        return [line for line in lines if line.startswith(word)]

    def open(self) -> int:
        """How much is not done yet: undelivered, unanswered, not carried."""
        return self._count(_OPEN)

    def asked(self) -> int:
        """How many requests it has sent."""
        return self._count(_ASKED)

    def messages(self) -> int:
        """How many messages it has, sent or taken in."""
        return self._count(_MESSAGES)

    def _count(self, query: str) -> int:
        where = f"file:{self.home.database}?mode=ro"
        with closing(sqlite3.connect(where, uri=True, timeout=10)) as conn:
            return int(conn.execute(query).fetchone()[0])


@cache
def _context() -> ForkServerContext:
    """Processes forked from a clean one that has loaded the package once: starting costs little."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([node.__name__])
    return context


@asynccontextmanager
async def children(
    root: Path,
    *,
    clock: Clock | None = None,
    settings: str = "",
    watched: bool = False,
    weather: Weather | None = None,
) -> AsyncIterator[tuple[Child, Child]]:
    """Two nodes that know each other, not yet served; whatever runs at the end is killed.

    `settings` is added to both configurations; `watched`: each has chosen the other as witness;
    `weather`: each reaches the other through a proxy.
    """
    names, clock = ("XA-NPOC", "XB-NPOC"), clock or SystemClock()
    found, lines = [], []
    for name, other in zip(names, reversed(names), strict=True):
        real = free_port()
        shown = real if weather is None else free_port()
        home, config = await make(
            root / name, name, clock=clock, port=real, shown=shown, settings=SETTINGS + settings
        )
        found.append(Child(home, config, other))
        lines.append((shown, real))
    a, b = found
    async with opened(a, b, clock=clock) as (ours, theirs):
        if watched:
            await choose(ours, [theirs])
            await choose(theirs, [ours])
        await admit_entry(ours, b.home.entry.read_bytes(), by="officer")
        await admit_entry(theirs, a.home.entry.read_bytes(), by="officer")
    async with AsyncExitStack() as stack:
        if weather is not None:
            for shown, real in lines:
                await stack.enter_async_context(proxied(shown, real, weather))
        stack.push_async_callback(_ended, a, b)
        yield a, b


async def _ended(*some: Child) -> None:
    """Kill what runs."""
    for child in some:
        if child.process is not None and child.process.exitcode is None:
            await child.end(signal.SIGKILL)


@asynccontextmanager
async def opened(*some: Child, clock: Clock | None = None) -> AsyncIterator[list[Rooms]]:
    """The rooms of nodes that nobody serves."""
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(open_rooms(one.home, one.config, clock)) for one in some
        ]
