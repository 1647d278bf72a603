"""Whether two descriptions may be of one firearm, and whom to ask next about it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from tracer.model.chain import ChainEvent, Licence, OnwardHint
from tracer.model.codes import ChainEventKind, MarkKind, OnwardReason, code
from tracer.model.fingerprint import Fingerprint, fingerprints, likeness, make_family
from tracer.model.firearm import Firearm, Mark, Named
from tracer.model.routing import Suggestion, suggest
from tracer.model.tables import make_code


def gun(serial: str, make: str = "Glock", calibre: str = "9x19", line: int = 1) -> Firearm:
    marks = (Mark(kind=code(MarkKind.SERIAL), text=serial),)
    return Firearm(
        line=line,
        marks=marks,
        make=Named(as_marked=make) if make else UNSET,
        calibre=Named(as_marked=calibre) if calibre else UNSET,
    )


def degree(one: Firearm, other: Firearm) -> str | None:
    (a,), (b,) = list(fingerprints(one)), list(fingerprints(other))
    found = likeness(a, b)
    return found.degree if found else None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (gun("B7 48162"), gun("b7-48162", make="GLOCK GmbH", calibre="9 mm Luger"), "same"),
        (gun("B7\u200b 48162"), gun("B748\u3164162\ufeff"), "same"),
        (gun("B7 48162", make="Glo\u00adck"), gun("B7 48162", calibre="9\u200bx19"), "same"),
        (gun("B7 48162", make="FN\u2800Herstal"), gun("B7 48162", make="FN Herstal"), "same"),
        (gun("B7 48162"), gun("87 4B162"), "possible"),
        (gun("B7 48162"), gun("\u04127 48162"), "possible"),
        (gun("B7 48162"), gun("B7 48162", make=""), "possible"),
        (gun("B7 48162"), gun("B7 48162", calibre=""), "possible"),
        (gun("B7 48162", calibre=".223 Rem"), gun("B7 48162", calibre="5.56x45"), "possible"),
        (gun("B7 48162"), gun("B7 48162", make="Beretta"), None),
        (gun("B7 48162"), gun("B7 48162", calibre="9x18"), None),
        (gun("B7 48162"), gun("B7 48163"), None),
    ],
)
def test_serial_make_and_cartridge_say_how_far_two_go_together(
    one: Firearm, other: Firearm, expected: str | None
) -> None:
    assert degree(one, other) == degree(other, one) == expected


@pytest.mark.parametrize("serial", ["B7 4?162", "12345", "none", "AB", "0000", "[8B]7481"])
def test_a_serial_that_says_too_little_finds_nothing(serial: str) -> None:
    assert list(fingerprints(gun(serial))) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Smith & Wesson", "S&W"),
        ("SMITH AND WESSON", "Smith & Wesson Inc."),
        ("Fabbrica d'Armi Pietro Beretta S.p.A.", "Beretta"),
        ("Česká zbrojovka", "CZ"),
        ("Heckler & Koch GmbH", "H&K"),
        ("Carl Walther Waffenfabrik", "WALTHER"),
    ],
)
def test_writings_of_one_maker_are_one_family(one: str, other: str) -> None:
    assert make_family(Named(as_marked=one)) == make_family(Named(as_marked=other)) != ""


def test_a_coded_make_meets_a_written_one() -> None:
    assert make_family(Named(code=make_code("GLC"))) == make_family(Named(as_marked="Glock"))


@given(st.text(min_size=4, max_size=12), st.text(min_size=4, max_size=12))
def test_likeness_is_symmetric_and_every_print_is_like_itself(one: str, other: str) -> None:
    prints = [p for text in (one, other) for p in fingerprints(gun(text))]
    for a in prints:
        found = likeness(a, a)
        assert found is not None
        assert found.degree == "same"
        for b in prints:
            assert likeness(a, b) == likeness(b, a)


def test_prints_compare_by_what_they_hold() -> None:
    a = Fingerprint(1, "B748162", "8748162", "", "")
    found = likeness(a, a._replace(line=2))
    assert found is not None
    assert (found.degree, found.agrees) == ("possible", ("serial",))


def test_where_the_firearm_went_is_asked_before_where_it_was_made() -> None:
    marks = (
        Mark(kind=code(MarkKind.IMPORT), text="FR 09"),
        Mark(kind=code(MarkKind.IMPORT), text="DE 19"),
        Mark(kind=code(MarkKind.PROOF), country="BE"),
        Mark(kind=code(MarkKind.PROPERTY), country="NL"),
    )
    found = suggest(
        [Firearm(line=1, marks=marks, country_of_manufacture="AT")],
        [
            ChainEvent(n=1, kind=code(ChainEventKind.MANUFACTURED), country="AT"),
            ChainEvent(
                n=2, kind=code(ChainEventKind.EXPORTED), licence=Licence(import_country="XC")
            ),
        ],
        [OnwardHint(country="IT", reason=code(OnwardReason.HOLDER_MOVED))],
        own="XA",
        asked={"AT"},
    )
    assert [(one.country, one.reason) for one in found] == [
        ("XC", OnwardReason.EXPORTED_THERE),
        ("IT", OnwardReason.HOLDER_MOVED),
        ("DE", OnwardReason.LAST_IMPORT_THERE),
        ("BE", OnwardReason.PROOFED_THERE),
        ("NL", OnwardReason.MILITARY_USER),
        ("AT", OnwardReason.MANUFACTURED_THERE),
    ]
    assert [one.country for one in found if one.asked] == ["AT"]
    assert [one.country for one in found if one.from_answer] == ["XC", "IT", "AT"]


def test_our_own_country_is_never_suggested_and_no_country_twice() -> None:
    firearm = Firearm(line=1, country_of_manufacture="XA")
    hints = [OnwardHint(country="XB"), OnwardHint(country="XB")]
    found = suggest([firearm], [], hints, own="XA", asked=())
    assert found == (
        Suggestion("XB", OnwardReason.OTHER, "an answering State names it", False, True),
    )
