"""Any message as labelled fields: the protocol's Structs walked by their types.

A label is made from the field's name and translated in the context `field`; codes, countries,
instants and days become words. What a message leaves unset, and what every message has, is left
out. So a new type of message is shown without a line here. A field that a form asks is called as
the form calls it, unless that is a question to its writer; a test has the list of those.

What it does not do: hide anything for the sake of handling (casework decides who opens a case).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import zip_longest
from typing import Any, Final

from markupsafe import Markup
from msgspec import NODEFAULT, Struct, UnsetType
from msgspec.structs import fields

from tracer.model.codes import Code
from tracer.model.firearm import Mark, Named
from tracer.model.messages import TYPES, Message
from tracer.model.naming import NUMBERED, PATH, label_in, label_of, one_of
from tracer.web.ui.filters import Speech
from tracer.web.ui.firearms import text_of
from tracer.web.ui.texts import N_

CONTEXT: Final = "field"
ABOUT: Final = "about"
"""The field of a message that names others by their ids."""
USUAL: Final = frozenset(
    {
        "v", "type", "sender", "recipient", "issued", "nonce", "thread", "follows", "terms", "test",
        "attachments", "attachment_keys", "automatic", "language", "reference",
    }
)  # fmt: skip
"""Fields of a message that a page shows elsewhere, or that say nothing to a reader."""
PLACE: Final = N_("character %(n)s")
"""A place in the text of a mark, counted from 1."""
_PARTIES: Final = frozenset({"from_party", "to_party", "final_recipient"})
"""Fields that name somebody by a number."""
_PATHS: Final = frozenset({"about", "changed", "field"})
"""Fields that may name places of a message."""
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
_DAY: Final = re.compile(r"\d{4}(-\d\d){1,2}")
_COUNTRIES: Final = re.compile(
    r"(^|_)(country|countries|state|states|origin|transit|destination)(_|$)|^also_sent_to$"
)
_LANGUAGES: Final = frozenset({"language", "languages"})
_MARKED: Final = frozenset({"as_marked", "text", "serial"})


Parties = Mapping[int, str]
"""Names of the parties of a chain, by their numbers."""


@dataclass(frozen=True, slots=True)
class Row:
    """One field: its label, and a value or rows of its own.

    `group` is the field's own name; `mark`: a text as it stands on the object.
    """

    name: str
    value: Any = ""
    inner: tuple[Row, ...] = field(default=())
    mark: bool = False
    group: str = ""


def spoken(speech: Speech, place: str) -> str:
    """A place of a message in words: what it stands in, each with its number."""
    said: list[str] = []
    for step, after in zip_longest(place.split("/"), place.split("/")[1:], fillvalue=""):
        if step.isdecimal() and said:
            said[-1] = f"{said[-1]} {speech.number(int(step))}"
        else:
            label = one_of(step) if after.isdecimal() else label_of(step)
            said.append(str(speech.say_in(CONTEXT, label)))
    return " / ".join(said)


def names() -> list[str]:
    """Every field of every message, for the catalogues."""
    found: set[str] = set()
    seen: set[type] = set()
    waiting: list[Any] = list(TYPES.values())
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, type) and issubclass(kind, Struct):
            if kind in seen:
                continue
            seen.add(kind)
            for one in fields(kind):
                found |= {one.name} - _usual(kind)
                waiting.append(one.type)
        waiting.extend(getattr(kind, "__args__", ()))
    return sorted(found)


def _usual(kind: type[Struct]) -> frozenset[str]:
    """What is not shown of a message; of its parts, everything is."""
    return USUAL if issubclass(kind, Message) else frozenset()


def fields_of(
    speech: Speech, message: Struct, called: Mapping[str, Markup] | None = None
) -> tuple[Row, ...]:
    """The fields of a message, or of a part of one; parties of its chain by their names.

    `called`: what messages of the case are called, by id; of any other the id is shown.
    """
    parties = getattr(message, "chain_parties", None) or ()
    rows = _rows(speech, message, {one.n: one.name for one in parties})
    if not called or not isinstance(message, Message):
        return tuple(rows)
    named = _messages(speech, getattr(message, ABOUT, ()), called)
    return tuple(replace(one, value=named) if one.group == ABOUT else one for one in rows)


def _messages(speech: Speech, about: object, called: Mapping[str, Markup]) -> Markup:
    """The messages that one is about."""
    names = about if isinstance(about, tuple) else (about,)
    return speech.listed(called.get(str(name), str(name)) for name in names)


def _rows(speech: Speech, part: Struct, parties: Parties) -> Iterator[Row]:
    is_mark = isinstance(part, Mark)
    for name, usual, label in _told(type(part)):
        value = getattr(part, name)
        if value == usual or isinstance(value, UnsetType):
            continue
        shown = speech.say_in(CONTEXT, label)
        if isinstance(value, tuple) and any(map(_is_group, value)):
            yield from _several(speech, name, value, parties)
        elif _is_group(value):
            yield _grouped(speech, str(shown), name, value, parties)
        elif name in _PARTIES:
            yield Row(str(shown), _party(speech, value, parties), group=name)
        else:
            marked = is_mark and name in _MARKED
            yield Row(str(shown), _value(speech, name, value), mark=marked, group=name)


def _several(speech: Speech, name: str, values: tuple[Any, ...], parties: Parties) -> Iterator[Row]:
    """Groups of one kind, each by its own number, which its heading has and no field repeats."""
    label = speech.say_in(CONTEXT, one_of(name))
    for at, one in enumerate(values, start=1):
        own = NUMBERED.get(name, "n")
        inner = tuple(row for row in _rows(speech, one, parties) if row.group != own)
        number = speech.number(getattr(one, own, at))
        yield Row(f"{label} {number}", inner=inner, group=name)


def _party(speech: Speech, number: int, parties: Parties) -> str:
    """A party by its number, and by its name where the message says it."""
    return f"{speech.number(number)}. {parties.get(number, '')}".rstrip(". ")


def _grouped(speech: Speech, shown: str, name: str, value: Struct, parties: Parties) -> Row:
    """A group; one that holds a single plain value, or a name in two forms, stands as that."""
    if isinstance(value, Named) and (text := text_of(speech, value)):
        return Row(shown, text, group=name)
    rows = tuple(_rows(speech, value, parties))
    if len(rows) == 1 and not rows[0].inner:
        return Row(shown, rows[0].value, mark=rows[0].mark, group=name)
    return Row(shown, inner=rows, group=name)


@cache
def _told(kind: type[Struct]) -> tuple[tuple[str, Any, str], ...]:
    """The fields that are shown of a type: name, what it holds where nothing was said, label."""
    elsewhere = _usual(kind)
    return tuple(
        (
            one.name,
            "" if one.default is NODEFAULT else one.default,
            label_in(kind, one.name),
        )
        for one in fields(kind)
        if one.name not in elsewhere
    )


def _is_group(value: Any) -> bool:
    return isinstance(value, Struct) and not isinstance(value, Code)


def _value(speech: Speech, name: str, value: Any) -> Any:
    if name == "unreadable":
        return speech.listed(speech.say(PLACE, n=one) for one in value)
    if isinstance(value, tuple):
        shown = speech.listed(
            speech.label(one) if isinstance(one, Code) else _value(speech, name, one)
            for one in value
        )
        return speech.drafted(shown, value)
    if isinstance(value, str):
        return _text(speech, name, value)
    if isinstance(value, Code):
        return speech.drafted(speech.label(value), (value,))
    if value is True:
        return speech.say_in(CONTEXT, "Yes")
    return str(value) if "year" in name else value


def _text(speech: Speech, name: str, value: str) -> str:
    if _MOMENT.fullmatch(value):
        return speech.moment(value)
    if _DAY.fullmatch(value):
        return speech.day(value)
    if _COUNTRIES.search(name):
        return speech.country(value)
    if name in _LANGUAGES:
        return speech.language_name(value)
    if name in _PATHS and PATH.fullmatch(value):
        return spoken(speech, value)
    return value
