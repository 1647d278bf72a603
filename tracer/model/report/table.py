"""Tables of counts: named rows and columns, sums where they belong, cells that may be hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

TOTAL = "total"
"""Name of the row or column that holds the sums."""


class Cell(Struct, frozen=True, omit_defaults=True):
    """One figure. A suppressed one holds no value; `share` cells hold a proportion, not a count."""

    value: int | float | None
    suppressed: bool = False


class Table(Struct, frozen=True, kw_only=True):
    """One table of a report.

    `source` says where its figures come from. Where `summed`, the row and the column `total` are
    the sums of the others; other tables have cells that do not add up (medians, shares).
    """

    name: str
    title: str
    note: str = ""
    source: str = "counted"
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]
    summed: bool = True

    def value(self, row: str, column: str) -> Cell:
        """One cell by its names."""
        return self.cells[self.rows.index(row)][self.columns.index(column)]


def counts(
    name: str,
    title: str,
    found: Mapping[tuple[str, str], int],
    *,
    columns: Sequence[str],
    rows: Sequence[str] | None = None,
    note: str = "",
    source: str = "counted",
) -> Table:
    """A table of counts with sums of its rows and, where there are several columns, of these.

    Args:
        name: Stable name of the table.
        title: What people read.
        found: Counts by (row, column); what is absent is 0.
        columns: The columns in their order.
        rows: The rows in their order; by name, if left out.
        note: How it was counted.
        source: `counted` or `declared`.
    """
    named = sorted({row for row, _ in found}) if rows is None else list(rows)
    wide = [*columns, TOTAL] if len(columns) > 1 else list(columns)
    lines = [[found.get((row, column), 0) for column in columns] for row in named]
    lines.append([sum(column) for column in zip(*lines, strict=True)] or [0] * len(columns))
    if len(columns) > 1:
        lines = [[*line, sum(line)] for line in lines]
    return Table(
        name=name,
        title=title,
        note=note,
        source=source,
        rows=(*named, TOTAL),
        columns=tuple(wide),
        cells=tuple(tuple(Cell(value) for value in line) for line in lines),
    )
