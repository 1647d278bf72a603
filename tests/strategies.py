"""Hypothesis strategies for every message type, built from the types themselves.

`messages()` gives any message, `messages(Request)` one of that type, `values(Firearm)` any Struct
of the model. Codes are mostly known values of the list the field expects, sometimes foreign ones;
text uses several scripts and stays within what a field may hold. Collections are small.
"""

from __future__ import annotations

import string
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, TypeVar, cast, get_args

import msgspec
from hypothesis import strategies as st
from msgspec import inspect as shape

from tracer.canonical import b64url
from tracer.clock import stamp
from tracer.model.codes import LISTS, Code, code
from tracer.model.messages import TYPES, AnyMessage, Following, Message
from tracer.model.text import NOT_IN_LINE, Day, Instant

_Struct = TypeVar("_Struct", bound=msgspec.Struct)
_Message = TypeVar("_Message", bound=Message)

SMALL = 3
"""Greatest size of a drawn collection."""

digests = st.binary(min_size=32, max_size=32).map(b64url)
nonces = st.binary(min_size=16, max_size=16).map(b64url)
authorities = st.sampled_from(["XA-NPOC", "XB-NPOC", "XC-POL-7", "XA-CUSTOMS", "XB-1"])
instants = st.integers(1_577_836_800_000, 2_208_988_800_000).map(
    lambda ms: stamp(datetime.fromtimestamp(ms // 1000, UTC) + timedelta(milliseconds=ms % 1000))
)

_alphabet = st.sampled_from(
    string.ascii_letters + string.digits + " .-/'\"\\?*ЯЖБЩéßüαΩسلامعلي汉字枪𐍈"
)
lines = st.text(_alphabet, max_size=20)
long_text = st.text(_alphabet | st.sampled_from("\n\t"), max_size=60)
refused_in_lines = st.characters().filter(lambda char: NOT_IN_LINE.search(char) is not None)


def codes(name: str | None = None) -> st.SearchStrategy[Code]:
    """Codes of one list (of any, without a name), now and then with an unknown value or list."""
    chosen = LISTS.values() if name is None else [LISTS[name]]
    known = st.sampled_from([member for enum in chosen for member in enum])
    foreign = st.builds(
        Code,
        list=st.sampled_from([name or "future-list", "future-list"]),
        version=st.integers(2, 9),
        value=st.sampled_from(["NOT_KNOWN_YET", "9.1-X", "z"]),
        text=lines,
    )
    return st.one_of(st.builds(code, known), st.builds(code, known, lines), foreign)


@cache
def values(kind: type[_Struct]) -> st.SearchStrategy[_Struct]:
    """Any Struct of the model; optional fields are sometimes absent."""
    info = shape.type_info(kind)
    assert isinstance(info, shape.StructType)
    drawn = {field.name: _of_field(field) for field in info.fields}
    if issubclass(kind, Message):
        drawn |= _message_fields(kind)
    required = {field.name: drawn.pop(field.name) for field in info.fields if field.required}
    return st.fixed_dictionaries(required, optional=drawn).map(lambda found: kind(**found))


def messages(kind: type[_Message] | None = None) -> st.SearchStrategy[AnyMessage]:
    """Any message, or any of one type, such as `from_wire` accepts."""
    if kind is None:
        return st.sampled_from(list(TYPES.values())).flatmap(messages)
    return cast("st.SearchStrategy[AnyMessage]", values(kind).map(_numbered))


def _numbered(message: Message) -> Message:
    """Number attachments from 1 and keep only keys that open one."""
    described = getattr(message, "attachments", ())
    changes: dict[str, Any] = {}
    if described:
        changes["attachments"] = tuple(
            msgspec.structs.replace(item, n=n) for n, item in enumerate(described, start=1)
        )
    keys = getattr(message, "attachment_keys", msgspec.UNSET)
    if keys is not msgspec.UNSET:
        kept = {n: key for n, key in keys.items() if int(n) <= len(described)}
        changes["attachment_keys"] = kept or msgspec.UNSET
    return msgspec.structs.replace(message, **changes) if changes else message


def _message_fields(kind: type[Message]) -> dict[str, st.SearchStrategy[Any]]:
    fields: dict[str, st.SearchStrategy[Any]] = {"issued": instants}
    if issubclass(kind, Following):
        fields["follows"] = st.sets(digests, min_size=1, max_size=2).map(sorted).map(tuple)
    return fields


def _of_field(field: shape.Field) -> st.SearchStrategy[Any]:
    if field.name in {"sender", "recipient"}:
        return authorities
    return _of_type(field.type)


def _of_type(kind: shape.Type, listed: str | None = None) -> st.SearchStrategy[Any]:
    match kind:
        case shape.Metadata():
            found = _of_type(kind.type, (kind.extra_json_schema or {}).get("x-code-list"))
        case shape.StructType():
            found = codes(listed) if kind.cls is Code else values(kind.cls)
        case shape.UnionType():
            found = st.one_of([_of_type(item) for item in kind.types])
        case shape.VarTupleType():
            most = min(SMALL, SMALL if kind.max_length is None else kind.max_length)
            items = st.lists(_of_type(kind.item_type), min_size=kind.min_length or 0, max_size=most)
            found = items.map(tuple)
        case shape.DictType():
            numbers = st.sampled_from(["1", "2", "3"])
            found = st.dictionaries(numbers, _of_type(kind.value_type), min_size=1, max_size=3)
        case shape.LiteralType():
            found = st.sampled_from(sorted(kind.values, key=str))
        case shape.BoolType():
            found = st.booleans()
        case shape.IntType():
            found = st.integers(kind.ge, kind.le)
        case shape.StrType():
            found = _of_text(kind)
        case _:
            raise TypeError(f"no strategy for {kind}")
    return found


def _pattern(kind: Any) -> str:
    return str(get_args(kind)[1].pattern)


def _of_text(kind: shape.StrType) -> st.SearchStrategy[str]:
    if kind.pattern is None:
        return long_text if (kind.max_length or 0) > 1000 else lines
    if kind.pattern.startswith("^[A-Za-z0-9_-]{42}"):
        return digests
    if kind.pattern.startswith("^[A-Za-z0-9_-]{21}"):
        return nonces
    if kind.pattern == _pattern(Instant):
        return instants
    if kind.pattern == _pattern(Day):
        return st.dates(min_value=date(1000, 1, 1)).map(str)
    inner = kind.pattern.removeprefix("^").removesuffix("$")
    found = st.from_regex(inner, fullmatch=True, alphabet=st.characters(codec="ascii"))
    most = kind.max_length
    return found if most is None else found.filter(lambda text: len(text) <= most)
