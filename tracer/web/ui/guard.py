"""What stands between a browser and a handler, in this order, for every request.

1. The row of the table, and the reader: language, session by its cookie.
2. The address we were called by is ours (`origin`), so that no other name leads here.
3. What changes something comes from a page of ours: `Sec-Fetch-Site` or `Origin` says so, and if
   neither is there, it does not.
4. The body is announced and not larger than the row allows.
5. The rule of the row. Without a session the way leads to signing in, with an unfinished one to its
   next step, with an old proof (`roles.STEP_UP`) to proving oneself anew.
6. The body is read in a bounded time, and holds the token of our forms.
7. The handler. Every error becomes a page in the reader's language, with the stable code and what
   to do, never with anything of our inside.
8. Headers: nothing from elsewhere, nothing kept, nothing framed. How long a page took is told
   where the node is set to (`desk.timing`), for it can tell of cases that a reader may not see.
9. The answer is packed if our own page or the person asked for it. The length of a packed page
   tells something of what stands in it beside text from the address (BREACH): whoever listens on
   the line and makes a browser load a page with guesses in its address gets it as it is, which
   tells nothing. The token of forms is masked besides.

What it does not do: log addresses or bodies; count tries (casework throttles signing in).
"""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from tracer.casework.accounts.sessions import Session, Sessions, Stage
from tracer.casework.roles import STEP_UP, Act, agency_act, may
from tracer.errors import InputError, TracerError
from tracer.log import get_logger
from tracer.web.ui import faults
from tracer.web.ui.forms import LANGUAGE, TOKEN
from tracer.web.ui.page import Page, Parts, Reader, allowed
from tracer.web.ui.routes import BY_PATH, Access, Route, path_to
from tracer.web.ui.session import BROWSER, SESSION, SPOKEN, TOLD, VISIT, is_token, new_visit
from tracer.web.ui.texts import CODES, accepted

_log = get_logger("web.ui")
BODY_SECONDS: Final = 60.0
LARGE: Final = 1024 * 1024
"""Bytes; pages that take more are worked on a few at a time."""
LARGE_AT_ONCE: Final = 2
_PACKED_FROM: Final = 500
"""Bytes; below this packing makes an answer larger."""
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; "
    "frame-ancestors 'none'"
)
FILE_POLICY: Final = "default-src 'none'; sandbox; base-uri 'none'; frame-ancestors 'none'"
"""Of what is no page of ours: a picture or file opened by itself runs and loads nothing."""
LASTS: Final = "max-age=31536000; includeSubDomains"
"""For a year nothing of this name is asked without TLS (ASVS 3.4.1)."""
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), "
    "payment=(), usb=()",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""On every answer. Not `no-referrer`: that would take `Origin` from our own forms."""
STEPS: Final[Mapping[Stage, str]] = {
    Stage.CODE: "second-factor",
    Stage.CHANGE: "forced-password",
    Stage.ENROL: "enrol",
}
"""Where an unfinished session goes on."""

Handler = Callable[[Page], Awaitable[web.Response]]


class Foreign(Exception):  # noqa: N818 - not an error of ours
    """A request that no page of ours made."""


class Guard:
    """aiohttp's middleware over the table's handlers.

    Args:
        parts: What pages share.
        handlers: By the name of the row.
        origin: `https://desk.example`, as people type it; empty: whatever the request is sent to.
        proxied: A reverse proxy of ours stands before; the last address it forwards is the
            reader's.
        timing: Say at the desk how long a page took.
    """

    def __init__(
        self,
        parts: Parts,
        handlers: Mapping[str, Handler],
        *,
        origin: str,
        proxied: bool,
        timing: bool,
    ) -> None:
        self._parts = parts
        self._handlers = handlers
        self._origin = origin
        self._proxied = proxied
        self._timing = timing
        self._large = asyncio.Semaphore(LARGE_AT_ONCE)

    async def __call__(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Answer one request."""
        resource = request.match_info.route.resource
        row = BY_PATH.get((request.method, resource.canonical)) if resource else None
        if row is None and request.match_info.http_exception is None:
            return self._finished(request, await handler(request))  # a static file
        begun = time.perf_counter()
        reader = await self._reader(request)
        page = Page(self._parts, request, row, reader)
        page.told = self._parts.cookies.read(request, TOLD)
        try:
            answer = await self._answer(page, row)
        except ConnectionError:
            raise
        except Exception as error:  # noqa: BLE001 - the outermost edge: nothing may leak
            answer = _told(page, error)
        self._cookies(page, reader, answer)
        self._finished(request, answer)
        if self._timing and reader.at_the_desk:
            taken = (time.perf_counter() - begun) * 1e3
            answer.headers["Server-Timing"] = f"desk;dur={taken:.1f}"
        return answer

    async def _answer(self, page: Page, row: Route | None) -> web.Response:
        if row is None:
            raise page.request.match_info.http_exception or web.HTTPNotFound
        self._check_address(page.request)
        if page.request.method == "POST":
            self._check_source(page.request)
            self._check_size(page.request, row)
        elsewhere = self._elsewhere(page, row)
        if elsewhere is not None:
            return elsewhere
        if page.request.method == "POST":
            await self._read_body(page)
        if row.body > LARGE:  # read to the disk by now; few at a time have it in memory
            async with self._large:
                return await self._handlers[row.name](page)
        return await self._handlers[row.name](page)

    # -- 1. the reader ---------------------------------------------------------------------------

    async def _reader(self, request: web.Request) -> Reader:
        cookies = self._parts.cookies
        token, session = cookies.read(request, SESSION), None
        if token:
            try:
                session = await self._parts.verbs.sessions.resume(token)
            except InputError:
                session = None
        spoken = cookies.read(request, SPOKEN)
        return Reader(
            session=session,
            token=token if session else "",
            visit=cookies.read(request, VISIT) or new_visit(),
            language=spoken
            if spoken in CODES
            else accepted(request.headers.get("Accept-Language", "")),
            address=self._address(request),
            agent=request.headers.get("User-Agent", "")[:200],
            browser=cookies.read(request, BROWSER) or new_visit(),
        )

    def _address(self, request: web.Request) -> str:
        """Where the reader is: the last address that our proxy added, in a line of its own or not.

        Whatever stands before it a browser may have written itself.
        """
        lines = request.headers.getall("X-Forwarded-For", ()) if self._proxied else ()
        last = lines[-1].rpartition(",")[2].strip() if lines else ""
        return last[:64] or request.remote or ""

    # -- 2. to 4. what can be told from the headers ----------------------------------------------

    def _check_address(self, request: web.Request) -> None:
        if self._origin and request.host != urlsplit(self._origin).netloc:
            raise web.HTTPMisdirectedRequest

    def _check_source(self, request: web.Request) -> None:
        site = request.headers.get("Sec-Fetch-Site")
        if site is not None:
            if site != "same-origin":
                raise Foreign
            return
        origin = request.headers.get("Origin", "")
        if origin != self._ours(request):
            raise Foreign

    def _ours(self, request: web.Request) -> str:
        """The origin of our own pages."""
        return self._origin or f"{request.scheme}://{request.host}"

    def _check_size(self, request: web.Request, row: Route) -> None:
        if request.content_length is None:
            raise web.HTTPLengthRequired
        if request.content_length > row.body:
            raise web.HTTPRequestEntityTooLarge(row.body, request.content_length)

    # -- 5. the rule -----------------------------------------------------------------------------

    def _elsewhere(self, page: Page, row: Route) -> web.Response | None:
        """Where the reader has to go first; None: nowhere.

        Raises:
            InputError: `role-missing`, `agency-act`.
        """
        session = page.reader.session
        if row.rule is Access.ANYBODY:
            return None
        if session is None:
            return _sign_in(page)
        if session.stage is not Stage.OPEN and row.rule is not Access.UNFINISHED:
            return page.go(STEPS[session.stage])
        if not allowed(row, page.reader):
            raise _not_theirs(session, row)
        if isinstance(row.rule, Act) and row.rule in STEP_UP:
            return _proof(page, session, row.rule)
        return None

    # -- 6. the body -----------------------------------------------------------------------------

    async def _read_body(self, page: Page) -> None:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await page.request.post()
        except TimeoutError as error:
            raise web.HTTPRequestTimeout from error
        except (ValueError, LookupError) as error:  # not a form; a charset that nobody knows
            raise web.HTTPBadRequest from error
        if not is_token(page.reader.secret, str(body.get(TOKEN, ""))):
            raise Foreign
        page.body = body
        wanted = body.get(LANGUAGE)
        if isinstance(wanted, str) and wanted in CODES:
            page.speak(wanted)

    # -- 8. headers ------------------------------------------------------------------------------

    def _cookies(self, page: Page, reader: Reader, answer: web.Response) -> None:
        """What the browser keeps: a visitor's secret, the language, what was done."""
        cookies, request = self._parts.cookies, page.request
        over = reader.session is None and cookies.read(request, SESSION)
        if over and not cookies.written(answer, SESSION):
            cookies.drop(answer, SESSION)
        if reader.session is None and cookies.read(request, VISIT) != reader.visit:
            cookies.write(answer, VISIT, reader.visit)
        if page.reader.language != reader.language:
            cookies.write(answer, SPOKEN, page.reader.language, lasting=True)
        told = answer.headers.pop("X-Told", "")
        if told:
            cookies.write(answer, TOLD, told)
        elif page.told and answer.status not in (204, 303):
            cookies.drop(answer, TOLD)

    def _finished(self, request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
        answer.headers.update(HEADERS)
        if "Content-Disposition" in answer.headers:
            answer.headers["Content-Security-Policy"] = FILE_POLICY
        answer.headers.setdefault("Cache-Control", "no-store")
        answer.headers.setdefault("Vary", "Accept-Encoding, Cookie, Sec-Fetch-Site")
        if self._parts.cookies.secure:
            answer.headers["Strict-Transport-Security"] = LASTS
        if isinstance(answer, web.Response) and answer.content_type == "text/html":
            _pack(request, answer, ours=self._ours(request))
        return answer


def _pack(request: web.Request, answer: web.Response, *, ours: str) -> None:
    body = answer.body
    if not isinstance(body, bytes) or len(body) < _PACKED_FROM or not _asked_here(request, ours):
        return
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        answer.body = gzip.compress(body, compresslevel=6, mtime=0)
        answer.headers["Content-Encoding"] = "gzip"


def _asked_here(request: web.Request, ours: str) -> bool:
    """Whether a page of ours asked, or the person by hand; a browser too old to say: our page."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    return request.headers.get("Referer", "").startswith(f"{ours}/")


def _sign_in(page: Page) -> web.Response:
    """To signing in, and back to what was asked for if it only reads."""
    over = "session-over" if page.parts.cookies.read(page.request, SESSION) else ""
    back = page.request.path_qs if page.request.method == "GET" and page.request.path != "/" else ""
    return page.go("sign-in", told=over, query={"next": back})


def _not_theirs(session: Session, row: Route) -> InputError:
    """Why a page is not for somebody: the roles, or that they belong to an agency."""
    if session.agency and isinstance(row.rule, Act) and may(session.roles, row.rule):
        return agency_act(session.person, row.rule)
    return InputError("role-missing", f"{session.person} may not come to {row.name}")


def _proof(page: Page, session: Session, act: Act) -> web.Response | None:
    """To proving oneself anew, if the last proof is too old for the act."""
    try:
        Sessions.check_fresh(session, act)
    except InputError:
        return _to_proof(page)
    return None


def _to_proof(page: Page) -> web.Response:
    """To proving oneself anew, and back to the page that asked; of a button, the page it is on."""
    row, back = page.row, path_to("desk")
    if row is not None and "GET" in row.methods:
        back = page.request.path_qs
    elif row is not None and ("GET", row.path.rpartition("/")[0]) in BY_PATH:
        back = page.request.path.rpartition("/")[0]
    return page.go("proof", query={"next": back})


def _told(page: Page, error: Exception) -> web.Response:
    """7. An error as a page."""
    if isinstance(error, InputError) and error.code == "session-over":
        return _sign_in(page)
    if isinstance(error, InputError) and error.code == "step-up-needed":
        return _to_proof(page)
    if isinstance(error, TracerError):
        fault = faults.fault_of(error)
        if fault.status >= faults.CRASHED.status:
            _log.error("page.failed", code=error.code)
        if isinstance(error, InputError) and fault.sentence == faults.OTHERWISE:
            fault = fault._replace(sentence=faults.refused(error))
        return page.fault(fault, code=error.code)
    if isinstance(error, Foreign):
        return page.fault(faults.FOREIGN, code="foreign-form")
    if isinstance(error, web.HTTPException):
        return _told_http(page, error)
    _log.error("page.crashed", exc_info=True)
    return page.fault(faults.CRASHED, code="crashed")


def _told_http(page: Page, error: web.HTTPException) -> web.Response:
    known = {404: faults.NOT_FOUND, 403: faults.FORBIDDEN, 413: faults.TOO_LARGE}
    fault = known.get(error.status, faults.BAD)._replace(status=error.status)
    answer = page.fault(fault, code=f"http-{error.status}")
    if "Allow" in error.headers:
        answer.headers["Allow"] = error.headers["Allow"]
    return answer
