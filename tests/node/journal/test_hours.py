"""The head of the journal enters the exchange log once an hour, whatever fails meanwhile."""

from __future__ import annotations

import asyncio
import sys

import pytest

from tests.node.journal.keeping import HOUR, JOURNAL, LOG, NOON, US, act, entries, opened, sql, told
from tests.nodes import Made
from tests.rules.tree import ROOT
from tracer.clock import FixedClock
from tracer.evidence.journal import JournalHead
from tracer.evidence.record import Kind, parse_record
from tracer.node.workers.journal import JournalWork


class Failing:
    """Raises at the step it is set to, once."""

    def __init__(self) -> None:
        self.at = ""

    def __call__(self, step: str) -> None:
        if step == self.at:
            self.at = ""
            raise RuntimeError(step)


async def test_the_head_of_an_hour_that_is_over_enters_the_exchange_log_once(
    made: Made, clock: FixedClock
) -> None:
    async with opened(made, clock) as rooms:
        assert await rooms.journal() is None, "the hour is not over"
        clock.advance(HOUR)
        entry = await rooms.journal()
        assert entry is not None
        assert (entry.hour, entry.size, entry.log, entry.leaf_index) == ("2026-03-01T13", 3, LOG, 0)
        record = parse_record(await rooms.store.read(lambda tx: tx.log.record(0)))
        assert (record.kind, record.sender, record.recipient) == (Kind.JOURNAL, US, US)
        assert record.id == JournalHead(JOURNAL, 3, entry.root).digest()
        await act(rooms, "second")
        assert await rooms.journal() is None, "this hour has its entry"
    async with opened(made, clock) as rooms:
        assert await rooms.journal() is None, "a restart changes nothing"
        clock.advance(HOUR)
        again = await rooms.journal()
        assert again is not None
        assert (again.hour, again.size) == ("2026-03-01T14", 4)
        clock.advance(HOUR)
        assert await rooms.journal() is None, "nothing was done"
        assert await told(rooms) == []


async def test_nothing_is_entered_while_the_node_restores(made: Made, clock: FixedClock) -> None:
    async with opened(made, clock) as rooms:
        clock.advance(HOUR)
        rooms.gate.close("a test")
        assert await JournalWork(rooms.journal).round() > 0
        assert rooms.store.head.size == 0
        rooms.home.restoring.unlink()
        assert await rooms.journal() is not None


async def test_a_clock_that_was_set_back_enters_no_hour_twice(
    made: Made, clock: FixedClock
) -> None:
    async with opened(made, clock) as rooms:
        clock.advance(HOUR)
        await rooms.journal()
        clock.advance(2 * HOUR)
        await act(rooms, "later")
        clock.advance(-2 * HOUR)
        await rooms.journal()
        clock.advance(3 * HOUR)
        await rooms.journal()
        assert [one.hour for one in await entries(rooms)] == ["2026-03-01T13", "2026-03-01T16"]
        assert await told(rooms) == []


async def test_after_an_entry_of_a_clock_that_was_ahead_no_act_is_dated_before_it(
    made: Made, clock: FixedClock
) -> None:
    async with opened(made, clock) as rooms:
        clock.advance(8 * HOUR)
        await rooms.journal()
        clock.advance(-7 * HOUR)
        await act(rooms, "by the right clock")
        assert await told(rooms) == []
        clock.advance(9 * HOUR)
        assert await rooms.journal() is not None
        assert await told(rooms) == []


async def test_an_hour_is_not_entered_again_for_an_act_whose_row_is_gone(
    made: Made, clock: FixedClock
) -> None:
    async with opened(made, clock) as rooms:
        clock.advance(HOUR)
        await rooms.journal()
        await act(rooms, "second")
    sql(made, "DELETE FROM audit WHERE number = 4")
    async with opened(made, clock) as rooms:
        assert await rooms.journal() is None


@pytest.mark.parametrize(
    "step", ["lane.begin", "lane.body", "lane.head", "lane.before-commit", "lane.after-commit"]
)
async def test_each_step_of_entering_may_fail_and_the_hour_is_entered_once(
    made: Made, clock: FixedClock, step: str
) -> None:
    failing = Failing()
    async with opened(made, clock, failing) as rooms:
        clock.advance(HOUR)
        failing.at = step
        with pytest.raises(RuntimeError, match=step):
            await rooms.journal()
    async with opened(made, clock, failing) as rooms:
        await rooms.journal()
        assert [one.hour for one in await entries(rooms)] == ["2026-03-01T13"]
        assert rooms.store.head.size == 1
        assert await told(rooms) == []


async def test_what_was_committed_and_not_entered_before_a_crash_is_entered_later(
    made: Made, clock: FixedClock
) -> None:
    failing = Failing()
    async with opened(made, clock, failing) as rooms:
        failing.at = "lane.after-commit"
        with pytest.raises(RuntimeError):
            await act(rooms, "committed, and nobody was told")
    clock.advance(HOUR)
    async with opened(made, clock) as rooms:
        entry = await rooms.journal()
        assert entry is not None
        assert entry.size == 4
        assert await told(rooms) == []


CHILD = """
import asyncio, sys
from datetime import datetime
from pathlib import Path
from tracer.clock import FixedClock
from tracer.config import Config
from tracer.node.home import Home
from tracer.node.opening import open_rooms

async def main(root, now):
    config = Config.load(root, environ={})
    async with open_rooms(Home(root), config, FixedClock(datetime.fromisoformat(now))) as rooms:
        await rooms.store.write(lambda tx: tx.audit.write("ada", "killed", "D1"))
        print("on record", flush=True)
        await asyncio.Event().wait()

asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
"""


async def test_an_act_of_a_process_that_was_killed_is_entered_by_the_next(
    made: Made, clock: FixedClock
) -> None:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", CHILD, str(made.home.root), NOON.isoformat()),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdout is not None
    assert await child.stdout.readline() == b"on record\n"
    child.kill()
    await child.wait()
    clock.advance(HOUR)
    async with opened(made, clock) as rooms:
        entry = await rooms.journal()
        assert entry is not None
        assert entry.size == 4
        assert (await rooms.store.read(lambda tx: tx.audit.list(1)))[0].act == "killed"
        assert await told(rooms) == []
