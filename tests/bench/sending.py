"""Program: a serving node that writes requests of its own and reports how they fared, as JSON.

python -m tests.bench.sending FOLDER PEER rate COUNT      as many as it can, in waves
python -m tests.bench.sending FOLDER PEER latency COUNT   one after the other
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from tests.bench.material import small_request
from tracer.clock import SystemClock
from tracer.config import Config
from tracer.node.collector import spare_collector
from tracer.node.home import Home
from tracer.node.rooms import Rooms
from tracer.node.serve import running
from tracer.store import Store

WAVE = 100
"""Requests written at once."""
UNDER_WAY = 1000
"""A wave follows as soon as there is room for it among so many without a receipt."""
WARM_UP = 10
PATIENCE_SECONDS = 20.0
"""A run with no receipt for that long is void: messages are refused, or the peer is gone."""


class Report(msgspec.Struct, frozen=True):
    """What a run did."""

    sent: int
    seconds: float
    processor: float
    """Seconds of processor time of this process."""
    samples: list[float]
    """Seconds from submit to verified receipt, one after the other."""


class Receipts:
    """Wakes whoever waits when receipts were verified and committed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.count = 0
        self._wanted = 0
        self._event = asyncio.Event()

    def add(self, count: int) -> None:
        """Some more have come."""
        self.count += count
        if self.count >= self._wanted:
            self._event.set()

    async def reach(self, wanted: int) -> None:
        """Return when there are that many.

        Raises:
            RuntimeError: none came for `PATIENCE_SECONDS`; says what the queue says.
        """
        self._wanted = wanted
        self._event.clear()
        while (before := self.count) < wanted:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await self._event.wait()
            except TimeoutError:
                if self.count == before:
                    raise await self._stuck(wanted) from None

    async def _stuck(self, wanted: int) -> RuntimeError:
        stats = await self._store.read(lambda tx: tx.outbox.stats())
        rows = await self._store.read(
            lambda tx: [*tx.outbox.rows(state="queued"), *tx.outbox.rows(state="undeliverable")]
        )
        causes = ", ".join(sorted({row.last_error for row in rows if row.last_error}))
        return RuntimeError(
            f"the run is void: {self.count} of {wanted} receipts came and no more; "
            f"errors: {causes or 'none'}; queue: {stats}"
        )


@contextmanager
def receipts_of(rooms: Rooms) -> Iterator[Receipts]:
    """Listen where the node counts receipts, which is after their commit; nothing polls."""
    metrics, receipts = rooms.metrics, Receipts(rooms.store)
    count = metrics.delivered

    def delivered(peer: str, number: int = 1) -> None:
        count(peer, number)
        receipts.add(number)

    vars(metrics)["delivered"] = delivered
    try:
        yield receipts
    finally:
        del vars(metrics)["delivered"]


async def rate(rooms: Rooms, peer: str, count: int) -> Report:
    """Submit `count` requests in waves; end with the last receipt."""
    with receipts_of(rooms) as receipts:
        begun, spent, sent = time.perf_counter(), time.process_time(), 0
        while sent < count:
            wave = min(WAVE, count - sent)
            await asyncio.gather(*(rooms.submit(small_request(rooms, peer)) for _ in range(wave)))
            sent += wave
            await receipts.reach(sent - UNDER_WAY + WAVE)
        await receipts.reach(count)
        return Report(sent, time.perf_counter() - begun, time.process_time() - spent, [])


async def latency(rooms: Rooms, peer: str, count: int) -> Report:
    """Submit one request, wait for its receipt, then the next."""
    samples: list[float] = []
    with receipts_of(rooms) as receipts:
        begun, spent = time.perf_counter(), time.process_time()
        for turn in range(count + WARM_UP):
            message = small_request(rooms, peer)
            submitted = time.perf_counter()
            await rooms.submit(message)
            await receipts.reach(turn + 1)
            samples.append(time.perf_counter() - submitted)
        seconds, processor = time.perf_counter() - begun, time.process_time() - spent
    return Report(count + WARM_UP, seconds, processor, samples[WARM_UP:])


async def main(folder: Path, peer: str, kind: str, count: int) -> None:
    """Run one of the two and print its report."""
    config = Config.load(folder, environ={})
    verb = {"rate": rate, "latency": latency}[kind]
    async with running(Home(folder), config, SystemClock()) as node:
        spare_collector()
        report = await verb(node.rooms, peer, count)
    print(msgspec.json.encode(report).decode(), flush=True)  # noqa: T201 # the parent reads it


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])))
