from __future__ import annotations

import hashlib
from typing import Any

import pytest

from tests.vectors.generate_envelope import FOREIGN
from tracer.canonical import b64url
from tracer.envelope import content, jwe, sdjwt
from tracer.envelope.jwk import SealKey, SigningKey, VerifyKey
from tracer.envelope.limits import Limits
from tracer.errors import PeerError

NAMES: dict[str, Any] = {
    "sender": "XA-NPOC",
    "recipient": "XB-NPOC",
    "message_id": b64url(bytes(32)),
}


def test_what_is_sealed_opens_for_its_recipient(seal_key: SealKey) -> None:
    sealed = jwe.parse(jwe.seal(b"inside", to=seal_key.public, **NAMES).encode())
    assert (sealed.kid, sealed.sender, sealed.recipient) == (seal_key.kid, "XA-NPOC", "XB-NPOC")
    assert sealed.id == NAMES["message_id"]
    assert jwe.open_(sealed, key=seal_key) == b"inside"


def test_no_two_seals_of_one_message_are_alike(seal_key: SealKey) -> None:
    one, two = (jwe.parse(jwe.seal(b"", to=seal_key.public, **NAMES)).parts for _ in range(2))
    assert one.ek != two.ek
    assert one.iv != two.iv
    assert one.encrypted_key != two.encrypted_key


def test_a_seal_of_another_library_opens() -> None:
    sealed = jwe.parse(FOREIGN["jwe"])
    key = SealKey.from_seed(hashlib.sha256(b"tracer vectors: seal key").digest())
    assert jwe.open_(sealed, key=key) == FOREIGN["plaintext"].encode()


@pytest.mark.parametrize(
    "wrong", [{"sender": 'XA"'}, {"recipient": "xb-npoc"}, {"message_id": "short"}]
)
def test_names_that_need_an_escape_are_not_sealed(wrong: dict[str, str], seal_key: SealKey) -> None:
    with pytest.raises(ValueError, match="form"):
        jwe.seal(b"", to=seal_key.public, **{**NAMES, **wrong})


def test_a_seal_over_the_limit_is_neither_made_nor_read(seal_key: SealKey) -> None:
    small = Limits(message=3000)
    with pytest.raises(ValueError, match="longer"):
        jwe.seal(bytes(3000), to=seal_key.public, **NAMES, limits=small)
    with pytest.raises(PeerError, match="too-large"):
        jwe.parse("x" * 3001, limits=small)


def test_bytes_outside_ascii_are_refused_by_form() -> None:
    with pytest.raises(PeerError, match="jwe-form"):
        jwe.parse(b"\xff" * 100)


def test_r10_a_message_that_was_sealed_and_not_signed_is_refused(
    seal_key: SealKey, keys: dict[str, VerifyKey]
) -> None:
    plaintext = content.pack("e30.e30.~", {})
    opened = jwe.open_(jwe.parse(jwe.seal(plaintext, to=seal_key.public, **NAMES)), key=seal_key)
    signed, _ = content.unpack(opened)
    with pytest.raises(PeerError, match="jws-form"):
        sdjwt.verify(signed, keys=keys)


def test_the_whole_way_out_and_in(
    signed: sdjwt.SignedMessage, seal_key: SealKey, keys: dict[str, VerifyKey]
) -> None:
    plaintext = content.pack(signed.compact, {"index": 7})
    sealed = jwe.seal(plaintext, to=seal_key.public, **{**NAMES, "message_id": signed.id})
    arrived, proof = content.unpack(jwe.open_(jwe.parse(sealed), key=seal_key))
    assert sdjwt.verify(arrived, keys=keys).signed == signed
    assert proof == {"index": 7}


def test_a_proof_over_the_limit_is_refused(signed: sdjwt.SignedMessage) -> None:
    with pytest.raises(PeerError, match="too-large"):
        content.unpack(content.pack(signed.compact, {"x": "y" * 200}), limits=Limits(proof=100))


def test_f5_an_empty_plaintext_is_refused(seal_key: SealKey) -> None:
    opened = jwe.open_(jwe.parse(jwe.seal(b"", to=seal_key.public, **NAMES)), key=seal_key)
    with pytest.raises(PeerError, match="plaintext-form"):
        content.unpack(opened)


def test_r11_another_recipients_key_does_not_open(seal_key: SealKey) -> None:
    sealed = jwe.parse(jwe.seal(b"", to=seal_key.public, **NAMES))
    with pytest.raises(PeerError, match="seal-key") as refused:
        jwe.open_(sealed, key=SealKey.generate())
    assert refused.value.retryable
    with pytest.raises(PeerError, match="seal-open"):
        jwe.open_parts(sealed.parts, key=SealKey.generate())


def test_a_signing_key_and_a_seal_key_of_one_seed_have_different_names() -> None:
    assert SigningKey.from_seed(bytes(32)).kid != SealKey.from_seed(bytes(32)).kid
