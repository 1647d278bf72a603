"""Every persistent step fails once, before and after it is stored: nothing lost, nothing twice.

The steps are not listed here: a first run without faults notes them, then the same hours pass
again once for each of them. `lane.after-commit` is the "failed but persisted" one.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from tests.clocks.two import Two, two
from tests.conftest import PROVE
from tests.faults.audit import audit
from tests.faults.pair import Side, StepError
from tracer.clock import instant
from tracer.errors import TracerError
from tracer.model.messages import type_of

HOURS = timedelta(hours=10)
"""In these an urgent request is not acknowledged: four notices, two reminders."""
A_PAIR = 6
"""Cases held with one pair of nodes."""


@pytest.mark.parametrize("failing", ["a", "b"])
async def test_any_step_of_a_tick_may_fail_once(tmp_path: Path, failing: str) -> None:
    async with two(tmp_path / "first") as net:
        thread = await net.ask("URGENT")
        side: Side = getattr(net, failing).side
        side.trap.set(None)
        await hours(net)
        names = list(side.trap.steps)
        wanted = await told(net, thread)
    assert {"lane.begin", "lane.body", "lane.before-commit", "lane.after-commit"} <= set(names)
    assert sum(wanted.values()) == 6
    cases = [(at, crash) for at in range(len(names)) for crash in (False, True)]
    if not PROVE:
        cases = cases[(failing == "b") :: max(len(cases) // 5, 1)]
    for start in range(0, len(cases), A_PAIR):
        async with two(tmp_path / f"{start}") as net:
            for at, crash in cases[start : start + A_PAIR]:
                await fails(net, failing, at, crash=crash, names=names, wanted=wanted)


async def fails(
    net: Two, failing: str, at: int, *, crash: bool, names: list[str], wanted: Counter[str]
) -> None:
    side: Side = getattr(net, failing).side
    thread = await net.ask("URGENT")
    side.crashes = crash
    side.trap.set(at)
    try:
        await hours(net)
        assert side.trap.sprung, "there are as many steps as before"
        assert await told(net, thread) == wanted
        await audit(net.a.side.rooms, net.b.side.rooms)
    except BaseException as error:
        error.add_note(f"step {at} of {names}, crash: {crash}")
        raise
    side.trap.set(None)


async def hours(net: Two) -> None:
    """Both look at every instant that is due; a look that fails is made again."""
    clock, end = net.pair.clock, net.pair.clock.now() + HOURS
    while True:
        await rest(net)
        dues = [
            await house.side.rooms.store.read(lambda tx: tx.clocks.next())
            for house in (net.a, net.b)
        ]
        coming = min((instant(due) for due in dues if due), default=end)
        if coming > end:
            clock.advance(end - clock.now())
            return
        clock.advance(max(coming - clock.now(), timedelta()))


async def rest(net: Two) -> None:
    """Look until nothing is due; what fails is mended, as a worker or a restart does."""
    for _ in range(12):
        looked = 0
        for house in (net.a, net.b):
            try:
                looked += (await house.tick()).looked
            except (StepError, TracerError):
                await house.side.mend()
                looked += 1
        if not looked:
            return
        if await net.a.side.busy() or await net.b.side.busy():
            await net.pair.drain()
    raise AssertionError("the clocks do not come to rest")


async def told(net: Two, thread: str) -> Counter[str]:
    """What people were told and what the peer received, without what differs between cases."""
    found: Counter[str] = Counter()
    for name, house in (("a", net.a), ("b", net.b)):
        found.update(f"{name} {kind}" for kind in await house.kinds(thread))
        found.update(f"{name} sent {type_of(one)}" for one in await house.sent(thread))
    return found
