"""Days as people write them, and what was understood.

A date field of a browser sends `2026-11-24`; where there is none, and where a month or a year is
enough, people write as they are used to: `24.11.2026`, `24/11/2026`, `11/2026`, `24 Nov 2026`,
`2026年11月24日`. What can mean one day only is taken, and told in words where it was written. What
can mean two is refused with both, to choose from.

Rules
-----
1. The year has four figures and stands first or last. Where it stands first, the month follows it.
2. With points the day stands first, as in every country that writes points.
3. Else the order is that of the reader's language. One that is written in two orders (English is),
   or that begins with the year, settles nothing: then the figures have to.
4. What a day is, and how exactly it is known, the model says (`PartialDate`, `Day`).

Example:
    >>> understood("24/11/2026", "en"), understood("03/04/2026", "fr"), understood("5.2026", "en")
    ('2026-11-24', '2026-04-03', '2026-05')
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from babel import Locale

from tracer.model.text import Day, PartialDate
from tracer.web.ui.forms import Wrong, figures, fits
from tracer.web.ui.texts import N_, locale_of

PARTIAL: Final = N_("As far as it is known: 2014, 05.2014 or 20.05.2014.")
"""The hint of every field that takes a day, a month or a year."""
_YEAR_FIRST: Final = re.compile(r"(\d{4})(?:([./-])(\d{1,2})(?:\2(\d{1,2}))?)?")
_YEAR_LAST: Final = re.compile(r"(\d{1,2})([./-])(?:(\d{1,2})\2)?(\d{4})")
_WORDS: Final = re.compile(r"[^\W\d_]+|\d+")
_SMALL: Final = frozenset({"de", "del", "of", "er", "st", "nd", "rd", "th", "г"})  # noqa: RUF001 - Russian
"""Words and endings that stand in a day beside its month."""
_YEAR: Final = 4
_CHINESE: Final = str.maketrans({"年": "-", "月": "-", "日": None})


def understood(text: str, code: str) -> str:
    """What was written, as the protocol writes it: a day, a month or a year.

    Args:
        text: What was written.
        code: The reader's language.

    Raises:
        Wrong: `not-a-date`; `no-such-day`, where it is written well and is on no calendar; or
            `two-dates` with both.
    """
    plain = figures(text.strip()).translate(_CHINESE).strip(" -")
    read = list(_readings(plain, code))
    found = dict.fromkeys(one for one in read if fits(PartialDate, one))
    if len(found) > 1:
        first, second = found
        raise Wrong("two-dates", first=first, second=second)
    if not found:
        raise Wrong("no-such-day" if read else "not-a-date")
    return next(iter(found))


def day(text: str, code: str) -> str:
    """The same where only a whole day will do.

    Raises:
        Wrong: `not-a-day`, or `two-dates` with both.
    """
    try:
        found = understood(text, code)
    except Wrong as wrong:
        if wrong.code != "not-a-date":
            raise
        raise Wrong("not-a-day") from wrong
    if not fits(Day, found):
        raise Wrong("not-a-day")
    return found


def _readings(text: str, code: str) -> Iterator[str]:
    """Everything that it can mean, be it on the calendar or not; the day first before others."""
    if found := _YEAR_FIRST.fullmatch(text):
        yield _written(found[1], found[3], found[4])
    elif found := _YEAR_LAST.fullmatch(text):
        one, point, other, year = found.groups()
        if other is None:
            yield _written(year, one)
            return
        orders = {True} if point == "." else _orders(code)
        if True in orders:
            yield _written(year, other, one)
        if False in orders:
            yield _written(year, one, other)
    else:
        yield from _named(text, code)


def _written(year: str, month: str | None = None, day_: str | None = None) -> str:
    return "-".join(part.zfill(2) for part in (year, month, day_) if part)


def _named(text: str, code: str) -> Iterator[str]:
    """A day or a month whose month is a word of the reader's language."""
    words = [word for word in _WORDS.findall(text.casefold()) if word not in _SMALL]
    months = [_months(code)[word] for word in words if word in _months(code)]
    figures = sorted((word for word in words if word.isdecimal()), key=len, reverse=True)
    if len(months) == 1 and len(words) == 1 + len(figures) and figures:
        year, rest = figures[0], figures[1:]
        if len(year) == _YEAR and len(rest) <= 1 and all(len(one) < 3 for one in rest):  # noqa: PLR2004
            yield _written(year, str(months[0]), *rest)


@cache
def _orders(code: str) -> frozenset[bool]:
    """Whether the day stands before the month: as one who reads the language may be used to."""
    found = set()
    for locale in (Locale.parse(code), locale_of(code)):
        pattern = str(locale.date_formats["short"].pattern)
        at = {letter: pattern.find(letter) for letter in "dMy"}
        first = at["y"] < min(at["d"], at["M"])
        found |= {True, False} if first else {at["d"] < at["M"]}
    return frozenset(found)


@cache
def _months(code: str) -> Mapping[str, int]:
    """The months of a language by their names, long and short."""
    return {
        name.casefold().rstrip("."): number
        for names in (Locale.parse(code).months, locale_of(code).months)
        for use in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for number, name in names[use][width].items()
    }
