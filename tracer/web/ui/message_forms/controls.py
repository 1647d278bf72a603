"""From the texts of an input to a value of a document and back, and what can be chosen.

A country is written as its name in any of the desk's languages, or as its code; a day as the
reader's language writes one (`days`). What does not stand in a list any more is offered all the
same where a draft holds it.

What a value may be, the types of the model say, and nothing here says it again: a control asks the
type that its values have. That casework asks them all once more is no second opinion; it stops at
the first that is wrong, and a form shows each at its input.

What it does not do: know where a value stands (`reading` does).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, get_args

from tracer.model.firearm import Firearm
from tracer.model.messages import GROUPS
from tracer.model.naming import label_of
from tracer.model.tables import countries, is_country
from tracer.model.text import Line, Text
from tracer.model.unseen import REFUSED
from tracer.web.ui import days
from tracer.web.ui.details import CONTEXT, spoken
from tracer.web.ui.filters import Speech
from tracer.web.ui.firearms import choice
from tracer.web.ui.forms import Wrong, whole_number
from tracer.web.ui.message_forms.parts import Entry, Words
from tracer.web.ui.texts import CODES, SOURCE, locale_of

SEVERAL: Final = frozenset(
    {"codes", "countries", "firearms", "messages", "groups", "languages", "conditions", "places"}
)
"""Controls whose value is a list."""
DAYS: Final = frozenset({"day", "date"})
"""Controls that take a day as people write it."""
_NUMBERS: Final = frozenset({"number", "firearm", "firearms", "party", "conditions"})
_IN_LINES: Final = frozenset({"text", "places"})
KOSOVO: Final = "XK"
"""The one code of users' own by which the languages' lists name a country."""
_BOUNDS: Final[Mapping[str, int]] = {
    control: get_args(kind)[1].max_length for control, kind in (("text", Text), ("line", Line))
}
"""Most characters, by control, as the types have them: only to say how many too many it is."""

Option = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One message of the thread, as it can be chosen."""

    id: str
    type: str
    ours: bool
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a form is written about: its case, as far as inputs offer it."""

    speech: Speech
    firearms: tuple[Firearm, ...] = ()
    messages: tuple[Told, ...] = ()
    conditions: tuple[tuple[int, str], ...] = ()
    """Number and words of the conditions that were proposed."""
    places: tuple[str, ...] = ()
    """Places of the request that a question can be about."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """What writing a type is called, by type."""

    @property
    def lines(self) -> tuple[int, ...]:
        """Numbers of the firearms asked about."""
        return tuple(one.line for one in self.firearms)


def read(part: Entry | Words, texts: Sequence[str], language: str = SOURCE) -> Any:
    """The value of what was typed in a language; None for nothing.

    Raises:
        Wrong: what is wrong with it.
    """
    given = [text.replace("\r\n", "\n").strip() for text in texts if text.strip()]
    for text in given:
        if part.control in _BOUNDS and len(text) > _BOUNDS[part.control]:
            raise Wrong("too-long", n=_BOUNDS[part.control])
        # The wire's own rule, asked here because the wire says no to the whole message, and not to
        # a place in it: a character that nobody can see would have to be looked for everywhere.
        if REFUSED.search(text) or ("\n" in text and part.control not in _IN_LINES):
            raise Wrong("hidden-characters")
    if not given:
        return None
    if part.control in {"countries", "places"}:
        given = [one.strip() for one in re.split(r"[,;\n،、]", given[0]) if one.strip()]
    values = [_value(part.control, text, language) for text in given]
    return values if part.control in SEVERAL else values[0]


def _value(control: str, text: str, language: str) -> Any:
    if control in _NUMBERS:
        return whole_number(text)
    if control in DAYS:
        return (days.day if control == "day" else days.understood)(text, language)
    if control in {"country", "countries"}:
        return country(text)
    return True if control == "yes" else text


def shown(part: Entry | Words, value: Any) -> tuple[str, ...]:
    """The texts that stand in an input for a value of a document."""
    if value is None or value == "" or value is False or value == []:
        return ()
    if part.control in {"countries", "places"}:
        return (("\n" if part.control == "places" else ", ").join(map(str, value)),)
    values = value if isinstance(value, list | tuple) else [value]
    return tuple(_text(one) for one in values)


def _text(value: Any) -> str:
    if value is True:
        return "yes"
    if isinstance(value, Mapping):
        return str(value.get("as_marked") or value.get("normalised") or value.get("value") or "")
    return str(value)


def options(part: Entry, around: Around, parties: Sequence[str]) -> list[Option]:
    """What can be chosen: values with their words in the reader's language."""
    speech = around.speech
    if part.codes is not None:
        return [(str(member.value), speech.label(member)) for member in part.codes]
    if part.control == "party":
        named = enumerate(parties, start=1)
        return [(str(n), f"{speech.number(n)}. {name}".rstrip(". ")) for n, name in named]
    if part.control in {"message", "messages"}:
        return [
            (one.id, f"{around.titles.get(one.type, one.type)}, {speech.day(one.at).striptags()}")
            for one in around.messages
            if _fits(part.about, one)
        ]
    return list(_OFFERED[part.control](around)) if part.control in _OFFERED else []


_OFFERED: Final[Mapping[str, Callable[[Around], Iterator[Option]]]] = {
    "firearm": lambda around: ((str(o.line), choice(around.speech, o)) for o in around.firearms),
    "firearms": lambda around: ((str(o.line), choice(around.speech, o)) for o in around.firearms),
    "conditions": lambda around: ((str(n), said) for n, said in around.conditions),
    "place": lambda around: ((one, spoken(around.speech, one)) for one in around.places),
    "groups": lambda around: (
        (one, str(around.speech.say_in(CONTEXT, label_of(one)))) for one in GROUPS[:-1]
    ),
    "languages": lambda around: ((code, around.speech.language_name(code)) for code in CODES),
    "language": lambda around: ((code, around.speech.language_name(code)) for code in CODES),
}


def _fits(about: tuple[str, ...], told: Told) -> bool:
    if about == ("ours",):
        return told.ours
    return not about or (told.type in about and not told.ours)


def country(text: str) -> str:
    """The code of a country by its name or its code.

    Raises:
        Wrong: there is none of that name.
    """
    if is_country(text.upper()):
        return text.upper()
    found = _countries().get(text.casefold())
    if found is None:
        raise Wrong("no-such-country")
    return found


@cache
def _countries() -> Mapping[str, str]:
    """Every name of a country in every language of the desk, folded, with its code."""
    return {
        name.casefold(): code
        for language in CODES
        for code, name in locale_of(language).territories.items()
        if _has_name(code)
    }


def _has_name(code: str) -> bool:
    """Whether the languages' lists name a State by this code, and neither a test nor a region."""
    return code in countries() or code == KOSOVO


@cache
def country_names(code: str) -> tuple[str, ...]:
    """The names of all countries in one language, in its alphabet's order."""
    names = (name for key, name in locale_of(code).territories.items() if _has_name(key))
    return tuple(sorted(names))
