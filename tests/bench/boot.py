"""How long a command and a node take to start, and what a node that waits holds in memory."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from statistics import median

from tests.bench import stage
from tests.bench.processes import run, serving
from tests.bench.table import Figure, set_against

VERSION_SECONDS = 0.25
READY_SECONDS = 1.5
IDLE_MB = 120.0
SETTLE_SECONDS = 1.0
"""A node that just started greets its peers; its memory is read after that."""


def figures(root: Path, *, starts: int) -> list[Figure]:
    """Start-up and idle memory against their targets; the first start fills caches, uncounted."""
    built = asyncio.run(stage.build(root))
    _node(built.receiver.home.root)
    ready, memory = zip(*(_node(built.receiver.home.root) for _ in range(starts)), strict=True)
    versions = [_version() for _ in range(2 * starts)]
    return [
        set_against(
            "tracer --version", median(versions), "s", what="target", other=VERSION_SECONDS
        ),
        set_against("node ready", median(ready), "s", what="target", other=READY_SECONDS),
        set_against("idle memory of a node", max(memory), "MB", what="target", other=IDLE_MB),
    ]


def _version() -> float:
    begun = time.perf_counter()
    run("tracer", "--version")
    return time.perf_counter() - begun


def _node(folder: Path) -> tuple[float, float]:
    with serving(folder) as node:
        time.sleep(SETTLE_SECONDS)
        return node.ready, node.memory
