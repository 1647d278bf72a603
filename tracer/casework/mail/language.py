"""The words of one language: lines with places, plural forms, dates.

Plural categories are those of CLDR for whole numbers below a million; a form that means a single
number (Arabic one and two) need not show it.

Example:
    >>> words_of("ru").plural("span.day", 3)
    '3 дня'
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

LANGUAGES: Final = ("ar", "en", "es", "fr", "ru", "zh")
"""The six languages of the United Nations; one data file each."""
RIGHT_TO_LEFT_MARK: Final = "\u200f"
_ISOLATE, _END_ISOLATE = "\u2066", "\u2069"


def _one_other(n: int) -> str:
    return "one" if n == 1 else "other"


def _french(n: int) -> str:
    return "one" if n in {0, 1} else "other"


def _russian(n: int) -> str:
    tens, ones = n % 100, n % 10
    if ones == 1 and tens != 11:  # noqa: PLR2004 - CLDR
        return "one"
    return "few" if ones in {2, 3, 4} and tens not in {12, 13, 14} else "many"


def _arabic(n: int) -> str:
    if n in {0, 1, 2}:
        return ("zero", "one", "two")[n]
    tens = n % 100
    if 3 <= tens <= 10:  # noqa: PLR2004 - CLDR
        return "few"
    return "many" if tens >= 11 else "other"  # noqa: PLR2004 - CLDR


PLURALS: Final[Mapping[str, tuple[Callable[[int], str], tuple[str, ...]]]] = MappingProxyType(
    {
        "ar": (_arabic, ("zero", "one", "two", "few", "many", "other")),
        "en": (_one_other, ("one", "other")),
        "es": (_one_other, ("one", "other")),
        "fr": (_french, ("one", "other")),
        "ru": (_russian, ("one", "few", "many", "other")),
        "zh": (lambda _: "other", ("other",)),
    }
)
"""By language: which form a number takes, and the forms its file has (CLDR 47, cardinal).

Russian `other` is for fractions; whole numbers do not use it.
"""


@dataclass(frozen=True, slots=True)
class Words:
    """One language."""

    language: str
    right_to_left: bool
    months: tuple[str, ...]
    lines: Mapping[str, str]
    """Each line of the file by its dotted name."""

    def say(self, name: str, **places: str) -> str:
        """A line with its places filled."""
        return self.lines[name].format(**places)

    def plural(self, name: str, n: int, **places: str) -> str:
        """The form of a line that the number asks for."""
        category = PLURALS[self.language][0](n)
        return self.say(f"{name}.{category}", n=str(n), **places)

    def date(self, day: date) -> str:
        """A date that cannot be misread: its month is a word, or marked as a month."""
        named = self.months[day.month - 1]
        return self.say("date", day=str(day.day), month=named, year=str(day.year))

    def foreign(self, text: str) -> str:
        """Latin text (a reference, a time) so that it keeps its order inside the line."""
        return f"{_ISOLATE}{text}{_END_ISOLATE}" if self.right_to_left else text

    def line(self, text: str) -> str:
        """A line of a letter, marked if it reads from the right."""
        return f"{RIGHT_TO_LEFT_MARK}{text}" if self.right_to_left and text else text


@cache
def words_of(language: str) -> Words:
    """The words of one of `LANGUAGES`; English for any other."""
    known = language if language in LANGUAGES else "en"
    table = read_file(known)
    return Words(
        language=known,
        right_to_left=table["direction"] == "rtl",
        months=tuple(table["months"]),
        lines=MappingProxyType(dict(flat(table))),
    )


def read_file(language: str) -> dict[str, Any]:
    """The data file of a language, as it is."""
    path = resources.files("tracer.casework.mail") / f"{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a file with its dotted name; lists are left out."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{key}.")
        elif isinstance(value, str):
            yield f"{prefix}{key}", value
