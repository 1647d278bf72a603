"""`tracer review`: a supervisor looks over what one person released alone."""

from __future__ import annotations

import click

from tracer.cli.asking import ask
from tracer.cli.context import Globals, pass_globals
from tracer.cli.nouns.release import show_rows
from tracer.cli.output import note
from tracer.cli.verbs import Verbs


@click.group(cls=Verbs, short_help="Look over what one person released alone.")
def command() -> None:
    """Look over what one person released alone, with a reason."""


@command.command("list")
@pass_globals
def list_(common: Globals) -> None:
    """List what nobody has looked over yet, with the reasons.

    \b
    Example:
      tracer --actor supervisor.one review list
    """
    show_rows(common, ask(common, "review.list"), empty="Nothing waits for review.")


@command.command()
@click.argument("draft")
@click.option("--remark", default="", help="What was found.")
@pass_globals
def done(common: Globals, draft: str, remark: str) -> None:
    """Note that a release was looked over, by somebody else than who released it.

    \b
    Example:
      tracer --actor supervisor.one review done D1 --remark "In order"
    """
    ask(common, "review.done", {"draft": draft, "remark": remark})
    note(f"{draft} is looked over.")
