"""What a message says, as labelled rows in English: its Structs walked by their types.

Codes become their labels, countries and languages their names, days and times are written out, and
places of a message become words. What was left unset is left out. Keys, digests and ids are no
words: the report has them in its annex.

Example:
    >>> rows_of(message, names={})[0]
    Row('Reference', 'XA-2026-000001')
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from msgspec import NODEFAULT, Struct, UnsetType
from msgspec.structs import FieldInfo, fields

from tracer.casework import words
from tracer.model.attachments import Attachment
from tracer.model.chain import LineAnswer
from tracer.model.codes import Code, Language, label
from tracer.model.firearm import Named
from tracer.model.ids import MessageId
from tracer.model.messages import Message
from tracer.model.messages.either import Erasable
from tracer.model.naming import NUMBERED, in_words, label_in, one_of
from tracer.model.tables import country_name
from tracer.model.text import Country, Day, Instant, LanguageTag, PartialDate
from tracer.model.values import FieldPath

_ELSEWHERE: Final = frozenset(
    {
        "type", "v", "sender", "recipient", "nonce", "thread", "follows", "attachment_keys",
        "terms",
    }
)  # fmt: skip
"""Members of a message that are told elsewhere, or to nobody."""
_PARTIES: Final = frozenset({"from_party", "to_party", "final_recipient"})
_TYPES: Final[tuple[tuple[Any, str], ...]] = (
    (Instant, "moment"),
    (Day, "day"),
    (PartialDate, "day"),
    (Country, "country"),
    (LanguageTag, "language"),
    (MessageId, "message"),
    (FieldPath, "place"),
    (Erasable, "place"),
)
"""What the text of a field names, by its type."""
_CALLED: Final = {("Question", "field"): "About"}
"""A field that a reader without the rest of a desk needs called otherwise."""
_KINDS: Final = {
    "application/pdf": "PDF document",
    "image/jpeg": "JPEG picture",
    "image/png": "PNG picture",
    "text/plain": "plain text",
}
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_SHORT: Final = len("2026-03")


class Row(NamedTuple):
    """One field: what it is called, and its value in words or rows of its own."""

    name: str
    text: str = ""
    inner: tuple[Row, ...] = ()


class _Around(NamedTuple):
    """What the parts of a message refer to: messages by their ids, parties by their numbers."""

    names: Mapping[str, str]
    parties: Mapping[int, str]


def rows_of(message: Message, *, names: Mapping[str, str]) -> tuple[Row, ...]:
    """The rows of a message; `names` has what other messages are called, by their ids."""
    described = getattr(message, "chain_parties", None) or ()
    around = _Around(names, {one.n: one.name for one in described})
    return tuple(_rows(message, around))


def moment(at: str) -> str:
    """An instant of the wire: `27 November 2026, 09:04:05 UTC`."""
    return f"{day(at[:10])}, {at[11:19]} UTC"


def day(date: str) -> str:
    """A date as far as it is known: `27 November 2026`, `November 2026`, `2026`."""
    if len(date) < _SHORT:
        return date
    month = f"{_MONTHS[int(date[5:7]) - 1]} {date[:4]}"
    return f"{int(date[8:10])} {month}" if len(date) > _SHORT else month


def _rows(part: Struct, around: _Around) -> Iterator[Row]:
    for one in fields(type(part)):
        value = getattr(part, one.name)
        usual = "" if one.default is NODEFAULT else one.default
        if value == usual or isinstance(value, UnsetType):
            continue
        if isinstance(part, Message) and one.name in _ELSEWHERE:
            continue
        yield from _field(part, one, value, around)


def _field(part: Struct, field: FieldInfo, value: Any, around: _Around) -> Iterator[Row]:
    name = field.name
    shown = _CALLED.get((type(part).__name__, name)) or label_in(type(part), name)
    if isinstance(value, tuple) and any(map(_is_group, value)):
        for place, one in enumerate(value, 1):
            yield _one(name, place, one, around)
    elif _is_group(value):
        yield _grouped(shown, value, around)
    elif isinstance(part, LineAnswer) and name == "outcomes":
        yield Row(shown, ", ".join(words.came(code, [part]) for code in value))
    else:
        yield Row(shown, _text(field, value, around))


def _one(name: str, place: int, one: Struct, around: _Around) -> Row:
    """One of several, by its own number, which no field repeats."""
    own = NUMBERED.get(name, "n" if "n" in one.__struct_fields__ else "line")
    number = getattr(one, own, place)
    number = place if isinstance(number, UnsetType) else number
    if isinstance(one, Attachment):
        return Row(f"File {number}", _file(one))
    called = label_in(type(one), own)
    rows = tuple(row for row in _rows(one, around) if row.name != called or row.inner)
    return Row(f"{one_of(name)} {number}", inner=rows)


def _file(one: Attachment) -> str:
    """What a file shows, and of what kind it is; its digests stand in the annex."""
    kind = [label(one.kind)] if one.kind else []
    caption = [f"“{one.caption}”"] if one.caption else []
    return ", ".join(
        [*kind, *caption, _KINDS.get(one.media_type, one.media_type), f"{one.size} bytes"]
    )


def _grouped(shown: str, value: Struct, around: _Around) -> Row:
    """A group; one that holds only what each of its kind must hold stands as that value.

    So does a name as it is marked, where its normal form is the same and no code says otherwise.
    """
    if isinstance(value, Named) and value.as_marked and _is_plain(value):
        return Row(shown, value.as_marked)
    rows = tuple(_rows(value, around))
    needed = [one for one in fields(type(value)) if one.required]
    if len(rows) == len(needed) == 1 and not rows[0].inner:
        return Row(shown, rows[0].text)
    return Row(shown, inner=rows)


def _is_plain(name: Named) -> bool:
    return name.normalised in ("", name.as_marked) and not name.code


def _is_group(value: Any) -> bool:
    return isinstance(value, Struct) and not isinstance(value, Code)


def _text(field: FieldInfo, value: Any, around: _Around) -> str:
    if isinstance(value, tuple):
        return ", ".join(_text(field, one, around) for one in value)
    if isinstance(value, Code):
        own = f" ({value.text})" if value.text and value.known() else ""
        return f"{label(value)}{own}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return _number(field.name, value, around)
    return _said(_told_as(field.type), value, around)


def _number(name: str, value: int, around: _Around) -> str:
    if name in _PARTIES:
        return f"{value}. {around.parties.get(value, '')}".rstrip(". ")
    if name == "unreadable":
        return f"character {value}"
    if name == "photos":
        return f"file {value}"
    if name in {"latitude", "longitude"}:
        return f"{value / 1_000_000:.6f} degrees"
    return str(value)


def _said(kind: str, value: str, around: _Around) -> str:
    """A text; where its type says what it names, in words. Marks and words of people stay."""
    if kind == "message":
        return around.names.get(value, f"message {value}, which is not in this file")
    return _TELL[kind](value) if kind else value


def _language(tag: str) -> str:
    return next((label(one) for one in Language if one.value == tag), tag)


def _place(path: str) -> str:
    return in_words(path.replace(".", "/"))


_TELL: Final[Mapping[str, Callable[[str], str]]] = {
    "moment": moment,
    "day": day,
    "country": country_name,
    "language": _language,
    "place": _place,
}


def _told_as(type_: Any) -> str:
    """What a text of a type names; empty: it is words, or a number of somebody."""
    for known, kind in _TYPES:
        if type_ == known:
            return kind
    return next(filter(None, map(_told_as, getattr(type_, "__args__", ()))), "")
