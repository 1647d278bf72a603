"""Serial numbers: one normal form, one skeleton for searching, one syntax for doubtful readings.

A serial number is kept as it is marked and compared in folded forms:

- `normal` folds what never tells two firearms apart: case, width, spaces, hyphens, points, and
  characters that nobody sees (`unseen`), which a copied text brings along.
- `skeleton` also folds what eyes and stamps confuse (O and 0, B and 8, Cyrillic and Latin letters
  of one shape; leading zeros). It is for searching only: two firearms may share a skeleton.
- `variants` gives the Latin writings of letters that have no twin shape (Cyrillic Zhe as ZH, J, X).
- `SerialQuery` is what an officer writes for a damaged number: `?` one unreadable character,
  `*` an unknown run of characters, `[8B]` alternatives; everything else stands for itself.

What it does not do: decide that two firearms are one. A serial is unique at most together with
maker, model, calibre and year; a person decides.

Example:
    >>> normal("ab 12-34"), skeleton("AB-O12"), parse_query("AB?12[8B]*").matches("AB 9128 77")
    ('AB1234', '48012', True)
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import islice, product
from typing import Final

from tracer.errors import InputError
from tracer.model.unseen import as_seen

MAX_QUERY: Final = 64
"""Longest query, in characters."""
MAX_RUNS: Final = 4
"""Most `*` in one query."""
MAX_ALTERNATIVES: Final = 8
"""Most characters in one `[...]`."""
MAX_VARIANTS: Final = 64
"""Most transliterations given for one serial."""

_DROPPED = re.compile(r"[\s\-\u2010-\u2015/._\u00b7']+")
_LOOK_ALIKE: Final = str.maketrans(
    # Cyrillic, then Greek capitals, each with the Latin capital of the same shape
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0406\u0405\u0408"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
    "ABEKMHOPCTYXISJ" + "ABEZHIKMNOPTYX",
)
_CONFUSED: Final = str.maketrans(
    # letters and digits that are mistaken for each other fold to the last of their group
    "OQDILZSGCBAV\u0411\u0427\u0418\u0419\u042f\u0417\u042d",
    "00011256684U64NNR33",
)
_WRITTEN: Final[dict[str, tuple[str, ...]]] = {
    "\u0411": ("B",),
    "\u0413": ("G", "T"),
    "\u0414": ("D",),
    "\u0416": ("ZH", "J", "X"),
    "\u0417": ("Z", "3"),
    "\u0418": ("I", "N"),
    "\u0419": ("I", "Y", "N"),
    "\u041b": ("L",),
    "\u041f": ("P", "N"),
    "\u0424": ("F",),
    "\u0426": ("TS", "C"),
    "\u0427": ("CH",),
    "\u0428": ("SH",),
    "\u0429": ("SHCH",),
    "\u042b": ("Y",),
    "\u042c": ("",),
    "\u042a": ("",),
    "\u042d": ("E",),
    "\u042e": ("YU", "IU"),
    "\u042f": ("YA", "IA"),
}
STOP_LIST: Final = frozenset(
    {
        "0", "1", "12", "123", "1234", "12345", "123456", "1234567", "12345678", "123456789",
        "ABC", "ABC123", "NONE", "NO", "NIL", "NA", "N", "NULL", "UNKNOWN", "UNK", "TEST", "X",
        "SANS", "NEANT", "INCONNU", "AUCUN", "NINGUNO", "DESCONOCIDO", "SN", "SERIAL", "NUMBER",
        "OBLITERATED", "ILLEGIBLE", "REMOVED", "FILEDOFF", "DEFACED", "XXX",
        "\u041d\u0415\u0422", "\u0411\u041d",
    }
)  # fmt: skip
"""Texts that stand where a serial number should, in normal form. They are never searched."""


def normal(text: str) -> str:
    """Fold case, width and separators, drop what is not seen. Empty when nothing is left."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", as_seen(text)).upper())


def skeleton(text: str) -> str:
    """Fold look-alike characters and leading zeros as well. For searching, never for identity."""
    return _fold(normal(text)).lstrip("0")


def variants(text: str) -> frozenset[str]:
    """The normal form and its Latin writings, at most `MAX_VARIANTS`."""
    form = normal(text)
    latin = form.translate(_LOOK_ALIKE)
    written = product(*(_WRITTEN.get(character, (character,)) for character in latin))
    return frozenset((form, *("".join(parts) for parts in islice(written, MAX_VARIANTS - 1))))


def is_stopped(text: str) -> bool:
    """Whether a text only says that there is no number, or is a number nobody stamps."""
    form = normal(text)
    return form in STOP_LIST or (len(form) > 1 and len(set(form)) == 1)


@dataclass(frozen=True, slots=True)
class Position:
    """One place of a query: the characters it may be; none named means any; `run` means any number.

    `allowed` holds normal-form characters.
    """

    allowed: frozenset[str] = frozenset()
    run: bool = False


@dataclass(frozen=True, slots=True)
class SerialQuery:
    """A serial number as far as it can be read."""

    positions: tuple[Position, ...]

    @property
    def exact(self) -> str | None:
        """The normal form, when nothing is in doubt."""
        if all(len(p.allowed) == 1 and not p.run for p in self.positions):
            return "".join(next(iter(p.allowed)) for p in self.positions)
        return None

    @property
    def prefix(self) -> str:
        """The certain characters at the start; what an index can be asked for."""
        certain = ""
        for position in self.positions:
            if position.run or len(position.allowed) != 1:
                break
            certain += next(iter(position.allowed))
        return certain

    @property
    def certain(self) -> int:
        """How many characters are certain."""
        return sum(1 for p in self.positions if len(p.allowed) == 1 and not p.run)

    def matches(self, serial: str, *, folded: bool = False) -> bool:
        """Whether `serial` (as marked) fits; with `folded` look-alikes count as equal.

        One pass over the serial with the set of reachable positions: the time is bounded by
        length of serial times length of query, whatever the query.
        """
        form = _fold(normal(serial)) if folded else normal(serial)
        allowed = [
            frozenset(map(_fold, p.allowed)) if folded else p.allowed for p in self.positions
        ]
        reached = self._skip_runs({0})
        for character in form:
            reached = self._skip_runs(
                {
                    at if self.positions[at].run else at + 1
                    for at in reached
                    if at < len(allowed) and (not allowed[at] or character in allowed[at])
                }
            )
        return len(self.positions) in reached

    def _skip_runs(self, reached: set[int]) -> set[int]:
        found = set(reached)
        for at, position in enumerate(self.positions):
            if at in found and position.run:
                found.add(at + 1)
        return found


def parse_query(text: str, *, field: str = "/serial") -> SerialQuery:
    """Read `AB?12[8B]*`.

    Raises:
        InputError: too long, an open or empty `[`, too many alternatives or runs, or nothing
            certain at all (such a query would ask for the whole register).
    """
    if len(text) > MAX_QUERY:
        raise InputError("serial-query", f"a query has at most {MAX_QUERY} characters", field=field)
    positions: list[Position] = []
    for symbol in _SYMBOL.findall(text):
        positions.extend(_positions(symbol, field))
    query = SerialQuery(tuple(_one_run(positions)))
    if sum(1 for p in query.positions if p.run) > MAX_RUNS:
        raise InputError("serial-query", f"at most {MAX_RUNS} unknown runs `*`", field=field)
    if not any(p.allowed for p in query.positions):
        raise InputError(
            "serial-query",
            "no character of the serial number is known",
            advice="Leave the serial out and describe the other marks.",
            field=field,
        )
    return query


_SYMBOL = re.compile(r"\[[^\[\]]*\]|.", re.DOTALL)


def _positions(symbol: str, field: str) -> tuple[Position, ...]:
    if symbol == "?":
        return (Position(),)
    if symbol == "*":
        return (Position(run=True),)
    if symbol in {"[", "]"}:
        raise InputError("serial-query", "a `[` without its `]`", field=field)
    if symbol.startswith("["):
        choices = frozenset(normal(symbol[1:-1]))
        if not 0 < len(choices) <= MAX_ALTERNATIVES:
            raise InputError(
                "serial-query", f"between 1 and {MAX_ALTERNATIVES} alternatives", field=field
            )
        return (Position(choices),)
    return tuple(Position(frozenset(one)) for one in normal(symbol))


def _one_run(positions: list[Position]) -> list[Position]:
    return [p for i, p in enumerate(positions) if not (p.run and i and positions[i - 1].run)]


def _fold(form: str) -> str:
    return form.translate(_LOOK_ALIKE).translate(_CONFUSED)
