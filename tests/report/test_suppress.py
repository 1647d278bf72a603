"""Small cells are hidden, and nothing that is left gives them away."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from tracer.model.report.suppress import _sums, derivable, suppressed
from tracer.model.report.table import TOTAL, Table, counts

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


def hidden(one: Table) -> set[tuple[int, int]]:
    return {
        (row, column)
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
    before, after = table(values), suppressed(table(values))
    shown = {cell.value for line in after.cells for cell in line if not cell.suppressed}
    assert shown.isdisjoint(range(1, 5))
    assert derivable(_sums(before), hidden(after)) == set()


@given(tables)
def test_what_is_shown_is_what_was_counted(values: list[list[int]]) -> None:
    before, after = table(values), suppressed(table(values))
    for one, other in zip(before.cells, after.cells, strict=True):
        assert all(b.suppressed or a == b for a, b in zip(one, other, strict=True))


@given(tables)
def test_hidden_cells_of_a_sum_are_never_all_of_the_least_they_can_be(
    values: list[list[int]],
) -> None:
    before, after = table(values), suppressed(table(values))
    dark = hidden(after)
    for one in _sums(before):
        *members, total = one
        if total not in dark and (some := [at for at in members if at in dark]):
            assert sum(before.cells[r][c].value or 0 for r, c in some) >= 5


def test_a_table_without_small_cells_leaves_whole() -> None:
    whole = table([[5, 12], [0, 40]])
    assert suppressed(whole) == whole


def test_one_small_cell_takes_a_second_one_of_its_row_and_column_with_it() -> None:
    found = suppressed(table([[3, 20], [9, 30], [50, 60]]))
    assert hidden(found) == {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert found.value(TOTAL, TOTAL).value == 172


def test_elimination_finds_what_several_sums_give_away_together() -> None:
    sums = [[(0, 0), (0, 1), (0, 2)], [(1, 0), (1, 1), (1, 2)]]
    assert derivable(sums, {(0, 0), (0, 1)}) == set()
    assert derivable(sums, {(0, 0), (1, 0), (1, 1)}) == {(0, 0)}
    square = list(product(range(2), range(2)))
    assert derivable([[*square, (9, 9)]], set(square)) == set()
