"""The store as other rooms see it: open, write, read, back up, close."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self, TypeVar

from sqlalchemy import Engine

from tracer.clock import Clock, stamp
from tracer.errors import OperatorError
from tracer.evidence.merkle import Address
from tracer.store import backup, engine, migrate
from tracer.store.backup import Orphan
from tracer.store.failures import FAILURES, translated
from tracer.store.group import FaultPoint, Group, Shared, packed
from tracer.store.lane import Body, Lane
from tracer.store.readers import Readers
from tracer.store.rows import HeadRow
from tracer.store.tx import Tx

T = TypeVar("T")


class Store:
    """One database file: one write lane, several readers. Made by `open`."""

    def __init__(
        self,
        path: Path,
        shared: Shared,
        clock: Clock,
        lane: Lane,
        *,
        write: Engine,
        readers: Readers,
    ) -> None:
        self._path = path
        self._shared = shared
        self._clock = clock
        self._lane = lane
        self._write = write
        self._readers = readers

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        rest_key: bytes,
        clock: Clock,
        max_group: int = 512,
        faults: FaultPoint | None = None,
        journalled: Callable[[HeadRow], None] = lambda _: None,
    ) -> Self:
        """Open a database; an empty or missing file gets the present schema.

        Args:
            path: The database file; its directory exists and its lock is held by the caller.
            rest_key: 32 bytes of the keyring; wraps every thread's key.
            clock: Gives each transaction its instant.
            max_group: Most bodies under one COMMIT.
            faults: Called at each step of the lane, to make it fail in tests.
            journalled: Called in the lane's thread with the journal's head after each commit in
                which it grew; it must not raise.

        Raises:
            OperatorError: `store-schema` if the schema is not this version's, `rest-open` if
                the database was written under another key, `store-failed`.
        """
        await asyncio.to_thread(migrate.prepare, path)
        shared = Shared(rest_key, journalled)
        write = engine.writer(path)
        lane = Lane(write, shared, clock, max_group=max_group, faults=faults)
        try:
            await lane.start()
        except BaseException:
            write.dispose()
            raise
        store = cls(path, shared, clock, lane, write=write, readers=Readers(engine.reader(path)))
        try:
            await store.read(_check_key)
        except BaseException:
            await store.close()
            raise
        return store

    async def close(self) -> None:
        """Finish what is queued, then close all connections."""
        await self._lane.close()
        self._readers.close()
        self._write.dispose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def head(self) -> HeadRow:
        """The committed head of the open log; what may be signed. Costs nothing.

        Raises:
            OperatorError: `log-missing`: no log was opened.
        """
        if self._shared.head is None:
            raise OperatorError("log-missing", "no log was opened", advice="Initialise the node.")
        return self._shared.head.row

    async def write(self, body: Body[T]) -> T:
        """Run a body in the write lane; returns after its COMMIT.

        Raises:
            OperatorError: `store-conflict`, `store-failed`, `store-closed`.
            Exception: whatever the body raised; then nothing of it is stored.
        """
        return await self._lane.submit(body)

    async def read(self, body: Callable[[Tx], T]) -> T:
        """Run a body in one read transaction; it sees one snapshot and can write nothing.

        It runs in a thread of its own, so that a long one holds nobody up.
        """
        return await asyncio.to_thread(self.glance, body)

    def glance(self, body: Callable[[Tx], T]) -> T:
        """The same, at once: for a few rows by their keys, which cost less than a change of thread.

        Raises:
            OperatorError: `store-failed`.
        """
        group = Group(self._shared, stamp(self._clock.now()))
        try:
            return self._readers.run(lambda conn: body(Tx(conn, group)))
        except FAILURES as error:
            raise translated(error) from error

    async def nodes(self, addresses: Sequence[Address]) -> list[bytes]:
        """Nodes of the open log: from memory if all are there, else by one read."""
        head = self._shared.head
        if head is not None:
            cache = self._shared.nodes
            held = [cache.get((head.log, packed(address))) for address in addresses]
            found = [value for value in held if value is not None]
            if len(found) == len(addresses):
                return found
        return self.glance(lambda tx: tx.log.nodes(addresses))

    async def backup(self, target: Path, progress: backup.Progress | None = None) -> None:
        """Copy the database while it is written; see `backup.backup`."""
        await backup.backup(self._path, target, progress)

    async def scrub(self) -> None:
        """Overwrite what an erasure or a purge left behind in the write-ahead file."""
        await backup.scrub(self._path)

    async def integrity_check(self) -> None:
        """Check the database file.

        Raises:
            OperatorError: `store-damaged`, with what SQLite found first.
        """
        await backup.integrity_check(self._path)

    async def orphans(self) -> list[Orphan]:
        """Rows that hang on one that is missing."""
        return await backup.orphans(self._path)


def _check_key(tx: Tx) -> None:
    """Open the key of any thread, so that a wrong keyring is noticed before anything is written."""
    tx.threads.check_key()
