"""What an answer says about one line: outcome, chain of events, candidates, registers searched.

A chain runs forward in time from manufacture to the point at which the firearm became illicit (ITI
paragraph 5). An event names its parties by number only; who they are stands in the disclosable
group `chain_parties`, so that the chain stays whole when a name is withheld or erased.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from tracer.model.codes import (
    ChainEventKind,
    ChainPartyKind,
    Code,
    Confidence,
    DestructionMethod,
    DocumentKind,
    MatchField,
    OnwardReason,
    RegisterKind,
    ResultCode,
    of,
)
from tracer.model.firearm import Firearm, LineNumber, Named
from tracer.model.part import Part
from tracer.model.text import Country, Line, NameText, PartialDate
from tracer.model.values import Count, Countries, PersonDocument, Searches

MAX_EVENTS = 100

EventNumber = Annotated[int, Meta(ge=1, le=MAX_EVENTS)]
PartyNumber = Annotated[int, Meta(ge=1, le=500)]


class ChainDocument(Part, frozen=True, kw_only=True):
    """The record behind an event."""

    kind: Annotated[Code, of(DocumentKind)]
    number: NameText = ""
    issued: PartialDate | UnsetType = UNSET
    expires: PartialDate | UnsetType = UNSET
    issued_in: Country | UnsetType = UNSET


class Licence(Part, frozen=True, kw_only=True):
    """Export or import licence: the minimum of Firearms Protocol articles 7(b) and 10."""

    number: NameText = ""
    issued: PartialDate | UnsetType = UNSET
    expires: PartialDate | UnsetType = UNSET
    issued_in: Country | UnsetType = UNSET
    export_country: Country | UnsetType = UNSET
    import_country: Country | UnsetType = UNSET
    transit: Countries = ()
    final_recipient: PartyNumber | UnsetType = UNSET
    quantity: Count | UnsetType = UNSET
    description: Line = ""


class ChainEvent(Part, frozen=True, kw_only=True):
    """One event. `n` orders the chain; parties are numbers of `ChainParty` in the same message."""

    n: EventNumber
    kind: Annotated[Code, of(ChainEventKind)]
    date: PartialDate | UnsetType = UNSET
    circa: bool = False
    country: Country | UnsetType = UNSET
    from_party: PartyNumber | UnsetType = UNSET
    to_party: PartyNumber | UnsetType = UNSET
    document: ChainDocument | UnsetType = UNSET
    licence: Licence | UnsetType = UNSET
    register: Annotated[Code, of(RegisterKind)] | UnsetType = UNSET
    register_name: Line = ""
    destruction: Annotated[Code, of(DestructionMethod)] | UnsetType = UNSET
    confidence: Annotated[Code, of(Confidence)] | UnsetType = UNSET


class ChainParty(Part, frozen=True, kw_only=True):
    """Disclosable, in `chain_parties`: who stands at one end of an event."""

    n: PartyNumber
    kind: Annotated[Code, of(ChainPartyKind)] | UnsetType = UNSET
    name: Line = ""
    given_names: Line = ""
    birth_date: PartialDate | UnsetType = UNSET
    country: Country | UnsetType = UNSET
    address: Line = ""
    documents: Annotated[tuple[PersonDocument, ...], Meta(max_length=8)] = ()


ChainParties = Annotated[tuple[ChainParty, ...], Meta(max_length=500)]


class Difference(Part, frozen=True, kw_only=True):
    """One identifier in which a candidate differs: as asked, as recorded."""

    field: Annotated[Code, of(MatchField)]
    asked: NameText = ""
    recorded: NameText = ""


class Match(Part, frozen=True, kw_only=True):
    """A recorded firearm that may be the one asked about, for a person to judge."""

    n: Annotated[int, Meta(ge=1, le=50)]
    serial: NameText = ""
    make: Named | UnsetType = UNSET
    model: Named | UnsetType = UNSET
    calibre: Named | UnsetType = UNSET
    year: Annotated[int, Meta(ge=1300, le=2200)] | UnsetType = UNSET
    agrees: Annotated[tuple[Annotated[Code, of(MatchField)], ...], Meta(max_length=16)] = ()
    differs: Annotated[tuple[Difference, ...], Meta(max_length=16)] = ()
    confidence: Annotated[Code, of(Confidence)] | UnsetType = UNSET


class OnwardHint(Part, frozen=True, kw_only=True):
    """Another State that may hold the record, and why."""

    country: Country
    reason: Annotated[Code, of(OnwardReason)] | UnsetType = UNSET


Hints = Annotated[tuple[OnwardHint, ...], Meta(max_length=20)]


class LineAnswer(Part, frozen=True, kw_only=True):
    """The answer to one line of the request.

    `identified` is the right identification where the outcome is MISIDENTIFIED.
    """

    line: LineNumber
    outcomes: Annotated[tuple[Annotated[Code, of(ResultCode)], ...], Meta(max_length=8)] = ()
    chain: Annotated[tuple[ChainEvent, ...], Meta(max_length=MAX_EVENTS)] = ()
    confidence: Annotated[Code, of(Confidence)] | UnsetType = UNSET
    matches: Annotated[tuple[Match, ...], Meta(max_length=50)] = ()
    identified: Firearm | UnsetType = UNSET
    searched: Searches = ()
    onward: Hints = ()


Answers = Annotated[tuple[LineAnswer, ...], Meta(max_length=200)]
