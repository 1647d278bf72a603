"""Nodes that have chosen one another as witnesses, and rounds played by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec import UNSET

from tests.nodes import Mode, network
from tests.peers import admit_entry
from tracer.clock import Clock
from tracer.node.custody import issue
from tracer.node.rooms import Rooms
from tracer.node.workers.witnessing import Witnessing, witnessing
from tracer.trust.nouns import Witness, Witnesses

A, B, C = "XA-NPOC", "XB-NPOC", "XC-NPOC"


@asynccontextmanager
async def watched(
    root: Path,
    nodes: Sequence[tuple[str, Mode]] = ((A, "reached"), (B, "reached"), (C, "collects")),
    *,
    quorum: int = 1,
    clock: Clock | None = None,
) -> AsyncIterator[dict[str, Rooms]]:
    """Nodes of which each has chosen all others; their workers look once an hour, so: never."""
    async with network(root, nodes, clock=clock) as made:
        rooms = {name: node.rooms for name, node in made.items()}
        for one in rooms.values():
            others = [other for other in rooms.values() if other is not one]
            await choose(one, others, quorum=quorum)
        for one in rooms.values():
            for other in rooms.values():
                if other is not one:
                    await admit_entry(one, other.home.entry.read_bytes(), by="officer")
        yield rooms


async def choose(rooms: Rooms, others: Sequence[Rooms], *, quorum: int = 1) -> None:
    """Name others as witnesses in the next entry."""
    members = []
    for other in others:
        named = other.keyring.witness_info()
        assert isinstance(named, Witness)
        members.append(named)
    chosen = Witnesses(quorum=quorum, members=tuple(members)) if members else UNSET
    await issue(rooms, actor="officer", witnesses=chosen)


def worker(rooms: Rooms) -> Witnessing:
    """The work of a node, without its task."""
    return witnessing(rooms)


async def turn(*nodes: Rooms) -> None:
    """One round of each, with nothing remembered of earlier ones but what is stored."""
    for rooms in nodes:
        await worker(rooms).round()
