"""Real nodes through a proxy that is slow, late, cut, cut short and says things twice."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import PROVE
from tests.faults.audit import audit
from tests.faults.badline import PHOTO, PROMISED, behind_proxy, send
from tests.faults.processes import SETTINGS
from tests.faults.proxy import Weather
from tests.nodes import request, until
from tracer.node.rooms import Rooms

QUICKER = 1 if PROVE else 12
"""How many times faster than promised the line is here; what it carries stays the same."""
RECEIPTED_WITHIN = 15.0
"""Seconds in which a request is receipted over the promised line, at its full size."""
SEEDS = range(30) if PROVE else range(3)
REQUESTS = 8


async def test_over_a_bad_line_a_request_goes_before_its_photos_and_these_are_resumed(
    tmp_path: Path,
) -> None:
    """A limit of time stands here, as in no other test: it is what is promised of that line.

    The line's own delay and rate take most of it, real seconds on any machine. So it is asserted at
    full size only: where the line is quicker, the machine's time would count as many times over.
    """
    weather = Weather(
        rate=PROMISED.rate * QUICKER,
        delay=PROMISED.delay / QUICKER,
        cut_every=PROMISED.cut_every / QUICKER,
    )
    async with behind_proxy(tmp_path, weather) as (a, b, proxy):
        done = await send(a.rooms, b.rooms, proxy, photo=PHOTO)
        print(done)  # noqa: T201 # what the full size took
        assert done.photos_before_receipt == 0
        assert done.receipted <= RECEIPTED_WITHIN or not PROVE
        assert done.cuts >= 2
        assert done.carried < 2 * 2 * PHOTO
        await audit(a.rooms, b.rooms)


@pytest.mark.parametrize("seed", SEEDS)
async def test_connections_cut_anywhere_lose_nothing_and_repeat_nothing(
    tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - seeded moments
    weather = Weather(
        cut_after=iter([chance.randrange(1, 60_000) for _ in range(6)]),
        cut_back=iter([chance.randrange(1, 12_000) for _ in range(6)]),
    )
    async with behind_proxy(tmp_path, weather, settings=SETTINGS) as (a, b, proxy):
        sent = [
            (await a.rooms.submit(request(a.rooms, b.rooms.authority))).id for _ in range(REQUESTS)
        ]
        await _receipted(a.rooms, b.rooms.authority, sent)
        await audit(a.rooms, b.rooms)
        assert proxy.cuts >= 1


async def test_bytes_that_come_twice_end_the_connection_and_change_nothing(tmp_path: Path) -> None:
    async with behind_proxy(tmp_path, Weather(twice=True), settings=SETTINGS) as (a, b, proxy):
        sent = await a.rooms.submit(request(a.rooms, b.rooms.authority))
        await until(lambda: proxy.carried > 0)
        assert await a.rooms.store.read(lambda tx: tx.messages.receipt("XB-NPOC", sent.id)) is None
        proxy.weather = replace(proxy.weather, twice=False)
        await _receipted(a.rooms, b.rooms.authority, [sent.id])
        await audit(a.rooms, b.rooms)


async def test_a_line_that_was_down_carries_when_it_is_up_again(tmp_path: Path) -> None:
    async with behind_proxy(tmp_path, Weather(down=True), settings=SETTINGS) as (a, b, proxy):
        sent = await a.rooms.submit(request(a.rooms, b.rooms.authority))

        async def failed() -> bool:
            rows = await a.rooms.store.read(lambda tx: tx.outbox.rows(message_id=sent.id))
            return rows[0].attempts > 0

        await until(failed)
        proxy.weather = replace(proxy.weather, down=False)
        await _receipted(a.rooms, b.rooms.authority, [sent.id])
        await audit(a.rooms, b.rooms)


async def _receipted(rooms: Rooms, peer: str, sent: list[str]) -> None:

    async def all_there() -> bool:
        found = [
            await rooms.store.read(lambda tx, name=name: tx.messages.receipt(peer, name))  # type: ignore[misc]
            for name in sent
        ]
        return all(found)

    await until(all_there, seconds=120)
