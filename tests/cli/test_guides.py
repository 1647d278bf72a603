"""What the guides tell people to type is not refused for want of who acts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.test_help import EVERY
from tests.rules.tree import ROOT
from tracer.cli.calling import needs_actor
from tracer.cli.main import COMMANDS

GUIDES = ("README.md", "deploy/OPERATE.md", "keys/README.md")
SPAN = re.compile(r"`([^`]+)`|^    (.+)$", re.MULTILINE)
TYPED = re.compile(rf"(?<![\w/.-])tracer (?:--data-dir \S+ )?((?:{'|'.join(COMMANDS)})\b.*)")


def nameless(guide: Path) -> Iterator[str]:
    """Commands of a guide, in the text or on a line of their own, that name nobody."""
    for found in SPAN.finditer(guide.read_text("utf-8")):
        words = " ".join((found[1] or found[2]).partition("#")[0].split())
        typed = TYPED.search(words)
        if typed and needs_actor(typed[1]):
            yield words


@pytest.mark.parametrize("guide", GUIDES)
def test_a_command_of_a_guide_that_is_done_in_a_name_says_whose(guide: str) -> None:
    assert list(nameless(ROOT / guide)) == []


@pytest.mark.parametrize("typed", EVERY)
def test_a_command_is_done_in_a_name_where_its_examples_say_one(typed: str) -> None:
    told = (EVERY[typed].help or "").splitlines()
    examples = [line for line in told if line.strip().startswith("tracer ") and typed in line]
    plain = [one for one in examples if not re.search(r"--(template|types|stuck|dry-run)\b", one)]
    assert {"--actor" in one for one in plain} == {needs_actor(typed)}
