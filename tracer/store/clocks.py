"""Clocks as rows: when each thread is to be looked at again, and what was done about it.

One row a thread: the earliest instant at which anything about its clocks changes, or now, because a
message came. Finding what is due reads an index of the rows that run, whatever the number of cases.
A thread is claimed, looked at and put back in one transaction, so that nothing is done twice: what
fails is undone as a whole and claimed again.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, bindparam, func, select, update

from tracer.model.clocks import Target
from tracer.store.clock_tables import CLOCK_RUNS, clock, clock_act
from tracer.store.dialect import chunks, upsert
from tracer.store.group import Group

_MARK = upsert(clock, ("thread",), update=("at",))
_NONE = b"[]"
_targets = msgspec.json.Decoder(tuple[Target, ...])
_ACT = upsert(clock_act, ("thread", "key"), update=())
_DUE = (
    select(clock.c.thread)
    .where(CLOCK_RUNS, clock.c.at <= bindparam("now"))
    .order_by(clock.c.at)
    .limit(bindparam("how_many"))
    .with_for_update(skip_locked=True)
)
_NEXT = select(func.min(clock.c.at)).where(CLOCK_RUNS)


class Clocks:
    """`tx.clocks`."""

    def __init__(self, conn: Connection, group: Group) -> None:
        self._conn = conn
        self._group = group

    def mark(self, threads: Sequence[str]) -> None:
        """Something changed in these threads: they are due now."""
        _MARK.run(self._conn, [(thread, self._group.now, _NONE) for thread in threads])

    def due(self, how_many: int) -> list[str]:
        """Threads to look at now, longest due first; claimed until the transaction ends."""
        given = {"now": self._group.now, "how_many": how_many}
        return list(self._conn.execute(_DUE, given).scalars())

    def set(self, thread: str, at: str | None, targets: Sequence[Target] = ()) -> None:
        """Look at the thread again at this instant; None: when the next message comes.

        The targets are those of the messages it holds now; they say what is awaited in lists.
        """
        kept = msgspec.json.encode(targets)
        statement = update(clock).where(clock.c.thread == thread)
        self._conn.execute(statement.values(at=at, targets=kept))

    def targets(self, threads: Sequence[str]) -> dict[str, tuple[Target, ...]]:
        """What was awaited in these threads when they were last looked at."""
        found: dict[str, tuple[Target, ...]] = {}
        for part in chunks(threads):
            query = select(clock.c.thread, clock.c.targets).where(clock.c.thread.in_(part))
            found |= {row[0]: _targets.decode(row[1]) for row in self._conn.execute(query)}
        return found

    def next(self) -> str | None:
        """The earliest instant at which a thread is due."""
        return self._conn.execute(_NEXT).scalar_one_or_none()

    def done(self, thread: str) -> dict[str, str]:
        """What was done about the clocks of a thread, by key, and when."""
        found = self._conn.execute(
            select(clock_act.c.key, clock_act.c.at).where(clock_act.c.thread == thread)
        )
        return {row[0]: row[1] for row in found}

    def note(self, thread: str, keys: Sequence[str]) -> None:
        """Note what is done now about the clocks of a thread; a key stands once."""
        _ACT.run(self._conn, [(thread, key, self._group.now) for key in keys])
