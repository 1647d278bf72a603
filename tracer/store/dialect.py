"""The few statements that SQL leaves to each database, and statements that run as text.

Statements that every message needs are compiled once per database and then given to the driver as
text and plain values (`Many`, `Prepared`). Measured: a point read costs 8 us so, 35-45 us through
`Connection.execute`, 200 us if the statement is built anew each time; a batch of 100 rows costs 1
us a row on top of the driver, 4-5 us more if it is given as dictionaries. A lone message needs some
forty statements at its two nodes, so this is most of what the database costs it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import BindParameter, Boolean, CompoundSelect, Connection, Select, Table, bindparam
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
        cursor = conn.connection.cursor()
        if len(rows) == 1:
            cursor.execute(text, tuple(rows[0] if arrange is None else arrange(rows[0])))
        else:
            cursor.executemany(text, rows if arrange is None else [arrange(row) for row in rows])
        return max(cursor.rowcount, 0)

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


class Prepared:
    """One SELECT, UPDATE or DELETE. Values are given by name, those of an IN list as a list.

    Args:
        statement: With a `bindparam` for each value that is not fixed, `listed` for an IN list.
    """

    def __init__(self, statement: Select[Any] | CompoundSelect[Any] | UpdateBase) -> None:
        self._statement = statement
        self._ready: dict[str, _Text] = {}

    def rows(self, conn: Connection, **values: Any) -> list[Any]:
        """All rows, each a tuple in the order of the statement's columns."""
        text = self._ready.get(conn.dialect.name) or self._compile(conn)
        found = text.run(conn, values).fetchall()
        return [text.read(row) for row in found] if text.flags else found

    def first(self, conn: Connection, **values: Any) -> Any:
        """The first row, or None."""
        text = self._ready.get(conn.dialect.name) or self._compile(conn)
        row = text.run(conn, values).fetchone()
        return row if row is None or not text.flags else text.read(row)

    def run(self, conn: Connection, **values: Any) -> int:
        """Change rows; the number of those changed."""
        text = self._ready.get(conn.dialect.name) or self._compile(conn)
        return int(text.run(conn, values).rowcount)

    def _compile(self, conn: Connection) -> _Text:
        compiled: Any = self._statement.compile(dialect=conn.dialect)
        columns = self._statement.selected_columns if isinstance(self._statement, Select) else ()
        flags = frozenset(n for n, column in enumerate(columns) if isinstance(column.type, Boolean))
        ready = _Text(compiled.string, tuple(compiled.positiontup), dict(compiled.params), flags)
        self._ready[conn.dialect.name] = ready
        return ready


class _Text:
    """A compiled statement: its text, the order of its values, the columns that are flags."""

    def __init__(
        self, text: str, order: tuple[str, ...], fixed: dict[str, Any], flags: frozenset[int]
    ) -> None:
        self._text = text
        self._order = order
        self._fixed = fixed
        self._lists = tuple(name for name in order if _mark(name) in text)
        self.flags = flags

    def run(self, conn: Connection, values: dict[str, Any]) -> Any:
        """Give it to the driver; the cursor."""
        text, all_values = self._text, {**self._fixed, **values}
        for name in self._lists:
            text = text.replace(_mark(name), ",".join("?" * len(all_values[name])))
        given: list[Any] = []
        for name in self._order:
            value = all_values[name]
            given.extend(value) if name in self._lists else given.append(value)
        cursor = conn.connection.cursor()
        cursor.execute(text, given)
        return cursor

    def read(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """A row with its flags as such; SQLite has numbers for them."""
        values = list(row)
        for place in self.flags:
            values[place] = bool(values[place])
        return tuple(values)


def execute_text(conn: Connection, text: str) -> None:
    """Run a statement that has no values and no result."""
    conn.connection.cursor().execute(text)


def _mark(name: str) -> str:
    """How a list stands in a compiled text until its length is known."""
    return f"__[POSTCOMPILE_{name}]"


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
