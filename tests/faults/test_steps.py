"""Every persistent step fails once, before and after it is stored; then the normal path recovers.

The steps are not listed here: a first run without faults notes them, then the same conversation is
held again once for each of them. `lane.after-commit`, `attachment.appended` and
`attachment.renamed` are the "failed but persisted" ones, the others are "failed".
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import PROVE
from tests.faults.audit import audit
from tests.faults.pair import Failure, Pair, Side, pair, with_photos
from tests.nodes import Mode, reply
from tracer.errors import TracerError
from tracer.model.messages import AnyMessage
from tracer.store import Tx

MODES: dict[str, tuple[Mode, Mode]] = {
    "delivered": ("reached", "reached"),
    "collected": ("reached", "collects"),
}
SIZE = 20_000
"""Bytes of the photo: two pieces."""
A_PAIR = 12
"""Cases held with one pair of nodes."""


async def say(side: Side, build: Callable[[], AnyMessage]) -> str:
    """Submit one message. After an error it is looked for in the queue, and submitted if not there.

    This is what releasing a draft does: the draft is marked in the same transaction.
    """
    before = await _queued(side)
    try:
        return (await side.rooms.submit(build())).id
    except (Failure, TracerError):
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
    assert {"lane.begin", "lane.body", "lane.head", "lane.before-commit"} < set(names)
    assert {"lane.after-commit", "attachment.append", "attachment.renamed"} < set(names)
    cases = [(at, crash) for at in range(len(names)) for crash in (False, True)]
    if not PROVE:  # each step once, every second time with a loss of memory
        cases = [(at, crash) for at, crash in cases if crash == bool(at % 2)]
    for start in range(0, len(cases), A_PAIR):
        async with pair(tmp_path / str(start), modes=MODES[mode]) as two:
            for at, crash in cases[start : start + A_PAIR]:
                await _fails(two, getattr(two, failing), at, crash=crash, names=names)


async def _steps(root: Path, mode: str, failing: str) -> list[str]:
    async with pair(root, modes=MODES[mode]) as two:
        await conversation(two)
        await audit(two.a.rooms, two.b.rooms)
        side: Side = getattr(two, failing)
        return list(side.trap.steps)


async def _fails(two: Pair, side: Side, at: int, *, crash: bool, names: list[str]) -> None:
    side.crashes = crash
    side.trap.set(at)
    try:
        await conversation(two)
        assert side.trap.sprung == names[at]
        await audit(two.a.rooms, two.b.rooms)
    except BaseException as error:
        error.add_note(f"step {at} of {names}, crash: {crash}")
        raise
