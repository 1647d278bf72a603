"""Pictures of `web.pictures` in the reader's language.

Example:
    >>> drawn_firearm(page.speech, message.firearms[0], name="f1")
    Picture(kind='firearm', ...)
"""

from __future__ import annotations

from datetime import date, datetime
from typing import cast

from tracer.clock import stamp
from tracer.model.firearm import Firearm
from tracer.web.pictures import Picture, Words, firearm
from tracer.web.ui.filters import Speech


def words_of(speech: Speech) -> Words:
    """How pictures speak to a reader."""

    def day(value: date | datetime) -> str:
        text = stamp(value) if isinstance(value, datetime) else value.isoformat()
        return str(speech.day(text))

    return Words(
        say=lambda text: speech.words.gettext(text),
        label=speech.label,
        country=speech.country,
        day=day,
        count=speech.number,
        dir="rtl" if speech.language.direction == "rtl" else "ltr",
    )


def drawn_firearm(speech: Speech, one: Firearm, *, name: str) -> Picture:
    """A firearm with its marks; `name` is unique on the page."""
    return cast("Picture", firearm(one, name=name, words=words_of(speech)))
