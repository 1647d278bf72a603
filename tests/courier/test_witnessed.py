"""What witnesses signed goes by courier: judged, kept and answered as on the line."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tests.courier.bag import carry, even, one_file, pack, take
from tests.exchange.witnessing import choose, turn
from tests.faults.pair import Pair, Side, pair, third
from tests.nodes import reply, request
from tests.peers import admit_entry
from tracer.clock import instant, stamp
from tracer.evidence.checkpoint import Checkpoint, sign_checkpoint
from tracer.evidence.cosignature import cosign
from tracer.store import Tx
from tracer.store.witness import CosignatureRow

HOURS = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Watched:
    """A writes to B; C watches the log of A, and B has no line to it."""

    two: Pair
    c: Side

    async def grow(self) -> int:
        """Time passes, and the witness signs; the size of the head of A that it signed."""
        self.two.clock.advance(HOURS)
        await turn(self.two.a.rooms)
        (newest, *_) = await self.two.a.rooms.store.read(
            lambda tx: tx.witness.sizes(tx.log.head().origin)
        )
        return newest[0]


@asynccontextmanager
async def watched(root: Path, *, quorum: int = 1) -> AsyncIterator[Watched]:
    async with pair(root) as two, third(root / "third", two) as c:
        await admit_entry(c.rooms, two.a.home.entry.read_bytes(), by="officer")
        witnesses = [c.rooms, two.b.rooms][:quorum]
        await choose(two.a.rooms, witnesses, quorum=quorum)
        yield Watched(two, c)


async def unproved(two: Pair) -> list[int]:
    """Sizes of checkpoints of A at B that no witnessed head is known to hold."""
    origin = two.a.rooms.store.head.origin
    return await two.b.rooms.store.read(lambda tx: tx.witness.unlinked(origin, most=100))


async def test_a_head_that_holds_what_went_by_courier_goes_by_itself_until_it_is_confirmed(
    tmp_path: Path,
) -> None:
    async with watched(tmp_path) as found:
        two, a, b = found.two, found.two.a, found.two.b
        thread = (await a.rooms.submit(request(a.rooms, a.other))).thread
        await carry(a, b)
        assert await pack(a) == []
        assert await unproved(two) == [1]
        assert await found.grow() == 1
        lost, file = await one_file(a), await one_file(a)
        assert lost != file
        taken = (await take(b, file)).done
        assert (taken.taken.witnessed, taken.taken.unwitnessed, taken.back) == (1, "", ())
        assert await unproved(two) == []
        await b.rooms.submit(reply(b.rooms, "acknowledgement", thread, b.other))
        (receipts,) = (await take(a, await one_file(b))).back
        await take(b, receipts)
        waits = await a.rooms.store.read(lambda tx: tx.courier.carried(a.other).waits(1))
        assert not waits
        assert (await take(b, lost)).done.taken.witnessed == 0
        await even(two)


async def test_files_on_their_way_lose_no_proof_whichever_of_them_arrive(tmp_path: Path) -> None:
    async with watched(tmp_path) as found:
        two, a, b = found.two, found.two.a, found.two.b
        thread = (await a.rooms.submit(request(a.rooms, a.other))).thread
        await carry(a, b)
        for _ in range(3):
            await found.grow()
            await a.rooms.submit(reply(a.rooms, "reminder", thread, a.other))
            lost = await one_file(a)
        last = await found.grow()
        await carry(a, b)
        await take(b, lost)
        assert await unproved(two) == []
        heads = await b.rooms.store.read(
            lambda tx: tx.witness.sizes(a.rooms.store.head.origin, most=9)
        )
        assert [size for size, _ in heads] == [last]


async def test_what_came_over_a_line_that_is_cut_now_is_proved_when_the_other_side_wants_it(
    tmp_path: Path,
) -> None:
    async with watched(tmp_path) as found:
        two, a, b = found.two, found.two.a, found.two.b
        thread = (await a.rooms.submit(request(a.rooms, a.other))).thread
        await two.drain()
        for _ in range(2):
            await a.rooms.submit(reply(a.rooms, "reminder", thread, a.other))
            await two.drain()
        await a.restart()
        assert await unproved(two) == [1, 2, 3]
        await admit_entry(b.rooms, a.home.entry.read_bytes(), by="officer")
        await found.grow()
        await b.rooms.submit(reply(b.rooms, "acknowledgement", thread, b.other))
        await carry(b, a)
        assert await unproved(two) == [4]
        assert await found.grow() == 4
        await take(b, await one_file(a))
        assert await unproved(two) == []


async def test_a_head_short_of_its_quorum_goes_along_and_not_by_itself(tmp_path: Path) -> None:
    async with watched(tmp_path, quorum=2) as found:
        two, a, b = found.two, found.two.a, found.two.b
        await b.stop()
        sent = await a.rooms.submit(request(a.rooms, a.other))
        file = await one_file(a)
        await found.grow()
        await b.start()
        await take(a, (await take(b, file)).back[0])
        assert await pack(a) == []
        await a.rooms.submit(reply(a.rooms, "reminder", sent.thread, a.other))
        assert (await take(b, await one_file(a))).done.taken.witnessed == 1
        assert 1 not in await unproved(two)


async def test_a_contradiction_is_kept_as_a_fault_and_the_messages_of_the_file_are_taken(
    tmp_path: Path,
) -> None:
    async with watched(tmp_path) as found:
        a, b, c = found.two.a, found.two.b, found.c
        thread = (await a.rooms.submit(request(a.rooms, a.other))).thread
        await carry(a, b)
        honest = await b.rooms.store.read(lambda tx: tx.log.signed(a.rooms.store.head.origin, 1))
        assert honest is not None
        false = sign_checkpoint(
            origin=honest.origin,
            size=1,
            root=bytes(32),
            at=instant(honest.at),
            key=a.rooms.keyring.log_key(),
        )
        await _put(a, c, false)
        await a.rooms.submit(reply(a.rooms, "reminder", thread, a.other))
        taken = (await take(b, await one_file(a))).done.taken
        assert (taken.new, taken.witnessed, taken.unwitnessed) == (1, 0, "log-fork")
        (fault,) = await b.rooms.store.read(lambda tx: tx.peers.faults(a.rooms.authority))
        assert json.loads(fault.evidence) == {"remembered": honest.note, "shown": false.note}


async def _put(a: Side, c: Side, false: Checkpoint) -> None:
    """The other side has its log begin otherwise for its witness."""
    key = c.rooms.keyring.witness_key()
    assert key is not None
    line = cosign(false, key=key, at=a.rooms.clock.now())

    def body(tx: Tx) -> None:
        tx._conn.exec_driver_sql(  # noqa: SLF001 - as nobody should
            "DELETE FROM checkpoint WHERE origin = ? AND size = ?", (false.origin, false.size)
        )
        tx.log.save_checkpoint(
            false.origin, false.size, false.root, false.note, stamp(false.at), mine=True
        )
        row = CosignatureRow(false.origin, false.size, key.name, line.line, stamp(line.at))
        tx.witness.add([row])

    await a.rooms.store.write(body)
