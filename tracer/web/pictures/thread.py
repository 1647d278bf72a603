"""A case between two authorities as messages that cross: our row above, theirs below, in order.

Each message is an arrow from who wrote it to who it was for. A full end with a tick is delivered
(the other side's system has receipted it), an open dashed end is not yet. The order is that of the
thread; days stand below, and are not to scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from markupsafe import Markup

from tracer.web.pictures.picture import N_, Column, Picture, Table, Words, drawing
from tracer.web.pictures.svg import el, lines

LABEL: Final = 176
STEP: Final = 124
_BOLD: Final = 13.9
"""Size of bold text, in units of `svg.length`."""
_OURS, _THEIRS, _HEIGHT = 78, 168, 246


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One message: when and by whom it was written, what it is in words, what became of it."""

    at: datetime
    ours: bool
    label: str
    delivered: datetime | None = None
    witnesses: int = 0
    """States that have confirmed the record since."""


def thread(messages: Sequence[Sent], *, us: str, them: str, name: str, words: Words) -> Picture:
    """Draw the messages of a case. `us` and `them` are names of authorities."""
    width = LABEL + STEP * max(1, len(messages)) + 8
    title = words.say(N_("Messages of this case"))
    who = {True: us, False: them}
    description = _described(messages, who, words)
    svg = drawing(
        name,
        _lane(us, _OURS, width, words),
        _lane(them, _THEIRS, width, words),
        [_message(place, one, width, words) for place, one in enumerate(messages)],
        box=(0, 0, width, _HEIGHT),
        title=title,
        description=description,
        wide=True,
        dir=words.dir,
    )
    return Picture(
        kind="thread",
        title=title,
        description=description,
        svg=svg,
        table=_table(messages, who, title, words),
        key=_note(messages, words),
        wide=True,
        show=words.say(N_("Show as a table")),
    )


def _lane(name: str, y: float, width: float, words: Words) -> Markup:
    x = width - 10 if words.dir == "rtl" else 10
    return el(
        "g",
        el("rect", x=0, y=y - 18, width=width, height=36, rx=6, class_="pic-lane"),
        _lines(name, LABEL - 20, x, y + 5, middle=False),
    )


def _message(place: int, one: Sent, width: float, words: Words) -> Markup:
    sign = -1 if words.dir == "rtl" else 1
    middle = LABEL + STEP * place + STEP / 2
    middle = width - middle if sign < 0 else middle
    x1, x2 = middle - 24 * sign, middle + 24 * sign
    y1, y2 = (_OURS, _THEIRS) if one.ours else (_THEIRS, _OURS)
    arrow = "pic-way" if one.delivered else "pic-way pic-way-gap"
    return el(
        "g",
        el("path", d=f"M{x1:.1f} {y1}L{x2:.1f} {y2}", class_=arrow),
        el("circle", cx=x1, cy=y1, r=5, class_="pic-stop pic-stop-end"),
        _end(x2, y2, delivered=one.delivered is not None),
        _lines(one.label, STEP - 6, middle, 46 if one.ours else 212, middle=True),
        el(
            "text",
            words.day(one.at),
            x=middle,
            y=16 if one.ours else 242,
            text_anchor="middle",
            class_="pic-minor-text",
        ),
    )


def _lines(text: str, wide: float, x: float, y: float, *, middle: bool) -> Markup:
    """A text in one line or two around a height."""
    shown = lines(text, wide / _BOLD)
    top = y - 7 * (len(shown) - 1)
    anchor = "middle" if middle else None
    return el(
        "g",
        [
            el("text", line, x=x, y=top + 14 * n, text_anchor=anchor, class_="pic-strong")
            for n, line in enumerate(shown)
        ],
    )


def _end(x: float, y: float, *, delivered: bool) -> Markup:
    if not delivered:
        return el("circle", cx=x, cy=y, r=10, class_="pic-gap")
    return el(
        "g",
        el("circle", cx=x, cy=y, r=10, class_="pic-stop pic-stop-end"),
        el("path", d=f"M{x - 4.5:.1f} {y + 0.5:.1f}l3.2 3.4 6-7", class_="pic-tick"),
    )


def _described(messages: Sequence[Sent], who: dict[bool, str], words: Words) -> str:
    if not messages:
        return words.say(N_("No message yet."))
    return "; ".join(
        f"{words.day(one.at)} {who[one.ours]}: {one.label} ({_fate(one, words)})"
        for one in messages
    )


def _fate(one: Sent, words: Words) -> str:
    if one.delivered is None:
        return words.say(N_("not delivered yet"))
    told = words.say(N_("delivered to their system"))
    return f"{told} {words.day(one.delivered)}"


def _table(messages: Sequence[Sent], who: dict[bool, str], caption: str, words: Words) -> Table:
    return Table(
        caption=caption,
        columns=(
            Column(words.say(N_("Written"))),
            Column(words.say(N_("By"))),
            Column(words.say(N_("Message"))),
            Column(words.say(N_("Delivery"))),
            Column(words.say(N_("Confirmed by States")), numeric=True),
        ),
        rows=tuple(
            (
                words.day(one.at),
                who[one.ours],
                one.label,
                _fate(one, words),
                words.count(one.witnesses),
            )
            for one in messages
        ),
    )


def _note(messages: Sequence[Sent], words: Words) -> Markup:
    if all(one.delivered for one in messages):
        return Markup()
    return el("p", words.say(N_("Dashed arrow: not delivered yet.")), class_="pic-note")
