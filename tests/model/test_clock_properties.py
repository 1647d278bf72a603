"""Deadlines for random threads under random terms, against a second implementation and rules."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.model.clock_oracle import Clock, clocks
from tests.model.timed_talks import START, terms, timed_talks
from tracer.model.clocks import ClockKind, Deadline, deadlines
from tracer.model.terms import Terms
from tracer.model.thread import Event, fold
from tracer.model.thread.course import course_of

DAYS = st.integers(0, 700).map(lambda n: START + timedelta(days=n, hours=n % 24))
ANSWERING = (ClockKind.ACKNOWLEDGE, ClockKind.FIRST_ANSWER, ClockKind.FINAL_ANSWER)


def told(found: tuple[Deadline, ...]) -> list[Clock]:
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


@given(timed_talks(), terms(), DAYS)
def test_a_second_implementation_gives_the_same_clocks(
    events: list[Event], promised: Terms, now: object
) -> None:
    assert told(deadlines(events, promised, now)) == clocks(events, promised, now)


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
        if line.state == "WITHDRAWN":
            assert last.dropped
        else:
            assert not last.dropped
            assert held is (line.state in {"INFO_REQUESTED", "CONDITIONS"})
