"""Real nodes over mutual TLS that cosign each other's heads, and what comes of it in a case."""

from __future__ import annotations

from pathlib import Path

from tests.exchange.losing import send
from tests.exchange.witnessing import A, B, C, turn, watched
from tracer.casework.reads import Step
from tracer.node.desk import open_desk
from tracer.node.rooms import Rooms


async def steps(rooms: Rooms, thread: str) -> tuple[Step, ...]:
    return (await open_desk(rooms).reads.case("officer", thread)).steps


async def test_a_message_is_witnessed_in_both_logs_by_everybody_but_their_owners(
    tmp_path: Path,
) -> None:
    async with watched(tmp_path, quorum=2) as nodes:
        a, b, c = nodes[A], nodes[B], nodes[C]
        thread = await send(a, b)
        (before,) = await steps(a, thread)
        assert [(log.by, log.of, log.quorum) for log in before.witnessed] == [((), 2, 2)] * 2
        await turn(a, b, c)
        await turn(a, b)
        for rooms, other in ((a, b), (b, a)):
            (step,) = await steps(rooms, thread)
            ours, theirs = step.witnessed
            assert (ours.authority, theirs.authority) == (rooms.authority, other.authority)
            for log in (ours, theirs):
                names = {f"{name}/witness/1" for name in (A, B, C) if name != log.authority}
                assert set(log.by) == names
                assert (log.of, log.quorum) == (2, 2)
                assert log.since
