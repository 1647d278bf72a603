"""Keys as JSON Web Keys: three public forms, two private ones, and their names.

A key is named by its RFC 7638 thumbprint, so a name can never point at two keys. Public keys are
read strictly: exactly the members of the thumbprint, canonical base64url, a canonical point that is
on the curve and not of small order. Private keys are kept loaded (a key is parsed once per process)
and are made from a seed alone, which is all that a keyring has to store.

    signing   {"crv":"Ed25519","kty":"OKP","x":...}             RFC 8037, alg of RFC 9864
    log       {"alg":"ML-DSA-44","kty":"AKP","pub":...}         RFC 9964
    sealing   {"alg":"HPKE-10-KE","kty":"AKP","pub":...}        draft-ietf-jose-hpke-pq-pqt

What it does not do: say whose key it is, or until when (`trust`); store anything.

Example:
    >>> key = SigningKey.from_seed(bytes(32))
    >>> VerifyKey.from_jwk(key.public_jwk()).kid == key.kid
    True
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey

from tracer.canonical import b64url, canonical_json, unb64url
from tracer.errors import PeerError

ED25519 = "Ed25519"
ML_DSA_44 = "ML-DSA-44"
HPKE_10_KE = "HPKE-10-KE"

SEED_SIZE = 32
MLKEM768_PUBLIC_SIZE = 1184
MLKEM768_SEED_SIZE = 64


class _Form(NamedTuple):
    """How one kind of public key looks: fixed members, the member with the bytes, their number."""

    fixed: dict[str, str]
    member: str
    size: int
    code: str


_FORMS = {
    ED25519: _Form({"crv": "Ed25519", "kty": "OKP"}, "x", 32, "signing-key"),
    ML_DSA_44: _Form({"alg": ML_DSA_44, "kty": "AKP"}, "pub", 1312, "checkpoint-signature"),
    HPKE_10_KE: _Form({"alg": HPKE_10_KE, "kty": "AKP"}, "pub", 1216, "seal-key"),
}


def public_jwk(alg: str, raw: bytes) -> dict[str, str]:
    """Write a public key as JWK; `alg` is one of the three names above."""
    form = _FORMS[alg]
    if len(raw) != form.size:
        raise ValueError(f"a public key for {alg} has {form.size} bytes")
    return {**form.fixed, form.member: b64url(raw)}


def public_bytes(jwk: Any, alg: str) -> bytes:
    """Read the bytes of a peer's public JWK that must be of the kind `alg`.

    Raises:
        PeerError: other members than the thumbprint's, another kind, not canonical, wrong size.
    """
    form = _FORMS[alg]
    try:
        raw = unb64url(jwk[form.member])
        if len(raw) == form.size and jwk == {**form.fixed, form.member: jwk[form.member]}:
            return raw
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PeerError(form.code, f"not a public JWK for {alg}") from error
    raise PeerError(form.code, f"not a public JWK for {alg}")


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """Name a public key: base64url SHA-256 over its required members (RFC 7638, RFC 9964)."""
    members = ("crv", "kty", "x") if jwk.get("kty") == "OKP" else ("alg", "kty", "pub")
    required = canonical_json({name: jwk[name] for name in members})
    return b64url(hashlib.sha256(required).digest())


class VerifyKey:
    """The Ed25519 public key of a peer, checked once and kept loaded."""

    __slots__ = ("_key", "kid", "raw")

    def __init__(self, raw: bytes) -> None:
        if len(raw) != SEED_SIZE or not _is_sound_ed25519(raw):
            raise PeerError("signing-key", "not a sound Ed25519 point")
        self._key = Ed25519PublicKey.from_public_bytes(raw)
        self.raw = raw
        self.kid = thumbprint(self.public_jwk())

    def __repr__(self) -> str:
        return f"VerifyKey({self.kid})"

    @classmethod
    def from_jwk(cls, jwk: Any) -> VerifyKey:
        """Read a peer's JWK strictly; PeerError `signing-key` otherwise."""
        return cls(public_bytes(jwk, ED25519))

    def public_jwk(self) -> dict[str, str]:
        """Return the JWK whose thumbprint is `kid`."""
        return public_jwk(ED25519, self.raw)

    def verify(self, data: bytes, signature: bytes) -> None:
        """Check a signature; OpenSSL refuses S >= L and compares R as bytes, so none is malleable.

        Raises:
            PeerError: `jws-signature`.
        """
        try:
            self._key.verify(signature, data)
        except InvalidSignature as error:
            raise PeerError("jws-signature", "the signature does not verify") from error


class SigningKey:
    """An Ed25519 private key of this authority, kept loaded."""

    __slots__ = ("_key", "kid", "verify_key")

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verify_key = VerifyKey(self._key.public_key().public_bytes_raw())
        self.kid = self.verify_key.kid

    def __repr__(self) -> str:
        return f"SigningKey({self.kid})"

    @classmethod
    def generate(cls) -> SigningKey:
        """Make a fresh key from the system's randomness."""
        return cls(os.urandom(SEED_SIZE))

    @classmethod
    def from_seed(cls, seed: bytes) -> SigningKey:
        """Make the key of a 32-byte seed (RFC 8032 private key)."""
        return cls(seed)

    def seed(self) -> bytes:
        """Return the 32 bytes that a keyring stores."""
        return self._key.private_bytes_raw()

    def public_jwk(self) -> dict[str, str]:
        """Return the public JWK for the authority's entry."""
        return self.verify_key.public_jwk()

    def sign(self, data: bytes) -> bytes:
        """Return the 64-byte signature; deterministic (RFC 8032)."""
        return self._key.sign(data)


class SealPublic:
    """The X-Wing public key that a peer's seals are made to: ML-KEM-768 1184 B, then X25519."""

    __slots__ = ("kid", "public_key", "raw")

    def __init__(self, raw: bytes) -> None:
        mlkem, x25519 = raw[:MLKEM768_PUBLIC_SIZE], raw[MLKEM768_PUBLIC_SIZE:]
        if not _is_sound_x25519(x25519):
            raise PeerError("seal-key", "not a sound X25519 point")
        try:
            self.public_key = MLKEM768X25519PublicKey(
                MLKEM768PublicKey.from_public_bytes(mlkem),
                X25519PublicKey.from_public_bytes(x25519),
            )
        except ValueError as error:
            raise PeerError("seal-key", "not a sound ML-KEM-768 key") from error
        self.raw = raw
        self.kid = thumbprint(self.public_jwk())

    def __repr__(self) -> str:
        return f"SealPublic({self.kid})"

    @classmethod
    def from_jwk(cls, jwk: Any) -> SealPublic:
        """Read a peer's JWK strictly; PeerError `seal-key` otherwise."""
        return cls(public_bytes(jwk, HPKE_10_KE))

    def public_jwk(self) -> dict[str, str]:
        """Return the JWK whose thumbprint is `kid`."""
        return public_jwk(HPKE_10_KE, self.raw)


class SealKey:
    """An X-Wing private key of this authority, kept loaded; `private_key` is for HPKE."""

    __slots__ = ("_seed", "kid", "private_key", "public")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_SIZE:
            raise ValueError(f"an X-Wing seed has {SEED_SIZE} bytes")
        expanded = hashlib.shake_256(seed).digest(MLKEM768_SEED_SIZE + SEED_SIZE)
        mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:MLKEM768_SEED_SIZE])
        x25519 = X25519PrivateKey.from_private_bytes(expanded[MLKEM768_SEED_SIZE:])
        self._seed = seed
        self.private_key = MLKEM768X25519PrivateKey(mlkem, x25519)
        self.public = SealPublic(
            mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
        )
        self.kid = self.public.kid

    def __repr__(self) -> str:
        return f"SealKey({self.kid})"

    @classmethod
    def generate(cls) -> SealKey:
        """Make a fresh key from the system's randomness."""
        return cls(os.urandom(SEED_SIZE))

    @classmethod
    def from_seed(cls, seed: bytes) -> SealKey:
        """Expand a 32-byte seed: SHAKE256(seed, 96) = ML-KEM seed 64 | X25519 32 (X-Wing)."""
        return cls(seed)

    def seed(self) -> bytes:
        """Return the 32 bytes that a keyring stores."""
        return self._seed

    def public_jwk(self) -> dict[str, str]:
        """Return the public JWK for the authority's entry."""
        return self.public.public_jwk()


_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_SIGN = 1 << 255

_ORDER_8_Y = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL_ORDER_Y = frozenset((0, 1, _P - 1, _ORDER_8_Y, _P - _ORDER_8_Y))
_SMALL_ORDER_U = frozenset(
    (
        0,
        1,
        _P - 1,
        325606250916557431795983626356110631294008115727848805560023387167927233504,
        39382357235489614581723060781553021112529911719440698176882885853963445705823,
    )
)


@lru_cache(maxsize=1024)
def _is_sound_ed25519(raw: bytes) -> bool:
    """Say whether 32 bytes are the one encoding of a curve point outside the 8-torsion.

    A file for the court names the same few keys in every entry; the answer is kept, for it costs as
    much as a signature.
    """
    y = int.from_bytes(raw, "little") & ~_SIGN
    if y >= _P or y in _SMALL_ORDER_Y:
        return False
    y2 = y * y % _P
    x2 = (y2 - 1) * pow(_D * y2 + 1, -1, _P) % _P
    return pow(x2, (_P - 1) // 2, _P) == 1


def _is_sound_x25519(raw: bytes) -> bool:
    """Say whether bytes are the one encoding of a u-coordinate that has no small order."""
    u = int.from_bytes(raw, "little")
    return len(raw) == SEED_SIZE and u < _P and u not in _SMALL_ORDER_U
