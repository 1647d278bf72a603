"""The processes of the demonstration: one `tracer serve` per authority, ended with it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tracer.demo.cast import Authority
from tracer.errors import OperatorError

PATIENCE = 120.0
"""Seconds a node has to open its control socket."""


@asynccontextmanager
async def on_stage(authorities: tuple[Authority, ...]) -> AsyncIterator[list[int]]:
    """Serve every authority in a process of its own; their process ids."""
    processes: list[asyncio.subprocess.Process] = []
    try:
        for one in authorities:
            processes.append(await _serve(one))  # noqa: PERF401 - what is begun is ended below
        await asyncio.gather(
            *(_ready(one, p) for one, p in zip(authorities, processes, strict=True))
        )
        yield [process.pid for process in processes]
    finally:
        for process in processes:
            if process.returncode is None:
                process.terminate()
        await asyncio.gather(*(process.wait() for process in processes))


async def _serve(authority: Authority) -> asyncio.subprocess.Process:
    log = (authority.folder / "serve.log").open("wb")
    with log:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tracer",
            "--data-dir",
            str(authority.folder),
            "serve",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


async def _ready(authority: Authority, process: asyncio.subprocess.Process) -> None:
    socket = authority.folder / "control.sock"
    try:
        async with asyncio.timeout(PATIENCE):
            while not socket.exists():
                if process.returncode is not None:
                    break
                await asyncio.sleep(0.02)
    except TimeoutError:
        pass
    if not socket.exists():
        raise OperatorError(
            "demo-node",
            f"the node of {authority.id} did not start in {PATIENCE:.0f} seconds",
            advice=f"Its log is {authority.folder / 'serve.log'}.",
        )
