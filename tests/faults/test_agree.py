"""Ten thousand messages between two processes that are killed all the time: the two logs agree."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from tests.conftest import PROVE
from tests.faults.agree import agree
from tests.faults.audit import audit
from tests.faults.life import FastClock, Life
from tests.faults.node import ACT
from tests.faults.processes import Child, children, opened
from tests.nodes import until
from tracer.node.rooms import Rooms
from tracer.store import Tx

REQUESTS = 2500 if PROVE else 30
"""That each of the two sends; each is answered, so there are four times as many messages."""
KILLS = 150 if PROVE else 4
"""At least so many, whenever the messages are through."""
SPEED = 600
"""The clock of both: a second is ten minutes, so hours end and targets come due between kills."""
A_LIFE = 8 * REQUESTS // KILLS
"""Messages that a process sends and takes in at most in one life, so that load is no matter."""
SWAY = 0.2
"""Seconds at most from there to the kill; the moment is what is tested."""
SEED = 20260511
SETTINGS = "[witness]\nevery_seconds = 1\n[clocks]\ntick_seconds = 1\n"
STEPS = (
    "lane.body",
    "lane.before-commit",
    "lane.after-commit",
    "witness.kept",
    "witness.noted",
    "high-water.mark",
    "high-water.marked",
    "attachment.appended",
    "attachment.linked",
    "attachment.renamed",
    "attachment.forget",
)
"""Where half of the processes kill themselves; the others are killed wherever they are."""


async def test_two_logs_agree_on_every_message_whenever_their_processes_were_killed(
    tmp_path: Path,
) -> None:
    begun, clock = time.monotonic(), FastClock(datetime.now(UTC), SPEED)
    async with children(tmp_path, clock=clock, settings=SETTINGS, watched=True) as (a, b):
        fell = await _killed(a, b, clock)
        await until(lambda: a.open() + b.open() == 0, seconds=300)
        assert [await child.end(signal.SIGTERM) for child in (a, b)] == [0, 0]
        rested = time.monotonic()
        async with opened(a, b, clock=clock) as (ours, theirs):
            await audit(ours, theirs)
            found = await agree(ours, theirs)
            await _kept(a, ours)
            await _kept(b, theirs)
            worked = [await rooms.store.read(_worked) for rooms in (ours, theirs)]
    assert found.messages >= 4 * REQUESTS
    assert found.receipts == found.proofs == found.messages
    assert all(min(one.values()) > 0 for one in worked), "all of it was at work"
    print(  # noqa: T201
        f"{found.messages} messages, {sum(fell.values())} kills in {rested - begun:.0f} s; "
        f"{found.records} records in two logs, {found.receipts} receipts and {found.proofs} proofs "
        f"of the sender agree, {found.acts} acts; checked in {time.monotonic() - rested:.0f} s\n"
        f"beside it: {dict(sum(map(Counter, worked), Counter()))}\n"
        f"died at: {dict(sorted(fell.items()))}"
    )


async def _killed(a: Child, b: Child, clock: FastClock) -> Counter[str]:
    """Let both work, and kill one of them again and again; where they were."""
    chance = random.Random(SEED)  # noqa: S311 - seeded moments
    fell: Counter[str] = Counter()
    for child in (a, b):
        await child.start(_life(child, clock, chance))
    while sum(fell.values()) < KILLS or a.asked() < REQUESTS or b.asked() < REQUESTS:
        victim = chance.choice((a, b))
        await _lives(victim, victim.messages() + chance.randint(0, A_LIFE), a, b)
        victim = next((child for child in (a, b) if child.dead), victim)
        await asyncio.to_thread(victim.join, chance.random() * SWAY)
        how = "fuse" if victim.dead else "killed"
        assert await victim.end(signal.SIGKILL) == -signal.SIGKILL, victim.crashed
        fell[f"{how} {victim.step}"] += 1
        await victim.start(_life(victim, clock, chance))
    for child in (a, b):
        await child.end(signal.SIGKILL)
        await child.start(Life(0, clock, journals=True))
    return fell


async def _lives(victim: Child, messages: int, *both: Child) -> None:
    """Wait until it has so many messages, or a fuse has burnt, or nothing is left to be done."""
    while victim.messages() < messages and any(one.open() for one in both):
        if any(child.dead for child in both):
            return
        await asyncio.to_thread(victim.join, 0.02)


def _life(child: Child, clock: FastClock, chance: random.Random) -> Life:
    """What is left to be sent, and for half of the lives a step that ends them."""
    fuse = (chance.choice(STEPS), chance.randint(1, 8)) if chance.random() < 0.5 else None
    left = max(REQUESTS - child.asked(), 0)
    return Life(left, clock, queued=40, journals=True, fuse=fuse)


async def _kept(child: Child, rooms: Rooms) -> None:
    """Every message and act that the process was told is kept is here, once."""
    sent, acted = child.sent, child.acted
    known = await rooms.store.read(lambda tx: tx.messages.known(child.peer, sent))
    assert set(sent) - known.keys() == set()
    assert len(set(sent)) == len(sent)
    acts = await rooms.store.read(lambda tx: tx.audit.list(1_000_000, act=ACT))
    counted = Counter(row.subject for row in acts)
    assert set(acted) - counted.keys() == set()
    assert {name for name, count in counted.items() if count > 1} == set()


def _worked(tx: Tx) -> dict[str, int]:
    """What each node did beside sending and receiving."""
    origin = tx.log.head().origin
    threads = [row.id for row in tx.threads.list(limit=1_000_000)]
    return {
        "journal entries": len(tx.journal.entries(tx.journal.head().origin)),
        "own heads cosigned": len(tx.witness.sizes(origin, most=1_000_000)),
        "heads of the other cosigned": len(tx.witness.heads()),
        "threads looked at by the clock": len(tx.clocks.targets(threads)),
    }
