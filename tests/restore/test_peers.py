"""What a peer does with a succession: believes it once a year, doubts it sooner, checks it."""

from __future__ import annotations

import shutil
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.cli.house import add_person
from tests.exchange.losing import dialogue, send
from tests.nodes import Made, request, until
from tests.peers import admit_entry
from tests.restore.world import A, B, all_up, copied, made, put_back, restored, up, way_back
from tracer.canonical import b64url, canonical_json
from tracer.clock import FixedClock, SystemClock, instant
from tracer.errors import InputError, LineError, PeerError
from tracer.evidence.checkpoint import Checkpoint, LogKey, sign_checkpoint
from tracer.evidence.merkle import EMPTY_ROOT
from tracer.evidence.proof import Proof
from tracer.evidence.record import leaf_hash
from tracer.exchange.accuse import FaultKind
from tracer.exchange.succession.form import Announcement, Heard
from tracer.exchange.succession.hearing import AnswerSuccession
from tracer.exchange.succession.telling import TellSuccession
from tracer.node.custody import issue
from tracer.node.desk import open_desk
from tracer.node.opening import open_rooms
from tracer.node.restore.succeed import look, succeed
from tracer.node.rooms import Rooms
from tracer.node.workers.restoring import go_back
from tracer.store.restore_rows import SuccessionRow
from tracer.transport.client import HttpsLine
from tracer.trust.directory import Peer
from tracer.trust.entry import VerifiedEntry, sign_entry, verify_entry
from tracer.trust.keyring import Keyring
from tracer.trust.nouns import LogInfo, Succession
from tracer.trust.succession import first_leaf

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def rows_at(peer: Rooms) -> list[SuccessionRow]:
    return await peer.store.read(lambda tx: tx.restores.of(A))


async def once(root: Path, clock: FixedClock, a: Made, b: Made, number: int) -> tuple[Made, int]:
    """A loses a dialogue and goes the way back; how many records it lost.

    After a year both remind each other of what is open, sooner or later than the copy is made.
    """
    async with all_up(a, b, clock=clock) as (ours, theirs):
        await dialogue(ours, theirs)
        await copied(a, root / f"copy-{number}")
        await dialogue(ours, theirs)
    again = await put_back(a, root / f"copy-{number}", root / f"again-{number}")
    async with up(again, clock) as ours, up(b, clock):
        lost = (await restored(ours)).lost
        assert lost >= 3
        if number == 1 or clock.now() > NOON + timedelta(days=365):
            await way_back(ours)
        else:
            assert set((await go_back(ours)).left) == {B}
            assert ours.gate.waits(B)
            held = await ours.store.read(lambda tx: tx.restores.ways())
            assert [(row.state, row.reentered) for row in held] == [("pending", lost)]
    return again, lost


async def test_a_second_restore_within_a_year_waits_for_a_person(tmp_path: Path) -> None:
    clock = FixedClock(NOON)
    a, b = await made(tmp_path, clock=clock)
    again, _ = await once(tmp_path, clock, a, b, 1)
    clock.advance(timedelta(days=300))
    twice, _ = await once(tmp_path, clock, again, b, 2)
    async with all_up(twice, b, clock=clock) as (ours, theirs):
        assert [(row.origin, row.state) for row in await rows_at(theirs)] == [
            (f"{A}/log/2", "taken"),
            (f"{A}/log/3", "waits"),
        ]
        assert theirs.cell.get().peer(A).log.origin == f"{A}/log/2"
        desk = open_desk(theirs)
        await theirs.store.write(lambda tx: add_person(tx, "boss", ("supervisor",)))
        with pytest.raises(InputError) as caught:
            await desk.restoring.confirm("officer", A, "the disk failed again")
        assert caught.value.code == "role-missing"
        seen = await desk.restoring.confirm("boss", A, "the disk failed again, Ms K.")
        assert seen.state == "taken"
        assert theirs.cell.get().peer(A).log.origin == f"{A}/log/3"
        await way_back(ours)
        acts = await theirs.store.read(lambda tx: tx.audit.list(5, subject=A))
        assert ("boss", "peer-confirm-succession") in [(row.actor, row.act) for row in acts]
        await dialogue(ours, theirs)
        with pytest.raises(InputError) as caught:
            await desk.restoring.confirm("boss", A, "once more for luck")
        assert caught.value.code == "succession-none"


async def test_a_second_restore_after_a_year_is_gone_on_with(tmp_path: Path) -> None:
    clock = FixedClock(NOON)
    a, b = await made(tmp_path, clock=clock)
    again, first = await once(tmp_path, clock, a, b, 1)
    clock.advance(timedelta(days=366))
    _, second = await once(tmp_path, clock, again, b, 2)
    async with up(b, clock) as theirs:
        assert [row.state for row in await rows_at(theirs)] == ["taken", "taken"]
        view = await open_desk(theirs).peers.show("officer", A)
        assert sorted(one.sentence for one in view.restored) == sorted(
            f"restored: {lost} records lost, {lost} messages with us re-entered"
            for lost in (first, second)
        )


async def test_a_checkpoint_of_the_closed_log_is_a_fork_and_an_older_one_is_not(
    tmp_path: Path,
) -> None:
    a, b = await made(tmp_path)
    old = tmp_path / "old"
    async with all_up(a, b) as (ours, theirs):
        await dialogue(ours, theirs)
        await copied(a, tmp_path / "copy")
        await dialogue(ours, theirs)
    shutil.copytree(a.home.root, old, ignore=shutil.ignore_patterns("*.sock"))
    again = await put_back(a, tmp_path / "copy", tmp_path / "again")
    async with up(again) as ours, up(b):
        await restored(ours)
        await way_back(ours)
    key = Keyring.open(old / "keyring.json", f"file:{old / 'keyring.kek'}").log_key()
    async with up(again) as ours, up(b) as theirs:
        taken = instant((await rows_at(theirs))[0].opened)
        for at, faults in (
            (taken - timedelta(days=2), []),
            (taken + timedelta(days=2), [FaultKind.LOG_CLOSED]),
        ):
            await _show(
                ours,
                sign_checkpoint(origin=key.origin, size=9, root=bytes(32), at=at, key=key).note,
            )
            found = await theirs.store.read(lambda tx: tx.peers.faults(A))
            assert [one.kind for one in found] == faults
        evidence = msgspec.json.decode(found[0].evidence)
        assert set(evidence) == {"succession", "shown"}
        await dialogue(theirs, ours)


async def _show(rooms: Rooms, note: str) -> None:
    """Send a batch without messages under a checkpoint of our choice."""
    head = {"profile": "tracer-1", "checkpoint": note, "consistency": None, "remembers": 0}
    await rooms.line.messages(rooms.cell.get().peer(B), canonical_json(head) + b"\n")


class Direct(HttpsLine):
    """A line that keeps what is told, and lets the other node hear it without a socket."""

    def __init__(self, theirs: Rooms) -> None:
        super().__init__(_no_context)
        self._theirs = theirs
        self.told: list[bytes] = []

    async def post(self, peer: Peer, what: str, body: bytes) -> bytes:
        """Hand it over."""
        assert (peer.authority, what) == (B, "succession")
        self.told.append(body)
        return await hear(self._theirs, body)


def _no_context(_: Peer) -> ssl.SSLContext:
    raise LineError("line-broken", "nothing is connected")


async def hear(theirs: Rooms, body: bytes) -> bytes:
    """What B answers to an announcement of A."""
    verb = AnswerSuccession(
        store=theirs.store,
        clock=theirs.clock,
        directory=theirs.cell.get,
        adopt=theirs.cell.set,
        changing=theirs.cell.changing,
    )
    return await verb(theirs.cell.get().peer(A), body)


async def tell(ours: Rooms, line: Direct) -> Heard:
    """Let A tell B."""
    verb = TellSuccession(
        store=ours.store, ledger=ours.ledger, line=line, entry=ours.home.entry.read_bytes
    )
    return await verb(ours.cell.get().peer(B))


@asynccontextmanager
async def still(*nodes: Made) -> AsyncIterator[tuple[Rooms, ...]]:
    """Nodes that nothing moves but the test."""
    async with AsyncExitStack() as stack:
        yield tuple(
            [
                await stack.enter_async_context(open_rooms(one.home, one.config, SystemClock()))
                for one in nodes
            ]
        )


async def gapped(root: Path) -> tuple[Made, Made]:
    """A has gone on from 3 records; B has seen it at 1 and at 5 and has not heard of it."""
    a, b = await made(root)
    async with all_up(a, b) as (ours, theirs):
        await send(ours, theirs)
    async with still(a) as (ours,):  # no delivery is tried and put off while B is away
        for _ in range(2):
            await ours.submit(request(ours, B))
        await copied(a, root / "copy")
        for _ in range(2):
            await ours.submit(request(ours, B))
    async with all_up(a, b) as (ours, _):
        await until(lambda: _empty(ours))
    again = await put_back(a, root / "copy", root / "again")
    async with still(again) as (ours,):
        plan = await look(ours)
        await succeed(ours, plan)
    return again, b


async def _empty(rooms: Rooms) -> bool:
    return not await rooms.store.read(lambda tx: tx.outbox.stats())


async def test_a_peer_asks_for_the_proof_that_the_old_log_leads_on(tmp_path: Path) -> None:
    a, b = await gapped(tmp_path)
    async with still(a, b) as (ours, theirs):
        line = Direct(theirs)
        heard = await tell(ours, line)
        assert (heard.state, len(line.told)) == ("taken", 2)
        first, second = (msgspec.json.decode(one, type=Announcement) for one in line.told)
        assert first.consistency is None
        assert (second.consistency or {}).get("old") == 1
        assert [(row.state, row.lost, row.reentered) for row in await rows_at(theirs)] == [
            ("taken", 2, -1)
        ]
        assert theirs.cell.get().peer(A).log.origin == f"{A}/log/2"


async def test_another_history_is_a_fork_and_is_not_gone_on_with(tmp_path: Path) -> None:
    a, b = await made(tmp_path)
    async with all_up(a, b) as (ours, theirs):
        await copied(a, tmp_path / "copy")
        await send(ours, theirs)
    again = await put_back(a, tmp_path / "copy", tmp_path / "again")
    again.home.restoring.unlink()
    async with still(again, b) as (ours, theirs):
        await ours.submit(request(ours, B))
        ours.gate.close("a test")
        await succeed(ours, await look(ours))
        with pytest.raises(PeerError) as caught:
            await tell(ours, Direct(theirs))
        assert caught.value.code == "log-fork"
        assert [one.kind for one in await theirs.store.read(lambda tx: tx.peers.faults(A))] == [
            "log-fork"
        ]
        assert theirs.cell.get().peer(A).log.origin == f"{A}/log/1"
        assert await rows_at(theirs) == []


async def test_what_does_not_verify_is_not_believed(tmp_path: Path) -> None:
    a, b = await gapped(tmp_path)
    async with still(a, b) as (ours, theirs):
        line = Direct(theirs)
        await tell(ours, line)
        told = msgspec.json.decode(line.told[1])
        other = {**told["proof"], "index": 1, "size": told["proof"]["size"]}
        for change, code in (
            ({"proof": {}}, "proof-form"),
            ({"proof": other}, "proof-invalid"),
            ({"checkpoint": "nothing"}, "checkpoint-form"),
            ({"checkpoint": told["checkpoint"].replace("log/2", "log/3")}, "log-origin"),
            ({"reentered": -1}, "batch-form"),
            ({"more": 1}, "batch-form"),
            ({"profile": "tracer-2"}, "batch-form"),
            ({"entry": {"entry": "x", "endorsement": None}}, "jws-form"),
            ({"consistency": {"old": 1, "new": 3, "path": []}}, "log-fork"),
        ):
            with pytest.raises(PeerError) as caught:
                await hear(theirs, canonical_json({**told, **change}))
            assert caught.value.code == code, change


async def test_an_entry_without_succession_tells_nothing(tmp_path: Path) -> None:
    a, b = await gapped(tmp_path)
    async with still(a, b) as (ours, theirs):
        line = Direct(theirs)
        await tell(ours, line)
        told = msgspec.json.decode(line.told[1])
        held = (await theirs.store.read(lambda tx: tx.peers.entries(A)))[0]
        with pytest.raises(PeerError) as caught:
            await hear(theirs, canonical_json({**told, "entry": msgspec.json.decode(held)}))
        assert caught.value.code == "entry-form"


async def test_an_entry_taken_by_hand_is_proved_when_it_is_told(tmp_path: Path) -> None:
    a, b = await gapped(tmp_path)
    async with still(a, b) as (ours, theirs):
        await admit_entry(theirs, a.entry_file, by="officer")
        assert (await tell(ours, Direct(theirs))).state == "taken"
        assert [row.state for row in await rows_at(theirs)] == ["taken"]


async def test_an_entry_that_comes_with_an_announcement_again_is_kept_and_not_only_remembered(
    tmp_path: Path,
) -> None:
    a, b = await gapped(tmp_path)
    async with still(a, b) as (ours, theirs):
        await tell(ours, Direct(theirs))
        await issue(ours, actor="officer")
        assert (await tell(ours, Direct(theirs))).state == "taken"
        row = await theirs.store.read(lambda tx: tx.peers.get(A))
        assert row is not None
        assert theirs.cell.get().peer(A).verified.entry.seq == row.seq == 3
    async with still(b) as (theirs,):
        assert theirs.cell.get().peer(A).verified.entry.seq == 3


async def test_of_two_restores_told_for_one_log_the_first_waits_and_the_other_is_a_fault(
    tmp_path: Path,
) -> None:
    clock = FixedClock(NOON)
    a, b = await made(tmp_path, clock=clock)
    again, _ = await once(tmp_path, clock, a, b, 1)
    clock.advance(timedelta(days=3))
    twice, _ = await once(tmp_path, clock, again, b, 2)
    async with open_rooms(twice.home, twice.config, clock) as ours, up(b, clock) as theirs:
        waiting = (await rows_at(theirs))[1]
        told = msgspec.json.decode(waiting.announcement)
        thief = LogKey.generate(f"{A}/log/3")
        head, first = _own_log(thief, entry_of(told), clock)
        other = {**told, **first}
        with pytest.raises(PeerError) as caught:
            await hear(theirs, canonical_json({**other, "entry": _entry(ours, told, thief)}))
        assert caught.value.code == "log-fork"
        assert (await rows_at(theirs))[1] == waiting
        (fault,) = await theirs.store.read(lambda tx: tx.peers.faults(A))
        assert fault.kind == "log-fork"
        assert head.origin in fault.evidence.decode()
        await hear(theirs, canonical_json(told))
        assert (await rows_at(theirs))[1] == waiting


def entry_of(told: dict[str, Any]) -> VerifiedEntry:
    return verify_entry(canonical_json(told["entry"]))


def _entry(ours: Rooms, told: dict[str, Any], key: LogKey) -> dict[str, Any]:
    """The same entry with another log, signed by a stolen key."""
    forged = msgspec.structs.replace(entry_of(told).entry, log=_info(key))
    found: dict[str, Any] = msgspec.json.decode(sign_entry(forged, key=ours.keyring.signing_key()))
    return found


def _info(key: LogKey) -> LogInfo:
    return LogInfo(
        origin=key.origin,
        ed25519=b64url(key.public.ed25519),
        mldsa44=b64url(key.public.mldsa44),
    )


def _own_log(
    key: LogKey, entry: VerifiedEntry, clock: FixedClock
) -> tuple[Checkpoint, dict[str, Any]]:
    """A log of one record, the succession, and what shows it."""
    assert isinstance(entry.entry.succession, Succession)
    record = first_leaf(entry.entry.succession, authority=A, at=clock.now(), salt=bytes(32))
    head = sign_checkpoint(
        origin=key.origin, size=1, root=leaf_hash(record), at=clock.now(), key=key
    )
    proof = Proof(record=record, index=0, size=1, path=()).to_wire()
    return head, {"checkpoint": head.note, "proof": proof}


async def test_a_succession_that_is_dated_ahead_is_not_believed(tmp_path: Path) -> None:
    """Every later checkpoint of the closed log would be older than its end, and no fork."""
    a, b = await made(tmp_path)
    clock = FixedClock(SystemClock().now())
    async with still(a, b) as (ours, theirs):
        before = verify_entry(ours.home.entry.read_bytes())
        key = LogKey.generate(f"{A}/log/2")
        closed = Succession(
            origin=f"{A}/log/1", size=0, root=b64url(EMPTY_ROOT), highest="", cause="keys"
        )
        forged = msgspec.structs.replace(
            before.entry, seq=2, prev=before.digest, log=_info(key), succession=closed
        )
        file = sign_entry(forged, key=ours.keyring.signing_key())
        ends = {"profile": "tracer-1", "consistency": None, "reentered": None}
        for ahead, code in ((timedelta(days=365), "checkpoint-time"), (timedelta(0), "")):
            at = FixedClock(clock.now() + ahead)
            _, first = _own_log(key, verify_entry(file), at)
            told = canonical_json({**ends, **first, "entry": msgspec.json.decode(file)})
            if not code:
                assert b"taken" in await hear(theirs, told)
                continue
            with pytest.raises(PeerError) as caught:
                await hear(theirs, told)
            assert caught.value.code == code
            assert await rows_at(theirs) == []
