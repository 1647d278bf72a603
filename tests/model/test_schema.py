import json
from pathlib import Path

import pytest

from tests.examples import EXAMPLES
from tracer.model.messages import DISCLOSABLE, TYPES
from tracer.model.schema import DOCUMENTS, codes_document, groups_schema, payload_schema, render
from tracer.model.wire import to_wire

SCHEMAS = Path(__file__).parents[2] / "schemas"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_files_in_schemas_are_what_the_model_says(name: str) -> None:
    assert (SCHEMAS / name).read_text(encoding="utf-8") == render(DOCUMENTS[name]()), (
        "run: python -m tracer.model.schema schemas/"
    )


def test_every_type_has_a_closed_payload_with_digests_and_without_groups() -> None:
    found = payload_schema()["$defs"]
    for name, kind in TYPES.items():
        schema = found[kind.__name__]
        assert schema["additionalProperties"] is False
        assert {"_sd", "_sd_alg", "type", "v"} <= set(schema["properties"])
        assert not set(DISCLOSABLE[name]) & set(schema["properties"])
        assert {"type", "v", "sender", "recipient", "issued", "test"} <= set(schema["required"])


def test_examples_use_only_fields_that_the_schemas_describe() -> None:
    payload, groups = payload_schema()["$defs"], groups_schema()
    for name, message in EXAMPLES.items():
        clear, disclosed = to_wire(message)
        schema = payload[TYPES[name].__name__]
        assert set(clear) <= set(schema["properties"])
        assert set(schema["required"]) <= set(clear)
        for group in disclosed:
            assert group in groups["properties"] or group.startswith("attachment_key.")


def test_every_reference_in_a_schema_leads_somewhere() -> None:
    for schema in (payload_schema(), groups_schema()):
        text = json.dumps(schema)
        for part in text.split('"#/$defs/')[1:]:
            assert part.partition('"')[0] in schema["$defs"]


def test_every_list_a_field_expects_is_in_the_code_lists() -> None:
    lists = codes_document()["lists"]
    for schema in (payload_schema(), groups_schema()):
        for part in json.dumps(schema).split('"x-code-list": "')[1:]:
            assert part.partition('"')[0] in lists
