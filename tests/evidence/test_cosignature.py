"""Cosignatures: made, read, counted; the published vectors of `schemas/vectors/cosignature`."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.evidence import mldsa44, rfc9162
from tests.vectors.generate_cosignature import FILES, FOLDER, rendered
from tracer.errors import PeerError
from tracer.evidence.checkpoint import Checkpoint, LogKey, LogPublic, sign_checkpoint
from tracer.evidence.cosignature import (
    WitnessKey,
    WitnessPublic,
    cosign,
    cosignatures_of,
    count,
    parse_witness_name,
    read_answer,
    verify_cosignature,
    with_cosignatures,
    witness_name,
)
from tracer.evidence.merkle import EMPTY_ROOT
from tracer.evidence.note import cosigned_message
from tracer.evidence.witnessing import (
    NOTHING,
    Known,
    WitnessRefusal,
    contradicts,
    judge,
    read_submission,
    verify_submitted,
    write_submission,
)

Case = dict[str, Any]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LOG = LogKey.from_seeds("XA-NPOC/log/1", ed25519=bytes(32), mldsa44=bytes(range(32)))
KEY = WitnessKey("XB-NPOC/witness/1", seed=bytes(range(32, 64)))
LEAVES = [rfc9162.leaf(bytes((number,))) for number in range(40)]


def load(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def named(cases: list[Case]) -> pytest.MarkDecorator:
    assert len({case["name"] for case in cases}) == len(cases)
    return pytest.mark.parametrize("case", cases, ids=lambda case: case["name"])


LINES, REQUESTS = load("cosignature"), load("submission")


def head(size: int) -> Checkpoint:
    root = rfc9162.tree_hash(LEAVES[:size])
    return sign_checkpoint(origin=LOG.origin, size=size, root=root, at=NOW, key=LOG)


@pytest.mark.parametrize("name", FILES)
def test_the_files_are_what_the_generator_writes(name: str) -> None:
    assert rendered(name) == (FOLDER / f"{name}.json").read_text("utf-8")


@pytest.mark.parametrize("file", [LINES, REQUESTS], ids=["cosignature", "submission"])
def test_more_cases_are_refused_than_accepted(file: Any) -> None:
    taken = [case for case in file["cases"] if case["expected"] in {"accept", 200}]
    assert 2 * len(taken) < len(file["cases"])


@named(LINES["cases"])
def test_lines_of_witnesses_as_published(case: Case) -> None:
    told = LINES["head"]
    members = [
        WitnessPublic(one["name"], base64.b64decode(one["mldsa44"])) for one in LINES["members"]
    ]
    shown = Checkpoint(
        origin=told["origin"],
        size=told["size"],
        root=bytes.fromhex(told["root"]),
        at=NOW,
        note=told["note"],
    )
    if case["expected"] != "accept":
        with pytest.raises(PeerError) as caught:
            read_answer(case["lines"], shown, members)
        assert caught.value.code == case["expected"]
        return
    signed = read_answer(case["lines"], shown, members)
    assert {one.witness: int(one.at.timestamp()) for one in signed} == case["signed"]
    assert {one.line for one in signed} <= set(case["lines"].splitlines(keepends=True))


@named(REQUESTS["cases"])
def test_requests_to_a_witness_as_published(case: Case) -> None:
    log = REQUESTS["log"]
    keys = [base64.b64decode(log[kind]) for kind in ("ed25519", "mldsa44")]
    public = LogPublic(log["origin"], *keys)
    held = case["held"]
    known = Known(held["size"], bytes.fromhex(held["root"])) if held else NOTHING
    fault = False
    try:
        asked = read_submission(case["body"].encode())
        shown = verify_submitted(asked, origin=public.origin, public=public)
        fault = contradicts(shown, known.size, known.root)
        found, size = judge(asked.old, asked.path, shown, known=known), None
        status = 200
    except WitnessRefusal as refusal:
        status, size, found = refusal.status, refusal.size, known
    assert (status, fault) == (case["expected"], case["fault"])
    assert size == case.get("size")
    assert found.size == case.get("holds", known.size)


def test_a_second_ml_dsa_verifies_what_we_sign() -> None:
    shown = head(8)
    line = cosign(shown, key=KEY, at=NOW).line
    blob = base64.b64decode(line.split(" ")[2])
    message = cosigned_message(KEY.name, LOG.origin, int(NOW.timestamp()), 8, shown.root)
    assert int.from_bytes(blob[4:12], "big") == int(NOW.timestamp())
    assert mldsa44.verify(KEY.public.mldsa44, blob[12:], message)
    assert not mldsa44.verify(KEY.public.mldsa44, blob[12:], message + b"x")


def test_a_line_is_of_one_witness_and_one_head() -> None:
    shown, line = head(8), cosign(head(8), key=KEY, at=NOW).line
    assert verify_cosignature(line, shown, KEY.public).at == NOW
    stranger = WitnessKey.generate("XC-NPOC/witness/1")
    second = WitnessKey.generate("XB-NPOC/witness/1")
    for other, public in ((head(9), KEY.public), (shown, stranger.public), (shown, second.public)):
        with pytest.raises(PeerError) as caught:
            verify_cosignature(line, other, public)
        assert caught.value.code == "checkpoint-signature"


def test_lines_travel_in_the_note_and_are_found_there_again() -> None:
    shown = head(8)
    other = WitnessKey.generate("XC-NPOC/witness/1")
    lines = [cosign(shown, key=key, at=NOW).line for key in (KEY, other)]
    note = with_cosignatures(shown, lines)
    carried = Checkpoint(origin=shown.origin, size=8, root=shown.root, at=NOW, note=note)
    found = cosignatures_of(carried, [KEY.public, other.public])
    assert [one.line for one in found] == lines
    assert cosignatures_of(shown, [KEY.public]) == ()
    with pytest.raises(ValueError, match="too many"):
        with_cosignatures(shown, lines * 9)


def test_a_witness_is_named_after_its_authority_and_a_number() -> None:
    assert witness_name("XA-NPOC", 7) == "XA-NPOC/witness/7"
    assert parse_witness_name("XA-NPOC/witness/7") == ("XA-NPOC", 7)
    for bad in ("XA-NPOC/witness/0", "XA-NPOC/witness", "XA-NPOC/log/1", "witness.example/w"):
        with pytest.raises(ValueError, match="name"):
            parse_witness_name(bad)
        with pytest.raises(ValueError, match="name"):
            WitnessKey.generate(bad)


def test_the_seed_is_shown_nowhere_but_to_the_keyring() -> None:
    assert WitnessKey(KEY.name, seed=KEY.seed()).public == KEY.public
    assert KEY.seed().hex() not in repr(KEY)
    assert KEY.public.verifier_key.startswith("XB-NPOC/witness/1+")


def test_the_quorum_counts_names_and_tells_since_when() -> None:
    hour = timedelta(hours=1)
    signed = [("b", NOW + hour), ("a", NOW), ("b", NOW + 2 * hour), ("c", NOW + 3 * hour)]
    found = count(signed, ["a", "b", "c", "d"], 2)
    assert (found.names, found.of, found.since) == (("a", "b", "c"), 4, NOW + hour)
    assert count(signed[:1], ["a", "b"], 2).since is None
    assert not count([], ["a"], 1).reached
    assert count(signed, ["d"], 1).of == 4
    assert count(signed, [], 0).since is None


class Log:
    """One history of a log: leaves, of which any number is a head."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.leaves = leaves

    def head(self, size: int) -> Checkpoint:
        root = rfc9162.tree_hash(self.leaves[:size])
        return sign_checkpoint(origin=LOG.origin, size=size, root=root, at=NOW, key=LOG)


FORKED = [*LEAVES[:5], *(rfc9162.leaf(b"x" + bytes((number,))) for number in range(35))]
SIZES = (0, 4, 6, 8, 11)
"""Few, so that one is often asked for again; up to 5 the two histories are one."""
STEP = st.tuples(
    st.booleans(),
    st.one_of(st.none(), st.none(), st.sampled_from(SIZES)),
    st.sampled_from(SIZES),
    st.sampled_from(["right", "right", "none", "junk"]),
)
"""Which history, from where (None: from what the witness holds), to where, with which proof."""


@settings(deadline=None, max_examples=100)
@given(st.lists(STEP, min_size=10, max_size=40))
def test_whatever_is_asked_a_witness_signs_one_history_only(
    asked: list[tuple[bool, int | None, int, str]],
) -> None:
    known, signed = NOTHING, [NOTHING]
    for forked, start, new, kind in asked:
        old = known.size if start is None else start
        leaves = FORKED if forked else LEAVES
        right = tuple(rfc9162.proof(old, leaves[:new])) if old <= new else ()
        path = {"right": right, "none": (), "junk": (bytes(32), *right)}[kind]
        root = rfc9162.tree_hash(leaves[:new])
        shown = Checkpoint(origin=LOG.origin, size=new, root=root, at=NOW, note="")
        try:
            known = judge(old, path, shown, known=known)
        except WitnessRefusal:
            continue
        signed.append(known)
    assert [one.size for one in signed] == sorted(one.size for one in signed)
    histories = [{rfc9162.tree_hash(some[:n]) for n in range(13)} for some in (LEAVES, FORKED)]
    assert any({one.root for one in signed} <= roots for roots in histories)


def test_a_request_is_read_as_it_was_written() -> None:
    shown, path = head(9), tuple(rfc9162.proof(8, LEAVES[:9]))
    asked = read_submission(write_submission(8, path, shown.note))
    assert (asked.old, asked.path, asked.note) == (8, path, shown.note)
    assert read_submission(write_submission(0, (), shown.note)).path == ()


def test_an_empty_log_is_cosigned_too() -> None:
    empty = sign_checkpoint(origin=LOG.origin, size=0, root=EMPTY_ROOT, at=NOW, key=LOG)
    assert judge(0, (), empty, known=NOTHING) == NOTHING


@pytest.mark.parametrize(
    "bad", [b"\xff\xfe", b"old 0\n\n" + b"x" * 400_000], ids=["no-text", "long"]
)
def test_what_is_no_text_or_too_long_is_malformed(bad: bytes) -> None:
    with pytest.raises(WitnessRefusal) as caught:
        read_submission(bad)
    assert caught.value.status == 400
