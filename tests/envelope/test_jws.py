from __future__ import annotations

import pytest

from tracer.canonical import b64url, unb64url
from tracer.envelope import jws
from tracer.envelope.jwk import SigningKey, VerifyKey
from tracer.envelope.limits import Limits
from tracer.errors import PeerError

TYP = "tracer-refusal+jws"
L = 2**252 + 27742317777372353535851937790883648493


def test_signed_bytes_are_kept_as_they_are(
    signing_key: SigningKey, keys: dict[str, VerifyKey]
) -> None:
    token = jws.sign_object(b'{ "b":1, "a":2 }', typ=TYP, key=signing_key)
    assert jws.verify_bytes(token, typ=TYP, keys=keys) == (signing_key.kid, b'{ "b":1, "a":2 }')


def test_a_payload_can_be_read_before_its_key_is_known(signing_key: SigningKey) -> None:
    token = jws.sign_object({"keys": []}, typ=TYP, key=signing_key)
    assert jws.claimed_key(token, typ=TYP) == (signing_key.kid, b'{"keys":[]}')


def test_a_token_over_the_limit_is_refused_unread(keys: dict[str, VerifyKey]) -> None:
    with pytest.raises(PeerError, match="too-large"):
        jws.verify_object("x" * 101, typ=TYP, keys=keys, limits=Limits(jws=100))


def test_f7_a_second_signature_made_without_the_key_is_refused(
    signing_key: SigningKey, keys: dict[str, VerifyKey]
) -> None:
    head, _, signature = jws.sign_object({}, typ=TYP, key=signing_key).rpartition(".")
    raw = unb64url(signature)
    s = int.from_bytes(raw[32:], "little") + L
    forged = f"{head}.{b64url(raw[:32] + s.to_bytes(32, 'little'))}"
    with pytest.raises(PeerError, match="jws-signature"):
        jws.verify_object(forged, typ=TYP, keys=keys)


def test_r11_a_key_listed_under_a_wrong_name_does_not_verify(signing_key: SigningKey) -> None:
    token = jws.sign_object({}, typ=TYP, key=signing_key)
    swapped = {signing_key.kid: SigningKey.generate().verify_key}
    with pytest.raises(PeerError, match="jws-signature"):
        jws.verify_object(token, typ=TYP, keys=swapped)
