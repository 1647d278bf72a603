"""How a hint is typed: as this program was called, and for the same folder."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rules.tree import modules
from tracer.cli.calling import program, retold, typed
from tracer.cli.context import Globals, default_data_dir
from tracer.cli.main import COMMANDS, main


def script(folder: Path) -> Path:
    """A program of that name in a folder."""
    folder.mkdir()
    made = folder / "tracer"
    made.write_text("#!/bin/sh\n")
    made.chmod(0o700)
    return made


def told(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Texts by line, said as they stand: no help, no advice (`retold`), no name of a lock."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.Expr(value=ast.Constant()) | ast.keyword(arg="help" | "short_help" | "advice"):
                continue
            case ast.Call(func=ast.Attribute(attr="acquire")):
                continue
            case ast.Constant(value=str(text)):
                yield node.lineno, text
            case _:
                yield from told(node)


def test_a_program_that_is_on_the_path_is_called_by_its_name(tmp_path: Path) -> None:
    called = script(tmp_path / "bin")
    assert program(str(called), str(called.parent)) == "tracer"


def test_a_program_that_is_on_no_path_or_is_another_one_there_is_called_in_full(
    tmp_path: Path,
) -> None:
    called, other = script(tmp_path / "a clone"), script(tmp_path / "bin")
    for path in (tmp_path, other.parent):
        assert program(str(called), str(path)) == f"'{called}'"


def test_a_package_that_was_run_is_run_again() -> None:
    assert program("/clone/tracer/__main__.py") == f"{sys.executable} -m tracer"


@pytest.mark.parametrize("default", [True, False])
def test_the_folder_is_named_unless_it_is_the_default_one(tmp_path: Path, *, default: bool) -> None:
    folder = default_data_dir() if default else tmp_path
    given = Globals(data_dir=folder, output="table", actor=None)
    found = typed(given, "peer list", actor="NAME")
    told = "" if default else f" --data-dir {tmp_path}"
    assert found == f"tracer{told} --actor NAME peer list"


def test_an_advice_names_the_program_and_the_folder_and_nothing_is_told_twice(
    tmp_path: Path,
) -> None:
    given = Globals(data_dir=tmp_path, output="table", actor=None)
    again = typed(given, "peer list")
    told = retold(f"See `tracer status`, tracer peer add; tracer.toml, {again}.", given)
    called = f"tracer --data-dir {tmp_path}"
    assert told == f"See `{called} status`, {called} --actor NAME peer add; tracer.toml, {again}."
    assert retold("python -m tracer peer list", given) == "python -m tracer peer list"


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("peer add FILE", " --actor ada"),
        ("restore show.", " --actor ada"),
        ("witness choose AUTHORITY...", " --actor ada"),
        ("peer ping XB-NPOC", ""),
        ("store verify", ""),
        ("verify case.zip", ""),
        ("request new --template", ""),
    ],
)
def test_a_hint_names_who_acts_where_the_command_would_be_refused_without(
    words: str, named: str
) -> None:
    given = Globals(data_dir=default_data_dir(), output="table", actor="ada")
    assert typed(given, words) == f"tracer{named} {words}"
    assert retold(f"See: tracer {words}", given) == f"See: tracer{named} {words}"


def test_an_advice_for_somebody_else_keeps_the_name_it_has() -> None:
    given = Globals(data_dir=default_data_dir(), output="table", actor="ada")
    told = "Ask another officer: tracer --actor NAME release approve D1."
    assert retold(told, given) == told


def test_an_advice_that_has_the_folder_in_it_is_told_once_whatever_the_folder_is_called(
    tmp_path: Path,
) -> None:
    given = Globals(data_dir=tmp_path / "my tracer node", output="table", actor=None)
    told = f"Look in {given.data_dir}, then run: {typed(given, 'status')}."
    assert retold(told, given) == told


def test_no_text_of_the_command_line_names_a_command_as_it_is_typed_nowhere() -> None:
    bare = re.compile(rf"(?<![\w/.-])tracer ({'|'.join(COMMANDS)})\b")
    found = [
        f"{module.name}:{line} {text}"
        for module in modules()
        if module.name.startswith("tracer.cli")
        for line, text in told(module.tree)
        if bare.search(text)
    ]
    assert found == []


def test_what_an_error_advises_is_said_as_it_is_typed_here(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "none"
    main(["--data-dir", str(folder), "--actor", "ada", "thread", "list"])
    assert f"tracer --data-dir {folder} init" in capsys.readouterr().err
