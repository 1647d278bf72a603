"""What a shape is made of: entries, words, groups, rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from tracer.model.codes import CodeList

Control = Literal[
    "line", "text", "day", "date", "number", "code", "codes", "country", "countries", "yes",
    "firearm", "firearms", "message", "messages", "party", "place", "places", "groups", "languages",
    "conditions", "language",
]  # fmt: skip
"""How a value is asked for; what each means stands in `controls`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a hint says where another entry of the same row has one of some values.

    Attributes:
        name: Its name, for the stylesheet, which shows the one that holds.
        said: The words.
        values: The values of the other entry.
    """

    name: str
    said: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One value of the document.

    Attributes:
        name: Its name in the group that it stands in.
        label: What it is called.
        control: How it is asked for.
        hint: What helps.
        codes: The list of a code.
        needed: The page demands it.
        about: Types of message that a `message` may be, or `ours`; empty: any.
        turns: What the hint says instead, by another entry of the row.
        turned: For that other entry: the name of the turn, by value.
    """

    kind: ClassVar[str] = "entry"
    name: str
    label: str
    control: Control = "line"
    hint: str = ""
    codes: type[CodeList] | None = None
    needed: bool = False
    about: tuple[str, ...] = ()
    turns: tuple[Turn, ...] = ()
    turned: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Words about the place it stands in (or `about` in that): a note of `free_text`."""

    kind: ClassVar[str] = "words"
    label: str
    about: str = ""
    hint: str = ""
    needed: bool = False
    name: str = "words"
    control: Control = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Values that belong together; without a `name` they stand where the group stands.

    `folded`: behind its label, for what is seldom needed.
    """

    kind: ClassVar[str] = "group"
    label: str
    parts: tuple[Part, ...]
    name: str = ""
    folded: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Values that may stand several times.

    Attributes:
        name: Its name in the document.
        label: What all are called.
        one: What one is called, with its number: "Event %(n)s".
        add: The words of the button that adds one.
        parts: What a row asks.
        first: How many rows stand there at first; `lines`: one for each firearm asked about.
        most: How many there can be.
        numbered: Other parts name a row by its number, so it keeps it.
    """

    kind: ClassVar[str] = "rows"

    name: str
    label: str
    one: str
    add: str
    parts: tuple[Part, ...]
    first: int | Literal["lines"] = 0
    most: int = 40
    hint: str = ""
    numbered: bool = False


Part = Entry | Words | Group | Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The form of a type.

    Attributes:
        type: Name of the type of message.
        title: What writing it is called, on a button and over the page.
        intro: One or two sentences: what it does, what comes after.
        parts: What it asks.
    """

    type: str
    title: str
    intro: str
    parts: tuple[Part, ...]


def names(parts: tuple[Part, ...]) -> Iterator[str]:
    """The names that parts have in the document, at their level."""
    for part in parts:
        if isinstance(part, Group) and not part.name:
            yield from names(part.parts)
        elif not isinstance(part, Words):
            yield part.name
