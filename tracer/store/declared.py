"""Totals that people declare for the whole country, by year: what no node can count."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select

from tracer.store.dialect import upsert
from tracer.store.group import Group
from tracer.store.tables.clocks import declared

_PUT = upsert(declared, ("year", "name"))


class Declared:
    """`tx.declared`."""

    def __init__(self, conn: Connection, group: Group) -> None:
        self._conn = conn
        self._group = group

    def put(self, year: int, totals: Mapping[str, int], *, by: str) -> None:
        """Write totals of a year; what was declared under a name before is replaced."""
        rows = [(str(year), name, value, self._group.now, by) for name, value in totals.items()]
        _PUT.run(self._conn, rows)

    def of(self, year: int) -> dict[str, int]:
        """The totals of a year, by name."""
        query = select(declared.c.name, declared.c.value).where(declared.c.year == str(year))
        return {row[0]: row[1] for row in self._conn.execute(query)}
