"""What templates can say of a value: instants, countries, codes, sizes, text of other people.

A `Speech` is one language with a calendar and an instant: it turns facts into the reader's words.
Instants are told in the local time of the authority, with the time in UTC beside it; a code is told
by its label; a text is told with every control and direction character made visible.

What it does not do: decide what is said (`words` and templates do).

Example:
    >>> Speech(language="fr", calendar=calendar, now=now).country("DE")
    'Allemagne'
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any, Final, Literal

from babel import Locale
from babel.dates import format_date, format_skeleton, format_timedelta, get_datetime_format
from babel.lists import format_list
from babel.numbers import format_decimal
from babel.support import NullTranslations
from babel.units import format_unit
from markupsafe import Markup, escape

from tracer.clock import instant
from tracer.model import tables
from tracer.model.calendar import Calendar
from tracer.model.codes import LISTS, Code, CodeList, label
from tracer.model.ids import is_outside
from tracer.model.unseen import numbered
from tracer.web.ui.law import drafts
from tracer.web.ui.texts import N_, Language, language, locale_of, words_in

_RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_ARTICLE: Final = re.compile(r"\d+(?:\(\w+\))+")
_LEFT_TO_RIGHT: Final = "\u2066"
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
_NO_COUNTRY: Final = frozenset({"XA", "XB", "XX", "ZZ"})
"""Codes that name no country; the locale data has words for them all the same."""
_PARTS_OF_DATE: Final = 3
_LENGTHS: Final = {"ar": "long"}
"""How long a day is told, where the usual is not clear: in Arabic that is figures alone, with
slashes, whose order from the right is read in two ways beside Latin text; the month is a word."""
_BETWEEN: Final = {"ar": "، ", "zh": "、"}
"""What stands between facts in a row, where it is no comma with a space."""
_TYPED: Final = re.compile("`([^`]+)`")
_SOUNDS_LIKE_I: Final = re.compile(r"\u2068?[hH]?[iíIÍ](?![aeoAEO])")
"""What "and" is no "y" but "e" before in Spanish; the locale data has the one form only."""
_SPANS: Final[tuple[tuple[timedelta, Literal["day", "hour", "minute", "second"]], ...]] = (
    (timedelta(days=1), "day"),
    (timedelta(hours=1), "hour"),
    (timedelta(minutes=1), "minute"),
)
"""Units in which lengths of time are told."""
_JUST_NOW: Final = timedelta(minutes=1)
_FROM_TWO: Final = 2
_NO_LARGER: Final = 1e9
"""Of a unit that is told, so many make no larger one: 14 days stay days."""
_UNITS: Final = ("byte", "kilobyte", "megabyte", "gigabyte")
_STEP: Final = 1000
KEPT: Final = 4096
"""Labels and days in words that are kept ready: a long thread tells the same ones many times."""


def _plain(text: str) -> str:
    """A name as it is put in order: without accents and case."""
    bare = unicodedata.normalize("NFKD", text)
    return "".join(c for c in bare if not unicodedata.combining(c)).casefold()


def visible(text: str) -> str:
    """A text in which nothing hides: each such character stands as its number."""
    return numbered(text)


def typed(text: Markup) -> Markup:
    """A text of the catalogues in which what is typed exactly so (`in backticks`) looks like it."""
    return Markup(_TYPED.sub(r'<code dir="ltr">\1</code>', str(text)))  # noqa: S704 - escaped already


@lru_cache(maxsize=KEPT)
def _label(code: str, context: str, text: str) -> Markup:
    """A text without places, in a language."""
    return _bare(str(words_in(code).pgettext(context, text)))


@lru_cache(maxsize=KEPT)
def _bare(text: str) -> Markup:
    """A translated text without places."""
    return Markup(text) % {}  # noqa: S704 - from the catalogue


@cache
def _joined(code: str) -> str:
    """How a language joins date (`{1}`) and time (`{0}`); as many as there are languages."""
    return str(get_datetime_format("medium", locale=locale_of(code)))


@lru_cache(maxsize=KEPT)
def _day(code: str, day: date) -> str:
    return format_date(day, _LENGTHS.get(code, "medium"), locale=locale_of(code))


def _date_and_time(code: str, local: datetime, day: str) -> str:
    """Date and time, of twenty-four hours, joined as the language does."""
    return _joined(code).replace("{1}", day).replace("{0}", f"{local:%H:%M}").replace("'", "")


def _time(at: str, shown: str) -> Markup:
    """An instant told in some way, in UTC when it is pointed at."""
    utc = f"{instant(at):%Y-%m-%d %H:%M} UTC"
    told = f'<time datetime="{escape(at)}" title="{utc}">{escape(shown)}</time>'
    return Markup(told)  # noqa: S704 - escaped


@lru_cache(maxsize=KEPT)
def _moment(code: str, at: str, local: datetime) -> Markup:
    return _time(at, _date_and_time(code, local, _day(code, local.date())))


@lru_cache(maxsize=KEPT)
def in_figures(code: str, value: float) -> str:
    """A number as a language writes it."""
    return str(format_decimal(value, locale=locale_of(code)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """One language, with the calendar and the present instant of the reader's authority."""

    code: str
    calendar: Calendar
    now: datetime

    @property
    def language(self) -> Language:
        """The language itself: own name, direction."""
        return language(self.code)

    @property
    def locale(self) -> Locale:
        """What Babel knows of it."""
        return locale_of(self.code)

    @property
    def words(self) -> NullTranslations:
        """Its catalogue."""
        return words_in(self.code)

    # -- sentences -------------------------------------------------------------------------------

    def say(self, text: str, /, **places: Any) -> Markup:
        """A sentence of the source in this language, its places filled."""
        return self.filled(self.words.gettext(text), places)

    def say_in(self, context: str, text: str, /, **places: Any) -> Markup:
        """The same for a text that means different things in different places."""
        if not places:
            return _label(self.code, context, text)
        return self.filled(str(self.words.pgettext(context, text)), places)

    def filled(self, text: str, places: Mapping[str, Any]) -> Markup:
        """A translated text with its places filled, each so that it keeps its own direction."""
        if not places:
            return _bare(text)
        return Markup(text % {name: escape(self._place(value)) for name, value in places.items()})  # noqa: S704 - from the catalogue; places are escaped

    def _place(self, value: Any) -> Any:
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, int):
            return self.number(value)
        if isinstance(value, Markup) or not isinstance(value, str):
            return value
        shown = visible(value)
        if self.language.direction == "rtl" or _RIGHT_TO_LEFT.search(shown):
            return f"{_ISOLATE}{shown}{_END_ISOLATE}"
        return shown

    # -- time ------------------------------------------------------------------------------------

    def moment(self, at: str) -> Markup:
        """An instant of the wire: local date and time, UTC when it is pointed at."""
        return _moment(self.code, at, self.calendar.local(instant(at))) if at else Markup()

    def day(self, at: str) -> Markup:
        """A day (`2026-03-01`) or an instant as a day; a partial date as far as it goes."""
        if not at:
            return Markup()
        if len(at) > len("2026-03-01"):
            return _time(at, self._date(self.calendar.local(instant(at))))
        parts = at.split("-")
        if len(parts) == _PARTS_OF_DATE:
            return escape(self._date(datetime.fromisoformat(at)))
        if len(parts) == 1:
            return escape(at)
        month = datetime.fromisoformat(f"{at}-01")
        return escape(format_skeleton("yMMMM", month, locale=self.locale))

    def from_now(self, at: str) -> str:
        """How far an instant lies ahead or behind: in 4 days, 2 hours ago; as `span` cuts it."""
        ahead = instant(at) - self.now
        if -_JUST_NOW < ahead <= timedelta():
            return self.say(N_("just now"))
        return self._cut(ahead, add_direction=True)

    def span(self, length: timedelta) -> str:
        """A length of time in the largest unit that fits twice, cut down: as letters tell it."""
        return self._cut(length)

    def minutes(self, count: int) -> str:
        """A number of minutes, as the length of time that people would say, rounded."""
        return format_timedelta(timedelta(minutes=count), locale=self.locale, threshold=1.9)

    def _cut(self, length: timedelta, *, add_direction: bool = False) -> str:
        """What is left to a deadline is never told as more than it is."""
        unit, name = next((one for one in _SPANS if abs(length) >= _FROM_TWO * one[0]), _SPANS[-1])
        if abs(length) < unit:
            unit, name = timedelta(seconds=1), "second"
        whole = abs(length) // unit * unit
        return format_timedelta(
            whole if length >= timedelta() else -whole,
            granularity=name,
            threshold=_NO_LARGER,
            add_direction=add_direction,
            locale=self.locale,
        )

    def clock(self) -> str:
        """The present date and time of the authority."""
        local = self.calendar.local(self.now)
        return _date_and_time(self.code, local, format_date(local, "full", self.locale))

    def zone(self) -> str:
        """In which time all times are told at present: UTC, UTC+2, UTC-3:30."""
        offset = self.calendar.local(self.now) - self.now.astimezone(UTC).replace(tzinfo=None)
        hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
        sign = "-" if offset < timedelta() else "+"
        return f"UTC{sign}{hours}{f':{minutes:02}' if minutes else ''}" if offset else "UTC"

    def _date(self, moment: datetime) -> str:
        return _day(self.code, moment.date())

    # -- values ----------------------------------------------------------------------------------

    def listed(self, values: Iterable[object]) -> Markup:
        """Several things as the language lists them (A, B and C), each in its own direction."""
        shown = [escape(self._place(one)) for one in values]
        told = format_list(shown, "standard", self.locale)
        if self.code == "es" and len(shown) > 1 and _SOUNDS_LIKE_I.match(shown[-1].striptags()):
            told = f"{told.removesuffix(f'y {shown[-1]}')}e {shown[-1]}"
        return Markup(told)  # noqa: S704 - escaped one by one

    def beside(self, values: Iterable[object]) -> Markup:
        """Facts of different kinds in a row (who, when), with the comma of the language."""
        return Markup(_BETWEEN.get(self.code, ", ")).join(self._place(one) for one in values)  # noqa: S704 - of this module

    def country(self, code: str) -> str:
        """The name of a country; of a code that is none, the code."""
        return code if code in _NO_COUNTRY else str(self.locale.territories.get(code, code))

    def countries(self, also: Iterable[str] = ()) -> list[tuple[str, str]]:
        """Every country with its name, in the order of the names; `also`: codes that are none."""
        every = [(code, self.country(code)) for code in {*tables.countries(), *also}]
        return sorted(every, key=lambda one: _plain(one[1]))

    def party(self, name: str) -> str:
        """The other side of a case by its id; a State that is not in the exchange by its name."""
        return self.country(name[:2]) if is_outside(name) else name

    def authority(self, name: str) -> str:
        """An authority by its id, with its country where the id begins with one."""
        if is_outside(name):
            return self.party(name)
        code = name[:2]
        country = self.country(code)
        return name if country == code else f"{country} ({name})"

    def language_name(self, code: str) -> str:
        """The name of a language."""
        return str(self.locale.languages.get(code, code))

    def number(self, value: float) -> str:
        """A number as it is written here."""
        return in_figures(self.code, value)

    def size(self, count: int) -> str:
        """A number of bytes in a unit people know."""
        value, unit = float(count), 0
        while value >= _STEP and unit < len(_UNITS) - 1:
            value, unit = value / _STEP, unit + 1
        name = f"digital-{_UNITS[unit]}"
        return str(format_unit(round(value, 1), name, "short", locale=self.locale))

    def label(self, value: Code | CodeList) -> str:
        """A coded value in words; of one not known here, the writer's own."""
        member = value.known() if isinstance(value, Code) else value
        if member is None:
            return visible(label(value))
        found = self._articles(str(self.words.pgettext(member.LIST, label(member))))
        own = value.text if isinstance(value, Code) else ""
        if own and isinstance(found, Markup):
            return Markup("{} ({})").format(found, visible(own))
        return f"{found} ({visible(own)})" if own else found

    def _articles(self, text: str) -> str:
        """A number of an article keeps its order, `6(a)`, where all else runs leftward."""
        if self.language.direction != "rtl" or not _ARTICLE.search(text):
            return text
        return Markup(_ARTICLE.sub(rf"{_LEFT_TO_RIGHT}\g<0>{_END_ISOLATE}", escape(text)))  # noqa: S704 - escaped

    def drafted(self, shown: str, codes: Iterable[object]) -> str:
        """Words made of the labels of `codes`, marked if one is a term of law not reviewed yet."""
        english = drafts(self.code, *codes)
        if not english:
            return shown
        plain = shown if isinstance(shown, Markup) else visible(shown)
        return Markup("{} {}").format(plain, self._draft("; ".join(english)))

    def draft(self, name: str) -> Markup:
        """The mark for a choice among the values of a list; empty where no term is a draft."""
        return self._draft("") if drafts(self.code, *LISTS[name]) else Markup()

    def _draft(self, english: str) -> Markup:
        told = N_("Nobody with legal training has reviewed these words.")
        title = self.say(told)
        if english:
            title = Markup("{} {}").format(
                title, self.say(N_("In English: %(text)s"), text=english)
            )
        return Markup('<small class="soft draft" title="{}">{}</small>').format(
            title, self.say(N_("draft translation"))
        )

    def coded(self, value: str, name: str) -> str:
        """The label of a value by the name of its list."""
        known = LISTS[name]
        return self.label(known(value)) if value in set(known) else visible(value)
