"""The overview's pictures say what the figures say, in words and in their tables."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.casework.desks import THEM, THIRD
from tests.trust.makers import NOW, terms
from tracer.casework.figures.cooperation import PeerFigures
from tracer.casework.owed import Owed
from tracer.casework.reads import CaseLine
from tracer.clock import stamp
from tracer.model.calendar import Calendar
from tracer.model.cooperation import NAMES, Figures, Month, Spread
from tracer.model.cooperation.figures import TREND
from tracer.store.rows import UndeliveredRow
from tracer.web.ui import charts
from tracer.web.ui.filters import Speech

NONE = Spread(count=0)


def speech(code: str = "en") -> Speech:
    return Speech(code=code, calendar=Calendar(terms("XA-NPOC")), now=NOW)


def month(name: str, **counts: int) -> Month:
    given = {key.replace("_", ".", 1).replace("_", "-"): n for key, n in counts.items()}
    return Month(month=name, counts=dict.fromkeys(TREND, 0) | given, answer=NONE)


def figures(authority: str, *months: Month, **counts: int) -> PeerFigures:
    named = {"open." + key.removeprefix("o").replace("_", "-"): n for key, n in counts.items()}
    whole = dict.fromkeys(NAMES, 0) | named | {"open": sum(counts.values())}
    nothing = Figures(counts=dict.fromkeys(NAMES, 0), times={}, months=())
    return PeerFigures(
        authority=authority,
        at=stamp(NOW),
        since="",
        ours=Figures(counts=whole, times={}, months=months),
        theirs=nothing,
        undelivered=UndeliveredRow(0, 0, None, 0),
    )


EVERY = (
    figures(
        THEM,
        month("2026-01", received=3, answered_in_time=3),
        month("2026-02", received=2, answered_late=1, answered_in_time=1),
        month("2026-03", received=1),
        o0_7=1,
        o31_90=2,
    ),
    figures(THIRD, month("2026-02", received=4, answered_passed=1)),
)


def cells(picture: Any) -> list[list[str]]:
    return [[str(cell) for cell in row] for row in picture.table.rows]


def test_a_month_of_a_state_is_told_by_its_number_and_by_the_worst_of_its_requests() -> None:
    picture = charts.months(speech(), EVERY, "ours")
    assert picture is not None
    assert cells(picture) == [
        [
            THEM,
            "3 (all answered in time)",
            "2 (some answered late)",
            "1 (some not answered yet)",
        ],
        [THIRD, "", "4 (some passed without an answer)", ""],
    ]
    heads = [column.head for column in picture.table.columns]
    assert heads == ["Which State", "2026", "Feb", "Mar"]


def test_open_requests_stand_by_authority_and_age_and_nothing_open_has_no_picture() -> None:
    picture = charts.ages(speech(), EVERY, "ours")
    assert picture is not None
    assert [row[0] for row in cells(picture)] == [THEM]
    assert "3" in picture.description
    assert charts.ages(speech(), EVERY, "theirs") is None
    assert charts.months(speech(), EVERY, "theirs") is None


def test_a_trend_adds_up_all_authorities_month_by_month() -> None:
    (received, *_, passed) = charts.trends(speech(), EVERY, "ours")
    assert [row[1] for row in cells(received.picture)] == ["3", "6", "1"]
    assert (received.now, [row[1] for row in cells(passed.picture)]) == (1, ["0", "1", "0"])


def line(reference: str, *, days: int, paused: str = "") -> CaseLine:
    owed = Owed(
        what="answer", who=THEM, ours=False, lines=(), clock="final-answer",
        since=stamp(NOW - timedelta(days=30)), until=stamp(NOW + timedelta(days=days)),
        standing="paused" if paused else "pending", nature="target", paused=paused,
        escalate="", text="", then="",
    )  # fmt: skip
    return CaseLine(
        thread="A" * 43, reference=reference, peer=THEM, ours=True, state="DELIVERED", stands="",
        awaiting=THEM, urgency="ROUTINE", test=False, updated=stamp(NOW), brief={}, next=owed,
    )  # fmt: skip


@pytest.mark.parametrize("code", ["en", "ar", "zh"])
def test_clocks_are_drawn_with_today_and_no_mark_of_direction_is_left_to_see(code: str) -> None:
    lines = [line("XA-1", days=3), line("XA-2", days=-4), line("XA-3", days=9, paused=stamp(NOW))]
    picture = charts.clocks(speech(code), lines, name="clocks")
    assert picture is not None
    assert "U+200" not in picture.figure()
    assert [row[0] for row in cells(picture)] == ["XA-1", "XA-2", "XA-3"]
    assert charts.clocks(speech(code), [], name="none") is None
