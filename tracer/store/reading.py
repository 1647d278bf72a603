"""Reading a database that another process has open, without a write lane.

For a check that is shared among processes: each opens the file for itself and only reads. In WAL
mode it waits for nobody and sees one snapshot a read.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tracer.store import engine
from tracer.store.failures import FAILURES, translated
from tracer.store.group import Group, Shared
from tracer.store.readers import Readers
from tracer.store.tx import Tx

T = TypeVar("T")


class Reading:
    """The reading half of a `Store`.

    Args:
        path: The database file; its schema is this version's.
        rest_key: 32 bytes of the keyring.
        now: The instant that all its transactions see, in the form of the wire.
    """

    def __init__(self, path: Path, rest_key: bytes, now: str) -> None:
        self._shared = Shared(rest_key)
        self._readers = Readers(engine.reader(path))
        self._now = now

    def glance(self, body: Callable[[Tx], T]) -> T:
        """Run a body on one snapshot.

        Raises:
            OperatorError: `store-failed`.
        """
        group = Group(self._shared, self._now)
        try:
            return self._readers.run(lambda conn: body(Tx(conn, group)))
        except FAILURES as error:
            raise translated(error) from error

    def close(self) -> None:
        """Close all connections."""
        self._readers.close()
