"""The published vectors of `schemas/vectors/evidence`, run by name."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.vectors.generate_evidence import FILES, FOLDER, rendered
from tracer.errors import PeerError
from tracer.evidence import checkpoint, merkle, proof, record

Case = dict[str, Any]


def load(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def named(cases: list[Case]) -> pytest.MarkDecorator:
    assert len({case["name"] for case in cases}) == len(cases)
    return pytest.mark.parametrize("case", cases, ids=lambda case: case["name"])


def nodes(values: list[str]) -> list[bytes]:
    return [bytes.fromhex(value) for value in values]


def head(case: Case) -> checkpoint.Checkpoint:
    return checkpoint.Checkpoint(
        origin=case["origin"],
        size=case["size"],
        root=bytes.fromhex(case["root"]),
        at=datetime(2026, 3, 1, tzinfo=UTC),
        note="",
    )


TREE, NOTES, PROOFS = load("tree"), load("checkpoint"), load("proof")


@pytest.mark.parametrize("name", FILES)
def test_the_files_are_what_the_generator_writes(name: str) -> None:
    assert rendered(name) == (FOLDER / f"{name}.json").read_text("utf-8")


@pytest.mark.parametrize("name", FILES)
def test_refused_cases_are_no_fewer_than_accepted_ones_or_the_file_is_exhaustive(name: str) -> None:
    cases = load(name).get("cases", [])
    refused = [case for case in cases if case["expected"] not in {"accept", "first", "same"}]
    assert len(refused) * 2 >= len(cases)


@pytest.mark.parametrize("size", range(9))
def test_the_reference_tree_has_its_published_roots(size: int) -> None:
    leaves = nodes(TREE["leaf_hashes"])
    assert merkle.append(0, leaves[:size], merkle.reader_of({})).root.hex() == TREE["roots"][size]


@named(TREE["inclusion"])
def test_inclusion_in_the_reference_tree(case: Case) -> None:
    leaf, root = bytes.fromhex(case["leaf"]), bytes.fromhex(case["root"])
    if case["expected"] == "accept":
        merkle.verify_inclusion(leaf, case["index"], case["size"], nodes(case["path"]), root)
        return
    with pytest.raises(merkle.ProofError) as caught:
        merkle.verify_inclusion(leaf, case["index"], case["size"], nodes(case["path"]), root)
    assert caught.value.reason == case["reason"]


@named(TREE["consistency"])
def test_consistency_in_the_reference_tree(case: Case) -> None:
    old, new = bytes.fromhex(case["old_root"]), bytes.fromhex(case["new_root"])
    path = nodes(case["path"])
    for one, other in (
        ((case["old"], old), (case["new"], new)),
        ((case["new"], new), (case["old"], old)),
    ):
        if case["expected"] == "accept":
            merkle.verify_consistency(*one, *other, path)
            continue
        with pytest.raises(merkle.ProofError) as caught:
            merkle.verify_consistency(*one, *other, path)
        assert caught.value.reason == case["reason"]


@named(load("record")["cases"])
def test_records(case: Case) -> None:
    raw = case["record"].encode()
    if case["expected"] == "refuse":
        with pytest.raises(ValueError, match=r"."):
            record.parse_record(raw)
        return
    read = record.parse_record(raw)
    written = record.new_record(
        kind=read.kind,
        id=read.id,
        sender=read.sender,
        recipient=read.recipient,
        at=read.at,
        salt=read.salt,
    )
    assert written == raw
    assert record.leaf_hash(raw).hex() == case["leaf"]


@named(NOTES["cases"])
def test_checkpoints(case: Case) -> None:
    public = checkpoint.LogPublic(
        NOTES["public"]["origin"],
        base64.b64decode(NOTES["public"]["ed25519"]),
        base64.b64decode(NOTES["public"]["mldsa44"]),
    )
    if case["expected"] == "accept":
        read = checkpoint.verify_checkpoint(case["note"], origin=public.origin, public=public)
        assert (read.size, read.root.hex()) == (case["size"], case["root"])
        assert (read.at.timestamp(), read.note) == (case["at"], case["note"])
        return
    with pytest.raises(PeerError) as caught:
        checkpoint.verify_checkpoint(case["note"], origin=public.origin, public=public)
    assert caught.value.code == case["expected"]


def test_the_seeds_of_the_vectors_give_their_public_keys() -> None:
    seeds = {name: bytes.fromhex(seed) for name, seed in NOTES["seeds"].items()}
    key = checkpoint.LogKey.from_seeds(NOTES["public"]["origin"], **seeds)
    assert base64.b64encode(key.public.ed25519).decode() == NOTES["public"]["ed25519"]
    assert base64.b64encode(key.public.mldsa44).decode() == NOTES["public"]["mldsa44"]


@named(PROOFS["cases"])
def test_proofs(case: Case) -> None:
    asked = case["asked"] | {"kind": record.Kind(case["asked"]["kind"])}
    if case["expected"] == "accept":
        read = proof.parse_proof(case["proof"])
        assert read.to_wire() == case["proof"]
        assert proof.check_proof(read, head(PROOFS["checkpoint"]), **asked).id == asked["id"]
        return
    with pytest.raises(PeerError) as caught:
        proof.check_proof(proof.parse_proof(case["proof"]), head(PROOFS["checkpoint"]), **asked)
    assert caught.value.code == case["expected"]


@named(load("compare")["cases"])
def test_comparisons(case: Case) -> None:
    remembered = None if case["remembered"] is None else head(case["remembered"])

    def compared() -> proof.Comparison:
        joined = case["consistency"]
        read = None if joined is None else proof.parse_consistency(joined)
        return proof.compare(remembered, head(case["shown"]), read)

    if case["expected"] in {item.value for item in proof.Comparison}:
        assert compared().value == case["expected"]
        return
    with pytest.raises(PeerError) as caught:
        compared()
    assert caught.value.code == case["expected"]
