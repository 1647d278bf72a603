"""The table of routes: every path of the desk, who may come there, and what it is about.

A row is checked when it is made: one without a rule, with an unknown method, or with a place in its
path that is not said to be about something, cannot exist. `guard` reads the rule, the navigation
and the authorisation matrix are made from the same rows.

Example:
    >>> path_to("request", thread="abc")
    '/requests/abc'
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import quote, urlencode

from tracer.casework.roles import Act
from tracer.web.ui.route import Access, Route
from tracer.web.ui.routes_house import HOUSE
from tracer.web.ui.texts import N_

__all__ = ["BY_NAME", "BY_PATH", "TABLE", "Access", "Route", "path_to"]

TABLE: Final[tuple[Route, ...]] = (
    # -- coming and going ------------------------------------------------------------------------
    Route(
        method="FORM",
        path="/sign-in",
        name="sign-in",
        handler="sign_in.name_and_password",
        rule=Access.ANYBODY,
    ),
    Route(
        method="FORM",
        path="/sign-in/second",
        name="second-factor",
        handler="sign_in.second_factor",
        rule=Access.UNFINISHED,
    ),
    Route(
        method="FORM",
        path="/sign-in/recovery",
        name="recovery-code",
        handler="sign_in.recovery_code",
        rule=Access.UNFINISHED,
    ),
    Route(
        method="FORM",
        path="/sign-in/password",
        name="forced-password",
        handler="sign_in.new_password",
        rule=Access.UNFINISHED,
    ),
    Route(
        method="FORM",
        path="/sign-in/enrol",
        name="enrol",
        handler="sign_in.enrol",
        rule=Access.UNFINISHED,
    ),
    Route(
        method="POST",
        path="/sign-out",
        name="sign-out",
        handler="sign_in.sign_out",
        rule=Access.UNFINISHED,
    ),
    Route(
        method="POST",
        path="/language",
        name="language",
        handler="language.choose",
        rule=Access.ANYBODY,
    ),
    # -- work ------------------------------------------------------------------------------------
    Route(
        method="GET",
        path="/",
        name="desk",
        handler="desk.waiting",
        rule=Access.SIGNED_IN,
        menu=N_("My desk"),
    ),
    Route(
        method="GET",
        path="/requests",
        name="requests",
        handler="requests.listed",
        rule=Act.CASE_LIST,
        menu=N_("Requests"),
    ),
    Route(
        method="GET",
        path="/requests/{thread}",
        name="request",
        handler="request.shown",
        rule=Act.CASE_READ,
        about="case",
    ),
    Route(
        method="GET",
        path="/requests/{thread}/files/{message}/{number}",
        name="request-file",
        handler="request.file",
        rule=Act.ATTACHMENT_READ,
        about="case",
    ),
    *HOUSE,
    # -- the reader's own account ----------------------------------------------------------------
    Route(
        method="GET",
        path="/account",
        name="account",
        handler="account.shown",
        rule=Access.SIGNED_IN,
    ),
    Route(
        method="FORM",
        path="/account/password",
        name="account-password",
        handler="account.password",
        rule=Access.SIGNED_IN,
    ),
    Route(
        method="FORM",
        path="/account/factor",
        name="account-factor",
        handler="account.factor",
        rule=Access.SIGNED_IN,
    ),
    Route(
        method="POST",
        path="/account/recovery",
        name="account-recovery",
        handler="account.recovery",
        rule=Access.SIGNED_IN,
    ),
    Route(
        method="POST",
        path="/account/sessions",
        name="account-sessions",
        handler="account.end_session",
        rule=Access.SIGNED_IN,
    ),
    Route(
        method="FORM",
        path="/account/proof",
        name="proof",
        handler="account.proof",
        rule=Access.SIGNED_IN,
    ),
)
"""All routes. Rows of one noun stand together; the order of the menu is that of the rows."""

BY_NAME: Final[Mapping[str, Route]] = MappingProxyType({row.name: row for row in TABLE})
BY_PATH: Final[Mapping[tuple[str, str], Route]] = MappingProxyType(
    {(method, row.path): row for row in TABLE for method in row.methods}
)
"""By method of HTTP and path, as the guard finds a row."""


def path_to(name: str, query: Mapping[str, str] | None = None, /, **places: str) -> str:
    """The address of a route with its places filled, and a query if there is one.

    Raises:
        KeyError: there is no such route, or a place was not given.
    """
    row = BY_NAME[name]
    path = row.path
    for place in row.places:
        path = path.replace(f"{{{place}}}", quote(places[place], safe=""))
    given = {key: value for key, value in (query or {}).items() if value}
    return f"{path}?{urlencode(given)}" if given else path
