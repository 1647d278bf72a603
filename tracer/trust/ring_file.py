"""The keyring file: JSON in which every secret is encrypted and bound to what stands beside it.

    {"authority", "derivation", "format": "tracer-keyring", "rows": [...], "v": 1}

A row is one key: its use, name, instants, public half, and the secret encrypted with AES-256-GCM
under the key-encryption key. The associated data are the authority and all other members of the
row, so a row cannot be altered, moved to another authority, or given another date. A destroyed key
keeps its row, with an empty secret.

What it does not do: notice that the whole file was put back to an older state, or that a row is
missing; who can write the file can do that. Use a key (`keyring`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from tracer.canonical import b64url, canonical_json, strict_json, unb64url
from tracer.envelope.rest import decrypt, encrypt
from tracer.errors import OperatorError
from tracer.model.ids import AuthorityId
from tracer.model.text import Instant
from tracer.trust.kek import Derivation
from tracer.trust.private_files import read_private, write_private

Use = Literal["sign", "seal", "log", "channel", "rest", "witness"]


class Row(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One key of the ring."""

    use: Use
    kid: str
    """Thumbprint, log origin, name of the witness, digest of the channel key, or `rest-<n>`."""
    start: Instant
    until: Instant | UnsetType = UNSET
    """Last instant of its use; keys of log, witness and rest have none."""
    last: Instant | UnsetType = UNSET
    """`accept_until` of a signing key, `open_until` of a sealing key."""
    revoked_from: Instant | UnsetType = UNSET
    destroyed: Instant | UnsetType = UNSET
    public: str
    """Base64url of the raw public key or the certificate; the key at rest has none."""
    secret: str
    """Base64url of the encrypted secret; empty once destroyed."""


class RingFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    format: Literal["tracer-keyring"]
    v: Literal[1]
    authority: AuthorityId
    derivation: Derivation
    rows: Annotated[tuple[Row, ...], Meta(min_length=1, max_length=1000)]


def read_ring(path: Path) -> RingFile:
    """Read the file, still locked.

    Raises:
        OperatorError: `keyring-form`, or a private file's error.
    """
    data = read_private(path)
    try:
        return msgspec.convert(strict_json(data), RingFile)
    except (ValueError, msgspec.ValidationError) as error:
        raise OperatorError("keyring-form", f"{path} is not a keyring: {error}") from error


def write_ring(path: Path, ring: RingFile, *, replace: bool) -> None:
    """Write the file whole, and only what can be read again.

    Raises:
        OperatorError: it is there and may not be replaced; `keyring-form`: nothing was written.
    """
    plain = msgspec.to_builtins(ring)
    try:
        msgspec.convert(plain, RingFile)
    except msgspec.ValidationError as error:
        raise OperatorError("keyring-form", f"{path} would be no keyring: {error}") from error
    write_private(path, canonical_json(plain) + b"\n", replace=replace)


def lock_row(row: Row, secret: bytes, *, kek: bytes, authority: str) -> Row:
    """Fill a row with its secret, encrypted and bound to the rest of the row."""
    cipher = encrypt(kek, secret, _bound(row, authority))
    return msgspec.structs.replace(row, secret=b64url(cipher))


def unlock_row(row: Row, *, kek: bytes, authority: str) -> bytes:
    """Decrypt a row's secret.

    Raises:
        OperatorError: `keyring-locked`: the key does not fit, or the row was altered.
    """
    try:
        return decrypt(kek, unb64url(row.secret), _bound(row, authority))
    except (OperatorError, ValueError) as error:
        raise OperatorError(
            "keyring-locked",
            f"key {row.kid} of the keyring does not open",
            advice="Check the key or passphrase; restore the keyring if the file was altered.",
        ) from error


def revoked_row(row: Row, moment: str, kek: bytes, authority: str) -> Row:
    """The row, revoked from a moment on; an earlier one stays."""
    if row.revoked_from is not UNSET and row.revoked_from <= moment:
        return row
    marked = msgspec.structs.replace(row, revoked_from=moment)
    if not row.secret:
        return marked
    plain = unlock_row(row, kek=kek, authority=authority)
    return lock_row(marked, plain, kek=kek, authority=authority)


def relocked_row(row: Row, old: bytes, new: bytes, authority: str) -> Row:
    """The row with its secret under another key."""
    if not row.secret:
        return row
    plain = unlock_row(row, kek=old, authority=authority)
    return lock_row(row, plain, kek=new, authority=authority)


def _bound(row: Row, authority: str) -> bytes:
    members = msgspec.to_builtins(msgspec.structs.replace(row, secret=""))
    return canonical_json({"authority": authority, "format": "tracer-keyring", "row": members})
