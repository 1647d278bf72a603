"""What became of requests: the same on both sides, equal to an independent count, exact."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from functools import reduce

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.model import cooperation as naive
from tests.model.clocks import MONDAY, TERMS, Timed
from tests.model.test_thread import talks
from tests.model.threads import DELAY, REFUSAL, Talk, result
from tracer.clock import instant, stamp
from tracer.model.cooperation import Facts, Tally, counted, facts_of, figures
from tracer.model.cooperation.figures import spread
from tracer.model.thread import Event

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
START = instant(MONDAY)
Thread = tuple[Event, ...]


@st.composite
def threads(draw: st.DrawFn) -> Thread:
    """A random thread whose messages are received within some months, some of it a test."""
    talk = draw(talks())
    test = draw(st.integers(0, 9)) == 0
    moment, found = START + draw(st.integers(0, 400)) * HOUR, []
    for event in talk.events:
        message = msgspec.structs.replace(event.message, test=test)
        found.append(Event(event.id, event.author, message, stamp(moment)))
        moment += draw(st.sampled_from((HOUR / 60, 5 * HOUR, 2 * DAY, 20 * DAY, 60 * DAY)))
    return tuple(found)


def facts(events: Sequence[Event]) -> Facts:
    """The facts of a thread that counts."""
    found = facts_of(events, TERMS)
    assert found is not None
    return found


def standing(case: Timed, after: timedelta) -> set[str]:
    """The figures a case counts under, so long after its request."""
    return set(counted(facts(case.events), case.start + after))


instants = st.integers(-10, 20_000).map(lambda hours: START + hours * HOUR)


@given(st.lists(threads(), max_size=4), instants)
def test_figures_are_what_an_independent_count_gives(found: list[Thread], now: object) -> None:
    assert isinstance(now, type(START))
    known = [one for events in found if (one := facts_of(events, TERMS)) is not None]
    counts = figures({"": Tally.of(known)}, now).counts
    expected = naive.count(found, TERMS, now)
    kinds = {name for name in counts if name.startswith("kind.")}
    assert {n: c for n, c in counts.items() if c and n not in kinds} == dict(expected)


@given(threads(), st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_facts(events: Thread, shuffle: random.Random) -> None:
    arrived = list(events)
    shuffle.shuffle(arrived)
    assert facts_of(arrived, TERMS) == facts_of(events, TERMS)


@given(st.lists(threads(), max_size=5), st.randoms(use_true_random=False), instants)
def test_the_tally_of_all_is_the_tallies_merged_in_any_order_and_grouping(
    found: list[Thread], shuffle: random.Random, now: object
) -> None:
    assert isinstance(now, type(START))
    known = [one for events in found if (one := facts_of(events, TERMS)) is not None]
    whole = Tally.of(known)
    shuffle.shuffle(known)
    assert reduce(Tally.add, known, Tally()) == whole
    cut = shuffle.randint(0, len(known))
    halves = [Tally.of(known[:cut]), Tally.of(known[cut:])]
    shuffle.shuffle(halves)
    assert Tally.merged(halves) == whole
    for one in known[:cut]:
        whole = whole.remove(one)
    assert whole == Tally.of(known[cut:])
    assert msgspec.json.decode(msgspec.json.encode(whole), type=Tally) == whole


@given(st.lists(threads(), max_size=5), instants)
def test_a_figure_has_as_many_threads_as_it_says(found: list[Thread], now: object) -> None:
    assert isinstance(now, type(START))
    known = [one for events in found if (one := facts_of(events, TERMS)) is not None]
    for name, number in figures({"": Tally.of(known)}, now).counts.items():
        assert sum(name in counted(one, now) for one in known) == number


@given(st.lists(threads(), max_size=5), instants)
def test_every_request_stands_in_each_clock_once(found: list[Thread], now: object) -> None:
    assert isinstance(now, type(START))
    known = [one for events in found if (one := facts_of(events, TERMS)) is not None]
    counts = figures({"": Tally.of(known)}, now).counts
    for clock in ("acknowledged", "first-answer", "answered"):
        assert sum(n for name, n in counts.items() if name.startswith(f"{clock}.")) == len(known)
    assert sum(n for name, n in counts.items() if name.startswith("open.")) == counts["open"]


@given(st.lists(st.lists(st.integers(0, 200_000), max_size=20), max_size=4))
def test_percentiles_are_what_sorting_and_counting_gives(parts: list[list[int]]) -> None:
    found = spread([sorted(part) for part in parts])
    minutes = [took for part in parts for took in part]
    assert found.count == len(minutes)
    assert found.median == naive.nearest_rank(minutes, 50)
    assert found.ninetieth == naive.nearest_rank(minutes, 90)


def test_a_request_nobody_has_taken_is_awaited_then_passed_and_grows_old() -> None:
    case = Timed()
    assert {"received", "acknowledged.awaited", "answered.awaited", "open.0-7"} <= standing(
        case, HOUR
    )
    due = instant("2026-03-04T16:00:00.000Z") - case.start
    assert "acknowledged.awaited" in standing(case, due)
    assert "acknowledged.passed" in standing(case, due + timedelta(milliseconds=1))
    for age, name in ((8, "open.8-30"), (31, "open.31-90"), (91, "open.over-90")):
        assert name not in standing(case, age * DAY - timedelta(milliseconds=1))
        assert name in standing(case, age * DAY)


def test_an_answer_in_two_parts_takes_as_long_as_its_last_and_is_of_two_kinds() -> None:
    case = Timed(lines=2)
    case.other(HOUR, "acknowledgement", received=MONDAY)
    case.other(3 * DAY, "result", **result(1))
    assert facts(case.events).answer_minutes is None
    case.other(5 * DAY + HOUR, "no-record", lines=[2])
    found = facts(case.events)
    assert (found.acknowledge_minutes, found.first_answer_minutes) == (60, 3 * 1440)
    assert (found.answer_minutes, found.kind) == (5 * 1440 + 60, "mixed")
    assert {"acknowledged.in-time", "answered.in-time", "kind.mixed"} <= standing(case, 6 * DAY)


def test_a_request_stands_where_its_worst_line_stands() -> None:
    case = Timed(lines=3)
    case.other(3 * DAY, "no-record", lines=[1])
    case.other(120 * DAY, "no-record", lines=[2])
    assert "answered.passed" in standing(case, 121 * DAY)
    case.opener(122 * DAY, "amend", dropped=[3])
    assert "answered.passed" in standing(case, 123 * DAY)
    case = Timed(lines=2)
    case.other(3 * DAY, "no-record", lines=[1])
    case.other(120 * DAY, "no-record", lines=[2])
    assert "answered.late" in standing(case, 121 * DAY)


def test_a_request_asked_again_is_open_again_and_takes_as_long_as_its_longest_round() -> None:
    case = Timed()
    case.other(3 * DAY, "result", **result(1))
    case.opener(50 * DAY, "amend", firearms=[{"line": 1}])
    assert {"open.0-7", "reopened", "answered.awaited"} <= standing(case, 51 * DAY)
    assert facts(case.events).kind == ""
    case.other(51 * DAY, "no-record")
    found = facts(case.events)
    assert (found.answer_minutes, found.kind, found.open_since) == (3 * 1440, "no-record", "")


def test_a_question_pauses_the_answer_until_it_lapses() -> None:
    case = Timed()
    case.other(DAY, "more-info")
    assert {"answered.paused", "open"} <= standing(case, 2 * DAY)
    lapses = instant("2026-04-16T10:00:00.000Z") - case.start
    assert "answered.paused" in standing(case, lapses)
    after = standing(case, lapses + timedelta(milliseconds=1))
    assert {"answered.waived", "lapsed"} <= after
    assert not {name for name in after if name.startswith("open")}


def test_refusals_and_delays_are_counted_by_ground_until_they_are_recalled() -> None:
    case = Timed()
    case.other(DAY, "delayed", **DELAY)
    case.other(2 * DAY, "delayed", review="2026-07-01")
    refused = case.other(3 * DAY, "refused", **REFUSAL)
    assert {
        "delayed.ITI-22-INVESTIGATION",
        "delayed.not-stated",
        "refused.ITI-22-NATIONAL-SECURITY",
        "kind.refused",
    } <= standing(case, 4 * DAY)
    case.other(5 * DAY, "recall", about=refused)
    assert not {name for name in standing(case, 6 * DAY) if name.startswith("refused")}


def test_a_request_withdrawn_in_time_is_waived_and_one_withdrawn_late_stays_passed() -> None:
    early, late = Timed(), Timed()
    early.opener(DAY, "withdraw")
    late.opener(200 * DAY, "withdraw")
    assert {"withdrawn", "answered.waived"} <= standing(early, 300 * DAY)
    assert {"withdrawn", "answered.passed"} <= standing(late, 300 * DAY)


def test_a_request_without_known_terms_counts_without_targets() -> None:
    found = facts_of(Timed().events, None)
    assert found is not None
    assert "answered.no-target" in counted(found, START)


def test_tests_and_information_given_unasked_are_not_counted() -> None:
    asked = Timed().events[0]
    test = msgspec.structs.replace(asked.message, test=True)
    assert facts_of([Event(asked.id, "opener", test, asked.at)], TERMS) is None
    assert facts_of(Talk("spontaneous-information").events, TERMS) is None


def test_facts_name_the_messages_they_rest_on() -> None:
    case = Timed()
    case.other(HOUR, "acknowledgement", received=MONDAY)
    case.other(2 * HOUR, "more-info")
    case.opener(3 * HOUR, "amend", firearms=[{"line": 1}])
    case.other(4 * HOUR, "refused", **REFUSAL)
    names = [(act.role, case.talk.name(act.id)) for act in facts(case.events).acts]
    assert names == [
        ("request", "o0"),
        ("acknowledge", "p0"),
        ("first-answer", "p2"),
        ("answer", "p2"),
        ("ground", "p2"),
    ]


def test_two_clocks_never_make_a_negative_time() -> None:
    case = Timed()
    case.other(-HOUR, "acknowledgement", received=MONDAY)
    assert facts(case.events).acknowledge_minutes == 0


def test_the_trend_has_the_last_two_years_without_a_gap() -> None:
    one, other = Timed("2023-01-15T10:00:00.000Z"), Timed("2024-05-15T10:00:00.000Z")
    months = {f.month: Tally.of([f]) for f in map(facts, (one.events, other.events))}
    found = figures(months, instant("2026-02-01T00:00:00.000Z"))
    assert [month.month for month in found.months][:: len(found.months) - 1] == [
        "2024-03",
        "2026-02",
    ]
    assert len(found.months) == 24
    assert [m.month for m in found.months if m.counts["received"]] == ["2024-05"]
    assert found.counts["received"] == 2


def test_what_was_not_added_cannot_be_taken_out() -> None:
    answered = Timed()
    answered.other(DAY, "no-record")
    with pytest.raises(ValueError, match="not part"):
        Tally.of([facts(Timed().events)]).remove(facts(answered.events))
