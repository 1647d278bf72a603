"""Program: `python -m tests.bench.serving FOLDER` runs a node; prints `ready` when it listens."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tracer.clock import SystemClock
from tracer.config import Config
from tracer.node.home import Home
from tracer.node.serve import Running, serve


def _ready(_: Running) -> None:
    print("ready", flush=True)  # noqa: T201 # the parent process waits for it


def main(folder: Path) -> None:
    """Serve until SIGTERM."""
    config = Config.load(folder, environ={})
    asyncio.run(serve(Home(folder), config, SystemClock(), _ready))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
