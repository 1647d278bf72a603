"""One page of a list of cases: narrowed, sorted, from a place on, each by an index.

A page costs about the same at a thousand cases and at a hundred thousand. It is read in two steps:
which cases, from indexes that hold everything a list is narrowed by; then their rows, by key. Which
cases is found in one of three ways, chosen by counting up to `RARE` (words: `case_words`):

1. Few cases can be meant at all, because of a rare word or of words that seldom stand together,
   because a person sees few, or because few are awaited by then: these are looked up by their keys,
   and sorted.
2. The list is sorted by what is awaited: only cases with a running clock are walked, in order.
3. Otherwise the index of the sort (or of the sort within a narrow filter) is walked, and each case
   on the way is asked by its keys for the rest, until the page is full.

Who may not see every case is not told by the time what stands in the others: a word that stands
nowhere takes them the same way, through the same queries, as one that stands in hidden cases only.

Decision: no statistics of the database (ANALYZE). They change plans with the data, on a day nobody
chose; a test holds every plan as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal, NamedTuple

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    CompoundSelect,
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
from tracer.store.case_words import RARE, CaseWords
from tracer.store.dialect import Prepared, chunks, listed
from tracer.store.rows import CaseRow
from tracer.store.tables.accounts import transcript
from tracer.store.tables.exchange import case
from tracer.store.tables.lists import agenda
from tracer.store.work import seen_by, visible

Sort = Literal["updated", "due", "reference"]
Owes = Literal["ours", "theirs"]
_Query = Select[Any] | CompoundSelect[Any]
_UNSENT: Final = case.alias("unsent")
_BY_ANOTHER_WAY: Final = select(transcript.c.thread).union(
    select(_UNSENT.c.thread).where(
        _UNSENT.c.state == "SENT", func.substr(_UNSENT.c.peer, len("XA-")) == f"-{OUTSIDE}"
    )
)
"""Cases of which something was entered; to a State with no node also what is to be sent yet."""
_COLUMNS: Final = tuple(case.c.keys())
_ROWS: Final = Prepared(select(case).where(case.c.thread.in_(listed("threads"))))


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
        self._few: dict[Scope, bool] = {}

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
        places = self.places(wanted, scope=scope, sort=sort, after=after, limit=limit)
        rows: dict[str, CaseRow] = {}
        for part in chunks([place.thread for place in places]):
            rows |= {row[0]: _row(row) for row in _ROWS.rows(self._conn, threads=part)}
        return [Listed(rows[place.thread], place) for place in places]

    def places(
        self,
        wanted: Wanted,
        *,
        scope: Scope,
        sort: Sort = "updated",
        after: Place | None = None,
        limit: int = 50,
    ) -> list[Place]:
        """The same without their rows: where they stand in the list."""
        narrowed = self._narrow(wanted, scope, sort)
        if narrowed.nothing:
            return []
        key: Any = agenda.c[wanted.owes or "due"] if sort == "due" else case.c[sort]
        thread = agenda.c.thread if sort == "due" else case.c.thread
        if narrowed.few:
            key = func.coalesce(key, "")  # so that no index of it is walked
        query = narrowed.of(select(key, thread))
        downward = sort == "updated"
        query = query.order_by(*(one.desc() if downward else one for one in (key, thread)))
        if after is not None:
            query = query.where(_beyond(key, thread, after, downward=downward))
        return [Place(*row) for row in self._conn.execute(query.limit(limit))]

    def count(self, wanted: Wanted, *, scope: Scope, most: int) -> int:
        """How many there are, counted up to `most`: beyond it nobody reads the number."""
        sort: Sort = "due" if wanted.owes or wanted.due_by else "updated"
        thread = agenda.c.thread if sort == "due" else case.c.thread
        narrowed = self._narrow(wanted, scope, sort)
        return 0 if narrowed.nothing else self._count(narrowed.of(select(thread)), most)

    def _narrow(self, wanted: Wanted, scope: Scope, sort: Sort) -> _Narrowed:
        """Which cases, the way there chosen."""
        words = CaseWords(self._conn, wanted.words, whole=scope.reach == "all")
        running = _running(agenda, wanted)
        sets: list[_Query | Sequence[str]] = [*words.rare]
        asked = [*words.common]
        if sort != "due" and (wanted.owes or wanted.due_by):
            awaited = select(agenda.c.thread).where(*running)
            if self._count(awaited, RARE) < RARE:
                sets.append(awaited)
            else:
                other = agenda.alias()
                asked.append(
                    exists().where(other.c.thread == case.c.thread, *_running(other, wanted))
                )
        if self._sees_few(scope):
            sets.append(seen_by(scope))
        if wanted.entered:
            sets.append(_BY_ANOTHER_WAY)
        indexed = not sets and sort == "updated"
        few = (case.c.thread.in_(one) for one in sets)
        clock = running if sort == "due" else []
        return _Narrowed(
            # who may see it is asked last, of the cases that fit: it takes up to three look-ups
            [*clock, *few, *_filters(wanted, indexed=indexed), *asked, *visible(scope)],
            few=bool(sets),
            clock=sort == "due",
            nothing=() in words.rare and scope.reach == "all",
        )

    def _sees_few(self, scope: Scope) -> bool:
        """Whether somebody sees so few cases that they are looked up by their keys."""
        if scope.reach != "own":
            return False
        if scope not in self._few:
            self._few[scope] = self._count(seen_by(scope), RARE) < RARE
        return self._few[scope]

    def _count(self, query: _Query, most: int) -> int:
        found = select(func.count()).select_from(query.limit(most).subquery())
        return int(self._conn.execute(found).scalar_one())


def _row(values: Sequence[Any]) -> CaseRow:
    return CaseRow(**dict(zip(_COLUMNS, values, strict=True)))


class _Narrowed(NamedTuple):
    """What cases have to be, and how they are come by."""

    conditions: Sequence[ColumnElement[bool]]
    few: bool
    """They are looked up by their keys."""
    clock: bool
    """They are walked by what is awaited."""
    nothing: bool
    """There are none, as is known by now."""

    def of(self, query: Select[Any]) -> Select[Any]:
        """A query of them."""
        if self.clock:
            query = query.join(case, case.c.thread == agenda.c.thread)
        return query.where(*self.conditions)


def _filters(wanted: Wanted, *, indexed: bool) -> Iterator[ColumnElement[bool]]:
    """What a case's own columns say; not `indexed`: so that no index of these columns is taken."""

    def column(name: str) -> Any:
        return case.c[name] if indexed else func.coalesce(case.c[name], "")

    for name in ("peer", "opener", "urgency"):
        if value := getattr(wanted, name):
            yield column(name) == value
    if len(wanted.states) == 1:
        yield column("state") == wanted.states[0]
    elif wanted.states:
        yield func.coalesce(case.c.state, "").in_(wanted.states)
    if wanted.test is not None:
        yield case.c.test.is_(wanted.test)


def _running(table: Any, wanted: Wanted) -> list[ColumnElement[bool]]:
    """A clock runs, of those wanted, and ends in time."""
    ends = table.c[wanted.owes or "due"]
    return [ends.is_not(None), *([ends <= wanted.due_by] if wanted.due_by else [])]


def _beyond(key: Any, thread: Column[Any], place: Place, *, downward: bool) -> Any:
    """What comes after a place; written so that either database reads its index from there."""
    if downward:
        further = or_(key < place.key, and_(key == place.key, thread < place.thread))
        return and_(key <= place.key, further)
    further = or_(key > place.key, and_(key == place.key, thread > place.thread))
    return and_(key >= place.key, further)
