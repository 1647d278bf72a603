"""One page of a list of cases: narrowed, sorted, from a place on, each by an index.

A page is read from its sort's index in order and stops when it is full, so it costs the same at a
thousand cases and at a hundred thousand. A narrow filter has an index of its own in the same order;
for a sort by what is awaited only cases with a running clock are looked at, which are few.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal, NamedTuple

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    and_,
    exists,
    func,
    or_,
    select,
)

from tracer.model.ids import OUTSIDE
from tracer.store.account_rows import Scope
from tracer.store.rows import CaseRow
from tracer.store.tables.accounts import transcript
from tracer.store.tables.exchange import case
from tracer.store.tables.lists import agenda, case_word
from tracer.store.work import visible

Sort = Literal["updated", "due", "reference"]
Owes = Literal["ours", "theirs"]
_LAST: Final = "\U0010ffff"
LEAST: Final = 2
"""Characters of a word below which it is not searched: it would fit half of everything."""


RARE: Final = 2000
"""A word of fewer cases than this is looked up first."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which cases; what is empty does not narrow.

    `owes` says who must act; `due_by` is an instant up to which it must be; `words` must all be
    found, from their beginning. `entered`: something of them came or went by another way.
    """

    states: tuple[str, ...] = ()
    peer: str = ""
    opener: str = ""
    urgency: str = ""
    owes: Owes | None = None
    due_by: str = ""
    words: tuple[str, ...] = ()
    entered: bool = False
    test: bool | None = None


class Place(NamedTuple):
    """Where a page ends: the value it is sorted by, and the thread."""

    key: str
    thread: str


class Listed(NamedTuple):
    """A case in a list, with its place in it."""

    row: CaseRow
    place: Place


ListedCases = list[Listed]


class CasePages:
    """`tx.case_pages`."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def page(
        self,
        wanted: Wanted,
        *,
        scope: Scope,
        sort: Sort = "updated",
        after: Place | None = None,
        limit: int = 50,
    ) -> ListedCases:
        """The cases that somebody of this scope may see.

        Newest change first, soonest end first, or lowest reference first.
        """
        key = _key(wanted, sort)
        query = _narrowed(select(case, key.label("place_key")), wanted, sort).where(
            *visible(scope), *self._found(wanted.words)
        )
        if sort == "updated":
            query = query.order_by(key.desc(), case.c.thread.desc())
            if after is not None:
                query = query.where(_beyond(key, case.c.thread, after, downward=True))
        else:
            thread = agenda.c.thread if sort == "due" else case.c.thread
            query = query.order_by(key, thread)
            if after is not None:
                query = query.where(_beyond(key, thread, after, downward=False))
        rows = self._conn.execute(query.limit(limit)).mappings()
        return [_listed(dict(row)) for row in rows]

    def count(self, wanted: Wanted, *, scope: Scope, most: int) -> int:
        """How many there are, counted up to `most`: beyond it nobody reads the number."""
        sort: Sort = "due" if wanted.owes or wanted.due_by else "updated"
        narrowed = _narrowed(select(case.c.thread), wanted, sort)
        inner = narrowed.where(*visible(scope), *self._found(wanted.words)).limit(most)
        return int(
            self._conn.execute(select(func.count()).select_from(inner.subquery())).scalar_one()
        )

    def _found(self, words: Sequence[str]) -> Iterator[ColumnElement[bool]]:
        """Cases that have these words.

        A rare word gives its cases; of a common one each case on the way is asked, so that neither
        reads the whole of an index.
        """
        for word in words:
            some = select(case_word.c.thread).where(*_begins(word))
            many = self._conn.execute(
                select(func.count()).select_from(some.limit(RARE).subquery())
            ).scalar_one()
            if many < RARE:
                yield case.c.thread.in_(some)
            else:
                here = case_word.c.thread == case.c.thread
                yield exists().where(here, *_begins(word)).correlate(case)


def _key(wanted: Wanted, sort: Sort) -> Column[Any]:
    if sort == "due":
        return agenda.c[wanted.owes or "due"]
    return case.c[sort]


def _narrowed(query: Select[Any], wanted: Wanted, sort: Sort) -> Select[Any]:
    by_clock = sort == "due" or wanted.owes or wanted.due_by
    if by_clock:
        ends = agenda.c[wanted.owes or "due"]
        query = query.join(agenda, agenda.c.thread == case.c.thread).where(ends.is_not(None))
        if wanted.due_by:
            query = query.where(ends <= wanted.due_by)
    for name in ("peer", "opener", "urgency"):
        value = getattr(wanted, name)
        if value:
            query = query.where(case.c[name] == value)
    if len(wanted.states) == 1:
        query = query.where(case.c.state == wanted.states[0])
    elif wanted.states:
        query = query.where(case.c.state.in_(wanted.states))
    if wanted.entered:
        papers = select(transcript.c.thread)
        outside = func.substr(case.c.peer, len("XA") + 1) == f"-{OUTSIDE}"
        query = query.where(or_(case.c.thread.in_(papers), outside))
    if wanted.test is not None:
        query = query.where(case.c.test.is_(wanted.test))
    return query


def _begins(word: str) -> tuple[ColumnElement[bool], ...]:
    """A word from its beginning; a very short one only as it is."""
    if len(word) < LEAST:
        return (case_word.c.word == word,)
    return case_word.c.word >= word, case_word.c.word < word + _LAST


def _beyond(key: Column[Any], thread: Column[Any], place: Place, *, downward: bool) -> Any:
    """What comes after a place; written so that either database reads its index from there."""
    if downward:
        further = or_(key < place.key, and_(key == place.key, thread < place.thread))
        return and_(key <= place.key, further)
    further = or_(key > place.key, and_(key == place.key, thread > place.thread))
    return and_(key >= place.key, further)


def _listed(row: dict[str, Any]) -> Listed:
    key = row.pop("place_key")
    return Listed(CaseRow(**row), Place(key, row["thread"]))
