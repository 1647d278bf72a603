"""Deadlines for random threads under random terms, against a second implementation and rules."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.model.clock_oracle import Clock, clocks, lapse
from tests.model.clock_oracle_thread import Days, Thread
from tests.model.clocks import TERMS, Timed, urgency
from tests.model.threads import Talk, code
from tests.model.timed_talks import LEVELS, START, terms, timed_talks
from tracer.clock import instant, stamp
from tracer.exchange.reading import event
from tracer.model.calendar import FIRST, LAST
from tracer.model.clocks import (
    RUNNING,
    ClockKind,
    Deadline,
    Standing,
    Target,
    deadlines,
    judge,
    next_change,
    targets,
)
from tracer.model.terms import Span, Terms
from tracer.model.thread import Event, fold
from tracer.model.thread.course import course_of

pytestmark = pytest.mark.prove
DAYS = st.integers(0, 700).map(lambda n: START + timedelta(days=n, hours=n % 24))
TICK = timedelta(milliseconds=1)
FIRST_ANSWER = ClockKind.FIRST_ANSWER
MINUTES = st.sampled_from((1, 2, 59, 60, 240, 360, 480, 1440, 2880, 4320))
HELD = st.lists(st.tuples(MINUTES, MINUTES), min_size=1, max_size=12)
"""Minutes until a question, and until its recall."""
ANSWERING = (ClockKind.ACKNOWLEDGE, ClockKind.FIRST_ANSWER, ClockKind.FINAL_ANSWER)
FORWARD = (Standing.PENDING, Standing.DUE_SOON, Standing.PASSED, Standing.PAUSED, Standing.WAIVED)
"""What follows by time alone; what is met stays so."""


def told(found: Iterable[Deadline]) -> list[Clock]:
    """Deadlines of the answering side in the form of the oracle, one for each line."""
    return sorted(
        Clock(
            kind=str(d.target.kind),
            lines=(line,) if line else (),
            about=d.target.about,
            since=d.target.since,
            due=d.target.due,
            paused=d.target.paused,
            ended=d.target.ended,
            standing=str(d.standing).replace("due-soon", "pending"),
        )
        for d in found
        if d.target.kind in ANSWERING
        for line in d.target.lines or (0,)
    )


def boundaries(found: Iterable[Target]) -> list[datetime]:
    """Every instant that these targets speak of, and the milliseconds around it."""
    known = {
        instant(text) + by * TICK
        for one in found
        for text in (
            *(one.since, one.due, one.escalate, one.remind, one.paused, one.lapses, one.ended),
            judge(one, START).soon,
        )
        if text
        for by in (-1, 0, 1)
    }
    return sorted(known)


def facts(found: Iterable[Target], now: datetime) -> list[tuple[Standing, bool, bool]]:
    """How they stand, and what was to be done by now for those that run."""
    told = []
    for one in found:
        standing = judge(one, now).standing
        runs = not one.ended and standing in RUNNING
        acts = [runs and text != "" and now >= instant(text) for text in (one.remind, one.escalate)]
        told.append((standing, acts[0], acts[1]))
    return told


@given(timed_talks(), terms(), DAYS)
def test_a_second_implementation_gives_the_same_clocks(
    events: list[Event], promised: Terms, now: datetime
) -> None:
    assert told(deadlines(events, promised, now)) == clocks(events, promised, now)


@given(HELD, st.integers(1, 6))
def test_questions_of_the_answering_side_add_their_length_and_one_rounding_at_most(
    turns: list[tuple[int, int]], n: int
) -> None:
    """A clock that could be met when a question was put can be met when it is recalled."""
    spans = (replace(t, first_answer=Span(n, "working-day")) for t in TERMS.targets)
    promised = replace(TERMS, targets=tuple(spans))
    case, now = Timed(), timedelta(0)
    end, held = instant(case.at(now, promised)[FIRST_ANSWER].target.due), timedelta(0)
    for gap, length in turns:
        now += timedelta(minutes=gap)
        asked = case.other(now, "more-info")
        paused = case.at(now, promised)[FIRST_ANSWER].standing is Standing.PAUSED
        now += timedelta(minutes=length)
        held += timedelta(minutes=length) * paused
        case.other(now, "recall", about=asked)
        found = case.at(now, promised)[FIRST_ANSWER]
        assert not (paused and found.standing is Standing.PASSED)
        assert end + held <= instant(found.target.due) < end + held + timedelta(days=3)
        assert told(case.all(now, promised)) == clocks(case.events, promised, case.start + now)


@given(timed_talks())
def test_the_course_agrees_with_the_state_of_every_line(events: list[Event]) -> None:
    course, state = course_of(events), fold(events)
    for line in state.lines:
        last = [r for r in course.rounds if r.line == line.line][-1]
        held = any(line.line in hold.lines and not hold.until for hold in course.holds)
        if line.state in {"ANSWERED", "REFUSED"}:
            assert last.settled
        if line.state in {"DELIVERED", "ACKNOWLEDGED", "REOPENED"}:
            assert not last.settled
        assert bool(last.dropped) is (line.state == "WITHDRAWN")
        if line.state != "WITHDRAWN":
            assert held is (line.state in {"INFO_REQUESTED", "CONDITIONS"})


@given(timed_talks(), terms(), DAYS, st.randoms(use_true_random=False))
def test_any_order_of_arrival_and_repetition_gives_the_same_targets(
    events: list[Event], promised: Terms, now: datetime, shuffle: random.Random
) -> None:
    arrived = [*events, *shuffle.sample(events, len(events) // 2)]
    shuffle.shuffle(arrived)
    assert targets(arrived, promised, now) == targets(events, promised, now)


@given(timed_talks(), terms(), DAYS)
def test_both_sides_compute_the_same_from_their_own_log_and_the_receipts_of_the_peer(
    events: list[Event], promised: Terms, now: datetime
) -> None:
    """Each holds its own messages with the peer's receipts, the peer's with its own log's time."""
    logs = {side: {e.id: e.at for e in events if e.author != side} for side in ("opener", "other")}
    held = []
    for side, peer, opener in (("opener", "other", "us"), ("other", "opener", "them")):
        ours = [
            event(e.id, "out", opener, e.message, logs[peer][e.id])
            for e in events
            if e.author == side
        ]
        theirs = [
            event(e.id, "in", opener, e.message, logs[side][e.id])
            for e in events
            if e.author == peer
        ]
        held.append(deadlines([*theirs, *ours], promised, now))
    assert held[0] == held[1]


@given(timed_talks(most=8), terms())
def test_standings_only_move_forward_in_time(events: list[Event], promised: Terms) -> None:
    last: dict[tuple[object, ...], int] = {}
    gone: set[tuple[object, ...]] = set()
    known = boundaries(targets(events, promised, START))
    for now in sorted({FIRST, *known, LAST}):
        found = deadlines(events, promised, now)
        shown = set()
        for one in found:
            key = (one.target.kind, one.target.about, one.target.lines, one.target.since)
            rank = FORWARD.index(one.standing) if one.standing in FORWARD else -1
            assert rank >= last.get(key, rank)
            assert key not in gone
            last[key] = rank
            shown.add(key)
        gone |= last.keys() - shown


@given(timed_talks(most=8), terms(), st.integers(0, 10**6))
def test_the_next_change_is_the_next_instant_at_which_anything_changes(
    events: list[Event], promised: Terms, pick: int
) -> None:
    known = boundaries(targets(events, promised, START))
    now = known[pick % len(known)] if known else START
    found = targets(events, promised, now)
    later = [moment for moment in boundaries(found) if moment > now]
    changes = [moment for moment in later if facts(found, moment) != facts(found, now)]
    expected = min(changes, default=None)
    assert next_change(found, now) == expected
    for moment in later:
        if expected is None or moment < expected:
            assert targets(events, promised, moment) == found


@given(timed_talks(most=8), terms())
def test_a_target_can_be_met_at_its_end_and_has_passed_a_millisecond_later(
    events: list[Event], promised: Terms
) -> None:
    for one in targets(events, promised, START):
        if not (one.ended or one.paused or one.lapses):
            due, soon = instant(one.due), instant(judge(one, START).soon)
            moments = (soon - TICK, soon, due, due + TICK)
            assert [judge(one, moment).standing for moment in moments] == [
                Standing.PENDING,
                Standing.DUE_SOON,
                Standing.DUE_SOON,
                Standing.PASSED,
            ]


@given(timed_talks(), terms(), DAYS)
def test_a_question_for_information_is_owed_until_it_lapses_and_no_longer(
    events: list[Event], promised: Terms, now: datetime
) -> None:
    thread, days = Thread(events), Days(promised)
    asked = {line for e in fold(events).awaited if e.what == "information" for line in e.lines}
    ends = {line: lapse(thread, days, line) for line in asked}
    found = deadlines(events, promised, now)
    owed = {
        line: d.target.due
        for d in found
        if d.target.kind is ClockKind.INFORMATION
        for line in d.target.lines or (0,)
    }
    assert owed == {line: stamp(end) for line, end in ends.items() if end and now <= end}


@given(timed_talks(kind="spontaneous-information"), terms(), DAYS)
def test_information_given_unasked_has_questions_but_no_clock_of_an_answer(
    events: list[Event], promised: Terms, now: datetime
) -> None:
    found = deadlines(events, promised, now)
    assert found == deadlines(events, None, now)
    assert not told(found)
    awaited = [a for a in fold(events, now=now).awaited if a.what != "acknowledgement"]
    assert sorted(d.target.about for d in found) == sorted(a.about for a in awaited)


@given(timed_talks(), terms())
def test_no_position_of_the_clock_makes_it_fail(events: list[Event], promised: Terms) -> None:
    for now in (FIRST, START, LAST):
        for one in deadlines(events, promised, now):
            assert str(FIRST.year) <= one.target.due[:4] <= str(LAST.year)


@pytest.mark.parametrize("one_by_one", [False, True])
def test_a_thread_made_to_be_slow_still_has_its_targets(one_by_one: bool) -> None:  # noqa: FBT001
    """Many lines, holds, rounds and urgencies; a thousand working days, one of them a week."""
    span = Span(1000, "working-day")
    worst = tuple(
        replace(t, acknowledge=span, first_answer=span, final_answer=span, escalate=span)
        for t in TERMS.targets
    )
    promised = replace(TERMS, weekend=(1, 2, 3, 4, 5, 6), targets=worst)
    talk = Talk(lines=range(1, 41))
    for turn in range(60):
        some = list(range(1 + turn % 3, 41, 1 + turn % 4)) if one_by_one else []
        named: dict[str, Any] = {"lines": some} if some else {}
        talk.other("more-info", **named)
        talk.other("no-record", **named)
        level = LEVELS[turn % 4]
        talk.opener("amend", asked=[code("asked", "LAST_HOLDER")], urgency=urgency(level))
    found = targets(talk.events, promised, START)
    rounds = {(one.about, line) for one in found for line in one.lines}
    assert len(rounds) >= 60 * 10
