"""What it costs to put an act on record, and to check all of them.

An act is a row of the audit trail and its leaf in the journal, in the commit of what was done. Acts
that come together share the commit and the heads. Processor time of the process, as in `cost`.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from statistics import mean
from typing import Final

from tests.bench import stage
from tests.bench.table import Figure
from tracer.node.check.journal import journal_of
from tracer.node.rooms import Rooms
from tracer.store import Tx

WARM_UP: Final = 3
SUBJECT: Final = "x" * 43


def figures(root: Path, *, samples: int, many: int) -> list[Figure]:
    """Measure on a node of its own."""
    return asyncio.run(_measure(root, samples, many))


async def _measure(root: Path, samples: int, many: int) -> list[Figure]:
    built = await stage.build(root)
    async with stage.rooms_of(built.sender.home.root) as rooms:
        nothing = await _group(rooms, 0, samples)
        alone = await _group(rooms, 1, samples)
        together = await _group(rooms, 100, samples)
        held = await rooms.store.read(lambda tx: tx.audit.count())
        for _ in range(held, many, 500):
            await rooms.store.write(lambda tx: _acts(tx, 500))
        begun = time.perf_counter()
        found = await journal_of(rooms, lambda *_: None)
        spent = time.perf_counter() - begun
    assert found.faults == ()
    return [
        Figure("a write that puts nothing on record", nothing * 1e6, "us"),
        Figure("a write with one act", alone * 1e6, "us"),
        Figure("  of it the act", (alone - nothing) * 1e6, "us"),
        Figure("an act, 100 in one write", (together - nothing) / 100 * 1e6, "us"),
        Figure(f"check of {found.acts:,} acts", found.acts / spent, "/s"),
    ]


async def _group(rooms: Rooms, acts: int, samples: int) -> float:
    """Mean seconds of processor time of one write with so many acts."""
    found = []
    for _ in range(samples + WARM_UP):
        begun = time.process_time()
        await rooms.store.write(lambda tx: _acts(tx, acts))
        found.append(time.process_time() - begun)
    return mean(found[WARM_UP:])


def _acts(tx: Tx, count: int) -> None:
    tx.meta.put("bench", "x")
    for _ in range(count):
        tx.audit.write("officer.one", "read-case", SUBJECT, {"groups": ["narrative", "persons"]})
