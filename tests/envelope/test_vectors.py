"""Every vector of `schemas/vectors/envelope` has the outcome it states."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.vectors import generate_envelope
from tracer.canonical import b64url, unb64url
from tracer.envelope import content, jwe, jws, sdjwt, stream
from tracer.envelope.jwk import ED25519, SealKey, SealPublic, VerifyKey
from tracer.errors import REFUSALS, PeerError

Case = dict[str, Any]


def _keys(case: Case) -> dict[str, VerifyKey]:
    return {key.kid: key for key in map(VerifyKey.from_jwk, case["keys"]["verify"])}


def _jwk(case: Case) -> Any:
    key: VerifyKey | SealPublic
    if case["alg"] == ED25519:
        key = VerifyKey.from_jwk(case["input"])
    else:
        key = SealPublic.from_jwk(case["input"])
    return key.kid


def _jws(case: Case) -> Any:
    return jws.verify_object(case["input"], typ=generate_envelope.REFUSAL, keys=_keys(case))[1]


def _sdjwt(case: Case) -> Any:
    signed = sdjwt.split(case["input"])
    allow = case.get("allow_missing", False)
    found = sdjwt.verify(signed, keys=_keys(case), allow_missing=allow)
    read = found.members()
    named = {"clear": read.clear, "groups": read.groups, "missing": found.missing}
    return {**named, "id": signed.id}


def _jwe(case: Case) -> Any:
    key = SealKey.from_seed(unb64url(case["keys"]["seal_seed"]))
    return b64url(jwe.open_(jwe.parse(case["input"]), key=key))


def _content(case: Case) -> Any:
    signed, proof = content.unpack(unb64url(case["input"]))
    return {"id": signed.id, "disclosures": len(signed.disclosures), "proof": proof}


def _stream(case: Case) -> Any:
    key, prefix = unb64url(case["keys"]["key"]), unb64url(case["keys"]["prefix"])
    if isinstance(case["input"], dict):
        plain = generate_envelope.pattern(case["input"]["pattern"])
        boxed = b"".join(stream.encrypt_stream([plain], key, prefix))
        assert b"".join(stream.decrypt_stream([boxed], key, prefix)) == plain
        return {"sha256": b64url(hashlib.sha256(boxed).digest()), "size": len(boxed)}
    return b64url(b"".join(stream.decrypt_stream([unb64url(case["input"])], key, prefix)))


READERS: dict[str, Callable[[Case], Any]] = {
    "jwk": _jwk,
    "jws": _jws,
    "sdjwt": _sdjwt,
    "jwe": _jwe,
    "content": _content,
    "stream": _stream,
}


def _cases() -> list[Any]:
    return [
        pytest.param(path.stem, case, id=f"{path.stem}-{case['name']}")
        for path in sorted(generate_envelope.FOLDER.glob("*.json"))
        for case in json.loads(path.read_text())["cases"]
    ]


@pytest.mark.parametrize(("kind", "case"), _cases())
def test_vector_has_its_stated_outcome(kind: str, case: Case) -> None:
    if case["expected"] == "accept":
        assert READERS[kind](case) == case["output"]
    else:
        assert case["expected"] in REFUSALS
        with pytest.raises(PeerError) as refused:
            READERS[kind](case)
        assert refused.value.code == case["expected"]


def test_vector_files_are_what_the_generator_writes() -> None:
    for path, text in generate_envelope.files():
        assert path.read_text() == text, path.name


def test_more_vectors_refuse_than_accept() -> None:
    expected = [parameters.values[1]["expected"] for parameters in _cases()]
    assert len(expected) == len({parameters.id for parameters in _cases()})
    assert expected.count("accept") * 3 < len(expected)
