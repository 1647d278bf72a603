"""What waits for its parents: its second copy, a full room, parents that came another way."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.hostile.enemy import Letter, lines
from tests.hostile.world import World, world
from tracer.clock import stamp
from tracer.exchange.waiting import Waiting
from tracer.store import Tx
from tracer.trust.directory import Directory, Listing


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, waiting_messages=1) as found:
        yield found


def damaged(node: World, letter: Letter) -> bytes:
    """A batch with a letter whose seal does not open: a byte of the ciphertext is another."""
    header, key, iv, text, tag = node.enemy.sealed(letter).split(".")
    other = ("B" if text[0] == "A" else "A") + text[1:]
    return lines(node.enemy.head(), {"jwe": f"{header}.{key}.{iv}.{other}.{tag}"})


def thread_of_two(node: World) -> tuple[Letter, Letter]:
    """A request that is not sent, and the reminder that follows it."""
    parent = node.enemy.write()
    return parent, node.enemy.write("reminder", thread=parent.id, follows=(parent.id,))


async def hints(node: World, body: bytes) -> tuple[str, tuple[str, ...]]:
    (reply,) = await node.batch(body)
    refusal = node.watch.refusal(reply)
    return refusal.code, tuple(refusal.hints)


async def test_a_copy_of_what_waits_is_not_opened_again(node: World) -> None:
    parent, child = thread_of_two(node)
    assert await hints(node, node.enemy.batch(child)) == ("parents-missing", (parent.id,))
    rows = node.watch.rows()
    assert await hints(node, damaged(node, child)) == ("parents-missing", (parent.id,))
    assert node.watch.rows() == rows
    assert await node.codes(node.enemy.batch(parent)) == ["receipt"]
    assert await node.codes(damaged(node, child)) == ["receipt"], "it followed its parent in"


async def test_a_copy_of_what_waits_needs_no_place_in_a_full_room(node: World) -> None:
    _, child = thread_of_two(node)
    _, other = thread_of_two(node)
    assert await node.codes(node.enemy.batch(child)) == ["parents-missing"]
    assert await node.codes(node.enemy.batch(other)) == ["quota"]
    assert await node.codes(node.enemy.batch(child)) == ["parents-missing"]


async def test_what_waits_is_taken_in_when_it_comes_again_and_its_parents_came_another_way(
    node: World,
) -> None:
    parent, child = thread_of_two(node)
    assert await node.codes(node.enemy.batch(child)) == ["parents-missing"]
    with closing(sqlite3.connect(node.watch.database)) as db, db:
        db.execute("UPDATE waiting_parent SET peer = 'somebody else'")
    assert await node.codes(node.enemy.batch(parent)) == ["receipt"]
    with closing(sqlite3.connect(node.watch.database)) as db, db:
        db.execute("UPDATE waiting_parent SET peer = ?", (node.enemy.authority,))
    assert await node.codes(damaged(node, child)) == ["receipt"]
    assert node.watch.rows()["waiting"] == node.watch.rows()["waiting_parent"] == 0


async def test_a_thread_whose_content_is_gone_answers_in_the_order_of_the_rules(
    node: World,
) -> None:
    parent = node.enemy.write()
    assert await node.codes(node.enemy.batch(parent)) == ["receipt"]

    def purge(tx: Tx) -> None:
        tx.threads.purge(parent.id)

    await node.rooms.store.write(purge)
    lost = node.enemy.write("reminder", thread=parent.id, follows=(parent.id,))
    late = node.enemy.write("reminder", thread=parent.id, follows=(lost.id,))
    wrong = node.enemy.write("acknowledgement", thread=parent.id, follows=(parent.id,))
    right = node.enemy.write("reminder", thread=parent.id, follows=(parent.id,))
    assert await node.codes(node.enemy.batch(late, wrong, right)) == [
        *("parents-missing", "type-role", "thread-purged")
    ]


async def test_a_copy_that_comes_while_its_parent_is_committed_gets_its_receipt(
    node: World,
) -> None:
    parent, child = thread_of_two(node)
    assert await node.codes(node.enemy.batch(child)) == ["parents-missing"]
    peer = node.rooms.cell.get().peer(node.enemy.authority)
    both = [node.enemy.batch(parent), damaged(node, child)]
    answers = await asyncio.gather(*(node.rooms.receive(peer, body) for body in both))
    assert [b'"receipt"' in answer for answer in answers] == [True, True]


async def test_a_copy_under_a_head_that_is_not_proved_ends_no_suspicion(node: World) -> None:
    parent, child = thread_of_two(node)
    name = node.enemy.authority
    assert await node.codes(node.enemy.batch(child)) == ["parents-missing"]
    assert await node.codes(node.enemy.batch(node.enemy.write())) == ["receipt"]
    other = node.enemy.write()
    hidden = node.enemy.batch(other, consistency=None)
    assert await node.codes(hidden) == ["log-proof-needed"]
    since = await node.rooms.store.read(lambda tx: tx.peers.state(name).unproven_since)
    assert since is not None
    assert parent.id
    assert await node.codes(node.enemy.batch(child, consistency=None)) == ["parents-missing"]
    assert since == await node.rooms.store.read(lambda tx: tx.peers.state(name).unproven_since)


@pytest.mark.parametrize("hours", [-1, 1], ids=["before it came", "after it came"])
async def test_what_waits_is_judged_by_a_revocation_that_became_known_meanwhile(
    node: World, hours: int
) -> None:
    parent, child = thread_of_two(node)
    assert await node.codes(node.enemy.batch(child)) == ["parents-missing"]
    known = node.rooms.cell.get()
    since = stamp(node.rooms.clock.now() + timedelta(hours=hours))
    revoked = {node.enemy.ring.signing_key().kid: since}
    directory = Directory.of([Listing(peer.verified) for peer in known], revoked=revoked)
    name = node.enemy.authority

    def parents_came(tx: Tx) -> tuple[list[str], list[str]]:
        out = Waiting(lambda: directory).ready(tx, name, [parent.id])
        return [one.id for one in out], [one.kind for one in tx.peers.faults(name)]

    found, faults = await node.rooms.store.write(parents_came)
    assert (found, faults) == (([child.id], []) if hours > 0 else ([], ["key-revoked"]))
