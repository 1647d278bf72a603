"""A picture with its words and its table, and what it needs from the reader's language.

Example:
    >>> Words(say=gettext, dir="rtl").say("Today")
    'اليوم'
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, NamedTuple

from markupsafe import Markup

from tracer.model.codes import Code, CodeList, label
from tracer.model.codes import code as coded
from tracer.model.tables import country_name
from tracer.web.pictures.svg import el, name_of

Direction = Literal["ltr", "rtl"]


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark a text for the catalogues where it stands; `Words.say` translates it."""
    return text


def _label(value: Code | CodeList) -> str:
    return label(value if isinstance(value, Code) else coded(value))


def _wall(value: datetime) -> datetime:
    return value.replace(tzinfo=None)


def _day(value: date | datetime) -> str:
    return value.strftime("%Y-%m-%d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How a reader is spoken to. English where nothing else is given.

    `say` translates the words of this room (marked with `N_`), `label` a coded value, `country` an
    alpha-2 code, `day` and `count` write dates and whole numbers, `dated` a date of a message as
    exactly as it is known: `2014`, `2014-05` or `2014-05-03`. `local` is an instant as the clock on
    the wall shows it, without a zone.
    """

    say: Callable[[str], str] = str
    label: Callable[[Code | CodeList], str] = _label
    country: Callable[[str], str] = country_name
    day: Callable[[date | datetime], str] = _day
    count: Callable[[int], str] = str
    dated: Callable[[str], str] = str
    local: Callable[[datetime], datetime] = _wall
    dir: Direction = "ltr"


class Tone(StrEnum):
    """What a colour means; each has a pattern of its own."""

    GOOD = "good"
    """Done, in time."""
    WAIT = "wait"
    """Running, nothing is late."""
    PAUSE = "pause"
    """Stands still for a reason."""
    LATE = "late"
    """Done or running, after its time."""
    BAD = "bad"
    """Passed, refused, given up."""
    NONE = "none"
    """Nothing to say."""


class Column(NamedTuple):
    """A column of a table: its heading, and whether it holds numbers."""

    head: str
    numeric: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The values of a picture; a cell is text or markup of this room."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str | Markup, ...], ...]

    def __html__(self) -> str:
        """The table; the first cell of a row is its heading."""
        head = el(
            "tr",
            [
                el("th", c.head, scope="col", role="columnheader", class_=_kind(c))
                for c in self.columns
            ],
        )
        return str(
            el(
                "table",
                el("caption", self.caption),
                el("thead", head, role="rowgroup"),
                el("tbody", [self._row(row) for row in self.rows], role="rowgroup"),
                role="table",
                class_="pic-table",
            )
        )

    def _row(self, row: Sequence[str | Markup]) -> Markup:
        cells = [
            el("td", cell, role="cell", class_=_kind(column), data_head=column.head)
            for cell, column in zip(row[1:], self.columns[1:], strict=True)
        ]
        return el(
            "tr",
            el("th", row[0], scope="row", role="rowheader", class_=_kind(self.columns[0])),
            cells,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Markup of a picture and all that goes with it."""

    kind: str
    """The class of its figure: `pic-KIND`."""
    title: str
    description: str
    svg: Markup
    table: Table
    key: Markup = Markup()  # noqa: RUF009 - immutable
    """What tones and shapes mean; also notes that must be read."""
    wide: bool = False
    """It keeps its size: where there is no room for it, its table stands in its place."""
    sideways: str = ""
    """Of a wide one that no table stands for: what is said where it has to be moved sideways."""
    open: bool = False
    """The table is part of the picture and always shown."""
    show: str = "Show as a table"
    """The words on the table's lid, in the reader's language."""

    def figure(self) -> Markup:
        """The whole: picture, key, and the table below a lid (or open).

        The lid is a sibling of the table, so that a stylesheet can show the table without it.
        """
        shown = self.svg
        if self.wide:
            hint = el("p", self.sideways, class_="pic-sideways") if self.sideways else Markup()
            shown = hint + el(
                "div", shown, class_="pic-scroll", role="group", aria_label=self.title, tabindex=0
            )
        table = Markup(self.table.__html__())  # noqa: S704 - made by `el`
        if not self.open:
            lid = el("details", el("summary", self.show), class_="pic-lid")
            table = lid + el("div", table, class_="pic-data")
        stacks = " pic-stacks" if self.wide and not self.sideways else ""
        return el("figure", shown, self.key, table, class_=f"pic pic-{self.kind}{stacks}")

    def __html__(self) -> str:
        """What a template prints."""
        return str(self.figure())


def drawing(
    name: str,
    *parts: Markup | Iterable[Markup],
    box: tuple[float, float, float, float],
    title: str,
    description: str,
    wide: bool = False,
    dir: Direction = "ltr",  # noqa: A002 - the attribute's own name
) -> Markup:
    """An SVG element that is one picture for who cannot see it. `box` is left, top, width, height.

    A wide one has its size in pixels; any other is as wide as its place.
    """
    name = name_of(name)
    return el(
        "svg",
        el("title", title, id=f"{name}-title"),
        el("desc", description, id=f"{name}-desc"),
        *parts,
        view_box=" ".join(f"{value:g}" for value in box),
        width=box[2] if wide else None,
        height=box[3] if wide else None,
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
        direction=dir,
        class_="pic-svg",
        focusable="false",
    )


def patterns(name: str) -> Markup:
    """The patterns of the tones; `fill(name, tone)` refers to one."""
    return el("defs", [_pattern(name_of(name), tone) for tone in Tone])


def fill(name: str, tone: Tone) -> str:
    """The fill of a shape in a tone."""
    return f"url(#{name}-{tone})"


def tones(
    name: str,
    used: Iterable[tuple[Tone, str]],
    *,
    dir: Direction,  # noqa: A002 - the attribute's own name
    shapes: Iterable[tuple[Markup, str]] = (),
) -> Markup:
    """A key: a swatch of each tone with its words, then of each shape, which is 22 by 14 pixels."""
    told = [(_swatch(name, tone), words) for tone, words in used]
    return el(
        "ul",
        [el("li", _small(shape), el("span", words)) for shape, words in (*told, *shapes)],
        class_="pic-key",
        dir=dir,
    )


def _small(shape: Markup) -> Markup:
    return el(
        "svg",
        shape,
        view_box="0 0 22 14",
        width=22,
        height=14,
        aria_hidden="true",
        focusable="false",
    )


def _swatch(name: str, tone: Tone) -> Markup:
    """A box in a tone, with a pattern of its own: that of the picture may be hidden with it."""
    return el("defs", _pattern(f"{name_of(name)}-key", tone)) + el(
        "rect",
        x=1,
        y=1,
        width=20,
        height=12,
        fill=fill(f"{name}-key", tone),
        class_=f"pic-edge pic-edge-{tone}",
    )


_MARKS = {
    Tone.GOOD: "",
    Tone.WAIT: "M0 8L8 0M-2 2L2 -2M6 10L10 6",
    Tone.PAUSE: "M2 0V8M6 0V8",
    Tone.LATE: "M0 0L8 8M-2 6L2 10M6 -2L10 2",
    Tone.BAD: "M0 0L8 8M8 0L0 8",
    Tone.NONE: "M4 3.5v1",
}


def _pattern(name: str, tone: Tone) -> Markup:
    return el(
        "pattern",
        el("rect", width=8, height=8, class_=f"pic-tone-{tone}"),
        el("path", d=_MARKS[tone], class_="pic-hatch") if _MARKS[tone] else Markup(),
        id=f"{name}-{tone}",
        width=8,
        height=8,
        patternUnits="userSpaceOnUse",
    )


def _kind(column: Column) -> str | None:
    return "pic-number" if column.numeric else None
