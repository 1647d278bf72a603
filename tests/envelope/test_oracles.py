"""Other libraries read what we write: joserfc, jwcrypto, sd-jwt."""

from __future__ import annotations

import json
from typing import Any

import joserfc.jwk
import joserfc.jws
import jwcrypto.jwk  # type: ignore[import-untyped]
import jwcrypto.jws  # type: ignore[import-untyped]
import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from sd_jwt.verifier import SDJWTVerifier  # type: ignore[import-untyped]

from tests.envelope.conftest import CLEAR, GROUPS
from tracer.canonical import b64url, canonical_json
from tracer.envelope import jwk, jws, sdjwt
from tracer.envelope.jwk import SigningKey, VerifyKey

TYP = "tracer-refusal+jws"
BODY = {"code": "quota"}
MLDSA_JWK = jwk.public_jwk(
    jwk.ML_DSA_44,
    MLDSA44PrivateKey.from_seed_bytes(bytes(32)).public_key().public_bytes_raw(),
)


def _joserfc_key(key: SigningKey) -> joserfc.jwk.OKPKey:
    members: dict[str, str | list[str]] = {**key.public_jwk(), "d": b64url(key.seed())}
    return joserfc.jwk.OKPKey.import_key(members)


def _jwcrypto_key(public: dict[str, str]) -> Any:
    return jwcrypto.jwk.JWK(**public)


def test_joserfc_verifies_our_signature(signing_key: SigningKey) -> None:
    token = jws.sign_object(BODY, typ=TYP, key=signing_key)
    found = joserfc.jws.deserialize_compact(
        token, _joserfc_key(signing_key), algorithms=["Ed25519"]
    )
    assert json.loads(found.payload) == BODY
    assert found.headers() == {"alg": "Ed25519", "kid": signing_key.kid, "typ": TYP}


def test_we_verify_a_signature_of_joserfc(
    signing_key: SigningKey, keys: dict[str, VerifyKey]
) -> None:
    header = {"alg": "Ed25519", "kid": signing_key.kid, "typ": TYP}
    key = _joserfc_key(signing_key)
    token = joserfc.jws.serialize_compact(header, b'{"code":"quota"}', key, algorithms=["Ed25519"])
    assert jws.verify_object(token, typ=TYP, keys=keys) == (signing_key.kid, BODY)


def test_joserfc_computes_the_same_thumbprint(signing_key: SigningKey) -> None:
    assert _joserfc_key(signing_key).thumbprint() == signing_key.kid


@pytest.mark.parametrize("kind", ["Ed25519", "ML-DSA-44"])
def test_jwcrypto_computes_the_same_thumbprint(kind: str, signing_key: SigningKey) -> None:
    public = signing_key.public_jwk() if kind == "Ed25519" else MLDSA_JWK
    assert _jwcrypto_key(public).thumbprint() == jwk.thumbprint(public)


def _jwcrypto_verifies(token: str, public: dict[str, str]) -> bytes:
    read = jwcrypto.jws.JWS()
    read.allowed_algs = ["Ed25519", "EdDSA"]
    read.deserialize(token, _jwcrypto_key(public))
    return bytes(read.payload)


def test_jwcrypto_verifies_our_signature(signing_key: SigningKey) -> None:
    token = jws.sign_object(BODY, typ=TYP, key=signing_key)
    assert _jwcrypto_verifies(token, signing_key.public_jwk()) == canonical_json(BODY)


def test_sd_jwt_reads_our_message(signing_key: SigningKey, signed: sdjwt.SignedMessage) -> None:
    assert _sd_jwt_reads(signed, signing_key) == {**CLEAR, **GROUPS}


def test_sd_jwt_reads_what_erasure_left(
    signing_key: SigningKey, signed: sdjwt.SignedMessage
) -> None:
    left = _sd_jwt_reads(sdjwt.redact(signed, {"narrative"}), signing_key)
    assert left == {**CLEAR, "officer": GROUPS["officer"]}


def _sd_jwt_reads(signed: sdjwt.SignedMessage, key: SigningKey) -> Any:
    class Verifier(SDJWTVerifier):  # type: ignore[misc]
        """The library's default of allowed algorithms has no Ed25519."""

        def _verify_sd_jwt(self, _key: Any, _alg: Any = None) -> None:
            payload = _jwcrypto_verifies(self._unverified_input_sd_jwt, key.public_jwk())
            self._sd_jwt_payload = json.loads(payload)

    return Verifier(signed.compact, None).get_verified_payload()
