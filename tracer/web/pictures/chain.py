"""The way of a firearm across States as a line: a row for each State, a stop for each event.

Stops stand in the order of the chain (`n`), not to scale: what matters is who had it after whom. A
dashed line with a question mark is a gap: the events do not say how it came from one State to the
other. A diamond is a loss, theft or diversion.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from markupsafe import Markup

from tracer.model.chain import ChainEvent
from tracer.model.codes import ChainEventKind
from tracer.web.pictures.picture import N_, Column, Picture, Table, Words, drawing
from tracer.web.pictures.svg import cut, el, lines

LABEL: Final = 150
STEP: Final = 108
LANE: Final = 74
_TOP: Final = 34
_OUT: Final = frozenset({ChainEventKind.EXPORTED, ChainEventKind.TRANSITED})
_IN: Final = frozenset(
    {ChainEventKind.IMPORTED, ChainEventKind.TRANSITED, ChainEventKind.DELIVERY_CONFIRMED}
)
BAD: Final = frozenset({ChainEventKind.LOST, ChainEventKind.STOLEN, ChainEventKind.DIVERSION_POINT})
"""Where a firearm left lawful hands."""


def in_order(events: Sequence[ChainEvent]) -> tuple[ChainEvent, ...]:
    """The events by their number."""
    return tuple(sorted(events, key=lambda event: event.n))


def gaps(events: Sequence[ChainEvent]) -> tuple[bool, ...]:
    """For each two events that follow each other: whether the way between them is not told."""
    return tuple(_gap(first, second) for first, second in pairwise(in_order(events)))


def chain(events: Sequence[ChainEvent], *, name: str, words: Words) -> Picture:
    """Draw the chain as a line across States. `name` is unique on the page."""
    ordered = in_order(events)
    lanes = list(dict.fromkeys(event.country or "" for event in ordered)) or [""]
    width, height = LABEL + STEP * max(1, len(ordered)) + 8, _TOP + LANE * len(lanes)
    at = [
        _place(i, lanes.index(event.country or ""), width, words) for i, event in enumerate(ordered)
    ]
    missing = gaps(ordered)
    title = words.say(N_("Way of the firearm across States"))
    description = _described(ordered, missing, words)
    svg = drawing(
        name,
        [_lane(i, lane, width, words) for i, lane in enumerate(lanes)],
        [_way(*ends, gap, words) for ends, gap in zip(pairwise(at), missing, strict=True)],
        [_stop(event, *point, words) for event, point in zip(ordered, at, strict=True)],
        box=(0, 0, width, height),
        title=title,
        description=description,
        wide=True,
        dir=words.dir,
    )
    return Picture(
        kind="chain",
        title=title,
        description=description,
        svg=svg,
        table=table(ordered, title, words),
        key=_note(missing, words),
        wide=True,
        show=words.say(N_("Show as a table")),
    )


def table(ordered: Sequence[ChainEvent], caption: str, words: Words) -> Table:
    """The events as rows, each with a note where the way to it is not told."""
    missing = (False, *gaps(ordered))
    return Table(
        caption=caption,
        columns=(
            Column(words.say(N_("No.")), numeric=True),
            Column(words.say(N_("Date"))),
            Column(words.say(N_("Which State"))),
            Column(words.say(N_("Event"))),
            Column(words.say(N_("Before it"))),
        ),
        rows=tuple(
            (
                str(event.n),
                date_of(event, words),
                state_of(event, words),
                words.label(event.kind),
                words.say(N_("how it came here is not known")) if gap else "",
            )
            for event, gap in zip(ordered, missing, strict=False)
        ),
    )


def date_of(event: ChainEvent, words: Words) -> str:
    """The date as exactly as it is known."""
    if not event.date:
        return words.say(N_("date not known"))
    told, about = words.dated(event.date), words.say(N_("about"))
    return f"{about} {told}" if event.circa else told


def state_of(event: ChainEvent, words: Words) -> str:
    """The State in words."""
    return words.country(event.country) if event.country else words.say(N_("State not known"))


def is_bad(event: ChainEvent) -> bool:
    """Whether the firearm left lawful hands here."""
    return event.kind.known() in BAD


def _gap(first: ChainEvent, second: ChainEvent) -> bool:
    if first.country and first.country == second.country:
        return False
    known = bool(first.country and second.country)
    return not (known and (first.kind.known() in _OUT or second.kind.known() in _IN))


def _place(place: int, lane: int, width: float, words: Words) -> tuple[float, float]:
    x = LABEL + STEP * place + STEP / 2
    return (width - x if words.dir == "rtl" else x), _TOP + LANE * lane + 24


def _lane(place: int, country: str, width: float, words: Words) -> Markup:
    y = _TOP + LANE * place
    name = words.country(country) if country else words.say(N_("State not known"))
    x = width - 12 if words.dir == "rtl" else 12
    return el(
        "g",
        el("rect", x=0, y=y, width=width, height=LANE - 6, rx=6, class_="pic-lane"),
        el("text", cut(name, (LABEL - 20) / 13), x=x, y=y + 29, class_="pic-strong"),
    )


def _way(a: tuple[float, float], b: tuple[float, float], gap: bool, words: Words) -> Markup:  # noqa: FBT001
    (x1, y1), (x2, y2) = a, b
    middle = (x1 + x2) / 2
    d = f"M{x1:.1f} {y1:.1f}C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
    line = el("path", d=d, class_="pic-way pic-way-gap" if gap else "pic-way")
    if not gap:
        return line
    y = (y1 + y2) / 2
    return el(
        "g",
        line,
        el("title", words.say(N_("how it came here is not known"))),
        el("circle", cx=middle, cy=y, r=11, class_="pic-gap"),
        el("text", "?", x=middle, y=y + 5, text_anchor="middle", class_="pic-strong"),
    )


def _stop(event: ChainEvent, x: float, y: float, words: Words) -> Markup:
    bad = is_bad(event)
    shape = (
        el("path", d=f"M{x:.1f} {y - 15:.1f}l15 15-15 15-15-15z", class_="pic-stop pic-stop-bad")
        if bad
        else el("circle", cx=x, cy=y, r=12, class_="pic-stop")
    )
    shown = lines(words.label(event.kind), (STEP - 8) / 13)
    return el(
        "g",
        shape,
        el(
            "text",
            str(event.n),
            x=x,
            y=y + 4.5,
            text_anchor="middle",
            class_="pic-on" if bad else "pic-stop-text",
        ),
        el("text", date_of(event, words), x=x, y=20, text_anchor="middle", class_="pic-minor-text"),
        [
            el("text", line, x=x, y=y + 27 + 14 * row, text_anchor="middle", class_="pic-halo")
            for row, line in enumerate(shown)
        ],
    )


def _described(ordered: Sequence[ChainEvent], missing: Sequence[bool], words: Words) -> str:
    if not ordered:
        return words.say(N_("Nothing of its way is known."))
    told = [
        f"{event.n}: {words.label(event.kind)}, {state_of(event, words)}, {date_of(event, words)}"
        for event in ordered
    ]
    many, gaps = sum(missing), words.say(N_("Gaps"))
    end = f" {gaps}: {words.count(many)}." if many else ""
    return "; ".join(told) + "." + end


def _note(missing: Sequence[bool], words: Words) -> Markup:
    if not any(missing):
        return Markup()
    note = words.say(N_("Dashed line: how it came from one State to the other is not known."))
    return el("p", note, class_="pic-note")
