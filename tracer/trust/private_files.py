"""Files that only this node may read: keyrings and key-encryption keys.

Written whole or not at all: a temporary file beside the target, fsync, rename, fsync of the
folder. Read only if nobody else can: a regular file, owned by us, closed to group and others.

What it does not do: encrypt (`keyring` does), or wipe what an older file left on the disk.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tracer.disk import sync_folder
from tracer.errors import OperatorError

MODE = 0o600
MAX_BYTES = 4 * 1024 * 1024


def read_private(path: Path) -> bytes:
    """Read a private file.

    Raises:
        OperatorError: `private-file-missing`, `private-file-permissions`, `private-file-size`.
    """
    try:
        number = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise OperatorError(
            "private-file-missing", f"{path} cannot be read: {error.strerror}"
        ) from error
    try:
        _check_private(path, os.fstat(number))
        with os.fdopen(number, "rb", closefd=False) as file:
            data = file.read(MAX_BYTES + 1)
    finally:
        os.close(number)
    if len(data) > MAX_BYTES:
        raise OperatorError("private-file-size", f"{path} is larger than any keyring")
    return data


def write_private(path: Path, data: bytes, *, replace: bool) -> None:
    """Write a private file so that a crash leaves the old one or the new one, never a part.

    Args:
        path: The file; its folder exists.
        data: All of its bytes.
        replace: Whether a file may be there already.

    Raises:
        OperatorError: `private-file-exists` or `private-file-write`.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        _write_new(temporary, data)
        try:
            if replace:
                temporary.replace(path)
            else:
                os.link(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(path.parent)
    except FileExistsError as error:
        raise OperatorError(
            "private-file-exists", f"{path} is there already", advice="Nothing was changed."
        ) from error
    except OSError as error:
        raise OperatorError(
            "private-file-write", f"{path} cannot be written: {error.strerror}"
        ) from error


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the right to change a private file, against other processes; waits for it."""
    number = os.open(
        path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, MODE
    )
    try:
        fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)


def _check_private(path: Path, found: os.stat_result) -> None:
    ours = found.st_uid == os.geteuid() or os.geteuid() == 0
    if stat.S_ISREG(found.st_mode) and ours and not found.st_mode & 0o077:
        return
    raise OperatorError(
        "private-file-permissions",
        f"{path} must be a file that belongs to this user, closed to everybody else",
        advice=f"Run: chmod 600 {path}",
    )


def _write_new(path: Path, data: bytes) -> None:
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODE)
    with os.fdopen(number, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
