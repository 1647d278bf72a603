"""The log: indices, proofs from stored nodes, checkpoints, a second origin."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.store import make
from tracer.clock import FixedClock
from tracer.errors import OperatorError
from tracer.evidence import merkle
from tracer.evidence.record import leaf_hash
from tracer.store import HeadRow, Store, Tx


async def fill(store: Store, count: int) -> list[bytes]:
    records = [make.record(str(number)) for number in range(count)]
    await store.write(lambda tx: tx.log.append_many(records))
    return records


async def test_every_leaf_is_proved_from_the_nodes_that_are_stored(store: Store) -> None:
    records = await fill(store, 21)
    indices = range(21)
    wanted = merkle.inclusion_nodes(indices, 21)
    nodes = dict(zip(wanted, await store.nodes(wanted), strict=True))
    paths = merkle.inclusion_paths(indices, 21, lambda keys: [nodes[key] for key in keys])
    for index, path in zip(indices, paths, strict=True):
        merkle.verify_inclusion(leaf_hash(records[index]), index, 21, path, store.head.root)


async def test_nodes_are_the_same_from_memory_and_from_disk(
    store: Store, path: Path, clock: FixedClock
) -> None:
    await fill(store, 9)
    addresses = [(0, 8), (3, 0), (0, 0), (1, 2)]
    from_memory = await store.nodes(addresses)
    await store.close()
    async with await Store.open(path, rest_key=make.REST_KEY, clock=clock) as again:
        assert await again.nodes(addresses) == from_memory
        assert again.head.size == 9


async def test_a_record_beyond_the_log_is_missing(store: Store) -> None:
    records = await fill(store, 2)
    assert await store.read(lambda tx: tx.log.record(1)) == records[1]
    with pytest.raises(OperatorError) as caught:
        await store.read(lambda tx: tx.log.record(2))
    assert caught.value.code == "log-missing"


async def test_a_store_without_a_log_has_no_head(path: Path, clock: FixedClock) -> None:
    async with await Store.open(path, rest_key=make.REST_KEY, clock=clock) as store:
        with pytest.raises(OperatorError, match="log-missing"):
            _ = store.head
        with pytest.raises(OperatorError, match="log-missing"):
            await store.write(lambda tx: tx.log.append(b"x"))


async def test_a_new_origin_starts_empty_and_the_old_one_stays_provable(store: Store) -> None:
    await fill(store, 5)
    old = store.head
    succession = make.record("succession")

    def reopen(tx: Tx) -> int:
        tx.log.open_origin("XA-NPOC/log/2")
        return tx.log.append(succession)

    assert await store.write(reopen) == 0
    assert store.head == HeadRow("XA-NPOC/log/2", 1, leaf_hash(succession), make.T0)
    assert await store.read(lambda tx: tx.log.head(make.LOG)) == old
    assert await store.read(lambda tx: tx.log.origins()) == [make.LOG, "XA-NPOC/log/2"]
    nodes = await store.read(lambda tx: tx.log.nodes(merkle.frontier_nodes(5), origin=make.LOG))
    assert merkle.root(5, lambda _: nodes) == old.root
    assert await store.nodes([(0, 0)]) == [leaf_hash(succession)]
    assert await store.read(lambda tx: tx.log.record(4, origin=make.LOG)) == make.record("4")


async def test_a_log_is_not_closed_under_the_leaves_of_its_own_group(store: Store) -> None:
    def both(tx: Tx) -> None:
        tx.log.append(make.record("a"))
        tx.log.open_origin("XA-NPOC/log/2")

    with pytest.raises(OperatorError) as caught:
        await store.write(both)
    assert caught.value.code == "log-busy"
    assert store.head.origin == make.LOG


async def test_an_origin_whose_opening_failed_is_not_used(store: Store) -> None:
    def fails(tx: Tx) -> None:
        tx.log.open_origin("XA-NPOC/log/2")
        raise ValueError("after opening")

    with pytest.raises(ValueError, match="after opening"):
        await store.write(fails)
    await fill(store, 1)
    assert (store.head.origin, store.head.size) == (make.LOG, 1)


async def test_the_first_note_of_a_checkpoint_stands(store: Store) -> None:
    def body(tx: Tx) -> None:
        tx.log.save_checkpoint(make.LOG, 3, b"r" * 32, "first", make.T0, mine=True)
        tx.log.save_checkpoint(make.LOG, 3, b"r" * 32, "second", make.T1, mine=True)
        tx.log.save_checkpoint(make.LOG, 7, b"s" * 32, "newest", make.T1, mine=True)

    await store.write(body)
    assert await store.read(lambda tx: tx.log.checkpoint(make.LOG, 3)) == "first"
    assert await store.read(lambda tx: tx.log.checkpoint(make.LOG, 4)) is None
    newest = await store.read(lambda tx: tx.log.newest_signed(make.LOG))
    assert newest is not None
    assert (newest.size, newest.note, newest.mine) == (7, "newest", True)
