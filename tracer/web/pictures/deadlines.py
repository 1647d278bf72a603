"""Terms as lines: since when, until when, what stood still, and where today is.

A bar runs from its beginning to its end, or to now. What lies beyond its term has the pattern of
lateness; a pause has its own; the term is a flag on the line. The line of time has round days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
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
from tracer.web.pictures.scale import SIZE, times
from tracer.web.pictures.svg import cut, el, length

LABEL, PLOT, ROW, TOP = 190, 520, 38, 34
WIDTH: Final = LABEL + PLOT + 16


class Pause(NamedTuple):
    """Time that does not count."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One term: what is awaited, since when, until when, and when it was met."""

    label: str
    start: datetime
    due: datetime | None
    met: datetime | None = None
    pauses: tuple[Pause, ...] = ()

    def late(self, now: datetime) -> bool:
        """Whether it was met after its term, or is not met and its term is over."""
        return self.due is not None and (self.met or now) > self.due


class Piece(NamedTuple):
    """A stretch of a bar in one tone."""

    since: datetime
    until: datetime
    tone: Tone


def pieces(one: Deadline, now: datetime) -> tuple[Piece, ...]:
    """The bar of a term in stretches of one tone, in order, without gap or overlap."""
    end = one.met or now
    inside = Tone.GOOD if one.met else Tone.WAIT
    beyond = Tone.LATE if one.met else Tone.BAD
    turns = {one.start, end}
    turns |= {one.due} if one.due else set()
    turns |= {edge for pause in one.pauses for edge in pause}
    edges = sorted(turn for turn in turns if one.start <= turn <= end)
    found = []
    for since, until in pairwise(edges):
        paused = any(pause.since <= since < pause.until for pause in one.pauses)
        over = one.due is not None and since >= one.due
        tone = Tone.PAUSE if paused else beyond if over else inside
        found.append(Piece(since, until, tone))
    return tuple(found)


def deadlines(
    rows: Sequence[Deadline], *, now: datetime, name: str, words: Words, title: str = ""
) -> Picture:
    """Draw terms under each other over one line of time with today on it."""
    title = title or words.say(N_("Terms and where they stand"))
    scale = _Scale.of(rows, now, words)
    height = TOP + ROW * max(1, len(rows)) + 30
    description = "; ".join(f"{one.label}: {_state(one, now, words)}" for one in rows)
    svg = drawing(
        name,
        patterns(name),
        _ticks(scale, height, words),
        [
            _row(place, one, now=now, name=name, scale=scale, words=words)
            for place, one in enumerate(rows)
        ],
        _today(now, scale, height, words),
        box=(0, 0, WIDTH, height),
        title=title,
        description=description or words.say(N_("Nothing is awaited.")),
        wide=True,
        dir=words.dir,
    )
    used = {piece.tone for one in rows for piece in pieces(one, now)}
    return Picture(
        kind="deadlines",
        title=title,
        description=description,
        svg=svg,
        table=_table(rows, now, title, words),
        key=tones(
            name,
            [(t, s) for t, s in _says(words) if t in used],
            dir=words.dir,
            shapes=_shapes(rows, now, words),
        ),
        wide=True,
        show=words.say(N_("Show as a table")),
    )


class _Scale(NamedTuple):
    """From an instant to a place on the picture."""

    first: datetime
    last: datetime
    rtl: bool

    @classmethod
    def of(cls, rows: Sequence[Deadline], now: datetime, words: Words) -> _Scale:
        all_ = [now, *(one.start for one in rows)]
        all_ += [end for one in rows for end in (one.due, one.met) if end]
        first, last = min(all_), max(all_)
        room = max((last - first) * 0.06, timedelta(hours=1))
        return cls(first, last + room, words.dir == "rtl")

    def x(self, at: datetime) -> float:
        share = (at - self.first) / (self.last - self.first)
        x = LABEL + PLOT * share
        return WIDTH - x if self.rtl else x


def _ticks(scale: _Scale, height: float, words: Words) -> Markup:
    parts = []
    for tick in times(scale.first, scale.last, room=PLOT, words=words):
        x, half = scale.x(tick.at), length(tick.label) * SIZE / 2
        middle = min(max(x, half + 1), WIDTH - 1 - half)
        parts.append(el("path", d=f"M{x:.1f} {TOP - 4}V{height - 20}", class_="pic-rule"))
        parts.append(
            el(
                "text",
                tick.label,
                x=middle,
                y=height - 6,
                text_anchor="middle",
                class_="pic-minor-text",
            )
        )
    return el("g", parts)


def _row(
    place: int, one: Deadline, *, now: datetime, name: str, scale: _Scale, words: Words
) -> Markup:
    y = TOP + ROW * place
    edge = WIDTH - 6 if scale.rtl else 6
    parts = [el("text", cut(one.label, (LABEL - 12) / 13), x=edge, y=y + 20)]
    for piece in pieces(one, now):
        a, b = sorted((scale.x(piece.since), scale.x(piece.until)))
        parts.append(
            el(
                "rect",
                x=a,
                y=y + 6,
                width=max(2.0, b - a),
                height=18,
                fill=fill(name, piece.tone),
                class_=f"pic-edge pic-edge-{piece.tone}",
            )
        )
    if one.due:
        ends = (scale.x(one.met or now), scale.x(one.due))
        if one.due > (one.met or now):
            parts.append(el("path", d=f"M{ends[0]:.1f} {y + 15}H{ends[1]:.1f}", class_="pic-left"))
        parts.append(_flag(scale.x(one.due), y, words))
    return el("g", parts)


def _flag(x: float, y: float, words: Words) -> Markup:
    side = -11 if words.dir == "rtl" else 11
    return el(
        "g",
        el("title", words.say(N_("Until"))),
        el(
            "path",
            d=f"M{x:.1f} {y + 28}V{y - 1}h{side}l{-side / 3:.1f} 4.5l{side / 3:.1f} 4.5h{-side}",
            class_="pic-flag",
        ),
    )


def _shapes(rows: Sequence[Deadline], now: datetime, words: Words) -> list[tuple[Markup, str]]:
    """What the key says of flags and of the line to them."""
    dues = [(one.due, one.met or now) for one in rows if one.due]
    side, x = (-11, 16) if words.dir == "rtl" else (11, 6)
    flag = f"M{x} 14V1h{side}l{-side / 3:.1f} 3.5l{side / 3:.1f} 3.5h{-side}"
    found = (
        [(el("path", d=flag, class_="pic-flag"), words.say(N_("when it is due")))] if dues else []
    )
    if any(due > end for due, end in dues):
        left = el("path", d="M0 7H22", class_="pic-left")
        found.append((left, words.say(N_("time left until then"))))
    return found


def _today(now: datetime, scale: _Scale, height: float, words: Words) -> Markup:
    x, text = scale.x(now), words.say(N_("Today"))
    half = length(text) * 13 / 2 + 7
    middle = min(max(x, half + 1), WIDTH - 1 - half)
    return el(
        "g",
        el("path", d=f"M{x:.1f} 22V{height - 24}", class_="pic-today"),
        el(
            "rect", x=middle - half, y=2, width=2 * half, height=20, rx=10, class_="pic-today-label"
        ),
        el("text", text, x=middle, y=16.5, text_anchor="middle", class_="pic-today-text"),
    )


def _says(words: Words) -> tuple[tuple[Tone, str], ...]:
    return (
        (Tone.GOOD, words.say(N_("met"))),
        (Tone.WAIT, words.say(N_("running"))),
        (Tone.PAUSE, words.say(N_("paused"))),
        (Tone.LATE, words.say(N_("met late"))),
        (Tone.BAD, words.say(N_("over its term"))),
    )


def _state(one: Deadline, now: datetime, words: Words) -> str:
    if one.met:
        return words.say(N_("met late") if one.late(now) else N_("met"))
    if one.late(now):
        return words.say(N_("over its term"))
    paused = any(pause.since <= now < pause.until for pause in one.pauses)
    return words.say(N_("paused") if paused else N_("running"))


def _table(rows: Sequence[Deadline], now: datetime, caption: str, words: Words) -> Table:
    none = words.say(N_("none"))
    return Table(
        caption=caption,
        columns=tuple(
            Column(words.say(head))
            for head in (N_("Awaited"), N_("Since"), N_("Until"), N_("Met"), N_("State of it"))
        ),
        rows=tuple(
            (
                one.label,
                words.day(one.start),
                words.day(one.due) if one.due else none,
                words.day(one.met) if one.met else none,
                _state(one, now, words),
            )
            for one in rows
        ),
    )
