"""State by month: a square for each, in a tone, with what it counts written in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup

from tracer.web.pictures.picture import (
    N_,
    Column,
    Picture,
    Table,
    Tone,
    Words,
    drawing,
    fill,
    patterns,
    tones,
)
from tracer.web.pictures.svg import cut, el, length

LABEL, CELL, ROW, TOP = 150, 58, 34, 30


class Square(NamedTuple):
    """What happened with a State in a month: a short text, mostly a number, and its tone."""

    text: str
    tone: Tone


def matrix(
    rows: Sequence[tuple[str, Sequence[Square]]],
    *,
    columns: Sequence[str],
    means: Mapping[Tone, str],
    name: str,
    title: str,
    words: Words,
) -> Picture:
    """Draw rows of squares; `means` says in words what each tone tells, in the order of the key."""
    width, height = LABEL + CELL * len(columns) + 4, TOP + ROW * len(rows) + 4
    told = [
        f"{label}: "
        + ", ".join(
            f"{column} {_said(square, means)}"
            for column, square in zip(columns, squares, strict=True)
            if square.tone is not Tone.NONE
        )
        for label, squares in rows
    ]
    svg = drawing(
        name,
        patterns(name),
        [
            el(
                "text",
                cut(column, CELL / 12),
                x=_x(place, width, words),
                y=20,
                text_anchor="middle",
                class_="pic-minor-text",
            )
            for place, column in enumerate(columns)
        ],
        [
            _row(at, label, squares, name=name, width=width, words=words)
            for at, (label, squares) in enumerate(rows)
        ],
        box=(0, 0, width, height),
        title=title,
        description="; ".join(told) or words.say(N_("Nothing to count.")),
        wide=True,
        dir=words.dir,
    )
    return Picture(
        kind="matrix",
        title=title,
        description="; ".join(told),
        svg=svg,
        table=_table(rows, columns, means, title, words),
        key=tones(name, means.items(), dir=words.dir),
        wide=True,
        show=words.say(N_("Show as a table")),
    )


def _x(place: int, width: float, words: Words) -> float:
    x = LABEL + CELL * place + CELL / 2
    return width - x if words.dir == "rtl" else x


def _row(
    at: int, label: str, squares: Sequence[Square], *, name: str, width: float, words: Words
) -> Markup:
    y = TOP + ROW * at
    edge = width - 6 if words.dir == "rtl" else 6
    return el(
        "g",
        el("text", cut(label, (LABEL - 12) / 13), x=edge, y=y + 21),
        [_square(one, _x(place, width, words), y, name) for place, one in enumerate(squares)],
    )


def _square(one: Square, x: float, y: float, name: str) -> Markup:
    shape = el(
        "rect",
        x=x - CELL / 2 + 2,
        y=y + 2,
        width=CELL - 4,
        height=ROW - 4,
        rx=4,
        fill=fill(name, one.tone),
        class_=f"pic-edge pic-edge-{one.tone}",
    )
    if not one.text:
        return shape
    text = cut(one.text, (CELL - 14) / 13)
    half = length(text) * 13 / 2 + 5
    return el(
        "g",
        shape,
        el("rect", x=x - half, y=y + 8, width=2 * half, height=18, rx=9, class_="pic-plate"),
        el("text", text, x=x, y=y + 21.5, text_anchor="middle"),
    )


def _said(square: Square, means: Mapping[Tone, str]) -> str:
    meaning = means.get(square.tone, "")
    return f"{square.text} ({meaning})" if square.text and meaning else square.text or meaning


def _table(
    rows: Sequence[tuple[str, Sequence[Square]]],
    columns: Sequence[str],
    means: Mapping[Tone, str],
    caption: str,
    words: Words,
) -> Table:
    return Table(
        caption=caption,
        columns=(Column(words.say(N_("Which State"))), *(Column(column) for column in columns)),
        rows=tuple((label, *(_said(one, means) for one in squares)) for label, squares in rows),
    )
