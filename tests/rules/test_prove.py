"""`make prove` notes a proof as passed only where all of it ran, on the files that lie here."""

import re
import shutil
from pathlib import Path

import pytest

from tests.prove import STATE, main, proofs, run, tree
from tests.rules.tree import ROOT

PROOF = """
import pytest

@pytest.mark.prove
@pytest.mark.parametrize("size", [1, 2])
def test_holds(size):
    {}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder that is no clone, with one proof that holds."""
    for folder in ("tests", "tracer", STATE):
        (tmp_path / folder).mkdir()
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    prove: a proof\n")
    write(tmp_path, "assert size")
    return tmp_path


def write(project: Path, line: str) -> None:
    (project / "tests" / "test_one.py").write_text(PROOF.format(line))


def passed(project: Path) -> list[str]:
    record = project / STATE / f"{tree(project)}.passed"
    return record.read_text().splitlines() if record.exists() else []


def test_a_proof_that_holds_is_noted_and_not_run_again(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([], project) == 0
    assert passed(project) == ["tests/test_one.py::test_holds"]
    capsys.readouterr()
    assert main([], project) == 0
    assert "1 proofs, 1 passed before on this tree" in capsys.readouterr().out


def test_a_proof_of_which_a_part_was_skipped_has_not_passed_and_says_why(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project, "if size == 2: pytest.skip('axe-core is not here')")
    assert main([], project) == 1
    said = capsys.readouterr().out
    assert "FAILED" in said
    assert "1 of 2 were skipped and prove nothing: axe-core is not here. Install" in said
    assert passed(project) == []


def test_a_proof_that_fails_has_not_passed(project: Path) -> None:
    write(project, "assert size == 1")
    assert main([], project) == 1
    assert passed(project) == []


def test_a_proof_of_which_nothing_runs_has_not_passed(project: Path) -> None:
    name = "tests/test_one.py::test_holds"
    assert proofs(project) == [name]
    path = project / "tests" / "test_one.py"
    path.write_text(path.read_text().replace("@pytest.mark.prove", ""))
    assert "nothing ran" in run(name, project)
    path.unlink()
    assert run(name, project)


def test_words_that_choose_no_proof_are_no_success(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["gone"], project) == 1
    assert "No proof has gone in its name" in capsys.readouterr().out


@pytest.mark.parametrize("folder", ["tracer", "tests"])
def test_a_file_that_git_does_not_know_yet_makes_another_tree(project: Path, folder: str) -> None:
    before = tree(project)
    new = project / folder / "new.py"
    new.write_text("A = 1\n")
    with_it = tree(project)
    new.write_text("A = 2\n")
    assert len({before, with_it, tree(project)}) == 3
    new.unlink()
    assert tree(project) == before


def test_what_git_ignores_does_not_make_another_tree(project: Path) -> None:
    before = tree(project)
    (project / STATE / "more.log").write_text("a log")
    (project / "tests" / "__pycache__").mkdir()
    (project / "tests" / "__pycache__" / "one.pyc").write_bytes(b"x")
    assert tree(project) == before


def test_a_copy_of_the_tree_has_its_name(project: Path, tmp_path: Path) -> None:
    copy = tmp_path / "dist" / "copy"
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns("dist"))
    assert tree(copy) == tree(project)


def test_make_installs_what_the_proofs_need_before_it_runs_them() -> None:
    needs = re.search(r"^prove:(.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert needs is not None
    assert {"node-tests", "browser-modules"} <= set(needs[1].split())
