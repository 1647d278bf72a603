"""Judge the marks of one firearm: missing, contradictory, not what they seem.

The duties come from Firearms Protocol article 8 and ITI paragraphs 7-10: at manufacture maker,
country or place and serial, or symbols that let every State identify the country of manufacture; at
import country and, where possible, year; at transfer from State stocks the transferring country.
The serial stands on the frame or receiver. A mark that cannot be read is stated, never invented.

What it does not do: read photos, know proof-mark tables, block on anything but what makes a trace
pointless.

Example:
    >>> import_mark("DE 19")
    ImportMark(country='DE', year=2019)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from msgspec import UNSET, UnsetType

from tracer.model.codes import ConditionFlag, MarkCondition, MarkKind, MarkLocation, ReadingState
from tracer.model.codes import Restoration as Restored
from tracer.model.finding import Finding, error, hint, warn
from tracer.model.firearm import Firearm, Mark
from tracer.model.serial_patterns import serial_hints
from tracer.model.serials import is_stopped, normal

UNPLACED = frozenset({ReadingState.ABSENT, ReadingState.NOT_EXAMINED})
"""Readings of a mark that nobody has seen: it stands nowhere yet."""
UNREAD = frozenset({ReadingState.UNREADABLE, ReadingState.ABSENT, ReadingState.NOT_EXAMINED})
DOUBTED = frozenset({ReadingState.PARTLY_READABLE, ReadingState.DOUBTFUL, ReadingState.UNREADABLE})
OBLITERATED = frozenset(
    {MarkCondition.PARTLY_OBLITERATED, MarkCondition.FULLY_OBLITERATED, MarkCondition.OVERSTAMPED}
)
WITHOUT_SERIAL = frozenset(
    {MarkCondition.FULLY_OBLITERATED, MarkCondition.NEVER_MARKED, MarkCondition.CORRODED}
)
NOT_SERIALS = frozenset(
    {MarkKind.RACK_NUMBER, MarkKind.ASSEMBLY_NUMBER, MarkKind.PATENT, MarkKind.MODEL}
)
ESSENTIAL = frozenset({MarkLocation.FRAME, MarkLocation.RECEIVER})
_CENTURY = 100
_NEW_CENTURY = 70
"""Two-digit years below this are of the 2000s."""


@dataclass(frozen=True, slots=True)
class ImportMark:
    """What an import mark says: country (alpha-2) and year, if it stands there."""

    country: str
    year: int | None


_IMPORT = re.compile(r"([A-Z]{2})[\s\-/.]*((?:19|20)?\d{2})?")


def import_mark(text: str) -> ImportMark | None:
    """Read `DE 19`, `DE-2019` or `DE`; None for anything else (a name, a town, a symbol)."""
    found = _IMPORT.fullmatch(text.strip().upper())
    if found is None:
        return None
    if found[2] is None:
        return ImportMark(found[1], None)
    year = int(found[2])
    if year < _CENTURY:
        year += 2000 if year < _NEW_CENTURY else 1900
    return ImportMark(found[1], year)


def of_kind(firearm: Firearm, *kinds: MarkKind) -> tuple[tuple[int, Mark], ...]:
    """The marks of these kinds, each with its place counted from 1."""
    return tuple(
        (n, mark)
        for n, mark in enumerate(firearm.marks, 1)
        if any(mark.kind.is_(kind) for kind in kinds)
    )


def serials(firearm: Firearm) -> tuple[str, ...]:
    """The serials as marked, the one that records key on first."""
    found = sorted(of_kind(firearm, MarkKind.SERIAL), key=lambda pair: not pair[1].identity)
    return tuple(mark.text for _, mark in found if mark.text)


def judge_marks(
    firearm: Firearm, path: str, *, recovered_in: str | None = None
) -> tuple[Finding, ...]:
    """Everything these rules say about one firearm.

    `path` is the firearm's place in the message, `recovered_in` the State of recovery if known.
    """
    return (
        *_serial_present(firearm, path),
        *_serial_texts(firearm, path),
        *_serials_agree(firearm, path),
        *_each_mark(firearm, path),
        *_condition(firearm, path),
        *_origin(firearm, path),
        *_imports(firearm, path, recovered_in),
        *_symbols_and_stocks(firearm, path),
    )


def _serial_present(firearm: Firearm, path: str) -> Iterator[Finding]:
    if of_kind(firearm, MarkKind.SERIAL) or _condition_is(firearm, WITHOUT_SERIAL):
        return
    if symbols := of_kind(firearm, MarkKind.SYMBOL):
        if not any(mark.symbol or mark.photos for _, mark in symbols):
            yield warn(
                f"{path}/marks",
                "symbol-not-described",
                "symbols stand in place of a serial, but none is described or shown",
                "Describe the symbol or attach a photo of it (Firearms Protocol art. 8(1)(a)).",
            )
        return
    yield error(
        f"{path}/marks",
        "serial-missing",
        "no serial number, and nothing says why",
        "Enter the serial as marked, or a serial mark with its reading state (absent, unreadable), "
        "or the condition of the marks.",
    )


def _serial_texts(firearm: Firearm, path: str) -> Iterator[Finding]:
    make = firearm.make.as_marked or firearm.make.normalised if firearm.make else ""
    for n, mark in of_kind(firearm, MarkKind.SERIAL):
        place = f"{path}/marks/{n}/text"
        if not mark.text and _reading(mark) not in UNREAD:
            yield error(
                place,
                "serial-text-missing",
                "a serial mark without text or a reading state that explains it",
                "Enter what can be read, with ? for each unreadable character.",
            )
        if mark.text and is_stopped(mark.text):
            yield error(
                place,
                "serial-stop-list",
                f"{mark.text!r} is not a serial number",
                "Leave the text empty and say in the reading state why there is none.",
            )
        for other, kind in of_kind(firearm, *NOT_SERIALS):
            if mark.text and normal(kind.text) == normal(mark.text):
                yield warn(
                    place,
                    "serial-is-other-mark",
                    f"the same text stands as mark {other}, which is not a serial",
                    "Rack, assembly, patent and model numbers are often copied as serials.",
                )
        for known in serial_hints(make, mark.text):
            yield hint(place, known.code, known.message, known.help)


def _serials_agree(firearm: Firearm, path: str) -> Iterator[Finding]:
    marked = [(n, m) for n, m in of_kind(firearm, MarkKind.SERIAL) if m.text]
    for (first, one), (second, other) in combinations(marked, 2):
        if normal(one.text) == normal(other.text):
            continue
        if one.location and one.location == other.location:
            yield warn(
                f"{path}/marks/{second}/text",
                "serials-contradict",
                f"marks {first} and {second} give different serials for the same part",
                "Check the reading, or enter one of them as the kind of mark it is.",
            )
        elif not _flagged(firearm, ConditionFlag.MIXED_COMPONENTS):
            yield warn(
                f"{path}/condition/flags",
                "components-mixed",
                f"marks {first} and {second} give different serials on different parts",
                "Set the flag for mixed components and mark which serial records key on.",
            )
    if marked and not any(_location(m) in ESSENTIAL for _, m in marked):
        yield hint(
            f"{path}/marks",
            "serial-not-on-frame",
            "no serial is given from the frame or receiver",
            "The number on the frame or receiver is the one most records key on (ITI 10).",
        )


def _each_mark(firearm: Firearm, path: str) -> Iterator[Finding]:
    for n, mark in enumerate(firearm.marks, 1):
        place = f"{path}/marks/{n}"
        if mark.location is UNSET and _reading(mark) not in UNPLACED:
            yield warn(
                f"{place}/location", "mark-location-missing", "where the mark stands is not said"
            )
        if mark.reading is UNSET:
            yield warn(
                f"{place}/reading", "mark-reading-missing", "how well the mark reads is not said"
            )
        if any(position > len(mark.text) for position in mark.unreadable):
            yield error(
                f"{place}/unreadable",
                "mark-position-beyond-text",
                "an unreadable position lies beyond the text",
                "Write ? for each unreadable character; positions count from 1.",
            )
        if mark.confidence and len(mark.confidence) != len(mark.text):
            yield error(
                f"{place}/confidence",
                "mark-confidence-count",
                "confidence is given for another number of characters than the text has",
            )
        yield from _reading_fits(mark, place)


def _reading_fits(mark: Mark, place: str) -> Iterator[Finding]:
    reading = _reading(mark)
    doubt = bool(mark.unreadable) or "?" in mark.text
    if reading is ReadingState.CLEAR and doubt:
        yield warn(
            f"{place}/reading",
            "mark-reading-contradicts",
            "the reading is called clear, but characters are unreadable",
        )
    if reading in {ReadingState.UNREADABLE, ReadingState.ABSENT} and mark.text.strip("? "):
        yield warn(
            f"{place}/reading",
            "mark-reading-contradicts",
            "the mark is called unreadable or absent, but a text is given",
        )


def _condition(firearm: Firearm, path: str) -> Iterator[Finding]:
    if firearm.condition is UNSET:
        yield warn(
            f"{path}/condition",
            "condition-missing",
            "the condition of the marks is not stated",
            "Say whether they are intact, obliterated, altered or were never there.",
        )
        return
    readings = {_reading(mark) for _, mark in of_kind(firearm, MarkKind.SERIAL)}
    if _condition_is(firearm, {MarkCondition.INTACT}) and readings & DOUBTED:
        yield _contradiction(path, "the marks are called intact, but a serial is not clear")
    if _condition_is(firearm, {MarkCondition.NEVER_MARKED}) and serials(firearm):
        yield _contradiction(
            path, "the firearm is said never to have been marked, but has a serial"
        )
    if _condition_is(firearm, {MarkCondition.FULLY_OBLITERATED}) and ReadingState.CLEAR in readings:
        yield _contradiction(path, "the marks are called fully obliterated, but a serial is clear")
    untried = firearm.condition.restoration is UNSET or firearm.condition.restoration.is_(
        Restored.NOT_TRIED
    )
    if _condition_is(firearm, OBLITERATED) and untried:
        yield warn(
            f"{path}/condition/restoration",
            "restoration-not-tried",
            "marks are obliterated and restoration has not been tried",
            "Have a laboratory try; serials of other parts and photos help meanwhile.",
        )


def _contradiction(path: str, message: str) -> Finding:
    return warn(f"{path}/condition/state", "condition-contradicts-marks", message)


def _origin(firearm: Firearm, path: str) -> Iterator[Finding]:
    made_in, made = firearm.country_of_manufacture, firearm.year_of_manufacture
    for n, mark in of_kind(firearm, MarkKind.COUNTRY, MarkKind.MANUFACTURER):
        if mark.country and made_in and mark.country != made_in:
            yield warn(
                f"{path}/marks/{n}/country",
                "country-contradicts",
                f"the mark means {mark.country}, the firearm is said to be made in {made_in}",
            )
    for n, mark in of_kind(firearm, MarkKind.YEAR):
        if mark.year and made and not _within(firearm, mark.year):
            yield warn(
                f"{path}/marks/{n}/year",
                "year-contradicts",
                f"the mark means {mark.year}, the firearm is said to be made in {made}",
            )


def _within(firearm: Firearm, year: int) -> bool:
    first = firearm.year_of_manufacture
    last = firearm.year_to if isinstance(firearm.year_to, int) else first
    return isinstance(first, int) and isinstance(last, int) and first <= year <= last


def _imports(firearm: Firearm, path: str, recovered_in: str | None) -> Iterator[Finding]:
    marked = of_kind(firearm, MarkKind.IMPORT, MarkKind.IMPORTER_NAME)
    made_in, made = firearm.country_of_manufacture, firearm.year_of_manufacture
    if not marked and made_in and recovered_in and made_in != recovered_in:
        yield hint(
            f"{path}/marks",
            "import-mark-missing",
            f"made in {made_in}, recovered in {recovered_in}, and no import mark is given",
            "Look at barrel, frame and slide for a country code with two digits of a year, or an "
            "importer's name; say so if there is none (Firearms Protocol art. 8(1)(b)).",
        )
    for n, mark in of_kind(firearm, MarkKind.IMPORT):
        place, read = f"{path}/marks/{n}", import_mark(mark.text)
        yield from _import_fields(mark, place, read)
        year = mark.year or (read.year if read else None)
        if year and made and year < made:
            yield warn(f"{place}/year", "import-before-manufacture", "imported before it was made")


def _import_fields(mark: Mark, place: str, read: ImportMark | None) -> Iterator[Finding]:
    if not mark.country:
        suggestion = f"The text reads as {read.country}." if read else ""
        yield warn(
            f"{place}/country", "import-country-missing", "an import mark names a State", suggestion
        )
    elif read and read.country != mark.country:
        yield warn(
            f"{place}/country",
            "import-country-contradicts",
            f"the text reads as {read.country}, the field says {mark.country}",
        )
    if not mark.year:
        suggestion = f"The text reads as {read.year}." if read and read.year else ""
        yield hint(f"{place}/year", "import-year-missing", "no year of import is given", suggestion)


def _symbols_and_stocks(firearm: Firearm, path: str) -> Iterator[Finding]:
    for n, mark in of_kind(firearm, MarkKind.STATE_TRANSFER):
        if not mark.country:
            yield warn(
                f"{path}/marks/{n}/country",
                "state-transfer-country-missing",
                "a mark of transfer from State stocks names the transferring State",
                "Firearms Protocol art. 8(1)(c).",
            )
    made_by = of_kind(firearm, MarkKind.MANUFACTURER, MarkKind.SYMBOL)
    if not made_by and not _condition_is(firearm, WITHOUT_SERIAL):
        yield warn(
            f"{path}/marks",
            "manufacturer-mark-missing",
            "no mark of the maker is given, neither a name nor a symbol",
            "Firearms Protocol art. 8(1)(a): maker, country or place, serial; or symbols.",
        )


def _reading(mark: Mark) -> ReadingState | None:
    known = None if isinstance(mark.reading, UnsetType) else mark.reading.known()
    return known if isinstance(known, ReadingState) else None


def _location(mark: Mark) -> MarkLocation | None:
    known = None if isinstance(mark.location, UnsetType) else mark.location.known()
    return known if isinstance(known, MarkLocation) else None


def _condition_is(firearm: Firearm, states: frozenset[MarkCondition] | set[MarkCondition]) -> bool:
    condition = firearm.condition
    return not isinstance(condition, UnsetType) and any(condition.state.is_(s) for s in states)


def _flagged(firearm: Firearm, flag: ConditionFlag) -> bool:
    condition = firearm.condition
    return not isinstance(condition, UnsetType) and any(f.is_(flag) for f in condition.flags)
