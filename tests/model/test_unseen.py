"""What is not seen in a text of other people is told by its number, and what is seen is let be."""

from __future__ import annotations

import unicodedata

import pytest

from tracer.model.text import NOT_IN_LINE
from tracer.model.unseen import REFUSED, UNSEEN, numbered

LINES = "\t\n\r"
SEEN_SIGNS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2")
"""Signs of numbers and verses that Unicode counts among controls of the text, and fonts draw."""
SEEN_SIGNS |= frozenset("\U000110bd\U000110cd")


def test_every_control_of_unicode_is_told_by_its_number_in_a_serial() -> None:
    every = [chr(code) for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF]
    controls = [one for one in every if unicodedata.category(one) in {"Cc", "Cf"}]
    hidden = [one for one in controls if f"A{one}1" == numbered(f"A{one}1")]
    assert set(hidden) == {*LINES, *SEEN_SIGNS}


@pytest.mark.parametrize(
    ("first", "last"),
    [
        *((0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F)),
        *((0x2800, 0x2800), (0x3164, 0x3164), (0xFFA0, 0xFFA0), (0xFE00, 0xFE0F)),
        *((0xE0100, 0xE01EF), (0x1D173, 0x1D17A), (0x16FE4, 0x16FE4)),
    ],
)
def test_a_filler_a_blank_letter_or_a_variation_is_told_by_its_number(
    first: int, last: int
) -> None:
    for code in range(first, last + 1):
        assert numbered(f"A{chr(code)}1") == f"A⟨U+{code:04X}⟩1"


def test_letters_figures_and_signs_of_all_scripts_are_let_be() -> None:
    for code in range(0x110000):
        if UNSEEN.match(chr(code)):
            assert unicodedata.category(chr(code))[0] != "N", hex(code)
    for text in (
        "Ünal Ж№7",
        "枪支 12",
        "أجزاء ٣",
        "क्ष",
        "한글",
        "ᠮᠣᠩᠭᠣᠯ",
        "ខ្មែរ",
        "e\u0301",
        "\u00a0",
    ):
        assert numbered(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("می\u200cشد", "می\u200cشد"),
        ("क्\u200dष", "क्\u200dष"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
        ("B7\u200d481", "B7⟨U+200D⟩481"),
        ("م\u200c\u200c1", "م\u200c⟨U+200C⟩1"),
        ("枪\u200d支", "枪⟨U+200D⟩支"),
        ("\u200cA", "⟨U+200C⟩A"),
    ],
)
def test_a_joiner_is_let_be_where_scripts_are_written_with_it(text: str, shown: str) -> None:
    assert numbered(text) == shown


def test_what_no_form_takes_is_among_what_is_not_seen_and_what_the_wire_refuses_too() -> None:
    for code in range(0x110000):
        if REFUSED.match(chr(code)):
            assert UNSEEN.match(chr(code))
            assert NOT_IN_LINE.match(chr(code))
