"""Small cells are hidden, and nothing that is left gives them away."""

from __future__ import annotations

from itertools import product

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tracer.model.report.suppress import Place, Tie, _sums, derivable, suppressed
from tracer.model.report.table import TOTAL, Cell, Table, counts

COLUMNS = ("sent", "received", "other")


def table(values: list[list[int]]) -> Table:
    width = len(values[0])
    found = {
        (f"r{row}", COLUMNS[column]): value
        for row, line in enumerate(values)
        for column, value in enumerate(line)
    }
    rows = [f"r{row}" for row in range(len(values))]
    return counts("t", "T", found, columns=COLUMNS[:width], rows=rows)


def alone(one: Table) -> Table:
    """The table as it leaves when nothing else does."""
    (found,) = suppressed([one])
    return found


def hidden(one: Table, number: int = 0) -> set[Place]:
    return {
        (number, row, column)
        for row, line in enumerate(one.cells)
        for column, cell in enumerate(line)
        if cell.suppressed
    }


tables = st.integers(1, 3).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 30), min_size=width, max_size=width), min_size=1, max_size=6
    )
)


@given(tables)
def test_no_small_cell_is_left_and_none_can_be_computed_from_the_sums(
    values: list[list[int]],
) -> None:
    before, after = table(values), alone(table(values))
    shown = {cell.value for line in after.cells for cell in line if not cell.suppressed}
    assert shown.isdisjoint(range(1, 5))
    assert derivable(_sums(0, before), hidden(after)) == set()


@given(tables)
def test_what_is_shown_is_what_was_counted(values: list[list[int]]) -> None:
    before, after = table(values), alone(table(values))
    for one, other in zip(before.cells, after.cells, strict=True):
        assert all(b.suppressed or a == b for a, b in zip(one, other, strict=True))


@given(tables)
def test_hidden_cells_of_a_sum_are_never_all_of_the_least_they_can_be(
    values: list[list[int]],
) -> None:
    before, after = table(values), alone(table(values))
    dark = hidden(after)
    for one in _sums(0, before):
        *members, total = one
        if total not in dark and (some := [at for at in members if at in dark]):
            assert sum(before.cells[r][c].value or 0 for _, r, c in some) >= 5


def test_a_table_without_small_cells_leaves_whole() -> None:
    whole = table([[5, 12], [0, 40]])
    assert alone(whole) == whole


def test_one_small_cell_takes_a_second_one_of_its_row_and_column_with_it() -> None:
    found = alone(table([[3, 20], [9, 30], [50, 60]]))
    assert hidden(found) == {(0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1)}
    assert found.value(TOTAL, TOTAL).value == 172


@given(tables, tables)
def test_a_total_that_two_tables_share_gives_away_nothing_in_either(
    one: list[list[int]], other: list[list[int]]
) -> None:
    first, second = table(one), msgspec.structs.replace(table(other), name="u")
    column = ("r0", COLUMNS[0])
    tie = Tie((("t", *column),), ("u", *column))
    found = suppressed([first, second], [tie])
    holds = first.value(*column) == second.value(*column)
    ties = [[(0, 0, 0), (1, 0, 0)]] if holds else []
    sums = [*_sums(0, first), *_sums(1, second), *ties]
    assert derivable(sums, hidden(found[0], 0) | hidden(found[1], 1)) == set()


def test_the_same_count_is_hidden_in_both_tables_or_in_neither() -> None:
    first, second = table([[2], [10], [30]]), table([[0], [10], [32]])
    second = msgspec.structs.replace(second, name="u")
    tie = Tie((("t", "r1", "sent"),), ("u", "r1", "sent"))
    total = Tie((("t", TOTAL, "sent"),), ("u", TOTAL, "sent"))
    found = suppressed([first, second], [tie, total])
    assert (0, 0, 0) in hidden(found[0])
    assert found[0].value("r1", "sent").suppressed == found[1].value("r1", "sent").suppressed


def test_a_median_of_three_days_is_no_count_of_three() -> None:
    days = Table(
        name="days", title="", rows=("a",), columns=("b",), cells=((Cell(3.0),),), summed=False
    )
    assert alone(days) == days


def test_elimination_finds_what_several_sums_give_away_together() -> None:
    sums = [[(0, 0, 0), (0, 0, 1), (0, 0, 2)], [(0, 1, 0), (0, 1, 1), (0, 1, 2)]]
    assert derivable(sums, {(0, 0, 0), (0, 0, 1)}) == set()
    assert derivable(sums, {(0, 0, 0), (0, 1, 0), (0, 1, 1)}) == {(0, 0, 0)}
    square = [(0, row, column) for row, column in product(range(2), range(2))]
    assert derivable([[*square, (0, 9, 9)]], set(square)) == set()
