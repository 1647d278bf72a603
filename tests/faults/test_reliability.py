"""Delivery, duplicates, gaps and splits: one test for each assertion of the reliability profile.

R: the AS4 test assertions; M: Complement's federation tests; F: the forgery and duplicate tests of
AS4 servers. Each test is named after its id.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec import UNSET

from tests.cli.house import say
from tests.faults.audit import audit
from tests.faults.lines import ScriptedLine, ScriptedLines
from tests.faults.pair import LEASE, Pair, Side, StepError, pair, third, with_photos
from tests.nodes import reply, request
from tracer.canonical import b64url
from tracer.casework.papers.documents import to_document
from tracer.casework.threads import messages
from tracer.casework.words import SENT
from tracer.envelope.content import pack
from tracer.envelope.jwe import parse, seal
from tracer.exchange import batch as wire
from tracer.exchange.refusals import read_refusal
from tracer.exchange.submit import Submitted
from tracer.model.messages import Acknowledgement, Request
from tracer.model.values import Requester
from tracer.node.desk import open_desk
from tracer.node.status.whole import status
from tracer.node.workers.tidy import Tidy
from tracer.store import Receipt
from tracer.web.ui.words import stands_of

HORIZON = timedelta(days=31)
B = "XB-NPOC"


class Scripted(ScriptedLines):
    """A pair whose lines go wrong as they are told; `out` is the first node's."""

    two: Pair

    @property
    def a(self) -> Side:
        return self.two.a

    @property
    def b(self) -> Side:
        return self.two.b

    @property
    def back(self) -> ScriptedLine:
        return self.lines[1]

    async def ask(self) -> Submitted:
        """The first node submits a request."""
        return await self.a.rooms.submit(request(self.a.rooms, B))

    async def remind(self, thread: str) -> Submitted:
        """The first node submits a reminder in a thread."""
        return await self.a.rooms.submit(reply(self.a.rooms, "reminder", thread, B))

    async def audit(self, *, refused: tuple[str, ...] = ()) -> None:
        """At rest, the books of both agree."""
        await audit(self.a.rooms, self.b.rooms, refused=refused)

    async def receipt(self, message_id: str) -> Receipt | None:
        """What the first node holds from the second for a message."""
        return await self.a.rooms.store.read(lambda tx: tx.messages.receipt(B, message_id))


@pytest.fixture
async def net(tmp_path: Path) -> AsyncIterator[Scripted]:
    """Two nodes that know each other."""
    scripted = Scripted()
    async with pair(tmp_path / "pair", through=scripted.through) as two:
        scripted.two = two
        yield scripted


def ids(body: bytes) -> list[str]:
    """The ids on the seals of a batch."""
    return [parse(one.jwe).id for one in wire.read_batch(body, limit=1000).messages]


async def test_r1_a_message_is_receipted_in_the_same_exchange(net: Scripted) -> None:
    sent = await net.ask()
    done = await net.a.rooms.deliver(net.a.rooms.cell.get().peer(B))
    assert (done.delivered, len(net.out.bodies)) == (1, 1)
    assert await net.receipt(sent.id) is not None
    await net.audit()


async def test_r2_a_reply_names_the_request_and_stays_in_its_thread(net: Scripted) -> None:
    sent = await net.ask()
    await net.two.drain()
    answer = await net.b.rooms.submit(reply(net.b.rooms, "acknowledgement", sent.thread, "XA-NPOC"))
    await net.two.drain()
    row = await net.a.rooms.store.read(lambda tx: tx.messages.find(B, answer.id))
    assert row is not None
    assert (row.thread, row.follows) == (sent.id, (sent.id,))
    await net.audit()


async def test_r3_a_message_has_one_sender_and_one_recipient(net: Scripted, tmp_path: Path) -> None:
    async with third(tmp_path / "third", net.two):
        sent = await net.a.rooms.submit(request(net.a.rooms, "XC-NPOC"))
        body = await sealed_for_b(net.a, sent.id, written_to="XC-NPOC")
        assert await code_of(net, body, sent.id) == "party-mismatch"
        assert await net.b.rooms.store.read(lambda tx: tx.log.head().size) == 0


async def sealed_for_b(side: Side, message_id: str, *, written_to: str) -> bytes:
    """A batch for B of a message that was written to somebody else."""
    rooms = side.rooms
    (found,) = await rooms.store.read(lambda tx: tx.messages.outgoing(written_to, [message_id]))
    checkpoint = await rooms.ledger.checkpoint()
    (proof,) = await rooms.ledger.proofs([(found.leaf, found.record)], checkpoint)
    jwe = seal(
        pack(found.compact, proof.to_wire()),
        to=rooms.cell.get().peer(B).seal_key(rooms.clock.now()),
        sender=rooms.authority,
        recipient=B,
        message_id=message_id,
    )
    head = wire.Head(profile=wire.PROFILE, checkpoint=checkpoint.note, consistency=None)
    return wire.write(head, (wire.Sealed(jwe),))


async def code_of(net: Scripted, body: bytes, message_id: str) -> str:
    """Post a batch of one message from A to B; the code of B's signed refusal."""
    peer = net.a.rooms.cell.get().peer(B)
    answer = wire.read_answer(await net.a.rooms.line.messages(peer, body), limit=1)
    assert answer.replies[0].refusal is not UNSET
    refusal = read_refusal(
        answer.replies[0].refusal,
        keys=peer.verify_keys,
        us=net.a.rooms.authority,
        peer=B,
        message_id=message_id,
    )
    return refusal.code


async def test_r4_without_a_receipt_the_same_message_is_sent_again(net: Scripted) -> None:
    sent = await net.ask()
    net.out.plan = ["forgotten"]
    await net.a.round()
    assert await net.receipt(sent.id) is None
    await net.two.drain()
    assert [ids(body) for body in net.out.bodies] == [[sent.id], [sent.id]]
    await net.audit()


async def test_r5_blocked_receipts_end_in_one_delivery_and_retries_stop(net: Scripted) -> None:
    sent = await net.ask()
    net.out.plan = ["forgotten"] * 5
    await net.two.drain()
    assert len(net.out.bodies) == 6
    net.two.clock.advance(LEASE)
    await net.a.round()
    assert len(net.out.bodies) == 6
    assert await net.b.rooms.store.read(lambda tx: tx.log.head().size) == 1
    assert await net.receipt(sent.id) is not None
    await net.audit()


@pytest.mark.parametrize("arrived", [False, True])
async def test_r6_after_the_horizon_a_message_is_undeliverable_and_can_be_revived(
    net: Scripted,
    arrived: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    sent = await net.ask()
    net.out.plan = ["forgotten" if arrived else "lost"] + ["lost"] * 9
    await net.a.round()
    assert (await net.a.row(sent.id)).state == "queued"
    net.two.clock.advance(HORIZON)
    await net.a.round()
    row = await net.a.row(sent.id)
    assert (row.state, row.last_error) == ("undeliverable", "line-broken")
    stats = await net.a.rooms.store.read(lambda tx: tx.outbox.stats())
    assert stats[B].undeliverable == 1
    await _officer_is_told(net, sent.thread, "could not be delivered (line-broken)")
    assert await net.a.rooms.store.write(lambda tx: tx.outbox.retry(sent.id)) == 1
    await net.a.round()
    assert (await net.a.row(sent.id)).state == "queued"  # one more failure does not end it again
    await net.two.drain()
    await net.audit()


async def _officer_is_told(net: Scripted, thread: str, words: str) -> None:
    """What a case and the list of cases say of the only message of ours in it, here and typed."""
    side, desk = net.a, open_desk(net.a.rooms)
    case = await desk.reads.case("officer", thread)
    (step,) = case.steps
    (line,) = (one for one in await desk.reads.cases("officer") if one.thread == thread)
    assert step.delivery == case.stands == line.stands == words
    assert case.stuck == step.placed == line.placed
    assert case.stuck is not None
    stands = stands_of(SENT, ours=True, placed=case.stuck)
    assert stands is not None
    assert (stands.badge, stands.tone) == ("Given up", "stop")
    said = stands.sentence % {"code": case.stuck.code}
    assert said.casefold() == f"{words}."
    await side.stop()
    shown = await asyncio.to_thread(
        say, side.home.root, "thread", "show", thread, actor="officer", output="table"
    )
    assert " ".join(shown.out.split()).casefold().count(words) == 2, "of the case, of the message"
    assert "on its way" not in shown.out.casefold()
    await side.start()
    fresh, old = net.lines.pop(), net.out  # the node that was started again has another line
    fresh.plan, net.lines[0] = old.plan, fresh


async def test_r7_a_ping_is_answered_and_seen_by_no_case(net: Scripted) -> None:
    pong = await net.a.rooms.greet.ping(net.a.rooms.cell.get().peer(B))
    assert pong.authority == B
    assert await net.b.rooms.store.read(lambda tx: (tx.log.head().size, tx.threads.list())) == (
        0,
        [],
    )
    await net.audit()


async def test_r8_a_damaged_payload_is_told_to_its_sender_and_to_the_operator_of_its_receiver(
    net: Scripted,
) -> None:
    """The officer who sent it reads the code; the other node names peer and code in its status."""
    sent = await net.ask()
    net.out.plan = ["damaged"]
    await net.a.round()
    row = await net.a.row(sent.id)
    assert (row.state, row.last_error) == ("undeliverable", "seal-open")
    await _officer_is_told(net, sent.thread, "could not be delivered (seal-open)")
    b = net.b.rooms
    tidy = Tidy(store=b.store, metrics=b.metrics, waiting=b.waiting, heard=b.heard, shelf=b.shelf)
    await tidy.flush()
    (told,) = (await status(b, running=True)).refusals
    assert (told.subject, told.code, told.count) == (net.a.rooms.authority, "seal-open", 1)
    await net.b.stop()
    shown = await asyncio.to_thread(say, net.b.home.root, "status", actor="", output="table")
    await net.b.start()
    words = " ".join(shown.out.split())
    assert "Refused lately seal-open XA-NPOC 1 time" in words, shown
    assert await net.b.rooms.store.read(lambda tx: tx.log.head().size) == 0


async def test_r13_several_messages_and_photos_keep_their_order(net: Scripted) -> None:
    first = await net.a.rooms.submit(with_photos(net.a.rooms, B, 3, 5000))
    sent = [first, *[await net.remind(first.thread) for _ in range(4)], await net.ask()]
    await net.a.round()
    assert ids(net.out.bodies[0]) == [one.id for one in sent]
    await net.two.drain()
    got = await net.b.rooms.store.read(lambda tx: tx.messages.since(0))
    assert [head.id for _, head in got] == [one.id for one in sent]
    photos = await net.b.rooms.store.read(lambda tx: tx.attachments.for_message(first.id))
    assert [(row.n, row.state) for row in photos] == [(n, "complete") for n in (1, 2, 3)]
    await net.audit()


async def test_r14_what_officers_track_a_case_by_is_the_same_at_both_ends_and_further_on(
    net: Scripted, tmp_path: Path
) -> None:
    """Reference, case number and numbers elsewhere: in the request, its answer, the next request.

    A node speaks for one authority, so sender and recipient are those of the message; what a case
    is tracked by is the officer's, and nothing on the way may change it.
    """
    asked = request(net.a.rooms, B)
    assert asked.references
    assert isinstance(asked.requester, Requester)
    assert asked.requester.case_number
    sent = await net.a.rooms.submit(asked)
    await net.two.drain()
    answer = reply(net.b.rooms, "acknowledgement", sent.thread, "XA-NPOC")
    assert isinstance(answer, Acknowledgement)
    assert answer.local_reference
    result = reply(net.b.rooms, "result", sent.thread, "XA-NPOC")
    free = msgspec.structs.replace(result.handling, third_state=True, limits=())
    told = [sent.id]
    for one in (answer, msgspec.structs.replace(result, handling=free)):
        told.append((await net.b.rooms.submit(one)).id)
        await net.two.drain()
    for side in (net.a, net.b):
        held = await side.rooms.store.read(lambda tx: messages(tx, sent.thread))
        ours, theirs, _ = (one for _, one in held.values())
        assert isinstance(ours, Request)
        assert isinstance(theirs, Acknowledgement)
        assert (ours.reference, ours.references) == (asked.reference, asked.references)
        assert ours.requester == asked.requester
        assert (theirs.thread, theirs.local_reference) == (sent.thread, answer.local_reference)
        case = await open_desk(side.rooms).reads.case("officer", asked.reference)
        assert [step.id for step in case.steps] == told
    async with third(tmp_path / "third", net.two):
        further = await open_desk(net.a.rooms).following.follow_on(
            "officer", asked.reference, "XC-NPOC"
        )
    document = further.draft.document
    assert document["references"] == to_document(asked)["references"]
    assert document["links"] == [{"reference": asked.reference, "authority": B}]
    assert document["requester"]["case_number"] == asked.requester.case_number
    await net.audit()


async def test_m1_an_id_counts_for_its_sender_only(net: Scripted, tmp_path: Path) -> None:
    sent = await net.ask()
    await net.two.drain()
    async with third(tmp_path / "third", net.two) as c:
        peer = c.rooms.cell.get().peer(B)
        answer = wire.read_answer(await c.rooms.line.messages(peer, net.out.bodies[0]), limit=1)
        assert answer.replies[0].receipt is UNSET
        known = await net.b.rooms.store.read(lambda tx: tx.messages.known("XC-NPOC", [sent.id]))
        assert known == {}
    await net.audit()


async def test_m2_a_gap_is_filled_in_order_after_an_outage(net: Scripted) -> None:
    net.out.plan = ["lost"] * 4
    first = await net.ask()
    sent = [first.id]
    for _ in range(4):
        await net.a.round()
        sent.append((await net.remind(first.thread)).id)
        net.two.clock.advance(LEASE)
    await net.two.drain()
    got = await net.b.rooms.store.read(lambda tx: tx.messages.since(0))
    assert [head.id for _, head in got] == sent
    await net.audit()


async def test_m2_a_child_that_comes_first_waits_for_its_parents(net: Scripted) -> None:
    first = await net.ask()
    net.out.plan = ["lost"]
    await net.a.round()
    second = await net.remind(first.thread)
    body = await sealed_for_b(net.a, second.id, written_to=B)
    assert await code_of(net, body, second.id) == "parents-missing"
    assert await net.b.rooms.store.read(lambda tx: tx.log.head().size) == 0
    await net.two.drain()
    await net.audit()


async def test_m3_a_peer_stopped_while_it_takes_in_catches_up(net: Scripted) -> None:
    for _ in range(10):
        await net.ask()
    net.b.trap.on("lane.before-commit")
    net.b.crashes = True
    await net.a.round()
    await net.b.stop()
    await net.ask()
    net.two.clock.advance(LEASE)
    await net.a.round()
    await net.b.start()
    net.b.trap.fresh = False
    await net.two.drain()
    assert await net.b.rooms.store.read(lambda tx: tx.log.head().size) == 11
    await net.audit()


async def test_m5_a_refused_parent_takes_its_children_with_it(net: Scripted) -> None:
    first = await net.ask()
    await net.two.drain()
    net.out.plan = ["damaged"]
    dead = [await net.remind(first.thread), await net.remind(first.thread)]
    await net.a.round()
    rows = [await net.a.row(one.id) for one in dead]
    assert [row.state for row in rows] == ["undeliverable"] * 2
    assert [row.last_error for row in rows] == ["seal-open", "parent-refused"]
    again = await net.remind(first.thread)
    await net.two.drain()
    row = await net.b.rooms.store.read(lambda tx: tx.messages.find("XA-NPOC", again.id))
    assert row is not None
    assert row.follows == (first.id,)
    await net.audit(refused=tuple(one.id for one in dead))


async def test_m6_a_split_network_heals_into_one_history(net: Scripted) -> None:
    first = await net.ask()
    await net.two.drain()
    net.out.plan, net.back.plan = ["lost"] * 3, ["lost"] * 3
    for kind in ("acknowledgement", "delayed", "interim"):
        await net.remind(first.thread)
        await net.b.rooms.submit(reply(net.b.rooms, kind, first.thread, "XA-NPOC"))
        await net.a.round()
        await net.b.round()
        net.two.clock.advance(LEASE)
    await net.two.drain()
    states = [
        await side.rooms.store.read(lambda tx: tx.cases.get(first.thread))
        for side in (net.a, net.b)
    ]
    assert states[0] is not None
    assert states[1] is not None
    assert states[0].state == states[1].state
    await net.audit()


async def test_f8_a_failing_handler_is_an_error_and_leaves_nothing_half_stored(
    net: Scripted,
) -> None:
    def fails(_threads: object) -> None:
        raise StepError("on purpose")

    net.b.arrived = fails
    sent = await net.ask()
    await net.a.round()
    assert (await net.a.row(sent.id)).last_error == "try-again"
    assert await net.b.rooms.store.read(lambda tx: tx.log.head().size) == 1
    net.b.arrived = lambda _threads: None
    await net.two.drain()
    await net.audit()


async def test_f9_a_duplicate_has_one_effect_and_the_same_receipt(net: Scripted) -> None:
    sent = await net.ask()
    await net.two.drain()
    kept = await net.receipt(sent.id)
    assert kept is not None
    peer = net.a.rooms.cell.get().peer(B)
    for _ in range(3):
        answer = wire.read_answer(await net.a.rooms.line.messages(peer, net.out.bodies[0]), limit=1)
        assert answer.replies[0].receipt is not UNSET
        assert answer.replies[0].receipt["record"] == b64url(kept.record)
    assert await net.b.rooms.store.read(lambda tx: tx.log.head().size) == 1
    await net.audit()


async def test_f10_a_duplicate_of_what_was_purged_gets_its_receipt_again(net: Scripted) -> None:
    sent = await net.ask()
    await net.two.drain()
    kept = await net.receipt(sent.id)
    assert kept is not None
    await net.b.rooms.store.write(lambda tx: tx.threads.purge(sent.thread))
    await net.b.restart()
    peer = net.a.rooms.cell.get().peer(B)
    answer = wire.read_answer(await net.a.rooms.line.messages(peer, net.out.bodies[0]), limit=1)
    assert answer.replies[0].receipt is not UNSET
    assert answer.replies[0].receipt["record"] == b64url(kept.record)
    assert await net.b.rooms.store.read(lambda tx: tx.log.head().size) == 1
