"""Signing and verifying checkpoints, also with implementations that are not ours."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jwcrypto.jwa import JWA  # type: ignore[import-untyped] # it ships no types
from jwcrypto.jwk import JWK  # type: ignore[import-untyped] # the same

from tests.evidence import mldsa44
from tracer.errors import PeerError
from tracer.evidence.checkpoint import (
    Checkpoint,
    LogKey,
    LogPublic,
    cosigned_message,
    log_origin,
    sign_checkpoint,
    verify_checkpoint,
)
from tracer.evidence.merkle import EMPTY_ROOT

ORIGIN = "XA-NPOC/log/1"
NOW = datetime(2026, 3, 1, 12, 0, 0, 987_000, tzinfo=UTC)
ROOT = sha256(b"root").digest()
KEY = LogKey.from_seeds(ORIGIN, ed25519=bytes(range(32)), mldsa44=bytes(range(32, 64)))
HEAD = sign_checkpoint(origin=ORIGIN, size=6, root=ROOT, at=NOW, key=KEY)


def read(note: str) -> Checkpoint:
    return verify_checkpoint(note, origin=ORIGIN, public=KEY.public)


def quantum_blob(note: str) -> bytes:
    return max((base64.b64decode(row.rsplit(" ", 1)[1]) for row in note.splitlines()[4:]), key=len)


def test_what_was_signed_verifies_and_reads_the_same() -> None:
    assert read(HEAD.note) == HEAD
    assert (HEAD.origin, HEAD.size, HEAD.root) == (ORIGIN, 6, ROOT)


def test_the_time_of_a_checkpoint_has_whole_seconds_in_utc() -> None:
    assert HEAD.at == NOW.replace(microsecond=0)
    east = NOW.astimezone(timezone(timedelta(hours=5)))
    assert sign_checkpoint(origin=ORIGIN, size=6, root=ROOT, at=east, key=KEY).at == HEAD.at


def test_another_implementation_of_ml_dsa_verifies_our_line() -> None:
    blob = quantum_blob(HEAD.note)
    message = cosigned_message(ORIGIN, ORIGIN, int(HEAD.at.timestamp()), 6, ROOT)
    assert mldsa44.verify(KEY.public.mldsa44, blob[12:], message)
    assert not mldsa44.verify(KEY.public.mldsa44, blob[12:], message + b"x")
    pub = base64.urlsafe_b64encode(KEY.public.mldsa44).decode().rstrip("=")
    jwk = JWK(kty="AKP", alg="ML-DSA-44", pub=pub)
    JWA.signing_alg("ML-DSA-44").verify(jwk, message, blob[12:])


def test_the_signed_bytes_are_those_of_the_cosignature_document() -> None:
    message = cosigned_message("XA", "XB-1", 258, 3, ROOT)
    lengths = b"\x02XA" + bytes(6) + b"\x01\x02" + b"\x04XB-1"
    assert message == b"subtree/v1\n\x00" + lengths + bytes(8) + bytes(7) + b"\x03" + ROOT


def test_the_published_note_of_the_specification_has_our_key_id_rule() -> None:
    name, key_id, key = (
        "example.com/foo",
        "530d903a",
        "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    )
    raw = base64.b64decode(key)
    assert sha256(name.encode() + b"\n" + raw).hexdigest()[:8] == key_id
    classic, quantum = KEY.public.verifier_keys
    for text in (classic, quantum):
        origin, ours, encoded = text.split("+", 2)
        assert sha256(origin.encode() + b"\n" + base64.b64decode(encoded)).hexdigest()[:8] == ours
    assert base64.b64decode(quantum.split("+", 2)[2])[:1] == b"\x06"


def test_signing_the_same_head_again_gives_another_note_that_verifies_too() -> None:
    again = sign_checkpoint(origin=ORIGIN, size=6, root=ROOT, at=NOW, key=KEY)
    assert read(again.note).root == HEAD.root


def test_keys_come_back_from_their_seeds() -> None:
    key = LogKey.generate(ORIGIN)
    first, second = key.seeds()
    assert LogKey.from_seeds(ORIGIN, ed25519=first, mldsa44=second).public == key.public
    assert LogKey.generate(ORIGIN).public != key.public


def test_a_key_shows_its_origin_and_never_its_seeds() -> None:
    assert repr(KEY) == "LogKey('XA-NPOC/log/1')"


def test_a_key_signs_for_its_own_log_only() -> None:
    with pytest.raises(ValueError, match="own log"):
        sign_checkpoint(origin="XA-NPOC/log/2", size=6, root=ROOT, at=NOW, key=KEY)
    with pytest.raises(ValueError, match="another log"):
        verify_checkpoint(HEAD.note, origin="XA-NPOC/log/2", public=KEY.public)


@pytest.mark.parametrize(
    ("size", "root", "at"),
    [
        (-1, ROOT, NOW),
        (2**53, ROOT, NOW),
        (1, ROOT[:31], NOW),
        (0, ROOT, NOW),
        (1, ROOT, datetime(1969, 12, 31, tzinfo=UTC)),
    ],
)
def test_a_head_that_no_log_has_is_not_signed(size: int, root: bytes, at: datetime) -> None:
    with pytest.raises(ValueError, match=r"log"):
        sign_checkpoint(origin=ORIGIN, size=size, root=root, at=at, key=KEY)


@pytest.mark.parametrize("number", [1, 2, 17])
def test_the_empty_head_of_every_log_of_an_authority_can_be_signed(number: int) -> None:
    key = LogKey.generate(log_origin("XA-NPOC", number))
    head = sign_checkpoint(origin=key.origin, size=0, root=EMPTY_ROOT, at=NOW, key=key)
    assert verify_checkpoint(head.note, origin=key.origin, public=key.public) == head


@pytest.mark.parametrize(
    ("authority", "number"),
    [("XA-NPOC", 0), ("XA-NPOC", -1), ("xa", 1), ("XA", 1), ("XA-NPOC/", 1)],
)
def test_an_origin_is_made_for_an_authority_and_a_positive_number(
    authority: str, number: int
) -> None:
    with pytest.raises(ValueError, match="origin"):
        log_origin(authority, number)


def weak_points() -> list[bytes]:
    prime = 2**255 - 19
    eight = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"
    other = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
    low = [n.to_bytes(32, "little") for n in (0, 1, prime - 1, prime, prime + 1)]
    points = [*low, bytes.fromhex(eight), bytes.fromhex(other)]
    return points + [point[:31] + bytes((point[31] | 0x80,)) for point in points]


@pytest.mark.parametrize("point", weak_points(), ids=bytes.hex)
def test_an_ed25519_key_that_any_signature_fits_is_not_a_log_key(point: bytes) -> None:
    with pytest.raises(ValueError, match="small order"):
        LogPublic(ORIGIN, point, KEY.public.mldsa44)


@pytest.mark.parametrize(("classic", "quantum"), [(31, 1312), (33, 1312), (32, 1311), (32, 1952)])
def test_a_log_key_of_another_length_is_not_a_log_key(classic: int, quantum: int) -> None:
    with pytest.raises(ValueError, match="length"):
        LogPublic(ORIGIN, bytes([7]) * classic, bytes(quantum))


@pytest.mark.parametrize(("classic", "quantum"), [(31, 32), (32, 31), (0, 32)])
def test_a_seed_of_another_length_is_refused(classic: int, quantum: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        LogKey.from_seeds(ORIGIN, ed25519=bytes(classic), mldsa44=bytes(quantum))


def test_a_surrogate_from_a_lenient_decoder_is_a_form_error() -> None:
    with pytest.raises(PeerError) as caught:
        read(HEAD.note + "\u2014 witness\udce9 " + base64.b64encode(bytes(40)).decode() + "\n")
    assert caught.value.code == "checkpoint-form"


@settings(max_examples=300)
@given(st.integers(0, len(HEAD.note) - 1), st.characters(codec="utf-8"))
def test_no_single_changed_character_is_accepted(at: int, character: str) -> None:
    changed = HEAD.note[:at] + character + HEAD.note[at + 1 :]
    if changed == HEAD.note:
        return
    with pytest.raises(PeerError) as caught:
        read(changed)
    assert caught.value.code in {"checkpoint-form", "checkpoint-signature", "log-origin"}


@given(st.text(max_size=200) | st.text("\u2014 \n+/=A1", max_size=200))
def test_any_text_is_refused_in_a_known_way(text: str) -> None:
    with pytest.raises(PeerError) as caught:
        read(text)
    assert caught.value.code == "checkpoint-form"
