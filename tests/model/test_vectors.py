"""The published vectors of `schemas/vectors/payload`, run by name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.vectors.generate_payload import FILES, FOLDER, rendered
from tracer.canonical import strict_json
from tracer.errors import PeerError
from tracer.model.messages import TYPES
from tracer.model.wire import from_wire

Case = dict[str, Any]


def load(name: str) -> list[Case]:
    """The cases of a file, read as what came in a message."""
    found: list[Case] = strict_json((FOLDER / f"{name}.json").read_bytes())["cases"]
    assert len({case["name"] for case in found}) == len(found)
    return found


def cases() -> list[Any]:
    return [
        pytest.param(case, id=f"{name}:{case['name']}") for name in FILES for case in load(name)
    ]


@pytest.mark.parametrize("name", FILES)
def test_the_files_are_what_the_generator_writes(name: str) -> None:
    assert rendered(name) == (FOLDER / f"{name}.json").read_text("utf-8")


@pytest.mark.parametrize("name", FILES)
def test_more_cases_are_refused_than_accepted(name: str) -> None:
    found = load(name)
    assert 2 * sum(case["expected"] != "accept" for case in found) > len(found)


def test_a_case_of_every_type_is_accepted() -> None:
    accepted = {case["clear"]["type"] for case in load("type") if case["expected"] == "accept"}
    assert accepted == TYPES.keys()


@pytest.mark.parametrize("case", cases())
def test_a_payload_has_its_published_outcome(case: Case) -> None:
    clear, groups = json.loads(json.dumps([case["clear"], case["groups"]]))
    if case["expected"] == "accept":
        from_wire(clear, groups)
        return
    with pytest.raises(PeerError) as caught:
        from_wire(clear, groups)
    assert caught.value.code == case["expected"]
