"""What a mark was before its opener described it anew: a serial restored, a character corrected.

The state has each firearm as it is described now (`lines.current_firearms`). Here is what its marks
were in the descriptions before, as far as it is the same mark: of the same kind in the same place,
or the only one of its kind in both. Of any other nothing is said: a guess would be no evidence.

What it does not do: tell of marks that are described no more; the messages have them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from msgspec import Struct

from tracer.model.firearm import Firearm, Mark
from tracer.model.thread import reading
from tracer.model.thread.record import View

_NOTHING: Final = ("", "")


class Earlier(Struct, frozen=True, kw_only=True):
    """What one mark of a firearm was before, the oldest first; `n` counts its marks from 1."""

    line: int
    n: int
    was: tuple[Mark, ...]


def earlier_marks(view: View) -> tuple[Earlier, ...]:
    """The marks of the lines still asked about that were described otherwise before."""
    told: dict[int, list[Firearm]] = {}
    for node in (view.record.opening, *view.changes()):
        for one in reading.firearms(node.message):
            told.setdefault(one.line, []).append(one)
    gone = view.given_up()
    return tuple(
        Earlier(line=line, n=n, was=was)
        for line, descriptions in sorted(told.items())
        if line not in gone
        for n, was in enumerate(_before([one.marks for one in descriptions]), 1)
        if was
    )


def _before(descriptions: Sequence[tuple[Mark, ...]]) -> Iterator[tuple[Mark, ...]]:
    """For each mark of the last description: what it was in those before it."""
    *older, last = descriptions
    places: list[int | None] = list(range(len(last)))
    found: list[list[Mark]] = [[] for _ in last]
    follows = last
    for marks in reversed(older):
        same = _same(follows, marks)
        for n, place in enumerate(places):
            places[n] = None if place is None else same.get(place)
            before = places[n]
            if place is None or before is None:
                continue
            if _told(marks[before]) not in {_NOTHING, _told(follows[place])}:
                found[n].append(marks[before])
        follows = marks
    return (tuple(reversed(was)) for was in found)


def _told(mark: Mark) -> tuple[str, str]:
    """What a reader is shown of a mark: its text; where it has none, how it reads."""
    return (mark.text, "") if mark.text else ("", mark.reading.value if mark.reading else "")


def _same(now: Sequence[Mark], then: Sequence[Mark]) -> dict[int, int]:
    """Which mark of now was which then, by their places in the two descriptions."""
    if now == then:
        return {n: n for n in range(len(now))}
    found: dict[int, int] = {}
    single = _single(now) & _single(then)
    for key in (_whole, _place, lambda mark: _kind(mark) if _kind(mark) in single else None):
        taken = set(found.values())
        free: dict[Any, list[int]] = {}
        for k in reversed(range(len(then))):
            if k not in taken:
                free.setdefault(key(then[k]), []).append(k)
        free.pop(None, None)
        for n, mark in enumerate(now):
            if n not in found and (left := free.get(key(mark))):
                found[n] = left.pop()
    return found


def _whole(mark: Mark) -> tuple[str, ...]:
    return (*_place(mark), mark.text)


def _place(mark: Mark) -> tuple[str, ...]:
    return _kind(mark), mark.location.value if mark.location else ""


def _kind(mark: Mark) -> str:
    return mark.kind.value


def _single(marks: Sequence[Mark]) -> set[str]:
    """The kinds of which there is one mark."""
    return {kind for kind, many in Counter(map(_kind, marks)).items() if many == 1}
