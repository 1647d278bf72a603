"""Words that overtake each other between connections, and batches that arrive long after others."""

from __future__ import annotations

import asyncio
import json
import random
from pathlib import Path

import pytest

from tests.conftest import PROVE
from tests.faults.audit import audit
from tests.faults.badline import between_proxies
from tests.faults.lines import RecordingLine
from tests.faults.pair import with_photos
from tests.faults.processes import SETTINGS
from tests.faults.proxy import Proxy, Weather
from tests.nodes import reply, request, until
from tracer.canonical import unb64url
from tracer.errors import LineError
from tracer.exchange import batch as wire
from tracer.node.rooms import Rooms
from tracer.transport.port import PeerLine

SEEDS = range(30) if PROVE else range(1)
REQUESTS = 8 if PROVE else 4
PHOTO = 20_000
ALONE = "batch_messages = 1\n"
"""Each message is a batch, so that there are many."""


class Recording:
    """Wraps the lines of both nodes, the first one's first."""

    def __init__(self) -> None:
        self.lines: list[RecordingLine] = []

    def __call__(self, line: PeerLine) -> PeerLine:
        self.lines.append(RecordingLine(line))
        return self.lines[-1]


@pytest.mark.parametrize("seed", SEEDS)
async def test_words_that_overtake_each_other_lose_nothing_and_repeat_nothing(
    tmp_path: Path, seed: int
) -> None:
    """Both sides send requests and photos; beside them go greetings and batches of before."""
    chance, recording = random.Random(seed), Recording()  # noqa: S311 - seeded moments
    weather = Weather(reorders=chance)
    async with between_proxies(tmp_path, weather, settings=ALONE + SETTINGS, through=recording) as (
        a,
        b,
        proxies,
    ):
        sent = await asyncio.gather(_ask(a.rooms, b.rooms), _ask(b.rooms, a.rooms))
        again = asyncio.gather(
            *(
                _again(side.rooms, line, chance)
                for side, line in zip((a, b), recording.lines, strict=True)
            )
        )
        try:
            await until(lambda: _at_rest(a.rooms, sent[0], b.rooms), seconds=120)
            await until(lambda: _at_rest(b.rooms, sent[1], a.rooms), seconds=120)
        finally:
            again.cancel()
            told = await asyncio.gather(again, return_exceptions=True)
        assert isinstance(told[0], asyncio.CancelledError), told
        assert all(len(line.bodies) >= REQUESTS for line in recording.lines)
        assert all(min(proxy.overtaken) > 0 for proxy in proxies), "words did overtake each other"
        await audit(a.rooms, b.rooms)


async def test_a_batch_that_arrives_after_those_that_were_sent_later_changes_nothing(
    tmp_path: Path,
) -> None:
    """Its sender has given it up, sent the same again and more; then it arrives, with an old head.

    It carries a message that was taken meanwhile, under a head of the sender's log that the other
    side has long seen a larger one of: that is no fault, and its answer is heard by nobody.
    """
    recording = Recording()
    async with between_proxies(tmp_path, Weather(), settings=SETTINGS, through=recording) as (
        a,
        b,
        (_, to_b),
    ):
        first = await a.rooms.submit(request(a.rooms, b.rooms.authority))
        await _receipted(a.rooms, b.rooms, [first.id])
        assert to_b.strand() > 0
        seen: list[int] = []
        stray = await a.rooms.submit(request(a.rooms, b.rooms.authority))
        await until(lambda: len(recording.lines[0].bodies) == 2)  # both batches
        await until(lambda: _all_said(to_b, len(recording.lines[0].bodies[1]), seen))
        to_b.abandon()
        await _receipted(a.rooms, b.rooms, [stray.id])
        later = [(await a.rooms.submit(request(a.rooms, b.rooms.authority))).id for _ in range(3)]
        await _receipted(a.rooms, b.rooms, later)
        before = await _leaves(b.rooms)
        assert to_b.strayed == 0
        to_b.release()
        await until(lambda: to_b.strayed > 0)
        assert await _leaves(b.rooms) == before
        assert b.rooms.metrics.snapshot().refusals == {}
        answer = reply(b.rooms, "acknowledgement", stray.thread, a.rooms.authority)
        await _receipted(b.rooms, a.rooms, [(await b.rooms.submit(answer)).id])
        await audit(a.rooms, b.rooms)


def _all_said(proxy: Proxy, body: int, seen: list[int]) -> bool:
    """Whether more than the body has been kept back, and nothing has come in the last looks."""
    seen.append(proxy.kept)
    return proxy.kept > body and seen[-20:].count(proxy.kept) == 20  # looks, a tenth of a second


async def _ask(here: Rooms, there: Rooms) -> list[str]:
    """Send requests, each second one with a photo; their ids."""
    found = []
    for number in range(REQUESTS):
        photo = number % 2 == 0
        asking = (
            with_photos(here, there.authority, 1, PHOTO)
            if photo
            else request(here, there.authority)
        )
        found.append((await here.submit(asking)).id)
    return found


async def _again(rooms: Rooms, line: RecordingLine, chance: random.Random) -> None:
    """Greet, and send batches of before, several at once and in any order, for ever."""
    (peer,) = rooms.cell.get()
    while True:
        some = chance.sample(line.bodies, min(len(line.bodies), 3))
        told = await asyncio.gather(
            rooms.greet.hello(peer),
            *(line.post(peer, "messages", body) for body in some),
            return_exceptions=True,
        )
        broken = [one for one in told if isinstance(one, BaseException)]
        assert all(isinstance(one, LineError) for one in broken), broken
        for answer in (one for one in told if isinstance(one, bytes)):
            replies = wire.read_answer(answer, limit=1).replies
            assert all(one.receipt or _to_be_repeated(one) for one in replies), replies


def _to_be_repeated(one: wire.Reply) -> bool:
    """Whether it was refused because a word between overtook it: its log is to be proved anew."""
    assert isinstance(one.refusal, str)
    said = json.loads(unb64url(one.refusal.split(".")[1]))
    return (said["code"], said["retryable"]) == ("log-proof-needed", True)


async def _at_rest(here: Rooms, sent: list[str], there: Rooms) -> bool:
    """Whether all is receipted, and the photos are there and known to be."""
    if not await _has_receipts(here, there, sent):
        return False
    rows = [
        row
        for side in (here, there)
        for name in sent
        for row in await side.store.read(lambda tx, n=name: tx.attachments.for_message(n))  # type: ignore[misc]
    ]
    return len(rows) == REQUESTS and all(row.state == "complete" for row in rows)


async def _receipted(here: Rooms, there: Rooms, sent: list[str]) -> None:
    await until(lambda: _has_receipts(here, there, sent), seconds=60)


async def _has_receipts(here: Rooms, there: Rooms, sent: list[str]) -> bool:
    peer = there.authority
    found = [
        await here.store.read(lambda tx, n=name: tx.messages.receipt(peer, n))  # type: ignore[misc]
        for name in sent
    ]
    return all(found)


async def _leaves(rooms: Rooms) -> int:
    return await rooms.store.read(lambda tx: tx.log.head().size)
