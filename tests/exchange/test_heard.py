"""A peer that only comes to look for what waits is heard, and not written about each time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.exchange.witnessing import A, C
from tests.nodes import network
from tests.store import make
from tracer.clock import FixedClock, instant, stamp
from tracer.exchange.heard import EVERY, Heard
from tracer.node.status.whole import status
from tracer.store import Store


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(make.START)


@pytest.fixture
async def store(tmp_path: Path, clock: FixedClock) -> AsyncIterator[Store]:
    async with await Store.open(
        tmp_path / "tracer.db", rest_key=make.REST_KEY, clock=clock
    ) as opened:
        yield opened


async def _last(store: Store, peer: str) -> str:
    return await store.read(lambda tx: tx.peers.state(peer).last_in) or ""


async def test_who_fetches_and_finds_nothing_has_spoken_to_us(tmp_path: Path) -> None:
    async with network(tmp_path, [(A, "reached"), (C, "collects")]) as nodes:
        a, c = nodes[A].rooms, nodes[C].rooms
        before = stamp(a.clock.now())
        assert await c.collect(c.cell.get().peer(A)) == 0
        await a.heard.flush()
        (line,) = (await status(a, running=True)).peers
        assert (line.they_reach_us.state, line.they_reach_us.sentence) == ("ok", "they spoke to us")
        assert line.they_reach_us.since >= before


async def test_who_comes_all_the_time_is_written_about_now_and_then(
    store: Store, clock: FixedClock
) -> None:
    heard, first = Heard(store=store, clock=clock), stamp(clock.now())
    heard.note(C)
    await heard.flush()
    assert await _last(store, C) == first
    clock.advance(EVERY - timedelta(seconds=1))
    heard.note(C)
    await heard.flush()
    assert await _last(store, C) == first
    clock.advance(timedelta(seconds=1))
    heard.note(C)
    await heard.flush()
    assert instant(await _last(store, C)) - instant(first) == EVERY


async def test_what_came_later_by_another_way_stands(store: Store, clock: FixedClock) -> None:
    heard = Heard(store=store, clock=clock)
    heard.note(C)
    clock.advance(timedelta(seconds=1))
    later = stamp(clock.now())
    await store.write(lambda tx: tx.peers.note_contact(C, last_in=later))
    await heard.flush()
    assert await _last(store, C) == later
