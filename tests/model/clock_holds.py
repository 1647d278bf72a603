"""Scenarios of what moves an end: questions that hold a clock, and postponements."""

from __future__ import annotations

from msgspec.structs import replace

from tests.model.clock_calendar import WORKDAYS
from tests.model.clock_cases import (
    CONDITION,
    DAY,
    GROUND,
    HOUR,
    MINUTE,
    TICK,
    Case,
    acknowledge,
    scenario,
    thread,
)
from tests.model.clocks import Timed, urgency
from tracer.model.terms import Span, Terms

# holds


@scenario
def question_pauses() -> Case:
    """While information is awaited the clock stands."""
    found = thread()
    found.other(5 * DAY, "more-info")
    return Case(found, 9 * DAY)


@scenario
def question_answered() -> Case:
    """The length of a hold is added to the end."""
    found = thread()
    asked = found.other(5 * DAY, "more-info")
    found.opener(9 * DAY, "amend", about=asked)
    return Case(found, 10 * DAY)


@scenario
def question_after_the_end() -> Case:
    """A question that comes after the end pauses nothing."""
    found = thread()
    found.other(28 * DAY + TICK, "more-info")
    return Case(found, 40 * DAY)


@scenario
def question_at_the_end() -> Case:
    """A question that comes at the very end still pauses the clock."""
    found = thread()
    found.other(28 * DAY, "more-info")
    return Case(found, 40 * DAY)


@scenario
def question_recalled_at_once() -> Case:
    """A hold without length changes nothing."""
    found = thread()
    asked = found.other(2 * DAY, "more-info")
    found.other(2 * DAY, "recall", about=asked)
    found.other(4 * DAY, "more-info")
    return Case(found, 5 * DAY)


@scenario
def question_about_one_line() -> Case:
    """A question holds the lines it speaks of; the first answer runs while one line is free."""
    found = thread(lines=2)
    found.other(5 * DAY, "more-info", lines=[2])
    return Case(found, 6 * DAY)


@scenario
def questions_about_one_line_after_the_other() -> Case:
    """The first answer is that of the line with the earliest end, whenever lines were held."""
    found = thread(lines=2)
    first = found.other(2 * DAY, "more-info", lines=[1])
    found.opener(8 * DAY, "amend", about=first)
    second = found.other(10 * DAY, "more-info", lines=[2])
    found.opener(12 * DAY, "amend", about=second)
    return Case(found, 13 * DAY)


@scenario
def question_replaced_by_another() -> Case:
    """A new question replaces the older one of the line, and the hold goes on."""
    found = thread()
    first = found.other(2 * DAY, "more-info")
    found.other(4 * DAY, "more-info")
    found.opener(6 * DAY, "amend", about=first)
    return Case(found, 7 * DAY)


@scenario
def question_recalled() -> Case:
    """The recall of a question ends its hold."""
    found = thread()
    asked = found.other(2 * DAY, "more-info")
    found.other(4 * DAY, "recall", about=asked)
    return Case(found, 5 * DAY)


@scenario
def question_crossed_an_amendment() -> Case:
    """A change written without knowing the question does not end its hold."""
    found = thread()
    found.other(2 * DAY, "more-info")
    found.opener(3 * DAY, "amend", sees="")
    return Case(found, 4 * DAY)


@scenario
def interim_ends_a_hold() -> Case:
    """The next determination that covers the line ends its hold."""
    found = thread()
    found.other(2 * DAY, "more-info")
    found.other(5 * DAY, "interim")
    return Case(found, 6 * DAY)


@scenario
def answer_to_one_of_the_lines_held() -> Case:
    """A determination of one line ends the hold of that line alone."""
    found = thread(lines=2)
    found.other(2 * DAY, "more-info")
    found.other(95 * DAY, "no-record", lines=[1])
    return Case(found, 96 * DAY)


@scenario
def conditions_pause() -> Case:
    """While the opener weighs conditions the clock stands."""
    found = thread()
    offered = found.other(2 * DAY, "conditions-proposed", **CONDITION)
    found.opener(7 * DAY, "conditions-accepted", about=offered)
    found.other(8 * DAY, "conditions-proposed", **CONDITION)
    return Case(found, 9 * DAY)


@scenario
def hold_of_a_clock_in_working_days() -> Case:
    """After a hold, an end in working days moves on to when the office closes."""
    found = Timed("2026-03-01T08:00:00.000Z")
    found.other(DAY, "more-info")
    found.opener(2 * DAY + 3 * HOUR, "amend")
    return Case(found, 3 * DAY, in_working_days())


def in_working_days() -> Terms:
    """Terms whose spans to an answer are in working days."""
    spans = (
        replace(t, first_answer=Span(5, "working-day"), final_answer=Span(10, "working-day"))
        for t in WORKDAYS.targets
    )
    return replace(WORKDAYS, targets=tuple(spans))


@scenario
def questions_recalled_many_times() -> Case:
    """What is held is rounded to a closing once, from its sum, however many holds there were."""
    found = Timed("2026-03-01T08:00:00.000Z")
    for turn in range(10):
        asked = found.other(DAY + 2 * turn * MINUTE, "more-info")
        found.other(DAY + (2 * turn + 1) * MINUTE, "recall", about=asked)
    return Case(found, 2 * DAY, in_working_days())


@scenario
def hold_begun_after_the_exact_end() -> Case:
    """A hold in the time that only the rounding gave leaves what was left, and rounds no more."""
    found = Timed("2026-03-01T08:00:00.000Z")
    asked = found.other(DAY, "more-info")
    found.other(DAY + HOUR, "recall", about=asked)
    found.other(9 * DAY, "more-info")
    found.opener(12 * DAY, "amend")
    return Case(found, 12 * DAY + HOUR, in_working_days())


@scenario
def named_after_a_hold_in_working_days() -> Case:
    """An instant named after a hold stands as it was named; no earlier hold rounds it."""
    found = Timed("2026-03-01T08:00:00.000Z")
    asked = found.other(DAY, "more-info")
    found.other(DAY + HOUR, "recall", about=asked)
    named = "2026-03-09T09:00:00.000Z"
    acknowledge(found, 2 * DAY, first_answer_by=named, final_answer_by="2026-03-16T09:00:00.000Z")
    return Case(found, 2 * DAY + HOUR, in_working_days())


@scenario
def urgency_raised_while_paused() -> Case:
    """An urgency that is raised during a hold leaves its own span when the hold is over."""
    found = thread()
    found.other(5 * DAY, "more-info")
    found.opener(7 * DAY, "amend", sees="", urgency=urgency("URGENT"))
    found.opener(9 * DAY, "amend")
    return Case(found, 9 * DAY)


@scenario
def urgency_raised_after_a_hold() -> Case:
    """A hold that was over before an urgency was raised does not lengthen its span."""
    found = thread()
    asked = found.other(5 * DAY, "more-info")
    found.opener(9 * DAY, "amend", about=asked)
    found.opener(20 * DAY, "amend", urgency=urgency("FLASH"))
    return Case(found, 20 * DAY)


@scenario
def question_lapses() -> Case:
    """A question that stays open lapses by the terms, and what it held is waived."""
    found = thread()
    found.other(DAY, "more-info")
    return Case(found, 45 * DAY + TICK)


@scenario
def question_at_its_lapse() -> Case:
    """At the instant of its lapse a question can still be answered."""
    found = thread()
    found.other(DAY, "more-info")
    return Case(found, 45 * DAY)


@scenario
def question_lapses_on_its_own_day() -> Case:
    """A question that names its day lapses with the local midnight that ends it."""
    found = Timed("2026-03-01T08:00:00.000Z")
    found.other(DAY, "more-info", lapses="2026-03-20")
    return Case(found, 18 * DAY + 14 * HOUR, WORKDAYS)


@scenario
def lapses_beyond_the_bound() -> Case:
    """A question that names a later day than the 90th after its receipt lapses with that."""
    found = thread()
    found.other(DAY, "more-info", lapses="8999-12-31")
    return Case(found, 91 * DAY + 14 * HOUR + TICK)


@scenario
def lapsed_question_answered() -> Case:
    """A change received after the lapse ends the hold as any other."""
    found = thread()
    found.other(DAY, "more-info")
    found.opener(50 * DAY, "amend")
    return Case(found, 51 * DAY)


# postponements


@scenario
def delayed() -> Case:
    """A delay puts the ends off to the midnight that ends its review day."""
    found = thread()
    found.other(3 * DAY, "delayed", review="2026-06-02", **GROUND)
    return Case(found, 4 * DAY)


@scenario
def delayed_to_an_earlier_day() -> Case:
    """A review day before the end brings nothing nearer."""
    found = thread()
    found.other(3 * DAY, "delayed", review="2026-03-20", **GROUND)
    return Case(found, 4 * DAY)


@scenario
def delayed_after_the_end() -> Case:
    """A delay that comes after an end excuses nothing of it."""
    found = thread()
    found.other(28 * DAY + TICK, "delayed", review="2026-06-02", **GROUND)
    return Case(found, 30 * DAY)


@scenario
def delayed_for_one_line() -> Case:
    """A delay of one line leaves the first answer to the other."""
    found = thread(lines=2)
    found.other(3 * DAY, "delayed", review="2026-06-02", lines=[1], **GROUND)
    return Case(found, 4 * DAY)


@scenario
def delayed_line_by_line() -> Case:
    """If all lines are delayed, the first answer is due on the earliest review day."""
    found = thread(lines=2)
    found.other(3 * DAY, "delayed", review="2026-06-02", lines=[1], **GROUND)
    found.other(3 * DAY, "delayed", review="2026-06-01", lines=[2], **GROUND)
    return Case(found, 4 * DAY)


@scenario
def delayed_then_held() -> Case:
    """A hold after a delay moves the midnight too."""
    found = thread()
    found.other(3 * DAY, "delayed", review="2026-06-02", **GROUND)
    found.other(5 * DAY, "more-info")
    found.opener(15 * DAY, "amend")
    return Case(found, 16 * DAY)


@scenario
def delayed_then_raised() -> Case:
    """A higher urgency does not lift a delay."""
    found = thread()
    found.other(3 * DAY, "delayed", review="2026-06-02", **GROUND)
    found.opener(4 * DAY, "amend", urgency=urgency("FLASH"))
    return Case(found, 5 * DAY)


@scenario
def delayed_for_ever() -> Case:
    """A delay until the last day that can be written counts for the 90 days that any can."""
    found = thread()
    found.other(3 * DAY, "delayed", review="9999-12-31", **GROUND)
    return Case(found, 4 * DAY)


@scenario
def postponed_beyond_the_bound() -> Case:
    """A review day counts at most 90 local dates; another delay may put the end off again."""
    found = Timed("2026-03-01T08:00:00.000Z")
    found.other(3 * DAY + 15 * HOUR, "delayed", review="2026-12-31", **GROUND)
    found.other(80 * DAY, "delayed", review="8999-12-31", **GROUND)
    return Case(found, 81 * DAY, WORKDAYS)
