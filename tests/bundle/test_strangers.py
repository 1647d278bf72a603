"""A bundle read by programs that are not ours: zip, trees, signatures."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from hashlib import sha256
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OKPKey
from pymerkle import InmemoryTree  # type: ignore[import-untyped] # it ships no types

from tests.evidence import mldsa44
from tests.stranger.log import leads_to
from tests.vectors.bundle_parts import (
    GROUPS,
    IDS,
    LOGS,
    PHOTO,
    A,
    B,
    content,
    gone,
    signed,
    small,
    zipped,
)
from tests.vectors.entry_parts import log as log_keys
from tests.vectors.entry_parts import sign_jwk
from tracer.bundle.archive import ArchiveError, pack, unpack
from tracer.bundle.verify import verify_bundle
from tracer.canonical import unb64url
from tracer.envelope.stream import decrypt_stream


def read() -> dict[str, bytes]:
    """Every file, by the standard library."""
    with zipfile.ZipFile(io.BytesIO(small())) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_standard_library_writes_and_reads_the_same_zip() -> None:
    files = read()
    assert pack(list(files.items())) == small() == zipped(files)
    assert [(one.name, one.data) for one in unpack(small()).members] == list(files.items())


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_another_compression_is_refused(method: int) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        archive.writestr("manifest.json", b"0" * 100_000)
    with pytest.raises(ArchiveError):
        unpack(data.getvalue())


def test_a_zip_that_refers_to_a_place_outside_or_beyond_its_bounds_is_refused() -> None:
    for name in ("../a", "/a", "a//b", "a/../b", "C:\\a", ".a", "a" * 121, ""):
        with pytest.raises(ArchiveError):
            unpack(zipped({name: b"x"}) if name else b"")
    with pytest.raises(ValueError, match="twice"):
        pack([("a", b""), ("A", b"")])


def proofs() -> list[tuple[str, dict[str, Any]]]:
    files = read()
    found = []
    for number in (1, 2):
        both = json.loads(files[f"proofs/000{number}.json"])
        found += [(kind, both[kind]) for kind in ("sent", "received")]
    return found


@pytest.mark.parametrize(("kind", "placed"), proofs())
def test_records_and_paths_lead_to_the_heads_by_pymerkle_and_by_the_text_of_rfc_9162(
    kind: str, placed: dict[str, Any]
) -> None:
    note = read()[f"checkpoints/{placed['origin']}/{placed['size']}.txt"].decode()
    root = base64.b64decode(note.split("\n")[2])
    record = unb64url(placed["record"])
    assert json.loads(record)["kind"] == kind
    tree = InmemoryTree("sha256")
    for one in LOGS[placed["origin"].partition("/")[0]]:
        tree.append_entry(sha256(one).digest())
    assert tree.get_root(placed["size"]) == root
    theirs = tree.prove_inclusion(placed["index"] + 1, placed["size"])
    assert theirs.path[1:] == [unb64url(one) for one in placed["path"]]
    leaf = sha256(b"\x00" + sha256(record).digest()).digest()
    assert leads_to(leaf, placed) == root


@pytest.mark.parametrize("who", [A, B])
def test_both_heads_of_a_log_are_one_history_by_pymerkle(who: str) -> None:
    path = json.loads(read()[f"consistency/{who}/log/1/1-2.json"])
    tree = InmemoryTree("sha256")
    for one in LOGS[who]:
        tree.append_entry(sha256(one).digest())
    proof = tree.prove_consistency(1, 2)
    proof.verify(tree.get_root(1), tree.get_root(2), prior_size=1, later_size=2)
    leaf = sha256(b"\x00" + sha256(LOGS[who][1]).digest()).digest()
    assert [unb64url(one) for one in path["path"]] == [leaf]


@pytest.mark.parametrize(("who", "size"), [(A, 1), (A, 2), (B, 1), (B, 2)])
def test_the_second_signature_of_a_head_holds_by_fips_204_in_plain_python(
    who: str, size: int
) -> None:
    note = read()[f"checkpoints/{who}/log/1/{size}.txt"].decode()
    origin = f"{who}/log/1"
    blob = base64.b64decode(note.split("\n")[5].split(" ")[2])
    time, signature = blob[4:12], blob[12:]
    name = bytes((len(origin),)) + origin.encode()
    head = bytes(8) + size.to_bytes(8, "big") + base64.b64decode(note.split("\n")[2])
    message = b"subtree/v1\n\x00" + name + time + name + head
    assert mldsa44.verify(unb64url(log_keys(who)["mldsa44"]), signature, message)


@pytest.mark.parametrize(("number", "who"), [(1, A), (2, B)])
def test_the_signature_of_a_message_and_of_the_list_hold_by_another_library(
    number: int, who: str
) -> None:
    token = read()[f"messages/000{number}.sdjwt"].decode().split("~")[0]
    for signed_, by in ((token, who), (read()["manifest.jws"].decode(), A)):
        key = OKPKey.import_key(sign_jwk(by))
        found = jws.deserialize_compact(
            signed_, key, registry=jws.JWSRegistry(algorithms=["Ed25519"])
        )
        assert json.loads(found.payload)


def test_the_list_names_every_file_by_the_digest_that_sha256sum_prints() -> None:
    files = read()
    listed = json.loads(files.pop("manifest.json"))["files"]
    del files["manifest.jws"]
    assert {one["name"]: one["sha256"] for one in listed} == {
        name: sha256(data).hexdigest() for name, data in files.items()
    }


@given(st.sets(st.sampled_from([*sorted(GROUPS), "file"])))
def test_whatever_groups_are_left_out_the_rest_stays_proved(names: set[str]) -> None:
    without = tuple(sorted(names - {"file"}))
    files = content(without)
    said = [gone(name) for name in without]
    if "file" in names:
        del files["attachments/0001-01.bin"]
        said.append(gone("1", what="attachment"))
    verdict = verify_bundle(zipped(signed(files, said)))
    assert verdict.holds
    assert [one.id for one in verdict.messages] == list(IDS)
    assert verdict.messages[0].withheld == len(without)


@pytest.mark.parametrize("count", range(1, 4))
def test_a_group_that_is_left_out_without_being_said_is_named(count: int) -> None:
    for names in combinations(sorted(GROUPS), count):
        verdict = verify_bundle(zipped(signed(content(names))))
        assert {one.code for one in verdict.findings if one.level == "wrong"} == {"left-out"}


def test_the_photo_opens_with_the_key_that_the_message_discloses() -> None:
    message = verify_bundle(small()).messages[0].message
    key = message.attachment_keys["1"]  # type: ignore[union-attr,index]
    data = read()["attachments/0001-01.bin"]
    assert b"".join(decrypt_stream([data], unb64url(key.key), unb64url(key.prefix))) == PHOTO
