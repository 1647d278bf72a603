"""The restore drill: three nodes, one put back from an older copy, or from its keys alone."""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import PROVE
from tests.exchange.losing import dialogue, receipted
from tests.nodes import reply, request, until
from tests.restore.world import (
    A,
    B,
    C,
    all_up,
    copied,
    everything,
    from_keys_alone,
    made,
    put_back,
    restored,
    up,
    way_back,
)
from tracer.node.check.whole import verify
from tracer.node.restore.view import view
from tracer.node.rooms import Rooms

MESSAGES = 2_000 if PROVE else 60
"""Exchanged before the loss, half of them after the copy; the talk is seeded."""


@pytest.mark.parametrize("way", ["backup", "keys"])
async def test_the_drill(tmp_path: Path, way: str) -> None:
    """Three nodes exchange; one is put back from an older copy, or from its keys alone."""
    nodes = await made(tmp_path, (A, B, C))
    messages, chance = MESSAGES, random.Random(MESSAGES)  # noqa: S311 - a seeded talk, no secret
    async with all_up(*nodes) as rooms:
        await talk(rooms, messages // 2, chance)
        await copied(nodes[0], tmp_path / "copy")
        size = rooms[0].store.head.size
        await talk(rooms, messages - messages // 2, chance)
        before, total = await everything(rooms[0]), rooms[0].store.head.size
    shutil.rmtree(nodes[0].home.root / "attachments")
    if way == "backup":
        again = await put_back(nodes[0], tmp_path / "copy", tmp_path / "again")
    else:
        size, again = 0, await from_keys_alone(nodes[0], nodes[1:], tmp_path / "again")
    async with all_up(*nodes[1:]) as peers, up(again) as ours:
        plan = await restored(ours)
        assert (plan.size, plan.highest_size) == (size, total)
        await way_back(ours)
        assert await everything(ours) == before
        assert (await verify(ours, lambda *_: None)).faults == ()
        gap = (await view(ours)).gaps[0]
        assert (gap.lost, gap.back, gap.missing) == (total - size, total - size, ())
        rows = [await peer.store.read(lambda tx: tx.restores.of(A)) for peer in peers]
        assert [(row.state, row.lost) for one in rows for row in one] == [
            ("taken", total - size)
        ] * 2
        assert sum(row.reentered for one in rows for row in one) == total - size
        assert [await peer.store.read(lambda tx: tx.peers.faults(A)) for peer in peers] == [[], []]
        await dialogue(ours, peers[0])
        await dialogue(peers[1], ours)
    print(  # noqa: T201
        f"{way}: {messages} messages among three, {total - size} of {total} records lost and back, "
        f"{len(before)} threads as they were, {sum(row.reentered for one in rows for row in one)} "
        "messages re-entered as the peers count, no fault at any"
    )


async def talk(nodes: Sequence[Rooms], count: int, chance: random.Random) -> None:
    """Exchange `count` messages between random pairs: requests, and what follows in them."""
    sent: list[tuple[Rooms, str, str]] = []
    for _ in range(count // 3):
        one, other = chance.sample(list(nodes), 2)
        opened = await one.submit(request(one, other.authority))
        sent.append((one, other.authority, opened.id))
        await until(lambda t=opened.id, o=other: _known(o, t))  # type: ignore[misc]
        for writer, reader, kind in (
            (other, one, "acknowledgement"),
            (one, other, "progress-enquiry"),
        ):
            said = await writer.submit(reply(writer, kind, opened.id, reader.authority))
            sent.append((writer, reader.authority, said.id))
    for node, peer, name in sent:
        await until(lambda n=node, p=peer, i=name: receipted(n, p, i), seconds=120)  # type: ignore[misc]


async def _known(rooms: Rooms, thread: str) -> bool:
    return await rooms.store.read(lambda tx: tx.threads.get(thread)) is not None
