"""The table of routes: every path of the desk, who may come there, and what it is about.

`guard` reads the rule of a row, the navigation and the authorisation matrix are made from the same
rows, which stand in `rows`.

Example:
    >>> path_to("request", thread="abc")
    '/requests/abc'
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import quote, urlencode

from tracer.web.ui.route import Access, Route
from tracer.web.ui.rows import account, acting, coming, drafts, entered, house, paper, release, work

__all__ = ["BY_NAME", "BY_PATH", "TABLE", "Access", "Route", "path_to"]

TABLE: Final[tuple[Route, ...]] = (
    *coming.ROWS,
    *work.ROWS,
    *paper.ROWS,
    *entered.ROWS,
    *drafts.ROWS,
    *acting.ROWS,
    *release.ROWS,
    *house.ROWS,
    *account.ROWS,
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
