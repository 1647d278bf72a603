"""The published vectors of `schemas/vectors/courier`, run by name, and the published schema."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.vectors import generate_courier
from tracer.canonical import unb64url
from tracer.clock import FixedClock, instant
from tracer.config.settings import Limits
from tracer.envelope.jwk import SealKey
from tracer.errors import PeerError
from tracer.exchange.checks import Desk
from tracer.exchange.courier.look import Look
from tracer.exchange.courier.schema import FILE, courier_schema
from tracer.model.schema import render
from tracer.trust.directory import Directory, Listing, Standing
from tracer.trust.entry import verify_entry

Case = dict[str, Any]
VECTORS: Case = json.loads(generate_courier.PATH.read_text("utf-8"))
CASES: list[Case] = VECTORS["cases"]


def look() -> Look:
    """What the vectors say is known, in place of a node."""
    now = instant(VECTORS["now"])
    key = SealKey.from_seed(unb64url(VECTORS["keys"]["seal_seed"]))
    desk = Desk(
        authority=VECTORS["us"],
        terms=frozenset(),
        seal_keys={key.kid: (key, now + timedelta(days=1))},
        current_seal_kid=key.kid,
    )
    known = verify_entry(VECTORS["entry"].encode())
    directory = Directory.of([Listing(known, Standing.ACTIVE)])
    return Look(
        clock=FixedClock(now),
        desk=lambda: desk,
        directory=lambda: directory,
        batch_limit=Limits().batch_messages,
    )


def test_the_file_is_what_the_generator_writes() -> None:
    assert generate_courier.rendered() == generate_courier.PATH.read_text("utf-8")


def test_names_are_unique_and_most_cases_are_refused() -> None:
    assert len({case["name"] for case in CASES}) == len(CASES)
    assert 2 * sum(case["expected"] != "accept" for case in CASES) > len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_courier_file_has_its_published_outcome(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(generate_courier.data_of(case, CASES))
    if case["expected"] == "accept":
        found = look()(path)
        manifest = msgspec.json.decode(msgspec.json.encode(found.manifest))
        assert {"id": found.id, "manifest": manifest} == case["output"]
        return
    with pytest.raises(PeerError) as caught:
        look()(path)
    assert caught.value.code == case["expected"], caught.value.message


def test_the_published_schema_is_that_of_the_code() -> None:
    folder = generate_courier.PATH.parents[2]
    assert render(courier_schema()) == (folder / FILE).read_text("utf-8")
