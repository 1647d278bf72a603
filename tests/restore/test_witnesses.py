"""A restore among witnesses: what the restored node's witnesses see, and what it signs as one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.house import ask, staff
from tests.exchange.losing import dialogue
from tests.exchange.witnessing import choose, turn
from tests.nodes import Made, request
from tests.peers import admit_entry
from tests.restore.world import (
    A,
    B,
    C,
    all_up,
    copied,
    from_keys_alone,
    made,
    put_back,
    restored,
    way_back,
)
from tracer.clock import FixedClock, SystemClock
from tracer.errors import OperatorError, PeerError
from tracer.evidence.checkpoint import sign_checkpoint
from tracer.evidence.witnessing import write_submission
from tracer.exchange.witness.answer import Answer
from tracer.node.check.whole import verify
from tracer.node.opening import open_rooms
from tracer.node.restore.finish import finish
from tracer.node.rooms import Rooms

HOUR = timedelta(hours=1)
LOG = f"{A}/log/1"


class World:
    """Three authorities that watch each other, and one clock."""

    def __init__(self, root: Path, nodes: Sequence[Made], clock: FixedClock) -> None:
        self.root, self.clock = root, clock
        self.a, self.b, self.c = nodes

    @asynccontextmanager
    async def everybody(self, *nodes: Made) -> AsyncIterator[tuple[Rooms, ...]]:
        async with all_up(*(nodes or (self.a, self.b, self.c)), clock=self.clock) as rooms:
            yield rooms

    async def hour(self, *rooms: Rooms) -> None:
        """An hour passes, and each shows its log to its witnesses."""
        self.clock.advance(HOUR)
        await turn(*rooms)


@pytest.fixture
async def world(tmp_path: Path) -> World:
    clock = FixedClock(SystemClock().now())
    nodes = await made(tmp_path, (A, B, C), clock)
    async with all_up(*nodes, clock=clock) as rooms:
        for one in rooms:
            await choose(one, [other for other in rooms if other is not one])
        for one in rooms:
            for other in nodes:
                if other.authority != one.authority:
                    await admit_entry(one, other.entry_file, by="officer")
    return World(tmp_path, nodes, clock)


async def cosigned(witness: Rooms, origin: str) -> int:
    """How much of a log a witness has cosigned."""
    row = await witness.store.read(lambda tx: tx.witness.head(origin))
    return 0 if row is None else row.size


async def said(rooms: Rooms, witness: str) -> str:
    """What a node has noted of its witness."""
    return await rooms.store.read(lambda tx: tx.witness.state(witness).error)


async def forked(witness: Rooms, owner: Rooms, size: int) -> Answer:
    """Show a witness another history of a log, signed by its owner, as if it had seen nothing."""
    key = owner.keyring.log_key()
    note = sign_checkpoint(
        origin=key.origin, size=size, root=bytes(32), at=owner.clock.now(), key=key
    ).note
    peer = witness.cell.get().peer(owner.authority)
    return await witness.witness(peer, write_submission(0, (), note))


async def number(rooms: Rooms) -> int:
    """The number in the name under which a node cosigns."""
    key = rooms.keyring.witness_key()
    assert key is not None
    return int(key.name.rpartition("/")[2])


async def test_witnesses_of_a_log_that_shrank_refuse_it_and_cosign_its_successor(
    world: World,
) -> None:
    async with world.everybody() as (ours, theirs, thirds):
        await dialogue(ours, theirs)
        await world.hour(ours)
        await dialogue(ours, theirs)
        await copied(world.a, world.root / "copy")
        await dialogue(ours, thirds)
        await world.hour(ours)
        size = ours.store.head.size
        assert [await cosigned(one, LOG) for one in (theirs, thirds)] == [size, size]
    careless = await put_back(world.a, world.root / "copy", world.root / "careless")
    careless.home.restoring.unlink()
    async with (
        world.everybody(world.b, world.c) as (theirs, thirds),
        open_rooms(careless.home, careless.config, world.clock) as ours,
    ):
        await world.hour(ours)
        assert [await said(ours, f"{name}/witness/1") for name in (B, C)] == ["witness-ahead"] * 2
        for _ in range(size):
            await ours.submit(request(ours, B))
        world.clock.advance(timedelta(days=1))
        await world.hour(ours)
        assert [await said(ours, f"{name}/witness/1") for name in (B, C)] == ["witness-422"] * 2
        assert [await cosigned(one, LOG) for one in (theirs, thirds)] == [size, size]
    again = await put_back(world.a, world.root / "copy", world.root / "again")
    async with world.everybody(again, world.b, world.c) as (ours, theirs, thirds):
        await world.hour(ours)
        assert await ours.store.read(lambda tx: tx.witness.largest(f"{A}/log/2")) == {}
        assert (await restored(ours)).highest_size == size
        await way_back(ours)
        await world.hour(ours)
        for one in (theirs, thirds):
            assert await cosigned(one, LOG) == size
            assert await cosigned(one, f"{A}/log/2") == ours.store.head.size
        found = await ours.store.read(lambda tx: tx.witness.largest(f"{A}/log/2"))
        assert set(found) == {f"{B}/witness/1", f"{C}/witness/1"}
        for one in (ours, theirs, thirds):
            assert (await verify(one, lambda *_: None)).faults == ()


async def test_a_restored_witness_signs_nothing_more_under_its_old_name(world: World) -> None:
    async with world.everybody() as (ours, theirs, _):
        await copied(world.a, world.root / "copy")
        await dialogue(ours, theirs)
        await world.hour(theirs)
        held = await cosigned(ours, f"{B}/log/1")
        assert held > 0
    again = await put_back(world.a, world.root / "copy", world.root / "again")
    async with world.everybody(again, world.b, world.c) as (ours, theirs, _):
        await staff(theirs)
        with pytest.raises(PeerError) as caught:
            await forked(ours, theirs, held)
        assert caught.value.code == "restore-mode"
        await restored(ours)
        await way_back(ours)
        answer = await forked(ours, theirs, held)
        assert f"{A}/witness/1 ".encode() not in answer.body
        world.clock.advance(timedelta(days=1))
        await dialogue(theirs, ours)
        await world.hour(theirs)
        assert await said(theirs, f"{A}/witness/1") != ""
        assert "another witness key" in (await ask(theirs, "status", output="table")).out
        chosen = await ask(theirs, "witness", "choose", A)
        assert chosen.code == 0, chosen.err


async def test_a_witness_made_from_its_keys_alone_begins_a_new_name(world: World) -> None:
    async with world.everybody() as (ours, theirs, _):
        await dialogue(ours, theirs)
        await world.hour(theirs)
        held = await cosigned(ours, f"{B}/log/1")
    again = await from_keys_alone(world.a, (world.b, world.c), world.root / "again", world.clock)
    async with world.everybody(again, world.b, world.c) as (ours, theirs, _):
        assert await cosigned(ours, f"{B}/log/1") == 0
        assert not ours.witness.able()
        await restored(ours)
        assert await number(ours) > 1
        assert ours.own().witness == ours.keyring.witness_info()
        await way_back(ours)
        answer = await forked(ours, theirs, held)
        assert f"{A}/witness/1 ".encode() not in answer.body


async def test_a_witness_that_lost_only_what_it_had_cosigned_says_so_and_signs_nothing(
    world: World,
) -> None:
    async with world.everybody() as (ours, theirs, thirds):
        await dialogue(theirs, thirds)
        await copied(world.a, world.root / "copy")
        await world.hour(theirs)
        held = await cosigned(ours, f"{B}/log/1")
        assert held > 0
    again = await put_back(world.a, world.root / "copy", world.root / "again")
    async with world.everybody(again, world.b, world.c) as (ours, theirs, _):
        await staff(ours)
        await finish(ours, without=(), actor="officer")
        assert not ours.gate.restoring, "of our own log nothing was lost"
        with pytest.raises(OperatorError) as caught:
            await forked(ours, theirs, held)
        assert caught.value.code == "witness-memory"
        assert "does not know what it has cosigned" in " ".join(
            (await ask(ours, "status", output="table")).out.split()
        )
        done = await ask(ours, "key", "rotate-witness")
        assert done.code == 0, done.err
        assert await number(ours) > 1
        assert (await forked(ours, theirs, held)).status == 200


async def test_a_key_made_after_the_copy_shares_its_name_with_none_made_after_the_restore(
    world: World,
) -> None:
    async with world.everybody() as (ours, theirs, _):
        await staff(ours)
        await dialogue(ours, theirs)
        await copied(world.a, world.root / "copy")
        assert (await ask(ours, "key", "rotate-witness")).json["new_key"] == f"{A}/witness/2"
        await dialogue(ours, theirs)
    names = set()
    for turn_ in ("first", "second"):
        again = await put_back(world.a, world.root / "copy", world.root / turn_)
        async with world.everybody(again, world.b) as (ours, _):
            world.clock.advance(HOUR)
            await restored(ours)
            names.add(await number(ours))
    assert len(names) == 2
    assert min(names) > 2
