"""A list with filters, sorting and pages: where its links lead, from the query it was asked by.

A cursor is the place where the next page begins, as text: what it is sorted by, and the thread. It
holds a date or a reference and an id, nothing personal.

Example:
    >>> further = Place("2026-...", "abc")
    >>> listing = Listing("/requests", {"side": "sent"}, sort="due", following=further)
    >>> listing.next
    '/requests?side=sent&sort=due&after=2026-...~abc'
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from tracer.store.case_pages import Place

_BETWEEN: Final = "~"
_DESCENDING: Final = frozenset({"updated"})


class Listing:
    """The links of one list.

    Args:
        path: Where the list is.
        filters: What narrows it, as in the query; empty values are left out of links.
        sort: What it is sorted by.
        after: The place this page begins after; None: the first page.
        following: The place the next page begins after; None: there is none.
    """

    def __init__(
        self,
        path: str,
        filters: Mapping[str, str],
        *,
        sort: str,
        after: Place | None = None,
        following: Place | None = None,
    ) -> None:
        self._path = path
        self.filters = {name: value for name, value in filters.items() if value}
        self.sort = sort
        self.later = after is not None
        self._following = following

    @property
    def first(self) -> str:
        """The first page."""
        return self._link(sort=self.sort)

    @property
    def next(self) -> str:
        """The next page; empty if this is the last."""
        if self._following is None:
            return ""
        return self._link(sort=self.sort, after=cursor(self._following))

    def sorted(self, key: str) -> str:
        """The same list sorted otherwise."""
        return self._link(sort=key)

    def without(self, name: str) -> str:
        """The same list without one of its filters."""
        return self._link(sort=self.sort, **{name: ""})

    def direction(self, key: str) -> str:
        """How a sort runs, for `aria-sort`."""
        return "descending" if key in _DESCENDING else "ascending"

    def _link(self, **changes: str) -> str:
        query = {**self.filters, **changes}
        query = {name: value for name, value in query.items() if value}
        return f"{self._path}?{urlencode(query)}" if query else self._path


def cursor(place: Place) -> str:
    """A place as text."""
    return f"{place.key}{_BETWEEN}{place.thread}"


def place(text: str) -> Place | None:
    """A text as a place; None for anything else."""
    key, between, thread = text[:500].partition(_BETWEEN)
    return Place(key, thread) if between else None
