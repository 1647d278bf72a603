"""What a running node offers to its own machine: the control socket, and the health port if set."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from tracer.errors import OperatorError, PeerError
from tracer.node.control.server import control
from tracer.node.desk import open_desk
from tracer.node.rooms import Rooms
from tracer.web.health import Obstacles, health


@asynccontextmanager
async def local(rooms: Rooms) -> AsyncIterator[None]:
    """Offer both inside the context."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(control(open_desk(rooms)))
        if port := rooms.config.listen.health_port:
            await stack.enter_async_context(health(port, obstacles(rooms)))
        yield


def obstacles(rooms: Rooms) -> Obstacles:
    """What keeps this node from taking messages in: the gate, or a database that is silent."""

    async def look() -> tuple[str, ...]:
        found = []
        try:
            rooms.gate.check()
        except PeerError as error:
            found.append(error.code)
        try:
            await rooms.store.read(lambda tx: tx.log.origins())
        except OperatorError as error:
            found.append(error.code)
        return tuple(found)

    return look
