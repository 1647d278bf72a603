"""Connections that only read, given out one at a time to whoever reads.

A read is a plain function on one snapshot. It runs in a thread of the event loop's pool (`Store.
read`), or, if it asks for a few rows by their keys, at once where it is called (`Store.glance`): in
WAL mode a reader waits for nobody, and what is asked for lies in memory.

Decision: synchronous connections. Rejected: readers over aiosqlite; each statement costs two
changes of thread and the read of one row 1,100 us of processor time, against 60-100 us here. A
snapshot is begun and ended as text: the library's own transaction takes 7 of 23 us where everything
is warm, and several times that after a pause.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Engine

from tracer.store.dialect import execute_text

T = TypeVar("T")


class Readers:
    """As many connections as there were readers at once. Safe from any thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: deque[Connection] = deque()
        self._closed = False

    def run(self, body: Callable[[Connection], T]) -> T:
        """Run a body on one snapshot."""
        conn = self._take()
        try:
            execute_text(conn, "BEGIN")
            value = body(conn)
            conn.rollback()  # of what the library began, where the body went through it
            conn.connection.rollback()
        except BaseException:
            conn.close()
            raise
        self._give(conn)
        return value

    def close(self) -> None:
        """Close what is idle; what is in use closes when it is given back."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()
        self._engine.dispose()

    def _take(self) -> Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return self._engine.connect()

    def _give(self, conn: Connection) -> None:
        if self._closed:
            conn.close()
        else:
            self._idle.append(conn)
