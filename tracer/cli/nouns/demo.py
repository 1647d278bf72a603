"""`tracer demo`: three authorities on this machine trace a pistol."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import click

from tracer.cli.calling import program


@click.command(short_help="Let authorities on this machine exchange a request.")
@click.option("--once", is_flag=True, help="End when the story is told, also on a terminal.")
@click.option("--stay", is_flag=True, help="Stay up afterwards, also without a terminal.")
@click.option(
    "--courier", is_flag=True, help="Two of them have no line to each other: files are carried."
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep the three data folders here instead of in a folder that is removed.",
)
def command(*, once: bool, stay: bool, courier: bool, folder: Path | None) -> None:
    """Run three nodes as processes on loopback and tell a whole trace as a live timeline.

    On a terminal the nodes stay up afterwards, so that you can look at them; elsewhere with --stay.
    Ctrl-C ends it, or SIGTERM.

    \b
    Example:
      tracer demo --once
      tracer demo --stay --folder ./demo > demo.txt &
    """
    from tracer.demo.run import run

    stays = stays_up(once=once, stay=stay, terminal=sys.stdout.isatty())
    # Ended from outside it clears up too, as with Ctrl-C: its folder holds keys.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        asyncio.run(run(stay=stays, root=folder, courier=courier, typed=program()))
    except KeyboardInterrupt:
        click.echo("\nEnded.")


def stays_up(*, once: bool, stay: bool, terminal: bool) -> bool:
    """Whether the nodes stay up when the story is told.

    Raises:
        click.UsageError: both options were given.
    """
    if once and stay:
        raise click.UsageError("--once and --stay contradict each other.")
    return stay or (terminal and not once)
