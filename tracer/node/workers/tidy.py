"""Small regular work of a running node: counters and contacts stored, what waits kept short.

Refusals are counted in memory (`metrics`), because a flood must not write; now and then what was
counted is added up in the store, where `tracer status` shows it by subject and code. The same way
it is stored when a peer last came by (`heard`). What a crash loses is at most the last interval.
A part of a file that could not be removed when the file was whole is removed here (`uploads.tidy`).
"""

from __future__ import annotations

import asyncio

from tracer.exchange.heard import Heard
from tracer.exchange.uploads import Shelf, tidy
from tracer.exchange.waiting import Waiting
from tracer.log import get_logger
from tracer.metrics import Metrics
from tracer.node.workers.bell import guarded
from tracer.store import Store, Tx

_log = get_logger("node.tidy")
FLUSH_EVERY = 15.0
"""Seconds between two writes of what was counted and heard."""
EXPIRE_EVERY = 3600.0
"""Seconds between two looks at the waiting room and at the parts of files."""


class Tidy:
    """The work, and the task that repeats it."""

    def __init__(
        self, *, store: Store, metrics: Metrics, waiting: Waiting, heard: Heard, shelf: Shelf
    ) -> None:
        self._store = store
        self._shelf = shelf
        self._metrics = metrics
        self._waiting = waiting
        self._heard = heard
        self._written: dict[tuple[str, str], int] = {}

    async def flush(self) -> float:
        """Store what was refused and who was heard since the last time; seconds until the next."""
        counted = self._metrics.snapshot().refusals
        fresh = {
            key: count - self._written.get(key, 0)
            for key, count in counted.items()
            if count > self._written.get(key, 0)
        }
        if fresh:
            await self._store.write(lambda tx: _count(tx, fresh))
            self._written = counted
        await self._heard.flush()
        return FLUSH_EVERY

    async def expire(self) -> float:
        """Drop what has waited too long for its parents, and parts that nobody needs.

        Returns the seconds until the next look.
        """
        dropped = await self._store.write(self._waiting.expire)
        if dropped:
            _log.info("waiting.expired", count=dropped)
        await tidy(self._store, self._shelf)
        return EXPIRE_EVERY

    async def work(self) -> None:
        """Repeat both until cancelled."""
        await asyncio.gather(self._repeat_flush(), self._repeat_expire())

    async def _repeat_flush(self) -> None:
        while True:
            pause = await guarded(self.flush, otherwise=FLUSH_EVERY)
            await asyncio.sleep(pause)

    async def _repeat_expire(self) -> None:
        pause = EXPIRE_EVERY
        while True:
            await asyncio.sleep(pause)
            pause = await guarded(self.expire, otherwise=EXPIRE_EVERY)


def _count(tx: Tx, fresh: dict[tuple[str, str], int]) -> None:
    for (code, subject), count in sorted(fresh.items()):
        tx.peers.count_refusal(subject, code, count)
