"""The journal across a restore: closed with its log, gone on with in the next one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.nodes import Made
from tests.restore.world import A, approved_plan, copied, put_back, quiet, way_back
from tests.restore.world import made as make
from tracer.clock import FixedClock, SystemClock
from tracer.evidence.record import Kind, parse_record
from tracer.node.check.journal import journal_of
from tracer.node.check.whole import verify
from tracer.node.opening import open_rooms
from tracer.node.restore.succeed import succeed
from tracer.node.rooms import Rooms
from tracer.store.audit import CLOSED

HOUR = timedelta(hours=1)
FIRST, SECOND = f"{A}/journal/1", f"{A}/journal/2"


@pytest.fixture
async def restored(tmp_path: Path) -> tuple[Made, FixedClock]:
    """A node restored by two persons, whose copy holds an hour's head and acts after it."""
    clock = FixedClock(SystemClock().now())
    (a,) = await make(tmp_path, (A,), clock)
    async with open_rooms(a.home, a.config, clock) as rooms:
        clock.advance(HOUR)
        assert await rooms.journal() is not None
        await act(rooms, "after the hour")
    await copied(a, tmp_path / "copy")
    again = await put_back(a, tmp_path / "copy", tmp_path / "again")
    async with open_rooms(again.home, again.config, clock) as rooms:
        assert await rooms.journal() is None, "nothing is entered in a log that may have to close"
        await succeed(rooms, await approved_plan(rooms))
        await way_back(rooms)
    return again, clock


async def act(rooms: Rooms, word: str) -> None:
    await rooms.store.write(lambda tx: tx.audit.write("ada", word, "D1"))


async def test_the_next_journal_begins_with_the_head_at_which_the_closed_one_ended(
    restored: tuple[Made, FixedClock],
) -> None:
    again, clock = restored
    async with open_rooms(again.home, again.config, clock) as rooms:
        origins = await rooms.store.read(lambda tx: tx.journal.origins())
        assert origins == [FIRST, SECOND]
        closed = await rooms.store.read(lambda tx: tx.journal.head(FIRST))
        (first,) = await rooms.store.read(lambda tx: tx.audit.list(1, act=CLOSED))
        assert (first.subject, first.detail["size"]) == (FIRST, closed.size)
        clock.advance(HOUR)
        entry = await rooms.journal()
        assert entry is not None
        assert (entry.journal, entry.log) == (SECOND, f"{A}/log/2")
        assert (await verify(rooms, quiet)).faults == ()


async def test_a_head_that_was_entered_before_is_shown_in_the_log_that_carried_it_on(
    restored: tuple[Made, FixedClock],
) -> None:
    again, clock = restored
    async with open_rooms(again.home, again.config, clock) as rooms:
        (entry,) = await rooms.store.read(lambda tx: tx.journal.entries(FIRST))
        assert (entry.log, entry.leaf_index) == (f"{A}/log/2", 1)
        record = parse_record(await rooms.store.read(lambda tx: tx.log.record(1)))
        assert record.kind is Kind.JOURNAL


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE log_origin SET size = size - 1 WHERE origin LIKE '%journal/1'", "it was closed"),
        ("DELETE FROM audit WHERE act = 'after the hour'", "the act was deleted"),
        ("DELETE FROM journal_entry", "nothing here leads to"),
    ],
)
async def test_what_is_done_to_a_closed_journal_is_named(
    restored: tuple[Made, FixedClock], statement: str, says: str
) -> None:
    again, clock = restored
    with closing(sqlite3.connect(again.home.database)) as db, db:
        assert db.execute(statement).rowcount > 0
    async with open_rooms(again.home, again.config, clock) as rooms:
        found = await journal_of(rooms, quiet)
    assert says in "".join(fault.what for fault in found.faults)
