"""Terms as people write and read them: a TOML file with words, and what differs between two.

Spans are words (`4 hours`, `2 working days`), weekdays have names, offsets look like `+02:00`. The
file is made to be corrected: every proposed date says in a comment what it is. What is read back
is checked like anything that will be signed; an error names the field.

What it does not do: propose a calendar (`trust.calendar_proposal`), sign, or keep anything.

Example:
    >>> read_terms(write_terms(terms)) == terms
    True
"""

from __future__ import annotations

import json
import re
import textwrap
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import UNSET, Struct

from tracer.errors import InputError
from tracer.model.terms import (
    Offset,
    Span,
    Target,
    Terms,
    check_terms,
    european_terms,
    starting_terms,
)
from tracer.model.wording import FORMS
from tracer.wording import misfit

MAX_CHARS: Final = 128 * 1024
WIDTH: Final = 96
"""Characters of a line of comment."""
WEEKDAYS: Final = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip
SPANS: Final = ("acknowledge", "first_answer", "final_answer", "escalate")
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_OFFSET: Final = re.compile(r"([+-])(\d\d):(\d\d)")
_SPAN: Final = re.compile(r"(\d{1,4})\s*(hour|day|working[ -]day)s?", re.IGNORECASE)


class Change(Struct, frozen=True):
    """One thing that differs between two sets of terms, in words; empty: not there."""

    what: str
    before: str
    after: str


def span_words(span: Span) -> str:
    """`4 hours`, `1 working day`."""
    unit = span.unit.replace("-", " ")
    return f"{span.n} {unit if span.n == 1 else unit + 's'}"


def offset_words(minutes: int) -> str:
    """`+02:00`."""
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def write_terms(
    terms: Terms, *, names: Mapping[str, str] | None = None, notes: Sequence[str] = ()
) -> str:
    """The terms as a TOML file.

    Args:
        terms: What it says.
        names: What a date without work is, by date.
        notes: Lines of comment for the person who corrects the file.
    """
    lines = [f"# {line}".rstrip() for note in notes for line in textwrap.wrap(note, WIDTH) or [""]]
    lines += [*([""] if lines else []), *_head(terms), *_calendar(terms, names or {})]
    for target in terms.targets:
        lines += ["", f"[targets.{_key(target.urgency)}]"]
        lines += [
            f"{name} = {_text(span_words(span))}"
            for name in SPANS
            if isinstance(span := getattr(target, name), Span)
        ]
    return "\n".join(lines) + "\n"


def read_terms(text: str) -> Terms:
    """Read such a file.

    Raises:
        InputError: `terms-form`, with the field that is wrong.
    """
    if len(text) > MAX_CHARS:
        raise _wrong(f"a file of terms has at most {MAX_CHARS} characters", "")
    try:
        data = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise _wrong(f"this is no TOML file: {error}", "") from error
    for name, read in _READERS.items():
        if name in data:
            data[name] = read(data[name], name)
    try:
        terms = msgspec.convert({"v": 1} | data, Terms)
        check_terms(terms)
    except msgspec.ValidationError as error:
        found = misfit(error, FORMS)
        raise _wrong(found.says, found.at.lstrip(".")) from error
    except ValueError as error:
        raise _wrong(str(error), "") from error
    return terms


def changes(before: Terms, after: Terms) -> tuple[Change, ...]:
    """What differs, in the order of the file."""
    old, new = dict(_rows(before)), dict(_rows(after))
    found = [
        Change(what, old.get(what, ""), new.get(what, ""))
        for what in dict.fromkeys((*old, *new))
        if old.get(what, "") != new.get(what, "")
    ]
    gone = [day for day in before.non_working if day not in after.non_working]
    fresh = [day for day in after.non_working if day not in before.non_working]
    if gone or fresh:
        found.append(Change("days without work", _days(gone), _days(fresh)))
    return tuple(found)


def same_targets(one: Terms, other: Terms) -> bool:
    """Whether two promise the same times."""
    return (one.targets, one.remind_after, one.lapse_after) == (
        other.targets,
        other.remind_after,
        other.lapse_after,
    )


def profile_of(terms: Terms) -> str:
    """Which of the shipped starting points the targets are: `starting`, `eu`; else empty."""
    shipped = starting_terms(terms.authority, covers_until=terms.covers_until)
    if same_targets(terms, shipped):
        return "starting"
    return "eu" if same_targets(terms, european_terms(shipped)) else ""


def _head(terms: Terms) -> Iterator[str]:
    yield f"authority = {_text(terms.authority)}  # who answers under these terms"
    if terms.counterpart is not UNSET:
        yield f"counterpart = {_text(terms.counterpart)}  # whose requests"
        bound = '# nature = "deadline"  # only if both States agree that these instants bind'
        yield bound if terms.nature is UNSET else f"nature = {_text(terms.nature)}"
    for name in ("remind_after", "lapse_after"):
        told = "an open question is reminded of" if name == "remind_after" else "then it lapses"
        yield f"{name} = {_text(span_words(getattr(terms, name)))}  # {told}"


def _calendar(terms: Terms, names: Mapping[str, str]) -> Iterator[str]:
    weekend = ", ".join(_text(WEEKDAYS[day - 1]) for day in terms.weekend)
    yield f"weekend = [{weekend}]"
    yield f"covers_until = {_text(terms.covers_until)}  # the calendar below is complete until then"
    yield "non_working = ["
    for day in terms.non_working:
        yield f"    {_text(day)}," + (f"  # {names[day]}" if day in names else "")
    yield "]"
    yield "offsets = [  # local time less UTC, from an instant on"
    for one in terms.offsets:
        yield f"    {{ start = {_text(one.start)}, utc = {_text(offset_words(one.minutes))} }},"
    yield "]"
    opens, closes = _text(terms.office.opens), _text(terms.office.closes)
    yield f"office = {{ opens = {opens}, closes = {closes} }}  # local time"


def _rows(terms: Terms) -> Iterator[tuple[str, str]]:
    """Everything but the days without work, as words."""
    yield "for the requests of", terms.counterpart or "every authority"
    yield "nature", terms.nature or "target"
    for target in terms.targets:
        for name in SPANS:
            span = getattr(target, name)
            if isinstance(span, Span):
                yield f"{target.urgency} {name.replace('_', ' ')}", span_words(span)
    yield "remind after", span_words(terms.remind_after)
    yield "lapse after", span_words(terms.lapse_after)
    yield "weekend", weekend_words(terms)
    yield "calendar until", terms.covers_until
    yield "office", f"{terms.office.opens}-{terms.office.closes}"
    yield "local time", offsets_words(terms.offsets)


def weekend_words(terms: Terms) -> str:
    """`Saturday, Sunday`; a word if there is none."""
    return ", ".join(WEEKDAYS[day - 1] for day in terms.weekend) or "none"


def offsets_words(offsets: Iterable[Offset]) -> str:
    """`+01:00, +02:00 from 2026-03-29 01:00 UTC`."""
    first, *later = offsets
    return ", ".join(
        (
            offset_words(first.minutes),
            *(
                f"{offset_words(one.minutes)} from {one.start[:10]} {one.start[11:16]} UTC"
                for one in later
            ),
        )
    )


def _days(days: Sequence[str]) -> str:
    return ", ".join(days)


def _read_span(value: Any, path: str) -> Any:
    if isinstance(value, str):
        found = _SPAN.fullmatch(value.strip())
        if found is None:
            raise _wrong(f"{value!r} is no span, like '4 hours' or '2 working days'", path)
        return {"n": int(found[1]), "unit": found[2].lower().replace(" ", "-")}
    raise _wrong("a span is words, like '4 hours'", path)


def _read_targets(value: Any, path: str) -> Any:
    if not isinstance(value, dict):
        raise _wrong("targets stand by urgency: [targets.URGENT]", path)
    found = []
    for urgency, target in value.items():
        if not isinstance(target, dict):
            raise _wrong("a target is a table of spans", f"{path}.{urgency}")
        spans = {
            name: _read_span(span, f"{path}.{urgency}.{name}") if name in SPANS else span
            for name, span in target.items()
        }
        missing = [
            field.name
            for field in msgspec.structs.fields(Target)
            if field.required and field.name not in {"urgency", *spans}
        ]
        if missing:
            raise _wrong(f"{missing[0]} is needed here", f"{path}.{urgency}")
        unknown = [name for name in spans if name not in SPANS]
        if unknown:
            raise _wrong(f"there is no {unknown[0]!r} in a target", f"{path}.{urgency}")
        found.append({"urgency": urgency} | spans)
    return found


def _read_weekend(value: Any, path: str) -> Any:
    if not isinstance(value, list):
        raise _wrong("a weekend is a list of days", path)
    numbers = {name.lower(): number for number, name in enumerate(WEEKDAYS, 1)}
    for day in value:
        if str(day).lower() not in numbers:
            raise _wrong(f"{day!r} is no day of the week", path)
    return sorted(numbers[str(day).lower()] for day in value)


def _read_offsets(value: Any, path: str) -> Any:
    if not isinstance(value, list):
        raise _wrong("offsets are a list", path)
    return [_read_offset(one, f"{path}[{n}]") for n, one in enumerate(value)]


def _read_offset(value: Any, path: str) -> Any:
    if not isinstance(value, dict) or value.keys() != {"start", "utc"}:
        raise _wrong("an offset is { start = INSTANT, utc = '+01:00' }", path)
    found = _OFFSET.fullmatch(str(value["utc"]))
    if found is None:
        raise _wrong(f"{value['utc']!r} is no offset, like '+01:00'", path)
    minutes = int(found[2]) * 60 + int(found[3])
    return {"start": value["start"], "minutes": -minutes if found[1] == "-" else minutes}


def _read_days(value: Any, path: str) -> Any:
    if not isinstance(value, list):
        raise _wrong("days without work are a list of dates", path)
    return sorted({str(day) for day in value})


_READERS: Final[Mapping[str, Callable[[Any, str], Any]]] = {
    "remind_after": _read_span,
    "lapse_after": _read_span,
    "targets": _read_targets,
    "weekend": _read_weekend,
    "offsets": _read_offsets,
    "non_working": _read_days,
    "covers_until": lambda value, _path: str(value),
}
"""Members that a person writes otherwise than they are signed."""


def _wrong(sentence: str, field: str) -> InputError:
    return InputError(
        "terms-form", sentence, advice="An example: tracer terms propose.", field=field
    )


def _key(text: str) -> str:
    return text if _BARE.fullmatch(text) else _text(text)


def _text(text: str) -> str:
    """A TOML string; what JSON escapes, TOML escapes alike."""
    return json.dumps(text, ensure_ascii=False)
