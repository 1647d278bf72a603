"""Whatever is done to a token, the answer is a refusal with a code, never another exception."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.envelope.conftest import CLEAR, GROUPS
from tracer.canonical import b64url
from tracer.envelope import content, jwe, jws, sdjwt
from tracer.envelope.jwk import SealKey, SealPublic, SigningKey, VerifyKey
from tracer.errors import REFUSALS, PeerError

SIGNING = SigningKey.from_seed(bytes(range(32)))
KEYS = {SIGNING.kid: SIGNING.verify_key}
SEAL = SealKey.from_seed(bytes(range(32)))
SIGNED = sdjwt.issue(CLEAR, GROUPS, key=SIGNING)
PLAINTEXT = content.pack(SIGNED.compact, {"index": 1, "path": ["a", "b"]})
SEALED = jwe.seal(
    PLAINTEXT, to=SEAL.public, sender="XA-NPOC", recipient="XB-NPOC", message_id=SIGNED.id
)
TYP = "tracer-refusal+jws"

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)


def _open(sealed: str | bytes) -> sdjwt.VerifiedMessage:
    signed, _ = content.unpack(jwe.open_(jwe.parse(sealed), key=SEAL))
    return sdjwt.verify(signed, keys=KEYS)


def _refused(found: PeerError) -> None:
    assert found.code in REFUSALS


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
@settings(max_examples=400)
def test_any_changed_byte_of_a_seal_is_refused(index: int, change: int) -> None:
    changed = bytearray(SEALED.encode())
    changed[index] ^= change
    with pytest.raises(PeerError) as refused:
        _open(bytes(changed))
    _refused(refused.value)


@given(st.integers(0, len(SIGNED.compact) - 1), st.characters())
@settings(max_examples=400)
def test_any_changed_character_of_a_signed_message_is_refused(index: int, other: str) -> None:
    compact = SIGNED.compact
    if compact[index] == other:
        return
    with pytest.raises(PeerError) as refused:
        sdjwt.verify(sdjwt.split(compact[:index] + other + compact[index + 1 :]), keys=KEYS)
    _refused(refused.value)


@given(st.integers(0, len(PLAINTEXT) - 1), st.integers(1, 255))
def test_any_changed_byte_of_a_plaintext_is_refused_or_changes_the_proof_only(
    index: int, change: int
) -> None:
    changed = bytearray(PLAINTEXT)
    changed[index] ^= change
    try:
        signed, _ = content.unpack(bytes(changed))
        assert sdjwt.verify(signed, keys=KEYS).signed == SIGNED
    except PeerError as error:
        _refused(error)


@given(st.integers(0, len(SEALED)), st.integers(0, len(SEALED)))
def test_any_piece_of_a_seal_is_refused(start: int, end: int) -> None:
    if SEALED[start:end] != SEALED:
        with pytest.raises(PeerError):
            _open(SEALED[start:end])


@given(st.text() | st.binary())
def test_garbage_in_place_of_a_seal_is_refused(garbage: str | bytes) -> None:
    with pytest.raises(PeerError):
        _open(garbage)


@given(st.text())
def test_garbage_in_place_of_a_signature_is_refused(garbage: str) -> None:
    with pytest.raises(PeerError):
        jws.verify_object(garbage, typ=TYP, keys=KEYS)
    with pytest.raises(PeerError):
        sdjwt.verify(sdjwt.split(garbage), keys=KEYS)


@given(st.binary())
def test_garbage_that_was_signed_is_read_strictly_or_refused(garbage: bytes) -> None:
    token = jws.sign_object(garbage, typ=sdjwt.TYP, key=SIGNING)
    try:
        sdjwt.verify(sdjwt.split(f"{token}~{b64url(garbage)}~"), keys=KEYS)
    except PeerError as error:
        _refused(error)


@given(JSON, JSON)
def test_any_json_as_digests_is_refused_or_empty(digests: object, algorithm: object) -> None:
    payload = {"_sd": digests, "_sd_alg": algorithm}
    token = jws.sign_object(payload, typ=sdjwt.TYP, key=SIGNING)
    with pytest.raises(PeerError):
        sdjwt.verify(sdjwt.split(f"{token}~"), keys=KEYS)


@given(JSON)
def test_any_json_as_a_key_is_refused(value: object) -> None:
    for read in (VerifyKey.from_jwk, SealPublic.from_jwk):
        with pytest.raises(PeerError):
            read(value)
        with pytest.raises(PeerError):
            read({"crv": "Ed25519", "kty": "OKP", "x": value})
        with pytest.raises(PeerError):
            read({"alg": "HPKE-10-KE", "kty": "AKP", "pub": value})


@given(
    st.dictionaries(st.text(max_size=5).filter(lambda name: name not in GROUPS), JSON),
    st.dictionaries(st.sampled_from(sorted(GROUPS)), JSON),
)
def test_what_can_be_issued_verifies_to_the_same(
    clear: dict[str, object], groups: dict[str, object]
) -> None:
    try:
        signed = sdjwt.issue(clear, groups, key=SIGNING)
    except ValueError:
        return
    found = sdjwt.verify(sdjwt.split(signed.compact), keys=KEYS)
    assert (found.members().clear, found.members().groups) == (clear, groups)
