"""Scenarios of what is promised: met and passed, its urgency, and what is named instead."""

from __future__ import annotations

from msgspec import UNSET
from msgspec.structs import replace

from tests.model.clock_calendar import WORKDAYS
from tests.model.clock_cases import DAY, HOUR, TICK, Case, acknowledge, on, scenario, thread
from tests.model.clocks import MONDAY, TERMS, Timed, urgency
from tests.model.threads import firearm, id_of, result
from tracer.model.terms import Span, Target

# what is promised


@scenario
def delivered() -> Case:
    """A request alone has three clocks; working days end when the office closes."""
    return Case(thread(), DAY)


@scenario
def no_urgency_is_routine() -> Case:
    """A request that states no urgency counts as ROUTINE."""
    return Case(thread(level=""), DAY)


@scenario
def flash_in_hours() -> Case:
    """Hours count day and night, whatever the calendar says."""
    return Case(Timed("2026-03-06T23:30:00.000Z", level="FLASH"), HOUR, WORKDAYS)


@scenario
def unknown_urgency_has_no_clock() -> Case:
    """An urgency for which the terms have no target has no clock."""
    return Case(thread(level="LATER"), DAY)


@scenario
def unknown_urgency_with_a_target() -> Case:
    """An urgency that no list knows has the clocks that the terms give it."""
    later = Target(
        urgency="LATER",
        acknowledge=Span(1, "day"),
        first_answer=Span(2, "day"),
        escalate=Span(1, "day"),
    )
    return Case(thread(level="LATER"), DAY, replace(TERMS, targets=(*TERMS.targets, later)))


@scenario
def no_final_answer_promised() -> Case:
    """Without `final_answer` in the target there is no clock for it."""
    bare = tuple(replace(target, final_answer=UNSET) for target in TERMS.targets)
    return Case(thread(), DAY, replace(TERMS, targets=bare))


@scenario
def received_on_a_day_without_work() -> Case:
    """What comes on a weekend or after closing counts as received on the next working day."""
    return Case(Timed("2026-03-06T12:30:00.000Z"), DAY, WORKDAYS)


# met and passed


@scenario
def acknowledged_in_time() -> Case:
    """A clock is met by what it waits for; the others go on."""
    found = thread()
    acknowledge(found, DAY)
    return Case(found, 2 * DAY)


@scenario
def met_at_the_end() -> Case:
    """What is received at the very end is in time."""
    found = thread("FLASH")
    acknowledge(found, HOUR)
    return Case(found, 2 * HOUR)


@scenario
def met_a_millisecond_late() -> Case:
    """What is received a millisecond after the end is late."""
    found = thread("FLASH")
    acknowledge(found, HOUR + TICK)
    return Case(found, 2 * HOUR)


@scenario
def at_the_end() -> Case:
    """At its end a clock has not passed."""
    return Case(thread("FLASH"), HOUR)


@scenario
def after_the_end() -> Case:
    """A millisecond after its end a clock has passed."""
    return Case(thread("FLASH"), HOUR + TICK)


@scenario
def answered_without_acknowledgement() -> Case:
    """An answer acknowledges, is the first answer, and settles what it covers."""
    found = thread()
    found.other(DAY, "no-record")
    return Case(found, 2 * DAY)


@scenario
def interim_is_a_first_answer() -> Case:
    """An interim reply meets the first answer, not the final one."""
    found = thread()
    found.other(DAY, "interim")
    return Case(found, 2 * DAY)


@scenario
def a_question_is_no_first_answer() -> Case:
    """A question acknowledges, and is not an answer."""
    found = thread()
    found.other(DAY, "more-info")
    found.opener(2 * DAY, "amend")
    return Case(found, 3 * DAY)


@scenario
def answered_in_parts() -> Case:
    """Each line has a final answer of its own."""
    found = thread(lines=2)
    found.other(10 * DAY, "result", **result(2))
    return Case(found, 11 * DAY)


# urgency


@scenario
def urgency_raised() -> Case:
    """A higher urgency brings the ends nearer, counted from its own receipt."""
    found = thread()
    found.opener(3 * DAY, "amend", urgency=urgency("URGENT"))
    return Case(found, 3 * DAY)


@scenario
def urgency_raised_near_the_end() -> Case:
    """A higher urgency never puts an end off."""
    found = thread()
    acknowledge(found, DAY)
    found.opener(28 * DAY - HOUR, "amend", urgency=urgency("URGENT"))
    return Case(found, 28 * DAY)


@scenario
def urgency_lowered() -> Case:
    """A lower urgency puts the ends off, counted from its own receipt."""
    found = thread("URGENT")
    found.opener(HOUR, "amend", urgency=urgency("ROUTINE"))
    return Case(found, 2 * HOUR)


@scenario
def urgency_lowered_after_the_end() -> Case:
    """A lower urgency also puts off an end that has passed: the opener gives the time."""
    found = thread("FLASH")
    found.opener(9 * HOUR, "amend", urgency=urgency("ROUTINE"))
    return Case(found, 10 * HOUR)


@scenario
def urgency_said_again() -> Case:
    """The urgency in force said again changes nothing."""
    found = thread("URGENT")
    found.opener(3 * HOUR, "amend", urgency=urgency("URGENT"))
    return Case(found, 4 * HOUR)


@scenario
def urgency_raised_and_lowered() -> Case:
    """Urgencies count one after the other, each compared with the one before."""
    found = thread()
    found.opener(DAY, "amend", urgency=urgency("FLASH"))
    found.opener(DAY + HOUR, "amend", urgency=urgency("PRIORITY"))
    found.opener(2 * DAY, "amend", urgency=urgency("URGENT"))
    return Case(found, 2 * DAY)


@scenario
def urgency_recalled() -> Case:
    """The recall of an urgency states anew what stood before."""
    found = thread()
    raised = found.opener(DAY, "amend", urgency=urgency("FLASH"))
    found.opener(DAY + 2 * HOUR, "recall", about=raised)
    return Case(found, 2 * DAY)


@scenario
def urgency_after_the_answer() -> Case:
    """What is received after a clock was met changes nothing in it."""
    found = thread("FLASH")
    found.other(9 * HOUR, "result", **result(1))
    found.opener(DAY, "amend", urgency=urgency("ROUTINE"))
    return Case(found, 2 * DAY)


# what an acknowledgement names


@scenario
def named_earlier() -> Case:
    """An instant that the acknowledgement names stands."""
    found = thread()
    acknowledge(found, DAY, first_answer_by=on(10 * DAY), final_answer_by=on(20 * DAY))
    return Case(found, 11 * DAY)


@scenario
def named_later() -> Case:
    """A later instant than the terms give does not count."""
    found = thread()
    acknowledge(found, DAY, first_answer_by=on(28 * DAY + TICK), final_answer_by=on(200 * DAY))
    return Case(found, 11 * DAY)


@scenario
def named_before_the_request() -> Case:
    """An instant that is not after the receipt of the request does not count."""
    found = thread()
    acknowledge(found, DAY, first_answer_by=MONDAY)
    return Case(found, 2 * DAY)


@scenario
def named_under_other_terms() -> Case:
    """What is named under other terms than those of the request does not count."""
    found = thread()
    acknowledge(found, DAY, terms=id_of("others"), first_answer_by=on(10 * DAY))
    return Case(found, 11 * DAY)


@scenario
def named_without_knowing_a_lower_urgency() -> Case:
    """What was named before a lower urgency was known is put off by it."""
    found = thread("URGENT")
    found.opener(HOUR, "amend", urgency=urgency("ROUTINE"))
    found.other(
        2 * HOUR,
        "acknowledgement",
        sees="o0",
        received=MONDAY,
        terms=id_of("terms"),
        first_answer_by=on(DAY),
    )
    return Case(found, 3 * HOUR)


@scenario
def named_while_paused() -> Case:
    """An instant that is named while the clock is paused does not count."""
    found = thread()
    found.other(DAY, "more-info")
    acknowledge(found, 2 * DAY, first_answer_by=on(10 * DAY))
    found.opener(3 * DAY, "amend")
    return Case(found, 4 * DAY)


@scenario
def named_counts_for_the_first_round() -> Case:
    """What is named for the final answer counts for what the request asked, not for a new round."""
    found = thread()
    acknowledge(found, DAY, final_answer_by=on(20 * DAY))
    found.other(5 * DAY, "result", **result(1))
    found.opener(6 * DAY, "amend", firearms=[firearm(1)])
    return Case(found, 7 * DAY)
