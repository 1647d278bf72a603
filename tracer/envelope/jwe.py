"""The seal: a compact JWE to one recipient's X-Wing key, in one spelling.

HPKE encrypts a fresh content key to the recipient (key encryption mode, empty aad), AES-256-GCM
encrypts the plaintext with the protected header as aad (RFC 7516 section 5.1). The protected header
is these members in this order without white space, and is compared as bytes:

    {"alg":"HPKE-10-KE","enc":"A256GCM","kid":...,"typ":"tracer-1+jwe",
     "from":...,"to":...,"id":...,"ek":...}

`ek` is the HPKE encapsulated secret (1120 bytes, base64url): draft-ietf-jose-hpke-encrypt, section
on key encryption, requires it in the header, and without it no other JOSE library could open the
seal. `from`, `to` and `id` are in the clear so that cheap checks come before the seal is opened;
being authenticated they cannot be swapped, and they are compared with the signed payload later.

The suite is pinned by the profile, not by its name in a moving draft: X-Wing 0x647a, SHAKE256
0x0011, AES-256-GCM 0x0002 is `HPKE-10-KE` in draft-skokan-jose-hpke-pq-pqt 02 and 03. Since 04 that
draft, now draft-ietf-jose-hpke-pq-pqt, calls the same suite `HPKE-9-KE` and gives our name to
ML-KEM-1024 with P-384: a library that follows it must be told the suite instead of the name.

What it does not do: compress, pad, address several recipients, say who sealed (the signature does).

Example:
    >>> key = SealKey.generate()
    >>> sealed = seal(b"...", to=key.public, sender="XA-NPOC", recipient="XB-NPOC", message_id=mid)
    >>> open_(parse(sealed), key=key)
    b'...'
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from msgspec import Struct

from tracer.canonical import b64url, strict_json, unb64url
from tracer.envelope.jwk import HPKE_10_KE, SealKey, SealPublic
from tracer.envelope.limits import LIMITS, Limits
from tracer.errors import PeerError

TYP = "tracer-1+jwe"
ENC = "A256GCM"
INFO = b"JOSE-HPKE rcpt\xffA256GCM\xff"

PARTS = 5
CEK_SIZE = 32
IV_SIZE = 12
TAG_SIZE = 16
EK_SIZE = 1120
ENCRYPTED_KEY_SIZE = CEK_SIZE + TAG_SIZE

_SUITE = Suite(KEM.MLKEM768_X25519, KDF.SHAKE256, AEAD.AES_256_GCM)
_FIXED = {"alg": HPKE_10_KE, "enc": ENC, "typ": TYP}
_DIGEST = r"([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])"
_AUTHORITY = r"([A-Z]{2}(?:-[A-Z0-9]{1,16}){1,3})"
_HEADER = re.compile(
    rf'\{{"alg":"{HPKE_10_KE}","enc":"{ENC}","kid":"{_DIGEST}","typ":"{re.escape(TYP)}",'
    rf'"from":"{_AUTHORITY}","to":"{_AUTHORITY}","id":"{_DIGEST}","ek":"'
)
"""The header up to the encapsulated secret, after which `_END` ends it."""
_END = '"}'


class Parts(Struct, frozen=True, kw_only=True):
    """The parts of a compact JWE: the header as it stood, the others decoded."""

    header: str
    ek: bytes
    encrypted_key: bytes
    iv: bytes
    ciphertext: bytes
    """With its tag at the end, as AES-GCM takes it."""


class SealedHeader(Struct, frozen=True, kw_only=True):
    """What a sealed message claims before it is opened. Nothing here is proven yet."""

    kid: str
    sender: str
    recipient: str
    id: str
    parts: Parts


class ContentKey(Struct, frozen=True, kw_only=True):
    """A content key, its encapsulated secret and its ciphertext: what HPKE made for one seal."""

    cek: bytes
    ek: bytes
    encrypted_key: bytes


def seal(
    plaintext: bytes,
    *,
    to: SealPublic,
    sender: str,
    recipient: str,
    message_id: str,
    limits: Limits = LIMITS,
) -> str:
    """Seal bytes to one recipient.

    Raises:
        ValueError: a name that is no authority id or message id, or the seal would be too large.
    """
    cek = os.urandom(CEK_SIZE)
    sealed = _SUITE.encrypt(cek, to.public_key, info=INFO)
    content_key = ContentKey(cek=cek, ek=sealed[:EK_SIZE], encrypted_key=sealed[EK_SIZE:])
    jwe = assemble(
        plaintext,
        content_key=content_key,
        kid=to.kid,
        sender=sender,
        recipient=recipient,
        message_id=message_id,
    )
    if len(jwe) > limits.message:
        raise ValueError(f"the sealed message is longer than {limits.message} characters")
    return jwe


def assemble(
    plaintext: bytes,
    *,
    content_key: ContentKey,
    kid: str,
    sender: str,
    recipient: str,
    message_id: str,
    random: Callable[[int], bytes] = os.urandom,
) -> str:
    """Write the compact JWE for a content key that HPKE has already sealed.

    Apart from `seal` only test vectors call this: a content key must never be used twice.
    """
    header = (
        f'{{"alg":"{HPKE_10_KE}","enc":"{ENC}","kid":"{kid}","typ":"{TYP}","from":"{sender}",'
        f'"to":"{recipient}","id":"{message_id}","ek":"'
    )
    if not _HEADER.fullmatch(header) or len(content_key.ek) != EK_SIZE:
        raise ValueError("sender, recipient or message id is not of the profile's form")
    protected = b64url(f"{header}{b64url(content_key.ek)}{_END}".encode("ascii"))
    iv = random(IV_SIZE)
    boxed = AESGCM(content_key.cek).encrypt(iv, plaintext, protected.encode("ascii"))
    rest = (content_key.encrypted_key, iv, boxed[:-TAG_SIZE], boxed[-TAG_SIZE:])
    return ".".join((protected, *map(b64url, rest)))


def parse(jwe: str | bytes, *, limits: Limits = LIMITS) -> SealedHeader:
    """Read the form of a peer's seal: five canonical parts and exactly our header.

    Raises:
        PeerError: `too-large`, `jwe-form`, or `jwe-profile` when the form is JWE but the
            algorithms or the type are not those of profile tracer-1.
    """
    if len(jwe) > limits.message:
        raise PeerError("too-large", f"the sealed message is longer than {limits.message} bytes")
    try:
        text = jwe.decode("ascii") if isinstance(jwe, bytes) else jwe
        parts = text.split(".")
        if len(parts) != PARTS:
            raise PeerError("jwe-form", f"a compact JWE has {PARTS} parts, not {len(parts)}")
        header, encrypted_key, iv, ciphertext, tag = map(unb64url, parts)
    except ValueError as error:
        raise PeerError("jwe-form", "a part of the JWE is not canonical base64url") from error
    claimed = _read_header(header)
    if (len(encrypted_key), len(iv), len(tag)) != (ENCRYPTED_KEY_SIZE, IV_SIZE, TAG_SIZE):
        raise PeerError("jwe-form", "a part of the JWE has another size than the profile's")
    return SealedHeader(
        kid=claimed.kid,
        sender=claimed.sender,
        recipient=claimed.recipient,
        id=claimed.id,
        parts=Parts(
            header=parts[0],
            ek=claimed.ek,
            encrypted_key=encrypted_key,
            iv=iv,
            ciphertext=ciphertext + tag,
        ),
    )


def open_(sealed: SealedHeader, *, key: SealKey) -> bytes:
    """Open a parsed seal with the private key that its header names.

    Raises:
        PeerError: `seal-key` for another key's seal, `seal-open` when anything in it was changed.
    """
    if sealed.kid != key.kid:
        raise PeerError("seal-key", "the message is sealed to another key")
    return open_parts(sealed.parts, key=key)


def open_parts(parts: Parts, *, key: SealKey) -> bytes:
    """Open the parts of any `HPKE-10-KE` + `A256GCM` JWE, whatever else its header says."""
    try:
        cek = _SUITE.decrypt(parts.ek + parts.encrypted_key, key.private_key, info=INFO)
        return AESGCM(cek).decrypt(parts.iv, parts.ciphertext, parts.header.encode("ascii"))
    except (InvalidTag, ValueError) as error:
        raise PeerError("seal-open", "the seal does not open") from error


class _Claimed(NamedTuple):
    """The members of a header that are not fixed by the profile."""

    kid: str
    sender: str
    recipient: str
    id: str
    ek: bytes


def _read_header(header: bytes) -> _Claimed:
    """Read a header that is byte-equal to the profile's."""
    try:
        text = header.decode("ascii")
        found = _HEADER.match(text)
        if found and text.endswith(_END):
            ek = unb64url(text[found.end() : -len(_END)])
            if len(ek) == EK_SIZE:
                kid, sender, recipient, message_id = found.groups()
                return _Claimed(kid, sender, recipient, message_id, ek)
    except ValueError:
        pass
    try:
        value = strict_json(header)
    except ValueError as error:
        raise PeerError("jwe-form", "the header is not strict JSON") from error
    if isinstance(value, dict) and any(value.get(name) != want for name, want in _FIXED.items()):
        raise PeerError("jwe-profile", "the header names another algorithm or type than tracer-1")
    raise PeerError("jwe-form", "the header is not byte-equal to the profile's")
