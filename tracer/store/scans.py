"""What a scanner for malware said of files, one row a file.

The name of a row can be made only by who has the file's key (`casework.scanning`), so that of a
file that was destroyed the row tells nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal

import msgspec
from sqlalchemy import Connection, select

from tracer.store.dialect import chunks, upsert
from tracer.store.group import Group
from tracer.store.tables.scans import scan

Outcome = Literal["clean", "found", "large", "down"]
"""Nothing was found, something was; not scanned: too large for it, or it did not answer."""
_PUT: Final = upsert(scan, ("file",))


class ScanRow(msgspec.Struct, frozen=True):
    """What was said of a file; `name` is the scanner's, of what it found."""

    file: str
    outcome: Outcome
    name: str
    at: str


class Scans:
    """`tx.scans`."""

    def __init__(self, conn: Connection, group: Group) -> None:
        self._conn = conn
        self._group = group

    def put(self, file: str, outcome: Outcome, name: str = "") -> None:
        """Keep what was said last."""
        _PUT.run(self._conn, [(file, outcome, name, self._group.now)])

    def of(self, files: Collection[str]) -> dict[str, ScanRow]:
        """What is known of some files; one that was never handed over is not in it."""
        found: dict[str, ScanRow] = {}
        for part in chunks(list(files)):
            for row in self._conn.execute(select(scan).where(scan.c.file.in_(part))).mappings():
                found[row["file"]] = ScanRow(**row)
        return found
