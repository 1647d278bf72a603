"""Resync between real nodes: what one side lost comes back, and nothing else ever does."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.exchange.losing import (
    A,
    B,
    C,
    Wire,
    dialogue,
    holding,
    lose_message,
    lose_thread,
    pair,
    resync_over,
    send,
)
from tests.nodes import network, request
from tracer.canonical import strict_json
from tracer.clock import instant
from tracer.envelope.sdjwt import issue
from tracer.errors import InputError, LineError, PeerError
from tracer.evidence.record import SALT_BYTES, Kind, new_record
from tracer.exchange.resync.fetch import Resynced
from tracer.exchange.resync.form import (
    AskIds,
    AskMessages,
    AskThreads,
    Page,
    ReturnedLine,
    sign_request,
)
from tracer.exchange.resync.returned import ASIDE, QUARANTINE, Aside, keep_aside
from tracer.model.wire import to_wire
from tracer.node.rooms import Rooms
from tracer.store import NewMessage, Receipt, ThreadRow, Tx
from tracer.store.rows import Opener


@pytest.mark.parametrize("loser", [A, B])
async def test_a_thread_that_one_side_lost_comes_back_as_it_was(tmp_path: Path, loser: str) -> None:
    async with pair(tmp_path) as (a, b):
        thread = await dialogue(a, b)
        node, other = (a, b) if loser == A else (b, a)
        before, head = await holding(node, thread), node.store.head
        lose_thread(node, thread)
        done = await node.resync(node.cell.get().peer(other.authority))
        own = 2 if loser == A else 1
        assert done == Resynced(threads_compared=1, fetched=3 - own, ours_restored=own)
        assert await holding(node, thread) == before
        assert node.store.head == head


async def test_nothing_is_fetched_where_nothing_is_lost(tmp_path: Path) -> None:
    async with pair(tmp_path) as (a, b):
        await dialogue(a, b)
        wire = Wire(a, b)
        assert await resync_over(a, wire)(a.cell.get().peer(B)) == Resynced(threads_compared=1)
        assert wire.asked == 1


async def test_a_lost_message_returns_to_its_place_and_the_thread_goes_on(tmp_path: Path) -> None:
    async with pair(tmp_path) as (a, b):
        thread = await dialogue(a, b)
        before = await holding(a, thread)
        lose_message(a, before.messages[1].id)
        assert (await a.resync(a.cell.get().peer(B))).fetched == 1
        assert await holding(a, thread) == before
        await send(b, a, "interim", thread)
        await send(a, b, "reminder", thread)


async def test_returning_makes_no_delivery_and_no_receipt(tmp_path: Path) -> None:
    async with pair(tmp_path) as (a, b):
        thread = await dialogue(a, b)
        lose_thread(a, thread)
        heads = (a.store.head, b.store.head)
        queues = [await _queue(a), await _queue(b)]
        await a.resync(a.cell.get().peer(B))
        assert (a.store.head, b.store.head) == heads
        assert [await _queue(a), await _queue(b)] == queues


async def test_what_the_peer_has_erased_returns_as_erased(tmp_path: Path) -> None:
    async with pair(tmp_path) as (a, b):
        thread = await dialogue(a, b)
        await b.store.write(lambda tx: tx.messages.erase(A, thread, keep=()))
        lose_thread(a, thread)
        assert (await a.resync(a.cell.get().peer(B))).ours_restored == 2
        opening = (await holding(a, thread)).messages[0]
        assert (opening.disclosures, opening.flags) == ((), "erased")
        assert await a.resync(a.cell.get().peer(B)) == Resynced(threads_compared=1)


async def test_what_is_erased_here_stays_erased(tmp_path: Path) -> None:
    async with pair(tmp_path) as (a, b):
        thread = await dialogue(a, b)
        await a.store.write(lambda tx: tx.messages.erase(B, thread, keep=()))
        assert await a.resync(a.cell.get().peer(B)) == Resynced(threads_compared=1)
        assert (await holding(a, thread)).messages[0].disclosures == ()


async def test_what_the_peer_has_purged_is_gone(tmp_path: Path) -> None:
    async with pair(tmp_path) as (a, b):
        thread = await dialogue(a, b)
        await b.store.write(lambda tx: tx.threads.purge(thread))
        lose_thread(a, thread)
        done = await a.resync(a.cell.get().peer(B))
        assert done == Resynced(threads_compared=1, gone=3)


@pytest.mark.parametrize(("page", "batch"), [(1, 1), (2, 3), (3, 2), (500, 100)])
async def test_small_pages_bring_everything_too(tmp_path: Path, page: int, batch: int) -> None:
    async with pair(tmp_path) as (a, b):
        threads = [await dialogue(a, b) for _ in range(3)]
        before = [await holding(a, thread) for thread in threads]
        for thread in threads:
            lose_thread(a, thread)
        wire = Wire(a, b, page=page, batch=batch)
        done = await resync_over(a, wire, batch=batch)(a.cell.get().peer(B))
        assert done == Resynced(threads_compared=3, fetched=3, ours_restored=6)
        assert [await holding(a, thread) for thread in threads] == before


async def test_a_page_holds_no_more_than_its_limit(tmp_path: Path) -> None:
    async with pair(tmp_path) as (a, b):
        threads = sorted([await dialogue(a, b) for _ in range(3)])
        wire = Wire(a, b, page=2, batch=2)
        listed = await _over(wire, a, AskThreads())
        assert ([one["thread"] for one in listed["threads"]], listed["more"]) == (threads[:2], True)
        ids = await _over(wire, a, AskIds(tuple(threads)))
        assert [len(one["messages"]) for one in ids["threads"]] == [2]
        assert ids["more"] is True
        held = [row.id for row in (await holding(a, threads[0])).messages]
        body = await wire.post(a.cell.get().peer(B), "resync", _signed(a, AskMessages(tuple(held))))
        assert body.count(b"\n") == 3


async def test_a_thread_with_somebody_else_is_out_of_scope_and_not_told_from_none(
    tmp_path: Path,
) -> None:
    names = [(A, "reached"), (B, "reached"), (C, "reached")]
    async with network(tmp_path, names) as nodes:  # type: ignore[arg-type]
        a, b, c = (nodes[name].rooms for name in (A, B, C))
        foreign, shared = await dialogue(c, b), await dialogue(a, b)
        messages = [row.id for row in (await holding(b, foreign)).messages]
        unknown = "A" * 43
        answers = [
            await _refused(a, page)
            for page in (
                AskIds((foreign,)),
                AskIds((unknown,)),
                AskIds((shared, foreign)),
                AskIds((shared,), messages[1]),
                AskMessages((messages[0],)),
                AskMessages((unknown,)),
                AskMessages((shared, messages[2])),
            )
        ]
        assert answers == ["the peer answered 403 resync-scope"] * 7
        body = await a.line.post(a.cell.get().peer(B), "resync", _signed(a, AskThreads()))
        assert [one["thread"] for one in strict_json(body)["threads"]] == [shared]


async def test_a_peer_that_collects_is_not_asked(tmp_path: Path) -> None:
    async with network(tmp_path, [(A, "reached"), (C, "collects")]) as nodes:
        a, c = nodes[A].rooms, nodes[C].rooms
        with pytest.raises(InputError) as caught:
            await a.resync(a.cell.get().peer(C))
        assert caught.value.code == "peer-collects"
        assert await c.resync(c.cell.get().peer(A)) == Resynced()


async def test_a_message_of_ours_that_our_log_does_not_know_is_kept_aside(tmp_path: Path) -> None:
    async with pair(tmp_path) as (a, b):
        thread = await dialogue(a, b)
        forged = await _planted(b, a, b)
        peer = a.cell.get().peer(B)
        for _ in range(2):
            assert await a.resync(peer) == Resynced(threads_compared=2, quarantined=1)
        faults = [one for one in await _faults(a) if one[0] == QUARANTINE]
        assert [strict_json(evidence)["id"] for _, evidence in faults] == [forged]
        assert (await holding(a, forged)).messages == []
        assert len((await holding(a, thread)).messages) == 3


async def test_evidence_in_quarantine_stays_sealed(tmp_path: Path) -> None:
    async with pair(tmp_path) as (a, b):
        await _planted(b, a, b)
        await a.resync(a.cell.get().peer(B))
        (_, evidence) = (await _faults(a))[0]
        assert strict_json(evidence).keys() == {
            "id", "code", "jwe", "yours", "note", "checkpoint"
        }  # fmt: skip


async def test_a_message_of_theirs_that_was_never_received_is_not_taken_in(tmp_path: Path) -> None:
    async with pair(tmp_path) as (a, b):
        await dialogue(a, b)
        claimed = await _planted(b, b, a)
        done = await a.resync(a.cell.get().peer(B))
        assert (done.fetched, done.quarantined) == (0, 1)
        assert a.store.head.size == 3
        assert (await holding(a, claimed)).messages == []


async def test_a_peer_cannot_fill_the_disk_with_what_is_kept_aside(tmp_path: Path) -> None:
    async with pair(tmp_path) as (a, _):
        line = ReturnedLine(jwe="x" * 1000, yours=None, note="")
        error = PeerError("seal-open", "a test")
        for page in range(5):
            names = [f"{page}-{number}" for number in range(100)]
            asides = [Aside(name, line, error) for name in (*names, names[0])]
            await a.store.write(
                lambda tx, asides=asides: keep_aside(tx, B, asides, "", known=set())  # type: ignore[misc]
            )
        kept = await a.store.read(lambda tx: tx.peers.fault_count(B, QUARANTINE))
        assert kept == ASIDE


def _signed(rooms: Rooms, page: Page) -> bytes:
    return sign_request(
        page, asker=rooms.authority, asked=B, at=rooms.clock.now(), key=rooms.keyring.signing_key()
    )


async def _over(wire: Wire, asker: Rooms, page: Page) -> Any:
    body = await wire.post(asker.cell.get().peer(B), "resync", _signed(asker, page))
    return strict_json(body)


async def _refused(rooms: Rooms, page: Page) -> str:
    with pytest.raises(LineError) as caught:
        await rooms.line.post(rooms.cell.get().peer(B), "resync", _signed(rooms, page))
    return caught.value.message


async def _queue(rooms: Rooms) -> list[object]:
    return list(await rooms.store.read(lambda tx: tx.outbox.rows()))


async def _faults(rooms: Rooms) -> Sequence[tuple[str, bytes]]:
    found = await rooms.store.read(lambda tx: tx.peers.faults())
    return [(one.kind, one.evidence) for one in found]


async def _planted(holder: Rooms, author: Rooms, recipient: Rooms) -> str:
    """B holds a signed message, and a claim about the log of A, that A knows nothing of."""
    signed = issue(*to_wire(request(author, recipient.authority)), key=author.keyring.signing_key())
    received = holder is recipient
    message = NewMessage(
        peer=A,
        id=signed.id,
        thread=signed.id,
        direction="in" if received else "out",
        type="request",
        follows=(),
        issued="",
        at="",
        kid=author.keyring.signing_key().kid,
        jws=signed.jws,
        disclosures=signed.disclosures,
        record=b"",
    )

    def body(tx: Tx) -> None:
        record = new_record(
            kind=Kind.RECEIVED if received else Kind.SENT,
            id=signed.id,
            sender=author.authority,
            recipient=recipient.authority,
            at=instant(tx.now),
            salt=os.urandom(SALT_BYTES),
        )
        opener: Opener = "peer" if received else "us"
        tx.threads.create(ThreadRow(signed.id, A, opener, tx.now, test=False))
        tx.messages.add(msgspec.structs.replace(message, record=record), tx.log.append(record))
        claim = [Receipt(signed.id, A, record, 0, 1, (), f"{A}/log/1", "")]
        tx.messages.save_sender_proofs(claim) if received else tx.messages.save_receipts(claim)

    await holder.store.write(body)
    return signed.id
