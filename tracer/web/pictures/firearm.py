"""The firearm with its marks in place: each mark a number on the drawing and a line of boxes below.

A mark whose location is unknown, not given, or not on a firearm of this kind stands beside the
drawing in a dashed circle: it is not hidden and not guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from markupsafe import Markup

from tracer.model.codes import MarkLocation
from tracer.model.firearm import Firearm, Mark
from tracer.web.pictures.cells import before, mark_boxes
from tracer.web.pictures.outlines import HEIGHT, WIDTH, Outline, Place, outline_of
from tracer.web.pictures.picture import N_, Column, Picture, Table, Words, drawing
from tracer.web.pictures.svg import el

RADIUS: Final = 13
GAP: Final = 30
"""Least distance of the middles of two numbers in a row."""
_ROW: Final = 13
"""Middle of the first row of numbers, from the upper or lower edge."""
_PER_ROW: Final = int((WIDTH - 2 * RADIUS) / GAP)
_ALONG: Final = 5
"""Numbers in one column beside the drawing."""

NOTHING: Final[Mapping[int, Sequence[Mark]]] = MappingProxyType({})
"""No mark was another before."""


class Label(NamedTuple):
    """One number: its mark counted from 1, its middle, and the spot it points at, if any."""

    n: int
    x: float
    y: float
    spot: tuple[float, float] | None


def labels(marks: Sequence[Mark], outline: Outline) -> tuple[Label, ...]:
    """Where the numbers stand: those of the upper half above, the others below, none on another."""
    spots = _spots(marks, outline)
    placed = sorted(spots, key=lambda n: (spots[n][0], n))
    upper = [n for n in placed if spots[n][1] < HEIGHT / 2 - 10]
    lower = [n for n in placed if n not in upper]
    found = _rows(upper, spots, above=True) + _rows(lower, spots, above=False)
    beside = [n for n in range(1, len(marks) + 1) if n not in spots]
    for place, n in enumerate(beside):
        column, row = divmod(place, _ALONG)
        found.append(Label(n, outline.right + 36 + column * GAP, 50 + row * 32, None))
    return tuple(sorted(found))


def firearm(
    item: Firearm, *, name: str, words: Words, was: Mapping[int, Sequence[Mark]] = NOTHING
) -> Picture:
    """Draw a line of a request with its marks.

    Args:
        item: The line.
        name: Unique on the page.
        words: The language.
        was: What a mark was before, the oldest first, by its number.
    """
    outline = outline_of(item)
    found = labels(item.marks, outline)
    kind = words.label(item.type) if item.type else words.say(N_("Firearm"))
    title = words.say(N_("Where the marks stand"))
    description = _described(item.marks, found, kind, words)
    parts = [
        el("path", d=stroke.d, class_=f"pic-part pic-{stroke.tone}") for stroke in outline.strokes
    ]
    svg = drawing(
        name,
        el("g", parts),
        el("g", [_leader(one) for one in found if one.spot]),
        el("g", [_number(one, item.marks[one.n - 1], words) for one in found]),
        box=_box(found),
        title=f"{title}: {kind}",
        description=description,
    )
    return Picture(
        kind="firearm",
        title=title,
        description=description,
        svg=svg,
        table=_table(item.marks, title, words, was),
        key=_note(found, words),
        open=True,
        show=words.say(N_("Show as a table")),
    )


def _spots(marks: Sequence[Mark], outline: Outline) -> dict[int, tuple[float, float]]:
    at: dict[MarkLocation, list[int]] = {}
    for n, mark in enumerate(marks, 1):
        location = mark.location.known() if mark.location else None
        if isinstance(location, MarkLocation) and location in outline.places:
            at.setdefault(location, []).append(n)
    return {
        n: (_spread(outline.places[location], place, len(numbers)), outline.places[location].y)
        for location, numbers in at.items()
        for place, n in enumerate(numbers)
    }


def _spread(place: Place, number: int, many: int) -> float:
    if many == 1:
        return place.x
    return place.x - place.span / 2 + place.span * number / (many - 1)


def _rows(
    numbers: list[int], spots: Mapping[int, tuple[float, float]], *, above: bool
) -> list[Label]:
    found: list[Label] = []
    many = max(1, -(-len(numbers) // _PER_ROW))
    for row in range(many):
        chosen = numbers[row::many]
        y = (_ROW - row * 32) if above else (HEIGHT - _ROW + row * 32)
        at = _apart([spots[n][0] for n in chosen])
        found += [Label(n, x, y, spots[n]) for n, x in zip(chosen, at, strict=True)]
    return found


def _apart(wanted: list[float]) -> list[float]:
    """Middles in this order, as near to those wanted as the gap and the edges allow."""
    at = list(wanted)
    for _ in range(50):
        moved = False
        for left in range(len(at) - 1):
            lack = GAP - (at[left + 1] - at[left])
            if lack > 0.01:  # noqa: PLR2004 - less is not seen
                at[left] -= lack / 2
                at[left + 1] += lack / 2
                moved = True
        if not moved:
            break
    low = RADIUS + 1.0
    for place, x in enumerate(at):
        at[place] = max(x, low)
        low = at[place] + GAP
    high = WIDTH - RADIUS - 1.0
    for place in reversed(range(len(at))):
        at[place] = min(at[place], high)
        high = at[place] - GAP
    return at


def _leader(one: Label) -> Markup:
    x, y = one.spot or (0.0, 0.0)
    end = one.y + RADIUS if one.y < y else one.y - RADIUS
    return el(
        "g",
        el("path", d=f"M{one.x:.1f} {end:.1f}L{x:.1f} {y:.1f}", class_="pic-leader-edge"),
        el("path", d=f"M{one.x:.1f} {end:.1f}L{x:.1f} {y:.1f}", class_="pic-leader"),
        el("circle", cx=x, cy=y, r=4.5, class_="pic-spot"),
    )


def _number(one: Label, mark: Mark, words: Words) -> Markup:
    key = " pic-pin-key" if mark.identity else ""
    beside = "" if one.spot else " pic-pin-beside"
    return el(
        "g",
        el("title", f"{one.n}: {words.label(mark.kind)}"),
        el("circle", cx=one.x, cy=one.y, r=RADIUS, class_=f"pic-pin{key}{beside}"),
        el(
            "text",
            str(one.n),
            x=one.x,
            y=one.y + 5.5,
            text_anchor="middle",
            class_=f"pic-pin-text{key}-text{beside}" if key else f"pic-pin-text{beside}",
        ),
    )


def _box(found: Sequence[Label]) -> tuple[float, float, float, float]:
    top = min([0.0, *(one.y - RADIUS - 1 for one in found)])
    bottom = max([float(HEIGHT), *(one.y + RADIUS + 1 for one in found)])
    right = max([float(WIDTH), *(one.x + RADIUS + 2 for one in found)])
    return 0, top, right, bottom - top


def _described(marks: Sequence[Mark], found: Sequence[Label], kind: str, words: Words) -> str:
    told = []
    for one in found:
        mark = marks[one.n - 1]
        place = words.label(mark.location) if mark.location else words.say(N_("place not given"))
        text = f" {mark.text}" if mark.text else ""
        told.append(f"{one.n}: {words.label(mark.kind)}{text} ({place})")
    return f"{kind}. " + ("; ".join(told) if told else words.say(N_("No mark is given.")))


def _note(found: Sequence[Label], words: Words) -> Markup:
    notes = [words.say(N_("The drawing shows the kind of firearm, not this one."))]
    if any(one.spot is None for one in found):
        notes.append(words.say(N_("Dashed numbers: the place of the mark is not known.")))
    return el("p", " ".join(notes), class_="pic-note")


def _table(
    marks: Sequence[Mark], caption: str, words: Words, was: Mapping[int, Sequence[Mark]]
) -> Table:
    heads = (
        Column(words.say(N_("No.")), numeric=True),
        Column(words.say(N_("Mark"))),
        Column(words.say(N_("Place"))),
        Column(words.say(N_("As marked"))),
        Column(words.say(N_("Reading"))),
    )
    rows = tuple(
        (
            str(n),
            _kind(mark, words),
            words.label(mark.location) if mark.location else words.say(N_("not given")),
            mark_boxes(mark, words) + before(was.get(n, ()), words),
            words.label(mark.reading) if mark.reading else words.say(N_("not given")),
        )
        for n, mark in enumerate(marks, 1)
    )
    return Table(caption=caption, columns=heads, rows=rows)


def _kind(mark: Mark, words: Words) -> Markup:
    told = [el("span", words.label(mark.kind))]
    meant = [words.country(mark.country)] if mark.country else []
    meant += [str(mark.year)] if mark.year else []
    if meant:
        told.append(el("span", " \u00b7 ".join(meant), class_="pic-minor"))
    if mark.identity:
        told.append(el("span", words.say(N_("records go by this mark")), class_="pic-minor"))
    return Markup().join(told)
