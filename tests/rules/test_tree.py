"""What is committed: locks without hosts, files without this machine's paths, a true map."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.rules.tree import PACKAGE, ROOT, files

HOST = re.compile(r"://|\b[a-z0-9-]+\.(org|com|io|net|dev)\b")
REGISTRY = re.compile(r"py[p]i\.|python[h]osted|npm[j]s\.|debia[n]\.org")
"""Written so that this file does not match itself."""
MACHINE = re.compile(r"(?<![\w.])/(work|root|home|Users)/\w")
LOCKS = ("requirements/core.txt", "requirements/dev.txt", "requirements/pdf.txt")


def pins(lock: str) -> dict[str, str]:
    lines = (ROOT / lock).read_text().splitlines()
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", "\n".join(lines), re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_every_pin_has_a_hash(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert HOST.findall(text) == []
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)
    assert [
        block.split("\n")[0] for block in blocks if block and "--hash=sha256:" not in block
    ] == []


def test_the_tests_run_on_the_versions_that_people_install() -> None:
    core, dev, pdf = map(pins, LOCKS)
    assert {name: dev.get(name) for name in core} == core
    assert {name: pdf.get(name) for name in core} == core


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    groups = (project["dependencies"], extras["dev"], extras["pdf"])
    for lock, wanted in zip(LOCKS, groups, strict=True):
        names = {re.split(r"[^a-z0-9-]", each.lower())[0] for each in wanted}
        assert names <= set(pins(lock)), lock


def test_no_file_names_a_package_registry() -> None:
    assert [name for name, text in files() if REGISTRY.search(text)] == []


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    found = [
        (name, match.group())
        for name, text in files()
        if not name.startswith("tests/rules/")
        for match in MACHINE.finditer(text)
    ]
    assert found == []


def test_no_private_key_is_in_the_tree() -> None:
    marker = "-----BEGIN " + "(ENCRYPTED |EC |RSA )?PRIVATE KEY"
    assert [name for name, text in files() if re.search(marker, text)] == []


def rooms() -> set[str]:
    """Folders and modules at the top of the package."""
    return {
        path.stem if path.is_file() else path.name
        for path in PACKAGE.iterdir()
        if not path.name.startswith("_")
        and (path.suffix == ".py" or (path / "__init__.py").exists())
    }


def test_the_map_in_the_readme_names_every_room_and_no_other() -> None:
    readme = (ROOT / "README.md").read_text()
    table = readme.split("## Map of the rooms")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `tracer/(\w+)(?:/|\.py)?` \|", table, re.MULTILINE)) == rooms()


MAPS = {
    "casework": ("One verb a file", "What it does not do", r"\b{}\b"),
    "web/ui": ("Where things are", "How to add a page", r"`{}/?`"),
}
"""Rooms of many modules: where the map in the docstring begins and ends, and how it names one."""


@pytest.mark.parametrize("room", MAPS)
def test_the_map_of_a_room_names_each_of_its_modules(room: str) -> None:
    begins, ends, named = MAPS[room]
    told = ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text())) or ""
    drawn = told.split(begins)[1].split(ends)[0]
    inside = {
        path.stem
        for path in (PACKAGE / room).iterdir()
        if not path.name.startswith("_")
        and (path.suffix == ".py" or (path / "__init__.py").exists())
    }
    assert sorted(name for name in inside if not re.search(named.format(name), drawn)) == []


def test_every_relative_link_in_a_document_leads_somewhere() -> None:
    dead = [
        (name, target)
        for name, text in files()
        if name.endswith(".md")
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text)
        if not (ROOT / Path(name).parent / target).exists()
    ]
    assert dead == []


def test_imports_go_down_the_corridor_only() -> None:
    run = subprocess.run(  # noqa: S603
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout
