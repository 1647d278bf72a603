"""Entries are handed on by line: what is taken, what is refused, and how both come to agree."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from tests.exchange.losing import receipted
from tests.faults.pair import Pair, Side, StepError, pair, third
from tests.nodes import Mode, free_port, make_node, network, request, until
from tests.peers import admit_entry
from tests.restore.world import made as on_disk
from tests.restore.world import up
from tracer.canonical import b64url, canonical_json
from tracer.clock import SystemClock, stamp
from tracer.errors import LineError, PeerError
from tracer.exchange.accuse import POLICY, FaultKind
from tracer.exchange.backoff import Patience
from tracer.exchange.entries import taking
from tracer.exchange.entries.form import MAX_ENTRIES, Holds, handed, held, read_answered
from tracer.exchange.entries.handing import HandEntries, Shelf
from tracer.exchange.entries.taking import APART
from tracer.exchange.submit import Submit
from tracer.node import custody
from tracer.node.check.whole import verify
from tracer.node.opening import load_directory, open_rooms
from tracer.node.own import own_entry
from tracer.node.rooms import Rooms
from tracer.node.status.whole import status
from tracer.node.workers.bell import Bell
from tracer.node.workers.entries import HandingOn
from tracer.store import PeerRow
from tracer.transport.port import PeerLine
from tracer.trust.directory import Peer, Standing
from tracer.trust.entry import VerifiedEntry, sign_entry, verify_entry
from tracer.trust.keyring import Keyring
from tracer.trust.nouns import Entry, Succession

A, B, C = "XA-NPOC", "XB-NPOC", "XC-NPOC"
BOTH: Final[list[tuple[str, Mode]]] = [(A, "reached"), (B, "reached")]


async def rotated(rooms: Rooms) -> VerifiedEntry:
    """Make a new signing key, as the operator does; the entry that lists it."""
    make: Callable[[Keyring, Any], str] = lambda ring, now: ring.rotate_signing(now)  # noqa: E731
    await custody.rotate(rooms, make, actor="officer", act="key-rotate-signing")
    return own_entry(rooms.home)


def believed(rooms: Rooms, authority: str) -> VerifiedEntry:
    """The entry of an authority that counts at a node."""
    return rooms.cell.get().peer(authority).verified


async def row_of(rooms: Rooms, authority: str) -> PeerRow:
    """The same as it is stored."""
    found = await rooms.store.read(lambda tx: tx.peers.get(authority))
    assert found is not None
    return found


async def kept(rooms: Rooms, authority: str) -> tuple[list[bytes], list[str], list[str]]:
    """All entries of an authority on record, who took them, and what is held against it."""

    def body(tx: Any) -> tuple[list[bytes], list[str], list[str]]:
        acts = [row.actor for row in tx.audit.list(50, subject=authority) if row.act == "peer-add"]
        faults = [row.kind for row in tx.peers.faults(authority)]
        return tx.peers.entries(authority), acts, faults

    return await rooms.store.read(body)


async def test_two_entries_that_are_taken_at_once_both_count(tmp_path: Path) -> None:
    ours, *others = [await make_node(tmp_path / name, name, port=free_port()) for name in (A, B, C)]
    async with open_rooms(ours.home, ours.config, SystemClock()) as rooms:
        await asyncio.gather(
            *(admit_entry(rooms, other.entry_file, by="officer") for other in others)
        )
        stored = await rooms.store.read(load_directory)
        assert {peer.authority for peer in rooms.cell.get()} == {B, C}
        assert {peer.authority for peer in stored} == {B, C}


async def told_of(rooms: Rooms) -> dict[str, str]:
    """What `tracer status` says of entries."""
    found = await status(rooms, running=True)
    return {one.what: one.code for one in found.checks if one.what.startswith("entry ")}


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


@dataclass(frozen=True)
class World:
    """Two nodes, and what a third says of itself."""

    two: Pair
    third: Side

    @property
    def sender(self) -> Rooms:
        """Whose channel it comes by."""
        return self.two.a.rooms

    @property
    def reader(self) -> Rooms:
        """Who judges it."""
        return self.two.b.rooms

    async def post(self, *files: bytes) -> tuple[str, Holds | None]:
        """What the reader answers to these entries: the code, and what it holds."""
        body = handed(held(believed(self.sender, B)), files)
        return await self.say(body)

    async def say(self, body: bytes) -> tuple[str, Holds | None]:
        """The same for any bytes."""
        try:
            answer = await self.sender.line.post(self.sender.cell.get().peer(B), "entry", body)
        except LineError as error:
            return error.code, None
        found = read_answered(answer)
        return found.refused, found.holds


@asynccontextmanager
async def made(root: Path) -> AsyncIterator[World]:
    async with pair(root) as two, third(root / C, two) as other:
        yield World(two, other)


def following(rooms: Rooms, **changes: Any) -> bytes:
    """The next entry of a node with changes, signed by its key, that nobody has issued."""
    before = own_entry(rooms.home)
    seq, now = before.entry.seq + 1, stamp(rooms.clock.now())
    facts = {"seq": seq, "prev": before.digest, "issued": now, **changes}
    entry: Entry = msgspec.structs.replace(before.entry, **facts)
    return sign_entry(entry, key=rooms.keyring.signing_key())


def broken(world: World) -> bytes:
    """It names a predecessor that nobody knows."""
    return following(world.sender, prev=b64url(bytes(32)))


def gap(world: World) -> bytes:
    """It leaves one out."""
    seq = own_entry(world.sender.home).entry.seq + 2
    return following(world.sender, seq=seq)


def fork(world: World) -> bytes:
    """Another entry with the number of the one that is held."""
    return following(world.sender, seq=1, prev="", name="Another name")


def shared(world: World) -> bytes:
    """It lists the channel key of another authority."""
    theirs = own_entry(world.third.rooms.home).entry.channel
    ours = own_entry(world.sender.home).entry.channel
    return following(world.sender, channel=(*ours, *theirs))


def new_log(world: World) -> bytes:
    """It names another log and the one that this closes."""
    facts = own_entry(world.sender.home).entry
    log = msgspec.structs.replace(facts.log, origin=f"{A}/log/2", ed25519=b64url(bytes(range(32))))
    closed = Succession(
        origin=facts.log.origin, size=0, root=b64url(bytes(32)), highest="", cause="keys"
    )
    return following(world.sender, log=log, succession=closed)


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


# -- again, half, not at all -----------------------------------------------------------------------


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
        assert await world.post(following(world.sender)) != ("", None)
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
