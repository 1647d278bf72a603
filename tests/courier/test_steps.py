"""The power may fail at every persistent step of export and import: the next try makes it whole.

As in `tests/faults/test_steps`, a first run notes the steps, and each of them then fails once, with
and without the end of the process.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import PROVE
from tests.courier.bag import carry, even, folder_is_empty, pack, take
from tests.faults.pair import Pair, Side, StepError, pair, with_photos
from tests.nodes import reply
from tracer.errors import TracerError

SIZE = 20_000
A_PAIR = 8
TRIES = 6


async def _until_even(two: Pair, here: Side, there: Side) -> None:
    for _ in range(TRIES):
        try:
            await carry(here, there)
        except (StepError, TracerError):
            for side in (two.a, two.b):
                await side.mend()
            continue
        if not await here.busy():
            return
    raise AssertionError("the courier never brings it to an end")


async def _steps(root: Path, failing: str) -> list[str]:
    async with pair(root) as two:
        side: Side = getattr(two, failing)
        a, b = two.a, two.b
        sent = await a.rooms.submit(with_photos(a.rooms, a.other, 1, SIZE))
        side.trap.set(None)
        await carry(a, b)
        await b.rooms.submit(reply(b.rooms, "acknowledgement", sent.thread, b.other))
        await carry(b, a)
        await even(two)
        return list(side.trap.steps)


@pytest.mark.parametrize("failing", ["a", "b"])
async def test_any_step_of_the_way_may_fail_once(tmp_path: Path, failing: str) -> None:
    names = await _steps(tmp_path / "first", failing)
    assert {"courier.write", "courier.sync", "courier.rename", "courier.renamed"} < set(names)
    assert {"lane.before-commit", "lane.after-commit"} < set(names)
    cases = [(at, crash) for at in range(len(names)) for crash in (False, True)]
    if not PROVE:
        cases = cases[(failing == "b") :: 5]
    for start in range(0, len(cases), A_PAIR):
        async with pair(tmp_path / str(start)) as two:
            for at, crash in cases[start : start + A_PAIR]:
                await _fails(two, getattr(two, failing), at, crash=crash, names=names)


async def _fails(two: Pair, side: Side, at: int, *, crash: bool, names: list[str]) -> None:
    side.crashes = crash
    a = two.a
    try:
        sent = await a.rooms.submit(with_photos(a.rooms, a.other, 1, SIZE))
        side.trap.set(at)
        await _until_even(two, a, two.b)
        await _answer(two, sent.thread)
        await even(two)
    except BaseException as error:
        error.add_note(f"step {at} of {names}, crash: {crash}")
        raise
    finally:
        side.trap.set(None)


async def _answer(two: Pair, thread: str) -> None:
    b = two.b
    queued = await b.rooms.store.read(lambda tx: tx.outbox.rows(thread=thread))
    for _ in range(TRIES):
        if queued:
            break
        try:
            await b.rooms.submit(reply(b.rooms, "acknowledgement", thread, b.other))
        except (StepError, TracerError):
            await b.mend()
        queued = await b.rooms.store.read(lambda tx: tx.outbox.rows(thread=thread))
    await _until_even(two, b, two.a)


async def test_a_file_that_could_not_be_written_leaves_nothing_and_is_written_again(
    tmp_path: Path,
) -> None:
    async with pair(tmp_path) as two:
        sent = await two.a.rooms.submit(with_photos(two.a.rooms, two.a.other, 1, SIZE))
        two.a.trap.on("courier.rename")
        with pytest.raises(StepError):
            await pack(two.a)
        assert (await two.a.row(sent.id)).first_attempt is not None
        await two.a.restart()
        (file,) = await pack(two.a)
        given = await take(two.b, file)
        await take(two.a, given.back[0])
        await even(two)
        assert folder_is_empty(two.b)
