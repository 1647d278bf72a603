"""What is asked of the database while something is read, and how it goes about it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event

from tracer.store import Store


@contextmanager
def watched(store: Store) -> Iterator[list[str]]:
    """Every SELECT that readers of the store run meanwhile, with its values in it."""
    said: list[str] = []
    readers = store._readers  # noqa: SLF001 - what is run is the point
    engine = readers._engine  # noqa: SLF001

    def noted(text: str) -> None:
        if text.lstrip().startswith(("SELECT", "WITH")):
            said.append(text)

    def connected(connection: Any, _record: object) -> None:
        connection.set_trace_callback(noted)

    event.listen(engine, "connect", connected)
    _forget(store)
    try:
        yield said
    finally:
        event.remove(engine, "connect", connected)
        _forget(store)


def _forget(store: Store) -> None:
    """Let the next reader open a connection of its own."""
    idle = store._readers._idle  # noqa: SLF001
    while idle:
        idle.pop().close()


def plan(path: Path, statement: str) -> list[str]:
    """The steps of a statement, as the database would go about it now."""
    with closing(sqlite3.connect(path)) as conn:
        return [row[3] for row in conn.execute(f"EXPLAIN QUERY PLAN {statement}")]
