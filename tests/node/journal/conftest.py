"""A node in whose journal something is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.node.journal.keeping import HOUR, NOON, US, act, entries, opened, staff, told
from tests.nodes import Made, free_port, make_node
from tracer.clock import FixedClock


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
async def made(tmp_path: Path, clock: FixedClock) -> Made:
    """A node in whose first hour one act was done; two more at its making."""
    node = await make_node(tmp_path / "node", US, port=free_port(), clock=clock)
    async with opened(node, clock) as rooms:
        await staff(rooms)
        await act(rooms, "first")
    return node


@pytest.fixture
async def filled(made: Made, clock: FixedClock) -> Made:
    """Ten acts: three of the first hour (entered), four of the second (entered), three of now."""
    async with opened(made, clock) as rooms:
        for words in (("b", "c", "d", "e"), ("f", "g", "h")):
            clock.advance(HOUR)
            await rooms.journal()
            for word in words:
                clock.advance(timedelta(minutes=1))
                await act(rooms, word)
        assert [one.size for one in await entries(rooms)] == [3, 7]
        assert await told(rooms) == []
    return made
