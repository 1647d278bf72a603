"""What one types at three in the morning, and what is printed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from tests.cli.house import ask, say, staff
from tests.exchange.losing import dialogue
from tests.nodes import Made, until
from tests.restore.world import A, B, all_up, copied, made, put_back, up
from tracer.cli.exits import Exit
from tracer.config import Config
from tracer.errors import OperatorError
from tracer.node.home import Home
from tracer.node.rooms import Rooms


async def lost(root: Path) -> tuple[Made, Made]:
    a, b = await made(root)
    async with all_up(a, b) as (ours, theirs):
        await staff(ours)
        await staff(theirs)
        await dialogue(ours, theirs)
        await copied(a, root / "copy")
        await dialogue(theirs, ours)
    return await put_back(a, root / "copy", root / "again"), b


async def test_a_restore_from_the_command_line_by_two_persons(tmp_path: Path) -> None:
    a, b = await lost(tmp_path)
    async with all_up(b) as (theirs,), up(a) as ours:
        page = await ask(ours, "restore", "show", output="table")
        assert "3 of them are not here" in page.out
        called = f"tracer --data-dir {ours.home.root} --actor NAME restore approve."
        assert f"Two persons decide: {called}" in page.out
        gap = await ask(ours, "backup", "finish")
        assert "restore approve" in gap.err
        first = await ask(ours, "restore", "approve", output="table")
        assert "A second person approves it, too" in first.err
        again = await ask(ours, "restore", "approve")
        assert (again.code, "[four-eyes]" in again.err) == (Exit.PERMISSION, True)
        assert (await ask(ours, "restore", "approve", actor="auditor.one")).code == Exit.PERMISSION
        done = await ask(ours, "restore", "approve", actor="officer.two")
        assert (done.json["done"], done.json["successor"]) == (True, f"{A}/log/2")
        await until(lambda: _open(ours))
        shown = await ask(ours, "restore", "show", output="table")
        assert "3 messages re-entered" in shown.out
        assert "Nothing is open." in shown.out
        view = (await ask(theirs, "peer", "show", A)).json
        assert [one["sentence"] for one in view["restored"]] == [
            "restored: 3 records lost, 3 messages with us re-entered"
        ]
        assert "3 records lost" in (await ask(theirs, "status", output="table")).out
        late = await ask(ours, "restore", "approve")
        assert "[restore-none]" in late.err
        await dialogue(ours, theirs)


async def _open(rooms: Rooms) -> bool:
    return not rooms.gate.restoring and not rooms.gate.waits(B)


async def test_a_silent_authority_is_left_out_by_name(tmp_path: Path) -> None:
    a, _ = await lost(tmp_path)
    async with up(a) as ours:
        refused = await ask(ours, "restore", "approve")
        assert "[restore-open]" in refused.err
        assert f"--without {B}" in refused.err
        for actor in ("officer.one", "officer.two"):
            given = await ask(ours, "restore", "approve", "--without", B, actor=actor)
            assert given.code == 0, given.err
        assert ours.gate.waits(B)
        left = await ask(ours, "restore", "leave-out", B, "--reason", "told by telephone")
        assert left.code == 0, left.err
        assert not ours.gate.waits(B)
        assert (await ask(ours, "restore", "again", B)).code == 0
        assert ours.gate.waits(B)


async def test_a_node_is_made_from_its_keyring_and_its_entry(tmp_path: Path) -> None:
    a, b = await lost(tmp_path)
    async with up(b) as theirs:
        entry = await ask(theirs, "peer", "show", A, "--entry")
    (tmp_path / "entry.json").write_text(entry.out)
    folder = tmp_path / "keys"
    old = a.home.root
    given = ("--keyring", str(old / "keyring.json"), "--entry", str(tmp_path / "entry.json"))
    people = ("--officer", "officer.one", "--officer", "officer.two")
    where = ("--listen", f"127.0.0.1:{a.config.listen.port}")
    kek = ("--kek", f"file:{old / 'keyring.kek'}")
    told = await asyncio.to_thread(
        say, folder, "restore", "from-keys", *given, *people, *where, *kek, actor=""
    )
    assert told.json["log"] == f"{A}/log/1"
    again = Made(A, Home(folder), Config.load(folder, environ={}))
    file = tmp_path / "b.json"
    file.write_bytes(b.entry_file)
    async with up(b) as theirs, up(again) as ours:
        digits = msgspec.json.decode((await ask(theirs, "entry", "show")).out)["fingerprint"]
        added = await ask(ours, "peer", "add", str(file), "--fingerprint", digits)
        assert added.code == 0, added.err
        for actor in ("officer.one", "officer.two"):
            assert (await ask(ours, "restore", "approve", actor=actor)).code == 0
        await until(lambda: _open(ours))
        assert len((await ask(ours, "thread", "list")).json) == 2


@pytest.mark.parametrize("missing", ["--keyring", "--entry"])
def test_from_keys_alone_says_what_it_needs(tmp_path: Path, missing: str) -> None:
    said = say(tmp_path / "keys", "restore", "from-keys", actor="")
    assert said.code == Exit.USAGE
    assert missing in said.err or "Missing option" in said.err


async def test_erase_and_purge_from_the_command_line(tmp_path: Path) -> None:
    a, b = await made(tmp_path)
    async with all_up(a, b) as (ours, theirs):
        await staff(ours)
        thread = await dialogue(ours, theirs)
        why = ("--reason", "order of the court")
        asked = await ask(ours, "thread", "erase", thread, "--group", "persons", *why)
        assert (asked.json["number"], asked.json["done_at"]) == (1, "")
        listed = await ask(ours, "thread", "disposals", actor="officer.two", output="table")
        assert "order of the court" in listed.out
        done = await ask(ours, "thread", "approve-disposal", "1", actor="officer.two")
        assert done.json["messages"] == 1
        assert "Backups made before hold it still" in done.err
        held = await ask(ours, "thread", "hold", thread, "--reason", "appeal 7 of 2026")
        assert held.code == 0
        refused = await ask(ours, "thread", "purge", thread, *why)
        assert "[thread-held]" in refused.err
        assert len((await ask(ours, "thread", "holds")).json) == 1
        lifted = await ask(ours, "thread", "unhold", thread, "--reason", "appeal decided")
        assert lifted.code == 0
        assert "[thread-open]" in (await ask(ours, "thread", "purge", thread, *why)).err
        assert (await ask(ours, "thread", "purge")).json == []
        again = await ask(ours, "thread", "erase", thread, "--group", "place", *why)
        number = str(again.json["number"])
        assert (await ask(ours, "thread", "drop-disposal", number, *why)).code == 0
        assert (await ask(ours, "store", "scrub")).code == 0


async def test_the_keyring_is_opened_by_another_secret_from_then_on(tmp_path: Path) -> None:
    (a,) = await made(tmp_path, (A,))
    async with up(a) as ours:
        await staff(ours)
        done = await ask(ours, "key", "rewrap", "--kek", "file:other.kek")
        assert done.code == 0, done.err
    assert (a.home.root / "other.kek").exists()
    with pytest.raises(OperatorError) as refused:
        async with up(a):
            pass
    assert refused.value.code.startswith("keyring")
    (a.home.root / "conf.d").mkdir(exist_ok=True, mode=0o700)
    (a.home.root / "conf.d" / "other.toml").write_text('[keyring]\nkek = "file:other.kek"\n')
    later = Made(a.authority, a.home, Config.load(a.home.root, environ={}))
    async with up(later) as ours:
        assert ours.keyring.signing_key().kid
