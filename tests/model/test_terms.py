from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from tests.trust.makers import terms
from tracer.canonical import canonical_json
from tracer.model.terms import OfficeHours, Offset, Span, Terms, check_terms, terms_digest

TERMS = terms("XA-NPOC")


def test_the_digest_is_of_the_bytes_that_a_stranger_would_write() -> None:
    again = msgspec.json.decode(canonical_json(msgspec.to_builtins(TERMS)), type=Terms)
    assert terms_digest(again) == terms_digest(TERMS)
    assert len(terms_digest(TERMS)) == 43


def test_any_other_term_is_another_digest() -> None:
    others = [terms("XB-NPOC"), replace(TERMS, weekend=(5, 6)), replace(TERMS, non_working=())]
    assert len({terms_digest(one) for one in [TERMS, *others]}) == 4


def test_an_urgency_that_is_not_known_here_is_kept() -> None:
    more = replace(TERMS, targets=(*TERMS.targets, replace(TERMS.targets[0], urgency="LATER")))
    check_terms(more)


@pytest.mark.parametrize(
    "change",
    [
        {"targets": TERMS.targets[:3]},
        {"targets": (*TERMS.targets, TERMS.targets[0])},
        {"weekend": (7, 6)},
        {"weekend": (6, 6)},
        {"non_working": ("2026-12-25", "2026-01-01")},
        {"non_working": ("2026-02-30",)},
        {"covers_until": "2026-02-29"},
        {"office": OfficeHours("16:00", "08:00")},
        {"offsets": (Offset("2026-13-01T00:00:00.000Z", 0),)},
        {"offsets": (Offset("2026-02-01T00:00:00.000Z", 0), Offset("2026-01-01T00:00:00.000Z", 0))},
    ],
)
def test_terms_that_no_calendar_has_are_refused(change: dict[str, Any]) -> None:
    changed = replace(TERMS, **change)
    with pytest.raises(ValueError, match=r"terms|office|day|month|match"):
        check_terms(changed)


def test_life_at_risk_is_answered_within_eight_hours() -> None:
    flash = TERMS.targets[0]
    assert (flash.acknowledge, flash.first_answer) == (Span(1, "hour"), Span(8, "hour"))
