"""Asking the node from a command, with a bar for what takes long."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from typing import Any

from tracer.cli.context import Globals

_PATIENCE = 0.7
"""Seconds in which nobody needs a bar."""
Tell = Callable[[str, int, int], None]


def ask(
    common: Globals, name: str, args: Mapping[str, Any] | None = None, *, acts: bool = True
) -> Any:
    """Run a command on the node, running or not, and return its answer.

    `acts` tells that somebody must be named who does it.

    Raises:
        TracerError: whatever the command raised.
    """
    import asyncio

    from tracer.node.control.client import ask as ask_node

    actor = common.acting() if acts else common.actor or ""
    with progress() as tell:
        return asyncio.run(ask_node(common.data_dir, name, args or {}, actor=actor, progress=tell))


@contextmanager
def progress() -> Iterator[Tell]:
    """A bar on standard error, shown to a person once it takes longer than a moment."""
    if not sys.stderr.isatty():
        yield lambda _what, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
    )
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    tasks: dict[str, TaskID] = {}
    begun = monotonic()

    def tell(what: str, done: int, total: int) -> None:
        if what not in tasks:
            tasks[what] = bar.add_task(what)
        bar.update(tasks[what], completed=done, total=max(total, 1))
        if monotonic() - begun > _PATIENCE:
            bar.start()

    try:
        yield tell
    finally:
        bar.stop()
