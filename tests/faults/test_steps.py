"""Every persistent step fails once, before and after it is stored; then the normal path recovers.

The steps are not listed here: a first run without faults notes them, then the same conversation is
held again once for each of them. `lane.after-commit`, `attachment.appended` and
`attachment.renamed` are the "failed but persisted" ones, the others are "failed".
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.audit import audit
from tests.faults.pair import Failure, Pair, Side, Trap, pair, with_photos
from tests.nodes import Mode, reply
from tracer.errors import TracerError
from tracer.model.messages import AnyMessage
from tracer.store import Tx

MODES: dict[str, tuple[Mode, Mode]] = {
    "delivered": ("reached", "reached"),
    "collected": ("reached", "collects"),
}
SIZE = 40_000
"""Bytes of the photo: three pieces."""


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
    """A request with a photo, its acknowledgement, a reminder; the thread."""
    a, b = pair.a, pair.b
    thread = await say(a, lambda: with_photos(a.rooms, a.other, 1, SIZE))
    await pair.drain()
    await say(b, lambda: reply(b.rooms, "acknowledgement", thread, a.rooms.authority))
    await pair.drain()
    await say(a, lambda: reply(a.rooms, "reminder", thread, b.rooms.authority))
    await pair.drain()
    return thread


@pytest.mark.parametrize("crash", [False, True], ids=["goes on", "starts again"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("failing", ["a", "b"])
async def test_any_step_may_fail_once(tmp_path: Path, mode: str, failing: str, crash: bool) -> None:
    async with pair(tmp_path, modes=MODES[mode]) as two:
        side: Side = getattr(two, failing)
        trap: Trap = side.trap
        side.crashes = crash
        await conversation(two)
        names = list(trap.steps)
        assert {"lane.begin", "lane.body", "lane.head", "lane.before-commit"} < set(names)
        assert {"lane.after-commit", "attachment.append", "attachment.renamed"} < set(names)
        for at, name in enumerate(names):
            trap.set(at)
            try:
                await conversation(two)
                assert trap.sprung == name
                await audit(two.a.rooms, two.b.rooms)
            except BaseException as error:
                error.add_note(f"step {at} of {len(names)}: {name} ({trap.steps})")
                raise
