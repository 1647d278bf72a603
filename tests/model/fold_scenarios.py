"""The scenarios behind `schemas/vectors/fold`: each a thread and the sentence it proves.

`python -m tests.model.fold_scenarios` writes the vectors anew; a test compares them with the fold.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from tests.model.threads import DELAY, RECEIVED, REFUSAL, Talk, code, firearm, result, step
from tracer.clock import instant
from tracer.model.terms import NO_TERMS
from tracer.model.thread import CaseState, Timers, fold

FOLDER = Path(__file__).parents[2] / "schemas" / "vectors" / "fold"

Scenario = Callable[[], Talk]
SCENARIOS: dict[str, Scenario] = {}
NOW: dict[str, str] = {
    "lapsed": "2026-04-15T12:00:00.000Z",
    "question-with-its-own-day": "2026-04-15T12:00:00.000Z",
    "closed-by-time": "2026-09-01T12:00:00.000Z",
}
"""Scenarios folded with an instant, under the default timers."""


def scenario(make: Scenario) -> Scenario:
    """Register a scenario under its name with hyphens; its docstring is its sentence."""
    SCENARIOS[make.__name__.replace("_", "-")] = make
    return make


@scenario
def delivered() -> Talk:
    """A request alone is delivered and awaits an acknowledgement."""
    return Talk()


@scenario
def acknowledged() -> Talk:
    """A person has taken it: an answer is awaited."""
    talk = Talk()
    talk.other("acknowledgement", **RECEIVED)
    return talk


@scenario
def acknowledged_twice() -> Talk:
    """A second acknowledgement is objected to."""
    talk = acknowledged()
    talk.other("acknowledgement", **RECEIVED)
    return talk


@scenario
def answered() -> Talk:
    """A result settles the line; feedback is awaited."""
    talk = acknowledged()
    talk.other("result", **result(1))
    return talk


@scenario
def closed() -> Talk:
    """Feedback closes an answered thread."""
    talk = answered()
    talk.opener("feedback", outcomes=[code("feedback-outcome", "HOLDER_IDENTIFIED")])
    return talk


@scenario
def still_open_feedback() -> Talk:
    """Feedback that says the case is still open does not close the thread."""
    talk = answered()
    talk.opener("feedback", outcomes=[code("feedback-outcome", "STILL_OPEN")])
    return talk


@scenario
def feedback_too_early() -> Talk:
    """Feedback before any answer is objected to."""
    talk = acknowledged()
    talk.opener("feedback")
    return talk


@scenario
def reminder_after_closing() -> Talk:
    """A reminder in a closed thread is objected to."""
    talk = closed()
    talk.opener("reminder")
    return talk


@scenario
def reopened_by_new_record() -> Talk:
    """A new answer after closing opens the thread again."""
    talk = closed()
    talk.other("result", **result(1, outcome="REPORTED_STOLEN"))
    return talk


@scenario
def reopened_by_amendment() -> Talk:
    """A change of the firearm after its answer opens the line again."""
    talk = closed()
    talk.opener("amend", firearms=[firearm(1, year_of_manufacture=1987)])
    return talk


@scenario
def amendment_of_urgency_reopens_nothing() -> Talk:
    """A change of urgency leaves the answer standing."""
    talk = answered()
    talk.opener("amend", urgency={"level": code("urgency-level", "URGENT")})
    return talk


@scenario
def answer_crossed_amendment() -> Talk:
    """An answer that crossed an amendment was given to the old request: the line is open again."""
    talk = acknowledged()
    talk.opener("amend", firearms=[firearm(1, year_of_manufacture=1987)])
    talk.other("result", sees="", **result(1))
    return talk


@scenario
def answer_after_amendment() -> Talk:
    """The same answer, written in knowledge of the amendment, settles the line."""
    talk = acknowledged()
    talk.opener("amend", firearms=[firearm(1, year_of_manufacture=1987)])
    talk.other("result", **result(1))
    return talk


@scenario
def answer_crossed_withdrawal() -> Talk:
    """An answer that crossed a withdrawal stays on the file; the request is withdrawn."""
    talk = acknowledged()
    talk.opener("withdraw", reason=code("withdraw-reason", "SOLVED"))
    talk.other("result", sees="", **result(1))
    return talk


@scenario
def answer_after_withdrawal() -> Talk:
    """An answer by someone who had seen the withdrawal is objected to."""
    talk = acknowledged()
    talk.opener("withdraw", reason=code("withdraw-reason", "SOLVED"))
    talk.other("result", **result(1))
    return talk


@scenario
def question() -> Talk:
    """A request for information awaits the opener and stops the clock."""
    talk = acknowledged()
    talk.other("more-info", questions=[{"n": 1, "line": 1}])
    return talk


@scenario
def question_answered() -> Talk:
    """An amendment written in knowledge of the question answers it; the clock runs again."""
    talk = question()
    talk.opener("amend", about="p1", firearms=[firearm(1, year_of_manufacture=1987)])
    return talk


@scenario
def question_crossed_amendment() -> Talk:
    """An amendment that crossed the question does not answer it."""
    talk = acknowledged()
    talk.opener("amend", firearms=[firearm(1, year_of_manufacture=1987)])
    talk.other("more-info", sees="", questions=[{"n": 1, "line": 1}])
    return talk


@scenario
def lapsed() -> Talk:
    """An unanswered question lapses by its timer."""
    return question()


@scenario
def question_with_its_own_day() -> Talk:
    """A day named by the question stands in place of the timer."""
    talk = acknowledged()
    talk.other("more-info", questions=[{"n": 1}], lapses="2026-06-30")
    return talk


@scenario
def closed_by_time() -> Talk:
    """An answered thread closes by its timer without feedback."""
    return answered()


@scenario
def delayed() -> Talk:
    """A delay has a ground and a day on which it is looked at again."""
    talk = acknowledged()
    talk.other("delayed", **DELAY)
    return talk


@scenario
def delay_ends_with_interim() -> Talk:
    """An interim reply puts a delayed line back to work."""
    talk = delayed()
    talk.other("interim", next_by="2026-07-01")
    return talk


@scenario
def refused_and_clarified() -> Talk:
    """A question about a ground is awaited until it is clarified."""
    talk = acknowledged()
    talk.other("refused", **REFUSAL)
    talk.opener("clarify-ground", about="p1", **REFUSAL)
    talk.other("ground-clarified", about="o1", grounds=[code("ground", "UNTOC-18-21-B")])
    return talk


@scenario
def clarification_awaited() -> Talk:
    """A question about a ground is owed before feedback."""
    talk = acknowledged()
    talk.other("refused", **REFUSAL)
    talk.opener("clarify-ground", about="p1", **REFUSAL)
    return talk


@scenario
def clarification_made_void() -> Talk:
    """A new answer that crossed the question about a ground makes it void."""
    talk = acknowledged()
    talk.other("refused", **REFUSAL)
    talk.opener("clarify-ground", about="p1", **REFUSAL)
    talk.other("result", sees="", **result(1))
    return talk


@scenario
def conditions_accepted() -> Talk:
    """Accepted conditions bind and the work goes on."""
    talk = acknowledged()
    condition = {"n": 1, "kind": code("condition-kind", "NO_THIRD_STATE")}
    talk.other("conditions-proposed", conditions=[condition])
    talk.opener("conditions-accepted", about="p1")
    return talk


@scenario
def conditions_answered_twice() -> Talk:
    """A proposal is answered once: accepting after declining is objected to."""
    talk = acknowledged()
    condition = {"n": 1, "kind": code("condition-kind", "NO_THIRD_STATE")}
    talk.other("conditions-proposed", conditions=[condition])
    talk.opener("conditions-declined", about="p1")
    talk.opener("conditions-accepted", about="p1")
    return talk


@scenario
def conditions_crossed_new_conditions() -> Talk:
    """An acceptance that crossed a newer proposal binds the older; the newer awaits a decision."""
    talk = acknowledged()
    first = {"n": 1, "kind": code("condition-kind", "NO_THIRD_STATE")}
    second = {"n": 1, "kind": code("condition-kind", "NO_INDUSTRY")}
    talk.other("conditions-proposed", conditions=[first])
    talk.opener("conditions-accepted", about="p1")
    talk.other("conditions-proposed", sees="", conditions=[second])
    return talk


@scenario
def lines_differ() -> Talk:
    """The thread is as open as its most open line."""
    talk = Talk(lines=(1, 2, 3))
    talk.other("acknowledgement", **RECEIVED)
    talk.other("result", **result(1))
    talk.other("more-info", lines=[2], questions=[{"n": 1, "line": 2}])
    talk.other("refused", lines=[3], **REFUSAL)
    return talk


@scenario
def line_withdrawn() -> Talk:
    """A withdrawn line no longer keeps the thread open."""
    talk = Talk(lines=(1, 2))
    talk.other("result", **result(1))
    talk.opener("withdraw", lines=[2])
    return talk


@scenario
def line_dropped_and_asked_again() -> Talk:
    """A line that was dropped and described again is asked about again."""
    talk = Talk(lines=(1, 2))
    talk.opener("amend", dropped=[2])
    talk.opener("amend", firearms=[firearm(2, year_of_manufacture=1950)])
    talk.other("no-record", lines=[1])
    return talk


@scenario
def line_added() -> Talk:
    """An answer to all lines is one to those that stood when it was written."""
    talk = Talk()
    talk.opener("amend", firearms=[firearm(2)])
    talk.other("no-record", sees="o0")
    return talk


@scenario
def unknown_line() -> Talk:
    """An answer to a line that was never asked about is objected to."""
    talk = acknowledged()
    talk.other("result", **result(7))
    return talk


@scenario
def recalled_answer() -> Talk:
    """A recalled answer leaves the line open, and nothing of it is used."""
    talk = acknowledged()
    manufactured = step(1, "MANUFACTURED", "XB", date="1987")
    talk.other("result", **result(1, chain=[manufactured]))
    talk.other("recall", about="p1", reason=code("recall-reason", "WRONG_CONTENT"))
    return talk


@scenario
def corrected_chain() -> Talk:
    """A correction replaces the answers of the lines it gives, in the place of what it corrects."""
    talk = Talk(lines=(1, 2))
    made, sold = step(1, "MANUFACTURED", "XB", date="1987"), step(2, "EXPORTED", "XC", date="1988")
    talk.other("result", **result(1, 2, chain=[made, sold]))
    right = {"line": 1, "chain": [made, step(2, "EXPORTED", "XD", date="1988")]}
    talk.other("correction", about="p0", answers=[right])
    return talk


@scenario
def interim_chain_grows() -> Talk:
    """Interim replies add events by number; a result replaces the chain."""
    talk = acknowledged()
    made, sold = step(1, "MANUFACTURED", "XB", date="1987"), step(2, "EXPORTED", "XC", date="1988")
    talk.other("interim", answers=[{"line": 1, "chain": [made]}])
    talk.other("interim", answers=[{"line": 1, "chain": [sold]}])
    return talk


@scenario
def result_replaces_chain() -> Talk:
    """A result replaces the chain that interim replies had built."""
    talk = interim_chain_grows()
    talk.other("result", **result(1, chain=[step(1, "MANUFACTURED", "XD", date="1986")]))
    return talk


@scenario
def recorded_destroyed() -> Talk:
    """A firearm that was recorded as destroyed and is found raises a flag for both States."""
    talk = acknowledged()
    talk.other("result", **result(1, outcome="DESTROYED_RECORD"))
    return talk


@scenario
def correction_after_closing() -> Talk:
    """A correction of the answer opens a closed thread again."""
    talk = closed()
    talk.other("correction", about="p1", answers=result(1, outcome="STATE_STOCK")["answers"])
    return talk


@scenario
def result_crossed_feedback() -> Talk:
    """A second answer that crossed the feedback opens the thread again."""
    talk = answered()
    talk.opener("feedback")
    talk.other("result", sees="", **result(1, outcome="FULL_CHAIN"))
    return talk


@scenario
def consent_for_onward_use() -> Talk:
    """Consent is asked by one side and given by the other; the last reply stands."""
    talk = closed()
    talk.opener("consent-asked", about=["p1"], uses=[code("onward-use", "EVIDENCE_IN_COURT")])
    talk.other("consent-given", about="o2")
    talk.other("consent-declined", about="o2", grounds=[code("consent-ground", "MLA_NEEDED")])
    return talk


@scenario
def consent_awaited() -> Talk:
    """Consent can be asked in a withdrawn thread, and is owed."""
    talk = answer_crossed_withdrawal()
    talk.opener("consent-asked", about=["p1"], uses=[code("onward-use", "EVIDENCE_IN_COURT")])
    return talk


@scenario
def consent_by_the_asker() -> Talk:
    """Nobody consents to what they asked themselves."""
    talk = answered()
    talk.opener("consent-asked", about=["p1"])
    talk.opener("consent-given", about="o1")
    return talk


@scenario
def correction_of_a_question_reopens_nothing() -> Talk:
    """Only a correction of the request itself opens an answered line again."""
    talk = answered()
    talk.opener("consent-asked", about=["p1"], uses=[code("onward-use", "PUBLICATION")])
    talk.opener("correction", about="o1", reason=code("correction-reason", "TYPING_ERROR"))
    return talk


@scenario
def correction_of_the_request_reopens() -> Talk:
    """A corrected firearm is open again."""
    talk = answered()
    talk.opener("correction", about="o0", firearms=[firearm(1, year_of_manufacture=1987)])
    return talk


@scenario
def conditions_for_different_lines() -> Talk:
    """Proposals for different lines stand beside each other."""
    talk = Talk(lines=(1, 2))
    condition = {"n": 1, "kind": code("condition-kind", "NO_THIRD_STATE")}
    talk.other("conditions-proposed", lines=[1], conditions=[condition])
    talk.other("conditions-proposed", lines=[2], conditions=[condition])
    return talk


@scenario
def answers_in_parts() -> Talk:
    """Each line is settled by its own answer; a restriction after a result stands for its line."""
    talk = Talk(lines=(1, 2))
    talk.other("result", **result(1, 2))
    talk.other("restricted", lines=[2], **REFUSAL)
    talk.opener("feedback")
    return talk


@scenario
def erasure_asked() -> Talk:
    """A correction that asks for erasure awaits a reply of the other side."""
    talk = acknowledged()
    talk.opener("correction", about="o0", erase=["persons"])
    return talk


@scenario
def enquiry_answered_by_crossing_news() -> Talk:
    """News that crossed a progress enquiry answers it."""
    talk = acknowledged()
    talk.opener("progress-enquiry")
    talk.other("interim", sees="")
    return talk


@scenario
def enquiry_awaits_news() -> Talk:
    """A progress enquiry is owed an answer after the answer itself."""
    talk = acknowledged()
    talk.opener("progress-enquiry")
    return talk


@scenario
def disclosure_notice_and_referral() -> Talk:
    """A notice of disclosure and a referral are kept and change no state."""
    talk = acknowledged()
    talk.other("referral", country="XC", reason=code("onward-reason", "EXPORTED_THERE"))
    talk.opener("disclosure-notice", about=["p1"], to=code("disclosure-to", "COURT"))
    return talk


@scenario
def information_delivered() -> Talk:
    """Spontaneous information awaits that a person takes it."""
    return Talk("spontaneous-information")


@scenario
def information_closed() -> Talk:
    """The receiving side closes spontaneous information by feedback."""
    talk = Talk("spontaneous-information")
    talk.other("acknowledgement", **RECEIVED)
    talk.other("feedback", usefulness=code("usefulness", "USEFUL"))
    return talk


@scenario
def information_recalled() -> Talk:
    """Recalled information is withdrawn."""
    talk = Talk("spontaneous-information")
    talk.opener("recall", about="o0")
    return talk


@scenario
def information_is_not_answered() -> Talk:
    """A thread of spontaneous information knows no result."""
    talk = Talk("spontaneous-information")
    talk.other("result", **result(1))
    return talk


@scenario
def information_with_chain() -> Talk:
    """Spontaneous information can carry a chain."""
    made = step(1, "MANUFACTURED", "XA", date="1990")
    return Talk("spontaneous-information", answers=[{"line": 1, "chain": [made]}])


@scenario
def no_firearm_named() -> Talk:
    """A thread that names no firearm is folded as one line, numbered 0."""
    talk = Talk(lines=())
    talk.other("unidentifiable")
    return talk


def state_of(name: str, talk: Talk) -> CaseState:
    """The folded state of a scenario, at its instant if it has one."""
    now = NOW.get(name)
    return fold(talk.events, now=instant(now) if now else None)


def vector(name: str) -> dict[str, Any]:
    """The vector of a scenario in the form of its file."""
    talk = SCENARIOS[name]()
    timers, terms = Timers(), NO_TERMS
    found: dict[str, Any] = {
        "name": name,
        "proves": (SCENARIOS[name].__doc__ or "").strip(),
        "events": [
            {"id": event.id, "author": event.author, "at": event.at, "message": clear}
            for event, clear in zip(talk.events, talk.clear, strict=True)
        ],
        "now": NOW.get(name),
        "timers": {
            "lapse_days": terms.remind_after.n + terms.lapse_after.n,
            "close_days": timers.close.days if timers.close else None,
        },
        "expected": msgspec.to_builtins(state_of(name, talk)),
    }
    return found


def written(name: str) -> str:
    """The file of a vector."""
    return json.dumps(vector(name), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def main() -> None:
    """Write every vector."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in SCENARIOS:
        (FOLDER / f"{name}.json").write_text(written(name), encoding="utf-8")


if __name__ == "__main__":
    main()
