"""Every persistent step fails once, before and after it is stored; then the normal path recovers.

A run without faults notes the steps in the order in which they come, then the same
conversation is held again once for each of them. `STEPS` names what must be among them: for each
thing that persists the trap before it ("failed") and the one after it ("failed but persisted").
That nothing persists without traps is the matter of `test_traps`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import PROVE
from tests.faults.audit import audit
from tests.faults.lines import TaintingLine
from tests.faults.pair import Pair, Side, StepError, pair, with_photos
from tests.nodes import Mode, reply
from tracer.errors import TracerError
from tracer.model.messages import AnyMessage
from tracer.store import Tx
from tracer.transport.port import PeerLine

MODES: dict[str, tuple[Mode, Mode]] = {
    "delivered": ("reached", "reached"),
    "collected": ("reached", "collects"),
}
STEPS = {
    "a transaction": ("lane.before-commit", "lane.after-commit"),
    "our head, noted outside the database": ("high-water.mark", "high-water.marked"),
    "bytes at the end of a part": ("attachment.append", "attachment.appended"),
    "the whole part, synced": ("attachment.sync", "attachment.rename"),
    "its final name": ("attachment.rename", "attachment.linked"),
    "that name, synced": ("attachment.linked", "attachment.renamed"),
    "the part, removed": ("attachment.forget", "attachment.forgotten"),
}
"""What persists on either side of `conversation`, with the steps before and after it."""
FIRST = ("high-water.mark", "high-water.marked", "high-water.synced")
"""The same of the first head that a node ever signs: this note alone is synced."""
REJECTED = ("attachment.reject", "attachment.rejected")
"""The same of a part with a wrong digest, which is removed."""
SIZE = 20_000
"""Bytes of the photo: two pieces."""
A_PAIR = 8
"""Cases held with one pair of nodes."""


async def say(side: Side, build: Callable[[], AnyMessage]) -> str:
    """Submit one message. After an error it is looked for in the queue, and submitted if not there.

    This is what releasing a draft does: the draft is marked in the same transaction.
    """
    before = await _queued(side)
    try:
        return (await side.rooms.submit(build())).id
    except (StepError, TracerError):
        await side.mend()
        stored = await _queued(side) - before
        if stored:
            (found,) = stored
            return found
        return (await side.rooms.submit(build())).id


async def _queued(side: Side) -> set[str]:
    def body(tx: Tx) -> set[str]:
        return {row.message_id for row in tx.outbox.rows(limit=100_000)}

    return await side.rooms.store.read(body)


async def conversation(pair: Pair) -> str:
    """A request with a photo and its acknowledgement; the thread."""
    a, b = pair.a, pair.b
    thread = await say(a, lambda: with_photos(a.rooms, a.other, 1, SIZE))
    await pair.drain()
    await say(b, lambda: reply(b.rooms, "acknowledgement", thread, a.rooms.authority))
    await pair.drain()
    return thread


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("failing", ["a", "b"])
async def test_any_step_may_fail_once(tmp_path: Path, mode: str, failing: str) -> None:
    names = await _steps(tmp_path / "first", mode, failing)
    assert {"lane.begin", "lane.body", "lane.head"} < set(names)
    assert {step for both in STEPS.values() for step in both} < set(names)
    cases = [(at, crash) for at in range(len(names)) for crash in (False, True)]
    if not PROVE:  # a third of them, another third for each of the four
        offset = (failing == "b") + 2 * (mode == "collected")
        cases = cases[offset % 3 :: 3]
    for start in range(0, len(cases), A_PAIR):
        async with pair(tmp_path / str(start), modes=MODES[mode]) as two:
            await conversation(two)
            for at, crash in cases[start : start + A_PAIR]:
                await _fails(two, getattr(two, failing), at, crash=crash, names=names)


async def _steps(root: Path, mode: str, failing: str) -> list[str]:
    async with pair(root, modes=MODES[mode]) as two:
        await conversation(two)
        side: Side = getattr(two, failing)
        side.trap.set(None)
        await conversation(two)
        await audit(two.a.rooms, two.b.rooms)
        return list(side.trap.steps)


async def _fails(two: Pair, side: Side, at: int, *, crash: bool, names: list[str]) -> None:
    side.crashes = crash
    side.trap.set(at)
    try:
        await conversation(two)
        assert side.trap.sprung
        await audit(two.a.rooms, two.b.rooms)
    except BaseException as error:
        error.add_note(f"step {at} of {names}, crash: {crash}")
        raise


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("step", REJECTED)
async def test_the_removal_of_a_wrong_file_may_fail_and_the_right_one_follows(
    tmp_path: Path, mode: str, step: str
) -> None:
    lines: list[TaintingLine] = []

    def through(line: PeerLine) -> PeerLine:
        lines.append(TaintingLine(line))
        return lines[-1]

    async with pair(tmp_path, modes=MODES[mode], through=through) as two:
        for crash in (False, True):
            two.b.crashes = crash
            two.b.trap.on(step)
            carrying = lines[0] if mode == "delivered" else lines[-1]
            carrying.taints = True
            await conversation(two)
            assert (two.b.trap.sprung, carrying.did["tainted"]) == (step, 1)
            carrying.did.clear()
            await audit(two.a.rooms, two.b.rooms)


@pytest.mark.parametrize("crash", [False, True])
@pytest.mark.parametrize("failing", ["a", "b"])
@pytest.mark.parametrize("step", FIRST)
async def test_the_first_note_of_a_head_may_fail_when_it_is_sent_and_when_it_gives_a_receipt(
    tmp_path: Path, step: str, failing: str, *, crash: bool
) -> None:
    """`a` signs its first head to deliver, `b` to give its first receipt."""
    async with pair(tmp_path) as two:
        side: Side = getattr(two, failing)
        side.crashes = crash
        side.trap.on(step)
        await conversation(two)
        assert side.trap.sprung == step
        await audit(two.a.rooms, two.b.rooms)
