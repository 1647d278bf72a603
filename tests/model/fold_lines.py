"""Scenarios of lines apart, of what is put right, consented to and erased, and of information."""

from __future__ import annotations

from tests.model.fold_cases import scenario
from tests.model.fold_turns import acknowledged, answer_crossed_withdrawal, answered, closed
from tests.model.threads import RECEIVED, REFUSAL, Talk, code, firearm, result, step


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
