"""The way of a firearm on a map of the world, cut to the States concerned.

The ground is one image that is fetched only where a map is shown (`packaged`, from the page's own
server and kept by the browser); over it lie the States concerned, a numbered stop for each, and an
arrow for each move. A State too small for the scale is a dot. Into a State that it is said to have
gone to, and of which no event tells, goes a dashed arrow to a question mark.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from math import hypot
from types import MappingProxyType
from typing import Final, NamedTuple

from markupsafe import Markup

from tracer.model.chain import ChainEvent
from tracer.web.pictures.chain import UNTOLD, gaps, in_order, is_bad, left_at, table
from tracer.web.pictures.packaged import MAP
from tracer.web.pictures.picture import N_, Picture, Words, drawing
from tracer.web.pictures.svg import el, length

WIDTH, HEIGHT = 960.0, 440.0
_LEAST: Final = 230.0
"""Width of the smallest cut, in units of the map."""
_BOLD: Final = 1.12
"""How much wider than plain letters the names are."""
_MARGIN: Final = 60.0
_APART: Final = 88.0
"""How far stops stand from each other at least, in thousandths of the cut: an arrow finds room."""
_PATH = re.compile(r'<path class="c-([A-Z]{2})" d="([^"]+)"/>')


class Spot(NamedTuple):
    """Where a State is on the map, and whether it is drawn as a dot."""

    x: float
    y: float
    small: bool


class Cut(NamedTuple):
    """The part of the map that is shown."""

    x: float
    y: float
    width: float
    height: float

    @property
    def unit(self) -> float:
        """A thousandth of the width: sizes of text and stops follow the cut."""
        return self.width / 1000


@cache
def spots() -> Mapping[str, Spot]:
    """The middle of each State and territory, by alpha-2."""
    text = _data("world-points.csv")
    return MappingProxyType(
        {
            row["alpha2"]: Spot(float(row["x"]), float(row["y"]), row["small"] == "1")
            for row in csv.DictReader(text.splitlines())
        }
    )


@cache
def shapes() -> Mapping[str, str]:
    """The path of each State in tenths of a unit, by alpha-2."""
    return MappingProxyType(dict(_PATH.findall(_data(MAP))))


def chain_map(
    events: Sequence[ChainEvent],
    *,
    name: str,
    words: Words,
    href: str,
    onward: Sequence[str] = (),
) -> Picture:
    """Draw the chain on the map. `href` is where this server has `data/world.svg`.

    `onward`: States that it is said to have gone to, of which no event tells.
    """
    ordered = in_order(events)
    stops = _stops(ordered)
    said = [code for code in onward if ordered]
    ends = [code for code in said if code in spots()]
    shown = [*stops, *ends]
    cut = cut_to([spots()[code] for code in shown])
    pins = _apart({code: (spots()[code].x, spots()[code].y) for code in shown}, _APART * cut.unit)
    title = words.say(N_("The firearm on the map"))
    description = _described(ordered, stops, ends, words)
    svg = drawing(
        name,
        el("rect", x=cut.x, y=cut.y, width=cut.width, height=cut.height, class_="pic-sea"),
        el("image", href=href, x=0, y=0, width=WIDTH, height=HEIGHT),
        el("g", [_land(code, cut) for code in shown], class_="pic-land"),
        _moves(ordered, pins, cut),
        _went(ordered, ends, pins, cut),
        [
            _pin(code, numbers, pins[code], cut, _bad(ordered, code))
            for code, numbers in stops.items()
        ],
        [_end(code, pins[code], cut, words) for code in ends],
        _names(pins, cut, words),
        box=cut,
        title=title,
        description=description,
        dir="ltr",
    )
    return Picture(
        kind="map",
        title=title,
        description=description,
        svg=svg,
        table=table(ordered, title, words, onward=said),
        key=el("p", _notes(ordered, ends, words), class_="pic-note"),
        wide=True,
        sideways=words.say(N_("Scroll sideways to see the whole map.")),
        show=words.say(N_("Show as a table")),
    )


def cut_to(found: Sequence[Spot]) -> Cut:
    """The smallest part of the map, in its own proportions, that shows all of these well."""
    if not found:
        return Cut(0, 0, WIDTH, HEIGHT)
    left, right = min(s.x for s in found) - _MARGIN, max(s.x for s in found) + _MARGIN
    top, bottom = min(s.y for s in found) - _MARGIN, max(s.y for s in found) + _MARGIN
    width = min(WIDTH, max(_LEAST, right - left, (bottom - top) * WIDTH / HEIGHT))
    height = width * HEIGHT / WIDTH
    x = min(max(0.0, (left + right - width) / 2), WIDTH - width)
    y = min(max(0.0, (top + bottom - height) / 2), HEIGHT - height)
    return Cut(round(x, 1), round(y, 1), round(width, 1), round(height, 1))


def _data(name: str) -> str:
    return files("tracer.web.pictures").joinpath("data", name).read_text(encoding="utf-8")


def _stops(ordered: Sequence[ChainEvent]) -> dict[str, list[int]]:
    """States of the chain that are on the map, in order of first event, with the events."""
    found: dict[str, list[int]] = {}
    for event in ordered:
        if event.country and event.country in spots():
            found.setdefault(event.country, []).append(event.n)
    return found


def _bad(ordered: Sequence[ChainEvent], country: str) -> bool:
    return any(is_bad(event) for event in ordered if event.country == country)


def _apart(at: dict[str, tuple[float, float]], least: float) -> dict[str, tuple[float, float]]:
    """Stops pushed from each other until none lies on another; each stays near its State."""
    found = dict(at)
    names = list(found)
    for _ in range(60):
        moved = False
        for place, one in enumerate(names):
            for other in names[place + 1 :]:
                (x1, y1), (x2, y2) = found[one], found[other]
                far = hypot(x2 - x1, y2 - y1)
                if far >= least - 0.01:
                    continue
                dx, dy = ((x2 - x1) / far, (y2 - y1) / far) if far > 0.1 else (1.0, 0.0)  # noqa: PLR2004
                push = (least - far) / 2
                found[one] = (x1 - dx * push, y1 - dy * push)
                found[other] = (x2 + dx * push, y2 + dy * push)
                moved = True
        if not moved:
            break
    return found


def _land(code: str, cut: Cut) -> Markup:
    spot = spots()[code]
    parts = []
    if code in shapes():
        parts.append(
            el(
                "path",
                d=shapes()[code],
                transform="scale(.1)",
                class_="pic-land-on",
                stroke_width=1.5 * cut.unit * 10,
            )
        )
    if spot.small:
        parts.append(
            el(
                "circle",
                cx=spot.x,
                cy=spot.y,
                r=6 * cut.unit,
                class_="pic-land-on",
                stroke_width=1.5 * cut.unit,
            )
        )
    return el("g", parts)


def _moves(
    ordered: Sequence[ChainEvent], pins: Mapping[str, tuple[float, float]], cut: Cut
) -> Markup:
    parts = []
    for (first, second), gap in zip(pairwise(ordered), gaps(ordered), strict=True):
        ends = (first.country or "", second.country or "")
        if ends[0] != ends[1] and ends[0] in pins and ends[1] in pins:
            parts.append(_arrow(pins[ends[0]], pins[ends[1]], gap=gap, cut=cut))
    return el("g", parts)


def _went(
    ordered: Sequence[ChainEvent],
    ends: Sequence[str],
    pins: Mapping[str, tuple[float, float]],
    cut: Cut,
) -> Markup:
    """An arrow into each State that nothing is told of, from where it left last."""
    left = ordered[left_at(ordered)].country if ordered else ""
    if not left or left not in pins:
        return el("g")
    return el("g", [_arrow(pins[left], pins[end], gap=True, cut=cut) for end in ends])


def _arrow(
    a: tuple[float, float],
    b: tuple[float, float],
    *,
    gap: bool,
    cut: Cut,
) -> Markup:
    """A bowed line from stop to stop with a head before the second."""
    (x1, y1), (x2, y2) = a, b
    far = hypot(x2 - x1, y2 - y1) or 1.0
    bow = 0.16 * far
    cx, cy = (x1 + x2) / 2 + (y2 - y1) / far * bow, (y1 + y2) / 2 - abs(x2 - x1) / far * bow
    way = hypot(x2 - cx, y2 - cy) or 1.0
    ux, uy = (x2 - cx) / way, (y2 - cy) / way
    tip = (x2 - ux * 30 * cut.unit, y2 - uy * 30 * cut.unit)
    size = 15 * cut.unit
    back = (tip[0] - ux * size, tip[1] - uy * size)
    side = (-uy * size * 0.55, ux * size * 0.55)
    d = f"M{x1:.1f} {y1:.1f}Q{cx:.1f} {cy:.1f} {back[0]:.1f} {back[1]:.1f}"
    head = (
        f"M{tip[0]:.2f} {tip[1]:.2f}L{back[0] + side[0]:.2f} {back[1] + side[1]:.2f}"
        f"L{back[0] - side[0]:.2f} {back[1] - side[1]:.2f}Z"
    )
    dashes = f"{7 * cut.unit:.1f} {6 * cut.unit:.1f}" if gap else None
    return el(
        "g",
        el(
            "path",
            d=d,
            class_="pic-move",
            stroke_width=f"{4 * cut.unit:.2f}",
            stroke_dasharray=dashes,
        ),
        el("path", d=head, class_="pic-head"),
    )


def _pin(
    code: str,
    numbers: Sequence[int],
    at: tuple[float, float],
    cut: Cut,
    bad: bool,  # noqa: FBT001
) -> Markup:
    kind = "pic-map-text pic-on" if bad else "pic-map-text"
    shape = _shape(*at, 21 * cut.unit, bad)
    return el("g", _stem(code, at, cut), shape, _written(str(numbers[0]), at, cut, kind))


def _end(code: str, at: tuple[float, float], cut: Cut, words: Words) -> Markup:
    """Where it is said to have gone: nothing is told of it there."""
    unit = cut.unit
    return el(
        "g",
        el("title", f"{words.country(code)}: {words.say(UNTOLD)}"),
        _stem(code, at, cut),
        el(
            "circle",
            cx=f"{at[0]:.2f}",
            cy=f"{at[1]:.2f}",
            r=f"{21 * unit:.2f}",
            class_="pic-mgap",
            stroke_width=f"{3 * unit:.2f}",
            stroke_dasharray=f"{6 * unit:.1f} {4 * unit:.1f}",
        ),
        _written("?", at, cut, "pic-map-text"),
    )


def _stem(code: str, at: tuple[float, float], cut: Cut) -> Markup:
    """The line from a State to its stop, where that was pushed away."""
    spot = spots()[code]
    return el(
        "path",
        d=f"M{spot.x:.1f} {spot.y:.1f}L{at[0]:.1f} {at[1]:.1f}",
        class_="pic-move",
        stroke_width=f"{1.6 * cut.unit:.2f}",
    )


def _written(text: str, at: tuple[float, float], cut: Cut, kind: str) -> Markup:
    return el(
        "text",
        text,
        x=at[0],
        y=at[1] + 8 * cut.unit,
        text_anchor="middle",
        font_size=f"{23 * cut.unit:.1f}",
        class_=kind,
    )


def _shape(x: float, y: float, size: float, bad: bool) -> Markup:  # noqa: FBT001
    edge = f"{size / 7:.2f}"
    if bad:
        s = size * 1.25
        d = f"M{x:.2f} {y - s:.2f}L{x + s:.2f} {y:.2f}L{x:.2f} {y + s:.2f}L{x - s:.2f} {y:.2f}Z"
        return el("path", d=d, class_="pic-mstop pic-mstop-bad", stroke_width=edge)
    return el(
        "circle",
        cx=f"{x:.2f}",
        cy=f"{y:.2f}",
        r=f"{size:.2f}",
        class_="pic-mstop",
        stroke_width=edge,
    )


class Name(NamedTuple):
    """A State's name on the map: its box."""

    code: str
    x: float
    y: float
    width: float
    height: float


def names(pins: Mapping[str, tuple[float, float]], cut: Cut, words: Words) -> tuple[Name, ...]:
    """Where names find room beside their stop; one that finds none is in the table only."""
    size = 21 * cut.unit
    taken = [Name("", x - size, y - size, 2 * size, 2 * size) for x, y in pins.values()]
    found = []
    for code, (x, y) in pins.items():
        wide = length(words.country(code)) * size * _BOLD
        for left, top in (
            (x + 1.2 * size, y - size / 2),
            (x - 1.2 * size - wide, y - size / 2),
            (x - wide / 2, y + 1.1 * size),
            (x - wide / 2, y - 2.1 * size),
        ):
            box = Name(code, left, top, wide, size)
            if _inside(box, cut) and not any(_meet(box, other) for other in taken):
                taken.append(box)
                found.append(box)
                break
    return tuple(found)


def _names(pins: Mapping[str, tuple[float, float]], cut: Cut, words: Words) -> Markup:
    size = 21 * cut.unit
    return el(
        "g",
        [
            el(
                "text",
                words.country(one.code),
                x=one.x + one.width / 2,
                y=one.y + 0.82 * size,
                text_anchor="middle",
                font_size=f"{size:.1f}",
                stroke_width=f"{size / 5:.1f}",
                class_="pic-map-text pic-map-name",
            )
            for one in names(pins, cut, words)
        ],
    )


def _inside(box: Name, cut: Cut) -> bool:
    return (
        cut.x <= box.x
        and cut.y <= box.y
        and box.x + box.width <= cut.x + cut.width
        and box.y + box.height <= cut.y + cut.height
    )


def _meet(a: Name, b: Name) -> bool:
    return (
        a.x < b.x + b.width
        and b.x < a.x + a.width
        and a.y < b.y + b.height
        and b.y < a.y + a.height
    )


def _described(
    ordered: Sequence[ChainEvent],
    stops: Mapping[str, Sequence[int]],
    ends: Sequence[str],
    words: Words,
) -> str:
    if not ordered:
        return words.say(N_("Nothing of its way is known."))
    told = [
        f"{words.country(code)} ({', '.join(str(n) for n in numbers)})"
        for code, numbers in stops.items()
    ]
    told += [f"{words.country(code)}: {words.say(UNTOLD)}" for code in ends]
    return "; ".join(told) + "."


def _notes(ordered: Sequence[ChainEvent], ends: Sequence[str], words: Words) -> str:
    notes = [
        words.say(N_("Boundaries and names on the map do not imply endorsement or acceptance.")),
        words.say(
            N_("Numbers are those of the table; each stands at the first event in its State.")
        ),
    ]
    if any(gaps(ordered)) or ends:
        notes.append(
            words.say(N_("Dashed line: how it came from one State to the other is not known."))
        )
    return " ".join(notes)
