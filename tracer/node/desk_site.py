"""The desk's listener: pages over the casework of a node, for browsers of our own people."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from aiohttp import web

from tracer.errors import OperatorError
from tracer.node.desk import open_desk
from tracer.node.rooms import Rooms
from tracer.web.site import SiteLimits, site
from tracer.web.ui.app import application
from tracer.web.ui.verbs import House, Verbs

CONNECTIONS: Final = 512
"""Most connections of browsers at a time: a stranger who holds them open leaves the node the files
it needs for delivery and its store."""
OF_ONE: Final = 256
"""Most of one address, where no proxy stands before: an office of forty with six each."""
_OTHERS = 0o077


@asynccontextmanager
async def desk_site(rooms: Rooms) -> AsyncIterator[int | None]:
    """Serve the pages inside the context, if the settings give an address; the port.

    Raises:
        OperatorError: `desk-certificate`, `desk-key-open`, `listen-address`.
    """
    settings, limits = rooms.config.desk, rooms.config.limits
    if not settings.host:
        yield None
        return
    bounds = SiteLimits(
        header_bytes=limits.header_bytes,
        handshake=limits.handshake_seconds,
        idle=limits.idle_seconds,
        drain=limits.drain_seconds,
        connections=CONNECTIONS,
        of_one=OF_ONE if settings.certificate else 0,
    )
    async with site(
        desk_application(rooms),
        host=settings.host,
        port=settings.port,
        context=_context(rooms),
        limits=bounds,
        settings="desk",
    ) as port:
        yield port


def desk_application(rooms: Rooms) -> web.Application:
    """The application over these rooms."""
    settings = rooms.config.desk
    by_https = bool(settings.certificate) or settings.origin.startswith("https:")
    return application(
        verbs_of(rooms),
        House(
            authority=rooms.authority,
            name=rooms.config.node.name or rooms.entry.entry.name,
            terms=lambda: rooms.entry.entry.terms,
            clock=rooms.clock,
            exercise=rooms.config.node.exercise,
        ),
        origin=settings.origin,
        secure=by_https,
        proxied=by_https and not settings.certificate,
        timing=settings.timing,
    )


def verbs_of(rooms: Rooms) -> Verbs:
    """What pages may call, from the casework of the node, by the same names."""
    desk = open_desk(rooms)
    given: dict[str, Any] = {
        name: getattr(desk if hasattr(desk, name) else desk.accounts, name)
        for name in Verbs.__dataclass_fields__
    }
    return Verbs(**given)


def _context(rooms: Rooms) -> ssl.SSLContext | None:
    """TLS by the authority's own certificate; None where a proxy ends it."""
    settings, folder = rooms.config.desk, rooms.config.data_dir
    if not settings.certificate:
        return None
    certificate, key = folder / settings.certificate, folder / settings.key
    _check_closed(key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise OperatorError(
            "desk-certificate",
            f"the desk's certificate or key cannot be read: {error}",
            advice="Check desk.certificate and desk.key: PEM, the chain in the first file.",
        ) from error
    return context


def _check_closed(key: Path) -> None:
    try:
        mode = key.stat().st_mode
    except OSError as error:
        raise OperatorError("desk-certificate", f"{key}: {error.strerror}") from error
    if mode & _OTHERS:
        raise OperatorError(
            "desk-key-open",
            f"{key} can be read by others",
            advice=f"Run: chmod 600 {key.name}",
        )
