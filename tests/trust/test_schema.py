import json
from pathlib import Path
from typing import Any

from tests.vectors.entry_parts import entry
from tests.vectors.generate_statement import statement
from tracer.trust.schema import FILE, STATEMENT_FILE, entry_schema, statement_schema, write

SCHEMAS = Path(__file__).parents[2] / "schemas"


def test_the_file_in_schemas_is_what_the_nouns_say(tmp_path: Path) -> None:
    write(tmp_path)
    for name in (FILE, STATEMENT_FILE):
        assert (tmp_path / name).read_text("utf-8") == (SCHEMAS / name).read_text("utf-8"), (
            "run: python -m tracer.trust.schema schemas/"
        )


def test_every_object_of_an_entry_is_closed_but_a_jwk() -> None:
    found = entry_schema()["$defs"]
    assert {"Entry", "EntryKey", "LogInfo", "Terms", "Target", "Span"} <= found.keys()
    assert all(one["additionalProperties"] is False for one in found.values())


def test_an_entry_uses_only_members_that_the_schema_describes() -> None:
    defs = entry_schema()["$defs"]
    assert set(defs["Entry"]["required"]) <= entry().keys()
    assert _unknown(entry(), {"$ref": "#/$defs/Entry"}, defs) == []


def test_every_reference_in_the_schema_leads_somewhere() -> None:
    text = json.dumps(entry_schema())
    for part in text.split('"#/$defs/')[1:]:
        assert part.partition('"')[0] in entry_schema()["$defs"]


def test_every_object_of_a_statement_is_closed_and_its_members_are_described() -> None:
    defs = statement_schema()["$defs"]
    objects = {name: one for name, one in defs.items() if one.get("type") == "object"}
    assert {"Statement", "Side", "Facts", "Clocked", "Act", "Received", "Shown"} == objects.keys()
    assert all(one["additionalProperties"] is False for one in objects.values())
    assert _unknown(statement(), {"$ref": "#/$defs/Statement"}, defs) == []


def _unknown(value: Any, schema: dict[str, Any], defs: dict[str, Any]) -> list[str]:
    """Members of a value, at any depth, that its schema does not name."""
    schema = defs[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    if isinstance(value, list):
        return [name for item in value for name in _unknown(item, schema["items"], defs)]
    if not isinstance(value, dict) or "properties" not in schema:
        return []
    members = schema["properties"]
    below = [_unknown(item, members[n], defs) for n, item in value.items() if n in members]
    return [n for n in value if n not in members] + [name for part in below for name in part]
