"""aiohttp's application, made from the table; and the listener it is served by.

What it does not do: start anything by itself; `tracer.node` gives the verbs and opens the listener.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any, Final, cast

from aiohttp import web

from tracer.web.problems import anonymous
from tracer.web.ui.guard import Guard, Handler
from tracer.web.ui.page import Parts
from tracer.web.ui.printing import Press
from tracer.web.ui.render import Renderer
from tracer.web.ui.routes import TABLE
from tracer.web.ui.session import Cookies
from tracer.web.ui.statics import Statics
from tracer.web.ui.verbs import House, Verbs

_YEAR: Final = "public, max-age=31536000, immutable"


def application(
    verbs: Verbs,
    house: House,
    *,
    origin: str = "",
    secure: bool,
    proxied: bool = False,
    timing: bool = False,
) -> web.Application:
    """The desk.

    Args:
        verbs: What its pages call.
        house: The authority.
        origin: Where people come to, `https://desk.example`; empty: any name.
        secure: People come by https, here or at the proxy; cookies depend on it.
        proxied: A reverse proxy of ours stands before.
        timing: Pages tell how long they took, for measuring.
    """
    statics = Statics()
    parts = Parts(
        verbs=verbs,
        house=house,
        renderer=Renderer(),
        statics=statics,
        cookies=Cookies(secure=secure),
        press=Press(),
    )
    handlers = {row.name: handler_of(row.handler) for row in TABLE}
    guard = Guard(parts, handlers, origin=origin, proxied=proxied, timing=timing)
    app = web.Application(
        middlewares=[_middleware(guard)],
        client_max_size=max(row.body for row in TABLE),
    )
    for row in TABLE:
        for method in row.methods:
            app.router.add_route(method, row.path, _unreached)
    app.router.add_get("/static/{name}", _static(statics))
    app.on_response_prepare.append(anonymous)
    return app


def handler_of(name: str) -> Handler:
    """The handler that a row names.

    Raises:
        AttributeError, ModuleNotFoundError: there is none.
    """
    noun, _, function = name.partition(".")
    return cast("Handler", getattr(import_module(f"tracer.web.ui.pages.{noun}"), function))


def _middleware(guard: Guard) -> Any:
    """The guard as aiohttp calls it; what a page leaves behind is cleared up when it has gone.

    A page leaves a thousand objects in circles (its templates refer to each other). The node looks
    for such seldom (`node.serve.COLLECTOR`), so every thirtieth long page waited 60 ms while all of
    them were cleared up at once; after each page it is a millisecond, for which nobody waits.
    """

    @web.middleware
    async def guarded(request: web.Request, handler: Any) -> web.StreamResponse:
        try:
            return await guard(request, handler)
        finally:
            asyncio.get_running_loop().call_soon(gc.collect, 0)

    return guarded


async def _unreached(_: web.Request) -> web.StreamResponse:
    """Never called: the guard calls the handler of the row itself."""
    raise web.HTTPNotFound


def _static(statics: Statics) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def served(request: web.Request) -> web.StreamResponse:
        found = statics.get(request.match_info["name"])
        if found is None:
            return web.Response(status=404)
        packed = "gzip" in request.headers.get("Accept-Encoding", "")
        answer = web.Response(
            body=found.packed if packed else found.plain, headers={"Content-Type": found.kind}
        )
        if packed:
            answer.headers["Content-Encoding"] = "gzip"
        answer.headers["Vary"] = "Accept-Encoding"
        answer.headers["Cache-Control"] = _YEAR
        return answer

    return served
