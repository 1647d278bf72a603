"""Clocks as rows: when each thread is to be looked at again, and what was done about it.

One row a thread: the earliest instant at which anything about its clocks changes, or now, because a
message came. Finding what is due reads an index of the rows that run, whatever the number of cases.
A thread is claimed, looked at and put back in one transaction, so that nothing is done twice: what
fails is undone as a whole and claimed again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, bindparam, func, select

from tracer.model.clocks import Target
from tracer.store.dialect import Prepared, chunks, listed, upsert
from tracer.store.group import Group
from tracer.store.tables.clocks import CLOCK_RUNS, clock, clock_act

_MARK = upsert(clock, ("thread",), update=("at",))
_PUT = upsert(clock, ("thread",))
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
_TARGETS = Prepared(
    select(clock.c.thread, clock.c.targets).where(clock.c.thread.in_(listed("threads")))
)
_DONE = Prepared(select(clock_act).where(clock_act.c.thread.in_(listed("threads"))))
_NEXT = select(func.min(clock.c.at)).where(CLOCK_RUNS)


class Looked(NamedTuple):
    """What came of a look: when the next is due, and what is awaited meanwhile.

    No instant: when the next message comes. The targets are those of the messages that the thread
    holds now; they say what is awaited in lists.
    """

    at: str | None
    targets: Sequence[Target] = ()


class Clocks:
    """`tx.clocks`."""

    def __init__(self, conn: Connection, group: Group) -> None:
        self._conn = conn
        self._group = group

    def mark(self, threads: Sequence[str]) -> None:
        """Something changed in these threads: they are due now."""
        _MARK.run(self._conn, [(thread, self._group.now, _NONE) for thread in threads])

    def put_off(self, thread: str, until: str) -> None:
        """Look at the thread again then; what is awaited in it stays as it was."""
        _MARK.run(self._conn, [(thread, until, _NONE)])

    def due(self, how_many: int) -> list[str]:
        """Threads to look at now, longest due first; claimed until the transaction ends."""
        given = {"now": self._group.now, "how_many": how_many}
        return list(self._conn.execute(_DUE, given).scalars())

    def is_due(self, thread: str) -> bool:
        """Whether a message came to the thread, or an instant, that nobody has looked at yet."""
        at = self._conn.execute(
            select(clock.c.at).where(clock.c.thread == thread)
        ).scalar_one_or_none()
        return at is not None and at <= self._group.now

    def set(self, looked: Mapping[str, Looked]) -> None:
        """These threads were looked at."""
        rows = [(thread, at, msgspec.json.encode(kept)) for thread, (at, kept) in looked.items()]
        _PUT.run(self._conn, rows)

    def targets(self, threads: Sequence[str]) -> dict[str, tuple[Target, ...]]:
        """What was awaited in these threads when they were last looked at."""
        found: dict[str, tuple[Target, ...]] = {}
        for part in chunks(threads):
            rows = _TARGETS.rows(self._conn, threads=part)
            found |= {row[0]: _targets.decode(row[1]) for row in rows}
        return found

    def next(self) -> str | None:
        """The earliest instant at which a thread is due."""
        return self._conn.execute(_NEXT).scalar_one_or_none()

    def done(self, threads: Sequence[str]) -> dict[str, dict[str, str]]:
        """What was done about the clocks of each thread, by key, and when."""
        found: dict[str, dict[str, str]] = {thread: {} for thread in threads}
        for part in chunks(threads):
            for thread, key, at in _DONE.rows(self._conn, threads=part):
                found[thread][key] = at
        return found

    def note(self, acts: Sequence[tuple[str, str]]) -> None:
        """Note what is done now about clocks, as (thread, key); a key stands once."""
        _ACT.run(self._conn, [(*act, self._group.now) for act in acts])
