"""The group of a noun: its help shows the whole first sentence of every command."""

from __future__ import annotations

import click

_WHOLE = 200


class Verbs(click.Group):
    """A noun with its commands."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands, each with its sentence uncut."""
        rows = [
            (name, found.get_short_help_str(_WHOLE))
            for name in self.list_commands(ctx)
            if (found := self.get_command(ctx, name)) is not None
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)
