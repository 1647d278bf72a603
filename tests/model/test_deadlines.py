from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from tests.model.clocks import MONDAY, TERMS, Timed, urgency
from tests.model.threads import code, id_of
from tracer.clock import instant, stamp
from tracer.model.clocks import RUNNING, ClockKind, Standing, deadlines, next_change, targets
from tracer.model.terms import Span

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ACK, FIRST, FINAL = ClockKind.ACKNOWLEDGE, ClockKind.FIRST_ANSWER, ClockKind.FINAL_ANSWER


def test_a_routine_request_is_to_be_acknowledged_when_the_office_closes_two_working_days_on() -> (
    None
):
    found = Timed().at(HOUR)
    assert found[ACK].target.due == "2026-03-04T16:00:00.000Z"
    assert found[FIRST].target.due == "2026-03-30T10:00:00.000Z"
    assert found[FINAL].target.due == "2026-05-31T10:00:00.000Z"
    assert {d.standing for d in found.values()} == {Standing.PENDING}


def test_a_clock_is_soon_due_then_passed_and_met_late_when_the_answer_comes() -> None:
    case = Timed(level="FLASH")
    assert case.at(HOUR / 2)[ACK].standing is Standing.PENDING
    assert case.at(HOUR - timedelta(minutes=10))[ACK].standing is Standing.DUE_SOON
    assert case.at(HOUR)[ACK].standing is Standing.DUE_SOON
    assert case.at(HOUR + timedelta(milliseconds=1))[ACK].standing is Standing.PASSED
    case.other(2 * HOUR, "acknowledgement", received=MONDAY)
    assert case.at(3 * HOUR)[ACK].standing is Standing.MET_LATE


def test_an_answer_without_acknowledgement_is_one() -> None:
    case = Timed()
    case.other(DAY, "no-record")
    found = case.at(2 * DAY)
    assert [found[kind].standing for kind in (ACK, FIRST, FINAL)] == [Standing.MET] * 3


def test_a_question_stops_the_clock_and_its_answer_starts_it_again() -> None:
    case = Timed()
    asked = case.other(5 * DAY, "more-info")
    held = case.at(20 * DAY)[FIRST]
    assert (held.standing, held.target.paused) == (Standing.PAUSED, "2026-03-07T10:00:00.000Z")
    assert case.at(20 * DAY)[ClockKind.INFORMATION].target.who == "opener"
    case.opener(9 * DAY, "amend", about=asked)
    found = case.at(20 * DAY)
    assert found[FIRST].target.due == "2026-04-03T10:00:00.000Z"
    assert found[FINAL].target.due == "2026-06-04T10:00:00.000Z"


def test_a_question_about_one_line_holds_that_line_alone() -> None:
    case = Timed(lines=2)
    case.other(5 * DAY, "more-info", lines=[2])
    found = case.at(6 * DAY)
    assert found[FIRST].standing is Standing.PENDING
    finals = [d for d in case.all(6 * DAY) if d.target.kind is FINAL]
    assert {d.target.lines: d.standing for d in finals} == {
        (1,): Standing.PENDING,
        (2,): Standing.PAUSED,
    }


def test_an_unanswered_question_lapses_after_its_reminder_and_waives_what_it_held() -> None:
    case = Timed()
    case.other(DAY, "more-info")
    info = case.at(2 * DAY)[ClockKind.INFORMATION].target
    assert (info.remind, info.due) == ("2026-03-17T10:00:00.000Z", "2026-04-16T10:00:00.000Z")
    lapsed = case.at(instant(info.due) + timedelta(milliseconds=1))
    assert lapsed[FINAL].standing is Standing.WAIVED
    assert ClockKind.INFORMATION not in lapsed


def test_a_delay_on_a_ground_moves_the_clocks_to_the_end_of_its_review_day() -> None:
    case = Timed()
    ground = [code("ground", "ITI-22-INVESTIGATION")]
    case.other(3 * DAY, "delayed", review="2026-06-02", grounds=ground)
    found = case.at(4 * DAY)
    assert found[FIRST].target.due == found[FINAL].target.due == "2026-06-03T00:00:00.000Z"
    assert found[ClockKind.REVIEW].target.due == "2026-06-03T00:00:00.000Z"


def test_a_delay_that_comes_after_the_clock_has_run_out_excuses_nothing() -> None:
    case = Timed()
    case.other(29 * DAY, "delayed", review="2026-06-02")
    found = case.at(30 * DAY)
    assert found[FIRST].standing is Standing.PASSED
    assert found[FINAL].target.due == "2026-06-03T00:00:00.000Z"


@pytest.mark.parametrize("kind", ["delayed", "more-info"])
def test_no_message_takes_a_request_out_of_its_targets_for_longer_than_90_days(kind: str) -> None:
    case = Timed()
    day = {"review": "8999-12-31"} if kind == "delayed" else {"lapses": "8999-12-31"}
    case.other(DAY, kind, **day)
    last = instant("2026-06-02T00:00:00.000Z")
    before, after = case.at(last), case.at(last + timedelta(milliseconds=1))
    asked = ClockKind.REVIEW if kind == "delayed" else ClockKind.INFORMATION
    assert before[asked].target.due == "2026-06-02T00:00:00.000Z"
    ran = Standing.PASSED if kind == "delayed" else Standing.WAIVED
    assert before[FINAL].standing is not ran
    assert after[FIRST].standing is after[FINAL].standing is ran


@pytest.mark.parametrize("pairs", [1, 2, 20, 100])
def test_questions_recalled_at_once_give_one_rounding_however_many_they_are(pairs: int) -> None:
    case, minute = Timed(), timedelta(minutes=1)
    for turn in range(pairs):
        asked = case.other(DAY + 2 * turn * minute, "more-info")
        case.other(DAY + (2 * turn + 1) * minute, "recall", about=asked)
    spans = (replace(t, first_answer=Span(5, "working-day")) for t in TERMS.targets)
    found = case.at(2 * DAY, replace(TERMS, targets=tuple(spans)))
    assert found[FIRST].target.due == "2026-03-10T16:00:00.000Z"


def test_daily_questions_in_the_time_that_rounding_gave_add_their_length_and_no_more() -> None:
    case, minute = Timed(), timedelta(minutes=1)
    for day in range(1, 9):
        at = day * DAY + timedelta(hours=5, minutes=59)
        asked = case.other(at, "more-info")
        case.other(at + 2 * minute, "recall", about=asked)
    spans = (replace(t, first_answer=Span(5, "working-day")) for t in TERMS.targets)
    found = case.at(9 * DAY, replace(TERMS, targets=tuple(spans)))
    assert found[FIRST].target.due == "2026-03-10T16:02:00.000Z"


def test_an_acknowledgement_may_name_an_earlier_instant_but_no_later_one() -> None:
    for named, due in (("2026-03-20", "2026-03-20"), ("2026-12-31", "2026-03-30")):
        case = Timed()
        case.other(
            DAY,
            "acknowledgement",
            received=MONDAY,
            terms=id_of("terms"),
            first_answer_by=f"{named}T10:00:00.000Z",
        )
        assert case.at(2 * DAY)[FIRST].target.due == f"{due}T10:00:00.000Z"


def test_a_higher_urgency_brings_the_end_nearer_and_a_lower_one_never_does() -> None:
    case = Timed()
    case.opener(3 * DAY, "amend", urgency=urgency("URGENT"))
    assert case.at(3 * DAY)[FIRST].target.due == "2026-03-06T10:00:00.000Z"
    case.opener(3 * DAY + HOUR, "amend", urgency=urgency("ROUTINE"))
    assert case.at(4 * DAY)[FIRST].target.due == "2026-04-02T11:00:00.000Z"


def test_a_reopened_line_has_a_new_clock_and_keeps_the_old_one_as_met() -> None:
    case = Timed()
    case.other(3 * DAY, "result", answers=[{"line": 1}])
    case.opener(10 * DAY, "amend", firearms=[{"line": 1}])
    finals = [d for d in case.all(11 * DAY) if d.target.kind is FINAL]
    assert [d.standing for d in finals] == [Standing.MET, Standing.PENDING]
    assert finals[1].target.due == "2026-06-10T10:00:00.000Z"


def test_a_withdrawal_in_time_waives_and_a_late_one_does_not_make_good() -> None:
    early, late = Timed(), Timed()
    early.opener(DAY, "withdraw")
    late.opener(40 * DAY, "withdraw")
    assert early.at(50 * DAY)[FIRST].standing is Standing.WAIVED
    assert late.at(50 * DAY)[FIRST].standing is Standing.PASSED
    assert late.at(50 * DAY)[FINAL].standing is Standing.WAIVED


def test_terms_that_promise_no_final_answer_set_no_clock_for_it() -> None:
    bare = replace(TERMS, targets=tuple(replace(t, final_answer=UNSET) for t in TERMS.targets))
    assert FINAL not in Timed().at(DAY, bare)


def test_the_next_change_is_a_millisecond_after_an_end_or_a_lapse() -> None:
    tick = timedelta(milliseconds=1)
    running = Timed(level="FLASH")
    due = running.start + HOUR
    assert next_change(targets(running.events, TERMS, due), due) == due + tick
    held = Timed()
    held.other(DAY, "more-info")
    kept = [t for t in targets(held.events, TERMS, held.start) if t.kind is FINAL]
    assert next_change(kept, held.start) == held.start + 45 * DAY + tick


def test_what_is_open_in_a_lapsed_thread_ends_when_it_closes_by_itself() -> None:
    case = Timed()
    case.other(DAY, "more-info")
    case.opener(60 * DAY, "progress-enquiry")
    closes, tick = case.start + 91 * DAY, timedelta(milliseconds=1)
    found = targets(case.events, TERMS, closes)
    assert next_change(found, case.start + 75 * DAY) == closes + tick
    assert case.at(closes)[ClockKind.PROGRESS].standing is Standing.PASSED
    assert ClockKind.PROGRESS not in case.at(closes + tick)


def test_an_amendment_that_states_an_urgency_again_puts_nothing_off() -> None:
    case = Timed(level="URGENT")
    case.opener(3 * HOUR, "amend", urgency=urgency("URGENT"))
    assert case.at(4 * HOUR)[FIRST].target.due == "2026-03-03T10:00:00.000Z"


def test_a_request_that_names_no_firearm_has_a_first_answer_also_when_one_is_added() -> None:
    case = Timed(lines=0)
    assert case.at(HOUR)[FIRST].target.due == "2026-03-30T10:00:00.000Z"
    case.opener(2 * DAY, "amend", firearms=[{"line": 1}])
    assert case.at(3 * DAY)[FIRST].target.due == "2026-03-30T10:00:00.000Z"
    assert case.at(3 * DAY)[FINAL].target.due == "2026-06-02T10:00:00.000Z"


def test_an_acknowledged_request_with_a_question_awaits_information_while_its_answer_stands() -> (
    None
):
    case = Timed()
    case.other(DAY, "acknowledgement", received=MONDAY)
    case.other(2 * DAY, "more-info")
    every = deadlines(case.events, TERMS, case.start + 3 * DAY)
    found = {one.target.kind: one for one in every if one.standing in {*RUNNING, Standing.PAUSED}}
    assert ClockKind.ACKNOWLEDGE not in found
    assert found[ClockKind.FINAL_ANSWER].standing is Standing.PAUSED
    asked = found[ClockKind.INFORMATION].target
    assert (asked.who, asked.since) == ("opener", stamp(case.start + 2 * DAY))
    assert asked.due == "2026-04-17T10:00:00.000Z"
