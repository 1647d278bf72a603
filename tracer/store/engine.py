"""Connections to the one database file, and what each of them is told first.

WAL with synchronous=FULL: a COMMIT that returned survives a loss of power. `secure_delete`
overwrites what is erased. Transactions are begun by us, not by the driver: IMMEDIATE in the write
lane, so that it never has to upgrade a lock; deferred and `query_only` for readers (which begin
themselves), so that each read sees one snapshot and can write nothing.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool

from tracer.store.dialect import execute_text

BUSY_MS: Final = 10_000
PAGE_BYTES: Final = 8192
"""Of a new file; one that is there keeps its own. A message with its signature takes 4 KB: in pages
of that size each one spills over into a page of its own."""
_CONNECT: Final = {"isolation_level": None, "cached_statements": 512, "timeout": BUSY_MS / 1000}
_PRAGMAS: Final = (
    "foreign_keys=ON",
    "synchronous=FULL",
    "secure_delete=ON",
    "temp_store=MEMORY",
    "cache_size=-65536",
    "wal_autocheckpoint=4000",
)


def create_file(path: Path) -> None:
    """Create an empty database file that only its owner may read; a file that is there stays.

    Either is in WAL mode then: a backup is not, and what is restored from it has to be again, or
    readers would lock the lane out.
    """
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    engine = create_engine(_url("sqlite", path), poolclass=NullPool)
    with engine.connect() as conn:
        conn.exec_driver_sql(f"PRAGMA page_size={PAGE_BYTES}")
        conn.exec_driver_sql("PRAGMA journal_mode=WAL")
    engine.dispose()


def writer(path: Path) -> Engine:
    """The engine of the write lane, or of a migration."""
    engine = create_engine(
        _url("sqlite", path), poolclass=NullPool, connect_args=dict(_CONNECT), echo=False
    )
    _prepare(engine, begin="BEGIN IMMEDIATE", more=())
    return engine


def reader(path: Path) -> Engine:
    """The engine of the readers."""
    engine = create_engine(
        _url("sqlite", path),
        poolclass=NullPool,
        connect_args={**_CONNECT, "check_same_thread": False},
        echo=False,
    )
    _prepare(engine, begin="", more=("query_only=ON",))
    return engine


def _url(driver: str, path: Path) -> URL:
    return URL.create(driver, database=str(path))


def _prepare(engine: Engine, *, begin: str, more: tuple[str, ...]) -> None:
    def on_connect(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in (*_PRAGMAS, *more):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def on_begin(conn: Connection) -> None:
        execute_text(conn, begin)

    event.listen(engine, "connect", on_connect)
    if begin:
        event.listen(engine, "begin", on_begin)
