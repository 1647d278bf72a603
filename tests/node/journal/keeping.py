"""A node that keeps a journal, and people whose acts are in it."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta

from tests.cli.house import PEOPLE
from tests.nodes import Made
from tracer.clock import FixedClock
from tracer.node.check.journal import journal_of
from tracer.node.opening import open_rooms
from tracer.node.rooms import Rooms
from tracer.store import EntryRow

US = "XA-NPOC"
LOG, JOURNAL = f"{US}/log/1", f"{US}/journal/1"
NOON = datetime(2026, 3, 1, 12, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def staff(rooms: Rooms) -> None:
    """Everybody of `PEOPLE`, put on record without an act: the acts here are those of the tests."""
    for name, roles in PEOPLE.items():
        await rooms.store.write(lambda tx, n=name, r=roles: tx.people.add(n, r, by="test"))  # type: ignore[misc]


@asynccontextmanager
async def opened(
    made: Made, clock: FixedClock, faults: Callable[[str], None] | None = None
) -> AsyncIterator[Rooms]:
    async with open_rooms(made.home, made.config, clock, faults=faults) as rooms:
        yield rooms


async def act(rooms: Rooms, *words: str) -> None:
    """Acts of people about one case."""
    for word in words:
        await rooms.store.write(lambda tx, w=word: tx.audit.write("ada", w, "D1", {"why": w}))  # type: ignore[misc]


async def told(rooms: Rooms) -> list[str]:
    """What the check finds."""
    found = await journal_of(rooms, lambda *_: None)
    return [f"{one.where}: {one.what}" for one in found.faults]


async def entries(rooms: Rooms) -> list[EntryRow]:
    """The entries of the journal in the exchange log, in order."""
    return await rooms.store.read(lambda tx: tx.journal.entries(JOURNAL))


def sql(made: Made, *statements: str) -> None:
    """Write to the database as nobody should."""
    with closing(sqlite3.connect(made.home.database)) as db, db:
        for statement in statements:
            assert db.execute(statement).rowcount > 0
