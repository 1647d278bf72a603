"""A line that errs at the level of messages: nothing lost, nothing twice, every receipt stands."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import PROVE
from tests.faults.audit import audit
from tests.faults.lines import ErringLine
from tests.faults.pair import Pair, Side, pair, with_photos
from tests.faults.test_steps import MODES
from tests.nodes import reply, request
from tracer.store import Tx
from tracer.transport.port import PeerLine

SEEDS = range(40) if PROVE else range(2)
REQUESTS = 6


async def _answered(side: Side) -> None:
    """Answer every thread of the peer that has no word of ours yet, and add a note to it."""

    def silent(tx: Tx) -> list[str]:
        rows = tx.threads.list(peer=side.other)
        return [row.id for row in rows if row.opener == "peer" and row.own_count == 0]

    for thread in await side.rooms.store.read(silent):
        for kind in ("acknowledgement", "delayed"):
            await side.rooms.submit(reply(side.rooms, kind, thread, side.other))


async def talk(two: Pair) -> None:
    """Both open threads with photos and answer each other, several rounds at once."""
    for number in range(REQUESTS):
        for side in (two.a, two.b):
            photos = number % 3 == 0
            first = with_photos(side.rooms, side.other, 2, 40_000) if photos else None
            await side.rooms.submit(first or request(side.rooms, side.other))
            await side.round()
            await _answered(side)
    for _ in range(20):
        await two.drain(rounds=200)
        before = [
            await side.rooms.store.read(lambda tx: tx.log.head().size) for side in (two.a, two.b)
        ]
        await _answered(two.a)
        await _answered(two.b)
        after = [
            await side.rooms.store.read(lambda tx: tx.log.head().size) for side in (two.a, two.b)
        ]
        if before == after:
            return


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("seed", SEEDS)
async def test_a_line_that_errs_loses_nothing_and_repeats_nothing(
    tmp_path: Path, mode: str, seed: int
) -> None:
    lines: list[ErringLine] = []

    def through(line: PeerLine) -> PeerLine:
        lines.append(ErringLine(line, random.Random(seed + len(lines))))  # noqa: S311 - a seeded error
        return lines[-1]

    async with pair(tmp_path, modes=MODES[mode], through=through) as two:
        await talk(two)
        await audit(two.a.rooms, two.b.rooms)
        did = sum((line.did for line in lines), Counter[str]())
        assert did.total() - did["right"] >= 10
