"""Tables that leave: no cell runs as a formula, and nothing of it is lost."""

from __future__ import annotations

import ast
import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from tests.rules.tree import PACKAGE, modules
from tracer.casework.table_files import FORMULA, comma_separated, plain

LEADS = (
    "",
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
    "'",
    '"',
    ",",
)
CELLS = st.builds(
    "{}{}".format,
    st.sampled_from(LEADS),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
)


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@given(st.lists(st.lists(CELLS, min_size=2, max_size=3), max_size=4))
def test_no_cell_of_a_table_begins_like_a_formula_and_every_text_is_still_there(
    rows: list[list[str]],
) -> None:
    found = read(comma_separated(("=first", "second"), rows))
    assert not any(cell.startswith(FORMULA) for row in found for cell in row)
    for given_row, read_row in zip(rows, found[1:], strict=True):
        for text, cell in zip(given_row, read_row, strict=True):
            assert cell == (f"'{text}" if text.startswith(FORMULA) else text)


def test_a_number_below_nothing_is_text_and_nothing_is_an_empty_cell() -> None:
    assert (plain(-5), plain(5), plain(None), plain(0)) == ("'-5", "5", "", "0")


def test_nothing_else_of_the_project_writes_such_a_table() -> None:
    """`plain` cannot be forgotten where nobody else writes cells."""
    writers = {
        module.path.relative_to(PACKAGE).as_posix()
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr in {"writer", "DictWriter"}
        if isinstance(node.value, ast.Name) and node.value.id == "csv"
    }
    assert writers == {"casework/table_files.py"}
