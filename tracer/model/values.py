"""Field groups of a request: why, where, who, under which law, how soon, how to handle it.

Groups that say something of persons, or in free words, are disclosable and carry the name under
which they stand in a message: `Place`, `Narrative`, `Officer`, `Note` (in `free_text`), `Person`.
All others are coded and stand in the clear part.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from tracer.model.codes import (
    CheckResult,
    Code,
    Concealment,
    FoundWith,
    HandlingCode,
    HandlingLimit,
    IdentityDocument,
    IllicitBasis,
    InformationGrade,
    Instrument,
    LawfulBasis,
    Offence,
    PersonRole,
    RecoveryMode,
    RegisterKind,
    Sex,
    SourceGrade,
    Stage,
    TransportMode,
    UrgencyLevel,
    UrgencyReason,
    of,
)
from tracer.model.firearm import Lines, References
from tracer.model.ids import AuthorityId
from tracer.model.part import Part
from tracer.model.text import Country, Day, LanguageTag, Line, NameText, PartialDate, Text

Countries = Annotated[tuple[Country, ...], Meta(max_length=50)]
Count = Annotated[int, Meta(ge=0, le=10_000_000)]
FieldPath = Annotated[
    str,
    Meta(
        max_length=120,
        pattern="^[a-z_]+(/[a-z0-9_]+)*$",
        description="place in a message: names, and numbers counted from 1 or given ids, with /",
    ),
]


class Handling(Part, frozen=True, kw_only=True):
    """What the recipient may do with the message. Free restrictions stand in `free_text`.

    `cannot_guarantee` is the statement of ITI paragraph 15 that confidentiality cannot be kept.
    """

    code: Annotated[Code, of(HandlingCode)]
    limits: Annotated[tuple[Annotated[Code, of(HandlingLimit)], ...], Meta(max_length=16)] = ()
    industry: bool = False
    third_state: bool = False
    cannot_guarantee: bool = False
    authorities: Annotated[tuple[Line, ...], Meta(max_length=20)] = ()
    delete_by: Day | UnsetType = UNSET
    source_grade: Annotated[Code, of(SourceGrade)] | UnsetType = UNSET
    information_grade: Annotated[Code, of(InformationGrade)] | UnsetType = UNSET


class Requester(Part, frozen=True, kw_only=True):
    """The body that investigates, behind the national authority (Convention article 18(15)(a))."""

    authority: Line = ""
    function: Line = ""
    unit: Line = ""
    case_number: NameText = ""
    court: Line = ""
    court_case_number: NameText = ""


class Urgency(Part, frozen=True, kw_only=True):
    """How soon, and why. `desired_by` is a wish with a reason (Convention article 18(24))."""

    level: Annotated[Code, of(UrgencyLevel)]
    reason: Annotated[Code, of(UrgencyReason)] | UnsetType = UNSET
    desired_by: Day | UnsetType = UNSET
    desired_reason: Annotated[Code, of(UrgencyReason)] | UnsetType = UNSET


class LegalBasis(Part, frozen=True, kw_only=True):
    """The instruments relied on and why the firearm is illicit (ITI paragraph 6)."""

    instruments: Annotated[tuple[Annotated[Code, of(Instrument)], ...], Meta(max_length=16)] = ()
    illicit: Annotated[tuple[Annotated[Code, of(IllicitBasis)], ...], Meta(max_length=8)] = ()
    national_article: Line = ""
    dual_criminality: Line = ""


class Route(Part, frozen=True, kw_only=True):
    """Where the consignment came from and was going."""

    origin: Country | UnsetType = UNSET
    transit: Countries = ()
    destination: Country | UnsetType = UNSET


class Recovery(Part, frozen=True, kw_only=True):
    """How, when and in which country; the exact place is the group `place`.

    `lines` names the firearms of this recovery, empty means all. `quantity` counts the firearms of
    the whole seizure, asked about or not.
    """

    mode: Annotated[Code, of(RecoveryMode)] | UnsetType = UNSET
    date: PartialDate | UnsetType = UNSET
    country: Country | UnsetType = UNSET
    quantity: Count | UnsetType = UNSET
    found_with: Annotated[tuple[Annotated[Code, of(FoundWith)], ...], Meta(max_length=16)] = ()
    concealment: Annotated[Code, of(Concealment)] | UnsetType = UNSET
    transport: Annotated[Code, of(TransportMode)] | UnsetType = UNSET
    route: Route | UnsetType = UNSET
    lines: Lines = ()


Recoveries = Annotated[tuple[Recovery, ...], Meta(max_length=20)]


class Investigation(Part, frozen=True, kw_only=True):
    """Subject and nature of the investigation (Convention article 18(15)(b))."""

    offences: Annotated[tuple[Annotated[Code, of(Offence)], ...], Meta(max_length=20)] = ()
    national_offence: Line = ""
    stage: Annotated[Code, of(Stage)] | UnsetType = UNSET
    organised_crime: bool = False
    other_states: Countries = ()
    references: References = ()


class RegisterSearch(Part, frozen=True, kw_only=True):
    """One register that was searched: which, over which years, when, with what result."""

    register: Annotated[Code, of(RegisterKind)]
    name: Line = ""
    from_year: Annotated[int, Meta(ge=1800, le=2200)] | UnsetType = UNSET
    to_year: Annotated[int, Meta(ge=1800, le=2200)] | UnsetType = UNSET
    result: Annotated[Code, of(CheckResult)] | UnsetType = UNSET
    date: Day | UnsetType = UNSET


Searches = Annotated[tuple[RegisterSearch, ...], Meta(max_length=40)]


class DomesticWork(Part, frozen=True, kw_only=True):
    """What the requesting State has done at home first (domestic trace before international)."""

    searches: Searches = ()


class ThreadLink(Part, frozen=True, kw_only=True):
    """Another thread this one continues, sent only where the handling of that one allows."""

    reference: NameText
    authority: AuthorityId | UnsetType = UNSET


class Place(Part, frozen=True, kw_only=True):
    """Disclosable: the place of recovery. Coordinates are WGS 84 in millionths of a degree."""

    area: Line = ""
    locality: Line = ""
    address: Line = ""
    latitude: Annotated[int, Meta(ge=-90_000_000, le=90_000_000)] | UnsetType = UNSET
    longitude: Annotated[int, Meta(ge=-180_000_000, le=180_000_000)] | UnsetType = UNSET


class Narrative(Part, frozen=True, kw_only=True):
    """Disclosable: facts in words. `circumstances` is ITI paragraph 17(a)."""

    summary: Text = ""
    circumstances: Text = ""
    language: LanguageTag | UnsetType = UNSET


class Note(Part, frozen=True, kw_only=True):
    """Disclosable, in `free_text`: words about one place of the message (`about`, a path)."""

    text: Text
    about: FieldPath | UnsetType = UNSET
    language: LanguageTag | UnsetType = UNSET


Notes = Annotated[tuple[Note, ...], Meta(max_length=64)]


class Officer(Part, frozen=True, kw_only=True):
    """Disclosable: whom to ask."""

    name: Line = ""
    role: Line = ""
    phone: NameText = ""
    mail: Line = ""
    languages: Annotated[tuple[LanguageTag, ...], Meta(max_length=12)] = ()


class PersonDocument(Part, frozen=True, kw_only=True):
    """An identity or company document."""

    kind: Annotated[Code, of(IdentityDocument)]
    number: NameText
    country: Country | UnsetType = UNSET


class Person(Part, frozen=True, kw_only=True):
    """Disclosable: a person or company and what they have to do with which lines."""

    role: Annotated[Code, of(PersonRole)]
    lawful_basis: Annotated[Code, of(LawfulBasis)] | UnsetType = UNSET
    family_name: Line = ""
    given_names: Line = ""
    other_names: Annotated[tuple[Line, ...], Meta(max_length=16)] = ()
    company_name: Line = ""
    birth_date: PartialDate | UnsetType = UNSET
    birth_place: Line = ""
    nationalities: Annotated[tuple[Country, ...], Meta(max_length=8)] = ()
    sex: Annotated[Code, of(Sex)] | UnsetType = UNSET
    documents: Annotated[tuple[PersonDocument, ...], Meta(max_length=16)] = ()
    address: Line = ""
    country: Country | UnsetType = UNSET
    lines: Lines = ()


Persons = Annotated[tuple[Person, ...], Meta(max_length=64)]
