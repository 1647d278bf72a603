"""Backup and restore: a consistent copy of a node, while it runs; and what a restore begins.

`create` needs neither the node's lock nor the key that opens the keyring, so it runs beside the
node, as the node's user or root. The database is copied first, as one snapshot; keys and complete
attachments, which only grow or are immutable, follow. Every file is hashed into the manifest.

`restore` fills an empty folder and leaves it in restore mode: a copy may lack what was exchanged
since, and a log that is continued from an older head would contradict what peers hold. Until it is
known what is missing, nothing is taken in, appended or released.

Deliberately not in a backup: the key of the keyring; the high-water mark of the log; and
`witnessed.json`, what was cosigned of others' logs. A copy of the last would be as old as the
database and hide that something was signed since: a restored node misses the file and cosigns
nothing under its old name (`exchange.witness.memory`), whatever its database knows.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tracer import __version__
from tracer.clock import Clock, stamp
from tracer.config import DROP_INS, FILE, Config
from tracer.disk import sync_folder
from tracer.errors import OperatorError
from tracer.node.backup import medium
from tracer.node.backup.form import (
    DATABASE,
    ENTRY,
    KEYRING,
    MANIFEST,
    File,
    Manifest,
    broken,
    read_manifest,
)
from tracer.node.home import Home
from tracer.node.own import own_entry
from tracer.store import backup as database
from tracer.store import migrate
from tracer.trust.private_files import write_private
from tracer.wording import counted

Tell = Callable[[str, int, int], None]
"""What is being done, bytes (or pages) done, bytes (or pages) in all."""


async def create(home: Home, target: Path, clock: Clock, tell: Tell) -> Manifest:
    """Copy the node in `home` to a folder, or to one file if the name ends in `.tar`.

    Raises:
        OperatorError: `no-node`, `backup-exists`, `backup-failed`, `store-damaged`.
    """
    home.require()
    begun = stamp(clock.now())
    config = Config.load(home.root)
    writer = medium.writer(target)
    try:
        with tempfile.TemporaryDirectory(prefix=".tracer-", dir=target.parent) as scratch:
            copy = Path(scratch) / DATABASE
            await database.backup(home.database, copy, _pages(tell))
            origin, size = await database.log_head(copy)
            sources = [(DATABASE, copy), *_sources(home, config)]
            counted = _Counted("copying files", _size(sources), tell)
            files = tuple(writer.add(name, path, counted) for name, path in sources)
            manifest = Manifest(
                authority=own_entry(home).authority,
                at=begun,
                version=__version__,
                schema=migrate.revision(copy) or "",
                log_origin=origin,
                log_size=size,
                files=files,
            )
        writer.finish(manifest.write())
    except OSError as error:
        writer.discard()
        raise OperatorError("backup-failed", f"the backup failed: {error}") from error
    except BaseException:
        writer.discard()
        raise
    return manifest


async def verify(source: Path, tell: Tell) -> Manifest:
    """Read a whole backup: every digest, and the database as SQLite checks it.

    Raises:
        OperatorError: `backup-missing`, `backup-form`, `store-damaged`.
    """
    with tempfile.TemporaryDirectory(prefix="tracer-verify-") as scratch:
        copy = Path(scratch) / DATABASE
        manifest = _read(source, lambda name: copy if name == DATABASE else None, tell)
        await _check_database(copy, manifest)
    return manifest


async def restore(source: Path, home: Home, clock: Clock, tell: Tell) -> Manifest:
    """Fill an empty folder from a backup and leave it in restore mode.

    Raises:
        OperatorError: `folder-used`, `backup-missing`, `backup-form`, `store-damaged`; then the
            folder is empty again.
    """
    root = home.root
    if root.exists() and any(root.iterdir()):
        raise OperatorError(
            "folder-used", f"{root} is not empty", advice="A restore needs an empty folder."
        )
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return await _fill(source, home, clock, tell)
    except BaseException:
        for left in root.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        raise


async def _fill(source: Path, home: Home, clock: Clock, tell: Tell) -> Manifest:
    with medium.new_file(home.restoring) as mark:  # first: no half-filled folder ever serves
        mark.write(f"restored on {stamp(clock.now())}\n".encode())
    home.attachments.mkdir(mode=0o700)
    (home.root / DROP_INS).mkdir(mode=0o700)
    waiting = home.root / f"{ENTRY}.part"
    manifest = _read(source, lambda name: waiting if name == ENTRY else home.root / name, tell)
    await _check_database(home.database, manifest)
    _place_keyring(home.root, Path(Config.load(home.root, environ={}).keyring.file))
    cause = (
        f"restored on {stamp(clock.now())} from a backup of {manifest.at} "
        f"that knows {counted(manifest.log_size, 'record')} of {manifest.log_origin}\n"
    )
    write_private(home.restoring, cause.encode(), replace=True)
    waiting.rename(home.entry)  # last: what makes a folder a node
    sync_folder(home.root)
    return manifest


def _place_keyring(root: Path, where: Path) -> None:
    """Put the keyring where the settings that came with it say, inside the folder."""
    if ".." in where.parts:
        raise broken("its settings place the keyring outside the data folder")
    target = root / where
    if target == root / KEYRING or not target.is_relative_to(root):
        return
    if target.exists():
        raise broken("its settings place the keyring where another file lies")
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    (root / KEYRING).rename(target)


def _read(source: Path, where: Callable[[str], Path | None], tell: Tell) -> Manifest:
    """Read every file, to where it shall go if anywhere, and hold all against the manifest."""
    if not source.exists():
        raise OperatorError("backup-missing", f"there is no {source}")
    found: dict[str, File] = {}
    manifest = None
    counted = _Counted("reading the backup", _bytes_of(source), tell)
    with medium.members(source) as members:
        for name, size, file in members:
            if name in found or (name == MANIFEST and manifest is not None):
                raise broken(f"it holds {name} twice")
            if name == MANIFEST:
                manifest = read_manifest(medium.manifest_bytes(size, file))
            elif (path := where(name)) is None:
                found[name] = medium.copy(name, file, None, counted)
            else:
                with medium.new_file(path) as to:
                    found[name] = medium.copy(name, file, to, counted)
    if manifest is None:
        raise broken("it has no manifest; it was not finished")
    for file_ in manifest.files:
        if found.get(file_.name) != file_:
            raise broken(f"{file_.name} is missing or was changed")
    if len(found) != len(manifest.files):
        raise broken("it holds a file that its manifest does not name")
    return manifest


async def _check_database(copy: Path, manifest: Manifest) -> None:
    await database.integrity_check(copy)
    if await database.log_head(copy) != (manifest.log_origin, manifest.log_size):
        raise broken("its database knows another log than its manifest says")


def _sources(home: Home, config: Config) -> Iterator[tuple[str, Path]]:
    yield KEYRING, home.root / config.keyring.file
    yield ENTRY, home.entry
    for path in (home.root / FILE, *sorted((home.root / DROP_INS).glob("*.toml"))):
        if path.exists():
            yield path.relative_to(home.root).as_posix(), path
    for path in sorted(home.attachments.iterdir()):
        if not path.name.endswith(".part"):
            yield f"attachments/{path.name}", path


def _size(sources: list[tuple[str, Path]]) -> int:
    return sum(path.stat().st_size for _, path in sources)


def _bytes_of(source: Path) -> int:
    if source.is_file():
        return source.stat().st_size
    return sum(path.stat().st_size for path in source.rglob("*") if path.is_file())


def _pages(tell: Tell) -> database.Progress:
    return lambda done, total: tell("copying the database", done, total)


class _Counted:
    """Adds up bytes and tells how far it is."""

    def __init__(self, what: str, total: int, tell: Tell) -> None:
        self._what = what
        self._total = total
        self._tell = tell
        self._done = 0

    def __call__(self, count: int) -> None:
        self._done += count
        self._tell(self._what, min(self._done, self._total), self._total)
