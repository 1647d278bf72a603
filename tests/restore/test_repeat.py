"""What was erased after the copy is back after the restore: the node says so, and where to look."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from tests.cli.house import ask, staff
from tests.exchange.losing import dialogue, holding
from tests.restore.world import A, all_up, copied, made, put_back, up, way_back
from tracer.node.restore.view import view

WHY = ("--reason", "order of the court")


async def test_an_erasure_after_the_copy_is_named_as_what_is_to_be_done_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    a, b = await made(tmp_path)
    async with all_up(a, b) as (ours, theirs):
        await staff(ours)
        first, second = await dialogue(ours, theirs), await dialogue(ours, theirs)
        assert (await view(ours)).repeat is None
        with caplog.at_level(logging.INFO):
            for number, thread in (("1", first), ("2", second)):
                await ask(ours, "thread", "erase", thread, "--group", "persons", *WHY)
                if number == "2":
                    await copied(a, tmp_path / "copy")
                approve = ("thread", "approve-disposal", number)
                assert (await ask(ours, *approve, actor="officer.two")).code == 0
            await ask(ours, "thread", "hold", first, *WHY)
            await ask(ours, "thread", "unhold", first, *WHY)
        await dialogue(ours, theirs)
    told = [one.msg for one in caplog.records if "disposal" in str(one.msg)]
    assert [str(second) in str(one) for one in told] == [False, True, False, False]
    again = await put_back(a, tmp_path / "copy", tmp_path / "again")
    async with up(b), up(again) as ours:
        page = " ".join((await ask(ours, "restore", "show", output="table")).out.split())
        assert "To be erased again" in page
        assert "disposal.done and disposal.held in the operator's log" in page
        for actor in ("officer.one", "officer.two"):
            assert (await ask(ours, "restore", "approve", actor=actor)).code == 0
        await way_back(ours)
        repeat = (await view(ours)).repeat
        assert repeat is not None
        assert repeat.newest == 1, "the second was asked for, and not done, in this copy"
        assert "from a backup of" in repeat.since
        flags = [(await holding(ours, one)).messages[0].flags for one in (first, second)]
        assert flags == ["erased", ""]
        assert ours.store.head.origin == f"{A}/log/2"
