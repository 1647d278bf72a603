"""A peer that opens no port learns of a restore when it next comes to collect, and gives back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.exchange.losing import dialogue
from tests.restore.world import A, C, all_up, copied, everything, made, put_back, restored, way_back
from tracer.errors import LineError
from tracer.exchange.questions import Answered, Questions
from tracer.node.check.whole import verify
from tracer.node.restore.view import view


async def test_who_only_collects_is_told_when_it_comes_and_returns_what_was_lost(
    tmp_path: Path,
) -> None:
    a, c = await made(tmp_path, (A, C), collecting=(C,))
    async with all_up(a, c) as (ours, theirs):
        await dialogue(ours, theirs)
        await copied(a, tmp_path / "copy")
        await dialogue(theirs, ours)
        await dialogue(ours, theirs)
        before = await everything(ours)
    again = await put_back(a, tmp_path / "copy", tmp_path / "again")
    async with all_up(again, c) as (ours, theirs):
        plan = await restored(ours)
        assert plan.without == (C,)
        assert ours.gate.waits(C)
        await way_back(ours)
        assert not ours.gate.waits(C)
        assert await everything(ours) == before
        assert theirs.cell.get().peer(A).log.origin == f"{A}/log/2"
        (row,) = await theirs.store.read(lambda tx: tx.restores.of(A))
        assert (row.state, row.reentered) == ("taken", 6)
        gap = (await view(ours)).gaps[0]
        assert (gap.back, gap.missing) == (6, ())
        assert await theirs.store.read(lambda tx: tx.peers.faults(A)) == []
        await dialogue(ours, theirs)
        await dialogue(theirs, ours)
        for one in (ours, theirs):
            assert (await verify(one, lambda *_: None)).faults == ()


async def test_a_question_to_a_peer_that_does_not_come_is_given_up() -> None:
    questions = Questions(patience=0)
    with pytest.raises(LineError) as caught:
        await questions.ask(C, "log", b"{}")
    assert caught.value.code == "line-timeout"
    assert await questions.next(C, 0) is None
    questions.settle(C, Answered(1, "", "too late"))
