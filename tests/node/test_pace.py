"""How fast people open and begin: one count for all doors of a node."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.casework.desks import request_document
from tests.nodes import free_port, make_node
from tracer.casework.pace import Pace
from tracer.clock import SystemClock
from tracer.config import Config
from tracer.node.desk import open_desk
from tracer.node.opening import open_rooms

BOUND = 10


async def test_the_desk_and_the_command_line_of_a_node_count_as_one(tmp_path: Path) -> None:
    made, taken = await make_node(tmp_path / "node", "XA-NPOC", port=free_port()), []

    async def pause(seconds: float) -> None:
        taken.append(seconds)

    config = Config.load(made.home.root, environ={}, explicit={"pace": {"drafts": BOUND}})
    async with open_rooms(made.home, config, SystemClock()) as rooms:
        assert rooms.pace.counted() == 0
        pace = Pace(
            store=rooms.store,
            clock=rooms.clock,
            cases=BOUND,
            drafts=config.pace.drafts,
            pause=pause,
        )
        paced = replace(rooms, pace=pace)
        doors = (open_desk(paced), open_desk(paced))
        await rooms.store.write(lambda tx: tx.people.add("ada", ("investigator",), by="test"))
        for n in range(BOUND + 1):
            await doors[n % 2].drafts.new("ada", request_document())
        acts = await rooms.store.read(lambda tx: tx.audit.list(50, act="drafts-many"))
    assert [(row.subject, row.detail["count"]) for row in acts] == [("ada", BOUND + 1)]
    assert len(taken) == 1
