"""The restore drill: what was lost comes back from the peers, as it was."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from tests.exchange.losing import dialogue, receipted, send
from tests.faults.pair import with_photos
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
from tracer.errors import OperatorError, PeerError
from tracer.evidence.record import Kind, parse_record
from tracer.node.custody import own_entry
from tracer.node.restore_view import view
from tracer.node.restore_work import go_back
from tracer.node.rooms import Rooms
from tracer.node.verify import verify
from tracer.store import Tx


@pytest.mark.parametrize(
    "messages",
    [pytest.param(60, id="reduced"), pytest.param(2_000, id="full", marks=pytest.mark.prove)],
)
@pytest.mark.parametrize("way", ["backup", "keys"])
async def test_the_drill(tmp_path: Path, messages: int, way: str) -> None:
    """Three nodes exchange; one is put back from an older copy, or from its keys alone."""
    nodes = await made(tmp_path, (A, B, C))
    chance = random.Random(messages)  # noqa: S311 - a seeded talk, no secret
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


async def test_the_successor_begins_with_the_succession_and_carries_the_records_on(
    tmp_path: Path,
) -> None:
    a, b = await made(tmp_path)
    async with all_up(a, b) as (ours, theirs):
        await dialogue(ours, theirs)
        await copied(a, tmp_path / "copy")
        old = await ours.store.read(lambda tx: [tx.log.record(i) for i in range(3)])
        await dialogue(theirs, ours)
    again = await put_back(a, tmp_path / "copy", tmp_path / "again")
    async with up(again) as ours:
        await restored(ours)
        first = parse_record(await ours.store.read(lambda tx: tx.log.record(0)))
        assert first.kind is Kind.SUCCESSION
        assert ours.store.head.origin == f"{A}/log/2"
        assert await ours.store.read(lambda tx: [tx.log.record(i) for i in (1, 2, 3)]) == old
        entry = own_entry(again.home).entry
        assert (entry.seq, entry.log.origin) == (2, f"{A}/log/2")
        keys = {row.kid: row.state for row in ours.keyring.describe() if row.use == "log"}
        assert keys == {f"{A}/log/1": "destroyed", f"{A}/log/2": "current"}


async def test_what_was_sent_before_the_copy_and_receipted_after_it_keeps_its_receipt(
    tmp_path: Path,
) -> None:
    a, b = await made(tmp_path)
    async with up(a) as ours:
        sent = await ours.submit(request(ours, B))
        await copied(a, tmp_path / "copy")
        async with up(b):
            await until(lambda: receipted(ours, B, sent.id))
            before = await everything(ours)
    again = await put_back(a, tmp_path / "copy", tmp_path / "again")
    async with up(b), up(again) as ours:
        await restored(ours)
        await way_back(ours)
        assert await everything(ours) == before
        rows = await ours.store.read(lambda tx: tx.outbox.rows(message_id=sent.id))
        assert [row.state for row in rows] == ["delivered"]
        flags = await ours.store.read(lambda tx: tx.messages.of_thread(sent.id)[0].flags)
        assert flags == ""


async def test_a_message_that_comes_again_after_the_restore_gets_the_same_receipt(
    tmp_path: Path,
) -> None:
    a, b = await made(tmp_path)
    async with all_up(a, b) as (ours, theirs):
        thread = await send(theirs, ours)
        await copied(a, tmp_path / "copy")
        later = await send(theirs, ours)
        records = await ours.store.read(lambda tx: _records(tx, [thread, later]))
    again = await put_back(a, tmp_path / "copy", tmp_path / "again")
    async with up(again) as ours:
        await restored(ours)
        async with up(b):
            await way_back(ours)
        assert await ours.store.read(lambda tx: _records(tx, [thread, later])) == records
        with closing(sqlite3.connect(b.home.database)) as db, db:
            db.execute("DELETE FROM receipt")
            db.execute("UPDATE outbox SET state = 'queued', next_attempt = ''")
        async with up(b) as theirs:
            await _all_again(theirs, [thread, later])
            assert await theirs.store.read(lambda tx: _shown(tx, [thread, later])) == records


def _records(tx: Tx, ids: Sequence[str]) -> list[bytes]:
    return [tx.messages.known(B, [name])[name].record for name in ids]


def _shown(tx: Tx, ids: Sequence[str]) -> list[bytes]:
    return [one.record for name in ids if (one := tx.messages.receipt(A, name)) is not None]


async def _all_again(rooms: Rooms, names: Sequence[str]) -> None:
    for name in names:
        await until(lambda n=name: receipted(rooms, A, n))  # type: ignore[misc]


async def test_nothing_is_exchanged_with_a_peer_before_the_way_back_with_it_is_gone(
    tmp_path: Path,
) -> None:
    a, b, c = await made(tmp_path, (A, B, C))
    async with all_up(a, b, c) as (ours, theirs, thirds):
        await copied(a, tmp_path / "copy")
        await dialogue(ours, theirs)
        await dialogue(ours, thirds)
    again = await put_back(a, tmp_path / "copy", tmp_path / "again")
    async with up(again) as ours:
        async with up(c):
            await restored(ours)
            assert set((await go_back(ours)).left) == {B}
            assert ours.gate.waits(B)
            assert not ours.gate.waits(C)
            with pytest.raises(OperatorError) as caught:
                await ours.submit(request(ours, B))
            assert caught.value.code == "restore-mode"
            with pytest.raises(PeerError):
                ours.gate.check(B)
            await ours.submit(request(ours, C))
        async with up(b):
            await way_back(ours)
            await ours.submit(request(ours, B))


async def test_what_reached_nobody_stays_lost_and_is_named(tmp_path: Path) -> None:
    a, b, c = await made(tmp_path, (A, B, C))
    async with all_up(a, b) as (ours, theirs):
        await copied(a, tmp_path / "copy")
        lost = await ours.submit(request(ours, C))
        thread = await dialogue(ours, theirs)
        assert lost.leaf == 0
    again = await put_back(a, tmp_path / "copy", tmp_path / "again")
    async with all_up(b, c), up(again) as ours:
        await restored(ours)
        await way_back(ours)
        assert set(await everything(ours)) == {thread}
        gap = (await view(ours)).gaps[0]
        assert (gap.lost, gap.back, gap.missing) == (4, 3, ((0, 0),))


async def test_files_of_a_peer_come_back_too(tmp_path: Path) -> None:
    a, b = await made(tmp_path)
    async with all_up(a, b) as (ours, theirs):
        await copied(a, tmp_path / "copy")
        sent = await theirs.submit(with_photos(theirs, A, 2, 20_000))
        await until(lambda: receipted(theirs, A, sent.id))
        await until(lambda: _files(ours) == 2)
    again = await put_back(a, tmp_path / "copy", tmp_path / "again")
    async with up(b), up(again) as ours:
        assert _files(ours) == 0
        await restored(ours)
        await way_back(ours)
        assert _files(ours) == 2
        rows = await ours.store.read(lambda tx: tx.attachments.for_message(sent.id))
        assert [row.state for row in rows] == ["complete", "complete"]


def _files(rooms: Rooms) -> int:
    return sum(not one.name.endswith(".part") for one in rooms.home.attachments.iterdir())
