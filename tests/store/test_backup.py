"""Copies made while the lane writes, and the detection of damage."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import aiosqlite
import pytest

from tests.store import make
from tracer.clock import FixedClock
from tracer.errors import OperatorError
from tracer.evidence import merkle
from tracer.evidence.record import leaf_hash
from tracer.store import NewMessage, Store, Tx
from tracer.store.backup import integrity_check


def _commit(new: NewMessage, tx: Tx) -> int:
    return make.commit(tx, new)


async def test_a_copy_made_while_writing_is_one_consistent_state(
    store: Store, path: Path, clock: FixedClock
) -> None:
    names = [f"before-{number}" for number in range(3000)]
    await store.write(lambda tx: make.commit(tx, *map(make.message, names)))
    seen: list[int] = []
    done = asyncio.Event()

    async def keep_writing() -> int:
        written = 0
        while not done.is_set():
            new = make.message(f"during-{written}")
            await store.write(partial(_commit, new))
            written += 1
        return written

    writer = asyncio.ensure_future(keep_writing())
    target = path.with_name("copy.db")
    await store.backup(target, lambda copied, _total: seen.append(copied))
    done.set()
    assert await writer > 0
    assert seen == sorted(seen)
    assert len(seen) > 1
    async with await Store.open(target, rest_key=make.REST_KEY, clock=clock) as copy:
        head = copy.head
        assert 3000 <= head.size <= store.head.size
        records = await copy.read(lambda tx: tx.log.records(range(head.size)))
        leaves = [leaf_hash(records[index]) for index in range(head.size)]
        assert merkle.append(0, leaves, lambda _: []).root == head.root


async def test_a_copy_belongs_to_its_owner_and_overwrites_nothing(store: Store, path: Path) -> None:
    target = path.with_name("copy.db")
    await store.backup(target)
    assert target.stat().st_mode & 0o077 == 0
    with pytest.raises(OperatorError) as caught:
        await store.backup(target)
    assert caught.value.code == "backup-exists"


async def test_a_copy_that_cannot_be_made_leaves_nothing(store: Store, path: Path) -> None:
    target = path.parent / "missing" / "copy.db"
    with pytest.raises(OperatorError) as caught:
        await store.backup(target)
    assert caught.value.code == "backup-failed"


async def test_damage_is_found(store: Store, path: Path) -> None:
    names = [f"m{number}" for number in range(200)]
    await store.write(lambda tx: make.commit(tx, *map(make.message, names)))
    await store.integrity_check()
    target = path.with_name("copy.db")
    await store.backup(target)
    data = bytearray(target.read_bytes())
    data[4096 * 20 : 4096 * 40] = bytes(4096 * 20)
    target.write_bytes(data)
    with pytest.raises(OperatorError) as caught:
        await integrity_check(target)
    assert caught.value.code == "store-damaged"


async def test_a_restored_copy_is_written_while_it_is_read(
    store: Store, path: Path, clock: FixedClock
) -> None:
    target = path.with_name("copy.db")
    await store.backup(target)
    async with (
        await Store.open(target, rest_key=make.REST_KEY, clock=clock) as copy,
        aiosqlite.connect(target, isolation_level=None) as reader,
    ):
        await reader.execute("BEGIN")
        await reader.execute_fetchall("SELECT count(*) FROM message")
        await copy.write(lambda tx: make.commit(tx, make.message("m")))
        assert copy.head.size == 1
