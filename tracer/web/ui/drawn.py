"""Pictures of `web.pictures` in the reader's language.

Example:
    >>> drawn_firearm(page.speech, message.firearms[0], name="f1")
    Picture(kind='firearm', ...)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Final, NamedTuple

from markupsafe import Markup

from tracer.clock import stamp
from tracer.model.chain import LineAnswer
from tracer.model.codes import ChainEventKind, FirearmType, ResultCode, code
from tracer.model.firearm import Firearm
from tracer.model.messages import AnyMessage
from tracer.model.routing import exported_to
from tracer.model.thread.earlier import Earlier
from tracer.model.thread.state import ChainItem
from tracer.web.pictures import Picture, Words, chain_map, firearm
from tracer.web.pictures import chain as chain_drawn
from tracer.web.pictures.chain import in_order
from tracer.web.pictures.outlines import HEIGHT, WIDTH, outline_of
from tracer.web.pictures.svg import el
from tracer.web.pictures.world import spots
from tracer.web.ui.filters import Speech

_TURNS: Final = re.compile("[\u200e\u200f]")
"""Marks of direction in a date; a picture sets the direction of each text itself."""


_NONE: Final[Mapping[str, AnyMessage | None]] = MappingProxyType({})


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
        local=speech.calendar.local,
        dir="rtl" if speech.language.direction == "rtl" else "ltr",
    )


def ways(
    speech: Speech,
    chain: Sequence[ChainItem],
    *,
    ground: str,
    messages: Mapping[str, AnyMessage | None] = _NONE,
) -> tuple[Way, ...]:
    """The way of each firearm across States, as answers tell it; `ground` is where the map is.

    `messages`, by their ids, are those that tell it: they may name a State it went on to.
    """
    words = words_of(speech)
    found = []
    for line in dict.fromkeys(item.line for item in chain):
        items = [item for item in chain if item.line == line]
        events = [item.event for item in items]
        onward = _onward(line, items, messages)
        on_map = any(one in spots() for one in (*(event.country for event in events), *onward))
        drawn = chain_drawn(events, name=f"way-{line}", words=words, onward=onward)
        mapped = chain_map(events, name=f"map-{line}", words=words, href=ground, onward=onward)
        found.append(Way(line, drawn, mapped if on_map else None))
    return tuple(found)


def _onward(
    line: int, items: Sequence[ChainItem], messages: Mapping[str, AnyMessage | None]
) -> tuple[str, ...]:
    """States that it is said to have gone to, where no later event is."""
    events = [item.event for item in items]
    said = [LineAnswer(line=line, chain=tuple(in_order(events)))]
    for source in dict.fromkeys(item.source for item in items):
        answers: Sequence[LineAnswer] = getattr(messages.get(source), "answers", ())
        said += [one for one in answers if one.line == line and _left(one)]
    told = {event.country for event in events}
    went = dict.fromkeys(country for one in said for country in exported_to(one))
    return tuple(country for country in went if country not in told)


def _left(answer: LineAnswer) -> bool:
    """Whether it says that the firearm left: a State that may know more is no export by itself."""
    by_event = any(event.kind.is_(ChainEventKind.EXPORTED) for event in answer.chain)
    return by_event or any(one.is_(ResultCode.EXPORTED_TO) for one in answer.outcomes)


def drawn_firearm(
    speech: Speech, one: Firearm, *, name: str, earlier: Iterable[Earlier] = ()
) -> Picture:
    """A firearm with its marks, and what they were before; `name` is unique on the page."""
    was = {mark.n: mark.was for mark in earlier if mark.line == one.line}
    return firearm(one, name=name, words=words_of(speech), was=was)


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
