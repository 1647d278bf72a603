"""Small cells are hidden before a report leaves, and what would give them away with them.

A count of 1 to 4 can point at a person. Hiding it alone is not enough: a sum that stays gives it
back, in its own table or in another that counts the same cases. So, for every sum of a table (a
row, a column) and every sum across tables (a `Tie`):

1. counts of 1 to 4 are suppressed (sums too; medians and shares are no counts);
2. while one sum has exactly one suppressed member, or its suppressed members together make less
   than 5, its smallest other member is suppressed as well, last of all the sum itself;
3. while a suppressed cell still follows from all sums together (linear algebra over all
   tables), the smallest cell beside it is suppressed.

Zero is no small cell and is shown: that nothing happened tells of nobody. It is hidden only where
nothing else is left to hide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import msgspec

from tracer.model.report.table import Cell, Table

SMALL = range(1, 5)
ENOUGH = 5
"""Suppressed members of one sum make at least this much together."""

Place = tuple[int, int, int]
"""Table, row, column, by their numbers."""


class Tie(NamedTuple):
    """Cells that add up to another one, by the names of table, row and column."""

    members: tuple[tuple[str, str, str], ...]
    total: tuple[str, str, str]


def suppressed(tables: Sequence[Table], ties: Iterable[Tie] = ()) -> tuple[Table, ...]:
    """The tables of one report as they may leave together.

    Cells of a table that does not add up give nothing away and are given away by nothing, unless a
    tie names them. A tie that names a cell which is not there, or that does not add up here, is
    none.
    """
    values = _values(tables)
    sums = [one for number, table in enumerate(tables) for one in _sums(number, table)]
    sums += _tied(tables, ties, values)
    hidden = {at for at, value in values.items() if _is_small(value)}
    return _shown(tables, _closed(values, sums, hidden))


def _shown(tables: Sequence[Table], hidden: set[Place]) -> tuple[Table, ...]:
    return tuple(
        msgspec.structs.replace(
            table,
            cells=tuple(
                tuple(
                    Cell(None, suppressed=True) if (number, row, column) in hidden else cell
                    for column, cell in enumerate(line)
                )
                for row, line in enumerate(table.cells)
            ),
        )
        for number, table in enumerate(tables)
    )


def _tied(
    tables: Sequence[Table], ties: Iterable[Tie], values: Mapping[Place, float]
) -> Iterator[list[Place]]:
    places = {
        (table.name, row, column): (number, down, across)
        for number, table in enumerate(tables)
        for down, row in enumerate(table.rows)
        for across, column in enumerate(table.columns)
    }
    for tie in ties:
        members = [places[one] for one in tie.members if one in places]
        total = places.get(tie.total)
        if members and total and sum(values[at] for at in members) == values[total]:
            yield [*members, total]


def derivable(sums: Sequence[Sequence[Place]], hidden: set[Place]) -> set[Place]:
    """The hidden cells that follow from the sums: each sum lists its members, then its total.

    Gaussian elimination over the hidden cells: a cell is known if a row of the reduced form holds
    it alone.
    """
    order = sorted(hidden)
    rows = []
    for one in sums:
        signs = {at: Fraction(1) for at in one[:-1]} | {one[-1]: Fraction(-1)}
        row = [signs.get(at, Fraction(0)) for at in order]
        if any(row):
            rows.append(row)
    reduced = _reduced(rows, len(order))
    return {
        order[places[0]]
        for row in reduced
        if len(places := [n for n, value in enumerate(row) if value]) == 1
    }


def _closed(
    values: dict[Place, float], sums: Sequence[Sequence[Place]], hidden: set[Place]
) -> set[Place]:
    """Steps 2 and 3, until nothing changes."""
    found = set(hidden)
    while True:
        weak = next((one for one in sums if _is_weak(one, found, values)), None)
        known = set() if weak is not None else derivable(sums, found)
        if weak is None and not known:
            return found
        beside = weak or next(one for one in sums if known & set(one))
        left = [at for one in ([beside] if weak else sums) for at in one if at not in found]
        if not left:
            return found | {at for one in sums for at in one}
        found.add(min(left, key=lambda at: _cost(at, beside, values)))


def _is_weak(one: Sequence[Place], hidden: set[Place], values: dict[Place, float]) -> bool:
    members = [at for at in one if at in hidden]
    if not members or len(members) == len(one):
        return False
    if len(members) == 1:
        return True
    return one[-1] not in hidden and sum(values[at] for at in members) < ENOUGH


def _cost(
    at: Place, beside: Sequence[Place], values: dict[Place, float]
) -> tuple[bool, bool, bool, float, Place]:
    """What is suppressed first: a member of this sum, not the sum itself, not a zero, the least."""
    return at not in beside, at == beside[-1], values[at] == 0, values[at], at


def _is_small(value: float) -> bool:
    return isinstance(value, int) and value in SMALL


def _values(tables: Sequence[Table]) -> dict[Place, float]:
    return {
        (number, row, column): cell.value or 0
        for number, table in enumerate(tables)
        for row, line in enumerate(table.cells)
        for column, cell in enumerate(line)
    }


def _sums(number: int, table: Table) -> list[list[Place]]:
    """Every sum of a table: its members, then the cell that holds it."""
    if not table.summed:
        return []
    height, width = len(table.rows), len(table.columns)
    down = [[(number, row, column) for row in range(height)] for column in range(width)]
    across = [[(number, row, column) for column in range(width)] for row in range(height)]
    return [*down, *(across if width > 1 else [])]


def _reduced(rows: list[list[Fraction]], width: int) -> list[list[Fraction]]:
    done = 0
    for column in range(width):
        pivot = next((n for n in range(done, len(rows)) if rows[n][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        head = rows[done][column]
        rows[done] = [value / head for value in rows[done]]
        for n, row in enumerate(rows):
            if n != done and row[column]:
                factor = row[column]
                rows[n] = [a - factor * b for a, b in zip(row, rows[done], strict=True)]
        done += 1
    return rows[:done]
