"""`tracer exercise`: authorities that exist on this machine only, to practise with."""

from __future__ import annotations

import asyncio
import shlex
import signal
from pathlib import Path

import click

from tracer.cli.calling import program

TEMPERS = ("prompt", "careful", "slow", "strict", "bound", "silent")


@click.command(short_help="Practise with authorities that exist on this machine only.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--authority",
    "tempers",
    type=click.Choice(TEMPERS),
    multiple=True,
    help="One more authority, and how it behaves; without any, one of each kind.",
)
@click.option(
    "--patience",
    type=click.FloatRange(min=0, max=86_400),
    default=20.0,
    show_default=True,
    metavar="SECONDS",
    help="How long an authority lets you wait for each step.",
)
def command(*, folder: Path, tempers: tuple[str, ...], patience: float) -> None:
    """Run your own node and simulated authorities that answer, delay and refuse, for training.

    All is marked as an exercise, and none of it can reach a real authority. An exercise in FOLDER
    goes on where it was ended. prompt answers; careful asks first; slow postpones; strict refuses;
    bound proposes conditions; silent must be reminded twice.

    \b
    Example:
      tracer exercise ./exercise
      tracer exercise ./exercise --authority prompt --authority strict --patience 5
    """
    from tracer.exercise.ground import looked
    from tracer.exercise.run import run
    from tracer.exercise.temper import Temper

    chosen = [Temper(one) for one in tempers or TEMPERS]

    def told(who: str, what: str) -> None:
        click.echo(f"  {who:<12} {what}")

    looked(folder, chosen)
    how_to(folder)
    # Ended from outside it ends its nodes too, as with Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        asyncio.run(run(folder, chosen, patience=patience, told=told))
    except KeyboardInterrupt:
        click.echo(f"\nEnded. To go on: {program()} exercise {shlex.quote(str(folder.absolute()))}")


def how_to(folder: Path) -> None:
    """Tell who one is, and what to type."""
    own = shlex.quote(str((folder / "xt").absolute()))
    click.echo("An exercise: nothing here is a real case, and nothing leaves this machine.")
    click.echo("You are XT-NPOC: an investigator, an officer and a supervisor, with pages in a")
    click.echo("browser; the address and a password for the first time follow. Or in a terminal:")
    for line in (
        "request list",
        "request new --template > request.toml",
        "request new --to XA-NPOC request.toml",
        "notice list",
    ):
        click.echo(f"  {program()} --data-dir {own} --actor investigator {line}")
    click.echo("Ctrl-C ends it; the folder keeps it.\n")
