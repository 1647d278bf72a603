"""What either side of a thread may send: conditions, consent, disclosure, correction, recall."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from tracer.model.chain import Answers, ChainParties
from tracer.model.codes import (
    Code,
    ConditionKind,
    ConsentGround,
    CorrectionReason,
    DisclosureDuty,
    DisclosureTo,
    FeedbackOutcome,
    OnwardUse,
    RecallReason,
    ReminderLevel,
    Usefulness,
    of,
)
from tracer.model.firearm import Firearms, LineNumber, Lines
from tracer.model.ids import MessageId
from tracer.model.messages.base import AttachmentKeys, Attachments, Following
from tracer.model.part import Part
from tracer.model.text import Day, PartialDate
from tracer.model.values import Countries, FieldPath, Narrative, Persons, Place, Recoveries

Erasable = Annotated[
    str,
    Meta(
        pattern=(
            "^(persons|chain_parties|place|narrative|officer|free_text"
            "|attachment_key[.]([1-9]|1[0-6]))$"
        ),
        description="name of a disclosure",
    ),
]

ConditionNumber = Annotated[int, Meta(ge=1, le=30)]
ConditionNumbers = Annotated[tuple[ConditionNumber, ...], Meta(max_length=30)]
ConsentGrounds = Annotated[tuple[Annotated[Code, of(ConsentGround)], ...], Meta(max_length=16)]
OnwardUses = Annotated[tuple[Annotated[Code, of(OnwardUse)], ...], Meta(max_length=16)]


class ConditionOffered(Part, frozen=True, kw_only=True):
    """One condition; its words, if any, stand in `free_text` about `conditions/<n>`."""

    n: ConditionNumber
    kind: Annotated[Code, of(ConditionKind)]
    until: Day | UnsetType = UNSET


Conditions = Annotated[tuple[ConditionOffered, ...], Meta(max_length=30)]


class Reminder(Following, frozen=True, kw_only=True, tag="reminder"):
    """A reminder of what is due; `about` is the message whose answer is awaited."""

    about: MessageId | UnsetType = UNSET
    lines: Lines = ()
    level: Annotated[Code, of(ReminderLevel)] | UnsetType = UNSET
    due: Day | UnsetType = UNSET


class LineFeedback(Part, frozen=True, kw_only=True):
    """What became of one line."""

    line: LineNumber
    outcomes: Annotated[tuple[Annotated[Code, of(FeedbackOutcome)], ...], Meta(max_length=16)] = ()


class Feedback(Following, frozen=True, kw_only=True, tag="feedback"):
    """What became of the case, so that the answering State learns from it; closes the thread."""

    outcomes: Annotated[tuple[Annotated[Code, of(FeedbackOutcome)], ...], Meta(max_length=16)] = ()
    lines: Annotated[tuple[LineFeedback, ...], Meta(max_length=200)] = ()
    usefulness: Annotated[Code, of(Usefulness)] | UnsetType = UNSET


class ConditionsProposed(Following, frozen=True, kw_only=True, tag="conditions-proposed"):
    """Conditions offered before a refusal or delay (Convention article 18(26))."""

    conditions: Conditions = ()
    lines: Lines = ()


class ConditionsAccepted(Following, frozen=True, kw_only=True, tag="conditions-accepted"):
    """The conditions of `about` are accepted and bind."""

    about: MessageId


class ConditionsDeclined(Following, frozen=True, kw_only=True, tag="conditions-declined"):
    """The conditions of `about` are declined; `declined` names which, empty means all."""

    about: MessageId
    declined: ConditionNumbers = ()
    grounds: ConsentGrounds = ()


class DisclosureNotice(Following, frozen=True, kw_only=True, tag="disclosure-notice"):
    """Notice before information must be disclosed (Firearms Protocol article 12(5))."""

    about: Annotated[tuple[MessageId, ...], Meta(max_length=50)] = ()
    to: Annotated[Code, of(DisclosureTo)] | UnsetType = UNSET
    duty: Annotated[Code, of(DisclosureDuty)] | UnsetType = UNSET
    on: Day | UnsetType = UNSET
    lines: Lines = ()


class Correction(Following, frozen=True, kw_only=True, tag="correction"):
    """A correction of the sender's own earlier message (`about`); it never changes that message.

    Firearms and answers given here replace those of their line; a group replaces the group of that
    name. `changed` names the places; `erase` asks the recipient to erase groups of `about`, which
    it answers by consent given or declined, never by itself.
    """

    about: MessageId
    reason: Annotated[Code, of(CorrectionReason)] | UnsetType = UNSET
    changed: Annotated[tuple[FieldPath, ...], Meta(max_length=100)] = ()
    erase: Annotated[tuple[Erasable, ...], Meta(max_length=24)] = ()
    firearms: Firearms = ()
    recoveries: Recoveries = ()
    answers: Answers = ()
    attachments: Attachments = ()
    persons: Persons | UnsetType = UNSET
    chain_parties: ChainParties | UnsetType = UNSET
    place: Place | UnsetType = UNSET
    narrative: Narrative | UnsetType = UNSET
    attachment_keys: AttachmentKeys | UnsetType = UNSET


class Recall(Following, frozen=True, kw_only=True, tag="recall"):
    """The sender takes back its own earlier message (`about`): not to be used any more."""

    about: MessageId
    reason: Annotated[Code, of(RecallReason)] | UnsetType = UNSET


class ConsentAsked(Following, frozen=True, kw_only=True, tag="consent-asked"):
    """A question for consent to a use beyond the stated purpose (Convention article 18(19))."""

    about: Annotated[tuple[MessageId, ...], Meta(max_length=50)] = ()
    uses: OnwardUses = ()
    countries: Countries = ()
    lines: Lines = ()


class ConsentGiven(Following, frozen=True, kw_only=True, tag="consent-given"):
    """Consent to what `about` asked: a use beyond the purpose, or an erasure that was carried out.

    Empty `uses` or `erased` means all that was asked.
    """

    about: MessageId
    uses: OnwardUses = ()
    erased: Annotated[tuple[Erasable, ...], Meta(max_length=24)] = ()
    conditions: Conditions = ()
    until: PartialDate | UnsetType = UNSET


class ConsentDeclined(Following, frozen=True, kw_only=True, tag="consent-declined"):
    """Consent to what `about` asked is declined."""

    about: MessageId
    grounds: ConsentGrounds = ()
