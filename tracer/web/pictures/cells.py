"""A mark as boxes: one for each character, and how it was read.

A mark's text has `?` for a character that cannot be read; what people write of a doubtful one is
`[8B]`: one of these (`model.serials`). `unreadable` counts characters of the text from 1.

Example:
    >>> [box.text for box in boxes("AB?12[8B]")]
    ['A', 'B', '?', '1', '2', '8 B']
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Literal, NamedTuple
from unicodedata import bidirectional

from markupsafe import Markup

from tracer.model.firearm import Mark
from tracer.web.pictures.picture import N_, Direction, Words
from tracer.web.pictures.svg import el

_CHARACTER = re.compile(r"\[([^\[\]]{2,8})\]|(.)", re.DOTALL)
_SURE = 90
"""Confidence in percent below which a character is shown as doubtful."""


class Box(NamedTuple):
    """One character: `read`, `doubt` (read, not surely), `unread`, or `either` of several."""

    kind: Literal["read", "doubt", "unread", "either", "space"]
    text: str


def boxes(
    text: str, unreadable: Collection[int] = (), confidence: tuple[int, ...] = ()
) -> tuple[Box, ...]:
    """The characters of a mark, in order."""
    return tuple(
        _box(found, found.start() + 1 in unreadable, confidence)
        for found in _CHARACTER.finditer(text)
    )


def mark_boxes(mark: Mark, words: Words) -> Markup:
    """The boxes of a mark; who cannot see them hears the text and which positions are not read."""
    found = boxes(mark.text, mark.unreadable, mark.confidence)
    if not found:
        return el("span", mark.symbol or "\u2013")
    return el(
        "span",
        el("span", laid(found), aria_hidden="true"),
        el("span", spoken(found, words), class_="pic-hidden"),
    )


def before(was: Sequence[Mark], words: Words) -> Markup:
    """What a mark was before, the oldest first: its text, or how it read; nothing if nothing is."""
    if not was:
        return Markup()
    told = [_written(mark, words) for mark in was]
    return el("span", words.say(N_("was:")), " ", Markup(", ").join(told), class_="pic-minor")


def _written(mark: Mark, words: Words) -> Markup:
    if not mark.text:
        return el("span", words.label(mark.reading) if mark.reading else "\u2013")
    right = any(map(_from_right, boxes(mark.text)))
    return el("bdi", mark.text, dir="rtl" if right else "ltr")


def laid(found: tuple[Box, ...]) -> Markup:
    """The boxes in the order in which the mark is read, whatever the page is read in.

    From the left; where a letter is of a script that runs from the right, from there, with what is
    no such letter between them (a number) from the left within itself.
    """
    if not any(_from_right(box) for box in found):
        return _row(found, "ltr")
    runs = groupby(found, key=lambda box: box.kind == "space" or _from_right(box))
    inner = [_row(tuple(run), "rtl" if right else "ltr") for right, run in runs]
    return el("span", inner, class_="pic-boxes", dir="rtl")


def _row(found: tuple[Box, ...], direction: Direction) -> Markup:
    shown = [el("span", box.text, class_=f"pic-box pic-box-{box.kind}") for box in found]
    return el("span", shown, class_="pic-boxes", dir=direction)


def _from_right(box: Box) -> bool:
    return any(bidirectional(one) in {"R", "AL"} for one in box.text)


def spoken(found: tuple[Box, ...], words: Words) -> str:
    """The boxes in words: `A B, not readable, 1 2, 8 or B`."""
    says = {
        "unread": words.say(N_("not readable")),
        "space": words.say(N_("space")),
    }
    one_of, unsure = words.say(N_("one of")), words.say(N_("not sure"))
    parts: list[str] = []
    for box in found:
        if box.kind in says:
            parts.append(f",{says[box.kind]},")
        elif box.kind == "either":
            parts.append(f",{one_of} {box.text},")
        elif box.kind == "doubt":
            parts.append(f"{box.text} ({unsure})")
        else:
            parts.append(box.text)
    told = (part.strip() for part in " ".join(parts).split(","))
    return ", ".join(part for part in told if part)


def _box(found: re.Match[str], unread: bool, confidence: tuple[int, ...]) -> Box:  # noqa: FBT001
    several, one = found[1], found[2]
    if several:
        return Box("either", " ".join(several))
    if one == "?" or unread:
        return Box("unread", "?" if one == "?" else one)
    if one.isspace():
        return Box("space", "\u00a0")
    place = found.start()
    doubt = place < len(confidence) and confidence[place] < _SURE
    return Box("doubt" if doubt else "read", one)
