"""Chapters 2, 3, 4, 5 and 6: encoding, keys, signed objects, messages, the seal."""

from __future__ import annotations

import base64
import json
import os
from hashlib import sha3_256, sha256, shake_256
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

INFO = b"JOSE-HPKE rcpt\xffA256GCM\xff"
SUITE = b"HPKE" + bytes.fromhex("647a00110002")
MESSAGE = "tracer-message+sd-jwt"


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(data: bytes) -> str:
    return b64url(sha256(data).digest())


class SigningKey:
    """[K-1], [J-1]."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()
        x = b64url(self._key.public_key().public_bytes_raw())
        self.jwk = {"crv": "Ed25519", "kty": "OKP", "x": x}
        self.kid = digest(canonical(self.jwk))

    def sign(self, payload: Any, typ: str) -> str:
        header = f'{{"alg":"Ed25519","kid":"{self.kid}","typ":"{typ}"}}'.encode()
        text = f"{b64url(header)}.{b64url(canonical(payload))}"
        return f"{text}.{b64url(self._key.sign(text.encode()))}"


def verified(jws: str, typ: str, keys: dict[str, Any]) -> Any:
    """[J-3]: the payload; `keys` are the listed ones by id."""
    header, payload, signature = jws.split(".")
    kid = json.loads(unb64url(header))["kid"]
    assert unb64url(header) == f'{{"alg":"Ed25519","kid":"{kid}","typ":"{typ}"}}'.encode()
    key = Ed25519PublicKey.from_public_bytes(unb64url(keys[kid]["jwk"]["x"]))
    key.verify(unb64url(signature), f"{header}.{payload}".encode())
    return json.loads(unb64url(payload))


class Signed(NamedTuple):
    """A message in its transmitted form, and its id."""

    compact: str
    id: str


def signed_message(payload: dict[str, Any], groups: dict[str, Any], key: SigningKey) -> Signed:
    """[M-7], [M-8], [M-12], [M-13]."""
    made = [
        b64url(canonical([b64url(os.urandom(16)), name, value])) for name, value in groups.items()
    ]
    if made:
        digests = sorted(digest(one.encode()) for one in made)
        payload = {**payload, "_sd": digests, "_sd_alg": "sha-256"}
    jws = key.sign(payload, MESSAGE)
    return Signed("~".join([jws, *made, ""]), digest(jws.encode()))


def opened_message(compact: str, keys: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """[M-11], [M-13]: the id, and payload and groups as one object."""
    jws, *disclosures, end = compact.split("~")
    assert end == ""
    payload: dict[str, Any] = verified(jws, MESSAGE, keys)
    assert sorted(digest(one.encode()) for one in disclosures) == payload.pop("_sd", [])
    payload.pop("_sd_alg", None)
    for one in disclosures:
        _, name, value = json.loads(unb64url(one))
        payload[name] = value
    return digest(jws.encode()), payload


class SealKey:
    """[K-4], [K-5], 6.3."""

    def __init__(self) -> None:
        expanded = shake_256(os.urandom(32)).digest(96)
        self._lattice = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
        self._curve = X25519PrivateKey.from_private_bytes(expanded[64:])
        self._point = self._curve.public_key().public_bytes_raw()
        raw = self._lattice.public_key().public_bytes_raw() + self._point
        self.jwk = {"alg": "HPKE-10-KE", "kty": "AKP", "pub": b64url(raw)}
        self.kid = digest(canonical(self.jwk))

    def open(self, jwe: str) -> tuple[dict[str, str], bytes]:
        first, *rest = jwe.split(".")
        encrypted_key, iv, ciphertext, tag = map(unb64url, rest)
        header = json.loads(unb64url(first))
        assert list(header) == ["alg", "enc", "kid", "typ", "from", "to", "id", "ek"]
        assert header["kid"] == self.kid
        ek = unb64url(header["ek"])
        exchanged = self._curve.exchange(X25519PublicKey.from_public_bytes(ek[1088:]))
        shared = _combined(self._lattice.decapsulate(ek[:1088]), exchanged, ek[1088:], self._point)
        key, nonce = _schedule(shared)
        content_key = AESGCM(key).decrypt(nonce, encrypted_key, b"")
        return header, AESGCM(content_key).decrypt(iv, ciphertext + tag, first.encode())


def sealed(plaintext: bytes, *, to: dict[str, Any], names: tuple[str, str, str]) -> str:
    """[S-2] to [S-5]; `to` is a listed sealing key, `names` are sender, recipient and id."""
    public = unb64url(to["jwk"]["pub"])
    secret, first = MLKEM768PublicKey.from_public_bytes(public[:1184]).encapsulate()
    ephemeral, point = X25519PrivateKey.generate(), public[1184:]
    second = ephemeral.public_key().public_bytes_raw()
    exchanged = ephemeral.exchange(X25519PublicKey.from_public_bytes(point))
    key, nonce = _schedule(_combined(secret, exchanged, second, point))
    content_key, iv = os.urandom(32), os.urandom(12)
    header = (
        f'{{"alg":"HPKE-10-KE","enc":"A256GCM","kid":"{to["kid"]}","typ":"tracer-1+jwe",'
        f'"from":"{names[0]}","to":"{names[1]}","id":"{names[2]}","ek":"{b64url(first + second)}"}}'
    )
    protected = b64url(header.encode())
    boxed = AESGCM(content_key).encrypt(iv, plaintext, protected.encode())
    encrypted_key = AESGCM(key).encrypt(nonce, content_key, b"")
    return ".".join((protected, *map(b64url, (encrypted_key, iv, boxed[:-16], boxed[-16:]))))


def _combined(lattice: bytes, exchanged: bytes, second: bytes, point: bytes) -> bytes:
    return sha3_256(lattice + exchanged + second + point + bytes.fromhex("5c2e2f2f5e5c")).digest()


def _schedule(shared: bytes) -> tuple[bytes, bytes]:
    def lp(data: bytes) -> bytes:
        return len(data).to_bytes(2, "big") + data

    label = b"HPKE-v1" + SUITE + lp(b"secret") + (108).to_bytes(2, "big")
    secret = shake_256(lp(b"") + lp(shared) + label + b"\x00" + lp(b"") + lp(INFO)).digest(108)
    return secret[:32], secret[32:44]
