"""What a peer signs and cannot take back is kept as evidence, in plain words, and found to hold."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.cli.house import add_person, ask, staff
from tests.courier.bag import one_file, take
from tests.exchange.losing import A, lose_thread
from tests.exchange.test_restore_check import up
from tests.faults.pair import Pair, pair
from tests.hostile.world import ATTACKER, World, world
from tests.node.test_memory_of_others import forge
from tests.nodes import reply, request
from tests.peers import admit_entry
from tracer.canonical import b64url, unb64url
from tracer.casework.words import HELD
from tracer.clock import FixedClock, SystemClock, instant, stamp
from tracer.evidence.record import Kind, new_record
from tracer.exchange.accuse import FAULTS, FaultKind, holding_up
from tracer.exchange.contradictions import place_of
from tracer.exchange.log.peerlog import ASKED
from tracer.node import custody
from tracer.node.check.whole import verify
from tracer.node.desk import open_desk
from tracer.node.opening import open_rooms
from tracer.node.rooms import Rooms
from tracer.store import Tx
from tracer.store.rows import FaultRow
from tracer.web.ui import sayings

B = "XB-NPOC"


async def held(rooms: Rooms, peer: str) -> list[FaultRow]:
    return await rooms.store.read(lambda tx: tx.peers.faults(peer))


async def found(rooms: Rooms, peer: str) -> list[str]:
    return [one.kind for one in await held(rooms, peer)]


async def holding(here: World) -> int:
    return len(await here.rooms.store.read(lambda tx: holding_up(tx, ATTACKER)))


async def checked(rooms: Rooms) -> Sequence[str]:
    done = await verify(rooms, lambda *_: None, processes=1)
    return [f"{one.where}: {one.what}" for one in done.faults]


async def forked(here: World) -> tuple[str, str]:
    """The attacker writes two messages in one place; the thread, and the second."""
    first = here.enemy.write("request")
    assert await here.codes(here.enemy.batch(first)) == ["receipt"]
    one = here.enemy.write("reminder", thread=first.id, follows=(first.id,))
    two = here.enemy.write("progress-enquiry", thread=first.id, follows=(first.id,))
    assert await here.codes(here.enemy.batch(one)) == ["receipt"]
    assert await here.codes(here.enemy.batch(two)) == ["thread-forked"]
    assert await here.codes(here.enemy.batch(two)) == ["thread-forked"]
    return first.id, two.id


async def test_two_messages_in_one_place_of_a_thread_are_both_kept_once(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        thread, second = await forked(here)
        (fault,) = await held(here.rooms, ATTACKER)
        told = msgspec.json.decode(fault.evidence)
        assert (fault.kind, told["thread"], told["second"]) == ("thread-forked", thread, second)
        acts = await here.rooms.store.read(lambda tx: tx.audit.list(3))
        assert "peer-fault" in [one.act for one in acts]
        assert await checked(here.rooms) == []


async def test_what_is_held_against_a_peer_names_the_case_to_who_may_see_it(
    tmp_path: Path,
) -> None:
    async with world(tmp_path) as here:
        await staff(here.rooms)
        await here.rooms.store.write(lambda tx: add_person(tx, "blind", ("operator",)))
        thread, _ = await forked(here)
        desk = open_desk(here.rooms)
        shown = await desk.peers.show("officer.one", ATTACKER)
        assert dict(shown.about) == {1: thread}
        blind = await desk.peers.show("blind", ATTACKER)
        assert (dict(blind.about), blind.faults[0].evidence) == ({}, b"")
        said = await ask(here.rooms, "peer", "show", ATTACKER, output="table")
        assert "two different messages in one" in said.out
        assert thread[:10] in said.out


async def test_the_second_message_is_destroyed_with_its_thread(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        thread, second = await forked(here)
        (fault,) = await held(here.rooms, ATTACKER)
        sealed = msgspec.json.decode(fault.evidence)["sealed"].encode()

        def opened(tx: Tx) -> bytes | None:
            return tx.threads.open(thread, unb64url(sealed.decode()), place_of(second))

        before = await here.rooms.store.read(opened)
        assert before is not None
        assert before.count(b".") == 2
        await here.rooms.store.write(lambda tx: tx.threads.purge(thread))
        assert await here.rooms.store.read(opened) is None


async def test_a_message_that_knows_the_first_by_way_of_ours_proves_nothing(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        first = here.enemy.write("request")
        assert await here.codes(here.enemy.batch(first)) == ["receipt"]
        again = here.enemy.write("reminder", thread=first.id, follows=(first.id,))
        assert await here.codes(here.enemy.batch(again)) == ["receipt"]
        ours = (
            await here.rooms.submit(reply(here.rooms, "acknowledgement", first.id, ATTACKER))
        ).id
        late = here.enemy.write("progress-enquiry", thread=first.id, follows=(ours,))
        assert await here.codes(here.enemy.batch(late)) == ["thread-forked"]
        assert await found(here.rooms, ATTACKER) == []


@pytest.mark.parametrize("opened", [True, False])
async def test_two_messages_in_one_place_of_one_batch_are_kept(
    tmp_path: Path, *, opened: bool
) -> None:
    async with world(tmp_path) as here:
        first = here.enemy.write("request")
        if opened:
            assert await here.codes(here.enemy.batch(first)) == ["receipt"]
        one = here.enemy.write("reminder", thread=first.id, follows=(first.id,))
        two = here.enemy.write("progress-enquiry", thread=first.id, follows=(first.id,))
        sent = [one, two] if opened else [first, one, two]
        assert (await here.codes(here.enemy.batch(*sent)))[-2:] == ["receipt", "thread-forked"]
        assert await found(here.rooms, ATTACKER) == ["thread-forked"]


async def test_of_many_messages_in_one_place_some_are_kept(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        first = here.enemy.write("request")
        follows = {"thread": first.id, "follows": (first.id,)}
        assert await here.codes(here.enemy.batch(first)) == ["receipt"]
        assert await here.codes(here.enemy.batch(here.enemy.write("reminder", **follows))) == [
            "receipt"
        ]
        more = [here.enemy.write("progress-enquiry", **follows) for _ in range(FAULTS + 4)]
        assert set(await here.codes(here.enemy.batch(*more))) == {"thread-forked"}
        assert len(await held(here.rooms, ATTACKER)) == FAULTS


async def test_a_second_receipt_for_a_message_is_kept_with_the_first(tmp_path: Path) -> None:
    async with pair(tmp_path) as two:
        a, b = two.a, two.b
        sent = await a.rooms.submit(request(a.rooms, a.other))
        file = await one_file(a)
        first = await take(b, file)
        await take(a, first.back[0])
        stands = await a.rooms.store.read(lambda tx: tx.messages.receipt(a.other, sent.id))
        await b.stop()
        lose_thread(b.rooms, sent.thread)
        await b.start()
        two.clock.advance(timedelta(hours=1))
        again = await take(b, file)
        await take(a, again.back[0])
        await take(a, again.back[0])
        (fault,) = await held(a.rooms, a.other)
        assert (fault.kind, msgspec.json.decode(fault.evidence)["message"]) == (
            "receipt-twice",
            sent.id,
        )
        kept = await a.rooms.store.read(lambda tx: tx.messages.receipt(a.other, sent.id))
        assert kept == stands
        assert await checked(a.rooms) == []


async def hidden(here: World, clock: FixedClock, *, hours: int, times: int, proof: Any) -> str:
    """The attacker shows a shorter log without a proof, hour by hour; the message it never gets in.

    Args:
        here: The victim and the attacker.
        clock: The victim's.
        hours: Between the first time and the last.
        times: How often.
        proof: What it shows for one.
    """
    first = here.enemy.write("request")
    small = here.enemy.log.state
    more = [here.enemy.write("request") for _ in range(4)]
    assert set(await here.codes(here.enemy.batch(first, *more))) == {"receipt"}
    here.enemy.log.back_to(small)
    late = here.enemy.write("request")
    for turn in range(times):
        clock.advance(timedelta(hours=hours if turn == times - 1 else 0))
        (code,) = await here.codes(here.enemy.batch(late, consistency=proof))
        assert code in {"log-proof-needed", "proof-form"}
    return late.id


@pytest.mark.parametrize(
    ("hours", "times", "proof", "kinds"),
    [
        (25, ASKED + 1, None, ["log-unproven"]),
        (25, ASKED + 1, {}, ["log-unproven"]),
        (23, ASKED + 1, None, []),
        (60, 2, None, []),
    ],
    ids=["a-day", "no-proof-at-all", "less-than-a-day", "off-for-a-weekend"],
)
async def test_a_log_that_is_shown_shorter_and_never_proved_is_held_against_it_after_a_day(
    tmp_path: Path, hours: int, times: int, proof: Any, kinds: list[str]
) -> None:
    clock = FixedClock(SystemClock().now())
    async with world(tmp_path, clock=clock) as here:
        await hidden(here, clock, hours=hours, times=times, proof=proof)
        assert await found(here.rooms, ATTACKER) == kinds
        assert await checked(here.rooms) == []


async def test_a_proof_that_comes_at_last_holds_nothing_up_any_more(tmp_path: Path) -> None:
    clock = FixedClock(SystemClock().now())
    async with world(tmp_path, clock=clock) as here:
        assert await here.codes(here.enemy.batch(here.enemy.write("request"))) == ["receipt"]
        late = here.enemy.write("request")
        for _ in range(ASKED + 1):
            clock.advance(timedelta(hours=5))
            await here.codes(here.enemy.batch(late, consistency=None))
        assert await holding(here) == 1
        assert await here.codes(here.enemy.batch(late)) == ["receipt"]
        assert await holding(here) == 0
        assert await found(here.rooms, ATTACKER) == ["log-unproven"]


async def test_files_that_overtake_each_other_are_held_against_nobody(tmp_path: Path) -> None:
    async with pair(tmp_path) as two:
        a, b = two.a, two.b
        files = []
        for _ in range(3):
            await a.rooms.submit(request(a.rooms, a.other))
            files.append(await one_file(a))
            two.clock.advance(timedelta(hours=1))
        for file in (files[2], *[files[0], files[1]] * 4):
            await take(b, file)
            two.clock.advance(timedelta(hours=9))
        assert await found(b.rooms, A) == []


async def test_a_proof_that_came_in_time_begins_the_day_anew(tmp_path: Path) -> None:
    clock = FixedClock(SystemClock().now())
    async with world(tmp_path, clock=clock) as here:
        assert await here.codes(here.enemy.batch(here.enemy.write("request"))) == ["receipt"]
        for _ in range(3):
            next_one = here.enemy.write("request")
            hidden = here.enemy.batch(next_one, consistency=None)
            assert await here.codes(hidden) == ["log-proof-needed"]
            clock.advance(timedelta(hours=20))
            assert await here.codes(here.enemy.batch(next_one)) == ["receipt"]
        assert await found(here.rooms, ATTACKER) == []


async def revoked(two: Pair, *, hours: int) -> tuple[str, str]:
    """B sees A's log with a message in it, which then waits; A revokes its key from `hours` later.

    What became of the message, and its last error.
    """
    a, b = two.a.rooms, two.b.rooms
    two.clock.advance(timedelta(days=1))
    await a.submit(request(a, B))
    waits = await a.submit(request(a, B))
    seen = two.clock.now()
    await a.deliver(a.cell.get().peer(B), more=lambda: False)
    two.clock.advance(timedelta(days=2))
    since = stamp(seen + timedelta(hours=hours))[:16]
    old = a.keyring.signing_key().kid
    await custody.rotate(
        a, lambda ring, now: ring.rotate_signing(now), actor="officer", act="key-rotate-signing"
    )
    await admit_entry(b, a.home.entry.read_bytes(), by="officer")
    await custody.revoke(a, old, since=since, actor="officer")
    await admit_entry(b, a.home.entry.read_bytes(), by="officer")
    await two.drain()
    row = await two.a.row(waits.id)
    return row.state, row.last_error


async def test_what_was_in_the_log_before_the_key_was_revoked_is_taken(tmp_path: Path) -> None:
    async with pair(tmp_path, settings="batch_messages = 1\n") as two:
        assert await revoked(two, hours=6) == ("delivered", "")
        assert await found(two.b.rooms, A) == []


async def test_what_may_be_younger_than_the_revocation_is_refused_and_waits_for_a_person(
    tmp_path: Path,
) -> None:
    async with pair(tmp_path, settings="batch_messages = 1\n") as two:
        assert await revoked(two, hours=-6) == ("undeliverable", "key-revoked")
        assert await found(two.b.rooms, A) == ["key-revoked"]
        assert await checked(two.b.rooms) == []


async def test_another_history_that_is_shown_for_an_export_is_kept_and_told(
    tmp_path: Path,
) -> None:
    made, b, _ = await forge(tmp_path)
    async with open_rooms(made.home, made.config, SystemClock()) as rooms:
        now = instant(stamp(SystemClock().now()))
        fresh = [
            new_record(
                kind=Kind.RENEWAL,
                id=b64url(os.urandom(32)),
                sender=A,
                recipient=A,
                at=now,
                salt=os.urandom(32),
            )
            for _ in range(40)
        ]
        await rooms.store.write(lambda tx: tx.log.append_many(fresh))
        await rooms.ledger.checkpoint()
        await rooms.store.write(rooms.ledger.flush)
    async with up(made), up(b) as theirs:
        evidence = open_desk(theirs).evidence
        threads = await theirs.store.read(lambda tx: [one.id for one in tx.threads.list()])
        done = [await evidence.export("officer.one", one, pdf=False) for one in threads]
        told = {(one.joined, one.forked) for one in done}
        assert (False, True) in told <= {(False, True), (True, False)}
        assert await found(theirs, A) == ["log-fork"]


def test_everything_that_may_be_held_against_a_peer_has_its_words() -> None:
    assert set(HELD) == set(FaultKind) == set(sayings.FAULTS)
