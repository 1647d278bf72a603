"""What is known of the serial formats of some makers, as hints.

Formats differ by plant, model and year, and lists of them are never complete: a serial that fits no
pattern is not wrong. A pattern earns its place by the trap it names (a year inside the serial, a
model number copied as a serial). General knowledge of the trade, not a maker's statement.

Example:
    >>> [h.code for h in serial_hints("Makarov", "AB 1234")]
    ['serial-repeats-yearly']
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from tracer.model.serials import normal


@dataclass(frozen=True, slots=True)
class SerialHint:
    """One trap: stable code, sentence, and what would help."""

    code: str
    message: str
    help: str


@dataclass(frozen=True, slots=True)
class _Pattern:
    make: re.Pattern[str]
    serial: re.Pattern[str]
    hint: SerialHint
    unless: bool = False
    """Hint when the serial does NOT fit."""


_CYRILLIC = "\u0410-\u042f\u0401"


def _pattern(
    make: str, serial: str, code: str, message: str, help_: str, *, unless: bool = False
) -> _Pattern:
    hint = SerialHint(code, message, help_)
    return _Pattern(re.compile(make, re.IGNORECASE), re.compile(serial), hint, unless)


PATTERNS: Final = (
    _pattern(
        "makarov|kalashnikov|izhevsk|izhmash|tula|tokarev|soviet",
        rf"[A-Z{_CYRILLIC}]{{2}}\d{{4}}",
        "serial-repeats-yearly",
        "two letters and four digits repeat every year and in every plant",
        "Give the plant mark, the model and the year that is stamped separately.",
    ),
    _pattern(
        "makarov|arsenal|kazanlak|bulgaria",
        r"[A-Z]{2}\d{6}",
        "serial-holds-year",
        "the two digits after the letters usually code the year (27 = 1987)",
        "Give the number in a double circle as a proof mark.",
    ),
    _pattern(
        "norinco|type 56|type 59|china|polytech",
        r"(?:[A-Z]{2})?\d{6,8}",
        "serial-needs-plant",
        "the number is unique only with the plant number in the triangle or oval",
        "Describe the plant symbol as a mark of kind SYMBOL.",
    ),
    _pattern(
        "zastava|yugoslav|crvena",
        r"\d{5,6}",
        "serial-prefix-lost",
        "the letters of the model usually stand before the number",
        "Look for a prefix such as the model letter, and give it as marked.",
    ),
    _pattern(
        "cugir|romarm|romania",
        r"(?:19|20)?\d{2}[A-Z]{1,2}\d{3,6}",
        "serial-with-year",
        "the year is often read as part of the serial",
        "Enter the year as a mark of its own.",
    ),
    _pattern(
        "glock",
        r"[A-Z]{2,4}\d{3}",
        "serial-unusual",
        "the serials of this maker are two to four letters and three digits",
        "Look at the plate in the frame, the barrel and the slide.",
        unless=True,
    ),
    _pattern(
        "smith",
        r"\d{2,3}(?:-\d)?",
        "serial-may-be-model",
        "a short number under the crane is the model or an assembly number",
        "Look for the serial at the butt or the frame.",
    ),
    _pattern(
        "beretta",
        r"[A-Z]\d{5}",
        "serial-suffix-lost",
        "a letter and five digits are usually followed by a letter",
        "Look for a letter after the digits.",
    ),
)


def serial_hints(make: str, serial: str) -> tuple[SerialHint, ...]:
    """The traps known for this maker and this form of serial; empty when none is known."""
    form = normal(serial)
    if not form or "?" in form or "*" in form:
        return ()
    return tuple(
        p.hint
        for p in PATTERNS
        if p.make.search(make) and (p.serial.fullmatch(form) is None) is p.unless
    )
