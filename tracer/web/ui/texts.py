"""Languages: which there are, and the words of each, from the catalogues of this folder.

`locale/LANGUAGE.po` is read when a language is first used; nothing is compiled beforehand, so a
translator's file is the only file there is. English is what stands in the source. A word that a
catalogue lacks stays English.

Another language is one more `.po` file and nothing else: its own name, its direction and its
plurals are known by its code. `locale/README.md` says how to add, translate and review one.

Example:
    >>> words_in("fr").gettext("My desk")
    'Mon bureau'
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from io import BytesIO
from typing import Final, NamedTuple

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

DOMAIN: Final = "messages"
SOURCE: Final = "en"


class Language(NamedTuple):
    """A language as the reader chooses it."""

    code: str
    own_name: str
    """As its speakers write it."""
    direction: str
    """`ltr` or `rtl`, for the attribute `dir`."""


_ORDER: Final = ("ar", "zh", "en", "fr", "ru", "es")


def languages(codes: Iterable[str]) -> tuple[Language, ...]:
    """Languages by their codes: the six of the United Nations in its order, then all others."""
    six = sorted(set(codes) & set(_ORDER), key=_ORDER.index)
    return tuple(_known(code) for code in (*six, *sorted(set(codes) - set(_ORDER))))


def _known(code: str) -> Language:
    locale = Locale.parse(code)
    name = str(locale.get_display_name(code))
    return Language(code, name[:1].upper() + name[1:], locale.text_direction)


def _translated() -> Iterator[str]:
    for file in (resources.files("tracer.web.ui") / "locale").iterdir():
        code, _, kind = file.name.partition(".")
        if kind == "po":
            yield code


LANGUAGES: Final = languages((SOURCE, *_translated()))
"""English and every language that has a catalogue."""
CODES: Final = tuple(one.code for one in LANGUAGES)
_BY_CODE: Final = {one.code: one for one in LANGUAGES}
COMPLETE: Final[tuple[str, ...]] = ("en", "fr", "es", "ru", "zh", "ar")
"""Languages whose catalogue lacks nothing; a test fails on a gap in one of these."""


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark a text for the catalogues where it stands; it is translated where it is shown."""
    return text


def language(code: str) -> Language:
    """The language of a code; English for any other."""
    return _BY_CODE.get(code, _BY_CODE[SOURCE])


def accepted(header: str) -> str:
    """The best language for an `Accept-Language` header; English if none of ours is in it."""
    wanted: list[tuple[float, int, str]] = []
    for place, part in enumerate(header[:500].split(",")):
        name, _, weight = part.strip().partition(";q=")
        try:
            rank = float(weight or 1)
        except ValueError:
            rank = 0.0
        wanted.append((-rank, place, name[:2].lower()))
    return next((name for _, _, name in sorted(wanted) if name in CODES), SOURCE)


@cache
def locale_of(code: str) -> Locale:
    """Babel's knowledge of a language: dates, numbers, plurals, names of countries.

    English is told as most of the world writes it: the day before the month.
    """
    known = language(code).code
    return Locale.parse("en_GB" if known == SOURCE else known)


@cache
def words_in(code: str) -> NullTranslations:
    """The words of a language; those of English are the source itself."""
    if language(code).code == SOURCE:
        return NullTranslations()
    held, compiled = catalogue(code), BytesIO()
    for message in list(held):
        if isinstance(message.string, tuple | list) and not all(message.string):
            held.delete(message.id, message.context)  # else it would be said as nothing
    write_mo(compiled, held)
    compiled.seek(0)
    return Translations(fp=compiled, domain=DOMAIN)


def catalogue(code: str) -> Catalog:
    """A catalogue as it is on disk; empty where there is none yet."""
    file = resources.files("tracer.web.ui") / "locale" / f"{code}.po"
    if not file.is_file():
        return Catalog(locale=code)
    return read_po(BytesIO(file.read_bytes()), locale=code)
