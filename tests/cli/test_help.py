"""What a stranger reads first: the help of every command."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator

import click
import pytest

from tracer.cli.main import COMMANDS, main
from tracer.model.codes import LISTS


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command under every noun that has its module, by what one types."""
    for noun in COMMANDS:
        try:
            found = importlib.import_module(f"tracer.cli.nouns.{noun}").command
        except ModuleNotFoundError:
            continue
        if isinstance(found, click.Group):
            yield from ((f"{noun} {name}", one) for name, one in found.commands.items())
        else:
            yield noun, found


EVERY = dict(commands())


@pytest.mark.parametrize("typed", EVERY)
def test_every_command_says_in_a_sentence_what_it_does_and_shows_an_example(
    typed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*typed.split(), "--help"]) == 0
    told = capsys.readouterr().out
    assert (EVERY[typed].help or "").split("\n")[0].rstrip().endswith(".")
    assert "Example" in told
    examples = [line.strip() for line in told.splitlines() if line.strip().startswith("tracer ")]
    assert any(typed in line for line in examples), told


@pytest.mark.parametrize("typed", EVERY)
def test_every_option_is_explained(typed: str) -> None:
    options = [one for one in EVERY[typed].params if isinstance(one, click.Option)]
    assert [one.name for one in options if not one.help] == []


@pytest.mark.parametrize("typed", EVERY)
def test_a_code_that_a_help_names_is_one_that_there_is(typed: str) -> None:
    told = [
        EVERY[typed].help or "",
        *(getattr(one, "help", "") or "" for one in EVERY[typed].params),
    ]
    named = set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", " ".join(told)))
    assert named <= {str(value) for values in LISTS.values() for value in values}


def test_what_people_read_names_things_as_they_do() -> None:
    forbidden = {"fold", "leaf", "outbox", "payload"}
    told = " ".join(f"{one.help} {one.short_help}" for one in EVERY.values()).lower()
    assert forbidden.isdisjoint(told.replace(".", " ").replace(",", " ").split())
