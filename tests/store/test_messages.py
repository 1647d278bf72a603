"""Messages, threads, receipts, erasure and purge."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from msgspec import structs

from tests.store import make
from tracer.errors import OperatorError
from tracer.store import Advance, Known, Receipt, Store, Tx


async def test_a_message_comes_back_as_it_was_put(store: Store) -> None:
    new = make.message("m", follows=("parent-1", "parent-2"))
    await store.write(lambda tx: make.commit(tx, new))
    row = await store.read(lambda tx: tx.messages.find(make.PEER, new.id))
    assert row is not None
    assert (row.jws, row.disclosures, row.follows) == (new.jws, new.disclosures, new.follows)
    assert (row.leaf_index, row.origin, row.kid, row.flags) == (0, make.LOG, new.kid, "")


async def test_a_message_without_disclosures_has_none(store: Store) -> None:
    await store.write(lambda tx: make.commit(tx, make.message("m", disclosures=())))
    row = await store.read(lambda tx: tx.messages.find(make.PEER, make.digest("m")))
    assert row is not None
    assert row.disclosures == ()


async def test_ids_are_looked_up_with_their_peer(store: Store) -> None:
    await store.write(lambda tx: make.commit(tx, make.message("m")))
    assert await store.read(lambda tx: tx.messages.find(make.OTHER, make.digest("m"))) is None
    assert await store.read(lambda tx: tx.messages.known(make.OTHER, [make.digest("m")])) == {}


async def test_a_duplicate_is_known_by_index_record_and_time(store: Store) -> None:
    await store.write(lambda tx: make.commit(tx, make.message("a"), make.message("b")))
    ids = [make.digest(name) for name in ("b", "absent")]
    known = await store.read(lambda tx: tx.messages.known(make.PEER, ids))
    assert known == {ids[0]: Known(1, make.record("b"), make.T0)}


async def test_more_ids_than_one_list_holds_are_looked_up(store: Store) -> None:
    names = [f"m{number}" for number in range(1200)]
    await store.write(lambda tx: make.commit(tx, *map(make.message, names)))
    ids = [make.digest(name) for name in names]
    assert len(await store.read(lambda tx: tx.messages.known(make.PEER, ids))) == 1200
    assert len(await store.read(lambda tx: tx.threads.get_many(ids))) == 1200


async def test_a_thread_is_read_in_the_order_of_commit(store: Store) -> None:
    names = ["opening", "second", "third"]
    await store.write(
        lambda tx: make.commit(tx, *[make.message(name, "opening") for name in names])
    )
    ids = [make.digest(name) for name in names]
    rows = await store.read(lambda tx: tx.messages.of_thread(ids[0]))
    assert [row.id for row in rows] == ids
    heads = await store.read(lambda tx: tx.messages.heads([ids[0], "none"]))
    assert [head.id for head in heads[ids[0]]] == ids
    assert heads["none"] == []
    later = await store.read(lambda tx: tx.messages.since(1))
    assert [(seq, head.id) for seq, head in later] == [(2, ids[1]), (3, ids[2])]


async def test_a_message_of_no_thread_is_not_stored(store: Store) -> None:
    with pytest.raises(OperatorError) as caught:
        await store.write(lambda tx: tx.messages.add(make.message("m"), 0))
    assert caught.value.code == "thread-missing"


async def test_flags_can_be_set(store: Store) -> None:
    def body(tx: Tx) -> None:
        make.commit(tx, make.message("m"))
        tx.messages.flag(make.PEER, make.digest("m"), "ignored")

    await store.write(body)
    row = await store.read(lambda tx: tx.messages.find(make.PEER, make.digest("m")))
    assert row is not None
    assert row.flags == "ignored"


async def test_the_first_receipt_stands(store: Store) -> None:
    def body(tx: Tx) -> tuple[int, int]:
        make.commit(tx, make.message("m"))
        first = tx.messages.save_receipts([make.receipt("m", hashes=3)])
        return first, tx.messages.save_receipts([make.receipt("m", hashes=9)])

    assert await store.write(body) == (1, 0)
    kept = await store.read(lambda tx: tx.messages.receipt(make.PEER, make.digest("m")))
    assert kept == make.receipt("m", hashes=3)
    of_thread = await store.read(lambda tx: tx.messages.receipts_of(make.digest("m")))
    assert of_thread == {make.digest("m"): kept}


async def test_a_receipt_of_no_message_is_not_stored(store: Store) -> None:
    assert await store.write(lambda tx: tx.messages.save_receipts([make.receipt("m")])) == 0


async def test_proofs_of_the_sender_are_kept_apart_from_receipts(store: Store) -> None:
    def body(tx: Tx) -> None:
        make.commit(tx, make.message("m"), make.message("n", "m"))
        tx.messages.save_sender_proofs([make.receipt("m", hashes=0), make.receipt("n")])

    await store.write(body)

    def look(tx: Tx) -> tuple[Receipt | None, Receipt | None, int]:
        one = tx.messages.sender_proof(make.PEER, make.digest("m"))
        none = tx.messages.receipt(make.PEER, make.digest("m"))
        return one, none, len(tx.messages.sender_proofs_of(make.digest("m")))

    assert await store.read(look) == (make.receipt("m", hashes=0), None, 2)


async def test_tips_and_counts_of_threads_move(store: Store) -> None:
    def body(tx: Tx) -> None:
        tx.threads.create_many([make.thread("a"), make.thread("b")])
        tx.threads.advance_many(
            [
                Advance(make.digest("a"), peer_tip="one", peer_delta=1),
                Advance(make.digest("b"), own_tip="x", peer_tip="y", own_delta=2, peer_delta=3),
            ]
        )
        tx.threads.advance(make.digest("a"), own_tip="two", own_delta=1)

    await store.write(body)
    found = await store.read(lambda tx: tx.threads.list(peer=make.PEER))
    by_id = {row.id: (row.own_tip, row.peer_tip, row.own_count, row.peer_count) for row in found}
    assert by_id[make.digest("a")] == ("two", "one", 1, 1)
    assert by_id[make.digest("b")] == ("x", "y", 2, 3)
    assert await store.read(lambda tx: tx.threads.get("none")) is None
    assert await store.read(lambda tx: tx.threads.open_count(make.PEER)) == 2


async def test_threads_are_listed_in_pages(store: Store) -> None:
    await store.write(lambda tx: tx.threads.create_many([make.thread(str(n)) for n in range(5)]))
    first = await store.read(lambda tx: tx.threads.list(limit=3))
    rest = await store.read(lambda tx: tx.threads.list(after=first[-1].id))
    assert len(first) == 3
    assert len({row.id for row in first + rest}) == 5


async def test_erasure_keeps_the_other_disclosures_and_the_token(store: Store) -> None:
    new = make.message("m")
    await store.write(lambda tx: make.commit(tx, new))
    await store.write(lambda tx: tx.messages.erase(make.PEER, new.id, keep=new.disclosures[1:]))
    row = await store.read(lambda tx: tx.messages.find(make.PEER, new.id))
    assert row is not None
    assert (row.jws, row.disclosures) == (new.jws, new.disclosures[1:])


async def test_a_purged_thread_still_answers_duplicates(store: Store) -> None:
    new = make.message("m")
    await store.write(lambda tx: make.commit(tx, new))
    await store.write(lambda tx: tx.threads.purge(new.thread))
    row = await store.read(lambda tx: tx.messages.find(make.PEER, new.id))
    assert row is not None
    assert (row.jws, row.disclosures) == (None, ())
    known = await store.read(lambda tx: tx.messages.known(make.PEER, [new.id]))
    assert known[new.id].record == new.record
    with pytest.raises(OperatorError, match="thread-missing"):
        await store.write(lambda tx: tx.messages.add(make.message("n", "m"), 1))
    assert await store.read(lambda tx: tx.threads.list(purged=False)) == []


async def test_a_blob_moved_to_another_message_does_not_open(store: Store, path: Path) -> None:
    await store.write(lambda tx: make.commit(tx, make.message("m"), make.message("n", "m")))
    with sqlite3.connect(path) as conn:
        conn.execute("UPDATE message SET jws = (SELECT jws FROM message WHERE seq = 1)")
    conn.close()
    with pytest.raises(OperatorError) as caught:
        await store.read(lambda tx: tx.messages.find(make.PEER, make.digest("n")))
    assert caught.value.code == "rest-open"


async def test_delivery_reads_messages_with_their_records_in_the_order_asked(
    store: Store,
) -> None:
    new = [make.message(name, "a") for name in ("a", "b", "c")]
    await store.write(lambda tx: make.commit(tx, *new))
    await store.write(lambda tx: tx.log.open_origin("XA-NPOC/log/2"))
    await store.write(lambda tx: make.commit(tx, make.message("d", "a")))
    ids = [make.digest(name) for name in ("d", "b", "a")]
    found = await store.read(lambda tx: tx.messages.outgoing(make.PEER, ids))
    assert [(item.id, item.leaf) for item in found] == list(zip(ids, (0, 1, 0), strict=True))
    assert [item.record for item in found] == [make.record(name) for name in ("d", "b", "a")]
    assert found[1].compact == f"{new[1].jws}~{'~'.join(new[1].disclosures)}~"
    places = await store.read(lambda tx: tx.messages.places(make.PEER, [*ids, "none"]))
    assert {(place.id, place.thread) for place in places} == {(name, ids[2]) for name in ids}


async def test_a_retracted_thread_stands_at_our_newest_message_not_refused(store: Store) -> None:
    ours = [structs.replace(make.message(name, "a"), direction="out") for name in ("a", "b", "c")]

    def body(tx: Tx) -> None:
        make.commit(tx, *ours)
        tx.threads.advance(ours[0].thread, own_tip=ours[2].id, own_delta=3)
        for refused in ours[1:]:
            tx.messages.flag(make.PEER, refused.id, "refused")
        tx.threads.retract(ours[0].thread)

    await store.write(body)
    row = await store.read(lambda tx: tx.threads.get(ours[0].thread))
    assert row is not None
    assert (row.own_tip, row.own_count) == (ours[0].id, 1)
