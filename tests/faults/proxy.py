"""A bad line: a TCP proxy that is slow, late, cut, cut short, or says things twice.

TLS runs through it from end to end, so what it can do to an exchange is what a network can do. It
delays each chunk, shares one rate per direction fairly among its connections, cuts all of them at
intervals or one after some bytes, refuses new ones, and repeats bytes (which TLS must notice).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

CHUNK = 1024
QUEUED = 48
"""Chunks that may be under way in one direction of one connection."""


@dataclass(slots=True)
class Weather:
    """How the line is; may be changed while it is in use."""

    rate: float = 0.0
    """Bytes a second in each direction, all connections together; 0 is as fast as it goes."""
    delay: float = 0.0
    """Seconds each chunk is late, and each new connection twice."""
    cut_every: float = 0.0
    """Seconds after which all connections are cut; 0 is never."""
    cut_after: Iterator[int] = field(default_factory=lambda: iter(()))
    """For each new connection in turn: bytes to the server after which it is cut."""
    cut_back: Iterator[int] = field(default_factory=lambda: iter(()))
    """The same for bytes to the client: what was asked has been done, the answer is cut short."""
    twice: bool = False
    """Say each chunk twice."""
    down: bool = False
    """Refuse new connections."""


class Proxy:
    """One line to one port; made by `proxied`."""

    def __init__(self, target: int, weather: Weather) -> None:
        self.target = target
        self.weather = weather
        self.carried = 0
        self.cuts = 0
        self._turns = (asyncio.Lock(), asyncio.Lock())
        self._live: set[asyncio.Task[None]] = set()

    async def cut(self) -> None:
        """Cut all connections as they are."""
        tasks = list(self._live)
        self.cuts += bool(tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def cutting(self) -> None:
        """Cut at intervals, for ever."""
        while True:
            await asyncio.sleep(self.weather.cut_every or 3600.0)
            await self.cut()

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until it is cut or either end closes it."""
        task = asyncio.current_task()
        assert task is not None
        self._live.add(task)
        ends = [writer]
        try:
            if not self.weather.down:
                await self._carry(reader, writer, ends)
        except (OSError, EOFError, asyncio.CancelledError):
            pass
        except BaseExceptionGroup as ended:
            _, rest = ended.split((OSError, EOFError, asyncio.CancelledError))
            if rest is not None:
                raise rest from None
        finally:
            self._live.discard(task)
            for end in ends:
                end.transport.abort()

    async def _carry(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        ends: list[asyncio.StreamWriter],
    ) -> None:
        most = (next(self.weather.cut_after, 0), next(self.weather.cut_back, 0))
        await asyncio.sleep(2 * self.weather.delay)
        there, back = await asyncio.open_connection("127.0.0.1", self.target, limit=CHUNK)
        ends.append(back)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._way(0, reader, back, most[0]))
            group.create_task(self._way(1, there, writer, most[1]))

    async def _way(
        self, way: int, source: asyncio.StreamReader, sink: asyncio.StreamWriter, most: int
    ) -> None:
        """One direction: chunks wait for their time, then for their turn on the line."""
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(QUEUED)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._read(source, queue))
            group.create_task(self._write(way, queue, sink, most))

    async def _read(
        self, source: asyncio.StreamReader, queue: asyncio.Queue[tuple[float, bytes]]
    ) -> None:
        now = asyncio.get_running_loop().time
        while data := await source.read(CHUNK):
            await queue.put((now() + self.weather.delay, data))
        await queue.put((now() + self.weather.delay, b""))

    async def _write(
        self,
        way: int,
        queue: asyncio.Queue[tuple[float, bytes]],
        sink: asyncio.StreamWriter,
        most: int,
    ) -> None:
        sent, now = 0, asyncio.get_running_loop().time
        while True:
            due, data = await queue.get()
            await asyncio.sleep(max(due - now(), 0.0))
            if not data:
                raise EOFError
            if most and sent + len(data) >= most:
                sink.write(data[: most - sent])
                await sink.drain()
                self.cuts += 1
                raise EOFError
            if self.weather.rate:
                async with self._turns[way]:
                    await asyncio.sleep(len(data) / self.weather.rate)
            sink.write(data * (2 if self.weather.twice else 1))
            await sink.drain()
            sent += len(data)
            self.carried += len(data)


@asynccontextmanager
async def proxied(port: int, target: int, weather: Weather) -> AsyncIterator[Proxy]:
    """Listen on `port` and carry to `target`."""
    proxy = Proxy(target, weather)
    server = await asyncio.start_server(proxy.connection, "127.0.0.1", port, limit=CHUNK)
    cutting = asyncio.create_task(proxy.cutting())
    try:
        yield proxy
    finally:
        cutting.cancel()
        server.close()
        await proxy.cut()
        with contextlib.suppress(asyncio.CancelledError):
            await cutting
