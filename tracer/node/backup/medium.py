"""Where a backup lies: a folder, or one tar file. Both are read and written as named streams."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tracer.disk import sync_folder
from tracer.errors import OperatorError
from tracer.node.backup.form import MANIFEST, MAX_MANIFEST, NAME, File, broken

CHUNK = 1024 * 1024
Tell = Callable[[int], None]
"""Called with the number of bytes that were just copied."""


class Writer(ABC):
    """Takes the files of a backup, the manifest last; nothing has its name before it is whole."""

    @abstractmethod
    def add(self, name: str, source: Path, tell: Tell) -> File:
        """Copy one file and say what was copied."""

    @abstractmethod
    def finish(self, manifest: bytes) -> None:
        """Write the manifest, make all durable, give the backup its name."""

    @abstractmethod
    def discard(self) -> None:
        """Remove what was written; after `finish` it does nothing."""


class FolderWriter(Writer):
    """A backup in a folder of its own."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._part = _part(target)
        self._part.mkdir(mode=0o700)

    def add(self, name: str, source: Path, tell: Tell) -> File:
        """Copy one file into the folder."""
        path = self._part / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with source.open("rb") as from_, new_file(path) as to:
            return copy(name, from_, to, tell)

    def finish(self, manifest: bytes) -> None:
        """Write the manifest and rename the folder."""
        with new_file(self._part / MANIFEST) as to:
            to.write(manifest)
        for folder in (*(p for p in self._part.iterdir() if p.is_dir()), self._part):
            sync_folder(folder)
        self._part.rename(self._target)
        sync_folder(self._target.parent)

    def discard(self) -> None:
        """Remove the unfinished folder."""
        remove_tree(self._part)


class TarWriter(Writer):
    """A backup in one file, readable with any tar."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._part = _part(target)
        handle = os.open(self._part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        self._file = os.fdopen(handle, "wb")
        self._tar = tarfile.open(fileobj=self._file, mode="w")  # noqa: SIM115 - closed by finish

    def add(self, name: str, source: Path, tell: Tell) -> File:
        """Append one file."""
        with source.open("rb") as from_:
            size = os.fstat(from_.fileno()).st_size
            reader = _Hashing(from_, size, tell)
            self._tar.addfile(_member(name, size), reader)
        return File(name, size, reader.digest())

    def finish(self, manifest: bytes) -> None:
        """Append the manifest and rename the file."""
        self._tar.addfile(_member(MANIFEST, len(manifest)), io.BytesIO(manifest))
        self._tar.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._part.rename(self._target)
        sync_folder(self._target.parent)

    def discard(self) -> None:
        """Remove the unfinished file."""
        self._file.close()
        self._part.unlink(missing_ok=True)


def writer(target: Path) -> Writer:
    """A writer for a name that ends in `.tar`, or for a folder.

    Raises:
        OperatorError: `backup-exists`.
    """
    if target.exists():
        raise OperatorError("backup-exists", f"{target} exists already", advice="Name another.")
    target.parent.mkdir(parents=True, exist_ok=True)
    discard_part(target)
    return TarWriter(target) if target.suffix == ".tar" else FolderWriter(target)


Member = tuple[str, int, IO[bytes]]
"""Name, size and bytes of one file, valid until the next is asked for."""


@contextmanager
def members(source: Path) -> Iterator[Iterator[Member]]:
    """The files of a backup, each once, in the order they lie there.

    Raises:
        OperatorError: `backup-form`: it is none, or holds something that is not a plain file.
    """
    if source.is_dir():
        yield _folder(source)
        return
    try:
        with tarfile.open(source, mode="r:") as tar:
            yield _tar(tar)
    except tarfile.TarError as error:
        raise broken(str(error)) from error


def _folder(source: Path) -> Iterator[Member]:
    for path in sorted(source.rglob("*")):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise broken(f"{path.name!r} is not a plain file")
        if path.is_file():
            with path.open("rb") as file:
                yield (
                    _known(path.relative_to(source).as_posix()),
                    os.fstat(file.fileno()).st_size,
                    file,
                )


def _tar(tar: tarfile.TarFile) -> Iterator[Member]:
    for member in tar:
        plain = member.isreg() and not member.issparse()  # whose holes could be a disk full
        file = tar.extractfile(member) if plain else None
        if file is None:
            raise broken(f"{member.name[:80]!r} is not a plain file")
        with file:
            yield _known(member.name), member.size, file


def _known(name: str) -> str:
    if name != MANIFEST and not NAME.fullmatch(name):
        raise broken(f"it holds a file that no backup holds: {name[:80]!r}")
    return name


def manifest_bytes(size: int, file: IO[bytes]) -> bytes:
    """The manifest's bytes, of bounded length."""
    if size > MAX_MANIFEST:
        raise broken("its manifest is too long")
    return file.read()


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """A private file that must not exist, on the disk when the context ends."""
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def copy(name: str, from_: IO[bytes], to: IO[bytes] | None, tell: Tell) -> File:
    """Read one file to its end, into `to` if given, and say what was read."""
    digest, size = hashlib.sha256(), 0
    while chunk := from_.read(CHUNK):
        digest.update(chunk)
        if to is not None:
            to.write(chunk)
        size += len(chunk)
        tell(len(chunk))
    return File(name, size, digest.hexdigest())


class _Hashing:
    """A file that is read once, counted and hashed, and never gives more than it promised."""

    def __init__(self, file: IO[bytes], size: int, tell: Tell) -> None:
        self._file = file
        self._left = size
        self._tell = tell
        self._digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        data = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        self._digest.update(data)
        self._tell(len(data))
        return data

    def digest(self) -> str:
        """Hex SHA-256 of what was read."""
        return self._digest.hexdigest()


def _member(name: str, size: int) -> tarfile.TarInfo:
    found = tarfile.TarInfo(name)
    found.size, found.mode = size, 0o600
    return found


def _part(target: Path) -> Path:
    return target.with_name(target.name + ".part")


def discard_part(target: Path) -> None:
    """Remove what an interrupted backup of the same name has left."""
    part = _part(target)
    if part.is_dir():
        remove_tree(part)
    else:
        part.unlink(missing_ok=True)


def remove_tree(folder: Path) -> None:
    """Remove a folder that we made, with the files in it."""
    if not folder.exists():
        return
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink()
    folder.rmdir()
