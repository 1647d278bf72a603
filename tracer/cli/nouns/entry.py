"""`tracer entry`: our own entry, which other authorities are given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tracer.cli.asking import ask
from tracer.cli.calling import typed
from tracer.cli.context import Globals, pass_globals
from tracer.cli.output import note, show
from tracer.cli.verbs import Verbs
from tracer.cli.words import when


@click.group(cls=Verbs, short_help="Show, hand out and renew our own entry file.")
def command() -> None:
    """Show, hand out and renew our own entry: who we are, our public keys, where we are reached."""


@command.command("show")
@pass_globals
def show_(common: Globals) -> None:
    """Show our entry and its fingerprint, to be read out by telephone.

    \b
    Example:
      tracer entry show
    """
    _show(common, ask(common, "entry.show", acts=False))


@command.command()
@click.option(
    "--to", "target", type=click.Path(path_type=Path), help="Write to this file, not to the screen."
)
@pass_globals
def export(common: Globals, target: Path | None) -> None:
    """Write our entry file, for another authority. It holds nothing secret.

    \b
    Example:
      tracer entry export --to xa-entry.json
    """
    found = ask(common, "entry.show", acts=False)
    if target is None:
        click.echo(found["file"])
    else:
        target.write_text(found["file"], "utf-8")
        target.chmod(0o644)
    note(
        f"Entry {found['number']} of {found['authority']}. They compare this by telephone:\n"
        f"  {found['fingerprint']}"
    )


@command.command()
@pass_globals
def issue(common: Globals) -> None:
    """Issue the next entry with the keys of now, for example after a new one was made elsewhere.

    \b
    Example:
      tracer --actor officer.one entry issue
    """
    tell_issued(common, ask(common, "entry.issue"))


def tell_issued(common: Globals, found: dict[str, Any]) -> None:
    """Show a new entry and say what is to be done with it."""
    _show(common, found)
    note(
        "The node hands it on to every authority with a line by itself. To the others, give the "
        f"file: {typed(common, 'entry export')}\n"
        "They take it without a telephone call; a key they know has signed it."
    )


def _show(common: Globals, found: dict[str, Any]) -> None:
    row = {name: value for name, value in found.items() if value and name != "file"}
    if common.output == "table":
        row["issued"] = when(row["issued"])
    show(row, common.output)
