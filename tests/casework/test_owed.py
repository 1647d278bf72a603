"""What is awaited, in words and as fields: of whom, until when, and what happens then."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from tests.model.clocks import MONDAY, TERMS, Timed
from tests.model.threads import code
from tracer.casework.owed import Owed, Parties, next_owed, owed, told_length
from tracer.clock import instant, stamp
from tracer.model.clocks import deadlines as deadlines_of
from tracer.model.clocks import targets
from tracer.model.thread import Timers, fold

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def told(case: Timed, after: timedelta, *, us: str = "XA-NPOC", binding: bool = False) -> Owed:
    """The first thing that is awaited so long after the request, as one side reads it."""
    terms = msgspec.structs.replace(TERMS, nature="deadline" if binding else TERMS.nature)
    now = case.start + after
    state = fold(case.events, now=now, timers=Timers(terms=terms))
    parties = Parties(opener="XA-NPOC", other="XB-NPOC", us=us)
    return owed(state, deadlines_of(case.events, terms, now), parties, now)[0]


def test_before_its_end_a_clock_says_until_when_and_what_happens_then() -> None:
    found = told(Timed(), HOUR)
    assert found.text == (
        "XB-NPOC owes an acknowledgement until 2026-03-04 16:00 UTC (target, in 2 days)"
    )
    assert found.then == "Then our own people are told and a reminder is due; it is no refusal."
    assert (found.clock, found.standing, found.ours) == ("acknowledge", "pending", False)


def test_the_side_that_owes_reads_when_its_head_steps_in() -> None:
    found = told(Timed(), HOUR, us="XB-NPOC")
    assert found.ours
    assert found.then == (
        "Then XA-NPOC sees it as passed. If it is not done by 2026-03-11 16:00 UTC, the people in "
        "charge of our office are told and asked to step in."
    )


def test_once_an_escalation_was_due_it_is_told_as_done() -> None:
    found = told(Timed(), 14 * DAY, us="XB-NPOC")
    assert found.standing == "passed"
    assert found.then == (
        "XA-NPOC sees it as passed. The people in charge of our office have been asked to step in "
        "since 2026-03-11 16:00 UTC."
    )


def test_after_its_end_a_clock_says_how_long_ago_it_passed() -> None:
    found = told(Timed(level="FLASH"), 5 * HOUR)
    assert found.text == (
        "XB-NPOC owes an acknowledgement; the target 2026-03-02 11:00 UTC passed 4 hours ago"
    )
    assert found.standing == "passed"


def test_agreed_terms_make_a_target_a_deadline() -> None:
    assert "(deadline, in 2 days)" in told(Timed(), HOUR, binding=True).text


def test_a_list_calls_an_agreed_end_a_deadline_too() -> None:
    terms = msgspec.structs.replace(TERMS, nature="deadline")
    now = instant(MONDAY) + HOUR
    parties = Parties(opener="XA-NPOC", other="XB-NPOC", us="XA-NPOC")
    found = next_owed(targets(Timed().events, terms, now), parties, now)
    assert found is not None
    assert found.nature == "deadline"
    assert "(deadline, in 2 days)" in found.text


def test_an_acknowledged_request_awaits_first_an_answer_then_the_final_one() -> None:
    case = Timed()
    case.other(DAY, "acknowledgement", received=MONDAY)
    assert "a first answer or interim reply" in told(case, 2 * DAY).text
    case.other(3 * DAY, "interim")
    assert told(case, 4 * DAY).text.startswith("XB-NPOC owes the final answer")


def test_a_question_is_owed_by_us_and_lapses_on_a_day() -> None:
    case = Timed()
    case.other(DAY, "more-info")
    found = told(case, 2 * DAY)
    assert found.text.startswith("XA-NPOC owes the information that was asked for")
    assert found.then == (
        "Then the question counts as dropped and what it held lapses, 2026-04-16 10:00 UTC."
    )


def test_a_settled_case_closes_by_itself() -> None:
    case = Timed()
    case.other(DAY, "refused", grounds=[code("ground", "ITI-22-INVESTIGATION")])
    found = told(case, 2 * DAY)
    assert found.what == "feedback"
    assert found.then == "Then the case closes by itself, 2026-06-01 10:00 UTC."


def test_a_list_names_the_clock_that_ends_first_and_one_that_stands_last() -> None:
    case = Timed(level="URGENT")
    parties = Parties(opener="XA-NPOC", other="XB-NPOC", us="XA-NPOC")
    now = instant(MONDAY) + HOUR
    found = next_owed(targets(case.events, TERMS, now), parties, now)
    assert found is not None
    assert (found.clock, found.until) == ("acknowledge", "2026-03-02T14:00:00.000Z")
    case.other(2 * HOUR, "more-info")
    later = next_owed(targets(case.events, TERMS, now + DAY), parties, now + DAY)
    assert later is not None
    assert later.clock == "information"


def test_a_case_and_the_list_name_the_same_debt_first_even_before_somebody_took_it() -> None:
    friday = instant("2026-03-06T17:30:00.000Z")
    case = Timed(level="PRIORITY", start=stamp(friday))
    parties = Parties(opener="XA-NPOC", other="XB-NPOC", us="XB-NPOC")
    now = friday + HOUR
    state = fold(case.events, now=now, timers=Timers(terms=TERMS))
    found = owed(state, deadlines_of(case.events, TERMS, now), parties, now)
    assert found[0] == next_owed(targets(case.events, TERMS, now), parties, now)
    assert [one.clock for one in found] == ["first-answer", "acknowledge"]
    assert found[0].until < found[1].until
    assert [one.covered for one in found] == [False, True]
    assert found[1].then.startswith("The first answer, which is due before, counts for it, too. ")


def test_an_acknowledgement_that_ends_before_the_first_answer_stands_by_itself() -> None:
    case = Timed(level="PRIORITY")
    assert not told(case, HOUR).covered
    assert told(case, HOUR).then.startswith("Then ")


def test_a_length_of_time_is_told_as_in_letters_and_hides_no_half_of_itself() -> None:
    lengths = (timedelta(seconds=5), timedelta(minutes=119), timedelta(hours=47), 40 * DAY)
    found = [told_length(one) for one in lengths]
    assert found == ["less than a minute", "119 minutes", "47 hours", "40 days"]
