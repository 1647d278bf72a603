"""The waiting room."""

from __future__ import annotations

from tests.store import make
from tracer.store import Store, Tx, WaitingRow


async def test_a_message_is_ready_when_its_last_parent_arrives(store: Store) -> None:
    def fill(tx: Tx) -> None:
        tx.waiting.put(make.PEER, "child", ["p1", "p2"], b"bytes", make.T0)
        tx.waiting.put(make.PEER, "other", ["p9"], b"other", make.T0)

    await store.write(fill)
    assert await store.write(lambda tx: tx.waiting.ready(make.PEER, ["p1", "x"])) == []
    assert await store.read(lambda tx: tx.waiting.lacking(make.PEER, ["child"])) == {
        "child": ["p2"]
    }
    ready = await store.write(lambda tx: tx.waiting.ready(make.PEER, ["p2"]))
    assert ready == [WaitingRow(make.PEER, "child", b"bytes", make.T0)]
    await store.write(lambda tx: tx.waiting.remove(make.PEER, ["child"]))
    assert await store.read(lambda tx: tx.waiting.count(make.PEER)) == 1


async def test_parents_of_another_peer_do_not_count(store: Store) -> None:
    await store.write(lambda tx: tx.waiting.put(make.PEER, "child", ["p"], b"bytes", make.T0))
    assert await store.write(lambda tx: tx.waiting.ready(make.OTHER, ["p"])) == []


async def test_the_first_arrival_stands(store: Store) -> None:
    await store.write(lambda tx: tx.waiting.put(make.PEER, "child", ["p"], b"bytes", make.T0))
    await store.write(lambda tx: tx.waiting.put(make.PEER, "child", ["p"], b"other", make.T1))
    row = await store.read(lambda tx: tx.waiting.get(make.PEER, "child"))
    assert row == WaitingRow(make.PEER, "child", b"bytes", make.T0)
    assert await store.read(lambda tx: tx.waiting.get(make.PEER, "none")) is None


async def test_what_waited_too_long_is_removed(store: Store) -> None:
    await store.write(lambda tx: tx.waiting.put(make.PEER, "old", ["p"], b"bytes", make.T0))
    await store.write(lambda tx: tx.waiting.put(make.PEER, "new", ["p"], b"bytes", make.T1))
    assert await store.write(lambda tx: tx.waiting.expire(make.T1)) == 1
    assert await store.read(lambda tx: tx.waiting.get(make.PEER, "old")) is None
    assert await store.read(lambda tx: tx.waiting.lacking(make.PEER, ["old"])) == {}
