"""Where the key comes from that encrypts the keyring (the key-encryption key), by URI.

    file:PATH         32 random bytes, base64url, in a private file; made by `init`
    env:NAME          a passphrase in an environment variable
    credential:NAME   a passphrase or key text in a systemd credential

Key bytes are used as they are; a text goes through Argon2id (RFC 9106) with a salt and costs that
the keyring file states. A secret itself is never on a command line or in a configuration file.

What it does not do: keep the secret; the caller derives once and drops it.

Example:
    >>> secret = resolve("file:/etc/tracer/kek")
    >>> derive(secret, new_derivation(secret))
    b'...32 bytes...'
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from msgspec import Meta, Struct

from tracer.canonical import b64url, unb64url
from tracer.errors import OperatorError
from tracer.trust.private_files import read_private, write_private

KEY_BYTES = 32
MIN_PASSPHRASE = 12
"""Characters below which a passphrase is refused when a keyring is made or re-wrapped."""


class Direct(Struct, frozen=True, forbid_unknown_fields=True, tag="direct", tag_field="kind"):
    """The secret is the key."""


class Stretched(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="argon2id", tag_field="kind"
):
    """The key is Argon2id of the secret. Bounds keep a planted file from eating the memory."""

    salt: Annotated[str, Meta(min_length=22, max_length=86)]
    iterations: Annotated[int, Meta(ge=1, le=32)]
    lanes: Annotated[int, Meta(ge=1, le=16)]
    memory_kib: Annotated[int, Meta(ge=8 * 1024, le=1024 * 1024)]


Derivation = Direct | Stretched


@dataclass(frozen=True, slots=True)
class Secret:
    """What a URI points at: key bytes or a text to be stretched."""

    kind: Literal["key", "text"]
    value: bytes = field(repr=False)


def resolve(uri: str, *, environ: Mapping[str, str] = os.environ) -> Secret:
    """Fetch the secret behind a URI.

    Raises:
        OperatorError: `kek-uri`, `kek-missing`, `kek-form`, or a private file's error.
    """
    scheme, _, name = uri.partition(":")
    if not name:
        raise OperatorError("kek-uri", f"{uri!r} is not file:PATH, env:NAME or credential:NAME")
    if scheme == "file":
        return Secret("key", _key_bytes(read_private(Path(name)), name))
    if scheme == "env":
        text = environ.get(name, "").encode("utf-8")
    elif scheme == "credential":
        text = _credential(name, environ)
    else:
        raise OperatorError("kek-uri", f"a key cannot be fetched by {scheme!r}")
    if not text:
        raise OperatorError("kek-missing", f"{uri} holds no secret")
    return Secret("text", text)


def ensure_key_file(uri: str) -> None:
    """Make the key file of a `file:` URI if it is not there yet; other URIs are left alone."""
    scheme, _, name = uri.partition(":")
    if scheme == "file" and name and not Path(name).exists():
        key = b64url(os.urandom(KEY_BYTES)).encode("ascii")
        write_private(Path(name), key + b"\n", replace=False)


def new_derivation(secret: Secret) -> Derivation:
    """Choose how a keyring that is written now derives its key.

    Raises:
        OperatorError: `kek-weak`: a text too short to withstand guessing.
    """
    if secret.kind == "key":
        return Direct()
    if len(secret.value) < MIN_PASSPHRASE:
        raise OperatorError("kek-weak", f"a passphrase has at least {MIN_PASSPHRASE} characters")
    return Stretched(salt=b64url(os.urandom(16)), iterations=3, lanes=4, memory_kib=64 * 1024)


def derive(secret: Secret, derivation: Derivation) -> bytes:
    """Compute the 32-byte key.

    Raises:
        OperatorError: `kek-kind`: the keyring was made with another kind of secret.
    """
    if isinstance(derivation, Direct) != (secret.kind == "key"):
        raise OperatorError("kek-kind", "the keyring was made with another kind of secret")
    if isinstance(derivation, Direct):
        return secret.value
    stretch = Argon2id(
        salt=unb64url(derivation.salt),
        length=KEY_BYTES,
        iterations=derivation.iterations,
        lanes=derivation.lanes,
        memory_cost=derivation.memory_kib,
    )
    return stretch.derive(secret.value)


def _key_bytes(data: bytes, name: str) -> bytes:
    try:
        key = unb64url(data.decode("ascii").strip())
    except ValueError as error:
        raise OperatorError("kek-form", f"{name} holds no base64url key") from error
    if len(key) != KEY_BYTES:
        raise OperatorError("kek-form", f"{name} holds no key of {KEY_BYTES} bytes")
    return key


def _credential(name: str, environ: Mapping[str, str]) -> bytes:
    folder = environ.get("CREDENTIALS_DIRECTORY", "")
    if not folder or Path(name).name != name:
        raise OperatorError(
            "kek-missing",
            f"there is no credential {name}",
            advice="Set LoadCredential= in the unit file.",
        )
    try:
        return Path(folder, name).read_bytes().rstrip(b"\n")
    except OSError as error:
        raise OperatorError("kek-missing", f"there is no credential {name}") from error
