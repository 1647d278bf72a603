"""How a simulated authority behaves: from what a case awaits of it to what it says next.

Example:
    >>> owed = ("acknowledgement", "answer")
    >>> asked = Seen(opened="request", owes=owed, said=(), heard=("request",))
    >>> reply(Temper.PROMPT, asked), reply(Temper.SILENT, asked)
    ('acknowledgement', None)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

SILENCE: Final = 2
"""Reminders and enquiries after which a silent authority says that somebody has taken the case."""


class Temper(StrEnum):
    """The ways in which authorities of an exercise behave."""

    PROMPT = "prompt"
    """Takes a request at once and answers it with a chain."""
    CAREFUL = "careful"
    """Asks about the serial first, answers when that is told."""
    SLOW = "slow"
    """Postpones with a day of review; has found nothing when somebody asks how it stands."""
    STRICT = "strict"
    """Refuses on a ground, and explains the ground."""
    BOUND = "bound"
    """Proposes conditions, and answers if they are accepted."""
    SILENT = "silent"
    """Says nothing until it is reminded twice, and nothing of substance then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a simulated authority sees of a case, oldest first where there is an order."""

    opened: str
    """Type of the opening message."""
    owes: tuple[str, ...]
    """What it owes, as `model.thread` names it."""
    said: tuple[str, ...]
    """Types of its own messages."""
    heard: tuple[str, ...]
    """Types of the messages of the other side."""


def reply(temper: Temper, seen: Seen) -> str | None:
    """The type of message this authority says next; None if it has nothing to say."""
    if temper is Temper.SILENT and _asked_again(seen) < SILENCE:
        return None
    for owed, kind in _PLAIN.items():
        if owed in seen.owes:
            return _DECLINES.get(kind, kind) if temper is Temper.STRICT else kind
    if seen.opened == "request" and not {"answer", "review", "progress"}.isdisjoint(seen.owes):
        return _ANSWERS[temper](seen)
    return None


def _asked_again(seen: Seen) -> int:
    return sum(kind in {"reminder", "progress-enquiry"} for kind in seen.heard)


def _prompt(_: Seen) -> str | None:
    return "result"


def _careful(seen: Seen) -> str | None:
    return "result" if "more-info" in seen.said else "more-info"


def _slow(seen: Seen) -> str | None:
    if "delayed" not in seen.said:
        return "delayed"
    return "no-record" if _asked_again(seen) else None


def _strict(_: Seen) -> str | None:
    return "refused"


def _bound(seen: Seen) -> str | None:
    if "conditions-proposed" not in seen.said:
        return "conditions-proposed"
    if "conditions-declined" in seen.heard:
        return "refused"
    return "result" if "conditions-accepted" in seen.heard else None


def _silent(_: Seen) -> str | None:
    return None


_PLAIN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "acknowledgement": "acknowledgement",
        "clarification": "ground-clarified",
        "consent": "consent-given",
        "decision": "conditions-accepted",
        "feedback": "feedback",
        "information": "amend",
    }
)
"""What is owed, and what everybody but the strict one says to it; what comes first first."""
_DECLINES: Final[Mapping[str, str]] = MappingProxyType({"consent-given": "consent-declined"})
_ANSWERS: Final[Mapping[Temper, Callable[[Seen], str | None]]] = MappingProxyType(
    {
        Temper.PROMPT: _prompt,
        Temper.CAREFUL: _careful,
        Temper.SLOW: _slow,
        Temper.STRICT: _strict,
        Temper.BOUND: _bound,
        Temper.SILENT: _silent,
    }
)
