"""What a handler gets: who reads, what was asked, and the ways to answer.

A handler is `async def name(page: Page) -> web.Response`. By the time it runs the guard has checked
origin, token, session and rule. What it raises becomes a page, too: an `InputError` that belongs to
a field is caught by the handler (`form.blame`), every other error is left to the guard.

What it does not do: read cookies or set headers (`guard`), decide anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import quote, urlsplit

from aiohttp import web
from markupsafe import Markup
from multidict import MultiDict, MultiDictProxy

from tracer.casework.accounts.sessions import Session, Stage
from tracer.casework.roles import Act, may_as
from tracer.errors import InputError
from tracer.web.ui import faults, words
from tracer.web.ui.filters import Speech
from tracer.web.ui.forms import Filled, Form, Values, counted
from tracer.web.ui.printing import Press
from tracer.web.ui.render import Renderer
from tracer.web.ui.routes import BY_NAME, TABLE, Access, Route, path_to
from tracer.web.ui.session import Cookies, form_token
from tracer.web.ui.statics import Statics
from tracer.web.ui.texts import LANGUAGES
from tracer.web.ui.verbs import House, Verbs

Body = MultiDictProxy[Any]
NOTHING: Final[Body] = MultiDictProxy(MultiDict())
_OF_CASES: Final = frozenset({"case", "draft"})
"""What the path of a route names, of what is seen by those only who see the case."""
_INSIDE: Final = re.compile(r"/(?![/\\])[\x21-\x7e]{0,500}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What all pages share."""

    verbs: Verbs
    house: House
    renderer: Renderer
    statics: Statics
    cookies: Cookies
    press: Press


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who asks: their session if there is one, its secret, their language."""

    session: Session | None
    token: str
    """The session's secret; empty without one."""
    visit: str
    """A visitor's secret, for forms before there is a session."""
    language: str
    address: str
    agent: str
    browser: str = ""
    """What this browser is known by, or will be once somebody has signed in."""

    @property
    def secret(self) -> str:
        """What the token of forms is made from."""
        return self.token or self.visit

    @property
    def at_the_desk(self) -> bool:
        """The session is open: signed in to the end."""
        return self.session is not None and self.session.stage is Stage.OPEN


Current = Literal["", "true", "page"]


class MenuItem(NamedTuple):
    """One entry of the navigation."""

    words: str
    path: str
    here: Current
    """What `aria-current` says of it; empty: another room."""


class Page:
    """One request and its answer."""

    def __init__(
        self,
        parts: Parts,
        request: web.Request,
        row: Route | None,
        reader: Reader,
    ) -> None:
        self.parts = parts
        self.request = request
        self.row = row
        self.reader = reader
        self.body: Body = NOTHING
        """What was posted; empty for a GET."""
        self.told = ""
        """Key of `words.TOLD`: what the step before did."""
        self._in_case: tuple[str, ...] | None = None
        self.speech = Speech(
            code=reader.language, calendar=parts.house.calendar(), now=parts.house.clock.now()
        )

    def tell_in(self, code: str) -> None:
        """Tell this page in another language; the reader's own stays what it is."""
        self.speech = replace(self.speech, code=code)

    def speak(self, code: str) -> None:
        """Go on in another language."""
        self.reader = replace(self.reader, language=code)
        self.speech = replace(self.speech, code=code)

    # -- who and what ----------------------------------------------------------------------------

    @property
    def verbs(self) -> Verbs:
        """The verbs of casework."""
        return self.parts.verbs

    @property
    def house(self) -> House:
        """The authority."""
        return self.parts.house

    @property
    def session(self) -> Session:
        """The reader's session.

        Raises:
            InputError: `session-over`: there is none.
        """
        if self.reader.session is None:
            raise InputError("session-over", "nobody is signed in here")
        return self.reader.session

    @property
    def actor(self) -> str:
        """The name of the person who reads; what verbs call the actor."""
        return self.session.person

    @property
    def token(self) -> str:
        """The session's secret, for verbs on one's own account."""
        return self.reader.token

    def place(self, name: str) -> str:
        """What stands in a place of the path."""
        return self.request.match_info[name]

    def asked(self, name: str) -> str:
        """A value of the query; empty if it is not there."""
        return self.request.query.get(name, "")

    def version(self, name: str = "version") -> int:
        """The version of a draft that the form showed; 0, which none has, where it does not say."""
        return counted(str(self.body.get(name, ""))) or 0

    def may(self, name: str) -> bool:
        """Whether the reader may come to a route; for links that are not shown in vain.

        On the page of a case (`in_case`) to what is about it by the roles that see it only.
        """
        row, session = BY_NAME[name], self.reader.session
        if session is None or self._in_case is None or row.about not in _OF_CASES:
            return allowed(row, self.reader)
        return allowed(row, replace(self.reader, session=replace(session, roles=self._in_case)))

    def in_case(self, roles: tuple[str, ...]) -> None:
        """The page is about a case that the reader sees by these of their roles."""
        self._in_case = roles

    def may_act(self, act: str) -> bool:
        """Whether the reader may do an act of casework, by its word."""
        return may_as(self.session.roles, Act(act), agency=self.session.agency)

    async def form(self, form: Form, values: Values | None = None) -> Filled:
        """The form as it was sent, or blank with `values`."""
        if self.request.method != "POST":
            return form.blank(values, self.reader.language)
        return form.fill(self.body, self.reader.language)

    # -- answers ---------------------------------------------------------------------------------

    def show(self, template: str, *, status: int = 200, **values: Any) -> web.Response:
        """A page; its status is 422 if a form in it has errors."""
        if any(isinstance(one, Filled) and one.errors for one in values.values()):
            status = 422
        text = str(self.part(template, **values))
        return web.Response(status=status, text=text, content_type="text/html")

    def part(self, template: str, **values: Any) -> Markup:
        """A template by itself, to stand in a page or to be printed."""
        text = self.parts.renderer.page(template, self.speech, {**self._common(), **values})
        return Markup(text)  # noqa: S704 - a template of ours, escaped by its environment

    def fault(self, fault: faults.Fault, *, code: str = "") -> web.Response:
        """An error page: what happened, what to do, the code and the time for the operator."""
        return self.show("fault.html", status=fault.status, fault=fault, fault_code=code)

    def go(
        self, name: str, *, told: str = "", query: Mapping[str, str] | None = None, **places: str
    ) -> web.Response:
        """On to another page, which says at its top what was done: a key of `words.TOLD`."""
        return self.go_to(path_to(name, query, **places), told=told)

    def go_to(self, path: str, *, told: str = "") -> web.Response:
        """The same for a path of this desk; any other leads to the reader's desk."""
        answer = web.Response(status=303, headers={"Location": inside(path)})
        if "HX-Request" in self.request.headers:
            answer = web.Response(status=204, headers={"HX-Redirect": inside(path)})
        if told:
            answer.headers["X-Told"] = told
        return answer

    def file(
        self, data: bytes, *, media_type: str, name: str, inline: bool = False
    ) -> web.Response:
        """A file: saved under its name, or shown where `inline` says that it is harmless."""
        how = "inline" if inline else "attachment"
        disposition = f"{how}; filename*=UTF-8''{quote(name, safe='')}"
        return web.Response(
            body=data, content_type=media_type, headers={"Content-Disposition": disposition}
        )

    def _common(self) -> dict[str, Any]:
        """What every template has."""
        return {
            "page": self,
            "house": self.house,
            "languages": LANGUAGES,
            "menu": self._menu(),
            "path_to": path_to,
            "static": self.parts.statics.path,
            "form_token": form_token(self.reader.secret),
            "told": words.TOLD.get(self.told, ""),
        }

    def _menu(self) -> tuple[MenuItem, ...]:
        """The navigation: the rows of the table that have words for it and that the reader may."""
        if not self.reader.at_the_desk:
            return ()
        rows = [row for row in TABLE if row.menu and allowed(row, self.reader)]
        path = self.request.path
        here = max((row.path for row in rows if _under(path, row)), key=len, default="")
        current: Current = "page" if here == path else "true"
        return tuple(
            MenuItem(row.menu, row.path, here=current if row.path == here else "") for row in rows
        )


def _under(path: str, row: Route) -> bool:
    """Whether a path is that of a row, or below it; below the reader's desk there is nothing."""
    return path == row.path or path.startswith(f"{row.path}/")


def allowed(row: Route, reader: Reader) -> bool:
    """Whether somebody may come to a route; fails closed."""
    if row.rule is Access.ANYBODY:
        return True
    if row.rule is Access.UNFINISHED:
        return reader.session is not None
    if not reader.at_the_desk or reader.session is None:
        return False
    return row.rule is Access.SIGNED_IN or (
        not isinstance(row.rule, Access)
        and may_as(reader.session.roles, row.rule, agency=reader.session.agency)
    )


def inside(path: str) -> str:
    """A path of this desk, whoever named it; the reader's desk for anything else."""
    if _INSIDE.fullmatch(path) and not urlsplit(path).netloc:
        return path
    return "/"
