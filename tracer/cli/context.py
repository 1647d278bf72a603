"""What every command is given: the data folder, the form of output, the acting person."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from tracer.errors import InputError

if TYPE_CHECKING:
    from tracer.config import Config

Output = Literal["table", "json"]


@dataclass(frozen=True, kw_only=True)
class Globals:
    """The options before the noun."""

    data_dir: Path
    output: Output
    actor: str | None

    def config(self) -> Config:
        """Read the configuration of the data folder.

        Raises:
            OperatorError: a file or variable holds something unknown or wrong.
        """
        from tracer.config import Config

        return Config.load(self.data_dir)

    def acting(self) -> str:
        """The name of the person who acts.

        Raises:
            InputError: `actor-missing`; acts in a case are never anonymous.
        """
        if not self.actor:
            raise InputError(
                "actor-missing",
                "this act needs to know who does it",
                advice="Give --actor NAME before the command, or set TRACER_ACTOR.",
            )
        return self.actor


pass_globals = click.make_pass_decorator(Globals)
"""Decorator of a command that takes the `Globals` as its first argument."""


def default_data_dir() -> Path:
    """Where a user's own node lives unless told otherwise: the XDG data folder."""
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path("~/.local/share").expanduser()) / "tracer"
