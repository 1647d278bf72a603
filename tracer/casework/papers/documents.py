"""Documents: a TOML or JSON file, as a person writes it, becomes a message; and back.

`read_document` reads the file, `to_message` makes the message of a type from it, `to_document`
gives the document that would make the message again. What we fill in ourselves (parties, thread,
place in it, nonce, terms, reference, attachments) is no part of a document: `filled` hands it in.

Errors are the writer's (`InputError`) and name the field by its path. What it does not do: decide
whether the message is complete (`model.lint`) or who may write it (`drafts`).

Example:
    >>> document = read_document('asked = "last holder"', "toml")
    >>> to_message("request", document, filled=filled).asked[0].value
    'LAST_HOLDER'
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import inspect

from tracer.canonical import strict_json
from tracer.casework.papers.friendly import collapse, expand, known_field
from tracer.errors import InputError, PeerError
from tracer.model.messages import TYPES, AnyMessage, Message, type_of
from tracer.model.wire import from_wire, to_wire
from tracer.model.wording import FORMS
from tracer.wording import misfit

MAX_BYTES: Final = 1024 * 1024
"""Largest document."""
FILLED: Final = frozenset(
    {
        "v", "sender", "recipient", "issued", "nonce", "thread", "follows", "automatic",
        "terms", "reference", "attachments", "attachment_keys",
    }
)  # fmt: skip
"""What the node fills in; a document does not hold it."""
_FILLED_ONLY_IN: Final = {"terms": "request"}
"""Filled in for one type only: in others of that name the writer states it."""
_STEP: Final = re.compile(r"\.([a-z_]+)|\[(\d+)\]")


def read_document(text: str | bytes, form: str) -> dict[str, Any]:
    """Read TOML or JSON; `form` is "toml" or "json", a leading dot is ignored.

    Raises:
        InputError: `document-form`, saying where.
    """
    data = text.encode() if isinstance(text, str) else text
    if len(data) > MAX_BYTES:
        raise InputError("document-form", f"a document has at most {MAX_BYTES} bytes")
    try:
        if form.lower().lstrip(".") == "json":
            found = strict_json(data)
        else:
            found = tomllib.loads(data.decode("utf-8-sig"))
    except ValueError as error:
        raise InputError(
            "document-form",
            f"this cannot be read: {error}",
            advice="A request as an example: tracer request new --template.",
        ) from error
    if not isinstance(found, dict):
        raise InputError("document-form", "a document is a table of fields")
    return found


def read_file(path: Path) -> dict[str, Any]:
    """Read a document from a file; `.json` is JSON, everything else TOML.

    Raises:
        InputError: `document-missing` or `document-form`.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError("document-missing", f"{path}: {error.strerror}") from error
    return read_document(data, "json" if path.suffix.lower() == ".json" else "toml")


def message_type(name: str) -> type[Message]:
    """The class of a message type by its name.

    Raises:
        InputError: `type-unknown`, with the nearest name or all of them.
    """
    wanted = name.strip().lower().replace("_", "-").replace(" ", "-")
    found: type[Message] | None = TYPES.get(wanted)
    if found is None:
        near = get_close_matches(name, TYPES, n=1)
        raise InputError(
            "type-unknown",
            f"there is no message of type {name!r}",
            advice=f"Is {near[0]!r} meant?" if near else f"Types are {', '.join(sorted(TYPES))}.",
            field="type",
        )
    return found


def to_message(name: str, document: Mapping[str, Any], *, filled: Mapping[str, Any]) -> AnyMessage:
    """The message of type `name` that a document describes.

    Args:
        name: Wire name of the type; a `type` in the document must agree.
        document: What a person wrote.
        filled: What the node fills in, and defaults a document may override, as plain data.

    Raises:
        InputError: what is wrong and the path of the field.
    """
    kind = message_type(name)
    tag = type_of(kind)
    written = dict(document)
    stated = written.pop("type", tag)
    if not isinstance(stated, str) or type_of(message_type(stated)) != tag:
        raise InputError("type-mismatch", f"this is a document of type {stated!r}", field="type")
    fields = _fields(kind)
    own = _own(tag)
    for field in written:
        if field in own and field in fields:
            raise InputError(
                "field-filled",
                f"{field} is filled in by the node",
                field=field,
                advice=_hint(field),
            )
        known_field(field, {f: fields[f] for f in fields if f not in own}, field)
    data = {f: expand(fields[f], value, f) for f, value in written.items()}
    wanted = {f: value for f, value in filled.items() if f in fields}
    try:
        message = msgspec.convert({"type": tag} | wanted | data, kind)
        return from_wire(*to_wire(message))  # type: ignore[arg-type]  # a member of the union
    except msgspec.ValidationError as error:
        raise _invalid(str(error), data) from error
    except PeerError as error:
        raise InputError("field-form", error.message, field="") from error


def to_document(message: AnyMessage) -> dict[str, Any]:
    """The document that makes this message again, with its type first."""
    tag = type_of(message)
    fields, own = _fields(type(message)), _own(tag)
    data: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(message))
    kept = {f: collapse(fields[f], v) for f, v in data.items() if f in fields and f not in own}
    return {"type": tag, **kept}


@cache
def _fields(kind: type[Message]) -> dict[str, inspect.Type]:
    found = inspect.type_info(kind)
    if not isinstance(found, inspect.StructType):
        raise TypeError(f"{kind} is no message")
    return {field.encode_name: field.type for field in found.fields}


def _own(tag: str) -> frozenset[str]:
    return FILLED - {field for field, only in _FILLED_ONLY_IN.items() if only != tag}


def _hint(field: str) -> str:
    if field.startswith("attachment"):
        return "Files are added to the draft: tracer attach DRAFT FILE."
    return "Leave it out."


def _invalid(sentence: str, data: Mapping[str, Any]) -> InputError:
    """What the types say, with the path as people read it."""
    found = misfit(sentence, FORMS)
    path = _path(found.at, data)
    missing = re.search(r"missing required field `(\w+)`", sentence)
    if missing:
        path = f"{path}/{missing[1]}".strip("/")
        return InputError("field-missing", f"{missing[1]} is needed here", field=path)
    return InputError("field-form", found.says, field=path)


def _path(steps: str, data: Any) -> str:
    """`.firearms[0].marks[1].kind` as `firearms/1/marks/2/kind`."""
    found = []
    for name, index in _STEP.findall(steps):
        if name:
            found.append(name)
            data = data.get(name) if isinstance(data, Mapping) else None
            continue
        data = data[int(index)] if isinstance(data, list) and int(index) < len(data) else None
        number = (data.get("line") or data.get("n")) if isinstance(data, Mapping) else None
        found.append(str(number if isinstance(number, int) else int(index) + 1))
    return "/".join(found)
