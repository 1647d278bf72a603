"""What a backup is: a manifest and the files it names, in a folder or in one tar file.

    manifest.json        format, authority, instant, log head, size and SHA-256 of every file
    tracer.db            one consistent copy of the database
    keyring.json         the encrypted keyring; the key that opens it is never in a backup
    entry.json           our entry
    tracer.toml, conf.d/*.toml
    attachments/<digest> ciphertexts that are complete

No other name is ever read from or written to a backup, so that a forged one reaches no other file.
"""

from __future__ import annotations

import re
from typing import Final, Literal

import msgspec
from msgspec import Struct

from tracer.errors import OperatorError

FORMAT: Final = "tracer-backup"
MANIFEST: Final = "manifest.json"
DATABASE: Final = "tracer.db"
KEYRING: Final = "keyring.json"
ENTRY: Final = "entry.json"
NAME: Final = re.compile(
    r"tracer\.db|keyring\.json|entry\.json|tracer\.toml"
    r"|conf\.d/[A-Za-z0-9_][A-Za-z0-9_.-]{0,100}\.toml|attachments/[A-Za-z0-9_-]{43}"
)
"""Every name that a file of a backup may have."""
REQUIRED: Final = frozenset((DATABASE, KEYRING, ENTRY))
MAX_MANIFEST: Final = 256 * 1024 * 1024


class File(Struct, frozen=True, forbid_unknown_fields=True):
    """One file: its size in bytes and the hex SHA-256 of its bytes."""

    name: str
    size: int
    sha256: str


class Manifest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a backup holds. `log_size` is what the copy knows; peers may have seen more."""

    format: Literal["tracer-backup"] = FORMAT
    v: Literal[1] = 1
    authority: str
    at: str
    version: str
    schema: str
    log_origin: str
    log_size: int
    files: tuple[File, ...]

    def write(self) -> bytes:
        """The bytes of the manifest file."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n"


def read_manifest(data: bytes) -> Manifest:
    """Read and check a manifest.

    Raises:
        OperatorError: `backup-form`.
    """
    try:
        found = msgspec.json.decode(data, type=Manifest)
    except msgspec.DecodeError as error:
        raise broken(f"its manifest cannot be read: {error}") from error
    names = [file.name for file in found.files]
    strange = next((name for name in names if not NAME.fullmatch(name)), None)
    if strange is not None:
        raise broken(f"it names a file that no backup holds: {strange[:80]!r}")
    if len(set(names)) != len(names) or not REQUIRED.issubset(names):
        raise broken("it names a file twice, or lacks database, keyring or entry")
    return found


def broken(why: str) -> OperatorError:
    """The backup is not whole; nothing of it is used."""
    return OperatorError("backup-form", f"this backup is not whole: {why}", advice="Take another.")
