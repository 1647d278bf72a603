"""The cooperation page of a peer with 100,000 requests: how long its data take, as casework reads.

The requests are spread over seven years, half of them ours. Four in five are answered, most in
time; the others are open, most of them for long. Rows are inserted in bulk and months added up
once, as they are on a node that runs. Beside it the page of a peer that has never answered
anything: all its requests are open. And what keeps the page ready: to look at one request anew, to
add up one month.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from statistics import median
from typing import Final

from tests.bench.table import Figure, set_against
from tests.model.clocks import TERMS, Timed
from tests.store.make import REST_KEY
from tests.trust.makers import verified
from tracer.canonical import b64url
from tracer.casework.figures.cooperation import Cooperation
from tracer.clock import SystemClock, stamp
from tracer.exchange.clocks.facts import refresh
from tracer.model.clocks import Standing
from tracer.model.cooperation import Act, Clocked, Facts, facts_of
from tracer.store import Store, ThreadRow, Tx
from tracer.store.rows import Opener

TARGET_MS: Final = 50.0
"""What the page of a peer with 100,000 requests may take."""
US, PEER, SILENT = "XA-NPOC", "XB-NPOC", "XC-NPOC"
DAY = timedelta(days=1)
SPREAD = 7 * 365 * DAY
GROUP = 2000
"""Requests inserted in one transaction."""


def measure(root: Path, *, count: int, samples: int) -> list[Figure]:
    """Fill a store with `count` requests with each of two peers, and read both pages."""
    root.mkdir()
    return asyncio.run(_measure(root / "tracer.db", count, samples))


async def _measure(path: Path, count: int, samples: int) -> list[Figure]:
    async with await Store.open(path, rest_key=REST_KEY, clock=SystemClock()) as store:
        await store.write(_people)
        for peer, answers in ((PEER, True), (SILENT, False)):
            await _fill(store, peer, list(_requests(peer, count, answers=answers)))
        desk = Cooperation(store=store, authority=US)
        pages = [await _page(desk, peer, samples) for peer in (PEER, SILENT)]
        month, held = await store.write(lambda tx: _month(tx, samples))
        anew = await store.write(_anew)
    return [
        *_rows(f"cooperation page, {count:,} requests", *pages[0]),
        *_rows(f"  of a peer that never answered {count:,}", *pages[1]),
        Figure("  one request looked at anew", anew, "us"),
        Figure(f"  one stale month of {held:,} added up", month, "ms"),
    ]


def _rows(name: str, wall: float, processor: float) -> list[Figure]:
    return [
        set_against(name, wall, "ms", what="target", other=TARGET_MS),
        set_against("  processor time", processor, "ms", what="target", other=TARGET_MS),
    ]


async def _page(desk: Cooperation, peer: str, samples: int) -> tuple[float, float]:
    """Wall and processor time of reading one page, milliseconds: medians."""
    wall, processor = [], []
    for _ in range(samples + 1):
        begun, spent = time.perf_counter(), time.process_time()
        await desk.show("officer", peer)
        wall.append(time.perf_counter() - begun)
        processor.append(time.process_time() - spent)
    return median(wall[1:]) * 1e3, median(processor[1:]) * 1e3


def _month(tx: Tx, samples: int) -> tuple[float, int]:
    """Processor time to add up the fullest month anew and keep it, in ms; its requests."""
    month = max(
        (one for one in tx.cooperation.side_months() if one.peer == PEER),
        key=lambda one: tx.cooperation.added_up(one).counts["received"].always,
    )
    found = []
    for _ in range(samples):
        begun = time.thread_time()
        tx.cooperation.renew([month])
        found.append(time.thread_time() - begun)
    return median(found) * 1e3, tx.cooperation.added_up(month).counts["received"].always


def _anew(tx: Tx) -> float:
    """Processor time to compute and keep the facts of a request that has changed, in us."""
    case = Timed()
    case.other(timedelta(hours=3), "acknowledgement", received=stamp(case.start))
    case.other(3 * DAY, "more-info")
    case.opener(4 * DAY, "amend", firearms=[{"line": 1}])
    case.other(9 * DAY, "no-record")
    events, row = case.events, ThreadRow(case.events[0].id, PEER, "us", tx.now, test=False)
    tx.threads.create(row)
    found = []
    for turn in range(100):
        begun = time.thread_time()
        refresh(tx, row, facts_of(events[: len(events) - turn % 2], TERMS))
        found.append(time.thread_time() - begun)
    return median(found) * 1e6


def _people(tx: Tx) -> None:
    tx.log.open_origin(f"{US}/log/1")
    tx.people.add("officer", ("officer",), by="bench")
    for name in (PEER, SILENT):
        entry = verified(name)
        tx.peers.put_entry(name, entry.file, seq=1, digest=entry.digest, fingerprint="", by="bench")


async def _fill(store: Store, peer: str, requests: Sequence[Facts]) -> None:
    for start in range(0, len(requests), GROUP):
        part = requests[start : start + GROUP]
        await store.write(lambda tx, part=part, start=start: _insert(tx, peer, part, start))  # type: ignore[misc]
    await store.write(lambda tx: tx.cooperation.renew(tx.cooperation.stale(peer=peer)))


def _insert(tx: Tx, peer: str, requests: Sequence[Facts], start: int) -> None:
    openers: list[Opener] = [("us", "peer")[(start + n) % 2] for n in range(len(requests))]
    both = list(zip(requests, openers, strict=True))
    tx.threads.create_many(
        [ThreadRow(one.thread, peer, opener, one.received, test=False) for one, opener in both]
    )
    tx.cooperation.put_many([(one.thread, peer, opener, one) for one, opener in both])


def _requests(peer: str, count: int, *, answers: bool) -> Iterator[Facts]:
    """Requests with what became of them, the same in every run but for the day it runs on."""
    chance, now = random.Random(7), SystemClock().now()  # noqa: S311 - figures, no secrets
    for number in range(count):
        received = now - chance.random() * SPREAD
        name = b64url(sha256(f"{peer} {number}".encode()).digest())
        if answers and chance.random() < 0.8:
            yield _answered(name, received, chance)
        else:
            yield _open(name, received, chance)


def _answered(name: str, received: datetime, chance: random.Random) -> Facts:
    taken = timedelta(minutes=chance.randrange(10, 3 * 1440))
    took = timedelta(minutes=chance.randrange(5 * 1440, 110 * 1440))
    kind = chance.choice(("result", "result", "result", "no-record", "refused"))
    acts = [
        Act(role="request", type="request", id=name, at=stamp(received)),
        _act("acknowledge", "acknowledgement", name, received + taken),
        _act("answer", kind, name, received + took),
    ]
    if kind == "refused":
        ground = chance.choice(("ITI-22-NATIONAL-SECURITY", "UNTOC-18-21-B", "not-stated"))
        acts.append(
            Act(role="ground", type=kind, id=acts[-1].id, at=acts[-1].at, grounds=(ground,))
        )
    met = Standing.MET if took < 90 * DAY else Standing.MET_LATE
    return Facts(
        thread=name,
        received=stamp(received),
        urgency="ROUTINE",
        acknowledge=Clocked(standing=Standing.MET, due=stamp(received + 3 * DAY)),
        first_answer=Clocked(standing=met, due=stamp(received + 28 * DAY)),
        final_answer=Clocked(standing=met, due=stamp(received + 90 * DAY)),
        acknowledge_minutes=taken // timedelta(minutes=1),
        first_answer_minutes=took // timedelta(minutes=1),
        answer_minutes=took // timedelta(minutes=1),
        kind=kind,
        acts=tuple(acts),
    )


def _open(name: str, received: datetime, chance: random.Random) -> Facts:
    """Nobody has taken it; now and then a question of the other side holds it."""
    held = chance.random() < 0.1
    standing = Standing.PAUSED if held else Standing.PENDING
    lapses = stamp(received + 44 * DAY) if held else ""
    return Facts(
        thread=name,
        received=stamp(received),
        urgency="ROUTINE",
        acknowledge=Clocked(standing=Standing.PENDING, due=stamp(received + 3 * DAY)),
        first_answer=Clocked(standing=standing, due=stamp(received + 28 * DAY), lapses=lapses),
        final_answer=Clocked(standing=standing, due=stamp(received + 90 * DAY), lapses=lapses),
        open_since=stamp(received),
        open_until=lapses,
        acts=(Act(role="request", type="request", id=name, at=stamp(received)),),
    )


def _act(role: str, kind: str, thread: str, at: datetime) -> Act:
    digest = b64url(sha256(f"{thread} {role}".encode()).digest())
    return Act(role=role, type=kind, id=digest, at=stamp(at))  # type: ignore[arg-type]
