"""What happened, in words people use: who did what, where a request stands, what is awaited.

English; other languages are made from the same codes elsewhere. `{peer}` and `{we}` become names.
What it does not do: read the store, or say anything that is not in the coded fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from tracer.exchange.accuse import FaultKind
from tracer.model.chain import LineAnswer
from tracer.model.codes import Code, ResultCode, label
from tracer.model.messages import ROLES, AnyMessage, type_of
from tracer.model.routing import exports_of
from tracer.model.tables import country_name
from tracer.model.thread import State

SAID: Final[Mapping[str, str]] = {
    "request": "asked for a trace",
    "spontaneous-information": "gave information without being asked",
    "amend": "changed or completed the request",
    "withdraw": "withdrew the request",
    "reminder": "sent a reminder",
    "progress-enquiry": "asked where the request stands",
    "clarify-ground": "asked about the ground that was given",
    "feedback": "told what became of the case",
    "acknowledgement": "confirmed that a person has taken it",
    "more-info": "asked for more information",
    "interim": "gave a first, partial answer",
    "result": "answered",
    "no-record": "found no record",
    "unidentifiable": "could not identify the firearm",
    "delayed": "postponed the answer",
    "restricted": "left something out of the answer",
    "refused": "refused",
    "conditions-proposed": "proposed conditions",
    "conditions-accepted": "accepted the conditions",
    "conditions-declined": "declined the conditions",
    "referral": "named another State that holds the record",
    "disclosure-notice": "gave notice that information must be disclosed",
    "correction": "corrected an earlier message",
    "recall": "took back an earlier message",
    "consent-asked": "asked for consent to a further use",
    "consent-given": "gave consent",
    "consent-declined": "declined consent",
    "ground-clarified": "explained the ground",
}
"""What somebody did by sending a message of a type."""

HELD: Final[Mapping[str, str]] = {
    FaultKind.LOG_FORK: "signed two states of its log that contradict each other",
    FaultKind.LOG_CLOSED: "goes on with a log that it had closed for ever",
    FaultKind.LOG_UNPROVEN: "did not prove for a day that its log goes on from what we saw of it",
    FaultKind.WITNESS_FORK: "asked us to witness two states of its log that contradict each other",
    FaultKind.THREAD_FORKED: "wrote two different messages in one place of a case",
    FaultKind.RECEIPT_TWICE: "gave two different receipts for one message",
    FaultKind.RETURNED: "returned a message that does not count as it came",
    FaultKind.RECEIPT_TIME: "gave a receipt whose time cannot be right: its clock or ours is off",
    FaultKind.ENTRY_APART: "handed on an entry that does not follow from the one held here",
    FaultKind.KEY_REVOKED: "sent a message signed with a key that it has revoked: it was refused",
}
"""What an authority did that is held against it; the evidence is kept."""

STANDS: Final[Mapping[str, str]] = {
    State.INFO_REQUESTED: "more information was asked for",
    State.CONDITIONS: "conditions are being agreed",
    State.REOPENED: "opened again",
    State.DELIVERED: "delivered to their system, nobody has taken it yet",
    State.ACKNOWLEDGED: "a person has taken it",
    State.IN_PROGRESS: "being worked on",
    State.DELAYED: "postponed",
    State.LAPSED: "lapsed, a question was not answered",
    State.REFUSED: "refused",
    State.ANSWERED: "answered",
    State.CLOSED: "closed",
    State.WITHDRAWN: "withdrawn",
}
"""A state of a case, in words."""
SENT: Final = "SENT"
"""State of a case row whose opening message has no receipt yet (`exchange.projection`)."""
ON_ITS_WAY: Final = "on its way"
"""What was released and has no receipt yet."""
PURGED: Final = "deleted after its retention"
"""A case whose content is gone."""

ANSWERING: Final = frozenset({"conditions-proposed"})
"""Types that the protocol lets both sides send, and that are of use to the one that answers."""
NOWHERE: Final = "Exported; to which State is not said"
"""An export of which nothing says where it went."""
_CODED: Final = ("grounds", "reasons", "outcomes", "withheld")


def senders(kind: str) -> frozenset[str]:
    """Which sides of a case a type is offered to; the protocol may take it from the other, too."""
    return ROLES[kind] - {"opener"} if kind in ANSWERING else ROLES[kind]


def said(message: AnyMessage | None, kind: str) -> str:
    """What a message did, with its coded outcome; of a deleted one only its type is left."""
    words = SAID.get(kind, kind)
    if message is None:
        return f"{words} (content deleted)"
    codes = dict.fromkeys(came(code, getattr(message, "answers", ())) for code in coded(message))
    return f"{words}: {', '.join(codes)}" if codes else words


def came(code: Code, answers: Iterable[LineAnswer]) -> str:
    """A code of what came of it in words; an export with the States that the answers name."""
    if not code.is_(ResultCode.EXPORTED_TO):
        return label(code)
    states = exports_of(code, answers)
    return f"Exported to {listed(map(country_name, states))}" if states else NOWHERE


def listed(words: Iterable[str]) -> str:
    """`A, B and C`."""
    *before, last = words
    return f"{', '.join(before)} and {last}" if before else last


def stands(state: str, kind: str = "") -> str:
    """Where a case stands; `kind` is the type of the opening message."""
    if state == SENT:
        return ON_ITS_WAY
    if state == State.DELIVERED and kind == "spontaneous-information":
        return "delivered to their system"
    return STANDS.get(state, state.lower().replace("_", " "))


def coded(message: AnyMessage) -> tuple[Code, ...]:
    """The codes that say what came of it: grounds, reasons, outcomes, what is left out."""
    found: list[Code] = []
    for name in _CODED:
        found.extend(getattr(message, name, ()))
    if type_of(message) in {"result", "interim"}:
        for answer in getattr(message, "answers", ()):
            found.extend(answer.outcomes)
    return tuple(found)
