"""A log that was cut and signed again is whole by itself; those who hold its old heads see it."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from tests.cli.house import say, staff
from tests.exchange.losing import A, B, dialogue, send
from tests.exchange.test_restore_check import two, up
from tests.nodes import Made
from tracer.bundle.verify import verify_bundle
from tracer.cli.exits import Exit
from tracer.clock import SystemClock
from tracer.config import Config
from tracer.node.desk import open_desk
from tracer.node.home import Home
from tracer.node.opening import open_rooms
from tracer.node.restore.check import check_peers


async def forge(root: Path) -> tuple[Made, Made, Path]:
    """A's folder as of before its last messages, signed again; B; what B exported of them."""
    a, b = await two(root)
    async with up(a) as ours, up(b) as theirs:
        await staff(theirs)
        await dialogue(ours, theirs)
        await ours.store.backup(root / "copy.db")
        gone = await send(ours, theirs)
        await send(theirs, ours, "acknowledgement", gone)
        exported = await open_desk(theirs).evidence.export("officer.one", gone, offline=True)
    folder = root / "forged"
    shutil.copytree(a.home.root, folder, ignore=shutil.ignore_patterns("tracer.db*"))
    shutil.copy(root / "copy.db", folder / "tracer.db")
    (folder / "high-water.json").unlink()
    forged = Made(a.authority, Home(folder), Config.load(folder, environ={}))
    async with up(forged) as rooms:
        assert not rooms.gate.restoring
        await rooms.ledger.checkpoint()
        await rooms.store.write(rooms.ledger.flush)
    bundle = root / "from-b.zip"
    bundle.write_bytes(exported.data)
    return forged, b, bundle


@pytest.fixture(scope="module")
def forged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Made, Made, Path]:
    return asyncio.run(forge(tmp_path_factory.mktemp("forged")))


def test_the_node_alone_sees_nothing(forged: tuple[Made, Made, Path]) -> None:
    made, _, _ = forged
    assert say(made.home.root, "store", "verify").json["faults"] == []


def test_an_evidence_file_of_the_peer_names_what_is_gone(
    forged: tuple[Made, Made, Path], tmp_path: Path
) -> None:
    made, _, bundle = forged
    assert verify_bundle(bundle.read_bytes()).holds
    words = ("verify", "--data", str(made.home.root), "--against", str(bundle))
    said = say(tmp_path / "nowhere", *words, actor="", output="table")
    assert said.code == Exit.FAILURE
    assert f"{A}/log/1" in said.out
    assert "others hold our signature on" in said.out


def test_the_folder_from_which_nothing_is_gone_fits_the_same_file(
    forged: tuple[Made, Made, Path], tmp_path: Path
) -> None:
    _, _, bundle = forged
    whole = bundle.parent / A
    words = ("verify", "--data", str(whole), "--against", str(bundle))
    found = say(tmp_path / "nowhere", *words, actor="").json
    assert found["faults"] == []
    assert found["memories"] > 0


async def test_the_peer_shows_what_it_remembers_when_the_node_starts(
    forged: tuple[Made, Made, Path],
) -> None:
    made, b, _ = forged
    async with up(b), open_rooms(made.home, made.config, SystemClock()) as rooms:
        await check_peers(rooms)
        assert rooms.home.restoring.exists()
        assert B in rooms.home.restoring.read_text()


def test_what_a_stranger_signed_accuses_nobody(
    forged: tuple[Made, Made, Path], tmp_path: Path
) -> None:
    _, _, bundle = forged
    whole = bundle.parent / B
    words = ("verify", "--data", str(whole), "--against", str(bundle))
    found = say(tmp_path / "nowhere", *words, actor="").json
    assert found["faults"] == []
