"""A bad line: a TCP proxy that is slow, late, cut, cut short, out of order, or says things twice.

TLS runs through it from end to end, so what it can do to an exchange is what a network can do. It
delays each chunk, shares one rate per direction fairly among its connections, cuts all of them at
intervals or one after some bytes, refuses new ones, and repeats bytes (which TLS must notice).

Within a connection no network changes the order; between connections it does. So the proxy holds
back what one connection says until a later word of another has overtaken it (`reorders`), and lets
what was said by a connection that its own side has given up arrive long after (`Proxy.strand`).
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_Chunk = tuple[float, int, bytes]
"""When it is due, its number in its direction, its bytes."""
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
    reorders: random.Random | None = None
    """Holds back about every other chunk until a later one of another connection has gone."""
    patience: float = 0.05
    """Seconds after which a chunk goes that nothing has overtaken."""
    twice: bool = False
    """Say each chunk twice."""
    down: bool = False
    """Refuse new connections."""


@dataclass(slots=True, eq=False)
class _Line:
    """One connection: its client's end, and whether what the client says is kept back."""

    client: asyncio.StreamWriter
    stranded: bool = False
    free: asyncio.Event = field(default_factory=asyncio.Event)


class _Order:
    """What came in one direction and has not gone on; a later word may overtake an earlier one."""

    def __init__(self) -> None:
        self.overtaken = 0
        self._came = 0
        self._held: dict[int, tuple[_Line, asyncio.Event]] = {}

    def came(self) -> int:
        """The number of a chunk that has come."""
        self._came += 1
        return self._came

    async def hold(self, line: _Line, number: int, patience: float) -> None:
        """Wait until a later chunk of another connection has gone, but not for ever."""
        event = asyncio.Event()
        self._held[number] = line, event
        try:
            async with asyncio.timeout(patience):
                await event.wait()
        except TimeoutError:
            pass
        finally:
            del self._held[number]

    def went(self, line: _Line, number: int) -> None:
        """Let go what a chunk that has gone on has overtaken."""
        for earlier, (other, event) in self._held.items():
            if earlier < number and other is not line and not event.is_set():
                self.overtaken += 1
                event.set()


class Proxy:
    """One line to one port; made by `proxied`."""

    def __init__(self, target: int, weather: Weather) -> None:
        self.target = target
        self.weather = weather
        self.carried = 0
        self.cuts = 0
        self.kept = 0
        """Bytes that stranded connections have said."""
        self.strayed = 0
        """Bytes that were answered to them, and that nobody hears."""
        self._turns = (asyncio.Lock(), asyncio.Lock())
        self._order = (_Order(), _Order())
        self._live: set[asyncio.Task[None]] = set()
        self._lines: set[_Line] = set()

    @property
    def overtaken(self) -> tuple[int, int]:
        """Chunks that a later one of another connection has overtaken, there and back."""
        there, back = self._order
        return there.overtaken, back.overtaken

    def strand(self) -> int:
        """Keep back, from now on, what the connections there are say to the server; how many."""
        for line in self._lines:
            line.stranded = True
        return len(self._lines)

    def abandon(self) -> None:
        """Cut stranded connections from their clients; what these have said is on its way still."""
        for line in self._lines:
            if line.stranded:
                line.client.transport.abort()

    def release(self) -> None:
        """Let what stranded connections have said arrive."""
        for line in self._lines:
            line.free.set()

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
        line = _Line(writer)
        self._lines.add(line)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._way(0, line, reader, back, most[0]))
                group.create_task(self._way(1, line, there, writer, most[1]))
        finally:
            self._lines.discard(line)

    async def _way(
        self,
        way: int,
        line: _Line,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        most: int,
    ) -> None:
        """One direction: chunks wait for their time, then for their turn on the line."""
        queue: asyncio.Queue[_Chunk] = asyncio.Queue(QUEUED)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._read(way, line, source, queue))
            group.create_task(self._write(way, line, queue, sink, most))

    async def _read(
        self, way: int, line: _Line, source: asyncio.StreamReader, queue: asyncio.Queue[_Chunk]
    ) -> None:
        now = asyncio.get_running_loop().time
        while data := await source.read(CHUNK):
            if line.stranded and way == 0:
                self.kept += len(data)
            await queue.put((now() + self.weather.delay, self._order[way].came(), data))
        await queue.put((now() + self.weather.delay, 0, b""))

    async def _write(
        self,
        way: int,
        line: _Line,
        queue: asyncio.Queue[_Chunk],
        sink: asyncio.StreamWriter,
        most: int,
    ) -> None:
        sent, now = 0, asyncio.get_running_loop().time
        while True:
            due, number, data = await queue.get()
            await asyncio.sleep(max(due - now(), 0.0))
            if line.stranded and await self._stray(way, line, data):
                continue
            if not data:
                raise EOFError
            await self._in_turn(way, line, number)
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
            self._order[way].went(line, number)
            sent += len(data)
            self.carried += len(data)

    async def _in_turn(self, way: int, line: _Line, number: int) -> None:
        """Wait to be overtaken, if the weather is so."""
        chance = self.weather.reorders
        if chance is not None and chance.random() < 0.5:  # every other one
            await self._order[way].hold(line, number, self.weather.patience)

    async def _stray(self, way: int, line: _Line, data: bytes) -> bool:
        """What a stranded connection says waits to be released; what it is told is not heard.

        Returns whether that was all that becomes of it. The server's end stays open.
        """
        if way == 1:
            self.strayed += len(data)
            return bool(data)
        await line.free.wait()
        if not data:
            await asyncio.Event().wait()
        return False


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
