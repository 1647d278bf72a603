"""The tree as the rules see it: its root, its Python modules, what git would commit."""

from __future__ import annotations

import ast
import gc
import os
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PACKAGE, TESTS = ROOT / "tracer", ROOT / "tests"
UNWATCHED = frozenset(
    (
        *(".git", ".venv", "node_modules", "__pycache__", ".prove", ".demo", "dist"),
        *(".hypothesis", "screenshots", "bench.json", ".coverage"),
    )
)
"""What git ignores: it is not ours."""


class Module(NamedTuple):
    """One Python file: dotted name, path, lines and syntax tree."""

    name: str
    path: Path
    lines: int
    tree: ast.Module


@cache
def modules(folder: Path = PACKAGE) -> tuple[Module, ...]:
    """Every module of the package, or of the tests, in order of name.

    They are kept to the end. The search for garbage among so many nodes, while they are made and
    in every later test, would take many times as long as to read them: it leaves them out.
    """
    gc.collect()
    gc.disable()
    try:
        return tuple(_module(path) for path in sorted(kept(folder)) if path.suffix == ".py")
    finally:
        gc.freeze()
        gc.enable()


def _module(path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    dotted = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    return Module(dotted.removesuffix(".__init__"), path, text.count("\n"), ast.parse(text))


def kept(root: Path = ROOT) -> Iterator[Path]:
    """Every file of the tree that git does not ignore, in order."""
    for folder, inner, names in os.walk(root):
        inner[:] = sorted(name for name in inner if not _ignored(name))
        paths = (Path(folder, name) for name in sorted(names) if not _ignored(name))
        yield from (path for path in paths if path.is_file())


def _ignored(name: str) -> bool:
    return name in UNWATCHED or name.endswith(("_cache", ".egg-info", ".pyc"))


def files() -> Iterator[tuple[str, str]]:
    """Every text file of the tree that git does not ignore: path from the root, content."""
    for path in kept():
        try:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def functions(module: Module) -> Iterator[tuple[str, int]]:
    """Every function and method of a module with its length in lines, docstring not counted."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            spoken = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
            docstring = (first.end_lineno or 0) - first.lineno + 1 if spoken else 0
            yield node.name, (node.end_lineno or 0) - node.lineno + 1 - docstring


def imports(module: Module, known: AbstractSet[str]) -> Iterator[str]:
    """The modules among `known` that a module imports anywhere, by their full names."""
    for node in ast.walk(module.tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in known else node.module for name in inner]
        yield from (name for name in names if name in known)
