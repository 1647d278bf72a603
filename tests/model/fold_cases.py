"""Where the scenarios of the fold are gathered."""

from __future__ import annotations

from collections.abc import Callable

from tests.model.threads import Talk

Scenario = Callable[[], Talk]
SCENARIOS: dict[str, Scenario] = {}


def scenario(make: Scenario) -> Scenario:
    """Register a scenario under its name with hyphens; its docstring is its sentence."""
    SCENARIOS[make.__name__.replace("_", "-")] = make
    return make
