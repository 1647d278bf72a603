"""Elements and text of SVG and HTML, escaped; the only place where a picture's markup is made.

Example:
    >>> el("text", "a < b", x=1.25, class_="pic-label")
    Markup('<text x="1.2" class="pic-label">a &lt; b</text>')
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from markupsafe import Markup, escape

from tracer.model.unseen import numbered

Attribute = str | int | float | None
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_WIDE = frozenset("WF")


def visible(text: str) -> str:
    """Text in which what is not seen is told by code."""
    return numbered(text, "\u2039", "\u203a")


def words(text: str) -> Markup:
    """Text for a page: visible and escaped."""
    return escape(visible(text))


def number(value: float) -> str:
    """A coordinate with at most one decimal."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def el(name: str, *children: str | Markup | Iterable[Markup], **attributes: Attribute) -> Markup:
    """An element: plain strings become text, `Markup` stays; attributes that are None are left out.

    `class_` and `for_` lose their underscore, the others in a name become hyphens.
    """
    given = "".join(
        f' {_attribute(key)}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(_child(child) for child in children)
    return Markup(f"<{name}{given}>{inner}</{name}>")  # noqa: S704 - every part is escaped above


def name_of(name: str) -> str:
    """A name for the ids of one picture on a page.

    Raises:
        ValueError: it is not of lower-case letters, digits and hyphens.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of a picture")
    return name


def length(text: str) -> float:
    """About how wide a text is, in units of its size."""
    return sum(1.0 if unicodedata.east_asian_width(one) in _WIDE else 0.56 for one in text)


def cut(text: str, most: float) -> str:
    """A text at most so wide, cut with an ellipsis; the whole stands in the table."""
    if length(text) <= most:
        return text
    while text and length(text) > most - 1:
        text = text[:-1]
    return text.rstrip() + "\u2026"


def lines(text: str, most: float) -> tuple[str, ...]:
    """A text in one line or two, each at most so wide; what finds no room is cut."""
    if length(text) <= most or " " not in text:
        return (cut(text, most),)
    first, *rest = text.split(" ")
    while rest and length(f"{first} {rest[0]}") <= most:
        first = f"{first} {rest.pop(0)}"
    return (cut(first, most), cut(" ".join(rest), most)) if rest else (cut(first, most),)


def _child(child: str | Markup | Iterable[Markup]) -> str:
    if isinstance(child, Markup):
        return str(child)
    return str(words(child)) if isinstance(child, str) else "".join(child)


@cache
def _attribute(key: str) -> str:
    """As many as are written in the source."""
    return "viewBox" if key == "view_box" else key.rstrip("_").replace("_", "-")


def _value(value: str | float) -> str:
    return words(value) if isinstance(value, str) else number(value)
