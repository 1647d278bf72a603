"""Between the words a person writes and the plain data of a message, led by the message's types.

What may be written shorter than it travels:

* a code by its value, in any case, with hyphens or blanks (`"pistol"`, `"semi auto"`), and with own
  words after a colon (`"OTHER: bayonet lug"`); the field knows its list;
* a group of fields by the one that matters (`make = "..."`, `urgency = "URGENT"`; `SHORT`);
* a list of one without brackets; numbers of firearms, events, parties, questions by their order;
* dates as TOML has them.

`expand` goes from there to the wire's data, `collapse` back. Places are named as findings name
them: `firearms/1/marks/2/kind`, counted from 1, a numbered thing by its own number.

What it does not do: judge values (the types do, in `documents`), or add what we fill in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any, Final

from msgspec import inspect

from tracer.errors import InputError
from tracer.model.codes import LISTS, Code, CodeList
from tracer.model.firearm import Condition, ExternalReference, Firearm, Named
from tracer.model.values import (
    Handling,
    Narrative,
    Note,
    Officer,
    RegisterSearch,
    ThreadLink,
    Urgency,
)

SHORT: Final[Mapping[type, str]] = {
    Condition: "state",
    ExternalReference: "value",
    Handling: "code",
    Named: "as_marked",
    Narrative: "summary",
    Note: "text",
    Officer: "name",
    RegisterSearch: "register",
    ThreadLink: "reference",
    Urgency: "level",
}
"""The field that is meant when words stand where a group of fields belongs."""
_NUMBERS: Final = ("line", "n")
_LIST_KEY: Final = "x-code-list"
_SHOWN: Final = 30
"""Lists up to this many values are shown whole in an error."""


def expand(kind: inspect.Type, value: Any, path: str = "", codes: str = "") -> Any:
    """Data of the wire for what a person wrote.

    Args:
        kind: The type of the field, as `msgspec.inspect` tells it.
        value: What was written.
        path: Where, for errors.
        codes: Name of the code list the field's codes are of.

    Raises:
        InputError: `field-unknown`, `field-form`, `code-unknown` or `code-list`, with the field.
    """
    if isinstance(kind, inspect.Metadata):
        return expand(kind.type, value, path, (kind.extra_json_schema or {}).get(_LIST_KEY, codes))
    if isinstance(kind, inspect.VarTupleType):
        written = value if isinstance(value, list | tuple) else [value]
        return [
            expand(kind.item_type, item, f"{path}/{_number(item, n)}", codes)
            for n, item in enumerate(_numbered(kind.item_type, written), start=1)
        ]
    if isinstance(kind, inspect.StructType):
        return _code(value, path, codes) if kind.cls is Code else _group(kind, value, path)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return value


def collapse(kind: inspect.Type, value: Any, codes: str = "") -> Any:
    """What a person would have written for data of the wire."""
    if isinstance(kind, inspect.Metadata):
        return collapse(kind.type, value, (kind.extra_json_schema or {}).get(_LIST_KEY, codes))
    if isinstance(kind, inspect.VarTupleType):
        return [collapse(kind.item_type, item, codes) for item in value]
    if isinstance(kind, inspect.StructType):
        if kind.cls is Code:
            return _plain_code(value, codes)
        fields = {field.encode_name: field.type for field in kind.fields}
        return {name: collapse(fields[name], item) for name, item in value.items()}
    return value


def known_field(name: str, fields: Mapping[str, Any], path: str) -> None:
    """Check the name of a field.

    Raises:
        InputError: `field-unknown`, with the nearest name or all of them.
    """
    if name not in fields:
        near = get_close_matches(name, fields, n=1)
        raise InputError(
            "field-unknown",
            f"there is no field {name!r} here",
            advice=f"Is {near[0]!r} meant?" if near else f"Fields are {', '.join(fields)}.",
            field=path,
        )


def _group(kind: inspect.StructType, value: Any, path: str) -> dict[str, Any]:
    fields = {field.encode_name: field for field in kind.fields}
    if not isinstance(value, Mapping):
        short = SHORT.get(kind.cls)
        if short is None or isinstance(value, list | tuple):
            raise InputError(
                "field-form",
                "a table of fields belongs here",
                advice=f"Fields are {', '.join(fields)}.",
                field=path,
            )
        value = {short: value}
    found = {}
    for name, item in value.items():
        place = f"{path}/{name}" if path else str(name)
        known_field(str(name), fields, place)
        found[str(name)] = expand(fields[name].type, item, place)
    return found


def _numbered(kind: inspect.Type, items: Any) -> list[Any]:
    """Give firearms, and whatever is numbered `n`, their numbers where the writer left them out."""
    if not isinstance(kind, inspect.StructType):
        return list(items)
    names = {field.encode_name for field in kind.fields if field.required}
    number = "line" if kind.cls is Firearm else "n"
    if number not in names:
        return list(items)
    return [
        {number: n, **item} if isinstance(item, Mapping) and number not in item else item
        for n, item in enumerate(items, start=1)
    ]


def _number(item: Any, otherwise: int) -> int:
    if isinstance(item, Mapping):
        for name in _NUMBERS:
            if isinstance(item.get(name), int):
                return int(item[name])
    return otherwise


def _code(value: Any, path: str, codes: str) -> Any:
    if isinstance(value, Mapping):
        return _whole_code(value, path, codes)
    enum = LISTS.get(codes)
    if enum is None:
        raise InputError(
            "code-list",
            "this field takes codes of several lists",
            advice='Write {list = "...", value = "..."}.',
            field=path,
        )
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _unknown(value, enum, path)
    word, _, text = str(value).partition(":")
    wanted = _folded(word)
    for member in enum:
        if _folded(member.value) == wanted:
            found = {"list": enum.LIST, "version": enum.VERSION, "value": member.value}
            return found | ({"text": text.strip()} if text.strip() else {})
    raise _unknown(word, enum, path)


def _whole_code(value: Mapping[str, Any], path: str, codes: str) -> dict[str, Any]:
    """A code with its list; of a list known here, with a value known here."""
    for name in value:
        known_field(name, {"list": 0, "version": 0, "value": 0, "text": 0}, f"{path}/{name}")
    name = str(value.get("list", codes))
    if codes and name != codes:
        raise InputError("code-list", f"codes of the list {codes} belong here", field=path)
    enum = LISTS.get(name)
    if enum is None:
        return {"list": name, "version": 1, **value}
    text = str(value.get("text", ""))
    return dict(_code(f"{value.get('value', '')}:{text}", path, name))


def _plain_code(value: Mapping[str, Any], codes: str) -> Any:
    enum = LISTS.get(codes)
    if enum is None or value["list"] != codes or value["value"] not in set(enum):
        return dict(value)
    text = value.get("text", "")
    return f"{value['value']}: {text}" if text else value["value"]


def _folded(word: str) -> str:
    return re.sub(r"[\s_-]+", "", word).upper()


def _unknown(word: object, enum: type[CodeList], path: str) -> InputError:
    values = [member.value for member in enum]
    folded = {_folded(value): value for value in values}
    near = get_close_matches(_folded(str(word)), folded, n=3, cutoff=0.6)
    advice = f"Is {' or '.join(folded[name] for name in near)} meant? " if near else ""
    if not near or len(values) <= _SHOWN:
        advice += f"Allowed are {', '.join(values)}."
    return InputError(
        "code-unknown", f"{word!r} is no value of {enum.LIST}", advice=advice.strip(), field=path
    )


def bare(value: Any) -> str:
    """The value of a code as a document has it, without its writer's own words."""
    if isinstance(value, Mapping):
        return str(value.get("value", ""))
    return str(value).partition(":")[0]
