"""What is wrong with a file is one sentence, before anything is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.house import say
from tests.nodes import Made


@pytest.mark.parametrize(
    "words",
    [
        ("evidence", "export", "XA-2026-000001", "-o"),
        ("report", "year", "2026", "-o"),
        ("report", "statement", "--with", "XB", "--since", "2026-01", "--until", "2026-02", "-o"),
    ],
)
def test_a_folder_that_is_not_there_is_named_before_anything_is_done(
    resting: Made, tmp_path: Path, words: tuple[str, ...]
) -> None:
    said = say(resting.home.root, *words, str(tmp_path / "nowhere" / "x.json"))
    assert said.code == 2
    assert "does not exist" in said.err
    assert "Traceback" not in said.err


def test_what_is_no_evidence_file_is_told_so(resting: Made, tmp_path: Path) -> None:
    text = tmp_path / "README.md"
    text.write_text("# Read me\n")
    said = say(resting.home.root, "verify", str(text), output="table")
    assert (said.code, "this is no evidence file" in said.out) == (1, True)


def test_bytes_that_are_no_text_are_no_statement(resting: Made, tmp_path: Path) -> None:
    garbage = tmp_path / "g.zip"
    garbage.write_bytes(bytes(range(256)))
    said = say(
        resting.home.root, "report", "countersign", str(garbage), "-o", str(tmp_path / "both.json")
    )
    assert "[file-form]" in said.err
    assert not (tmp_path / "both.json").exists()
