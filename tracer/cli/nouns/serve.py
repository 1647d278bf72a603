"""`tracer serve`: run the node until it is told to stop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from tracer.cli.context import Globals, pass_globals
from tracer.cli.output import note

if TYPE_CHECKING:
    from tracer.node.serve import Running


@click.command(short_help="Run the node: listen for peers, deliver, remind.")
@pass_globals
def command(common: Globals) -> None:
    """Run the node until SIGINT or SIGTERM; its log goes to standard error.

    \b
    Example:
      tracer --data-dir /var/lib/tracer serve
    """
    from tracer.clock import SystemClock
    from tracer.log import configure
    from tracer.node.home import Home
    from tracer.node.sdnotify import notify, watchdog
    from tracer.node.serve import serve

    home = Home(common.data_dir)
    home.require()
    config = common.config()
    configure(config.log)

    async def run() -> None:
        beat = asyncio.create_task(watchdog())
        try:
            await serve(home, config, SystemClock(), _ready)
        finally:
            beat.cancel()
            notify("STOPPING=1")

    def _ready(node: Running) -> None:
        notify("READY=1")
        note(sentence(node))

    asyncio.run(run())


def sentence(node: Running) -> str:
    """Where it is reached, by peers and by people."""
    rooms = node.rooms
    if node.port is None:
        where = "fetches from the authorities it knows; it opens no port"
    else:
        where = f"is reached at {rooms.entry.entry.endpoint} (port {node.port} here)"
    pages = rooms.config.desk.address(node.desk)
    desk = f"Its desk is at {pages}" if pages else "It has no desk: desk.host is not set"
    return f"{rooms.authority} {where}.\n{desk}.\nStop it with Ctrl-C."
