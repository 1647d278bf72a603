"""Scales of pictures have few round numbers and days, and the key says what every shape is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.web.pictures import (
    Bar,
    Deadline,
    Part,
    Picture,
    Tone,
    Words,
    bars,
    deadlines,
    sparkline,
)
from tracer.web.pictures.picture import Direction
from tracer.web.pictures.scale import SIZE, counts, times
from tracer.web.pictures.svg import length

FIRST = datetime(2026, 3, 4, 15, 20, tzinfo=UTC)
ROOM = 520


def words_in(picture: Picture, kind: str = "pic-minor-text") -> list[str]:
    drawn = ET.fromstring(f"<div>{picture.svg}</div>")  # noqa: S314 - made by ourselves
    return [one.text or "" for one in drawn.iter("text") if one.get("class") == kind]


@given(st.integers(0, 10**7), st.integers(2, 6))
def test_a_scale_of_counts_begins_at_nothing_is_even_and_reaches_the_highest(
    highest: int, most: int
) -> None:
    ticks = counts(highest, most=most)
    step = ticks[1]
    assert ticks == tuple(range(0, step * len(ticks), step))
    assert ticks[-2] < max(1, highest) <= ticks[-1]
    assert len(ticks) <= most + 1
    assert str(step).rstrip("0") in {"1", "2", "5"}


@given(st.integers(1, 60 * 24 * 365 * 40))
def test_a_line_of_time_has_ticks_inside_it_that_leave_each_other_room(minutes: int) -> None:
    last = FIRST + timedelta(minutes=minutes)
    ticks = times(FIRST, last, room=ROOM, words=Words())
    assert all(FIRST <= tick.at <= last for tick in ticks)
    assert len(ticks) <= 8
    places = [ROOM * ((tick.at - FIRST) / (last - FIRST)) for tick in ticks]
    for (one, next_), tick in zip(pairwise(places), ticks, strict=False):
        assert next_ - one > length(tick.label) * SIZE


@pytest.mark.parametrize(
    ("lasting", "told"),
    [
        (timedelta(hours=5), ["16:00", "17:00", "18:00", "19:00", "20:00"]),
        (timedelta(days=4), ["2026-03-05", "2026-03-06", "2026-03-07", "2026-03-08"]),
        (timedelta(days=60), ["2026-03-16", "2026-03-30", "2026-04-13", "2026-04-27"]),
        (timedelta(days=140), ["2026-04-01", "2026-05-01", "2026-06-01", "2026-07-01"]),
    ],
)
def test_ticks_stand_at_full_hours_at_midnight_on_mondays_and_on_the_first_of_months(
    lasting: timedelta, told: list[str]
) -> None:
    found = times(FIRST, FIRST + lasting, room=ROOM, words=Words())
    assert [tick.label for tick in found] == told


def test_round_is_what_the_clock_on_the_wall_shows() -> None:
    ahead = timedelta(hours=5, minutes=30)
    words = replace(Words(), local=lambda at: at.replace(tzinfo=None) + ahead)
    found = times(FIRST, FIRST + timedelta(days=4), room=ROOM, words=words)
    assert found[0].label == "2026-03-05"
    assert found[0].at == datetime(2026, 3, 4, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_bars_and_lines_write_their_scale(direction: Direction) -> None:
    words = replace(Words(), dir=direction)
    rows = [Bar("DE", (Part("new", 21, Tone.GOOD), Part("old", 2, Tone.BAD)))]
    drawn = bars(rows, name="b", title="Open", words=words)
    assert words_in(drawn) == ["How many", "0", "5", "10", "15", "20", "25"]
    labels = ["January 2026", "February 2026", "March 2026"]
    line = sparkline(
        [3, 6, 1], name="s", title="Asked", labels=labels, words=words, ends=("Jan", "Mar")
    )
    assert words_in(line) == ["0", "2", "4", "6", "Jan", "Mar"]


def test_the_key_of_terms_tells_what_a_flag_and_a_dotted_line_are_where_there_are_some() -> None:
    def key(due: timedelta | None) -> list[str]:
        when = FIRST + due if due else None
        one = Deadline(label="Answer", start=FIRST - timedelta(days=9), due=when)
        drawn = deadlines([one], now=FIRST, name="d", words=Words())
        items = ET.fromstring(str(drawn.key)).iter("span")  # noqa: S314 - made by ourselves
        return [item.text or "" for item in items]

    assert key(timedelta(days=3)) == ["running", "when it is due", "time left until then"]
    assert key(timedelta(days=-3)) == ["running", "over its term", "when it is due"]
    assert key(None) == ["running"]
