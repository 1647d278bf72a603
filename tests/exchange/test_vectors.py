"""The published vectors of `schemas/vectors/batch` and `schemas/vectors/refusal`, run by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.vectors import generate_batch, generate_refusal
from tracer.config.settings import Limits
from tracer.envelope.jwk import VerifyKey
from tracer.errors import PeerError
from tracer.exchange import batch as wire
from tracer.exchange.refusals import SignedRefusal, read_refusal, refuses

Case = dict[str, Any]


def load(folder: Path, name: str) -> Any:
    return json.loads((folder / f"{name}.json").read_text("utf-8"))


def named(cases: list[Case]) -> pytest.MarkDecorator:
    assert len({case["name"] for case in cases}) == len(cases)
    assert 2 * sum(case["expected"] != "accept" for case in cases) > len(cases)
    return pytest.mark.parametrize("case", cases, ids=lambda case: case["name"])


BATCH = load(generate_batch.FOLDER, "batch")["cases"]
ANSWER = load(generate_batch.FOLDER, "answer")["cases"]
REFUSAL = load(generate_refusal.FOLDER, "refusal")


def test_the_files_are_what_the_generators_write() -> None:
    for name in generate_batch.FILES:
        written = (generate_batch.FOLDER / f"{name}.json").read_text("utf-8")
        assert generate_batch.rendered(name) == written
    written = (generate_refusal.FOLDER / "refusal.json").read_text("utf-8")
    assert generate_refusal.rendered() == written


@named(BATCH)
def test_a_batch_has_its_published_outcome(case: Case) -> None:
    body = generate_batch.body(case)
    if case["expected"] == "accept":
        found = wire.read_batch(body, limit=Limits().batch_messages)
        header = msgspec.to_builtins(found.head)
        assert {"header": header, "lines": len(found.messages)} == case["output"]
        return
    with pytest.raises(PeerError) as caught:
        wire.read_batch(body, limit=Limits().batch_messages)
    assert caught.value.code == case["expected"]


@named(ANSWER)
def test_an_answer_has_its_published_outcome(case: Case) -> None:
    body = generate_batch.body(case)
    if case["expected"] == "accept":
        found = wire.read_answer(body, limit=case["messages"])
        header = msgspec.to_builtins(found.head)
        assert {"header": header, "lines": len(found.replies)} == case["output"]
        return
    with pytest.raises(PeerError):
        wire.read_answer(body, limit=case["messages"])


def _about_our_message(token: str, message_id: str) -> SignedRefusal:
    asked = REFUSAL["asked"]
    keys = {key.kid: key for key in map(VerifyKey.from_jwk, REFUSAL["keys"]["verify"])}
    return read_refusal(token, keys=keys, us=asked["to"], peer=asked["from"], message_id=message_id)


def _counts(token: str) -> SignedRefusal | None:
    """What a refusal says if it counts: by its id, or without one by the bytes it is of."""
    asked = REFUSAL["asked"]
    for message_id in (asked["id"], ""):
        try:
            found = _about_our_message(token, message_id)
        except PeerError:
            continue
        if message_id or refuses(found, asked["jwe"]):
            return found
    return None


@named(REFUSAL["cases"])
def test_a_refusal_has_its_published_outcome(case: Case) -> None:
    found = _counts(case["token"])
    if case["expected"] == "refuse":
        assert found is None
        return
    assert found is not None
    output = {"code": found.code, "retryable": found.retryable, "hints": list(found.hints)}
    assert output == case["output"]
