"""Entries are handed on by line: twice, half, not at all, and how both sides come to agree."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from tests.exchange.entries_at_hand import (
    A,
    B,
    believed,
    broken,
    following,
    kept,
    made,
    rotated,
    row_of,
    told_of,
)
from tests.faults.pair import Pair, Side, StepError, pair
from tracer.canonical import canonical_json
from tracer.errors import LineError, PeerError
from tracer.exchange.accuse import POLICY, FaultKind
from tracer.exchange.backoff import Patience
from tracer.exchange.entries.form import held
from tracer.exchange.entries.handing import HandEntries, Shelf
from tracer.node.check.whole import verify
from tracer.node.own import own_entry
from tracer.node.workers.bell import Bell
from tracer.node.workers.entries import HandingOn
from tracer.transport.port import PeerLine
from tracer.trust.directory import Peer


async def test_what_is_handed_on_twice_is_taken_once(tmp_path: Path) -> None:
    async with made(tmp_path) as world:
        ours = await rotated(world.sender)
        for _ in range(2):
            assert await world.post(ours.file) == ("", held(ours))
        entries, acts, faults = await kept(world.reader, A)
        assert (len(entries), acts, faults) == (2, [POLICY, "officer"], [])


@pytest.mark.parametrize("crash", [False, True])
@pytest.mark.parametrize("asks", ["a", "b"])
async def test_any_step_of_taking_may_fail_once(tmp_path: Path, asks: str, *, crash: bool) -> None:
    async with pair(tmp_path / "first") as two:
        await rotated(two.a.rooms)
        two.b.trap.set(None)
        await contact(two, asks)
        steps = list(two.b.trap.steps)
    assert {"lane.body", "lane.before-commit", "lane.after-commit"} <= set(steps)
    async with pair(tmp_path / "again") as two:
        two.b.crashes = crash
        for at in range(len(steps)):
            ours = await rotated(two.a.rooms)
            two.b.trap.set(at)
            with pytest.raises((StepError, LineError)):
                await contact(two, asks)
            await two.b.mend()
            await contact(two, asks)
            assert believed(two.b.rooms, A).digest == ours.digest, steps[at]
            assert (await row_of(two.b.rooms, A)).digest == ours.digest


async def contact(two: Pair, asks: str) -> None:
    """One of the two asks the other; B takes what A has issued."""
    side: Side = getattr(two, asks)
    await side.rooms.hand(side.rooms.cell.get().peer(side.other))


class Scripted:
    """A line on which a peer answers `entry` as it is told, and notes what it was asked."""

    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        self._answer = answer
        self.asked: list[bytes] = []

    async def post(self, peer: Peer, what: str, body: bytes) -> bytes:
        """Answer."""
        assert (peer.authority, what) == (B, "entry")
        self.asked.append(body)
        return self._answer(body)


def older(_: bytes) -> bytes:
    """A node that knows no such endpoint."""
    raise LineError("http-404", "the peer answered 404")


def worker(two: Pair, line: Scripted) -> HandingOn:
    """The worker of A on such a line."""
    rooms = two.a.rooms
    shelf = Shelf(store=rooms.store, own=lambda: own_entry(rooms.home))
    over: PeerLine = line  # type: ignore[assignment]
    return HandingOn(
        clock=rooms.clock,
        directory=rooms.cell.get,
        own=lambda: own_entry(rooms.home),
        gate=rooms.gate,
        hand=HandEntries(shelf=shelf, take=rooms.take_entries, line=over),
        patience=Patience(),
        chance=random.SystemRandom(),
        bell=Bell(),
    )


async def test_a_peer_of_an_older_version_is_asked_again_a_day_later(tmp_path: Path) -> None:
    async with pair(tmp_path) as two:
        line = Scripted(older)
        work = worker(two, line)
        for _ in range(3):
            await work.round()
            two.clock.advance(timedelta(hours=7))
        assert len(line.asked) == 1
        two.clock.advance(timedelta(hours=4))
        await work.round()
        assert len(line.asked) == 2


async def test_a_line_that_is_down_is_tried_again_soon(tmp_path: Path) -> None:
    def down(_: bytes) -> bytes:
        raise LineError("line-broken", "nobody answers")

    async with pair(tmp_path) as two:
        line = Scripted(down)
        work = worker(two, line)
        await work.round()
        await work.round()
        assert len(line.asked) == 1
        two.clock.advance(timedelta(seconds=2))
        await work.round()
        assert len(line.asked) == 2


async def test_a_peer_is_asked_once_a_day_and_when_our_entry_has_changed(tmp_path: Path) -> None:
    async with pair(tmp_path) as two:
        rooms = two.a.rooms
        calls: list[bytes] = []

        def answer(body: bytes) -> bytes:
            calls.append(body)
            holds = held(own_entry(rooms.home))
            told = {"profile": "tracer-1", "entries": [], "refused": ""}
            return canonical_json(told | {"holds": msgspec.to_builtins(holds)})

        work = worker(two, Scripted(answer))
        for _ in range(3):
            await work.round()
        assert len(calls) == 1
        await rotated(rooms)
        await work.round()
        await work.round()
        assert len(calls) == 2
        two.clock.advance(timedelta(days=1))
        await work.round()
        assert len(calls) == 3


async def test_what_a_peer_answers_is_judged_like_what_it_posts(tmp_path: Path) -> None:
    async with pair(tmp_path) as two:
        rooms = two.a.rooms
        before = await kept(rooms, B)

        def lying(_: bytes) -> bytes:
            holds = msgspec.to_builtins(held(own_entry(rooms.home)))
            theirs = msgspec.json.decode(following(rooms))  # ours, not the peer's
            told = {"profile": "tracer-1", "entries": [theirs], "refused": "", "holds": holds}
            return canonical_json(told)

        line: PeerLine = Scripted(lying)  # type: ignore[assignment]
        shelf = Shelf(store=rooms.store, own=lambda: own_entry(rooms.home))
        hand = HandEntries(shelf=shelf, take=rooms.take_entries, line=line)
        with pytest.raises(PeerError) as caught:
            await hand(rooms.cell.get().peer(B))
        assert caught.value.code == "party-mismatch"
        assert await kept(rooms, B) == before


async def test_a_peer_that_holds_what_we_never_issued_is_noticed_on_both_sides(
    tmp_path: Path,
) -> None:
    async with made(tmp_path) as world:
        code, holds = await world.post(following(world.sender))
        assert code == ""
        assert holds is not None
        assert holds.seq == own_entry(world.sender.home).entry.seq + 1
        ours = await rotated(world.sender)  # another one with the same number
        told = await world.sender.hand(world.sender.cell.get().peer(B))
        assert (told.apart, told.refused) == (True, "entry-chain")
        assert told.holds.digest != ours.digest
        assert (await kept(world.reader, A))[2] == [FaultKind.ENTRY_APART]
        assert await told_of(world.sender) == {"entry at XB-NPOC": "entry.apart"}
        assert await told_of(world.reader) == {"entry of XA-NPOC": "entry.strange"}


async def test_what_waited_for_a_person_is_done_when_the_next_entry_counts(tmp_path: Path) -> None:
    async with made(tmp_path) as world:
        await world.post(broken(world))
        assert await told_of(world.reader) == {"entry of XA-NPOC": "entry.strange"}
        await rotated(world.sender)
        await world.sender.hand(world.sender.cell.get().peer(B))
        assert await told_of(world.reader) == {}
        assert (await verify(world.reader, lambda *_: None)).faults == ()
