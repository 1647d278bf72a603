"""Running a command on a node that does not run: in this process, under the store's lock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracer.clock import Clock, SystemClock
from tracer.config import Config
from tracer.errors import OperatorError
from tracer.node.commands import Call, Progress, run
from tracer.node.desk import open_desk
from tracer.node.home import Home
from tracer.node.opening import open_rooms
from tracer.store import SERVES, StoreLock, holder


async def run_in_house(
    home: Home,
    name: str,
    args: Mapping[str, Any],
    *,
    actor: str,
    progress: Progress,
    clock: Clock | None = None,
) -> Any:
    """Take the lock, build the rooms, do it, close them; what is to be delivered waits.

    Raises:
        OperatorError: `store-locked`, or what keeps the rooms from opening.
        TracerError: whatever the command raised.
    """
    with _lock(home, f"tracer {name}"):
        config = Config.load(home.root)
        async with open_rooms(home, config, clock or SystemClock()) as rooms:
            call = Call(desk=open_desk(rooms), actor=actor, progress=progress)
            return await run(name, args, call)


def _lock(home: Home, who: str) -> StoreLock:
    """The lock; a node that holds it and has no socket is on its way up or down."""
    try:
        return StoreLock.acquire(home.root, who)
    except OperatorError as error:
        if error.code != "store-locked" or not (by := holder(home.root)).startswith(SERVES):
            raise
        raise OperatorError(
            "store-locked",
            f"{by} is starting or ending in {home.root}",
            advice="Try again in a moment.",
        ) from error
