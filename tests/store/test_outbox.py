"""The outbox: order, leases, retries, and what an operator sees."""

from __future__ import annotations

from tests.store import make
from tracer.store import OutboxRow, OutboxStats, Store

LATER = "2026-03-01T13:00:00.000Z"


async def enqueue(store: Store, *items: tuple[str, str], peer: str = make.PEER) -> None:
    await store.write(lambda tx: tx.outbox.enqueue([(peer, mid, thread) for mid, thread in items]))


async def claim(
    store: Store, *, now: str = make.T0, lease: str = make.T1, limit: int = 10
) -> list[OutboxRow]:
    return await store.write(
        lambda tx: tx.outbox.claim(make.PEER, now=now, lease_until=lease, limit=limit)
    )


async def test_rows_are_claimed_in_order_and_leased(store: Store) -> None:
    await enqueue(store, ("a", "t"), ("b", "t"), ("c", "u"))
    rows = await claim(store, limit=2)
    assert [row.message_id for row in rows] == ["a", "b"]
    assert rows[0].attempts == 1
    assert rows[0].first_attempt == make.T0
    stored = await store.read(lambda tx: tx.outbox.rows(state="queued"))
    assert stored[:2] == rows


async def test_nothing_is_claimed_while_a_lease_of_the_peer_runs(store: Store) -> None:
    await enqueue(store, ("a", "t"), ("b", "u"))
    await claim(store, limit=1)
    assert await claim(store) == []
    assert await store.read(lambda tx: tx.outbox.next_due()) == make.T0


async def test_the_holder_of_a_lease_claims_what_comes_after_it(store: Store) -> None:
    await enqueue(store, ("a", "t"), ("b", "t"), ("c", "u"))
    await claim(store, limit=1)
    rows = await store.write(
        lambda tx: tx.outbox.claim(
            make.PEER, now=make.T0, lease_until=make.T1, limit=10, ahead=True
        )
    )
    assert [row.message_id for row in rows] == ["b", "c"]


async def test_what_was_claimed_and_not_sent_is_as_before(store: Store) -> None:
    await enqueue(store, ("a", "t"))
    before = await store.read(lambda tx: tx.outbox.rows())
    rows = await claim(store)
    await store.write(lambda tx: tx.outbox.unclaim([row.seq for row in rows]))
    assert await store.read(lambda tx: tx.outbox.rows()) == before


async def test_a_lease_that_ran_out_is_claimed_again(store: Store) -> None:
    await enqueue(store, ("a", "t"))
    await claim(store)
    (row,) = await claim(store, now=make.T1, lease=make.T2)
    assert (row.attempts, row.first_attempt) == (2, make.T0)


async def test_delivered_rows_do_not_come_back(store: Store) -> None:
    await enqueue(store, ("a", "t"), ("b", "t"))
    rows = await claim(store, limit=1)
    await store.write(lambda tx: tx.outbox.delivered([row.seq for row in rows]))
    assert [row.message_id for row in await claim(store)] == ["b"]


async def test_a_thread_waits_for_its_earlier_message_and_others_do_not(store: Store) -> None:
    await enqueue(store, ("a", "t"), ("b", "t"), ("c", "u"))
    (first,) = await claim(store, limit=1)
    await store.write(
        lambda tx: tx.outbox.release([first.seq], next_attempt=LATER, error="seal-key")
    )
    assert [row.message_id for row in await claim(store)] == ["c"]


async def test_a_held_message_holds_its_thread_until_it_is_retried(store: Store) -> None:
    await enqueue(store, ("a", "t"), ("b", "t"))
    (first,) = await claim(store, limit=1)
    await store.write(lambda tx: tx.outbox.hold([first.seq], "log-fork"))
    assert await claim(store) == []
    assert await store.write(lambda tx: tx.outbox.retry("a")) == 1
    assert [row.message_id for row in await claim(store)] == ["a", "b"]


async def test_due_peers_and_the_next_instant_follow_leases_and_retries(store: Store) -> None:
    assert await store.read(lambda tx: tx.outbox.next_due()) is None
    await enqueue(store, ("a", "t"))
    assert await store.read(lambda tx: tx.outbox.due_peers(make.T0)) == [make.PEER]
    (row,) = await claim(store)
    assert await store.read(lambda tx: tx.outbox.due_peers(make.T0)) == []
    assert await store.read(lambda tx: tx.outbox.next_due()) == make.T1
    await store.write(lambda tx: tx.outbox.release([row.seq], next_attempt=LATER, error="x"))
    assert await store.read(lambda tx: tx.outbox.next_due()) == LATER
    assert await store.write(lambda tx: tx.outbox.hasten(make.PEER, make.T2)) == 1
    assert await store.read(lambda tx: tx.outbox.due_peers(make.T2)) == [make.PEER]


async def test_what_is_not_delivered_is_counted_by_peer(store: Store) -> None:
    await enqueue(store, ("a", "t"), ("b", "u"), ("c", "v"), ("d", "w"))
    rows = await claim(store, limit=3)
    seqs = [row.seq for row in rows]
    await store.write(lambda tx: tx.outbox.delivered(seqs[:1]))
    await store.write(lambda tx: tx.outbox.give_up(seqs[1:2], "payload-schema"))
    await store.write(lambda tx: tx.outbox.hold(seqs[2:], "held"))
    stats = await store.read(lambda tx: tx.outbox.stats())
    assert stats == {make.PEER: OutboxStats(make.PEER, 1, 1, 1, make.T0)}
    (given_up,) = await store.read(lambda tx: tx.outbox.rows(state="undeliverable"))
    assert given_up.last_error == "payload-schema"


async def test_rows_under_way_are_those_claimed_without_an_outcome(store: Store) -> None:
    await enqueue(store, ("a", "t"), ("b", "u"), ("c", "v"))
    rows = await claim(store, limit=2)
    await store.write(lambda tx: tx.outbox.delivered([rows[0].seq]))
    found = await store.read(lambda tx: tx.outbox.under_way(make.PEER))
    assert [row.message_id for row in found] == ["b"]
    assert await store.read(lambda tx: tx.outbox.next_due_of(make.PEER)) == make.T0
    assert await store.read(lambda tx: tx.outbox.next_due_of(make.OTHER)) is None
