"""Pictures of `web.pictures` in the reader's language.

Example:
    >>> drawn_firearm(page.speech, message.firearms[0], name="f1")
    Picture(kind='firearm', ...)
"""

from __future__ import annotations

from datetime import date, datetime

from markupsafe import Markup

from tracer.clock import stamp
from tracer.model.codes import FirearmType, code
from tracer.model.firearm import Firearm
from tracer.web.pictures import Picture, Words, firearm
from tracer.web.pictures.outlines import HEIGHT, WIDTH, outline_of
from tracer.web.pictures.svg import el
from tracer.web.ui.filters import Speech


def words_of(speech: Speech) -> Words:
    """How pictures speak to a reader."""

    def day(value: date | datetime) -> str:
        text = stamp(value) if isinstance(value, datetime) else value.isoformat()
        return str(speech.day(text))

    return Words(
        say=speech.words.gettext,
        label=speech.label,
        country=speech.country,
        day=day,
        count=speech.number,
        dir="rtl" if speech.language.direction == "rtl" else "ltr",
    )


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
