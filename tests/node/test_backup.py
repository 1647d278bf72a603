"""The drill: copy a node at work, lose it, restore it, and find out what the copy missed."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tests.cli.house import ask, say, staff, staffed
from tests.nodes import Made, network, request, until
from tracer.cli.exits import Exit
from tracer.clock import SystemClock
from tracer.config import Config
from tracer.errors import OperatorError
from tracer.node.backup import whole as backup
from tracer.node.backup.form import MANIFEST
from tracer.node.control import client
from tracer.node.home import Home
from tracer.node.rooms import Rooms
from tracer.node.serve import running


def silent(_what: str, _done: int, _total: int) -> None:
    """Nobody looks at the progress."""


async def sent(a: Rooms, count: int) -> None:
    """Send requests to XB-NPOC and wait for their receipts."""
    for _ in range(count):
        message = await a.submit(request(a, "XB-NPOC"))

        async def there(name: str = message.id) -> bool:
            return await a.store.read(lambda tx: tx.messages.receipt("XB-NPOC", name)) is not None

        await until(there)


def restored(source: Path, folder: Path, kek: Path) -> Home:
    """A node from a copy, with the key that opens its keyring put back."""
    home = Home(folder)
    asyncio.run(backup.restore(source, home, SystemClock(), silent))
    shutil.copy(kek, folder / "keyring.kek")
    return home


@pytest.mark.parametrize("name", ["copy", "copy.tar"])
def test_a_copy_of_a_node_at_work_is_whole_and_is_noted(tmp_path: Path, name: str) -> None:
    async def drill() -> None:
        async with network(tmp_path, [("XA-NPOC", "reached"), ("XB-NPOC", "reached")]) as nodes:
            a = nodes["XA-NPOC"].rooms
            await staff(a)
            await sent(a, 2)
            (a.home.attachments / ("d" * 43)).write_bytes(b"ciphertext")
            (a.home.attachments / f"{'e' * 43}.part").write_bytes(b"not whole")
            made = await ask(a, "backup", "create", str(tmp_path / name))
            assert made.json["log"] == "2 records of XA-NPOC/log/1"
            checks = (await ask(a, "status")).json["checks"]
            assert {one["what"]: one["level"] for one in checks}["backup"] == "ok"
            again = await ask(a, "backup", "create", str(tmp_path / name))
            assert (again.code, "[backup-exists]" in again.err) == (Exit.DATA, True)

    asyncio.run(drill())
    checked = say(tmp_path, "backup", "verify", str(tmp_path / name), actor="")
    assert checked.json["files"] == 5
    home = restored(tmp_path / name, tmp_path / "new", tmp_path / "XA-NPOC" / "keyring.kek")
    assert [path.name for path in home.attachments.iterdir()] == ["d" * 43]
    assert say(home.root, "store", "verify").json["faults"] == []
    assert say(home.root, "store", "rebuild", "--dry-run").json["differences"] == []
    assert not (tmp_path / f"{name}.part").exists()


def change(folder: Path, what: str) -> None:
    """Make a copy that is not whole."""
    if what == "flipped":
        data = bytearray((folder / "keyring.json").read_bytes())
        data[-5] ^= 1
        (folder / "keyring.json").write_bytes(data)
    elif what == "missing":
        (folder / "entry.json").unlink()
    elif what == "unfinished":
        (folder / MANIFEST).unlink()
    elif what == "more":
        (folder / "conf.d").mkdir()
        (folder / "conf.d" / "10.toml").write_text("")
    elif what == "foreign":
        (folder / "run.sh").write_text("")
    elif what == "link":
        (folder / "tracer.toml").unlink()
        (folder / "tracer.toml").symlink_to("/etc/hostname")
    elif what == "names":
        text = (folder / MANIFEST).read_text()
        (folder / MANIFEST).write_text(text.replace("tracer.toml", "../tracer.toml"))
    elif what == "log":
        text = (folder / MANIFEST).read_text()
        (folder / MANIFEST).write_text(text.replace('"log_size": 0', '"log_size": 9'))


@pytest.mark.parametrize(
    "what", ["flipped", "missing", "unfinished", "more", "foreign", "link", "names", "log"]
)
def test_a_copy_that_is_not_whole_is_refused_and_leaves_nothing(
    resting: Made, tmp_path: Path, what: str
) -> None:
    copy, target = tmp_path / "copy", tmp_path / "new"
    assert say(resting.home.root, "backup", "create", str(copy)).code == 0
    change(copy, what)
    assert "[backup-form]" in say(target, "backup", "verify", str(copy)).err
    said = say(target, "backup", "restore", str(copy))
    assert (said.code, "[backup-form]" in said.err) == (Exit.CONFIG, True)
    assert list(target.iterdir()) == []


@pytest.mark.parametrize(
    "forge",
    [
        lambda tar, member: tar.addfile(member("../escape")),
        lambda tar, member: tar.addfile(member("tracer.db", tarfile.SYMTYPE)),
        lambda tar, member: tar.addfile(member("attachments", tarfile.DIRTYPE)),
    ],
)
def test_a_forged_tar_reaches_no_other_file(
    tmp_path: Path,
    forge: Callable[[tarfile.TarFile, Callable[..., tarfile.TarInfo]], None],
) -> None:
    def member(name: str, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
        found = tarfile.TarInfo(name)
        found.type, found.linkname = kind, "/etc/hostname"
        return found

    with tarfile.open(tmp_path / "forged.tar", "w") as tar:
        forge(tar, member)
    with pytest.raises(OperatorError, match="not whole"):
        asyncio.run(backup.verify(tmp_path / "forged.tar", silent))


def test_a_tar_of_holes_that_would_fill_the_disk_is_refused(tmp_path: Path) -> None:
    hole = tarfile.TarInfo(f"attachments/{'d' * 43}")
    hole.pax_headers = {
        "GNU.sparse.major": "0",
        "GNU.sparse.minor": "1",
        "GNU.sparse.map": "0,0",
        "GNU.sparse.size": str(1 << 22),
    }
    with tarfile.open(tmp_path / "holes.tar", "w", format=tarfile.PAX_FORMAT) as tar:
        tar.addfile(hole)
    with tarfile.open(tmp_path / "holes.tar") as tar:
        assert next(iter(tar)).size == 1 << 22
    with pytest.raises(OperatorError, match="not a plain file"):
        asyncio.run(backup.verify(tmp_path / "holes.tar", silent))


def with_keyring_at(copy: Path, where: str) -> None:
    """Change the settings of a copy, and its manifest with them, as nothing signs either."""
    written = (copy / "tracer.toml").read_text()
    settings = written.replace("[keyring]\n", f'[keyring]\nfile = "{where}"\n')
    assert settings != written
    (copy / "tracer.toml").write_text(settings)
    found = msgspec.json.decode((copy / MANIFEST).read_bytes())
    for file in found["files"]:
        if file["name"] == "tracer.toml":
            file["size"] = len(settings.encode())
            file["sha256"] = hashlib.sha256(settings.encode()).hexdigest()
    (copy / MANIFEST).write_bytes(msgspec.json.encode(found))


@pytest.mark.parametrize("where", ["../victim", "sub/../../victim", "tracer.db", "entry.json.part"])
def test_the_settings_of_a_forged_copy_put_the_keyring_over_no_other_file(
    resting: Made, tmp_path: Path, where: str
) -> None:
    copy, target = tmp_path / "copy", tmp_path / "new"
    (tmp_path / "victim").write_text("mine")
    assert say(resting.home.root, "backup", "create", str(copy)).code == 0
    with_keyring_at(copy, where)
    assert "[backup-form]" in say(target, "backup", "restore", str(copy)).err
    assert (tmp_path / "victim").read_text() == "mine"
    assert list(target.iterdir()) == []


def test_a_keyring_in_a_folder_of_its_own_is_put_back_there(resting: Made, tmp_path: Path) -> None:
    copy, target = tmp_path / "copy", tmp_path / "new"
    assert say(resting.home.root, "backup", "create", str(copy)).code == 0
    with_keyring_at(copy, "keys/ring.json")
    assert say(target, "backup", "restore", str(copy)).code == 0
    held = (target / "keys" / "ring.json").read_bytes()
    assert held == (resting.home.root / "keyring.json").read_bytes()


def test_what_is_no_tar_is_no_backup(tmp_path: Path) -> None:
    (tmp_path / "letter.tar").write_text("Dear all")
    with pytest.raises(OperatorError, match="not whole"):
        asyncio.run(backup.verify(tmp_path / "letter.tar", silent))


def test_a_truncated_tar_is_no_backup(resting: Made, tmp_path: Path) -> None:
    copy = tmp_path / "copy.tar"
    assert say(resting.home.root, "backup", "create", str(copy)).code == 0
    copy.write_bytes(copy.read_bytes()[:20_000])
    with pytest.raises(OperatorError, match="not whole"):
        asyncio.run(backup.verify(copy, silent))


def test_a_restore_needs_an_empty_folder(resting: Made, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    say(resting.home.root, "backup", "create", str(copy))
    said = say(resting.home.root, "backup", "restore", str(copy))
    assert "[folder-used]" in said.err
    assert resting.home.entry.exists()


def test_a_restored_node_says_so_and_releases_nothing(resting: Made, tmp_path: Path) -> None:
    copy, folder = tmp_path / "copy", tmp_path / "new"
    say(resting.home.root, "backup", "create", str(copy))
    restored(copy, folder, resting.home.root / "keyring.kek")
    status = say(folder, "status", output="table")
    assert status.code == Exit.FAILURE
    assert "Restore mode" in status.out
    said = say(folder, "release", "approve", "D1")
    assert (said.code, "[restore-mode]" in said.err) == (Exit.RETRY, True)
    assert f"tracer --data-dir {folder} --actor officer.one restore show" in said.err
    assert say(folder, "backup", "finish").code == 0
    assert not Home(folder).restoring.exists()
    assert "[restore-none]" in say(folder, "backup", "finish").err


async def test_restore_mode_ends_when_nobody_saw_more_and_not_when_somebody_did(
    tmp_path: Path,
) -> None:
    async with network(tmp_path, [("XB-NPOC", "reached"), ("XA-NPOC", "reached")]) as nodes:
        a = nodes["XA-NPOC"].rooms
        await staff(a)
        await sent(a, 1)
        first, second = tmp_path / "first", tmp_path / "second.tar"
        await ask(a, "backup", "create", str(first))
        await sent(a, 1)
        await ask(a, "backup", "create", str(second))
        kek = a.home.root / "keyring.kek"
        old = await asyncio.to_thread(restored, first, tmp_path / "old", kek)
        new = await asyncio.to_thread(restored, second, tmp_path / "new", kek)
        behind = await asyncio.to_thread(say, old.root, "backup", "finish")
        assert "[restore-gap]" in behind.err
        assert "2 records" in behind.err
        assert old.restoring.exists()
        level = await asyncio.to_thread(say, new.root, "backup", "finish")
        assert [(one["authority"], one["saw"]) for one in level.json] == [("XB-NPOC", 2)]
        assert not new.restoring.exists()


async def test_who_cannot_be_asked_is_left_out_by_name_only(tmp_path: Path) -> None:
    async with network(tmp_path, [("XA-NPOC", "reached"), ("XC-NPOC", "collects")]) as nodes:
        a = nodes["XA-NPOC"].rooms
        await staff(a)
        a.home.restoring.write_text("restored\n")
        said = await ask(a, "backup", "finish")
        assert (said.code, "--without XC-NPOC" in said.err) == (Exit.RETRY, True)
        assert (await ask(a, "backup", "finish", "--without", "XC-NPOC")).json == []


async def test_a_node_in_restore_mode_answers_its_own_people(tmp_path: Path) -> None:
    made = await staffed(tmp_path / "node")
    made.home.restoring.write_text("restored\n")
    async with running(made.home, made.config, SystemClock()) as node:
        assert (await client.ask(node.rooms.home.root, "status", {}))["restoring"] == "restored"


def test_the_keyring_goes_back_to_the_place_its_configuration_names(
    resting: Made, tmp_path: Path
) -> None:
    root = resting.home.root
    settings = (root / "tracer.toml").read_text()
    (root / "tracer.toml").write_text(settings.replace("[keyring]", '[keyring]\nfile = "k.json"'))
    (root / "keyring.json").rename(root / "k.json")
    say(root, "backup", "create", str(tmp_path / "copy"))
    home = restored(tmp_path / "copy", tmp_path / "new", root / "keyring.kek")
    assert (home.root / Config.load(home.root, environ={}).keyring.file).name == "k.json"
    assert say(home.root, "key", "list").code == 0


def test_the_manifest_names_every_file_with_its_digest(resting: Made, tmp_path: Path) -> None:
    say(resting.home.root, "backup", "create", str(tmp_path / "copy"))
    manifest = msgspec.json.decode((tmp_path / "copy" / MANIFEST).read_bytes())
    names = {one["name"] for one in manifest["files"]}
    assert names == {"tracer.db", "keyring.json", "entry.json", "tracer.toml"}
    assert not (tmp_path / "copy" / "keyring.kek").exists()
    assert not (tmp_path / "copy" / "high-water.json").exists()
