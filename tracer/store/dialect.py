"""The few statements that SQL leaves to each database: UPSERT, and lists of any length.

Statements are built once, at import, for each database; SQLAlchemy then compiles each once per
connection pool, and an `executemany` costs the driver's time only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

IN_LIST: Final = 500
"""Most values of one IN list; SQLite allows 32,766 variables, PostgreSQL's asyncpg 32,767."""

_T = TypeVar("_T")
_INSERTS: Final = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Upsert:
    """INSERT that meets an existing key: updates it, or leaves it alone.

    Args:
        table: Where to insert.
        keys: The columns of the unique key.
        update: Columns to overwrite; None for all but the keys, empty to keep the row as it is.
        newer: Column that must be greater than the stored one for the update to happen.
    """

    def __init__(
        self,
        table: Table,
        keys: Sequence[str],
        *,
        update: Sequence[str] | None = None,
        newer: str | None = None,
    ) -> None:
        if update is None:
            update = [column.name for column in table.c if column.name not in keys]
        self._statements: dict[str, Insert] = {}
        for name, make in _INSERTS.items():
            statement: Any = make(table)
            if update:
                where = statement.excluded[newer] > table.c[newer] if newer else None
                statement = statement.on_conflict_do_update(
                    index_elements=list(keys),
                    set_={column: statement.excluded[column] for column in update},
                    where=where,
                )
            else:
                statement = statement.on_conflict_do_nothing(index_elements=list(keys))
            self._statements[name] = statement

    def run(self, conn: Connection, rows: Sequence[dict[str, Any]]) -> int:
        """Insert or update all rows in one `executemany`; the number of rows that changed."""
        if not rows:
            return 0
        found = conn.execute(self._statements[conn.dialect.name], rows)
        return max(found.rowcount, 0)


def chunks(values: Sequence[_T]) -> Iterator[list[_T]]:
    """Cut a sequence into pieces that fit an IN list."""
    for start in range(0, len(values), IN_LIST):
        yield list(values[start : start + IN_LIST])
