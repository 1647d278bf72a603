"""The open port: aiohttp's server with our bounds, and no word of its own to a peer.

What is no HTTP never reaches the application: aiohttp answers it by itself, with a text that quotes
the input and names its version. `_Protocol` answers it with a problem document instead. Bodies are
never decompressed, headers are bounded in size and number, a handshake and an idle connection in
time, and connections in number: nobody who only holds them open takes the files of the node.
"""

from __future__ import annotations

import asyncio
import errno
import ssl
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

from aiohttp import web

from tracer.errors import OperatorError
from tracer.web.problems import problem

HEADERS = 64
"""Most header fields of a request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLimits:
    """Bounds of a connection."""

    header_bytes: int = 8 * 1024
    """Longest request line or header field."""
    handshake: float = 10.0
    """Seconds for the TLS handshake."""
    idle: float = 75.0
    """Seconds an idle connection is kept."""
    lingering: float = 2.0
    """Seconds in which the rest of a refused body is read and thrown away."""
    drain: float = 5.0
    """Seconds to finish work when stopping."""
    connections: int = 0
    """Most connections at a time; one more is closed at once. 0: any number."""
    of_one: int = 0
    """Most of one address. 0: any number, as where all come from a proxy."""


class _Seats:
    """Who is connected, by address."""

    def __init__(self, limits: SiteLimits) -> None:
        self._most = limits.connections
        self._of_one = limits.of_one
        self._held: Counter[str] = Counter()

    def take(self, address: str) -> bool:
        """Count one more, if there is room for it."""
        full = 0 < self._most <= self._held.total()
        if full or 0 < self._of_one <= self._held[address]:
            return False
        self._held[address] += 1
        return True

    def leave(self, address: str) -> None:
        """Count one less."""
        self._held[address] -= 1
        if self._held[address] <= 0:
            del self._held[address]


class _Protocol(web.RequestHandler):
    """One connection; errors outside the application are answered with a code and nothing else."""

    __slots__ = ("_address", "_seats")

    def __init__(self, *args: Any, seats: _Seats, **bounds: Any) -> None:
        super().__init__(*args, **bounds)
        self._seats = seats
        self._address: str | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, if there is a seat."""
        peer = transport.get_extra_info("peername")
        address = str(peer[0]) if peer else ""
        if not self._seats.take(address):
            cast("asyncio.Transport", transport).abort()
            return
        self._address = address
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Give the seat back."""
        if self._address is None:
            return
        self._seats.leave(self._address)
        self._address = None
        super().connection_lost(exc)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - quotes the input
    ) -> web.StreamResponse:
        """Answer what could not be read as a request; the connection is closed after it."""
        if request.writer.output_size > 0:
            raise ConnectionError("an answer is under way already") from exc
        answer = problem(status, f"http-{status}")
        answer.headers["Server"] = ""
        answer.force_close()
        return answer


@asynccontextmanager
async def site(
    application: web.Application,
    *,
    host: str,
    port: int,
    context: ssl.SSLContext | None,
    limits: SiteLimits | None = None,
    settings: str = "listen",
) -> AsyncIterator[int]:
    """Listen inside the context; gives the port. Leaving it stops intake, then drains.

    Without a TLS context on loopback only, which the caller sees to. `settings` is the group of
    the settings that name host and port.

    Raises:
        OperatorError: `listen-address`: the port is taken, or the host is none of this machine.
    """
    bounds = limits or SiteLimits()
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=bounds.drain)
    await runner.setup()
    try:
        loop, server, seats = asyncio.get_running_loop(), runner.server, _Seats(bounds)
        if server is None:
            raise RuntimeError("the application was not set up")

        def connection() -> web.RequestHandler:
            return _Protocol(
                server,
                seats=seats,
                loop=loop,
                access_log=None,
                keepalive_timeout=bounds.idle,
                lingering_time=bounds.lingering,
                max_line_size=bounds.header_bytes,
                max_field_size=bounds.header_bytes,
                max_headers=HEADERS,
                auto_decompress=False,
            )

        try:
            listening = await loop.create_server(
                connection,
                host,
                port,
                ssl=context,
                ssl_handshake_timeout=bounds.handshake if context else None,
                backlog=128,
            )
        except OSError as error:
            raise _no_address(error, host, port, settings) from error
        try:
            yield int(listening.sockets[0].getsockname()[1])
        finally:
            listening.close()
    finally:
        await runner.cleanup()


def _no_address(error: OSError, host: str, port: int, settings: str) -> OperatorError:
    """What the operator is told where nothing can listen at an address."""
    if error.errno == errno.EADDRINUSE:
        return OperatorError(
            "listen-address",
            f"port {port} of {host} is in use: by another program, or by this node already running",
            advice=f"End that one, or choose another {settings}.port.",
        )
    return OperatorError(
        "listen-address",
        f"nothing can listen at {host} port {port}: {error.strerror or error}",
        advice=f"Check {settings}.host and {settings}.port.",
    )
