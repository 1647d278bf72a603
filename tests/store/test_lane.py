"""The write lane: groups, isolation of bodies, and each way a group can fail."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.store import make
from tests.store.conftest import Faults, piling_up, together
from tracer.clock import FixedClock, stamp
from tracer.errors import OperatorError
from tracer.evidence import merkle
from tracer.evidence.record import leaf_hash
from tracer.store import Store, Tx


async def test_what_piled_up_is_committed_once(store: Store, faults: Faults) -> None:
    names = [f"m{number}" for number in range(40)]
    indices = await together(
        store, *[lambda tx, name=name: tx.log.append(make.record(name)) for name in names]
    )
    assert indices == list(range(40))
    assert faults.commits() == 2  # the one that held the lane, and the group
    assert store.head.size == 40


async def test_what_comes_while_a_body_runs_shares_its_commit(store: Store, faults: Faults) -> None:
    ids = sorted(make.digest(name) for name in ("one", "two"))

    def first(tx: Tx, hold: Callable[[], None]) -> None:
        make.commit(tx, make.message("one"))
        hold()

    def second(tx: Tx) -> list[str]:
        make.commit(tx, make.message("two"))
        return sorted(tx.messages.known(make.PEER, ids))

    assert await piling_up(store, first, second) == [None, ids]
    assert faults.commits() == 1
    assert store.head.size == 2


async def test_what_goes_along_and_fails_loses_only_its_own_work(store: Store) -> None:
    def first(tx: Tx, hold: Callable[[], None]) -> int:
        hold()
        return make.commit(tx, make.message("one"))

    def fails(tx: Tx) -> None:
        make.commit(tx, make.message("bad"))
        raise ValueError("of this body")

    results = await piling_up(store, first, fails, lambda tx: make.commit(tx, make.message("two")))
    assert (results[0], str(results[1]), results[2]) == (0, "of this body", 1)
    ids = [make.digest(name) for name in ("one", "two", "bad")]
    assert set(await store.read(lambda tx: tx.messages.known(make.PEER, ids))) == set(ids[:2])


async def test_nothing_goes_along_with_a_body_that_failed(store: Store, faults: Faults) -> None:
    def fails(tx: Tx, hold: Callable[[], None]) -> None:
        hold()
        tx.log.append(make.record("lost"))
        raise ValueError("of this body")

    results = await piling_up(store, fails, lambda tx: tx.log.append(make.record("kept")))
    assert (str(results[0]), results[1]) == ("of this body", 0)
    assert (faults.steps.count("lane.begin"), faults.commits()) == (2, 1)
    assert store.head.root == leaf_hash(make.record("kept"))


async def test_what_goes_along_does_not_make_a_group_larger_than_allowed(
    path: Path, clock: FixedClock, faults: Faults
) -> None:
    async with await Store.open(
        path, rest_key=make.REST_KEY, clock=clock, faults=faults, max_group=4
    ) as store:
        faults.steps.clear()
        await piling_up(store, lambda _tx, hold: hold(), *[lambda tx: tx.meta.put("a", "b")] * 9)
    assert faults.commits() == 3  # 1 + 3, 4, 2


@pytest.mark.parametrize(
    ("moved", "commits"), [(timedelta(milliseconds=900), 1), (timedelta(hours=7), 2)]
)
async def test_what_comes_while_a_body_runs_is_of_no_instant_that_is_long_past(
    store: Store, faults: Faults, clock: FixedClock, moved: timedelta, commits: int
) -> None:
    begun = clock.now()

    def long(tx: Tx, hold: Callable[[], None]) -> str:
        make.commit(tx, make.message("one"))
        clock.advance(moved)
        hold()
        return tx.now

    def came(tx: Tx) -> str:
        make.commit(tx, make.message("two"))
        return tx.now

    first, *others = await piling_up(store, long, came, lambda tx: tx.now)
    told = stamp(begun + (moved if commits > 1 else timedelta()))
    assert (first, others) == (stamp(begun), [told, told])
    assert faults.commits() == commits


async def test_a_group_has_no_more_bodies_than_allowed(
    path: Path, clock: FixedClock, faults: Faults
) -> None:
    async with await Store.open(
        path, rest_key=make.REST_KEY, clock=clock, faults=faults, max_group=4
    ) as store:
        faults.steps.clear()
        await together(store, *[lambda tx: tx.meta.put("a", "b")] * 9)
    assert faults.commits() == 1 + 3


async def test_a_failing_body_loses_only_its_own_work(store: Store) -> None:
    def fails(tx: Tx) -> None:
        make.commit(tx, make.message("bad-1"), make.message("bad-2"))
        raise ValueError("of this body")

    results = await together(
        store,
        lambda tx: make.commit(tx, make.message("one")),
        fails,
        lambda tx: make.commit(tx, make.message("two")),
    )
    assert results[0] == 0
    assert isinstance(results[1], ValueError)
    assert results[2] == 1
    assert store.head.size == 2
    ids = [make.digest(name) for name in ("one", "two", "bad-1", "bad-2")]
    assert set(await store.read(lambda tx: tx.messages.known(make.PEER, ids))) == set(ids[:2])


async def test_the_key_of_a_failed_body_is_not_used_afterwards(store: Store) -> None:
    def fails(tx: Tx) -> None:
        tx.threads.create(make.thread("t"))
        raise ValueError("of this body")

    await together(store, fails, lambda tx: make.commit(tx, make.message("m", "t")))
    rows = await store.read(lambda tx: tx.messages.of_thread(make.digest("t")))
    assert [row.jws for row in rows] == ["header.plaintext-of-m.signature"]


async def test_a_lone_failing_body_leaves_nothing(store: Store, faults: Faults) -> None:
    def fails(tx: Tx) -> None:
        tx.log.append(make.record("m"))
        raise ValueError("of this body")

    with pytest.raises(ValueError, match="of this body"):
        await store.write(fails)
    assert store.head.size == 0
    assert faults.commits() == 0
    assert await store.write(lambda tx: tx.log.append(make.record("n"))) == 0


@pytest.mark.parametrize("step", ["lane.begin", "lane.head", "lane.before-commit"])
async def test_a_group_that_fails_before_its_commit_stores_nothing(
    store: Store, faults: Faults, step: str
) -> None:
    await store.write(lambda tx: make.commit(tx, make.message("before")))
    faults.fail_at = step
    with pytest.raises(RuntimeError, match=step):
        await store.write(lambda tx: make.commit(tx, make.message("a")))
    assert await store.write(lambda tx: make.commit(tx, make.message("b"))) == 1
    assert store.head.size == 2


async def test_a_failed_commit_is_told_to_every_caller_of_the_group(
    store: Store, faults: Faults
) -> None:
    def arm(tx: Tx) -> None:
        faults.fail_at = "lane.before-commit"
        tx.log.append(make.record("a"))

    def wrong(_tx: Tx) -> None:
        raise ValueError("own")

    results = await together(store, arm, wrong, lambda tx: tx.log.append(make.record("b")))
    assert [type(result) for result in results] == [RuntimeError, ValueError, RuntimeError]
    assert store.head.size == 0
    assert await store.read(lambda tx: tx.log.head()) == store.head


async def test_what_failed_after_its_commit_is_found_again(store: Store, faults: Faults) -> None:
    faults.fail_at = "lane.after-commit"
    with pytest.raises(RuntimeError):
        await store.write(lambda tx: make.commit(tx, make.message("m")))
    known = await store.write(lambda tx: tx.messages.known(make.PEER, [make.digest("m")]))
    assert known[make.digest("m")].leaf_index == 0
    assert store.head.size == 1
    assert await store.write(lambda tx: make.commit(tx, make.message("n"))) == 1
    row = await store.read(lambda tx: tx.messages.find(make.PEER, make.digest("m")))
    assert row is not None
    assert row.jws == "header.plaintext-of-m.signature"


async def test_nodes_of_a_lost_group_are_never_served(store: Store, faults: Faults) -> None:
    faults.fail_at = "lane.before-commit"
    with pytest.raises(RuntimeError):
        await store.write(lambda tx: tx.log.append(make.record("lost")))
    with pytest.raises(OperatorError, match="no such node"):
        await store.nodes([(0, 0)])
    await store.write(lambda tx: tx.log.append(make.record("kept")))
    assert await store.nodes([(0, 0)]) == [leaf_hash(make.record("kept"))]
    assert store.head.root == leaf_hash(make.record("kept"))


async def test_a_cancelled_caller_does_not_undo_its_body(store: Store) -> None:
    caller = asyncio.ensure_future(store.write(lambda tx: tx.meta.put("key", "value")))
    await asyncio.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    await store.write(lambda _tx: None)
    assert await store.read(lambda tx: tx.meta.get("key")) == "value"


async def test_a_contradiction_is_an_error_of_this_package(store: Store) -> None:
    await store.write(lambda tx: make.commit(tx, make.message("m")))
    with pytest.raises(OperatorError) as caught:
        await store.write(lambda tx: tx.messages.add(make.message("m"), 7))
    assert caught.value.code == "store-conflict"


async def test_time_of_the_head_never_goes_back(store: Store, clock: FixedClock) -> None:
    await store.write(lambda tx: tx.log.append(make.record("a")))
    clock.advance(timedelta(minutes=-5))
    await store.write(lambda tx: tx.log.append(make.record("b")))
    assert (store.head.size, store.head.at) == (2, make.T0)


async def test_a_reader_sees_one_snapshot_and_cannot_write(store: Store) -> None:
    with pytest.raises(OperatorError) as caught:
        await store.read(lambda tx: tx.meta.put("a", "b"))
    assert caught.value.code == "store-failed"
    assert await store.read(lambda tx: tx.meta.get("a")) is None


async def test_a_glance_is_a_read_that_needs_no_waiting(store: Store) -> None:
    await store.write(lambda tx: make.commit(tx, make.message("m")))
    row = store.glance(lambda tx: tx.messages.find(make.PEER, make.digest("m")))
    assert row is not None
    assert row.jws == "header.plaintext-of-m.signature"
    with pytest.raises(OperatorError, match="failed"):
        store.glance(lambda tx: tx.meta.put("a", "b"))
    assert store.glance(lambda tx: tx.log.head()) == store.head


async def test_readers_at_once_do_not_wait_for_each_other(store: Store) -> None:
    both = threading.Barrier(2)

    def read(tx: Tx) -> str:
        both.wait()
        return tx.log.head().origin

    found = await asyncio.gather(store.read(read), store.read(read))
    assert list(found) == [make.LOG] * 2


async def test_flags_come_back_as_such(store: Store) -> None:
    await store.write(lambda tx: make.commit(tx, make.message("m")))
    (thread,) = store.glance(lambda tx: tx.threads.list())
    assert store.glance(lambda tx: tx.threads.get(thread.id)) == thread
    assert store.glance(lambda tx: tx.threads.get(thread.id)).purged is False  # type: ignore[union-attr]


async def test_closing_finishes_what_is_queued_and_refuses_more(
    path: Path, clock: FixedClock
) -> None:
    store = await Store.open(path, rest_key=make.REST_KEY, clock=clock)
    queued = [
        asyncio.ensure_future(store.write(lambda tx: tx.meta.put("queued", "x"))) for _ in range(20)
    ]
    await asyncio.sleep(0)
    await store.close()
    await asyncio.gather(*queued)
    with pytest.raises(OperatorError, match="closed"):
        await store.write(lambda _tx: None)


def _append(records: list[bytes], tx: Tx) -> int:
    return tx.log.append_many(records)


async def test_the_head_equals_a_recomputation_from_all_records(store: Store) -> None:
    sizes = (1, 2, 3, 1, 7, 64, 5, 100, 1)
    for group, size in enumerate(sizes):
        records = [make.record(f"{group}-{number}") for number in range(size)]
        await store.write(partial(_append, records))
    total = sum(sizes)
    kept = await store.read(lambda tx: tx.log.records(range(total)))
    leaves = [leaf_hash(kept[index]) for index in range(total)]
    recomputed = merkle.append(0, leaves, lambda _: [])
    assert (store.head.size, store.head.root) == (total, recomputed.root)
    stored = await store.read(lambda tx: tx.log.nodes(list(recomputed.new_nodes)))
    assert stored == list(recomputed.new_nodes.values())


async def test_a_part_that_fails_is_undone_and_the_rest_of_its_body_stands(store: Store) -> None:
    def fails(tx: Tx) -> None:
        with tx.part():
            make.commit(tx, make.message("bad", "bad"))
            raise ValueError("of this part")

    def body(tx: Tx) -> int:
        make.commit(tx, make.message("one"))
        with pytest.raises(ValueError, match="of this part"):
            fails(tx)
        with tx.part():
            return make.commit(tx, make.message("two"))

    assert await store.write(body) == 1
    assert store.head.size == 2
    ids = [make.digest(name) for name in ("one", "two", "bad")]
    assert set(await store.read(lambda tx: tx.messages.known(make.PEER, ids))) == set(ids[:2])


async def test_what_the_database_refuses_in_a_part_is_an_error_of_the_store(store: Store) -> None:
    def body(tx: Tx) -> str:
        tx.threads.create(make.thread("t"))
        with pytest.raises(OperatorError) as caught, tx.part():
            tx.threads.create(make.thread("t"))
        return caught.value.code

    assert await store.write(body) == "store-conflict"
    assert await store.read(lambda tx: tx.threads.get(make.digest("t"))) is not None
