"""The shape of the code in figures: `python -m tests.rules.shape` prints them and judges.

Bounds: no function over 60 lines (docstring not counted), nine in ten at most 30, no module over
500 lines, no two modules that import each other, directly or around. The package and its tests are
measured apart, so that the many short functions of the tests hide nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from tests.rules.tree import PACKAGE, TESTS, Module, functions, imports, modules

FUNCTION_MAX = 60
FUNCTION_P90 = 30
MODULE_MAX = 500


class Shape(NamedTuple):
    """What was measured, and a sentence for each bound that is broken."""

    functions: int
    median: int
    p90: int
    longest: int
    modules: int
    longest_module: int
    faults: tuple[str, ...]


def measure(found: Iterable[Module]) -> Shape:
    """Measure modules and name each function, module or cycle that breaks a bound."""
    found = tuple(found)
    sizes = sorted(
        (lines, f"{module.name}.{name}") for module in found for name, lines in functions(module)
    )
    faults = [f"{name} has {lines} lines" for lines, name in sizes if lines > FUNCTION_MAX]
    faults += [f"{m.name} has {m.lines} lines" for m in found if m.lines > MODULE_MAX]
    lengths = [lines for lines, _ in sizes] or [0]
    p90 = lengths[int(0.9 * (len(lengths) - 1))]
    if p90 > FUNCTION_P90:
        faults.append(f"one function in ten has more than {p90} lines")
    faults += cycle(found)
    return Shape(
        len(sizes),
        lengths[len(lengths) // 2],
        p90,
        lengths[-1],
        len(found),
        max((m.lines for m in found), default=0),
        tuple(faults),
    )


def cycle(found: Iterable[Module]) -> list[str]:
    """Name one circle of modules that import each other, if there is one."""
    found = tuple(found)
    names = {module.name for module in found}
    graph: Mapping[str, set[str]] = {
        module.name: set(imports(module, names)) - {module.name} for module in found
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return ["modules import each other: " + " -> ".join(error.args[1])]
    return []


def main() -> int:
    """Print the figures; 1 if a bound is broken."""
    found = {folder.name: measure(modules(folder)) for folder in (PACKAGE, TESTS)}
    for name, shape in found.items():
        print(  # noqa: T201
            f"Shape of {name}: {shape.functions} functions, median {shape.median}, p90 "
            f"{shape.p90}, longest {shape.longest} lines; {shape.modules} modules, longest "
            f"{shape.longest_module} lines"
        )
        for fault in shape.faults:
            print(f"  {fault}", file=sys.stderr)  # noqa: T201
    return 1 if any(shape.faults for shape in found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
