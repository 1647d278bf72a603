"""The firearm as the requesting authority has it before it: marks, condition, identification.

Every line of a request is one `Firearm` with its own number and its own answer. Text is kept as
marked, verbatim and in any script; codes and normal forms stand beside it and never replace it.
Only `line` and the kind of a mark are structurally required: the linter judges completeness, so
that drafts and poor finds can exist.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from tracer.model.attachments import MAX_ATTACHMENTS, AttachmentNumber
from tracer.model.codes import (
    Action,
    Code,
    ConditionFlag,
    Finish,
    FirearmType,
    MarkCondition,
    MarkKind,
    MarkLocation,
    ObjectKind,
    PartKind,
    ReadingState,
    ReferenceScheme,
    Restoration,
    RestorationMethod,
    of,
)
from tracer.model.part import Part
from tracer.model.text import Country, Line, NameText, Script

MAX_LINES = 200
MAX_MARKS = 40

LineNumber = Annotated[int, Meta(ge=1, le=MAX_LINES)]
Lines = Annotated[tuple[LineNumber, ...], Meta(max_length=MAX_LINES)]
"""Lines of the request a message speaks of; empty means all of them."""
Year = Annotated[int, Meta(ge=1300, le=2200)]
Millimetres = Annotated[int, Meta(ge=1, le=20_000)]
Percent = Annotated[int, Meta(ge=0, le=100)]
Position = Annotated[int, Meta(ge=1, le=100)]
Photos = Annotated[tuple[AttachmentNumber, ...], Meta(max_length=MAX_ATTACHMENTS)]


class ExternalReference(Part, frozen=True, kw_only=True):
    """The number of this case, firearm or request in another system."""

    scheme: Annotated[Code, of(ReferenceScheme)]
    value: NameText
    country: Country | UnsetType = UNSET


References = Annotated[tuple[ExternalReference, ...], Meta(max_length=32)]


class Mark(Part, frozen=True, kw_only=True):
    """One mark: what it is, where it stands, what is read and how surely.

    `text` is as marked, with `?` for one character that cannot be read. `unreadable` and
    `confidence` count characters of `text` from 1; `confidence` has one percentage a character.
    `identity` says that this authority's records key on this mark.
    """

    kind: Annotated[Code, of(MarkKind)]
    location: Annotated[Code, of(MarkLocation)] | UnsetType = UNSET
    text: NameText = ""
    script: Script | UnsetType = UNSET
    normalised: NameText = ""
    reading: Annotated[Code, of(ReadingState)] | UnsetType = UNSET
    unreadable: Annotated[tuple[Position, ...], Meta(max_length=100)] = ()
    confidence: Annotated[tuple[Percent, ...], Meta(max_length=100)] = ()
    symbol: Line = ""
    country: Country | UnsetType = UNSET
    year: Year | UnsetType = UNSET
    identity: bool = False
    photos: Photos = ()


class Condition(Part, frozen=True, kw_only=True):
    """State of the marks as a whole, restoration, and what the object is."""

    state: Annotated[Code, of(MarkCondition)]
    restoration: Annotated[Code, of(Restoration)] | UnsetType = UNSET
    method: Annotated[Code, of(RestorationMethod)] | UnsetType = UNSET
    flags: Annotated[tuple[Annotated[Code, of(ConditionFlag)], ...], Meta(max_length=20)] = ()


class Named(Part, frozen=True, kw_only=True):
    """A make, model or calibre: as marked, in normal form, as a code of a reference list."""

    as_marked: NameText = ""
    normalised: NameText = ""
    code: Code | UnsetType = UNSET


class Firearm(Part, frozen=True, kw_only=True):
    """One line: a firearm, a part or ammunition. Lengths are in millimetres.

    `year_to` closes a span that `year_of_manufacture` opens, where only a span is known.
    """

    line: LineNumber
    object: Annotated[Code, of(ObjectKind)] | UnsetType = UNSET
    part: Annotated[Code, of(PartKind)] | UnsetType = UNSET
    type: Annotated[Code, of(FirearmType)] | UnsetType = UNSET
    action: Annotated[Code, of(Action)] | UnsetType = UNSET
    make: Named | UnsetType = UNSET
    model: Named | UnsetType = UNSET
    calibre: Named | UnsetType = UNSET
    country_of_manufacture: Country | UnsetType = UNSET
    year_of_manufacture: Year | UnsetType = UNSET
    year_to: Year | UnsetType = UNSET
    barrel_mm: Millimetres | UnsetType = UNSET
    overall_mm: Millimetres | UnsetType = UNSET
    capacity: Annotated[int, Meta(ge=0, le=10_000)] | UnsetType = UNSET
    finish: Annotated[Code, of(Finish)] | UnsetType = UNSET
    quantity: Annotated[int, Meta(ge=1, le=10_000_000)] = 1
    marks: Annotated[tuple[Mark, ...], Meta(max_length=MAX_MARKS)] = ()
    condition: Condition | UnsetType = UNSET
    references: References = ()
    photos: Photos = ()


Firearms = Annotated[tuple[Firearm, ...], Meta(max_length=MAX_LINES)]
