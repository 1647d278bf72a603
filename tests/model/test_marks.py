"""Marks are judged by article 8 and ITI 7-10; formats of serials are hints only."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.model.threads import code
from tracer.model.firearm import Firearm
from tracer.model.known_models import known_cartridges
from tracer.model.marks import ImportMark, import_mark, judge_marks, serials
from tracer.model.serial_patterns import PATTERNS, serial_hints


def firearm(*marks: dict[str, Any], **fields: Any) -> Firearm:
    """A firearm with these marks."""
    return msgspec.convert({"line": 1, "marks": marks, **fields}, Firearm)


def serial(text: str, location: str = "FRAME", **fields: Any) -> dict[str, Any]:
    """A clear serial mark."""
    return {
        "kind": code("mark-kind", "SERIAL"),
        "location": code("mark-location", location),
        "reading": code("reading-state", "CLEAR"),
        "text": text,
        **fields,
    }


def codes(found: Firearm, recovered_in: str | None = None) -> set[str]:
    """The codes of all findings."""
    return {f.code for f in judge_marks(found, "firearms/1", recovered_in=recovered_in)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DE 19", ImportMark("DE", 2019)),
        ("de-98", ImportMark("DE", 1998)),
        ("FR/2021", ImportMark("FR", 2021)),
        ("CH", ImportMark("CH", None)),
        ("EXAMPLE IMPORTS TOWN", None),
        ("", None),
    ],
)
def test_an_import_mark_gives_country_and_year(text: str, expected: ImportMark | None) -> None:
    assert import_mark(text) == expected


def test_the_serial_that_records_key_on_comes_first() -> None:
    assert serials(firearm(serial("B2", "SLIDE"), serial("A1", identity=True))) == ("A1", "B2")


def test_a_missing_import_mark_matters_only_across_borders() -> None:
    made = firearm(serial("AB4711"), country_of_manufacture="XB")
    assert "import-mark-missing" in codes(made, "XA")
    assert "import-mark-missing" not in codes(made, "XB")
    assert "import-mark-missing" not in codes(made)


def test_the_text_of_an_import_mark_suggests_its_fields() -> None:
    mark = {"kind": code("mark-kind", "IMPORT"), "text": "DE 19"}
    found = {f.code: f for f in judge_marks(firearm(serial("AB4711"), mark), "firearms/1")}
    assert found["import-country-missing"].help == "The text reads as DE."
    assert found["import-year-missing"].help == "The text reads as 2019."


def test_a_serial_only_on_the_barrel_is_worth_a_second_look() -> None:
    assert "serial-not-on-frame" in codes(firearm(serial("AB4711", "BARREL")))
    assert "serial-not-on-frame" not in codes(firearm(serial("AB4711")))


def test_a_year_within_the_span_of_manufacture_is_no_contradiction() -> None:
    mark = {"kind": code("mark-kind", "YEAR"), "year": 1955}
    spanned = firearm(serial("A1"), mark, year_of_manufacture=1950, year_to=1960)
    assert "year-contradicts" not in codes(spanned)
    assert "year-contradicts" in codes(firearm(serial("A1"), mark, year_of_manufacture=1950))


@pytest.mark.parametrize(
    ("make", "text", "expected"),
    [
        ("Makarov", "\u0410\u0412 1234", "serial-repeats-yearly"),
        ("Makarov", "AB 27 1234", "serial-holds-year"),
        ("Norinco", "1234567", "serial-needs-plant"),
        ("Zastava", "12345", "serial-prefix-lost"),
        ("Glock", "12345", "serial-unusual"),
        ("Smith & Wesson", "19-3", "serial-may-be-model"),
        ("Beretta", "B12345", "serial-suffix-lost"),
    ],
)
def test_a_known_trap_of_a_maker_is_named(make: str, text: str, expected: str) -> None:
    assert expected in {h.code for h in serial_hints(make, text)}


def test_a_doubtful_or_unknown_serial_has_no_trap() -> None:
    assert serial_hints("Glock", "AB?12") == ()
    assert serial_hints("Example Arms", "12345") == ()
    assert serial_hints("Glock", "ABC123") == ()
    assert all(p.hint.help for p in PATTERNS)


def test_a_model_that_is_not_known_has_no_known_cartridge() -> None:
    assert known_cartridges("Glock", "19 Gen4") == {"9x19"}
    assert known_cartridges("Example Arms", "M1") == frozenset()
