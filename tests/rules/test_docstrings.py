"""Public names say what they are for, and each room says what it does not do."""

import ast
import re
from collections.abc import Iterator

from tests.rules.tree import Module, modules

COVERED = 0.95
Named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def public(module: Module) -> Iterator[tuple[str, bool]]:
    """Modules, classes, functions and methods without a leading underscore, and if they speak."""
    yield module.name, ast.get_docstring(module.tree) is not None
    stack: list[tuple[str, ast.AST]] = [(module.name, module.tree)]
    while stack:
        owner, node = stack.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, Named) and not child.name.startswith("_"):
                name = f"{owner}.{child.name}"
                yield name, ast.get_docstring(child) is not None
                if isinstance(child, ast.ClassDef):
                    stack.append((name, child))


def test_at_least_95_in_100_public_names_have_a_docstring() -> None:
    names = [found for module in modules() for found in public(module)]
    silent = [name for name, spoken in names if not spoken]
    assert len(names) > len(silent) / (1 - COVERED) - 1, silent


def test_every_module_has_a_docstring() -> None:
    assert [m.name for m in modules() if not ast.get_docstring(m.tree)] == []


def test_no_docstring_of_a_room_with_code_is_a_promise() -> None:
    promise = re.compile("to be described|todo|fixme|xxx", re.IGNORECASE)
    assert [
        module.name
        for module in modules()
        if promise.search(ast.get_docstring(module.tree) or "")
        and len(list(module.path.parent.glob("*.py"))) > 1
    ] == []
