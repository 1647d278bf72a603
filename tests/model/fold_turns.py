"""Scenarios of a thread as a whole: answered, withdrawn, asked back, delayed, refused, closed."""

from __future__ import annotations

from tests.model.fold_cases import scenario
from tests.model.threads import DELAY, RECEIVED, REFUSAL, Talk, code, firearm, result


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
