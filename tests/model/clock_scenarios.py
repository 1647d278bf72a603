"""The scenarios behind `schemas/vectors/clocks`: each a thread, terms, and the sentence it proves.

`python -m tests.model.clock_scenarios` writes the vectors anew; tests compare them with `deadlines`
and with the second implementation. What is due soon is told as pending: when that begins is a
node's own matter.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from tests.model.clock_calendar import FOLDER, HELD, WORKDAYS, calendar
from tests.model.clocks import MONDAY, TERMS, Timed, urgency
from tests.model.threads import REFUSAL, code, firearm, id_of, result
from tracer.clock import instant, stamp
from tracer.model.clocks import Deadline, Standing, deadlines
from tracer.model.terms import Span, Target, Terms, terms_digest
from tracer.model.thread import Event
from tracer.model.wire import from_wire

HOUR, DAY, TICK = timedelta(hours=1), timedelta(days=1), timedelta(milliseconds=1)
MINUTE = timedelta(minutes=1)
GROUND = {"grounds": [code("ground", "ITI-22-INVESTIGATION")]}
CONDITION = {"conditions": [{"n": 1, "kind": code("condition-kind", "NO_THIRD_STATE")}]}


class Case(NamedTuple):
    """A thread, how long after its opening it is looked at, and under which terms."""

    thread: Timed
    after: timedelta
    terms: Terms = TERMS

    @property
    def now(self) -> datetime:
        """The instant it is looked at."""
        return self.thread.start + self.after

    @property
    def wire(self) -> list[dict[str, Any]]:
        """The events as a file holds them; the request names the digest of the terms."""
        digest = terms_digest(self.terms)
        events = zip(self.thread.events, self.thread.talk.clear, strict=True)
        plain = [
            {"id": event.id, "author": event.author, "at": event.at, "message": clear}
            for event, clear in events
        ]
        found: list[dict[str, Any]] = json.loads(json.dumps(plain).replace(id_of("terms"), digest))
        return found

    @property
    def events(self) -> list[Event]:
        """The events as read from a file."""
        return [
            Event(e["id"], e["author"], from_wire(e["message"], {}), e["at"]) for e in self.wire
        ]


Scenario = Callable[[], Case]
SCENARIOS: dict[str, Scenario] = {}


def scenario(make: Scenario) -> Scenario:
    """Register a scenario under its name with hyphens; its docstring is its sentence."""
    SCENARIOS[make.__name__.replace("_", "-")] = make
    return make


def thread(level: str = "ROUTINE", lines: int = 1) -> Timed:
    """A request received on a Monday at ten."""
    return Timed(level=level, lines=lines)


def acknowledge(found: Timed, after: timedelta, **named: str) -> str:
    """An acknowledgement; `named`: the instants it names under the terms of the request."""
    terms = {"terms": id_of("terms"), **named} if named else {}
    return found.other(after, "acknowledgement", received=MONDAY, **terms)


def on(day: timedelta) -> str:
    """An instant so long after the request."""
    return stamp(instant(MONDAY) + day)


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


# given up, taken back, opened again


@scenario
def withdrawn_in_time() -> Case:
    """What is given up not after its end is waived."""
    found = thread()
    found.opener(DAY, "withdraw")
    return Case(found, 50 * DAY)


@scenario
def withdrawn_late() -> Case:
    """What had passed before it was given up stays passed."""
    found = thread()
    found.opener(40 * DAY, "withdraw")
    return Case(found, 50 * DAY)


@scenario
def withdrawn_while_paused() -> Case:
    """A paused clock has not passed when the request is withdrawn."""
    found = thread()
    found.other(DAY, "more-info")
    found.opener(40 * DAY, "withdraw")
    return Case(found, 50 * DAY)


@scenario
def answer_crossed_withdrawal() -> Case:
    """An answer received after the line was given up settles nothing."""
    found = thread()
    found.opener(DAY, "withdraw")
    found.other(2 * DAY, "result", sees="o0", **result(1))
    return Case(found, 3 * DAY)


@scenario
def line_dropped() -> Case:
    """A line that is given up in time is left out of the first answer."""
    found = thread(lines=2)
    found.other(2 * DAY, "delayed", review="2026-06-02", lines=[1], **GROUND)
    found.opener(3 * DAY, "amend", dropped=[2])
    return Case(found, 4 * DAY)


@scenario
def line_dropped_before_the_answer() -> Case:
    """An answer written in knowledge that a line is given up settles nothing of that line."""
    found = thread(lines=2)
    found.opener(3 * DAY, "amend", dropped=[2])
    found.other(3 * DAY, "no-record")
    return Case(found, 4 * DAY)


@scenario
def line_dropped_after_the_answer() -> Case:
    """A settled line that was given up is not opened again by a change of the case."""
    found = thread(lines=2)
    found.other(3 * DAY, "no-record")
    found.opener(4 * DAY, "amend", dropped=[2])
    found.opener(5 * DAY, "amend", asked=[code("asked", "LAST_HOLDER")])
    return Case(found, 6 * DAY)


@scenario
def line_taken_back() -> Case:
    """A line that is taken back begins a round."""
    found = thread(lines=2)
    found.opener(3 * DAY, "amend", dropped=[2])
    found.opener(9 * DAY, "amend", firearms=[firearm(2)])
    return Case(found, 10 * DAY)


@scenario
def line_added() -> Case:
    """A line that is added has a round of its own, counted from then; the first answer is one."""
    found = thread()
    found.opener(9 * DAY, "amend", firearms=[firearm(2)])
    return Case(found, 10 * DAY)


@scenario
def reopened() -> Case:
    """A change that reopens an answered line begins a round under the urgency then in force."""
    found = thread()
    found.other(3 * DAY, "result", **result(1))
    found.opener(10 * DAY, "amend", firearms=[firearm(1)], urgency=urgency("PRIORITY"))
    return Case(found, 11 * DAY)


@scenario
def reopened_by_a_crossing_answer() -> Case:
    """An answer that crossed a change settles the older round; the change begins the next."""
    found = thread()
    found.opener(3 * DAY, "amend", firearms=[firearm(1)])
    found.other(4 * DAY, "result", sees="o0", **result(1))
    return Case(found, 5 * DAY)


@scenario
def reopened_by_correction() -> Case:
    """A correction of the request reopens what it concerns."""
    found = thread(lines=2)
    found.other(3 * DAY, "result", **result(1, 2))
    found.opener(5 * DAY, "correction", about="o0", firearms=[firearm(2)])
    return Case(found, 6 * DAY)


@scenario
def reopened_after_closing() -> Case:
    """A change after closing begins a round; the ones before stay as they ended."""
    found = thread()
    found.other(3 * DAY, "result", **result(1))
    found.opener(5 * DAY, "feedback", outcomes=[code("feedback-outcome", "HOLDER_IDENTIFIED")])
    found.opener(30 * DAY, "amend", firearms=[firearm(1)])
    return Case(found, 31 * DAY)


@scenario
def answer_recalled() -> Case:
    """The recall of the last answer begins a round, counted from the recall."""
    found = thread()
    given = found.other(3 * DAY, "result", **result(1))
    found.other(5 * DAY, "recall", about=given)
    return Case(found, 6 * DAY)


@scenario
def older_answer_recalled() -> Case:
    """The recall of an answer after which another was given begins no round."""
    found = thread()
    given = found.other(3 * DAY, "result", **result(1))
    found.other(4 * DAY, "result", **result(1))
    found.other(5 * DAY, "recall", about=given)
    return Case(found, 6 * DAY)


@scenario
def held_when_reopened() -> Case:
    """A hold that began before a round pauses it from its begin."""
    found = thread()
    found.other(3 * DAY, "result", **result(1))
    older = found.other(4 * DAY, "more-info")
    found.other(5 * DAY, "more-info")
    found.opener(7 * DAY, "amend", about=older, firearms=[firearm(1)])
    return Case(found, 8 * DAY)


@scenario
def held_by_another_question_at_that_instant() -> Case:
    """A hold in which one question replaced another just when a round began pauses that round."""
    found = thread()
    found.other(3 * DAY, "result", **result(1))
    older = found.other(4 * DAY, "more-info")
    found.other(5 * DAY, "more-info")
    found.opener(5 * DAY, "amend", about=older, firearms=[firearm(1)])
    return Case(found, 8 * DAY)


@scenario
def logs_disagree() -> Case:
    """A message is received not before one that its author knew, whatever its log's clock says."""
    found = thread()
    found.other(-5 * HOUR, "result", **result(1))
    found.other(-4 * HOUR, "recall", about="p0")
    return Case(found, DAY)


# what is owed beside the answer


@scenario
def questions_beside_the_answer() -> Case:
    """Grounds, news, consent and a review are owed until the reminder, or the review day."""
    found = thread(lines=2)
    held = found.other(3 * DAY, "delayed", review="2026-06-02", lines=[1], **GROUND)
    found.opener(4 * DAY, "clarify-ground", about=held)
    found.opener(5 * DAY, "progress-enquiry")
    found.opener(6 * DAY, "consent-asked", about=[held])
    return Case(found, 7 * DAY)


@scenario
def refused() -> Case:
    """A refusal settles the line; feedback is owed until the thread closes by itself."""
    found = thread()
    found.other(3 * DAY, "refused", **REFUSAL)
    return Case(found, 4 * DAY)


@scenario
def closed_by_time() -> Case:
    """A settled thread closes after 90 days, and nothing is owed any more."""
    found = thread()
    found.other(3 * DAY, "refused", **REFUSAL)
    return Case(found, 93 * DAY + TICK)


@scenario
def spontaneous_information() -> Case:
    """A thread that names no terms has no clock of an answer; its questions lapse after 30 days."""
    found = Timed(kind="spontaneous-information", level="")
    found.other(DAY, "more-info")
    return Case(found, 2 * DAY)


def expected(found: Deadline) -> dict[str, Any]:
    """A deadline as a file holds it: what both sides must agree on."""
    target = found.target
    known = {
        "kind": target.kind,
        "who": target.who,
        "about": target.about,
        "lines": list(target.lines),
        "since": target.since,
        "due": target.due,
        "paused": target.paused,
        "ended": target.ended,
        "standing": found.standing,
    }
    if found.standing is Standing.DUE_SOON:
        known["standing"] = Standing.PENDING
    return {name: value for name, value in known.items() if value}


def vector(name: str) -> dict[str, Any]:
    """The vector of a scenario in the form of its file."""
    case = SCENARIOS[name]()
    named = "terms" in case.wire[0]["message"]
    return {
        "name": name,
        "proves": (SCENARIOS[name].__doc__ or "").strip(),
        "events": case.wire,
        "terms": msgspec.to_builtins(case.terms) if named else None,
        "now": stamp(case.now),
        "expected": [expected(d) for d in deadlines(case.events, case.terms, case.now)],
    }


def written(name: str) -> str:
    """The file of a vector."""
    found = calendar() if name == HELD else vector(name)
    return json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def main() -> None:
    """Write every vector."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in (HELD, *SCENARIOS):
        (FOLDER / f"{name}.json").write_text(written(name), encoding="utf-8")


if __name__ == "__main__":
    main()
