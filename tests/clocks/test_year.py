"""A simulated year: what was done about every clock is what the script alone says.

Full size under `make prove`: 30 States, 20,000 requests. `make test` plays four States and a few
dozen requests of such a script.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clocks.book import REMINDERS, CaseBook, Done, Stands, books
from tests.clocks.script import Script, write
from tests.clocks.world import Node, World
from tests.conftest import PROVE
from tracer.clock import instant
from tracer.exchange.projection import events_of
from tracer.model.clocks import ClockKind, Deadline, deadlines
from tracer.model.clocks.schedule import TO_PEER
from tracer.model.thread import Event
from tracer.store import Tx

STATES = 30 if PROVE else 4
REQUESTS = int(os.environ.get("YEAR_REQUESTS", "20000" if PROVE else "40"))
PROMISED = (ClockKind.ACKNOWLEDGE, ClockKind.FIRST_ANSWER, ClockKind.FINAL_ANSWER)


@pytest.mark.prove
async def test_in_a_year_every_act_is_done_once_and_in_time(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    begun = time.monotonic()

    def told(line: str) -> None:
        with capfd.disabled():
            print(f"{time.monotonic() - begun:8.0f} s  {line}", flush=True)  # noqa: T201

    script = write(states=STATES, requests=REQUESTS, seed=3)
    await _prove(script, tmp_path, told if PROVE else lambda _: None)


async def _prove(script: Script, root: Path, told: Callable[[str], None]) -> None:
    world = World(script, root)
    async with world.open():
        await world.play(told)
        told(f"{world.carried:,} messages, {world.looked:,} looks, {len(world.noted):,} acts")
        done = Counter(world.done())
        wanted: Counter[Done] = Counter()
        for book in books(script):
            wanted.update(book.done)
            await _same_on_both_sides(world, book)
            if book.case.number % 1000 == 0:
                told(f"compared {book.case.number:,} cases")
    _compare(script, done, wanted)
    _never_too_many(world)


def _compare(script: Script, done: Counter[Done], wanted: Counter[Done]) -> None:
    """Nothing twice, nothing missed, nothing that should not be; all at the instant itself."""
    assert [act for act, count in done.items() if count > 1] == [], "done twice"
    missed, needless = sorted(wanted - done), sorted(done - wanted)
    wrong = sorted({one.case for one in (*missed, *needless)})
    if wrong:
        first = wrong[0]
        lines = [f"{len(wrong)} cases; case {first}:", *map(str, script.cases[first].said)]
        lines += [f"missed {one}" for one in missed if one.case == first]
        lines += [f"needless {one}" for one in needless if one.case == first]
        raise AssertionError("\n".join(lines))
    assert len(done) > 10 * len(script.cases)


def _never_too_many(world: World) -> None:
    """The peer never gets more reminders than the policy says, from one side of one thread."""
    asked = Counter(
        (one.thread, one.side, one.act.kind) for one in world.noted if one.act.kind in TO_PEER
    )
    assert max(asked.values()) <= REMINDERS


async def _same_on_both_sides(world: World, book: CaseBook) -> None:
    thread = world.threads[book.case.number]
    found = [
        await _deadlines(world.nodes[state.name], thread, world)
        for state in (book.case.opener, book.case.other)
    ]
    assert found[0] == found[1], "both sides compute the same deadlines"
    stands = [
        Stands(str(one.target.kind), line, instant(one.target.due), str(one.standing))
        for one in found[0]
        if one.target.kind in PROMISED
        for line in one.target.lines or (0,)
    ]
    assert sorted(stands) == sorted(book.standings(world.clock.now())), book.case.said


async def _deadlines(node: Node, thread: str, world: World) -> tuple[Deadline, ...]:
    def body(tx: Tx) -> list[Event]:
        row = tx.threads.get(thread)
        assert row is not None
        return events_of(tx, row)

    events = await node.rooms.store.read(body)
    request = next(event.message for event in events if event.id == thread)
    terms = await node.rooms.store.read(lambda tx: tx.terms.get(getattr(request, "terms", "")))
    assert terms is not None
    return deadlines(events, terms, world.clock.now())
