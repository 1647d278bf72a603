"""How texts of the wire are written, in words, by the pattern of their type.

Example:
    >>> str(misfit(error, FORMS))
    'recoveries[0].country: two capital letters belong here, as FR'
"""

from __future__ import annotations

from typing import Any, Final, get_args

from tracer.model.ids import AuthorityId, Reference
from tracer.model.text import Country, Day, Instant, LanguageTag, PartialDate
from tracer.model.values import FieldPath


def pattern_of(kind: Any) -> str:
    """The pattern of an annotated text."""
    return str(get_args(kind)[1].pattern)


FORMS: Final = {
    pattern_of(kind): says
    for kind, says in (
        (Day, "not on the calendar, or not written as 2026-03-01"),
        (PartialDate, "not on the calendar, or not written as 2026-03-01, 2026-03 or 2026"),
        (Instant, "not on the calendar, or not written as 2026-03-01T12:00:00.000Z"),
        (Country, "a country is written as two capital letters, as FR"),
        (LanguageTag, "a language is written as its code, as fr"),
        (AuthorityId, "an authority is written by its id, as XA-NPOC"),
        (Reference, "a reference is written as XA-2026-000017"),
        (FieldPath, "a place is written as firearms/1/make"),
    )
}
"""What is said of a text that is written in another way."""
