"""Encryption at rest: AES-256-GCM under a key of a thread, that key wrapped by the keyring's key.

Form: one version byte 0x01, a random 96-bit nonce, ciphertext, tag. The version byte is
authenticated together with `aad`, which names what the bytes are (table, row): a row copied over
another does not open. Random nonces are safe here because a key encrypts far fewer than 2^32 times.
Destroying a wrapped key destroys all that was encrypted under it, backups included.

What it does not do: choose keys or store them. A failure is our own disk's, never a peer's fault.

Example:
    >>> key = new_key()
    >>> decrypt(key, encrypt(key, b"JWS", b"message/1"), b"message/1")
    b'JWS'
"""

from __future__ import annotations

import hmac
import os
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tracer.errors import OperatorError

KEY_SIZE = 32
NONCE_SIZE = 12
VERSION = b"\x01"

_HEAD = len(VERSION) + NONCE_SIZE
_WRAP = b"key/"


def new_key() -> bytes:
    """Make a fresh 32-byte key."""
    return os.urandom(KEY_SIZE)


def encrypt(key: bytes, plaintext: bytes, aad: bytes) -> bytes:
    """Encrypt bytes for our own disk; 29 bytes longer than the plaintext."""
    nonce = os.urandom(NONCE_SIZE)
    return VERSION + nonce + _box(key).encrypt(nonce, plaintext, VERSION + aad)


def decrypt(key: bytes, ciphertext: bytes, aad: bytes) -> bytes:
    """Decrypt what `encrypt` wrote with the same key and `aad`.

    Raises:
        OperatorError: `rest-open`: wrong key, another row's bytes, or a damaged disk.
    """
    box = _box(key)
    version, nonce = ciphertext[: len(VERSION)], ciphertext[len(VERSION) : _HEAD]
    try:
        return box.decrypt(nonce, ciphertext[_HEAD:], version + aad)
    except (InvalidTag, ValueError) as error:
        raise OperatorError(
            "rest-open",
            f"stored bytes of {aad.decode(errors='replace')} do not decrypt",
            advice="Check that the keyring belongs to this database; otherwise restore a backup.",
        ) from error


def mark(key: bytes, data: bytes, place: bytes) -> str:
    """A mark that is the same for the same bytes and tells nothing about them without the key."""
    return hmac.new(key, b"mark/" + place + b"\x00" + data, sha256).hexdigest()


def wrap(key: bytes, kek: bytes, aad: bytes) -> bytes:
    """Encrypt a key under the keyring's key."""
    return encrypt(kek, key, _WRAP + aad)


def unwrap(wrapped: bytes, kek: bytes, aad: bytes) -> bytes:
    """Return the key that `wrap` took; OperatorError `rest-open` otherwise."""
    return decrypt(kek, wrapped, _WRAP + aad)


def _box(key: bytes) -> AESGCM:
    if len(key) != KEY_SIZE:
        raise OperatorError("rest-key", f"a key for encryption at rest has {KEY_SIZE} bytes")
    return AESGCM(key)
