"""The table of SECURITY.md has every requirement once, and each test that it names is there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.rules.tree import ROOT

ASKED = {
    "1": {1: 2, 2: 9, 3: 11, 4: 3, 5: 2},
    "2": {1: 3, 2: 3, 3: 4, 4: 1},
    "3": {2: 2, 3: 4, 4: 6, 5: 5, 7: 2},
    "5": {1: 1, 2: 3, 3: 2, 4: 3},
    "6": {1: 3, 2: 12, 3: 4, 4: 4, 5: 5, 6: 3, 8: 4},
    "7": {1: 3, 2: 4, 3: 2, 4: 5, 5: 2, 6: 2},
    "8": {1: 2, 2: 3, 3: 1, 4: 1},
}
"""ASVS 5.0.0: how many requirements of levels 1 and 2 each section begins with; the rest is 3."""
MET = {"yes", "part", "no", "-"}


def rows() -> Iterator[tuple[str, str, str]]:
    """Numbers, whether they are met, and how, of each row."""
    table = (ROOT / "SECURITY.md").read_text("utf-8").partition("| no. | asked | met |")[2]
    for line in table.partition("\n\n")[0].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0][:1].isdigit():
            yield cells[0], cells[2], cells[3]


def numbers(text: str) -> Iterator[str]:
    """`6.1.1, 6.3.2 to 6.3.4` as single numbers; what is of level 3 is not asked."""
    if "level 3" in text:
        return
    for part in text.split(","):
        first, _, last = part.strip().partition(" to ")
        *section, number = first.split(".")
        for one in range(int(number), int((last or first).rpartition(".")[2]) + 1):
            yield ".".join((*section, str(one)))


def test_every_requirement_of_levels_1_and_2_stands_in_the_table_once() -> None:
    found = Counter(one for text, _, _ in rows() for one in numbers(text))
    asked = {
        f"{chapter}.{section}.{number}"
        for chapter, sections in ASKED.items()
        for section, count in sections.items()
        for number in range(1, count + 1)
    }
    assert set(found) == asked
    assert {one: count for one, count in found.items() if count > 1} == {}


def test_each_row_says_whether_it_is_met_and_what_is_left_where_it_is_not() -> None:
    for text, met, how in rows():
        assert met in MET, text
        assert len(how.partition("·")[0]) > 20 or met in {"yes", "-"}, text


def named() -> list[str]:
    """Every test that the table names."""
    return [one for _, _, how in rows() for one in re.findall(r"`([a-z_]+/\w+::\w+)`", how)]


@pytest.mark.parametrize("test", sorted(set(named())))
def test_a_test_that_the_table_names_is_there(test: str) -> None:
    file, _, name = test.partition("::")
    text = (ROOT / "tests" / f"{file}.py").read_text("utf-8")
    assert re.search(rf"^(?:async )?def {name}\(", text, re.MULTILINE)


def test_whatever_is_met_in_part_or_whole_names_a_test_or_says_that_there_is_none() -> None:
    for text, met, how in rows():
        if met in {"yes", "part"}:
            assert "::" in how or "no test of its own" in how, text
