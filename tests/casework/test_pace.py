"""Very many in an hour: slowed and known, never shut out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.casework.desks import THEM, Desk, open_desk, request_document
from tests.casework.test_attach import sent_photo
from tests.casework.test_transcribing import POST
from tracer.casework.pace import LONGEST, PEOPLE, STEP, WAITING, Pace
from tracer.config import Config
from tracer.errors import InputError

BOUND = 10
"""Of cases and of drafts in these tests."""


class Sleeps:
    """Pauses that are noted and over at once; or, while `held`, when they are let go."""

    def __init__(self) -> None:
        self.taken: list[float] = []
        self.held: asyncio.Event | None = None

    async def __call__(self, seconds: float) -> None:
        """Note it."""
        self.taken.append(seconds)
        if self.held is not None:
            await self.held.wait()


def paced(desk: Desk, sleeps: Sleeps) -> Pace:
    return Pace(store=desk.store, clock=desk.clock, cases=BOUND, drafts=BOUND, pause=sleeps)


async def told(desk: Desk) -> list[tuple[str, str, int]]:
    """Who was told of, for what, with which number, the oldest first."""
    rows = await desk.store.read(lambda tx: tx.audit.list(1000))
    return [
        (row.act, row.subject, row.detail["count"])
        for row in reversed(rows)
        if row.act in {"cases-many", "drafts-many"}
    ]


async def test_up_to_the_bound_nothing_is_slowed_and_nobody_is_told(desk: Desk) -> None:
    sleeps = Sleeps()
    pace = paced(desk, sleeps)
    for n in range(BOUND):
        await pace.read("ada", f"case {n}")
        await pace.read("ada", "case 0")
    assert sleeps.taken == []
    assert await told(desk) == []


async def test_each_further_new_case_takes_a_pause_that_grows_to_a_few_seconds(desk: Desk) -> None:
    sleeps = Sleeps()
    pace = paced(desk, sleeps)
    for n in range(BOUND + 80):
        await pace.read("ada", f"case {n}")
        desk.clock.advance(timedelta(seconds=LONGEST))
    assert sleeps.taken == pytest.approx([min(n * STEP, LONGEST) for n in range(1, 81)])
    assert max(sleeps.taken) == LONGEST


async def test_a_case_that_was_opened_within_the_hour_opens_again_at_once(desk: Desk) -> None:
    sleeps = Sleeps()
    pace = paced(desk, sleeps)
    for n in range(BOUND + 1):
        await pace.read("ada", f"case {n}")
    for n in range(BOUND + 1):
        await pace.read("ada", f"case {n}")
    assert len(sleeps.taken) == 1


async def test_the_auditors_are_told_once_for_a_person_and_hour(desk: Desk) -> None:
    pace = paced(desk, Sleeps())
    for hour in range(2):
        for n in range(BOUND + 5):
            await pace.read("ada", f"case {hour} {n}")
            await pace.read("ben", f"case {hour}")
        desk.clock.advance(timedelta(hours=1))
    assert await told(desk) == [("cases-many", "ada", BOUND + 1)] * 2
    found = (await desk.lists.waiting("aud")).many
    assert [(one.person, one.kind, one.count) for one in found] == [
        ("ada", "cases-many", BOUND + 1)
    ] * 2
    assert (await desk.lists.waiting("ben")).many == ()
    desk.clock.advance(timedelta(days=8))
    assert (await desk.lists.waiting("aud")).many == ()


async def test_where_life_is_at_risk_there_is_no_pause_however_many_it_were(desk: Desk) -> None:
    sleeps = Sleeps()
    pace = paced(desk, sleeps)
    for n in range(BOUND + 20):
        await pace.read("ada", f"case {n}", urgent=True)
    assert sleeps.taken == []
    assert await told(desk) == [("cases-many", "ada", BOUND + 1)]


async def test_what_is_asked_for_side_by_side_goes_on_one_after_the_other(desk: Desk) -> None:
    sleeps = Sleeps()
    pace = paced(desk, sleeps)
    for n in range(BOUND + 60):
        await pace.read("ada", f"case {n}")
        desk.clock.advance(timedelta(seconds=LONGEST))
    sleeps.taken.clear()
    await asyncio.gather(*(pace.read("ada", f"other {n}") for n in range(4)))
    assert sleeps.taken == pytest.approx([LONGEST * n for n in range(1, 5)])


async def test_of_very_many_at_once_a_few_wait_the_others_come_back_and_nobody_else_is_held_up(
    desk: Desk,
) -> None:
    sleeps = Sleeps()
    pace = paced(desk, sleeps)
    for n in range(BOUND + 1):
        await pace.read("ada", f"case {n}")
    sleeps.held = asyncio.Event()
    waiting = [asyncio.create_task(pace.read("ada", f"other {n}")) for n in range(WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(InputError) as found:
        await pace.read("ada", "one more")
    assert found.value.code == "pace-busy"
    await pace.read("ada", "case 3")
    await pace.read("ada", "a life", urgent=True)
    await pace.read("ben", "one more")
    sleeps.held.set()
    await asyncio.gather(*waiting)
    await pace.read("ada", "one more")


async def test_a_person_whose_hour_is_over_is_forgotten_and_so_is_the_longest_of_too_many(
    desk: Desk,
) -> None:
    pace = paced(desk, Sleeps())
    for n in range(PEOPLE + 5):
        await pace.read(f"person {n}", "case")
    assert pace.counted() == PEOPLE
    desk.clock.advance(timedelta(hours=1))
    await pace.read("ada", "case")
    assert pace.counted() == 1


DOORS: dict[str, Callable[[Desk, str, str], Awaitable[object]]] = {
    "page": lambda desk, thread, _: desk.reads.case("eve", thread),
    "notes": lambda desk, thread, _: desk.notes.list("eve", thread),
    "file": lambda desk, thread, name: desk.attach.open_attachment("eve", thread, name, 1),
    "picture": lambda desk, thread, name: desk.attach.picture("eve", thread, name, 1),
    "original": lambda desk, thread, name: desk.attach.original("eve", thread, name, 1),
    "paper": lambda desk, thread, _: desk.transcribing.original("eve", thread, 1),
}


@pytest.mark.parametrize("door", sorted(DOORS))
async def test_by_whatever_door_a_case_is_opened_it_counts(tmp_path: Path, door: str) -> None:
    sleeps = Sleeps()
    async with open_desk(tmp_path, bound=1, pause=sleeps) as desk:
        thread, message = await sent_photo(desk)
        await desk.transcribing.came("ben", thread, POST)
        other = await desk.released()
        await desk.reads.case("eve", other.thread)
        sleeps.taken.clear()
        await DOORS[door](desk, thread, message)
        assert sleeps.taken == pytest.approx([STEP])
        assert ("cases-many", "eve", 2) in await told(desk)


async def test_a_draft_that_is_begun_counts_and_its_changes_do_not(tmp_path: Path) -> None:
    sleeps = Sleeps()
    async with open_desk(tmp_path, bound=2, pause=sleeps) as desk:
        sent = await desk.released()
        draft = await desk.drafts.new("ada", request_document(), THEM)
        await desk.drafts.edit("ada", draft.id, request_document())
        assert sleeps.taken == []
        await desk.drafts.reply_draft("ada", sent.thread, "withdraw")
        assert sleeps.taken == pytest.approx([STEP])
        assert await told(desk) == [("drafts-many", "ada", 3)]


async def test_a_request_where_life_is_at_risk_opens_at_once_whatever_was_opened_before(
    tmp_path: Path,
) -> None:
    sleeps = Sleeps()
    async with open_desk(tmp_path, bound=1, pause=sleeps) as desk:
        calm = await desk.released()
        at_risk = await desk.released(
            request_document(urgency={"level": "FLASH", "reason": "LIFE_AT_RISK"})
        )
        await desk.reads.case("eve", calm.thread)
        sleeps.taken.clear()
        await desk.reads.case("eve", at_risk.thread)
        await desk.receipted(at_risk)
        await desk.reads.case("sam", at_risk.thread)
        assert ("cases-many", "eve", 2) in await told(desk)
        assert sleeps.taken == []


def test_the_settings_are_the_bounds_of_a_node() -> None:
    config = Config.load(None, environ={"TRACER_PACE__CASES": "20"})
    assert (config.pace.cases, config.pace.drafts) == (20, 100)
