"""Writes the JSON Schemas (2020-12) of an entry with its terms, and of a statement.

They are generated from the nouns, as `model.schema` does for messages, and a test compares them
with these. What a schema cannot say is in PROTOCOL.md, chapters 8 and 19.

Example:
    python -m tracer.trust.schema schemas/
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec

from tracer.model.schema import DIALECT, render
from tracer.model.text import NOT_IN_LINE
from tracer.trust.nouns import Entry
from tracer.trust.statement import Statement

FILE = "entry.schema.json"
STATEMENT_FILE = "statement.schema.json"


def entry_schema() -> dict[str, Any]:
    """The payload of a signed entry."""
    (found,), components = msgspec.json.schema_components((Entry,), ref_template="#/$defs/{name}")
    return {
        "$schema": DIALECT,
        "title": "Payload of an entry",
        "description": (
            "The JSON object that an authority signs about itself, with its terms. Beyond this"
            " schema: the rules of chapter 8 (keys under their own ids, instants in order, parts"
            " that belong to one authority) and of chapter 19 (one target for each urgency, lists"
            " ascending)."
        ),
        "x-characters": {"refused": NOT_IN_LINE.pattern},
        **found,
        "$defs": dict(sorted(components.items())),
    }


def statement_schema() -> dict[str, Any]:
    """What two authorities state together."""
    (found,), components = msgspec.json.schema_components(
        (Statement,), ref_template="#/$defs/{name}"
    )
    return {
        "$schema": DIALECT,
        "title": "Statement of cooperation",
        "description": (
            "The member `statement` of the file that two authorities sign. Beyond this schema: the"
            " rules of chapter 19.3; a member with its default is left out."
        ),
        "x-characters": {"refused outside notes": NOT_IN_LINE.pattern},
        **found,
        "$defs": dict(sorted(components.items())),
    }


def write(folder: Path) -> None:
    """Write the files into a folder."""
    (folder / STATEMENT_FILE).write_text(render(statement_schema()), encoding="utf-8")
    (folder / FILE).write_text(render(entry_schema()), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
