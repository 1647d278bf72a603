"""From error to HTTP, in one place (RFC 9457). Only the code travels; the sentence stays here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import HttpVersion11, web

from tracer.errors import PeerError, TracerError
from tracer.log import get_logger

STATUS: dict[str, int] = {
    "peer-unknown": 403,
    "peer-suspended": 403,
    "quota": 429,
    "resync-scope": 403,
    "too-large": 413,
    "disk-reserve": 503,
    "restore-mode": 503,
    "try-again": 503,
    "attachment-unknown": 404,
    "attachment-offset": 409,
}
"""HTTP status by code; 400 for any other code of a peer."""

_log = get_logger("web")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def problem(status: int, code: str, *, headers: dict[str, str] | None = None) -> web.Response:
    """A problem document: its type and status, nothing about our inside."""
    body = msgspec.json.encode(
        {"type": f"urn:tracer:problem:{code}", "code": code, "status": status}
    )
    return web.Response(
        status=status, body=body, content_type="application/problem+json", headers=headers
    )


async def anonymous(_request: web.Request, response: web.StreamResponse) -> None:
    """Take the name and version of the server's software out of an answer."""
    response.headers.pop("Server", None)


async def expected(request: web.Request) -> web.StreamResponse | None:
    """Answer `Expect`: go on, or a problem document; the application comes after it."""
    if request.headers.get("Expect", "").lower() != "100-continue":
        return problem(417, "http-417")
    if request.version == HttpVersion11 and request.transport is not None:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    return None


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every error of a handler into a problem document."""
    try:
        return await handler(request)
    except PeerError as error:
        status = STATUS.get(error.code, 400)
        headers = {"Retry-After": "60"} if status in (429, 503) else None
        return problem(status, error.code, headers=headers)
    except web.HTTPException as error:
        return problem(error.status, f"http-{error.status}")
    except TracerError as error:
        _log.error("request.failed", code=error.code)
        return problem(503, "try-again", headers={"Retry-After": "60"})
    except web.RequestPayloadError:
        return problem(400, "http-400")
    except ConnectionError:
        raise
    except Exception:  # noqa: BLE001 - the outermost edge: nothing may leak to a peer
        _log.error("request.crashed", exc_info=True)
        return problem(503, "try-again", headers={"Retry-After": "60"})
