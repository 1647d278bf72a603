"""`/livez` and `/readyz` for whatever watches this machine: plain HTTP on 127.0.0.1 only.

`/livez` answers as long as the event loop turns. `/readyz` answers 200 if peers' messages can be
taken in, else 503 and the codes of what stands in the way. Neither tells anything about a case.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

HOST = "127.0.0.1"

Obstacles = Callable[[], Awaitable[tuple[str, ...]]]
"""Codes of what keeps the node from taking messages in; empty if nothing does."""


def application(obstacles: Obstacles) -> web.Application:
    """The two routes."""

    async def live(_: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def ready(_: web.Request) -> web.Response:
        found = await obstacles()
        return web.Response(
            text="".join(f"{code}\n" for code in found or ("ok",)), status=503 if found else 200
        )

    app = web.Application(client_max_size=1024)
    app.router.add_get("/livez", live)
    app.router.add_get("/readyz", ready)
    return app


@asynccontextmanager
async def health(port: int, obstacles: Obstacles) -> AsyncIterator[int]:
    """Listen inside the context; yields the port (0 takes any free one)."""
    runner = web.AppRunner(application(obstacles), access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, port).start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()
