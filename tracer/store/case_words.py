"""How cases are found by words: which way, and what is asked of each case.

A case has a word by itself (its number, a serial), or by the description of its firearms, which it
shares with all cases of such firearms (`agenda`).

1. Words that few cases have by themselves are looked for together. Which descriptions have them all
   is seen among the descriptions alone, of which there are few whatever the number of cases; to
   these cases come those that have one of the words by themselves. If they are few, they are looked
   up; a make with the model of another is found to be in none without looking at any case.
2. A word that many cases have by themselves (the year in their number) is asked of each case.
3. Words of both kinds that seldom stand together give the cases that have them all, found once.
4. Otherwise each case on the way is asked for all words.

Nothing is left out in any way. What is bounded is how common a word is known to be, never how far
is searched.

Rejected: searching the newest cases only, with an offer to go on: a page that says "nothing so far"
costs a person a step for each part of it. Words of firearms beside each case: two that never stand
together had to be merged, 2.8 ms for 16,000 cases each, and a case had ten rows, not six.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Integer,
    Select,
    bindparam,
    exists,
    func,
    or_,
    select,
    union_all,
)

from tracer.store.dialect import Prepared
from tracer.store.tables.exchange import case
from tracer.store.tables.lists import case_description, case_word, description_word

Few = Select[Any] | CompoundSelect[Any] | tuple[str, ...]
Span = tuple[Any, Any]
"""From where to where the words are that begin as somebody typed."""
_LAST: Final = "\U0010ffff"
LEAST: Final = 2
"""Characters of a word below which it is not searched by its beginning: half of everything would
fit."""
RARE: Final = 2000
"""Fewer cases than this are looked up by their keys."""
SAMPLE: Final = 200
"""In so many cases is seen first whether common words stand together."""
MOST_WORDS: Final = 8
"""Words that are looked for at once, at most. So many shapes of a search there are: each has its
statement, which is kept."""
_MOST: Final = bindparam("most", type_=Integer)


class CaseWords:
    """The words that somebody looks for.

    Args:
        conn: Where they are looked for.
        words: They must all be found, from their beginning.
        whole: The reader sees every case; for them words that nothing has end the search.

    Of more than `MOST_WORDS` the first count.
    """

    def __init__(self, conn: Connection, words: Sequence[str], *, whole: bool) -> None:
        self._conn = conn
        self._whole = whole
        few: list[Span] = []
        many: list[Span] = []
        for word in words[:MOST_WORDS]:
            span = _span(word)
            (few if self._count(_counted(1, alone=True), [span]) < RARE else many).append(span)
        self._few = tuple(few)
        """Of words that few cases have by themselves."""
        self._many = tuple(many)
        """Of words that many cases have by themselves."""

    @cached_property
    def rare(self) -> tuple[Few, ...]:
        """Sets of few cases, all of which hold what is meant; an empty one where none can."""
        if self._few and self._told < RARE:
            return ((),) if self._whole and not self._told else (_having(self._few),)
        return () if self._together is None else (self._together,)

    @property
    def common(self) -> Iterator[ColumnElement[bool]]:
        """What is asked of each case on the way; nothing where the sets say it all."""
        if self._together is not None:
            return
        yield from _each(case.c.thread, self._many)
        if self._few and self._told == RARE:
            yield from _each(case.c.thread, self._few, listed=True)

    @cached_property
    def _told(self) -> int:
        """How many cases have all words that few have by themselves, counted up to `RARE`."""
        return self._count(_counted(len(self._few)), self._few)

    @cached_property
    def _together(self) -> tuple[str, ...] | None:
        """The cases that have all words, found once; None: they are many, or of one kind."""
        first, others = (self._few, self._many) if self._few else (self._many[:1], self._many[1:])
        if not others or (self._few and self._told < RARE):
            return None
        spans = (*first, *others)
        if 2 * self._count(_sampled(len(first), len(others)), spans, most=SAMPLE) >= SAMPLE:
            return None
        found = _found(len(first), len(others)).rows(self._conn, most=RARE, **_values(spans))
        return tuple(dict.fromkeys(row[0] for row in found)) if len(found) < RARE else None

    def _count(self, query: Prepared, spans: Sequence[Span], *, most: int = RARE) -> int:
        return int(query.first(self._conn, most=most, **_values(spans))[0])


def _span(word: str) -> Span:
    """From where to where the words are that begin so; a very short one only as it is."""
    return word, word + _LAST if len(word) >= LEAST else word


def _later(first: int, beyond: int) -> tuple[Span, ...]:
    """Spans whose ends are given when a statement is run."""
    return tuple((bindparam(f"from{n}"), bindparam(f"to{n}")) for n in range(first, beyond))


def _values(spans: Sequence[Span]) -> dict[str, str]:
    found: dict[str, str] = {}
    for n, (first, last) in enumerate(spans):
        found |= {f"from{n}": first, f"to{n}": last}
    return found


def _itself(span: Span) -> Select[Any]:
    """The cases that have a word by themselves."""
    return select(case_word.c.thread).where(case_word.c.word.between(*span))


def _descriptions(span: Span) -> Select[Any]:
    """The descriptions that have a word; nothing of other tables."""
    said = description_word.alias()
    return select(said.c.description).where(said.c.word.between(*span))


def _having(spans: Sequence[Span]) -> CompoundSelect[Any]:
    """The cases that have all words, some of them more than once.

    First those whose firearms are described by all; then, for each word, those that have it by
    themselves, and the others in either way.
    """
    described = select(case_description.c.thread).where(
        case_description.c.description.in_(_all_in(spans))
    )
    alone = (
        _itself(span).where(*_each(case_word.c.thread, (*spans[:n], *spans[n + 1 :])))
        for n, span in enumerate(spans)
    )
    return union_all(described, *alone)


def _all_in(spans: Sequence[Span]) -> Select[Any]:
    """The descriptions that have all words."""
    first, *others = spans
    found = _descriptions(first)
    (name,) = found.selected_columns
    return found.where(*(name.in_(_descriptions(span)) for span in others))


def _each(
    thread: ColumnElement[str], spans: Sequence[Span], *, listed: bool = False
) -> Iterator[ColumnElement[bool]]:
    """A case has each word, by the description of its firearms or by itself.

    Args:
        thread: The case.
        spans: The words.
        listed: Few cases have them by themselves: these are read once. Measured, on the way past
            900 cases: 2.5 ms, 6.2 ms if each is looked up.
    """
    for n, span in enumerate(spans):
        own, of = case_word.alias(f"own_{n}"), case_description.alias(f"described_{n}")
        yield or_(
            exists().where(of.c.thread == thread, of.c.description.in_(_descriptions(span))),
            thread.in_(_itself(span))
            if listed
            else exists().where(own.c.thread == thread, own.c.word.between(*span)),
        )


@cache
def _counted(count: int, *, alone: bool = False) -> Prepared:
    """How many cases have so many words, up to `most`; `alone`: have one by themselves."""
    spans = _later(0, count)
    found = (_itself(*spans) if alone else _having(spans)).limit(_MOST)
    return Prepared(select(func.count()).select_from(found.subquery()))


@cache
def _sampled(first: int, others: int) -> Prepared:
    """How many of the first cases that have the first words have all others."""
    some = _having(_later(0, first)).limit(_MOST).subquery()
    asked = _each(some.c.thread, _later(first, first + others))
    return Prepared(select(func.count()).select_from(some).where(*asked))


@cache
def _found(first: int, others: int) -> Prepared:
    """Cases that have the first words and all others, up to `most`, some more than once."""
    some = _having(_later(0, first)).subquery()
    asked = _each(some.c.thread, _later(first, first + others))
    return Prepared(select(some.c.thread).where(*asked).limit(_MOST))
