"""A field is called on a form as it is where it is read, unless the form asks it as a question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import fields

from tests.desk.test_filters import speech
from tracer.model.codes import Code, IdentityDocument, code
from tracer.model.messages import TYPES
from tracer.model.naming import OWN, label_of
from tracer.model.values import PersonDocument
from tracer.web.ui.details import fields_of
from tracer.web.ui.message_forms.papering import REQUEST
from tracer.web.ui.message_forms.parts import Entry, Group, Part, Rows
from tracer.web.ui.message_forms.shapes import SHAPES

ANYWHERE = frozenset(
    {
        "about", "answers", "firearms", "grounds", "language", "line", "officer", "reason",
        "reasons",
    }
)  # fmt: skip
"""Fields that each form asks in words of its own: what a message is about, why, of which one."""
ASKED_OTHERWISE = """
Acknowledgement.local_reference Acknowledgement.unit Amend.asked Amend.urgency ChainDocument.kind
ChainEvent.document ChainEvent.licence ChainParty.name ConditionOffered.kind
ConditionsDeclined.declined ConsentAsked.countries ConsentAsked.uses ConsentGiven.erased
ConsentGiven.uses Correction.changed Correction.erase DisclosureNotice.duty DisclosureNotice.on
DisclosureNotice.to Feedback.lines Feedback.outcomes Feedback.usefulness Licence.transit
LineAnswer.chain LineAnswer.matches LineAnswer.onward LineFeedback.outcomes Mark.kind Mark.location
Mark.reading Mark.text Match.calibre Match.make Match.model Match.serial MoreInfo.lapses
Narrative.summary NoRecord.onward NoRecord.standing_until OnwardHint.country Question.field
Question.formats Referral.authority Referral.authority_name Referral.country RegisterSearch.date
RegisterSearch.name Reminder.level Request.asked Urgency.level
"""
"""Fields that a form asks of its writer in words that tell a reader too little or too much."""

Asked = tuple[str, str, str]
"""A field by the group it stands in, its label on the form, its label where it is read."""


def held(kind: Any, name: str) -> type[Struct] | None:
    """The group that a field holds."""
    waiting: list[Any] = [one.type for one in fields(kind) if one.name == name]
    for one in waiting:
        if isinstance(one, type) and issubclass(one, Struct) and one is not Code:
            return one
        waiting.extend(getattr(one, "__args__", ()))
    return None


def asked(kind: type[Struct], parts: Sequence[Part]) -> Iterator[Asked]:
    """Every field that a form asks; words of a writer stand in no field of their own."""
    for part in parts:
        name = getattr(part, "name", "")
        if name and isinstance(part, Entry | Group | Rows):
            read = OWN.get((kind.__name__, name), label_of(name))
            yield f"{kind.__name__}.{name}", part.label, read
        if isinstance(part, Group | Rows):
            yield from asked((held(kind, name) if name else None) or kind, part.parts)


def every() -> list[Asked]:
    """The fields of every form."""
    return [
        one
        for shape in (*SHAPES.values(), REQUEST)
        for one in asked(TYPES[shape.type], shape.parts)
    ]


def test_a_field_is_called_alike_where_it_is_written_and_where_it_is_read() -> None:
    differing = {
        place
        for place, form, read in every()
        if form != read and place.partition(".")[2] not in ANYWHERE
    }
    assert differing == set(ASKED_OTHERWISE.split())


@pytest.mark.parametrize(
    ("place", "label"),
    [
        ("Urgency.desired_by", "Answer wished by"),
        ("Firearm.country_of_manufacture", "Made in"),
        ("ChainParty.birth_date", "Born"),
        ("Licence.quantity", "Number of firearms"),
    ],
)
def test_a_field_has_one_name(place: str, label: str) -> None:
    assert {words for one, *both in every() if one == place for words in both} == {label}


@pytest.mark.parametrize(
    ("language", "label", "names"),
    [
        ("en", "Issued by", ("European Union", "United Nations")),
        ("fr", "Délivré par", ("Union européenne", "Nations Unies")),
        ("ar", "جهة الإصدار", ("الاتحاد الأوروبي", "الأمم المتحدة")),
    ],
)
def test_a_paper_of_no_state_tells_who_issued_it(
    language: str, label: str, names: tuple[str, ...]
) -> None:
    passport = code(IdentityDocument.PASSPORT)
    for issuer, name in zip(("EU", "UN"), names, strict=True):
        paper = PersonDocument(kind=passport, number="T1", country=issuer)
        rows = {str(row.name): str(row.value) for row in fields_of(speech(language), paper)}
        assert rows[label] == name
