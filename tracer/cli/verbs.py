"""The group of a noun and its commands: whole sentences in the help, ids that begin with a dash."""

from __future__ import annotations

import re
from typing import Any, Final

import click

_WHOLE = 200
_ID: Final = re.compile(r"-[A-Za-z0-9_][A-Za-z0-9_-]{5,41}|--[A-Za-z0-9_-]{41}")
"""One message in 64 has an id that begins with a dash; no option of ours has one dash only."""
_MARK: Final = "\0"


class Verb(click.Command):
    """A command that takes the id of a message for what it is, whatever it begins with."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse; what looks like an id is no option."""
        marked = [_MARK + one if _ID.fullmatch(one) else one for one in args]
        rest = super().parse_args(ctx, marked)
        ctx.params = {name: _unmarked(value) for name, value in ctx.params.items()}
        return rest


class Verbs(click.Group):
    """A noun with its commands."""

    command_class = Verb

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands, each with its sentence uncut."""
        rows = [
            (name, found.get_short_help_str(_WHOLE))
            for name in self.list_commands(ctx)
            if (found := self.get_command(ctx, name)) is not None
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _unmarked(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_unmarked, value))
    return value.removeprefix(_MARK) if isinstance(value, str) else value
