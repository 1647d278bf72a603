"""The judge of two logs is no rubber stamp: what is changed behind its back does not pass."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.exchange.losing import dialogue, pair
from tests.faults.agree import agree
from tracer.clock import SystemClock
from tracer.config import Config
from tracer.node.home import Home
from tracer.node.opening import open_rooms

CHANGES = (
    "DELETE FROM receipt WHERE message = (SELECT min(message) FROM receipt)",
    'UPDATE receipt SET "index" = "index" + 1 WHERE message = (SELECT min(message) FROM receipt)',
    "UPDATE receipt SET at = '2026-01-01T00:00:00.000Z'",
    "DELETE FROM audit WHERE number = (SELECT max(number) FROM audit)",
    "UPDATE message SET type = 'reminder' WHERE type = 'acknowledgement'",
)


async def test_what_is_changed_at_one_of_two_nodes_is_not_passed_over(tmp_path: Path) -> None:
    async with pair(tmp_path) as (a, b):
        await dialogue(a, b)
        await dialogue(b, a)
        roots = [one.home.root for one in (a, b)]
    await _judged(*roots)
    for number, statement in enumerate(CHANGES):
        changed = tmp_path / str(number)
        shutil.copytree(roots[0], changed)
        with closing(sqlite3.connect(changed / "tracer.db")) as db, db:
            assert db.execute(statement).rowcount > 0
        with pytest.raises(AssertionError):
            await _judged(changed, roots[1])


async def _judged(*roots: Path) -> None:
    (ours, theirs), clock = map(Home, roots), SystemClock()
    configs = [Config.load(one.root, environ={}) for one in (ours, theirs)]
    async with (
        open_rooms(ours, configs[0], clock) as a,
        open_rooms(theirs, configs[1], clock) as b,
    ):
        found = await agree(a, b)
        assert (found.messages, found.receipts, found.proofs) == (6, 6, 6)
