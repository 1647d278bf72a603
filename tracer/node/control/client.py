"""Asking a node to do something, whether it runs or not.

If the node runs, its control socket answers. If nobody listens there, the command takes the store's
lock, builds the rooms in this process, does the same thing and closes them. Both ways give the same
answer; what a command left to be delivered goes out when the node runs.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import UNSET

from tracer.clock import Clock
from tracer.errors import LineError
from tracer.node.control.errands import MAX_LINE, Errand, Report, error_of, line
from tracer.node.control.sockets import short_name
from tracer.node.home import Home

Progress = Callable[[str, int, int], None]
"""What is being done, how much of it is done, how much there is."""


async def ask(
    data_dir: Path,
    name: str,
    args: Mapping[str, Any],
    *,
    actor: str = "",
    progress: Progress = lambda _what, _done, _total: None,
    clock: Clock | None = None,
) -> Any:
    """Run a command on the node of a data folder and return its answer.

    Raises:
        TracerError: whatever the command raised, in its own family.
        LineError: `control-lost`: the node went away before it answered.
        OperatorError: `no-node`, `store-locked`, or what keeps the rooms from opening.
    """
    home = Home(data_dir)
    home.require()
    streams = await _connect(home)
    if streams is not None:
        return await _over_socket(streams, Errand(name, dict(args), actor), progress)
    # Loading all rooms takes more than a second, and over the socket none of them is needed.
    from tracer.node.control.inhouse import run_in_house  # noqa: PLC0415

    return await run_in_house(home, name, args, actor=actor, progress=progress, clock=clock)


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _connect(home: Home) -> Streams | None:
    """The two ends of the socket, or None if no node listens."""
    with short_name(home.socket) as path:
        try:
            return await asyncio.open_unix_connection(path, limit=MAX_LINE)
        except (FileNotFoundError, ConnectionRefusedError):
            return None


async def _over_socket(streams: Streams, errand: Errand, progress: Progress) -> Any:
    reader, writer = streams
    try:
        writer.write(line(errand))
        await writer.drain()
        while True:
            report = msgspec.json.decode(await reader.readuntil(b"\n"), type=Report)
            if report.error is not UNSET:
                raise error_of(report.error)
            if report.progress is UNSET:
                return report.answer
            progress(*report.progress)
    except (ConnectionError, asyncio.IncompleteReadError) as error:
        raise LineError(
            "control-lost",
            "the node went away before it answered",
            advice="Look whether it was done, then ask again.",
        ) from error
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
