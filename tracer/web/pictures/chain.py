"""The way of a firearm across States as a line: a row for each State, a stop for each event.

Stops stand in the order of the chain (`n`), not to scale: what matters is who had it after whom. A
dashed line with a question mark is a gap: the events do not say how it came from one State to the
other. A diamond is a loss, theft or diversion. A State that it is said to have gone to, and of
which no event tells, has a row of its own with a dashed line into it.
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
LEAST: Final = 660
"""A drawing that would be narrower is spread out, and made as wide as its place."""
_TOP: Final = 34
_OUT: Final = frozenset({ChainEventKind.EXPORTED, ChainEventKind.TRANSITED})
_IN: Final = frozenset(
    {ChainEventKind.IMPORTED, ChainEventKind.TRANSITED, ChainEventKind.DELIVERY_CONFIRMED}
)
UNTOLD: Final = N_("Not told yet")
"""What is said of a State that it is said to have gone to."""
BAD: Final = frozenset({ChainEventKind.LOST, ChainEventKind.STOLEN, ChainEventKind.DIVERSION_POINT})
"""Where a firearm left lawful hands."""


def in_order(events: Sequence[ChainEvent]) -> tuple[ChainEvent, ...]:
    """The events by their number."""
    return tuple(sorted(events, key=lambda event: event.n))


def gaps(events: Sequence[ChainEvent]) -> tuple[bool, ...]:
    """For each two events that follow each other: whether the way between them is not told."""
    return tuple(_gap(first, second) for first, second in pairwise(in_order(events)))


def chain(
    events: Sequence[ChainEvent], *, name: str, words: Words, onward: Sequence[str] = ()
) -> Picture:
    """Draw the chain as a line across States. `name` is unique on the page.

    `onward`: States that it is said to have gone to, of which no event tells.
    """
    ordered = in_order(events)
    ends = [one for one in onward if ordered]
    lanes = list(dict.fromkeys([*(event.country or "" for event in ordered), *ends])) or [""]
    columns = max(1, len(ordered) + bool(ends))
    step = max(STEP, (LEAST - LABEL - 8) / columns)
    width, height = LABEL + step * columns + 8, _TOP + LANE * len(lanes)

    def at(column: int, country: str) -> tuple[float, float]:
        x = LABEL + step * column + step / 2
        y = _TOP + LANE * lanes.index(country) + 24
        return (width - x if words.dir == "rtl" else x), y

    stops = [at(column, event.country or "") for column, event in enumerate(ordered)]
    last = [at(len(ordered), country) for country in ends]
    missing = gaps(ordered)
    title = words.say(N_("Way of the firearm across States"))
    description = _described(ordered, missing, ends, words)
    svg = drawing(
        name,
        [_lane(i, lane, width, words) for i, lane in enumerate(lanes)],
        [_way(*pair, gap, words) for pair, gap in zip(pairwise(stops), missing, strict=True)],
        [_way(stops[left_at(ordered)], end, True, words, mark=False) for end in last],
        [_stop(event, *point, step, words) for event, point in zip(ordered, stops, strict=True)],
        [_end(*end, words) for end in last],
        box=(0, 0, width, height),
        title=title,
        description=description,
        wide=width > LEAST,
        dir=words.dir,
    )
    return Picture(
        kind="chain",
        title=title,
        description=description,
        svg=svg,
        table=table(ordered, title, words, onward=ends),
        key=_note([*missing, *(True for _ in ends)], words),
        wide=True,
        show=words.say(N_("Show as a table")),
    )


def table(
    ordered: Sequence[ChainEvent], caption: str, words: Words, *, onward: Sequence[str] = ()
) -> Table:
    """The events as rows, each with a note where the way to it is not told; then where it went."""
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
        rows=(
            *(
                (
                    str(event.n),
                    date_of(event, words),
                    state_of(event, words),
                    words.label(event.kind),
                    words.say(N_("how it came here is not known")) if gap else "",
                )
                for event, gap in zip(ordered, missing, strict=False)
            ),
            *(("", "", words.country(one), words.say(UNTOLD), "") for one in onward),
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


def left_at(ordered: Sequence[ChainEvent]) -> int:
    """The place of the event by which it left last; the last event where none says so."""
    out = [i for i, event in enumerate(ordered) if event.kind.known() in _OUT]
    return out[-1] if out else len(ordered) - 1


def _lane(place: int, country: str, width: float, words: Words) -> Markup:
    y = _TOP + LANE * place
    name = words.country(country) if country else words.say(N_("State not known"))
    x = width - 12 if words.dir == "rtl" else 12
    return el(
        "g",
        el("rect", x=0, y=y, width=width, height=LANE - 6, rx=6, class_="pic-lane"),
        el("text", cut(name, (LABEL - 20) / 13), x=x, y=y + 29, class_="pic-strong"),
    )


def _way(
    a: tuple[float, float],
    b: tuple[float, float],
    gap: bool,  # noqa: FBT001
    words: Words,
    *,
    mark: bool = True,
) -> Markup:
    (x1, y1), (x2, y2) = a, b
    middle = (x1 + x2) / 2
    d = f"M{x1:.1f} {y1:.1f}C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
    line = el("path", d=d, class_="pic-way pic-way-gap" if gap else "pic-way")
    if not gap or not mark:
        return line
    y = (y1 + y2) / 2
    return el(
        "g",
        line,
        el("title", words.say(N_("how it came here is not known"))),
        el("circle", cx=middle, cy=y, r=11, class_="pic-gap"),
        el("text", "?", x=middle, y=y + 5, text_anchor="middle", class_="pic-strong"),
    )


def _end(x: float, y: float, words: Words) -> Markup:
    """Where it is said to have gone: nothing is told of it there."""
    return el(
        "g",
        el("circle", cx=x, cy=y, r=12, class_="pic-gap"),
        el("text", "?", x=x, y=y + 4.5, text_anchor="middle", class_="pic-strong"),
        el("text", words.say(UNTOLD), x=x, y=y + 27, text_anchor="middle", class_="pic-halo"),
    )


def _stop(event: ChainEvent, x: float, y: float, step: float, words: Words) -> Markup:
    bad = is_bad(event)
    shape = (
        el("path", d=f"M{x:.1f} {y - 15:.1f}l15 15-15 15-15-15z", class_="pic-stop pic-stop-bad")
        if bad
        else el("circle", cx=x, cy=y, r=12, class_="pic-stop")
    )
    shown = lines(words.label(event.kind), (step - 8) / 13)
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


def _described(
    ordered: Sequence[ChainEvent], missing: Sequence[bool], onward: Sequence[str], words: Words
) -> str:
    if not ordered:
        return words.say(N_("Nothing of its way is known."))
    told = [
        f"{event.n}: {words.label(event.kind)}, {state_of(event, words)}, {date_of(event, words)}"
        for event in ordered
    ]
    told += [f"{words.country(one)}: {words.say(UNTOLD)}" for one in onward]
    many, gaps = sum(missing), words.say(N_("Gaps"))
    end = f" {gaps}: {words.count(many)}." if many else ""
    return "; ".join(told) + "." + end


def _note(missing: Sequence[bool], words: Words) -> Markup:
    if not any(missing):
        return Markup()
    note = words.say(N_("Dashed line: how it came from one State to the other is not known."))
    return el("p", note, class_="pic-note")
