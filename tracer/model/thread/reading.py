"""What the fold reads from a message: what it is about, which lines it speaks of.

Only coded fields of the clear part are read, so that a withheld or erased group changes no state.
"""

from __future__ import annotations

from collections.abc import Collection

from msgspec import UNSET

from tracer.model.chain import LineAnswer
from tracer.model.codes import Code, FeedbackOutcome
from tracer.model.firearm import Firearm
from tracer.model.messages import (
    Amend,
    AnyMessage,
    Correction,
    Feedback,
    Interim,
    MoreInfo,
    Result,
    SpontaneousInformation,
)

WHOLE = 0
"""The number of the one line of a thread that names no firearm."""


def about(message: AnyMessage) -> tuple[str, ...]:
    """The messages that this one names as its subject."""
    named = getattr(message, "about", ())
    if isinstance(named, str):
        return (named,)
    return tuple(named) if named is not UNSET else ()


def firearms(message: AnyMessage) -> tuple[Firearm, ...]:
    """The lines that this message describes."""
    return getattr(message, "firearms", ())


def answers(message: AnyMessage) -> tuple[LineAnswer, ...]:
    """The answers to single lines that this message gives."""
    return getattr(message, "answers", ())


def grounds(message: AnyMessage) -> tuple[Code, ...]:
    """The grounds that this message states."""
    return getattr(message, "grounds", ())


def named_lines(message: AnyMessage) -> frozenset[int]:
    """The lines that this message names; empty means that it speaks of all."""
    if isinstance(message, Feedback):
        return frozenset(entry.line for entry in message.lines)
    lines = frozenset(getattr(message, "lines", ()))
    if isinstance(message, Interim | Result):
        return lines | {answer.line for answer in message.answers}
    if isinstance(message, MoreInfo) and not lines:
        asked = [question.line for question in message.questions]
        if all(line is not UNSET for line in asked):
            return frozenset(line for line in asked if line is not UNSET)
    if isinstance(message, Correction):
        return frozenset(answer.line for answer in message.answers)
    if isinstance(message, Amend):
        return frozenset(message.dropped)
    return lines


def covered(message: AnyMessage, known: Collection[int]) -> frozenset[int]:
    """The lines this message speaks of, given the lines that stood when it was written."""
    return named_lines(message) or frozenset(known)


_MAJOR = (
    "legal_basis",
    "recoveries",
    "investigation",
    "intended_use",
    "asked",
    "domestic_work",
    "attachments",
)
_MINOR = ("requester", "urgency", "also_sent_to", "links", "references", "standing_until")


def reopened(change: AnyMessage, lines: frozenset[int]) -> frozenset[int]:
    """Which of these lines a change by the opener concerns, so that an older answer is not enough.

    A firearm given anew concerns its line; a change of the case concerns all lines; a change of
    urgency, addressees or references concerns none; one that holds only disclosable groups, all.
    """
    given = frozenset(firearm.line for firearm in firearms(change))
    if isinstance(change, Correction):
        everything = not (given or change.erase)
    elif isinstance(change, Amend):
        minor = any(getattr(change, name) for name in _MINOR)
        everything = not (given or change.dropped or minor)
        everything = everything or any(getattr(change, name) for name in _MAJOR)
    else:
        return frozenset()
    return lines if everything else lines & given


def closes(message: Feedback) -> bool:
    """Whether this feedback closes the thread: not while the case is said to be still open."""
    return not any(outcome.is_(FeedbackOutcome.STILL_OPEN) for outcome in message.outcomes)


def urgency_of(message: AnyMessage) -> str:
    """The urgency level stated here, or empty."""
    stated = getattr(message, "urgency", UNSET)
    return str(stated.level.value) if stated else ""


def is_information(message: AnyMessage) -> bool:
    """Whether this opens a thread of spontaneous information."""
    return isinstance(message, SpontaneousInformation)
