"""What the State that opens a thread sends: the request, its changes, and what it says later."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from tracer.model.chain import Answers, ChainParties
from tracer.model.codes import (
    Asked,
    Code,
    Ground,
    IntendedUse,
    RequestKind,
    WithdrawReason,
    of,
)
from tracer.model.firearm import Firearms, Lines, References
from tracer.model.ids import MessageId, Reference
from tracer.model.messages.base import AttachmentKeys, Attachments, Following, Opening
from tracer.model.text import Day, Digest
from tracer.model.values import (
    Countries,
    DomesticWork,
    Investigation,
    LegalBasis,
    Narrative,
    Persons,
    Place,
    Recoveries,
    Requester,
    ThreadLink,
    Urgency,
)

IntendedUses = Annotated[tuple[Annotated[Code, of(IntendedUse)], ...], Meta(max_length=16)]
AskedFor = Annotated[tuple[Annotated[Code, of(Asked)], ...], Meta(max_length=24)]
Links = Annotated[tuple[ThreadLink, ...], Meta(max_length=16)]
Grounds = Annotated[tuple[Annotated[Code, of(Ground)], ...], Meta(max_length=16)]


class Request(Opening, frozen=True, kw_only=True, tag="request"):
    """A tracing request (ITI paragraph 17, Convention article 18(15), Protocol article 12(4)).

    `terms` is the SHA-256 of the recipient's terms it was written under. `standing_until` allows
    the recipient to report later matches until that day.
    """

    terms: Digest
    reference: Reference
    kind: Annotated[Code, of(RequestKind)] | UnsetType = UNSET
    requester: Requester | UnsetType = UNSET
    urgency: Urgency | UnsetType = UNSET
    legal_basis: LegalBasis | UnsetType = UNSET
    firearms: Firearms = ()
    recoveries: Recoveries = ()
    investigation: Investigation | UnsetType = UNSET
    intended_use: IntendedUses = ()
    asked: AskedFor = ()
    domestic_work: DomesticWork | UnsetType = UNSET
    also_sent_to: Countries = ()
    links: Links = ()
    references: References = ()
    standing_until: Day | UnsetType = UNSET
    attachments: Attachments = ()
    persons: Persons | UnsetType = UNSET
    place: Place | UnsetType = UNSET
    narrative: Narrative | UnsetType = UNSET
    attachment_keys: AttachmentKeys | UnsetType = UNSET


class SpontaneousInformation(Opening, frozen=True, kw_only=True, tag="spontaneous-information"):
    """Information without a request (Convention article 18(4)-(5)); it may carry a known chain."""

    reference: Reference
    requester: Requester | UnsetType = UNSET
    legal_basis: LegalBasis | UnsetType = UNSET
    firearms: Firearms = ()
    recoveries: Recoveries = ()
    investigation: Investigation | UnsetType = UNSET
    intended_use: IntendedUses = ()
    answers: Answers = ()
    links: Links = ()
    references: References = ()
    attachments: Attachments = ()
    persons: Persons | UnsetType = UNSET
    chain_parties: ChainParties | UnsetType = UNSET
    place: Place | UnsetType = UNSET
    narrative: Narrative | UnsetType = UNSET
    attachment_keys: AttachmentKeys | UnsetType = UNSET


class Amend(Following, frozen=True, kw_only=True, tag="amend"):
    """A change of what was asked, or the answer to a request for information (`about`).

    A group that is present replaces the group of that name; a firearm replaces the line of its
    number or is a new line; `dropped` names lines that are no longer asked about.
    """

    about: MessageId | UnsetType = UNSET
    requester: Requester | UnsetType = UNSET
    urgency: Urgency | UnsetType = UNSET
    legal_basis: LegalBasis | UnsetType = UNSET
    firearms: Firearms = ()
    dropped: Lines = ()
    recoveries: Recoveries = ()
    investigation: Investigation | UnsetType = UNSET
    intended_use: IntendedUses = ()
    asked: AskedFor = ()
    domestic_work: DomesticWork | UnsetType = UNSET
    also_sent_to: Countries = ()
    links: Links = ()
    references: References = ()
    standing_until: Day | UnsetType = UNSET
    attachments: Attachments = ()
    persons: Persons | UnsetType = UNSET
    place: Place | UnsetType = UNSET
    narrative: Narrative | UnsetType = UNSET
    attachment_keys: AttachmentKeys | UnsetType = UNSET


class Withdraw(Following, frozen=True, kw_only=True, tag="withdraw"):
    """The request is no longer needed, as a whole or for some lines (Convention 18(24))."""

    lines: Lines = ()
    reason: Annotated[Code, of(WithdrawReason)] | UnsetType = UNSET


class ProgressEnquiry(Following, frozen=True, kw_only=True, tag="progress-enquiry"):
    """A question where the request stands (Convention article 18(24))."""

    lines: Lines = ()


class ClarifyGround(Following, frozen=True, kw_only=True, tag="clarify-ground"):
    """A question about a ground that was given (ITI paragraph 23). `about` is that message."""

    about: MessageId
    grounds: Grounds = ()
    lines: Lines = ()
