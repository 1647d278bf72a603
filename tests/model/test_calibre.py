"""Calibres are compared by cartridge."""

from __future__ import annotations

import pytest

from tracer.model.calibre import CLASSES, Relation, ambiguous, cartridge, normal, relation


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9 mm Parabellum", "9x19"),
        ("9x19mm", "9x19"),
        ("9 x 19", "9x19"),
        ("9\u04451\u0039", "9x19"),
        ("7,65 mm Browning", "7.65x17sr"),
        (".32 ACP", "7.65x17sr"),
        (".380 Auto", "9x17"),
        ("12/76", "12 gauge"),
        ("12 GA", "12 gauge"),
        ("5.56 mm NATO", "5.56x45"),
    ],
)
def test_every_name_of_a_cartridge_falls_into_its_class(text: str, expected: str) -> None:
    assert cartridge(text) == expected


def test_no_name_belongs_to_two_classes() -> None:
    seen: dict[str, str] = {}
    for key, names in CLASSES.items():
        for name in (key, *names):
            assert seen.setdefault(normal(name), key) == key


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("9 Luger", "9x19", "same"),
        (".223 Rem", "5.56x45", "near"),
        ("9x19", "9x18 Makarov", "different"),
        ("9x19", "no such cartridge", "unknown"),
        ("house cartridge", "House  Cartridge", "same"),
    ],
)
def test_two_texts_relate_by_their_cartridges(one: str, other: str, expected: Relation) -> None:
    assert relation(one, other) == expected
    assert relation(other, one) == expected


def test_a_bare_diameter_names_what_it_could_mean() -> None:
    assert {"9x19", "9x18", "9x17"} <= set(ambiguous("9 mm"))
    assert "9x29r" in ambiguous("38")
    assert ambiguous("9x19") == ()
