"""Pictures of `web.pictures` in the reader's language.

Example:
    >>> drawn_firearm(page.speech, message.firearms[0], name="f1")
    Picture(kind='firearm', ...)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

from markupsafe import Markup

from tracer.clock import stamp
from tracer.model.codes import FirearmType, code
from tracer.model.firearm import Firearm
from tracer.model.thread.state import ChainItem
from tracer.web.pictures import Picture, Words, chain_map, firearm
from tracer.web.pictures import chain as chain_drawn
from tracer.web.pictures.outlines import HEIGHT, WIDTH, outline_of
from tracer.web.pictures.svg import el
from tracer.web.pictures.world import spots
from tracer.web.ui.filters import Speech

_TURNS: Final = re.compile("[\u200e\u200f]")
"""Marks of direction in a date; a picture sets the direction of each text itself."""


class Way(NamedTuple):
    """The chain of one firearm, as a line and, where a State of it is on the map, on the map."""

    line: int
    drawn: Picture
    mapped: Picture | None


def words_of(speech: Speech) -> Words:
    """How pictures speak to a reader: plain text, days in the reader's time."""

    def dated(text: str) -> str:
        return _TURNS.sub("", speech.day(text).striptags())

    def day(value: date | datetime) -> str:
        return dated(stamp(value) if isinstance(value, datetime) else value.isoformat())

    return Words(
        say=speech.words.gettext,
        label=speech.label,
        country=speech.country,
        day=day,
        count=speech.number,
        dated=dated,
        dir="rtl" if speech.language.direction == "rtl" else "ltr",
    )


def ways(speech: Speech, chain: Sequence[ChainItem], *, ground: str) -> tuple[Way, ...]:
    """The way of each firearm across States, as answers tell it; `ground` is where the map is."""
    words = words_of(speech)
    found = []
    for line in dict.fromkeys(item.line for item in chain):
        events = [item.event for item in chain if item.line == line]
        on_map = any(event.country in spots() for event in events)
        drawn = chain_drawn(events, name=f"way-{line}", words=words)
        mapped = chain_map(events, name=f"map-{line}", words=words, href=ground)
        found.append(Way(line, drawn, mapped if on_map else None))
    return tuple(found)


def drawn_firearm(speech: Speech, one: Firearm, *, name: str) -> Picture:
    """A firearm with its marks; `name` is unique on the page."""
    return firearm(one, name=name, words=words_of(speech))


def silhouette(kind: FirearmType) -> Markup:
    """The drawing of a kind without marks, beside words that name it."""
    outline = outline_of(Firearm(line=1, type=code(kind)))
    strokes = [el("path", d=one.d, class_=f"pic-part pic-{one.tone}") for one in outline.strokes]
    return el(
        "svg",
        strokes,
        view_box=f"0 0 {WIDTH} {HEIGHT}",
        class_="pic-svg",
        aria_hidden="true",
        focusable="false",
    )
