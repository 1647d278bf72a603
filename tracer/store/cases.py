"""The case projection: what pages list and search. Coded, non-personal; can be rebuilt."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import astuple
from sqlalchemy import Connection, func, select, tuple_

from tracer.store.account_rows import Scope
from tracer.store.dialect import chunks, upsert
from tracer.store.rows import CaseRow
from tracer.store.tables.exchange import case
from tracer.store.work import visible

CaseRows = list[CaseRow]

_PUT = upsert(case, ("thread",))


class Cases:
    """`tx.cases`."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def put_many(self, rows: Sequence[CaseRow]) -> None:
        """Write projections, new or changed."""
        _PUT.run(self._conn, [astuple(row) for row in rows])

    def get(self, thread: str) -> CaseRow | None:
        """The projection of one thread."""
        row = self._conn.execute(select(case).where(case.c.thread == thread)).first()
        return CaseRow(**row._mapping) if row else None  # noqa: SLF001 - public by documentation

    def get_many(self, threads: Sequence[str]) -> dict[str, CaseRow]:
        """The projections of some threads, by id; unknown ones are left out."""
        found: dict[str, CaseRow] = {}
        for part in chunks(threads):
            rows = self._conn.execute(select(case).where(case.c.thread.in_(part))).mappings()
            found |= {row["thread"]: CaseRow(**row) for row in rows}
        return found

    def list(
        self,
        *,
        state: Sequence[str] = (),
        peer: str | None = None,
        opener: str | None = None,
        awaiting: str | None = None,
        urgency: str | None = None,
        reference: str | None = None,
        test: bool | None = None,
        scope: Scope | None = None,
        before: tuple[str, str] | None = None,
        limit: int = 100,
    ) -> CaseRows:
        """Cases, newest first; `before` is (updated, thread) of the last row of the page before.

        `scope` leaves those out that a person may not see.
        """
        query = select(case).order_by(case.c.updated.desc(), case.c.thread.desc()).limit(limit)
        filters = {
            "peer": peer,
            "opener": opener,
            "awaiting": awaiting,
            "urgency": urgency,
            "reference": reference,
            "test": test,
        }
        for name, value in filters.items():
            if value is not None:
                query = query.where(case.c[name] == value)
        if scope is not None:
            query = query.where(*visible(scope))
        if state:
            query = query.where(case.c.state.in_(state))
        if before is not None:
            query = query.where(tuple_(case.c.updated, case.c.thread) < before)
        return [CaseRow(**row) for row in self._conn.execute(query).mappings()]

    def counts(self) -> dict[tuple[str, str], int]:
        """Number of cases by (peer, state), test cases left out."""
        rows = self._conn.execute(
            select(case.c.peer, case.c.state, func.count())
            .where(case.c.test.is_(False))
            .group_by(case.c.peer, case.c.state)
        )
        return {(row[0], row[1]): row[2] for row in rows}
