"""A log that was cut and signed again: a witness that cosigned the old one does not go along."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.cli.house import say
from tests.exchange.losing import B, dialogue, send
from tests.exchange.test_restore_check import two, up
from tests.exchange.witnessing import choose, turn
from tests.nodes import Made, request
from tests.peers import admit_entry
from tracer.clock import FixedClock, SystemClock
from tracer.config import Config
from tracer.exchange.witness.answer import FORK
from tracer.node.home import Home
from tracer.node.opening import open_rooms
from tracer.node.rooms import Rooms


async def _cut(root: Path) -> tuple[Made, Made, int]:
    """A's folder as of before its last messages; B, which has cosigned the head after them."""
    a, b = await two(root)
    async with up(a) as ours, up(b) as theirs:
        await choose(ours, [theirs])
        await choose(theirs, [ours])
        await admit_entry(ours, theirs.home.entry.read_bytes(), by="officer")
        await admit_entry(theirs, ours.home.entry.read_bytes(), by="officer")
        await dialogue(ours, theirs)
        await ours.store.backup(root / "copy.db")
        gone = await send(ours, theirs)
        await send(theirs, ours, "acknowledgement", gone)
        await turn(ours)
        held = await theirs.store.read(lambda tx: tx.witness.heads())
        assert [row.size for row in held] == [ours.store.head.size]
    folder = root / "forged"
    shutil.copytree(a.home.root, folder, ignore=shutil.ignore_patterns("tracer.db*"))
    shutil.copy(root / "copy.db", folder / "tracer.db")
    (folder / "high-water.json").unlink()
    return Made(a.authority, Home(folder), Config.load(folder, environ={})), b, held[0].size


async def _asked(rooms: Rooms) -> tuple[str, int]:
    """What asking the witness came to, and how many lines it has given for the newest head."""
    await turn(rooms)
    witness = f"{B}/witness/1"
    head = rooms.store.head
    state = await rooms.store.read(lambda tx: tx.witness.state(witness))
    lines = await rooms.store.read(lambda tx: tx.witness.lines(head.origin, head.size))
    return state.error, len(lines)


async def test_a_witness_names_a_log_that_was_cut_and_signed_again(tmp_path: Path) -> None:
    forged, b, cosigned = await _cut(tmp_path)
    async with up(b) as theirs, open_rooms(forged.home, forged.config, SystemClock()) as rooms:
        assert rooms.store.head.size < cosigned
        assert await _asked(rooms) == ("witness-ahead", 0)
    later = FixedClock(datetime.now(UTC) + timedelta(hours=2))
    async with up(b) as theirs, open_rooms(forged.home, forged.config, later) as rooms:
        while rooms.store.head.size < cosigned:
            await rooms.submit(request(rooms, B))
        assert (await _asked(rooms))[1] == 0
        faults = await theirs.store.read(lambda tx: tx.peers.faults(forged.authority))
        assert {fault.kind for fault in faults} == {FORK}
    for folder in (forged.home.root, b.home.root):
        said = await asyncio.to_thread(say, folder, "store", "verify")
        assert said.json["faults"] == []
