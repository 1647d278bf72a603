"""How cases are found by words: which way, and what is asked of each case.

1. A rare word gives its cases.
2. Of a common word each case on the way is asked.
3. Common words that seldom stand together give the cases that have them all, found once. Words that
   are more common than is counted and are spelled in one way each are merged: the index has the
   cases of each in one order, so that they are gone through side by side. Measured among 100,000
   cases, two words of 16,000 cases each: 2.8 ms, 15 ms where each case of one is looked up.

Nothing is left out in any way. What is bounded is how common a word is known to be, never how far
is searched.

Rejected: searching the newest cases only, with an offer to go on. The whole of 100,000 is searched
in 3 ms; a page that says "nothing so far" costs a person a step for each part of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    bindparam,
    exists,
    func,
    intersect,
    select,
)

from tracer.store.dialect import Prepared, listed
from tracer.store.tables.exchange import case
from tracer.store.tables.lists import case_word

Few = Select[Any] | tuple[str, ...]
_LAST: Final = "\U0010ffff"
_NEXT: Final = "\x01"
"""Less than any character of a word."""
LEAST: Final = 2
"""Characters of a word below which it is not searched: it would fit half of everything."""
RARE: Final = 2000
"""Fewer cases than this are looked up by their keys."""
COMMON: Final = 5_000
"""Words in more cases than this are not told apart by how common they are."""
SAMPLE: Final = 200
"""In so many cases is seen first whether common words stand together."""
MOST_WORDS: Final = 8
"""Words that are looked for at once, at most. So many shapes of a search there are: each has its
statement, which is kept."""
SPELLED: Final = 8
"""A word that so many words at most begin with is looked for as each of these, by their keys."""
_SPAN: Final = case_word.c.word.between(bindparam("first"), bindparam("last"))
_MOST: Final = bindparam("most", type_=Integer)
_COUNT: Final = Prepared(
    select(func.count()).select_from(
        select(case_word.c.thread).where(_SPAN).limit(_MOST).subquery()
    )
)
_NEXT_WORD: Final = Prepared(select(func.min(case_word.c.word)).where(_SPAN))


class CaseWords:
    """The words that somebody looks for.

    Args:
        conn: Where they are looked for.
        words: They must all be found, from their beginning.
        whole: The reader sees every case; for them a word that is nowhere ends the search.

    Of more than `MOST_WORDS` the first count.
    """

    def __init__(self, conn: Connection, words: Sequence[str], *, whole: bool) -> None:
        self._conn = conn
        self._words = words[:MOST_WORDS]
        self._whole = whole

    @cached_property
    def _counts(self) -> dict[str, int]:
        """In how many cases each is, the rarest first."""
        most = COMMON if len(self._words) > 1 else RARE
        found: dict[str, int] = {}
        for word in self._words:
            first, last = _span(word)
            found[word] = _COUNT.first(self._conn, first=first, last=last, most=most)[0]
        return dict(sorted(found.items(), key=lambda one: one[1]))

    @cached_property
    def rare(self) -> tuple[Few, ...]:
        """Sets of few cases, all of which hold what is meant; an empty one where none can."""
        if self._whole and 0 in self._counts.values():
            return ((),)
        few = [word for word, count in self._counts.items() if count < RARE]
        if few:
            return tuple(_having(word) for word in few)
        return () if self._together is None else (self._together,)

    @property
    def common(self) -> Iterator[ColumnElement[bool]]:
        """What is asked of each case on the way; nothing where the sets say it all."""
        for place, (word, count) in enumerate(self._counts.items()):
            if count >= RARE and self._together is None:
                said = _stands(place)
                spelled = self._spelled[word]
                here = said.c.word.in_(spelled) if spelled else said.c.word.between(*_span(word))
                yield exists().where(said.c.thread == case.c.thread, here)

    def _often_together(self) -> bool:
        """Half of the first cases of the rarest word hold the others, too.

        Threads are named by digests: the first in the order of their names stand for all.
        """
        sampled = _sampled(self._shape).first(self._conn, **self._values)[0]
        return 2 * int(sampled) >= SAMPLE

    @cached_property
    def _together(self) -> tuple[str, ...] | None:
        """The cases that hold them all, of words none of which is rare; None where many do."""
        alone = len(self._counts) < 2  # noqa: PLR2004 - one word stands with no other
        if alone or min(self._counts.values()) < RARE or self._often_together():
            return None
        found = self._all_together()
        return tuple(dict.fromkeys(found)) if len(found) < RARE else None

    def _all_together(self) -> list[str]:
        """The cases that hold all words, up to `RARE`; one as often as words of it begin so."""
        if min(self._counts.values()) >= COMMON and all(map(_once, self._spelled.values())):
            words = {f"word{n}": self._spelled[word][0] for n, word in enumerate(self._counts)}
            rows = _merged(len(words)).rows(self._conn, **words)
        else:
            rows = _looked_up(self._shape).rows(self._conn, **self._values)
        return [row[0] for row in rows]

    @cached_property
    def _spelled(self) -> dict[str, list[str]]:
        """The words that begin with each common one; none where there are more than `SPELLED`."""
        common = [word for word, count in self._counts.items() if count >= RARE]
        return {word: self._spellings(word) for word in common}

    def _spellings(self, word: str) -> list[str]:
        found: list[str] = []
        first, last = _span(word)
        while len(found) <= SPELLED:
            next_ = _NEXT_WORD.first(self._conn, first=first, last=last)[0]
            if next_ is None:
                return found
            found.append(next_)
            first = next_ + _NEXT
        return []

    @property
    def _shape(self) -> tuple[bool, ...]:
        """Of each word, the rarest first: whether it is looked for by its spellings."""
        return tuple(bool(self._spelled[word]) for word in self._counts)

    @property
    def _values(self) -> dict[str, Any]:
        """What statements of this shape are given."""
        found: dict[str, Any] = {}
        for place, word in enumerate(self._counts):
            found[f"words{place}"] = self._spelled[word]
            found[f"first{place}"], found[f"last{place}"] = _span(word)
        return found


def _once(spelled: Sequence[str]) -> bool:
    return len(spelled) == 1


def _span(word: str) -> tuple[str, str]:
    """From where to where the words are that begin so; a very short one only as it is."""
    return word, word + _LAST if len(word) >= LEAST else word


def _having(word: str) -> Select[Any]:
    return select(case_word.c.thread).where(case_word.c.word.between(*_span(word)))


@cache
def _stands(place: int) -> FromClause:
    """Where the word of a place is looked up."""
    return case_word.alias(f"word_{place}")


def _is(table: FromClause, place: int, *, spelled: bool) -> ColumnElement[bool]:
    """A row says the word of a place, whose values come later."""
    if spelled:
        return table.c.word.in_(listed(f"words{place}"))
    return table.c.word.between(bindparam(f"first{place}"), bindparam(f"last{place}"))


def _others(thread: Any, shape: Sequence[bool]) -> list[ColumnElement[bool]]:
    """A case says all words but the first."""
    return [
        exists().where(_stands(n).c.thread == thread, _is(_stands(n), n, spelled=spelled))
        for n, spelled in enumerate(shape)
        if n
    ]


@cache
def _sampled(shape: tuple[bool, ...]) -> Prepared:
    """How many of the first cases of the first word say all others."""
    begins = _is(case_word, 0, spelled=False)
    some = select(case_word.c.thread).where(begins).limit(SAMPLE).subquery()
    return Prepared(select(func.count()).select_from(some).where(*_others(some.c.thread, shape)))


@cache
def _looked_up(shape: tuple[bool, ...]) -> Prepared:
    """Cases of the first word that say all others; one as often as words of it begin so."""
    first = _is(case_word, 0, spelled=shape[0])
    query = select(case_word.c.thread).where(first, *_others(case_word.c.thread, shape))
    return Prepared(query.limit(RARE))


@cache
def _merged(count: int) -> Prepared:
    """Cases that say so many words, each gone through once, side by side."""
    each = (
        select(case_word.c.thread).where(case_word.c.word == bindparam(f"word{n}"))
        for n in range(count)
    )
    return Prepared(intersect(*each).order_by("thread").limit(RARE))
