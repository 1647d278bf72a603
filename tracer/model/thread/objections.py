"""What the state machine objects to, judged in the past of the message itself.

A message is judged by what its author had seen, never by what crossed it: so a judgement is final,
and both nodes make the same one. The first objection of the list counts; `CODES` says in words what
each means. An objection is not a refusal: the message is valid, stored, shown, and without effect.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from tracer.model.messages import ROLES, Correction, Feedback
from tracer.model.thread import reading
from tracer.model.thread.causality import OPPOSITE, Node, before
from tracer.model.thread.concurrency import ANSWERS
from tracer.model.thread.record import View

CODES: Final = MappingProxyType(
    {
        "role": "this side of the thread does not send this type",
        "not-in-this-thread": "threads of spontaneous information do not know this type",
        "second-opening": "a thread has one opening",
        "after-withdrawal": "its author had seen that nothing is asked any more",
        "after-closing": "its author had seen that the thread is closed",
        "unknown-line": "it names a line that did not stand in its past",
        "about-unknown": "it names a message that did not stand in its past, or was ignored",
        "about-mismatch": "what it names is not of the type or side it can be about",
        "about-recalled": "what it names had been recalled",
        "already-acknowledged": "the request is acknowledged once",
        "already-answered": "what it answers had been answered",
        "nothing-answered": "feedback needs an answer or a refusal",
    }
)
"""Every objection, in the order in which they are asked where one message earns several."""

INFORMATION_TYPES: Final = frozenset(
    {
        "acknowledgement", "more-info", "amend", "feedback", "reminder", "conditions-proposed",
        "conditions-accepted", "conditions-declined", "disclosure-notice", "correction", "recall",
        "consent-asked", "consent-given", "consent-declined",
    }
)  # fmt: skip
"""What follows in a thread of spontaneous information."""

AFTER_WITHDRAWAL: Final = frozenset(
    {
        "disclosure-notice", "consent-asked", "consent-given", "consent-declined", "correction",
        "recall", "feedback",
    }
)  # fmt: skip
"""What is still said when nothing is asked any more: what was given stays bound."""

AFTER_CLOSING: Final = AFTER_WITHDRAWAL | {"amend", "result", "interim", "restricted", "referral"}
"""What is still said in a closed thread; changes and new answers open it again."""

RECALLABLE: Final = frozenset(
    {
        "spontaneous-information", "amend", "more-info", "conditions-proposed", "referral",
        "ground-clarified", "consent-asked", "correction", "delayed", "interim", *ANSWERS,
    }
)  # fmt: skip
"""What can be taken back. A request is withdrawn, an agreement binds."""

_GROUNDED = frozenset({"delayed", "restricted", "refused", "ground-clarified"})
_SUBJECT: Final = {
    "amend": frozenset({"more-info"}),
    "clarify-ground": _GROUNDED,
    "ground-clarified": frozenset({"clarify-ground"}),
    "conditions-accepted": frozenset({"conditions-proposed"}),
    "conditions-declined": frozenset({"conditions-proposed"}),
    "consent-given": frozenset({"consent-asked", "correction"}),
    "consent-declined": frozenset({"consent-asked", "correction"}),
}
"""Types of the other side that these types are about."""
_ANSWERED_ONCE: Final = {
    "ground-clarified": frozenset({"ground-clarified"}),
    "conditions-accepted": frozenset({"conditions-accepted", "conditions-declined"}),
    "conditions-declined": frozenset({"conditions-accepted", "conditions-declined"}),
}
_OTHERS_MESSAGES: Final = frozenset({"disclosure-notice", "consent-asked"})
_OWN: Final = frozenset({"correction", "recall"})

Rule = Callable[[Node, View], str | None]


def objection(node: Node, past: View) -> str | None:
    """The code of what the state machine objects to in `node`, given what its author had seen."""
    return next((code for rule in _RULES if (code := rule(node, past))), None)


def closing(view: View) -> Node | None:
    """The feedback that closes the thread in this view, if nothing has opened it again."""
    side = OPPOSITE["opener"] if _informs(view) else "opener"
    last = view.last(side, ("feedback",))
    if last is None or not isinstance(last.message, Feedback) or not reading.closes(last.message):
        return None
    news = (*ANSWERS, "interim", "amend", "correction", "recall")
    again = (view.last(author, news) for author in OPPOSITE)
    return None if any(n is not None and before(last, n) for n in again) else last


def _informs(view: View) -> bool:
    return reading.is_information(view.record.opening.message)


def _role(node: Node, past: View) -> str | None:
    if node.type in {"request", "spontaneous-information"}:
        return "second-opening"
    if node.author not in ROLES[node.type]:
        return "role"
    if node.type == "feedback" and (node.author == "other") is not _informs(past):
        return "role"
    if _informs(past) and node.type not in INFORMATION_TYPES:
        return "not-in-this-thread"
    return None


def _over(node: Node, past: View) -> str | None:
    if node.type not in AFTER_WITHDRAWAL and past.withdrawn():
        return "after-withdrawal"
    if node.type not in AFTER_CLOSING and closing(past) is not None:
        return "after-closing"
    return None


def _lines(node: Node, past: View) -> str | None:
    named = reading.named_lines(node.message)
    if not named:
        return None
    if not named <= past.lines():
        return "unknown-line"
    if node.type in ANSWERS | {"interim", "more-info"} and named <= past.given_up().keys():
        return "after-withdrawal"
    return None


def _subjects(node: Node, past: View) -> str | None:
    for id_ in reading.about(node.message):
        subject = past.find(id_)
        if subject is None:
            return "about-unknown"
        if not _fits(node, subject):
            return "about-mismatch"
        if node.type not in _OTHERS_MESSAGES and past.recalled(subject):
            return "about-recalled"
    return None


def _fits(node: Node, subject: Node) -> bool:
    if node.type in _OWN:
        return subject.author == node.author and (
            subject.type != "correction"
            if node.type == "correction"
            else subject.type in RECALLABLE
        )
    if node.type in _OTHERS_MESSAGES:
        return subject.author != node.author
    if node.type in _SUBJECT:
        asks = not isinstance(subject.message, Correction) or bool(subject.message.erase)
        return subject.author != node.author and subject.type in _SUBJECT[node.type] and asks
    return True


def _once(node: Node, past: View) -> str | None:
    if node.type == "acknowledgement" and past.last("other", ("acknowledgement",)):
        return "already-acknowledged"
    if node.type in _ANSWERED_ONCE:
        taken = _ANSWERED_ONCE[node.type]
        for id_ in reading.about(node.message):
            if any(reply.type in taken for reply in past.about(id_)):
                return "already-answered"
    return None


def _feedback(node: Node, past: View) -> str | None:
    if node.type != "feedback" or _informs(past) or past.withdrawn():
        return None
    return None if past.last("other", ANSWERS) else "nothing-answered"


_RULES: Final[tuple[Rule, ...]] = (_role, _over, _lines, _subjects, _once, _feedback)
