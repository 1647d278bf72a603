"""Writes the JSON Schemas (2020-12) and the code lists from which a stranger builds a node.

Three files: `payload.schema.json`, one schema per message type for the signed payload (the clear
object with `_sd` and `_sd_alg`); `groups.schema.json`, one per disclosable group and which groups a
type has; `codes.json`, every list with version, values and English labels. They are generated from
the model and compared with it by a test, so that they cannot drift.

A schema cannot say everything: which characters are refused is in `x-characters`, what else `wire`
checks is in the description.

Example:
    python -m tracer.model.schema schemas/
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import msgspec

from tracer.model.attachments import MAX_ATTACHMENTS
from tracer.model.codes import LISTS, label
from tracer.model.messages import DISCLOSABLE, GROUPS, OPENING, ROLES, TYPES
from tracer.model.text import NOT_IN_LINE, NOT_IN_TEXT
from tracer.model.wire import GROUP_TYPES

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_REF = "#/$defs/{name}"


def payload_schema() -> dict[str, Any]:
    """The signed payload of every message type: a `oneOf` over `type`."""
    found, components = msgspec.json.schema_components(tuple(TYPES.values()), ref_template=_REF)
    for name, kind in TYPES.items():
        _as_payload(components[kind.__name__], name)
    _prune(components, found)
    return {
        "$schema": DIALECT,
        "title": "Signed payload of a message",
        "description": (
            "The JSON object that is signed: coded fields in the clear, in `_sd` one digest for"
            " each disclosable group. Beyond this schema: `follows` is sorted and names no"
            " message twice; attachments are numbered 1, 2, 3 in order, and no attachment key has a"
            " greater number."
        ),
        "x-characters": {"refused": NOT_IN_LINE.pattern},
        "oneOf": list(found),
        "$defs": dict(sorted(components.items())),
    }


def groups_schema() -> dict[str, Any]:
    """The value of every disclosure, by its name, and the names each type may have."""
    found, components = msgspec.json.schema_components(GROUP_TYPES.values(), ref_template=_REF)
    named: dict[str, Any] = dict(zip(GROUP_TYPES, found, strict=True))
    key = named.pop("attachment_keys")
    return {
        "$schema": DIALECT,
        "title": "Disclosable groups by disclosure name",
        "description": (
            "Each property is the name of a disclosure, its schema that of the disclosure's value."
            " An attachment key is one disclosure of its own."
        ),
        "x-characters": {
            "refused": NOT_IN_LINE.pattern,
            "refused in long text": NOT_IN_TEXT.pattern,
            "long text": ["narrative/summary", "narrative/circumstances", "free_text/*/text"],
        },
        "x-groups-of-type": {name: list(groups) for name, groups in DISCLOSABLE.items()},
        "type": "object",
        "properties": named,
        "patternProperties": {"^attachment_key[.]([1-9]|1[0-6])$": key},
        "additionalProperties": False,
        "$defs": dict(sorted(components.items())),
    }


def codes_document() -> dict[str, Any]:
    """Every code list, and which message types there are and who may send them."""
    return {
        "title": "Code lists",
        "description": (
            "A value is never renamed, redefined or used again; a new version only adds. A reader"
            " keeps and shows what it does not know."
        ),
        "lists": {
            name: {
                "version": enum.VERSION,
                "title": (enum.__doc__ or "").strip(),
                "values": {member.value: label(member) for member in enum},
            }
            for name, enum in sorted(LISTS.items())
        },
        "messages": {
            name: {
                "opens": name in OPENING,
                "sent_by": sorted(ROLES[name]),
                "title": (kind.__doc__ or "").strip().partition("\n")[0],
            }
            for name, kind in TYPES.items()
        },
    }


DOCUMENTS = {
    "payload.schema.json": payload_schema,
    "groups.schema.json": groups_schema,
    "codes.json": codes_document,
}
"""Every generated file and what makes it."""


def render(document: dict[str, Any]) -> str:
    """The text of a generated file."""
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def write(folder: Path) -> None:
    """Write all generated files into a folder."""
    for name, make in DOCUMENTS.items():
        (folder / name).write_text(render(make()), encoding="utf-8")


def _as_payload(schema: dict[str, Any], name: str) -> None:
    """Turn the schema of a joined message into that of its signed payload, in place."""
    properties = schema["properties"]
    for group in GROUPS:
        properties.pop(group, None)
    digest = {"type": "string", "pattern": "^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$"}
    groups = DISCLOSABLE[name]
    bound = len(groups) + (MAX_ATTACHMENTS - 1 if "attachment_keys" in groups else 0)
    properties["_sd"] = {
        "type": "array",
        "items": digest,
        "maxItems": bound,
        "uniqueItems": True,
        "description": "digests of the disclosures (RFC 9901)",
    }
    properties["_sd_alg"] = {"const": "sha-256"}
    properties["v"].pop("default", None)
    schema["required"] = ["type", "v", *(item for item in schema["required"] if item != "type")]


def _prune(components: dict[str, Any], roots: tuple[dict[str, Any], ...]) -> None:
    """Drop definitions that only the removed groups used."""
    reached: set[str] = set()
    waiting = [json.dumps(root) for root in roots]
    while waiting:
        text = waiting.pop()
        for name in components.keys() - reached:
            if f'"#/$defs/{name}"' in text:
                reached.add(name)
                waiting.append(json.dumps(components[name]))
    for name in components.keys() - reached:
        del components[name]


if __name__ == "__main__":
    write(Path(sys.argv[1]))
