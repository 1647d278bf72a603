"""What comes back after a restore, what does not, and who waits meanwhile."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from tests.exchange.losing import dialogue, receipted, send
from tests.faults.pair import with_photos
from tests.nodes import request, until
from tests.restore.world import (
    A,
    B,
    C,
    all_up,
    copied,
    everything,
    made,
    put_back,
    restored,
    up,
    way_back,
)
from tracer.clock import SystemClock
from tracer.errors import OperatorError, PeerError
from tracer.evidence.record import Kind, parse_record
from tracer.exchange.resync.fetch import Resync, Resynced
from tracer.node.opening import open_rooms
from tracer.node.own import own_entry
from tracer.node.restore.view import view
from tracer.node.rooms import Rooms
from tracer.node.workers.restoring import go_back
from tracer.store import Tx
from tracer.trust.directory import Peer


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


async def _endless(rooms: Rooms, name: str) -> Rooms:
    """The same node, asking a peer whose threads never come to an end."""
    true = rooms.resync

    async def resync(peer: Peer) -> Resynced:
        if peer.authority == name:
            await asyncio.Event().wait()
        return await true(peer)

    return replace(rooms, resync=cast("Resync", resync))


async def test_a_peer_that_never_comes_to_an_end_keeps_no_other_waiting(tmp_path: Path) -> None:
    a, b, c = await made(tmp_path, (A, B, C))
    async with all_up(a, b, c) as (ours, theirs, thirds):
        await copied(a, tmp_path / "copy")
        await dialogue(ours, theirs)
        await dialogue(ours, thirds)
    again = await put_back(a, tmp_path / "copy", tmp_path / "again")
    async with up(b), up(c), open_rooms(again.home, again.config, SystemClock()) as ours:
        await restored(ours)
        held_up = await _endless(ours, B)
        assert set((await go_back(held_up, at_most=0.0)).left) == {B, C}
        going = asyncio.create_task(go_back(held_up))
        await until(lambda: _open(ours, C))
        assert ours.gate.waits(B)
        going.cancel()


async def _open(rooms: Rooms, name: str) -> bool:
    return not rooms.gate.waits(name)


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
