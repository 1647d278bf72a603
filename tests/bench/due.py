"""Finding what is due: the same work, however many cases there are.

One table of clocks with 1,000 rows and one with 1,000,000; in both the same few are due. What is
timed is what the tick does to find them and to learn when the next is due: `tx.clocks.due`, which
claims them, and `tx.clocks.next`, in the write lane's own connection and without its commit.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from tests.bench.table import Figure, set_against
from tracer.clock import FixedClock, stamp
from tracer.exchange.clocks.tick import GROUP
from tracer.store import Store, Tx

FEW, MANY = 1_000, 1_000_000
TARGET = 1.3
DUE = GROUP
"""Threads that are due in both."""
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
REPEAT = 20
"""Times that a sample looks."""


def figures(root: Path, *, samples: int, many: int = MANY) -> list[Figure]:
    """Microseconds to find what is due among few and among many, and their ratio."""
    root.mkdir(parents=True, exist_ok=True)
    with one_core():
        costs = asyncio.run(_measure(root, samples=samples, many=many))
    few, lots = median(costs[0]), median(costs[1])
    ratio = lots / few
    return [
        Figure(f"find what is due, {FEW:,} cases", few, "us"),
        Figure(f"find what is due, {many:,} cases", lots, "us"),
        set_against(
            f"  among {many:,} to among {FEW:,}", ratio, "times", what="target", other=TARGET
        ),
    ]


@contextmanager
def one_core() -> Iterator[None]:
    """Threads begun meanwhile share a core: two lanes on two cores are as unlike as the cores are.

    Without it one of them ran up to twice as slow for a whole run, now this one, now that one.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


async def _measure(root: Path, *, samples: int, many: int) -> tuple[list[float], list[float]]:
    """Samples of both, taken in turn, so that what else the machine does falls on both."""
    found: tuple[list[float], list[float]] = ([], [])
    stores = []
    for count in (FEW, many):
        path = root / f"{count}.db"
        store = await Store.open(path, rest_key=bytes(32), clock=FixedClock(NOW))
        await asyncio.to_thread(fill, path, count)
        stores.append(store)
    try:
        for turn in range(samples + 1):
            for store, into in zip(stores, found, strict=True):
                seconds = await store.write(_look)
                if turn:  # the first one fills the caches
                    into.append(seconds / REPEAT * 1e6)
    finally:
        for store in stores:
            await store.close()
    return found


def _look(tx: Tx) -> float:
    begun = time.thread_time()
    for _ in range(REPEAT):
        assert len(tx.clocks.due(DUE)) == DUE
        assert tx.clocks.next() is not None
    return time.thread_time() - begun


def fill(path: Path, count: int) -> None:
    """Put so many threads with clocks into a database; `DUE` of them are due, a third has none."""
    names = [f"{number:043d}" for number in range(count)]
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.executemany(
            "INSERT INTO thread (id, peer, opener, created, test, own_count, peer_count, purged) "
            "VALUES (?, 'XB-NPOC', 'peer', ?, 0, 0, 0, 0)",
            ((name, stamp(NOW)) for name in names),
        )
        conn.executemany(
            "INSERT INTO clock (thread, at, targets) VALUES (?, ?, x'5B5D')",
            ((name, _at(number)) for number, name in enumerate(names)),
        )


def _at(number: int) -> str | None:
    if number < DUE:
        return stamp(NOW - timedelta(minutes=number))
    return None if number % 3 == 0 else stamp(NOW + timedelta(minutes=number % 500_000 + 1))
