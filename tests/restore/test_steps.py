"""Every step of a succession fails, fails after it was kept, or is cut off; repeating goes on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.exchange.losing import dialogue
from tests.nodes import Made
from tests.restore.world import (
    A,
    all_up,
    approved_plan,
    copied,
    everything,
    made,
    put_back,
    up,
    way_back,
)
from tracer.clock import SystemClock
from tracer.config import Config
from tracer.errors import OperatorError
from tracer.node.check.whole import verify
from tracer.node.home import Home
from tracer.node.opening import open_rooms
from tracer.node.own import own_entry
from tracer.node.restore.succeed import succeed
from tracer.node.restore.view import plan_of
from tracer.node.rooms import Rooms

STEPS = (
    "restore.keys",
    "restore.witness",
    "restore.log",
    "restore.entry",
    "restore.close",
    "restore.mark",
)
MOMENTS = [name + after for name in STEPS for after in ("", "-done")]


def failing(at: str) -> Callable[[str], None]:
    """Raise at this moment."""

    def step(name: str) -> None:
        if name == at:
            raise OperatorError("disk-failed", "the disk is full")

    return step


async def lost(root: Path) -> tuple[Made, Made]:
    """A put back from a copy that lacks a dialogue, and B that holds it."""
    a, b = await made(root)
    async with all_up(a, b) as (ours, theirs):
        await dialogue(ours, theirs)
        await copied(a, root / "copy")
        await dialogue(theirs, ours)
    return await put_back(a, root / "copy", root / "again"), b


async def ended_well(rooms: Rooms) -> None:
    """One successor, one entry that names it, one mark less, and everything verifies."""
    entry = own_entry(rooms.home).entry
    assert (entry.seq, entry.log.origin) == (2, f"{A}/log/2")
    assert await rooms.store.read(lambda tx: tx.log.origins()) == [f"{A}/log/1", f"{A}/log/2"]
    assert not rooms.gate.restoring
    keys = [row.kid for row in rooms.keyring.describe() if row.use == "log"]
    assert keys == [f"{A}/log/1", f"{A}/log/2"]
    names = [row.kid for row in rooms.keyring.describe() if row.use == "witness"]
    assert len(names) == 2
    assert entry.witness == rooms.keyring.witness_info()
    assert rooms.witness.able()
    assert (await verify(rooms, lambda *_: None)).faults == ()


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_step_that_fails_is_taken_again_in_the_same_process(
    tmp_path: Path, moment: str
) -> None:
    a, _ = await lost(tmp_path)
    async with open_rooms(a.home, a.config, SystemClock()) as rooms:
        plan = await approved_plan(rooms)
        with pytest.raises(OperatorError):
            await succeed(rooms, plan, step=failing(moment))
        await succeed(rooms, plan)
        await ended_well(rooms)


async def test_a_node_killed_at_any_moment_goes_on_with_what_was_approved(tmp_path: Path) -> None:
    a, b = await lost(tmp_path)
    cut: list[Made] = []

    def killed(name: str) -> None:
        """The disk as a kill at this moment leaves it."""
        root = tmp_path / f"cut-{name}"
        shutil.copytree(a.home.root, root, ignore=shutil.ignore_patterns("*.sock"))
        cut.append(Made(A, Home(root), Config.load(root, environ={})))

    async with open_rooms(a.home, a.config, SystemClock()) as rooms:
        await succeed(rooms, await approved_plan(rooms), step=killed)
    assert len(cut) == len(MOMENTS)
    for one in cut:
        async with open_rooms(one.home, one.config, SystemClock()) as rooms:
            if rooms.gate.restoring:
                plan, approval = await plan_of(rooms)
                assert approval is not None
                assert approval.by == ("officer", "second")
                await succeed(rooms, plan)
            await ended_well(rooms)
    async with up(b), up(cut[4]) as rooms:
        await way_back(rooms)
        assert len(await everything(rooms)) == 2
