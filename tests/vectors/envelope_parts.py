"""Keys, seeded bytes and small hands for the vectors of the envelope."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tracer.canonical import b64url, unb64url
from tracer.envelope import jwe
from tracer.envelope.jwk import SealKey, SigningKey

FOREIGN = json.loads((Path(__file__).parent / "foreign_seal.json").read_text())

L = 2**252 + 27742317777372353535851937790883648493
P = 2**255 - 19
REFUSAL = "tracer-refusal+jws"
ACCEPT = "accept"

Case = dict[str, Any]


def seeded(label: str) -> Callable[[int], bytes]:
    """Return a function that gives the next bytes of a stream named by `label`."""
    stream_bytes = hashlib.shake_256(label.encode()).digest(1 << 16)
    position = 0

    def take(size: int) -> bytes:
        nonlocal position
        position += size
        return stream_bytes[position - size : position]

    return take


SIGNING = SigningKey.from_seed(hashlib.sha256(b"tracer vectors: signing key").digest())
OTHER = SigningKey.from_seed(hashlib.sha256(b"tracer vectors: other key").digest())
SEAL = SealKey.from_seed(hashlib.sha256(b"tracer vectors: seal key").digest())
KEYS = {"verify": [SIGNING.public_jwk()]}
SEAL_KEYS = {"seal_seed": b64url(SEAL.seed())}

_foreign = jwe.parse(FOREIGN["jwe"])
CONTENT_KEY = jwe.ContentKey(
    cek=unb64url(FOREIGN["cek"]),
    ek=_foreign.parts.ek,
    encrypted_key=_foreign.parts.encrypted_key,
)

CLEAR = {"type": "request", "v": 1, "language": "en"}
GROUPS = {
    "narrative": "found in a car, \u043d\u0430\u0439\u0434\u0435\u043d\u043e",
    "officer": {"name": "A. Example", "phone": "+00 1"},
    "persons": [{"role": "possessor", "name": "\u674e\u56db"}],
}


def case(name: str, description: str, value: Any, expected: str, **more: Any) -> Case:
    """Return one case; `keys` is added by the file unless given."""
    return {"name": name, "description": description, "input": value, "expected": expected, **more}


def forge(header: str, payload: bytes, key: SigningKey = SIGNING) -> str:
    """Sign any header and payload, as an attacker with a key could."""
    signing_input = f"{b64url(header.encode())}.{b64url(payload)}"
    return f"{signing_input}.{b64url(key.sign(signing_input.encode()))}"


def with_loose_bits(text: str) -> str:
    """Set a bit of the last character that decoding ignores."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) + 1]


def flipped(data: bytes, index: int = 0) -> bytes:
    """Flip one bit of one byte."""
    changed = bytearray(data)
    changed[index] ^= 1
    return bytes(changed)
