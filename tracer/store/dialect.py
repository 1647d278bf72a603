"""The few statements that SQL leaves to each database, and statements for many rows.

A `Many` is compiled once per database and then run as the driver's `executemany` over plain
tuples. Measured on a batch of 100 rows: 1 us a row on top of the driver; the same statement given
to SQLAlchemy as dictionaries costs 4-5 us a row more, most of what a received message costs here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import BindParameter, Connection, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import UpdateBase

IN_LIST: Final = 500
"""Most values of one IN list; SQLite allows 32,766 variables, PostgreSQL's asyncpg 32,767."""

_T = TypeVar("_T")
_INSERTS: Final = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}

Build = Callable[[Callable[[Table], Any]], UpdateBase]
"""Makes a statement, given the `insert` of the database."""


class Many:
    """One INSERT or UPDATE for many rows.

    Args:
        build: Makes the statement for a database.
        binds: Names of the parameters, in the order of each row's values.
    """

    def __init__(self, build: Build, binds: Sequence[str]) -> None:
        self._build = build
        self._binds = tuple(binds)
        self._ready: dict[str, tuple[str, Callable[[Sequence[Any]], Any] | None]] = {}

    def run(self, conn: Connection, rows: Sequence[Sequence[Any]]) -> int:
        """Run for all rows; the number of stored rows that were added or changed."""
        if not rows:
            return 0
        name = conn.dialect.name
        text, arrange = self._ready.get(name) or self._compile(conn)
        values = rows if arrange is None else map(arrange, rows)
        return max(conn.exec_driver_sql(text, list(map(tuple, values))).rowcount, 0)

    def _compile(self, conn: Connection) -> tuple[str, Callable[[Sequence[Any]], Any] | None]:
        compiled: Any = self._build(_INSERTS[conn.dialect.name]).compile(
            dialect=conn.dialect, column_keys=list(self._binds)
        )
        order = [self._binds.index(name) for name in compiled.positiontup]
        arrange = None
        if order != list(range(len(self._binds))):

            def arrange(row: Sequence[Any]) -> list[Any]:
                return [row[place] for place in order]

        self._ready[conn.dialect.name] = ready = (compiled.string, arrange)
        return ready


def adding(table: Table, columns: Sequence[str] | None = None) -> Many:
    """INSERT of all columns, or of some, in the order given."""
    return Many(lambda insert: insert(table), columns or [column.name for column in table.c])


def upsert(
    table: Table,
    keys: Sequence[str],
    *,
    columns: Sequence[str] | None = None,
    update: Sequence[str] | None = None,
    newer: str | None = None,
) -> Many:
    """INSERT that meets an existing key: updates the row, or leaves it alone.

    Args:
        table: Where to insert.
        keys: The columns of the unique key.
        columns: What a row gives, in order; None for all columns.
        update: Columns to overwrite; None for all but the keys, empty to keep the row as it is.
        newer: Column that must be greater than the stored one for the update to happen.
    """
    given = list(columns or [column.name for column in table.c])
    changed = [name for name in given if name not in keys] if update is None else update

    def build(insert: Callable[[Table], Any]) -> UpdateBase:
        statement = insert(table)
        done: UpdateBase
        if changed:
            done = statement.on_conflict_do_update(
                index_elements=list(keys),
                set_={name: statement.excluded[name] for name in changed},
                where=statement.excluded[newer] > table.c[newer] if newer else None,
            )
        else:
            done = statement.on_conflict_do_nothing(index_elements=list(keys))
        return done

    return Many(build, given)


def listed(name: str) -> BindParameter[Any]:
    """The parameter of an IN list, so that the statement can be built once, at import."""
    return bindparam(name, expanding=True)


def chunks(values: Sequence[_T]) -> Iterator[list[_T]]:
    """Cut a sequence into pieces that fit an IN list."""
    for start in range(0, len(values), IN_LIST):
        yield list(values[start : start + IN_LIST])
