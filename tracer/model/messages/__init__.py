"""The 28 message types of the exchange, as frozen Structs in one tagged union.

Names, roles and groups are closed and stand in the tables here: `TYPES` (wire name to class),
`OPENING` (what opens a thread), `ROLES` (which side of a thread may send what) and `DISCLOSABLE`
(which fields of a type travel as separate disclosures and may be missing). Only the structural
minimum is required, so that drafts exist; the linter judges completeness before anything is sent.

What they do not do: read or write the wire (`wire`), or say what a message changes (`thread`).

Example:
    >>> sorted(OPENING), ROLES["result"]
    (['request', 'spontaneous-information'], frozenset({'other'}))
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, get_args

from msgspec.structs import fields

from tracer.model.messages.answering import (
    Acknowledgement,
    Delayed,
    GroundClarified,
    Interim,
    MoreInfo,
    NoRecord,
    Question,
    Referral,
    Refused,
    Restricted,
    Result,
    Unidentifiable,
)
from tracer.model.messages.asking import (
    Amend,
    ClarifyGround,
    ProgressEnquiry,
    Request,
    SpontaneousInformation,
    Withdraw,
)
from tracer.model.messages.base import VERSION, Following, Message, Opening
from tracer.model.messages.either import (
    ConditionOffered,
    ConditionsAccepted,
    ConditionsDeclined,
    ConditionsProposed,
    ConsentAsked,
    ConsentDeclined,
    ConsentGiven,
    Correction,
    DisclosureNotice,
    Feedback,
    LineFeedback,
    Recall,
    Reminder,
)

AnyOpening = Request | SpontaneousInformation
AnyMessage = (
    Request
    | SpontaneousInformation
    | Amend
    | Withdraw
    | Reminder
    | ProgressEnquiry
    | ClarifyGround
    | Feedback
    | Acknowledgement
    | MoreInfo
    | Interim
    | Result
    | NoRecord
    | Unidentifiable
    | Delayed
    | Restricted
    | Refused
    | ConditionsProposed
    | ConditionsAccepted
    | ConditionsDeclined
    | Referral
    | DisclosureNotice
    | Correction
    | Recall
    | ConsentAsked
    | ConsentGiven
    | ConsentDeclined
    | GroundClarified
)

GROUPS: Final = (
    "persons",
    "chain_parties",
    "place",
    "narrative",
    "officer",
    "free_text",
    "attachment_keys",
)
"""Field names that are disclosable wherever they stand. `attachment_keys` travels key by key."""


def type_of(message: Message | type[Message]) -> str:
    """The wire name of a message or message class."""
    return str(message.__struct_config__.tag)


TYPES: Final = MappingProxyType({type_of(kind): kind for kind in get_args(AnyMessage)})
"""Message class by wire name."""

OPENING: Final = frozenset(type_of(kind) for kind in get_args(AnyOpening))
"""Types that open a thread; their id is the thread's id."""

_OPENER = frozenset({"opener"})
_OTHER = frozenset({"other"})
_BOTH = _OPENER | _OTHER

ROLES: Final = MappingProxyType(
    {
        "request": _OPENER,
        "spontaneous-information": _OPENER,
        "amend": _OPENER,
        "withdraw": _OPENER,
        "reminder": _BOTH,
        "progress-enquiry": _OPENER,
        "clarify-ground": _OPENER,
        "feedback": _BOTH,
        "acknowledgement": _OTHER,
        "more-info": _OTHER,
        "interim": _OTHER,
        "result": _OTHER,
        "no-record": _OTHER,
        "unidentifiable": _OTHER,
        "delayed": _OTHER,
        "restricted": _OTHER,
        "refused": _OTHER,
        "conditions-proposed": _BOTH,
        "conditions-accepted": _BOTH,
        "conditions-declined": _BOTH,
        "referral": _OTHER,
        "disclosure-notice": _BOTH,
        "correction": _BOTH,
        "recall": _BOTH,
        "consent-asked": _BOTH,
        "consent-given": _BOTH,
        "consent-declined": _BOTH,
        "ground-clarified": _OTHER,
    }
)
"""Which side of a thread may send a type: the State that opened it, the other, or both."""

DISCLOSABLE: Final = MappingProxyType(
    {
        name: tuple(group for group in GROUPS if group in {field.name for field in fields(kind)})
        for name, kind in TYPES.items()
    }
)
"""Disclosable groups of each type, in a fixed order."""

__all__ = [
    "DISCLOSABLE",
    "GROUPS",
    "OPENING",
    "ROLES",
    "TYPES",
    "VERSION",
    "Acknowledgement",
    "Amend",
    "AnyMessage",
    "AnyOpening",
    "ClarifyGround",
    "ConditionOffered",
    "ConditionsAccepted",
    "ConditionsDeclined",
    "ConditionsProposed",
    "ConsentAsked",
    "ConsentDeclined",
    "ConsentGiven",
    "Correction",
    "Delayed",
    "DisclosureNotice",
    "Feedback",
    "Following",
    "GroundClarified",
    "Interim",
    "LineFeedback",
    "Message",
    "MoreInfo",
    "NoRecord",
    "Opening",
    "ProgressEnquiry",
    "Question",
    "Recall",
    "Referral",
    "Refused",
    "Reminder",
    "Request",
    "Restricted",
    "Result",
    "SpontaneousInformation",
    "Unidentifiable",
    "Withdraw",
    "type_of",
]
