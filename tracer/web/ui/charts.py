"""The overview's pictures, from the facts of casework: deadlines, ages, States by month, trends.

What it does not do: draw (`web.pictures`), or count (`casework`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple

from babel.dates import format_skeleton

from tracer.casework.figures.cooperation import PeerFigures
from tracer.casework.reads import CaseLine
from tracer.clock import instant
from tracer.model.cooperation import Figures, Month
from tracer.web.pictures import (
    Bar,
    Deadline,
    Part,
    Pause,
    Picture,
    Square,
    Tone,
    bars,
    deadlines,
    matrix,
    sparkline,
)
from tracer.web.ui import sayings
from tracer.web.ui.drawn import words_of
from tracer.web.ui.filters import Speech
from tracer.web.ui.tell import called
from tracer.web.ui.texts import N_

Side = Literal["ours", "theirs"]
SIDES: Final[tuple[Side, ...]] = ("ours", "theirs")
"""Whose requests."""
AGES: Final = (
    ("open.0-7", N_("up to 7 days"), Tone.GOOD),
    ("open.8-30", N_("8 to 30 days"), Tone.WAIT),
    ("open.31-90", N_("31 to 90 days"), Tone.LATE),
    ("open.over-90", N_("more than 90 days"), Tone.BAD),
)
"""Classes of age of what is open, with their tones."""
MEANS: Final = {
    Tone.GOOD: N_("all answered in time"),
    Tone.WAIT: N_("some not answered yet"),
    Tone.LATE: N_("some answered late"),
    Tone.BAD: N_("some passed without an answer"),
}
"""What the tone of a State's month tells, the worst that is among its requests."""
MONTHS: Final = 12
"""Months of the matrix and of the trends."""
BARS: Final = 15
"""Authorities in a picture, those with most open; the table of figures has all."""


class Trend(NamedTuple):
    """A line of a table: what is followed, the number of the last month, its picture."""

    words: str
    month: str
    now: int
    picture: Picture


def clocks(speech: Speech, lines: Iterable[CaseLine], *, name: str) -> Picture | None:
    """The clocks of cases as a picture; None where nothing is awaited."""
    rows = [one for line in lines if (one := _deadline(speech, line)) is not None]
    if not rows:
        return None
    title = speech.words.gettext(N_("What is awaited, and until when"))
    return deadlines(rows, now=speech.now, name=name, words=words_of(speech), title=title)


def ages(speech: Speech, every: Sequence[PeerFigures], side: Side) -> Picture | None:
    """Open requests by authority and age; None where nothing is open."""
    found = [(one.authority, _side(one, side).counts) for one in every]
    open_ = sorted((one for one in found if one[1]["open"]), key=lambda one: -one[1]["open"])
    if not open_:
        return None
    say = speech.words.gettext
    rows = [
        Bar(name, tuple(Part(say(label), counts[key], tone) for key, label, tone in AGES))
        for name, counts in open_[:BARS]
    ]
    titles = {
        "ours": N_("Our open requests, by age"),
        "theirs": N_("Open requests to us, by age"),
    }
    return bars(rows, name=f"ages-{side}", title=say(titles[side]), words=words_of(speech))


def months(speech: Speech, every: Sequence[PeerFigures], side: Side) -> Picture | None:
    """State by month: how many requests were received, and what became of them."""
    named = _last_months(every, side)
    if not named:
        return None
    say = speech.words.gettext
    rows = []
    for one in every:
        held = {month.month: month for month in _side(one, side).months}
        squares = [_square(speech, held.get(name)) for name in named]
        if any(square.text for square in squares):
            rows.append((one.authority, squares))
    titles = {
        "ours": N_("Our requests, by month in which they received them"),
        "theirs": N_("Requests to us, by month in which we received them"),
    }
    return matrix(
        rows[:BARS],
        columns=[_short(speech, name) for name in named],
        means={tone: say(text) for tone, text in MEANS.items()},
        name=f"months-{side}",
        title=say(titles[side]),
        words=words_of(speech),
    )


def trends(speech: Speech, every: Sequence[PeerFigures], side: Side) -> list[Trend]:
    """How the figures of all authorities together went, month by month."""
    named = _last_months(every, side)
    if len(named) < 2:  # noqa: PLR2004 - one month is no trend
        return []
    labels = [str(speech.day(name)) for name in named]
    ends = (_with_year(speech, named[0]), _with_year(speech, named[-1]))
    found = []
    for key in sayings.TRENDS:
        values = [
            sum(m.counts[key] for one in every for m in _side(one, side).months if m.month == name)
            for name in named
        ]
        title = speech.words.gettext(sayings.TRENDS[key])
        picture = sparkline(
            values,
            name=f"trend-{side}-{key.replace('.', '-')}",
            title=title,
            labels=labels,
            ends=ends,
            words=words_of(speech),
        )
        found.append(Trend(title, labels[-1], values[-1], picture))
    return found


def _deadline(speech: Speech, line: CaseLine) -> Deadline | None:
    owed = line.next
    if owed is None or not owed.until:
        return None
    start, due = instant(owed.since or line.updated), instant(owed.until)
    pauses = (Pause(instant(owed.paused), speech.now),) if owed.paused else ()
    return Deadline(label=str(called(speech, line)), start=min(start, due), due=due, pauses=pauses)


def _side(one: PeerFigures, side: Side) -> Figures:
    return one.ours if side == "ours" else one.theirs


def _last_months(every: Sequence[PeerFigures], side: Side) -> list[str]:
    names = sorted({month.month for one in every for month in _side(one, side).months})
    return names[-MONTHS:]


def _square(speech: Speech, month: Month | None) -> Square:
    if month is None or not month.counts["received"]:
        return Square("", Tone.NONE)
    counts = month.counts
    done = counts["answered.in-time"] + counts["answered.late"] + counts["answered.passed"]
    tone = (
        Tone.BAD
        if counts["answered.passed"]
        else Tone.LATE
        if counts["answered.late"]
        else Tone.GOOD
        if done == counts["received"]
        else Tone.WAIT
    )
    return Square(speech.number(counts["received"]), tone)


def _short(speech: Speech, month: str) -> str:
    """A month as a picture has room for it; a January is told by its year."""
    first = datetime.fromisoformat(f"{month}-01")
    if first.month == 1:
        return str(first.year)
    return str(format_skeleton("MMM", first, locale=speech.locale))


def _with_year(speech: Speech, month: str) -> str:
    first = datetime.fromisoformat(f"{month}-01")
    return str(format_skeleton("yMMM", first, locale=speech.locale))
