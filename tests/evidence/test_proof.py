"""A proof on its whole way: logged, proved, sent, read, checked, remembered."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tracer.canonical import b64url, strict_json
from tracer.errors import PeerError
from tracer.evidence import merkle
from tracer.evidence.checkpoint import Checkpoint, LogKey, sign_checkpoint, verify_checkpoint
from tracer.evidence.proof import (
    Comparison,
    ConsistencyProof,
    Proof,
    check_proof,
    compare,
    parse_consistency,
    parse_proof,
)
from tracer.evidence.record import Kind, leaf_hash, new_record

ORIGIN = "XA-NPOC/log/1"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = LogKey.from_seeds(ORIGIN, ed25519=bytes(32), mldsa44=bytes(32))
IDS = [b64url(sha256(bytes((n,))).digest()) for n in range(8)]
RECORDS = [
    new_record(
        kind=Kind.SENT,
        id=IDS[n],
        sender="XA-NPOC",
        recipient="XB-NPOC",
        at=NOW,
        salt=sha256(bytes((n, n))).digest(),
    )
    for n in range(8)
]
NODES = merkle.append(0, list(map(leaf_hash, RECORDS)), merkle.reader_of({})).new_nodes
READ = merkle.reader_of(NODES)


def head(size: int, root: bytes | None = None) -> Checkpoint:
    root = merkle.root(size, READ) if root is None else root
    return sign_checkpoint(origin=ORIGIN, size=size, root=root, at=NOW, key=KEY)


HEADS = [head(size) for size in range(9)]


def proved(index: int, size: int) -> Proof:
    path = merkle.inclusion_path(index, size, READ)
    return Proof(record=RECORDS[index], index=index, size=size, path=path)


def joined(old: int, new: int) -> ConsistencyProof:
    return ConsistencyProof(old=old, new=new, path=merkle.consistency_path(old, new, READ))


def test_a_logged_record_is_proved_to_a_peer_who_has_the_public_keys_only() -> None:
    wire = json.dumps({"head": HEADS[7].note, "proof": proved(3, 7).to_wire()}).encode()
    seen = strict_json(wire)
    shown = verify_checkpoint(seen["head"], origin=ORIGIN, public=KEY.public)
    parties = {"sender": "XA-NPOC", "recipient": "XB-NPOC"}
    record = check_proof(parse_proof(seen["proof"]), shown, kind=Kind.SENT, id=IDS[3], **parties)
    assert (record.id, record.at) == (IDS[3], NOW)


def test_one_record_is_proved_under_any_later_checkpoint() -> None:
    for size in range(4, 9):
        proof = proved(3, size)
        asked = {"id": IDS[3], "sender": "XA-NPOC", "recipient": "XB-NPOC"}
        assert check_proof(proof, HEADS[size], kind=Kind.SENT, **asked).id == IDS[3]


@given(st.integers(0, 8), st.integers(0, 8))
def test_two_heads_of_one_log_are_told_apart_by_size_alone(known: int, shown: int) -> None:
    wire = joined(min(known, shown), max(known, shown)).to_wire()
    expected = Comparison.SAME
    if known != shown:
        expected = Comparison.AHEAD if shown > known else Comparison.BEHIND
    assert compare(HEADS[known], HEADS[shown], parse_consistency(wire)) is expected


def test_a_missing_proof_is_asked_for_with_the_size_that_is_remembered() -> None:
    with pytest.raises(PeerError) as caught:
        compare(HEADS[5], HEADS[8], None)
    assert (caught.value.code, caught.value.hints) == ("log-proof-needed", ("5",))
    assert caught.value.retryable


@pytest.mark.parametrize("size", [3, 5, 8])
def test_a_log_that_signed_another_history_is_a_fork_and_not_retryable(size: int) -> None:
    forked = head(size, sha256(b"another history").digest())
    with pytest.raises(PeerError) as caught:
        compare(HEADS[5], forked, joined(min(5, size), max(5, size)))
    assert (caught.value.code, caught.value.retryable) == ("log-fork", False)


def test_a_comparison_does_not_depend_on_when_or_how_often_a_head_was_signed() -> None:
    again = sign_checkpoint(
        origin=ORIGIN, size=5, root=HEADS[5].root, at=NOW.replace(year=2027), key=KEY
    )
    assert compare(HEADS[5], again, None) is Comparison.SAME


@pytest.mark.parametrize("field", ["index", "size", "record", "path"])
def test_every_field_of_a_proof_is_bound_to_the_checkpoint(field: str) -> None:
    proof = proved(3, 7)
    changes: dict[str, Any] = {
        "index": 2,
        "size": 8,
        "record": RECORDS[2],
        "path": proof.path[::-1],
    }
    changed = replace(proof, **{field: changes[field]})
    asked = {"sender": "XA-NPOC", "recipient": "XB-NPOC"}
    with pytest.raises(PeerError) as caught:
        check_proof(changed, HEADS[7], kind=Kind.SENT, id=IDS[3], **asked)
    assert caught.value.code == "proof-invalid"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=50),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)
members = st.fixed_dictionaries(
    dict.fromkeys(("record", "index", "size", "path"), json_values)
) | st.fixed_dictionaries(dict.fromkeys(("old", "new", "path"), json_values))


@given(json_values | members)
def test_any_json_is_read_or_refused_in_a_known_way(value: Any) -> None:
    for parse in (parse_proof, parse_consistency):
        try:
            parse(value)
        except PeerError as error:
            assert error.code == "proof-form"  # noqa: PT017 - either outcome is right
