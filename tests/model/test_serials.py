"""Serial numbers: forms, queries, the stop-list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.errors import InputError
from tracer.model.serials import (
    MAX_VARIANTS,
    is_stopped,
    normal,
    parse_query,
    skeleton,
    variants,
)

UNSEEN_ONES = "\u200b\u200d\u2060\ufeff\u00ad\u034f\u3164\uffa0\u2800\ufe0f\u202e\x07\U000e0041"
"""Of each kind one: joiners, fillers, blanks, variations, controls, tags."""
SERIAL = st.text(alphabet="ABCDOQ0189 -/\u0411\u0416\u042f", max_size=16)


def test_the_normal_form_drops_case_width_and_separators() -> None:
    assert normal("ab-12/34 \uff15.") == "AB12345"


@given(st.lists(st.sampled_from(UNSEEN_ONES), min_size=1, max_size=4), st.integers(0, 6))
def test_what_nobody_sees_makes_no_other_serial(hidden: list[str], at: int) -> None:
    text = f"{'KV-124'[:at]}{''.join(hidden)}{'KV-124'[at:]}"
    assert normal(text) == "KV124"
    assert skeleton(text) == skeleton("KV124")
    assert parse_query(text).exact == "KV124"
    assert parse_query("KV1?4").matches(text)


def test_a_letter_and_its_accent_are_one_whatever_hides_between_them() -> None:
    assert normal("A\u034f\u0301 1") == normal("\u00c1 1")


def test_a_mark_of_which_nothing_is_seen_says_nothing() -> None:
    assert normal("\u200b\u3164\ufeff") == ""
    with pytest.raises(InputError):
        parse_query("\u200b\u2060")


def test_the_skeleton_makes_look_alikes_of_both_alphabets_equal() -> None:
    assert skeleton("AB 0018") == skeleton("\u0410\u0412 OOIB")


def test_leading_zeros_do_not_count_in_the_skeleton() -> None:
    assert skeleton("000451") == skeleton("451")


def test_letters_without_a_twin_have_their_latin_writings() -> None:
    assert {"ZH123", "J123", "X123"} <= variants("\u0416 123")


@given(SERIAL)
def test_the_forms_are_stable_when_applied_again(text: str) -> None:
    assert normal(normal(text)) == normal(text)
    assert skeleton(skeleton(text)) == skeleton(text)
    assert len(variants(text)) <= MAX_VARIANTS


@pytest.mark.parametrize("text", ["12345", "none", "N/A", "0000", "xxx", "Unknown", "filed off"])
def test_a_text_nobody_stamps_is_stopped(text: str) -> None:
    assert is_stopped(text)


@pytest.mark.parametrize("text", ["AB1234", "7", "K100 22", "BER123456"])
def test_a_plausible_serial_is_not_stopped(text: str) -> None:
    assert not is_stopped(text)


@pytest.mark.parametrize(
    ("query", "serial", "fits"),
    [
        ("AB?12[8B]*", "AB9128", True),
        ("AB?12[8B]*", "ab-912 b77", True),
        ("AB?12[8B]*", "AB12899", False),
        ("*77", "AB77", True),
        ("*77", "AB771", False),
        ("A*B*C", "AxxByyC", True),
        ("AB12", "AB12", True),
        ("AB12", "AB123", False),
    ],
)
def test_a_query_fits_what_it_describes(query: str, serial: str, *, fits: bool) -> None:
    assert parse_query(query).matches(serial) is fits


def test_a_folded_query_forgives_look_alikes() -> None:
    assert not parse_query("AB1O?").matches("AB105")
    assert parse_query("AB1O?").matches("A81O5", folded=True)


def test_a_query_without_doubt_is_an_exact_serial() -> None:
    assert parse_query("ab-12").exact == "AB12"
    assert parse_query("ab-?2").exact is None
    assert parse_query("ab-?2").prefix == "AB"
    assert parse_query("ab-?2*").certain == 3


@pytest.mark.parametrize("query", ["", "*", "??", "[AB", "A]", "A[]", "A*B*C*D*E*", "A" * 65])
def test_a_query_that_asks_nothing_or_too_much_is_refused(query: str) -> None:
    with pytest.raises(InputError):
        parse_query(query)


@given(SERIAL.filter(lambda text: normal(text) != ""))
def test_a_serial_written_as_a_query_fits_itself(text: str) -> None:
    assert parse_query(text).matches(text)
    assert parse_query(f"*{text}*").matches(f"1{text}2")
    assert parse_query(text).matches(text, folded=True)
