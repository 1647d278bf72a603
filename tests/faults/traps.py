"""Reads the source for what persists, and for the traps that stand before and after each of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OS_CALLS = frozenset(
    {"fsync", "fdatasync", "ftruncate", "link", "pwrite", "rename", "replace", "truncate", "unlink"}
)
"""Of the module `os`."""
METHODS = frozenset({"hardlink_to", "rename", "unlink", "write_bytes", "write_text", "commit"})
"""Of a path, or of a connection, under whatever name it goes."""
FUNCTIONS = frozenset({"sync_folder", "_write"})
"""Of ours, that do nothing else."""
TRAPS = frozenset({"fault", "_fault", "_step"})


@dataclass(frozen=True, slots=True)
class Persistent:
    """A call that persists: where it stands, and whether a trap is on either side of it.

    On either side: between it and the call that persists before or after it in the same function,
    or the end of the function.
    """

    where: str
    call: str
    line: int
    trapped: bool

    @property
    def name(self) -> tuple[str, str]:
        """Function and call, as a list of exceptions names them."""
        return self.where, self.call


def persistent(path: Path, shown: str) -> Iterator[Persistent]:
    """Every call in a file that persists; a transaction is one."""
    for owner, function in _functions(ast.parse(path.read_text()), shown):
        found = sorted(_events(function))
        for at, (line, _, call) in enumerate(found):
            if call:
                around = [found[other][2] for other in (at - 1, at + 1) if 0 <= other < len(found)]
                trapped = len(around) == 2 and not any(around)
                yield Persistent(owner, call, line, trapped)


def _functions(tree: ast.AST, owner: str) -> Iterator[tuple[str, ast.AST]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{owner}:{node.name}")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{owner}:{node.name}", node
        else:
            yield from _functions(node, owner)


def _events(function: ast.AST) -> Iterator[tuple[int, int, str]]:
    """What persists and, with an empty name, what traps; in the order of the source.

    A transaction persists at its end.
    """
    for node in ast.walk(function):
        if isinstance(node, ast.With | ast.AsyncWith):
            if any(_method(item.context_expr) == "begin" for item in node.items):
                yield node.end_lineno or 0, 10_000, "begin"
        elif isinstance(node, ast.Call):
            name = _persists(node)
            if name or _called(node) in TRAPS:
                yield node.lineno, node.col_offset, name


def _persists(node: ast.Call) -> str:
    of_os = isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "os"
    name = _called(node)
    if of_os:
        return name if name in OS_CALLS else ""
    if isinstance(node.func, ast.Name):
        return name if name in FUNCTIONS else ""
    replaced = name == "replace" and len(node.args) == 1 and not node.keywords
    return name if name in METHODS or replaced else ""


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _method(node: ast.expr) -> str:
    return _called(node) if isinstance(node, ast.Call) else ""
