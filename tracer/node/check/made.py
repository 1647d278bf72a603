"""What a table is whose rows are made by acts, and how a row is held against an act."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tracer.store import Tx
from tracer.store.survey import Act

Row = Mapping[str, Any]
Key = tuple[Any, ...]
Judge = Callable[[Tx, Row, Sequence[Act]], Iterator[str]]


class Made(NamedTuple):
    """A table whose rows are made by acts."""

    table: str
    acts: frozenset[str]
    subjects: Callable[[Row], tuple[str, ...]]
    """What acts about a row name as their subject."""
    judge: Judge
    told: Callable[[Act], Iterable[Key]]
    """The first columns of the keys of rows that an act leaves behind, if nothing ended them."""
    ended: Callable[[Tx, Key, Sequence[Act]], bool]
    """Whether later acts took such a row away again."""
    by: tuple[str, ...] = ()
    """The columns that acts name, where they are not the first of the key."""


def differing(
    tx: Tx, row: Row, act: Act, wanted: Mapping[str, Any], *, at: str = ""
) -> Iterator[str]:
    """The columns of a row that are not what an act says; `at` names that of its instant."""
    for name, value in wanted.items():
        if row[name] != value:
            yield f"its {name} is kept as {row[name]!r}, and act {act.number} says {value!r}"
    if at and not same_instant(tx, row[at], act):
        yield f"its {at} is kept as {row[at]!r}, and act {act.number} is of {act.at}"


def same_instant(tx: Tx, at: str, act: Act) -> bool:
    """Whether a row of this instant can be of this act."""
    return at == act.at or (at < act.at and tx.survey.held_back(act.number, act.at))


def last(acts: Sequence[Act], *kinds: str) -> Act | None:
    """The last act of some kinds."""
    return next((act for act in reversed(acts) if act.act in kinds), None)


def never(_tx: Tx, _key: Key, _acts: Sequence[Act]) -> bool:
    """Nothing takes such a row away."""
    return False


def said(act: Act, name: str, otherwise: Any = None) -> Any:
    """What an act tells under a name; `otherwise`, if it does not, or its detail is gone."""
    return otherwise if act.detail is None else act.detail.get(name, otherwise)
