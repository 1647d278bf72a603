"""`kill -9` of either process at random moments under load: what was submitted arrives, once.

Over a good line, and over one that is late, cut, and out of order.
"""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.conftest import PROVE
from tests.faults.audit import audit
from tests.faults.life import Life
from tests.faults.processes import Child, children, opened
from tests.faults.proxy import Weather
from tests.nodes import until
from tracer.node.rooms import Rooms

KILLS = {"line-good": 50 if PROVE else 4, "line-bad": 50 if PROVE else 2}
LOAD = 60 if PROVE else 10
"""Requests each process sends in one life."""
SEED = 20260301
LONGEST = 1.2
"""Seconds a process lives at most once it listens."""


def _bad() -> Weather:
    """Late, out of order, and each connection cut after a while, there or back."""
    chance = random.Random(SEED)  # noqa: S311 - seeded moments

    def cuts() -> Iterator[int]:
        return (chance.randrange(10_000, 300_000) for _ in count())

    return Weather(delay=0.002, reorders=chance, patience=0.01, cut_after=cuts(), cut_back=cuts())


@pytest.mark.parametrize("line", KILLS)
async def test_killed_processes_lose_nothing_that_was_submitted(tmp_path: Path, line: str) -> None:
    chance, kills = random.Random(SEED), KILLS[line]  # noqa: S311 - seeded moments
    async with children(tmp_path, weather=_bad() if line == "line-bad" else None) as (a, b):
        await asyncio.gather(a.start(Life(LOAD)), b.start(Life(LOAD)))
        for number in range(kills):
            victim = chance.choice((a, b))
            await asyncio.sleep(chance.random() * LONGEST)  # the moment is what is tested
            assert await victim.end(signal.SIGKILL) == -signal.SIGKILL
            await victim.start(Life(0 if number == kills - 1 else LOAD))
        await until(lambda: a.open() + b.open() == 0, seconds=120)
        assert [await child.end(signal.SIGTERM) for child in (a, b)] == [0, 0]
        async with opened(a, b) as (ours, theirs):
            await audit(ours, theirs)
            await _all_arrived(a, ours, theirs)
            await _all_arrived(b, theirs, ours)
            assert min(len(a.sent), len(b.sent)) > kills


async def _all_arrived(child: Child, sender: Rooms, receiver: Rooms) -> None:
    """Each message whose submit returned is on both sides."""
    sent = child.sent
    for rooms, peer in ((sender, receiver), (receiver, sender)):
        known = await rooms.store.read(
            lambda tx, p=peer: tx.messages.known(p.authority, sent)  # type: ignore[misc]
        )
        assert set(sent) - known.keys() == set()
    assert len(set(sent)) == len(sent)
