"""Restores in the database: successions of logs, and how far the way back with each peer is.

A log that lost commits is closed for ever. Its successor begins with the succession record; then
come the records of the closed log, the same bytes in their order (`carry`), so that one log and one
checkpoint prove everything this node holds. Rows of messages, and of heads of the journal that were
entered, point at the open log only. `present` tells where a record stands now that a peer knows
from a closed log.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import astuple
from sqlalchemy import Connection, insert, select, update

from tracer.errors import OperatorError
from tracer.store.dialect import upsert
from tracer.store.group import Group
from tracer.store.logs import Logs
from tracer.store.restore_rows import ReentryRow, RestoringRow, SuccessionRow
from tracer.store.tables.exchange import checkpoint, journal_entry, message
from tracer.store.tables.restore import reentry, restoring, succession

RECORDS = 5000
"""Records carried over at once."""
PENDING, DONE, LEFT_OUT = "pending", "done", "left-out"
"""States of the way back with a peer."""
OPEN, TAKEN, WAITS = "open", "taken", "waits"
"""States of a succession: our own; of a peer, believed; of a peer, for a person to decide."""

_PUT = upsert(succession, ("origin",), update=("state", "lost", "reentered", "by", "announcement"))
_WAY = upsert(restoring, ("authority",))


class Restores:
    """`tx.restores`."""

    def __init__(self, conn: Connection, group: Group, log: Logs) -> None:
        self._conn = conn
        self._group = group
        self._log = log

    def carry(self, origin: str, first: bytes) -> tuple[str, int]:
        """Close the open log, open `origin` with `first` and the records of the closed one.

        Returns:
            The log that was open, and how many records were carried over.
        """
        closed, number = self._log.head(), self._log.number
        self._log.open_origin(origin)
        self._log.append(first)
        for start in range(0, closed.size, RECORDS):
            wanted = range(start, min(start + RECORDS, closed.size))
            found = self._log.records(wanted, origin=closed.origin)
            if len(found) != len(wanted):
                raise OperatorError(
                    "log-missing",
                    f"{closed.origin} lacks a record of its own",
                    advice="This copy is damaged: restore another backup.",
                )
            self._log.append_many([found[index] for index in wanted])
        for table in (message, journal_entry):
            self._conn.execute(
                update(table)
                .where(table.c.log == number)
                .values(log=self._log.number, leaf_index=table.c.leaf_index + 1)
            )
        return closed.origin, closed.size

    def put(self, row: SuccessionRow) -> None:
        """Keep a succession; of one that is kept only its standing changes."""
        _PUT.run(self._conn, [astuple(row)])

    def get(self, origin: str) -> SuccessionRow | None:
        """The succession that opened a log."""
        found = self._conn.execute(select(succession).where(succession.c.origin == origin)).first()
        return SuccessionRow(*found) if found else None

    def of(self, authority: str) -> list[SuccessionRow]:
        """All successions of an authority, oldest first."""
        found = self._conn.execute(
            select(succession)
            .where(succession.c.authority == authority)
            .order_by(succession.c.at, succession.c.origin)
        )
        return [SuccessionRow(*row) for row in found]

    def held(self, origin: str, most: int) -> tuple[int, bytes] | None:
        """Size and root of the largest signed head of a log up to this size that was ever seen."""
        found = self._conn.execute(
            select(checkpoint.c.size, checkpoint.c.root)
            .where(checkpoint.c.origin == origin, checkpoint.c.size <= most)
            .order_by(checkpoint.c.size.desc())
            .limit(1)
        ).first()
        return (found[0], found[1]) if found else None

    def begin(self, peers: Iterable[str]) -> None:
        """With each of these the way back has to be gone."""
        now = self._group.now
        _WAY.run(self._conn, [(name, PENDING, 0, 0, 0, 0, now) for name in peers])

    def settle(self, row: RestoringRow) -> None:
        """Note how the way back with a peer ended."""
        _WAY.run(self._conn, [astuple(row)])

    def ways(self) -> list[RestoringRow]:
        """How far the way back is, by peer."""
        found = self._conn.execute(select(restoring).order_by(restoring.c.authority))
        return [RestoringRow(*row) for row in found]

    def pending(self) -> frozenset[str]:
        """The peers with which it is not yet gone."""
        found = select(restoring.c.authority).where(restoring.c.state == PENDING)
        return frozenset(self._conn.execute(found).scalars())

    def note_reentry(self, row: ReentryRow) -> None:
        """Note that a record of a closed log stands in the open one again."""
        self._conn.execute(insert(reentry).values(astuple(row)))

    def carried(self) -> dict[str, int]:
        """How many records of each closed log of ours were carried over to the next one."""
        found = select(succession.c.carried_from, succession.c.carried)
        return {row[0]: row[1] for row in self._conn.execute(found) if row[0]}

    def reentered(self, closed: str) -> dict[int, str]:
        """The records of a closed log that were lost and are here again: index and peer."""
        found = self._conn.execute(
            select(reentry.c.index, reentry.c.peer).where(reentry.c.closed == closed)
        )
        return {row[0]: row[1] for row in found}

    def present(self, origin: str, index: int) -> tuple[str, int] | None:
        """Where a record of a log of ours stands now; None if it is lost."""
        now = self._log.head().origin
        while origin != now:
            moved = self._carried(origin, index) or self._again(origin, index)
            if moved is None:
                return None
            origin, index = moved
        return origin, index

    def _carried(self, origin: str, index: int) -> tuple[str, int] | None:
        found = self._conn.execute(
            select(succession.c.origin).where(
                succession.c.carried_from == origin, succession.c.carried > index
            )
        ).scalar_one_or_none()
        return (found, index + 1) if found else None

    def _again(self, origin: str, index: int) -> tuple[str, int] | None:
        found = self._conn.execute(
            select(reentry.c.origin, reentry.c.leaf_index).where(
                reentry.c.closed == origin, reentry.c.index == index
            )
        ).first()
        return (found[0], found[1]) if found else None
