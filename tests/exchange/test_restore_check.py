"""A node whose database is older than what it has signed takes nothing in and releases nothing."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.exchange.losing import A, B, dialogue, holding, lose_thread, send
from tests.nodes import Made, free_port, make_node, request, until
from tests.peers import admit_entry
from tracer.clock import SystemClock
from tracer.config import Config
from tracer.errors import LineError, OperatorError
from tracer.exchange.log.ledger import HighWater
from tracer.node.home import Home
from tracer.node.rooms import Rooms
from tracer.node.serve import running


@asynccontextmanager
async def up(made: Made) -> AsyncIterator[Rooms]:
    async with running(made.home, made.config, SystemClock()) as node:
        yield node.rooms


async def two(root: Path) -> tuple[Made, Made]:
    """Two nodes on disk that know each other."""
    a, b = [await make_node(root / name, name, port=free_port()) for name in (A, B)]
    async with up(a) as rooms:
        await admit_entry(rooms, b.entry_file, by="officer")
    async with up(b) as rooms:
        await admit_entry(rooms, a.entry_file, by="officer")
    return a, b


def restored(made: Made, root: Path, copy: Path) -> Made:
    """The same node on another disk, with an older database: what a careless restore makes."""
    shutil.copytree(made.home.root, root, ignore=shutil.ignore_patterns("tracer.db*"))
    shutil.copy(copy, root / "tracer.db")
    return Made(made.authority, Home(root), Config.load(root, environ={}))


async def aged(root: Path) -> tuple[Made, Made, str]:
    """A's database is of before its second thread; the first thread."""
    a, b = await two(root)
    async with up(a) as ours, up(b) as theirs:
        first = await dialogue(ours, theirs)
        await ours.store.backup(root / "copy.db")
        await send(ours, theirs)
    return restored(a, root / "restored", root / "copy.db"), b, first


async def test_a_node_that_lost_nothing_starts_as_ever(tmp_path: Path) -> None:
    a, b = await two(tmp_path)
    for _ in range(2):
        async with up(b) as theirs, up(a) as ours:
            await dialogue(ours, theirs)
            assert not ours.gate.restoring


async def test_the_high_water_file_closes_the_gate_before_anything_comes_in(tmp_path: Path) -> None:
    a, b, _ = await aged(tmp_path)
    async with up(a) as ours:
        assert "4 records of XA-NPOC/log/1, the database holds 3" in a.home.restoring.read_text()
        with pytest.raises(OperatorError) as refused:
            await ours.submit(request(ours, B))
        assert refused.value.code == "restore-mode"
        async with up(b) as theirs:
            with pytest.raises(LineError) as caught:
                await theirs.line.messages(theirs.cell.get().peer(A), b"\n")
            assert caught.value.message == "the peer answered 503 restore-mode"
        assert ours.store.head.size == 3


async def test_a_peer_that_remembers_more_closes_the_gate(tmp_path: Path) -> None:
    a, b, _ = await aged(tmp_path)
    a.home.high_water.unlink()
    async with up(b), up(a):
        await until(a.home.restoring.exists)
        assert "XB-NPOC holds our signature on 4 records" in a.home.restoring.read_text()


async def test_another_history_of_the_same_length_closes_the_gate(tmp_path: Path) -> None:
    a, b, _ = await aged(tmp_path)
    a.home.high_water.rename(tmp_path / "kept")
    async with up(a) as ours:
        await ours.submit(request(ours, B))
        await ours.submit(request(ours, B))
        assert not ours.gate.restoring
    (tmp_path / "kept").rename(a.home.high_water)
    async with up(a):
        assert "another history" in a.home.restoring.read_text()
    assert b.home.root.exists()


async def test_a_restored_node_does_not_lower_its_high_water(tmp_path: Path) -> None:
    a, _, _ = await aged(tmp_path)
    before = HighWater(a.home.high_water).read()
    async with up(a) as ours:
        await ours.ledger.checkpoint()
    assert HighWater(a.home.high_water).read() == before


async def test_a_file_that_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    a, _ = await two(tmp_path)
    a.home.high_water.write_bytes(b"{")
    with pytest.raises(OperatorError) as caught:
        async with up(a):
            pass
    assert caught.value.code == "high-water"


async def test_a_resync_puts_back_what_the_log_holds_and_asks_for_a_restore(tmp_path: Path) -> None:
    a, b, first = await aged(tmp_path)
    async with up(b), up(a) as ours:
        before = await holding(ours, first)
        lose_thread(ours, first)
        with pytest.raises(OperatorError) as caught:
            await ours.resync(ours.cell.get().peer(B))
        assert caught.value.code == "restore-mode"
        assert "1 message that our log signed for" in caught.value.message
        assert "3 others were put back" in caught.value.message
        assert await holding(ours, first) == before
        assert ours.store.head.size == 3


async def test_a_resync_that_proves_a_loss_closes_the_gate_itself(tmp_path: Path) -> None:
    a, b, _ = await aged(tmp_path)
    async with up(b), up(a) as ours:
        a.home.restoring.unlink()
        with pytest.raises(OperatorError):
            await ours.resync(ours.cell.get().peer(B))
        assert ours.gate.restoring
