"""Scenarios of clocks given up, taken back and opened again, and of what is owed beside."""

from __future__ import annotations

from tests.model.clock_cases import DAY, GROUND, HOUR, TICK, Case, scenario, thread
from tests.model.clocks import Timed, urgency
from tests.model.threads import REFUSAL, code, firearm, result

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
