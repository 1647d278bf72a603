"""The code keeps its shape: short functions, short modules, no circles."""

import ast
from pathlib import Path

import pytest

from tests.rules.shape import FUNCTION_MAX, MODULE_MAX, cycle, measure
from tests.rules.tree import PACKAGE, TESTS, Module, modules


def module(name: str, text: str) -> Module:
    return Module(name, Path(name), text.count("\n"), ast.parse(text))


@pytest.mark.parametrize("folder", [PACKAGE, TESTS], ids=["tracer", "tests"])
def test_no_function_or_module_is_too_long_and_none_import_each_other(folder: Path) -> None:
    assert measure(modules(folder)).faults == ()


def test_every_module_of_the_tests_is_measured() -> None:
    measured = {module.path for module in modules(TESTS)}
    assert {Path(__file__), TESTS / "conftest.py", TESTS / "desk" / "world.py"} <= measured


def test_the_measure_sees_a_long_function_and_a_long_module() -> None:
    long = "def f():\n" + "    x = 1\n" * FUNCTION_MAX
    faults = measure([module("a", long), module("b", "x = 1\n" * (MODULE_MAX + 1))]).faults
    assert [fault.split(" ")[0] for fault in faults] == ["a.f", "b", "one"]


def test_the_measure_does_not_count_a_docstring() -> None:
    text = 'def f():\n    """' + "x\n" * FUNCTION_MAX + '    """\n    return 1\n'
    assert measure([module("a", text)]).longest == 2


def test_the_measure_sees_modules_that_import_each_other() -> None:
    circle = [module("a", "import b\n"), module("b", "from c import x\n"), module("c", "import a")]
    assert len(cycle(circle)) == 1
    assert cycle(circle[:2]) == []


def test_a_module_may_import_its_sibling_through_their_package() -> None:
    package = module("a", "from a.b import x\n")
    assert cycle([package, module("a.b", "from a import c\n"), module("a.c", "")]) == []
    assert len(cycle([package, module("a.b", "from a import y\n")])) == 1
