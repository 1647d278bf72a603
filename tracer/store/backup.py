"""A copy of the database while it is written, and a check of any copy.

The copy is one snapshot: a read transaction is held on the source, so that the lane goes on
writing and the copy does not start again. It is written beside the target, checked, synced and
then renamed: a target that exists is complete.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import aiosqlite

from tracer.disk import sync_folder
from tracer.errors import OperatorError

PAGES: Final = 256
"""Pages copied between two reports of progress (1 MiB)."""
PAUSE_S: Final = 0.001
CHECK_CACHE: Final = -65536
"""KiB of pages held while a file is checked, negative as SQLite wants it: an index is compared with
rows all over the file. With the 2 MiB that are usual a check takes a quarter longer."""

Progress = Callable[[int, int], None]
"""Called with pages done and pages in all, in the thread that copies."""


async def backup(source: Path, target: Path, progress: Progress | None = None) -> None:
    """Copy `source` to `target`.

    Raises:
        OperatorError: `backup-exists`, `backup-failed`, `store-damaged` (the copy).
    """
    part = target.with_name(target.name + ".part")

    def report(_status: int, remaining: int, total: int) -> None:
        if progress is not None:
            progress(total - remaining, total)

    try:
        _start(part, target)
        async with (
            aiosqlite.connect(source, isolation_level=None) as reader,
            aiosqlite.connect(part) as copy,
        ):
            await reader.execute("BEGIN")
            await reader.execute_fetchall("SELECT count(*) FROM sqlite_schema")
            await reader.backup(copy, pages=PAGES, progress=report, sleep=PAUSE_S)
            await reader.execute("ROLLBACK")
            await copy.execute("PRAGMA journal_mode=DELETE")
        await integrity_check(part)
    except (OSError, sqlite3.Error) as error:
        part.unlink(missing_ok=True)
        raise OperatorError("backup-failed", f"the copy to {target} failed: {error}") from error
    _publish(part, target)


class Orphan(NamedTuple):
    """A row that hangs on one that is missing: its table, that of the other, and its name."""

    table: str
    parent: str
    named: str


async def orphans(path: Path) -> list[Orphan]:
    """Rows whose parent is missing, each parent once for a table."""
    async with aiosqlite.connect(f"file:{path}?mode=ro", uri=True) as conn:
        found = []
        broken = await conn.execute_fetchall("PRAGMA foreign_key_check")
        for table, parent, key in dict.fromkeys((one[0], one[2], one[3]) for one in broken):
            listed = await conn.execute_fetchall(f'PRAGMA foreign_key_list("{table}")')
            pairs = [(one[3], one[4]) for one in listed if one[0] == key]
            values = await conn.execute_fetchall(_parentless(table, parent, pairs))
            found += [Orphan(table, parent, " ".join(map(str, one))) for one in values]
        return found


def _parentless(table: str, parent: str, pairs: Sequence[tuple[str, str]]) -> str:
    """A query for the names of parents that rows of `table` have and no row of `parent` is.

    It asks for no `rowid`, which some tables do not have.
    """
    own = [f'one."{column}"' for column, _ in pairs]
    there = " AND ".join(f'other."{to}" = one."{column}"' for column, to in pairs)
    given = " AND ".join(f"{column} IS NOT NULL" for column in own)
    return (
        f'SELECT DISTINCT {", ".join(own)} FROM "{table}" AS one WHERE {given} '  # noqa: S608 # of the schema
        f'AND NOT EXISTS (SELECT 1 FROM "{parent}" AS other WHERE {there})'
    )


async def integrity_check(path: Path) -> None:
    """Let SQLite check a database file and its foreign keys.

    Raises:
        OperatorError: `store-damaged`, with what was found first.
    """
    async with aiosqlite.connect(f"file:{path}?mode=ro", uri=True) as conn:
        try:
            await conn.execute(f"PRAGMA cache_size={CHECK_CACHE}")
            found = list(await conn.execute_fetchall("PRAGMA integrity_check(1)"))
            orphans = list(await conn.execute_fetchall("PRAGMA foreign_key_check"))
        except sqlite3.DatabaseError as error:
            raise _damaged(path, str(error)) from error
    if found != [("ok",)]:
        raise _damaged(path, str(found[0][0]))
    if orphans:
        raise _damaged(path, f"a row of {orphans[0][0]} has lost its {orphans[0][2]}")


async def log_head(path: Path) -> tuple[str, int]:
    """Origin and size of the open log in a database file that no store has open, or any does.

    Raises:
        OperatorError: `store-damaged`; `log-missing` if the file holds no open log.
    """
    async with aiosqlite.connect(f"file:{path}?mode=ro", uri=True) as conn:
        try:
            found = list(
                await conn.execute_fetchall(
                    "SELECT origin, size FROM log_origin WHERE closed IS NULL"
                )
            )
        except sqlite3.DatabaseError as error:
            raise _damaged(path, str(error)) from error
    if not found:
        raise OperatorError("log-missing", f"{path} holds no open log")
    return str(found[0][0]), int(found[0][1])


async def scrub(path: Path) -> None:
    """Empty the write-ahead file, in which older versions of erased rows still stand.

    Raises:
        OperatorError: `store-busy`: a long read is in the way; try again.
    """
    async with aiosqlite.connect(path) as conn:
        found = list(await conn.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)"))
    if found[0][0]:
        raise OperatorError("store-busy", "the write-ahead file could not be emptied")


def _damaged(path: Path, what: str) -> OperatorError:
    return OperatorError(
        "store-damaged", f"{path} is damaged: {what}", advice="Restore from the newest backup."
    )


def _start(part: Path, target: Path) -> None:
    """An empty file that only its owner may read, in place of what was left by a crash."""
    if target.exists():
        raise OperatorError("backup-exists", f"{target} exists already")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _publish(part: Path, target: Path) -> None:
    """Make the copy durable under its name: file, rename, directory."""
    with part.open("rb") as copied:
        os.fsync(copied.fileno())
    part.rename(target)
    sync_folder(target.parent)
