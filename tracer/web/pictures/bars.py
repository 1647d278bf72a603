"""Bars put together from parts, for counts by state or age; and a small line of counts by month.

Both stand on a scale of round numbers.

Example:
    >>> open_ones = Bar("XB", (Part("0 to 7 days", 3, Tone.WAIT), Part("more", 1, Tone.BAD)))
    >>> bars([open_ones], name="ageing", title="Open requests by age", words=Words()).figure()
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

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
from tracer.web.pictures.scale import SIZE, counts
from tracer.web.pictures.svg import cut, el, length

LABEL, PLOT, ROW = 150, 480, 36
_TOTAL: Final = 56
_AXIS: Final = 24
_TICKS: Final = 5
_SPARK_WIDTH, _SPARK_HEIGHT, _SPARK_TOP, _SPARK_BOTTOM = 200, 84, 10, 22
_SPARK_TICKS: Final = 3


class Part(NamedTuple):
    """A part of a bar: what it counts, how many, in which tone (the same for one label)."""

    label: str
    value: int
    tone: Tone


class Bar(NamedTuple):
    """A bar with its parts in order."""

    label: str
    parts: tuple[Part, ...]

    @property
    def total(self) -> int:
        """All of its parts."""
        return sum(part.value for part in self.parts)


def bars(rows: Sequence[Bar], *, name: str, title: str, words: Words) -> Picture:
    """Draw bars under each other on one scale, each with its total."""
    width, height = LABEL + PLOT + _TOTAL, ROW * max(1, len(rows)) + 8 + _AXIS
    ticks = counts(max([1, *(row.total for row in rows)]), most=_TICKS)
    description = "; ".join(
        f"{row.label}: {words.count(row.total)} ("
        + ", ".join(f"{p.label} {words.count(p.value)}" for p in row.parts if p.value)
        + ")"
        for row in rows
    )
    svg = drawing(
        name,
        patterns(name),
        _axis(ticks, width, height, words),
        [
            _bar(place, row, name=name, most=ticks[-1], width=width, words=words)
            for place, row in enumerate(rows)
        ],
        box=(0, 0, width, height),
        title=title,
        description=description or words.say(N_("Nothing to count.")),
        wide=True,
        dir=words.dir,
    )
    used = dict.fromkeys((part.tone, part.label) for row in rows for part in row.parts)
    return Picture(
        kind="bars",
        title=title,
        description=description,
        svg=svg,
        table=_table(rows, title, words),
        key=tones(name, used, dir=words.dir),
        wide=True,
        show=words.say(N_("Show as a table")),
    )


def sparkline(
    values: Sequence[int],
    *,
    name: str,
    title: str,
    labels: Sequence[str],
    words: Words,
    ends: tuple[str, str] = ("", ""),
) -> Picture:
    """A small line of counts, oldest first; its table has a label (a month) for each.

    `ends`: what is written under the first and the last.
    """
    told = [f"{label}: {words.count(n)}" for label, n in zip(labels, values, strict=True)]
    svg = drawing(
        name,
        _line(values, ends, words),
        box=(0, 0, _SPARK_WIDTH, _SPARK_HEIGHT),
        title=title,
        description="; ".join(told),
        wide=True,
        dir=words.dir,
    )
    table = Table(
        caption=title,
        columns=(Column(words.say(N_("Time"))), Column(words.say(N_("How many")), numeric=True)),
        rows=tuple(
            (label, words.count(value)) for label, value in zip(labels, values, strict=True)
        ),
    )
    return Picture(
        kind="sparkline",
        title=title,
        description="; ".join(told),
        svg=svg,
        table=table,
        show=words.say(N_("Show as a table")),
    )


def _line(values: Sequence[int], ends: tuple[str, str], words: Words) -> list[Markup]:
    """The line on its scale, a dot at the last value."""
    ticks = counts(max([1, *values]), most=_SPARK_TICKS)
    left = max(length(words.count(tick)) for tick in ticks) * SIZE + 8
    right, floor = _SPARK_WIDTH - 6, _SPARK_HEIGHT - _SPARK_BOTTOM
    step = (right - left) / max(1, len(values) - 1)

    def up(value: int) -> float:
        return floor - (floor - _SPARK_TOP) * value / ticks[-1]

    at = [(_flip(left + step * n, words), up(value)) for n, value in enumerate(values)]
    scale = [_rule(words.count(tick), left, right, up(tick), words) for tick in ticks]
    under = [
        el("text", text, x=_flip(x, words), y=_SPARK_HEIGHT - 6, text_anchor=anchor,
           class_="pic-minor-text")
        for text, x, anchor in ((ends[0], left, "start"), (ends[1], right, "end"))
        if text
    ]  # fmt: skip
    line = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in at) if at else "M0 0"
    dot = [el("circle", cx=at[-1][0], cy=at[-1][1], r=3.5, class_="pic-spark-dot")] if at else []
    return [*scale, *under, el("path", d=line, class_="pic-spark"), *dot]


def _rule(text: str, left: float, right: float, y: float, words: Words) -> Markup:
    """A line of the scale with its number before it."""
    a, b = sorted((_flip(left, words), _flip(right, words)))
    number, x = y + SIZE / 3, _flip(left - 6, words)
    return el(
        "g",
        el("path", d=f"M{a:.1f} {y:.1f}H{b:.1f}", class_="pic-rule"),
        el("text", text, x=x, y=number, text_anchor="end", class_="pic-minor-text"),
    )


def _flip(x: float, words: Words) -> float:
    return _SPARK_WIDTH - x if words.dir == "rtl" else x


def _axis(ticks: Sequence[int], width: float, height: float, words: Words) -> Markup:
    """Lines at round counts behind the bars, each with its number under it."""
    rtl = words.dir == "rtl"
    name = words.say(N_("How many"))
    parts = [
        el("text", cut(name, (LABEL - 20) / SIZE), x=width - 6 if rtl else 6, y=height - 6,
           class_="pic-minor-text")
    ]  # fmt: skip
    for tick in ticks:
        x = LABEL + PLOT * tick / ticks[-1]
        x = width - x if rtl else x
        number = el("text", words.count(tick), x=x, y=height - 6, text_anchor="middle",
                    class_="pic-minor-text")  # fmt: skip
        parts += [el("path", d=f"M{x:.1f} 2V{height - _AXIS + 4}", class_="pic-rule"), number]
    return el("g", parts)


def _bar(place: int, row: Bar, *, name: str, most: int, width: float, words: Words) -> Markup:
    y, rtl = 4 + ROW * place, words.dir == "rtl"
    edge = width - 6 if rtl else 6
    parts = [el("text", cut(row.label, (LABEL - 12) / 13), x=edge, y=y + 20)]
    at = float(LABEL)
    for part in row.parts:
        if not part.value:
            continue
        wide = PLOT * part.value / most
        left = width - at - wide if rtl else at
        parts.append(_part(part, left, y, wide=wide, name=name, words=words))
        at += wide
    end = width - at - 8 if rtl else at + 8
    parts.append(el("text", words.count(row.total), x=end, y=y + 20, class_="pic-strong"))
    return el("g", parts)


def _part(part: Part, left: float, y: float, *, wide: float, name: str, words: Words) -> Markup:
    text = words.count(part.value)
    shape = el(
        "rect",
        x=left + 0.8,
        y=y + 3,
        width=max(1.5, wide - 1.6),
        height=24,
        fill=fill(name, part.tone),
        class_=f"pic-edge pic-edge-{part.tone}",
    )
    if wide < length(text) * 13 + 16:
        return shape
    middle, half = left + wide / 2, length(text) * 13 / 2 + 5
    return el(
        "g",
        shape,
        el("rect", x=middle - half, y=y + 6, width=2 * half, height=18, rx=9, class_="pic-plate"),
        el("text", text, x=middle, y=y + 20, text_anchor="middle"),
    )


def _table(rows: Sequence[Bar], caption: str, words: Words) -> Table:
    names = list(dict.fromkeys(part.label for row in rows for part in row.parts))
    heads = (
        Column(""),
        *(Column(one, numeric=True) for one in names),
        Column(words.say(N_("Together")), numeric=True),
    )
    return Table(
        caption=caption,
        columns=(Column(words.say(N_("Whose"))), *heads[1:]),
        rows=tuple(
            (row.label, *(words.count(_value(row, one)) for one in names), words.count(row.total))
            for row in rows
        ),
    )


def _value(row: Bar, label: str) -> int:
    return sum(part.value for part in row.parts if part.label == label)
