"""What stands in the audit trail is shown in words."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.rules.tree import modules
from tracer.web.ui.acts import ACTS

OF_THE_NODE = frozenset({"journal-closed", "journal-opened", "journal-gap", "entry-begin"})


def written() -> Iterator[str]:
    """The acts that the code writes by a literal."""
    for module in modules():
        for node in ast.walk(module.tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "write"
                and len(node.args) > 1
                and isinstance(node.args[1], ast.Constant)
                and ast.unparse(node.func).endswith("audit.write")
            ):
                yield str(node.args[1].value)


def test_every_act_of_a_person_has_words() -> None:
    found = set(written())
    assert len(found) > 40
    assert found - OF_THE_NODE - set(ACTS) == set()
