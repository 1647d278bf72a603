"""Entries are handed on by line: what is taken, and what is refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.exchange.entries_at_hand import (
    BOTH,
    A,
    B,
    C,
    World,
    believed,
    broken,
    following,
    fork,
    gap,
    kept,
    made,
    new_log,
    rotated,
    row_of,
    shared,
    told_of,
)
from tests.exchange.losing import receipted
from tests.faults.pair import pair
from tests.nodes import free_port, make_node, network, request, until
from tests.peers import admit_entry
from tests.restore.world import made as on_disk
from tests.restore.world import up
from tracer.canonical import b64url, canonical_json
from tracer.clock import SystemClock, stamp
from tracer.exchange.accuse import POLICY, FaultKind
from tracer.exchange.entries import taking
from tracer.exchange.entries.form import MAX_ENTRIES, handed, held
from tracer.exchange.entries.taking import APART
from tracer.exchange.submit import Submit
from tracer.node import custody
from tracer.node.opening import load_directory, open_rooms
from tracer.node.own import own_entry
from tracer.trust.directory import Standing
from tracer.trust.entry import verify_entry


async def test_two_entries_that_are_taken_at_once_both_count(tmp_path: Path) -> None:
    ours, *others = [await make_node(tmp_path / name, name, port=free_port()) for name in (A, B, C)]
    async with open_rooms(ours.home, ours.config, SystemClock()) as rooms:
        await asyncio.gather(
            *(admit_entry(rooms, other.entry_file, by="officer") for other in others)
        )
        stored = await rooms.store.read(load_directory)
        assert {peer.authority for peer in rooms.cell.get()} == {B, C}
        assert {peer.authority for peer in stored} == {B, C}


# -- whole nodes -----------------------------------------------------------------------------------


async def test_a_rotated_key_reaches_the_peer_without_any_person(tmp_path: Path) -> None:
    async with network(tmp_path, BOTH) as nodes:
        a, b = nodes[A].rooms, nodes[B].rooms
        ours = await rotated(a)
        await until(lambda: believed(b, A).digest == ours.digest)
        assert (await row_of(b, A)).digest == ours.digest
        assert (await kept(b, A))[1:] == ([POLICY, "officer"], [])
        sent = await a.submit(request(a, B))
        await until(lambda: receipted(a, B, sent.id))


async def test_a_message_signed_with_a_revoked_key_is_refused_at_the_peer(tmp_path: Path) -> None:
    async with network(tmp_path, BOTH) as nodes:
        a, b = nodes[A].rooms, nodes[B].rooms
        stolen = a.keyring.signing_key()
        await rotated(a)
        await custody.revoke(a, stolen.kid, since="", actor="officer")
        ours = own_entry(a.home)
        await until(lambda: believed(b, A).digest == ours.digest)
        thief = Submit(
            store=a.store,
            directory=a.cell.get,
            key=lambda: stolen,
            projection=a.projection,
            wake=a.wake,
            gate=a.gate.release,
        )
        sent = await thief(request(a, B))

        async def refused() -> str:
            (row,) = await a.store.read(lambda tx: tx.outbox.rows(message_id=sent.id))
            return row.last_error if row.state != "queued" else ""

        await until(refused)
        assert await refused() == "key-revoked"


async def test_an_authority_that_only_collects_gets_and_gives_entries(tmp_path: Path) -> None:
    async with network(tmp_path, [(A, "reached"), (C, "collects")]) as nodes:
        a, c = nodes[A].rooms, nodes[C].rooms
        theirs = await rotated(c)
        await until(lambda: believed(a, C).digest == theirs.digest)
        ours = await rotated(a)
        await rotated(c)  # its next contact brings it ours
        await until(lambda: believed(c, A).digest == ours.digest)


async def test_a_node_that_starts_asks_its_peers_for_what_it_missed(tmp_path: Path) -> None:
    away, there = await on_disk(tmp_path)
    async with up(there) as rooms:
        ours = await rotated(rooms)
        async with up(away) as theirs:
            await until(lambda: believed(theirs, there.authority).digest == ours.digest)


async def test_an_entry_issued_while_the_node_was_down_is_handed_on_at_its_start(
    tmp_path: Path,
) -> None:
    one, other = await on_disk(tmp_path)
    async with open_rooms(one.home, one.config, SystemClock()) as resting:
        ours = await rotated(resting)
    async with up(other) as rooms, up(one):
        await until(lambda: believed(rooms, one.authority).digest == ours.digest)


async def test_a_peer_that_was_away_is_brought_up_to_date_when_it_starts(tmp_path: Path) -> None:
    async with pair(tmp_path) as two:
        await two.b.stop()
        for _ in range(3):
            ours = await rotated(two.a.rooms)
        await two.b.start()
        told = await two.b.rooms.hand(two.b.rooms.cell.get().peer(A))
        assert not told.apart
        assert believed(two.b.rooms, A).digest == ours.digest
        assert len((await kept(two.b.rooms, A))[0]) == 4


# -- what is not taken -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (broken, "entry-chain"),
        (gap, "entry-chain"),
        (fork, "entry-chain"),
        (shared, "entry-shared"),
    ],
)
async def test_what_does_not_follow_is_refused_and_waits_for_a_person(
    tmp_path: Path, make: Callable[[World], bytes], code: str
) -> None:
    async with made(tmp_path) as world:
        before, row = believed(world.reader, A), await row_of(world.reader, A)
        entries, acts, _ = await kept(world.reader, A)
        for _ in range(2):
            assert await world.post(make(world)) == (code, held(before))
        assert believed(world.reader, A) is before
        assert await row_of(world.reader, A) == row
        assert await kept(world.reader, A) == (entries, acts, [FaultKind.ENTRY_APART])


async def test_so_many_breaks_are_kept_beside_one_entry_and_a_person_is_told_after_the_next(
    tmp_path: Path,
) -> None:
    async with made(tmp_path) as world:
        for number in range(APART + 2):
            await world.post(following(world.sender, prev=b64url(bytes([number] * 32))))
        assert (await kept(world.reader, A))[2] == [FaultKind.ENTRY_APART] * APART
        await rotated(world.sender)
        await world.sender.hand(world.sender.cell.get().peer(B))
        await world.post(gap(world))
        assert await told_of(world.reader) == {"entry of XA-NPOC": "entry.strange"}


async def test_a_log_that_follows_another_is_left_to_the_succession(tmp_path: Path) -> None:
    async with made(tmp_path) as world:
        before = await kept(world.reader, A)
        assert (await world.post(new_log(world)))[0] == "log-origin"
        assert await kept(world.reader, A) == before


async def test_an_entry_of_another_authority_is_refused_with_all_that_comes_with_it(
    tmp_path: Path,
) -> None:
    async with made(tmp_path) as world:
        before = await kept(world.reader, A), await kept(world.reader, C)
        good, other = following(world.sender), following(world.third.rooms)
        assert await world.post(good, other) == ("party-mismatch", None)
        assert (await kept(world.reader, A), await kept(world.reader, C)) == before


@pytest.mark.parametrize("late", [None, timedelta(hours=1)])
async def test_a_revocation_is_neither_taken_back_nor_put_off(
    tmp_path: Path, late: timedelta | None
) -> None:
    async with made(tmp_path) as world:
        a, b = world.sender, world.reader
        stolen = a.keyring.signing_key()
        await rotated(a)
        world.two.clock.advance(timedelta(hours=2))
        since = stamp(a.clock.now() - timedelta(hours=1))
        await custody.revoke(a, stolen.kid, since=since, actor="officer")
        assert not (await a.hand(a.cell.get().peer(B))).apart
        revoked = believed(b, A)
        again = None if late is None else stamp(a.clock.now() - timedelta(hours=1) + late)
        keys = tuple(
            msgspec.structs.replace(key, revoked_from=again or msgspec.UNSET)
            if key.kid == stolen.kid
            else key
            for key in own_entry(a.home).entry.keys
        )
        assert await world.post(following(a, keys=keys)) == ("entry-chain", held(revoked))
        assert b.cell.get().signing_key(A, stolen.kid).revoked_from == since


async def test_what_follows_is_taken_up_to_the_first_that_does_not(tmp_path: Path) -> None:
    async with made(tmp_path) as world:
        good = following(world.sender)
        code, holds = await world.post(good, gap(world))
        assert (code, holds) == ("entry-chain", held(verify_entry(good)))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"profile": "tracer-2"}, "batch-form"),
        ({"more": 1}, "batch-form"),
        ({"holds": None}, "batch-form"),
        ({"entries": [{}]}, "entry-form"),
        ({"entries": [1]}, "batch-form"),
        ({"entries": [{"entry": "x" * 290_000, "endorsement": None}]}, "too-large"),
        ({"entries": [{"entry": "x" * 300_000, "endorsement": None}]}, "too-large"),
    ],
)
async def test_a_body_of_another_form_is_refused_as_a_whole(
    tmp_path: Path, change: dict[str, Any], code: str
) -> None:
    async with made(tmp_path) as world:
        before = await kept(world.reader, A)
        good = json.loads(handed(held(believed(world.sender, B)), [following(world.sender)]))
        assert await world.say(canonical_json(good | change)) == (code, None)
        assert await kept(world.reader, A) == before


async def test_more_entries_than_a_body_may_have_are_refused(tmp_path: Path) -> None:
    async with made(tmp_path) as world:
        before = await kept(world.reader, A)
        code = await world.post(*[following(world.sender)] * (MAX_ENTRIES + 1))
        assert code == ("batch-form", None)
        assert await kept(world.reader, A) == before


async def test_a_suspended_peer_hands_on_nothing_and_stays_suspended(tmp_path: Path) -> None:
    async with made(tmp_path) as world:
        reader = world.reader
        reader.cell.set(reader.cell.get().with_standing(A, Standing.SUSPENDED))
        before = await kept(reader, A)
        assert await world.post(following(world.sender)) == ("peer-suspended", None)
        assert await kept(reader, A) == before
        assert reader.cell.get().peer(A).standing is Standing.SUSPENDED


async def test_of_one_peer_only_so_many_are_taken_within_a_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "A_DAY", 2)
    async with pair(tmp_path) as two:
        for _ in range(3):
            await rotated(two.a.rooms)
        peer = two.a.rooms.cell.get().peer(B)
        assert (await two.a.rooms.hand(peer)).refused == "quota"
        assert believed(two.b.rooms, A).entry.seq == 3
        two.clock.advance(timedelta(days=1, seconds=1))
        assert not (await two.a.rooms.hand(peer)).apart
