"""Two nodes on disk that know each other, and their rooms without ports or workers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.nodes import Made, free_port, make_node
from tests.peers import admit_entry
from tracer.clock import SystemClock
from tracer.config import Config
from tracer.config.load import DROP_INS
from tracer.node.home import Home
from tracer.node.opening import open_rooms
from tracer.node.rooms import Rooms

SENDER, RECEIVER = "XA-NPOC", "XB-NPOC"
SETTINGS = """\
[limits]
peer_open_threads = 1_000_000
"""
"""Each request opens a thread; the default would refuse the 10,001st of a peer."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The two nodes on disk."""

    sender: Made
    receiver: Made


async def build(root: Path) -> Stage:
    """Make both nodes and give each the other's entry."""
    made = [await make_node(root / name, name, port=free_port()) for name in (SENDER, RECEIVER)]
    for each in made:
        drop_ins = each.home.root / DROP_INS
        drop_ins.mkdir(mode=0o700)
        (drop_ins / "bench.toml").write_text(SETTINGS, "utf-8")
    for own, other in (made, made[::-1]):
        async with rooms_of(own.home.root) as rooms:
            await admit_entry(rooms, other.entry_file, by="officer")
    return Stage(*made)


@asynccontextmanager
async def rooms_of(root: Path) -> AsyncIterator[Rooms]:
    """The rooms of a node that does not serve."""
    config = Config.load(root, environ={})
    async with open_rooms(Home(root), config, SystemClock()) as rooms:
        yield rooms
