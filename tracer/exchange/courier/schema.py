"""Writes the JSON Schema (2020-12) of a courier file: its manifest, its state, its two small lines.

Generated from the nouns; a test compares. What a schema cannot say is in PROTOCOL.md, chapter 16.1.

Example:
    python -m tracer.exchange.courier.schema schemas/
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec

from tracer.exchange.courier.form import Manifest, State
from tracer.model.schema import DIALECT, render
from tracer.model.text import NOT_IN_LINE

FILE = "courier.schema.json"


def courier_schema() -> dict[str, Any]:
    """The payload of a signed manifest; the item `state` is among its definitions."""
    (found, _), components = msgspec.json.schema_components(
        (Manifest, State), ref_template="#/$defs/{name}"
    )
    return {
        "$schema": DIALECT,
        "title": "Manifest of a courier file",
        "description": (
            "The JSON object that a sender signs about a courier file; `State` is the form of its"
            " item `state`. Beyond this schema: the order of items, `part` not above `parts`, and"
            " the rest of chapter 16.1."
        ),
        "x-characters": {"refused": NOT_IN_LINE.pattern},
        **found,
        "$defs": dict(sorted(components.items())),
    }


def write(folder: Path) -> None:
    """Write the file into a folder."""
    (folder / FILE).write_text(render(courier_schema()), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
