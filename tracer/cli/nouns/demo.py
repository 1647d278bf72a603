"""`tracer demo`: three authorities on this machine trace a pistol."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click


@click.command(short_help="Let authorities on this machine exchange a request.")
@click.option("--once", is_flag=True, help="End when the story is told, also on a terminal.")
@click.option("--courier", is_flag=True, help="XB has no line: its messages are carried as files.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep the three data folders here instead of in a folder that is removed.",
)
def command(*, once: bool, courier: bool, folder: Path | None) -> None:
    """Run three nodes as processes on loopback and tell a whole trace as a live timeline.

    On a terminal the nodes stay up afterwards, so that you can look at them.

    \b
    Example:
      tracer demo --once
    """
    from tracer.demo.run import run

    try:
        asyncio.run(run(stay=sys.stdout.isatty() and not once, root=folder, courier=courier))
    except KeyboardInterrupt:
        click.echo("\nEnded.")
