"""The restore drill: what was lost comes back from the peers, as it was."""

from __future__ import annotations

from pathlib import Path

from tests.exchange.losing import dialogue, send
from tests.restore.world import A, B, C, all_up, copied, everything, made, put_back, restored, up
from tests.restore.world import way_back
from tracer.evidence.record import Kind, parse_record
from tracer.node.verify import verify


async def test_a_node_put_back_from_an_older_copy_holds_again_all_it_held(tmp_path: Path) -> None:
    a, b, c = await made(tmp_path, (A, B, C))
    async with all_up(a, b, c) as (ours, theirs, thirds):
        first = await dialogue(ours, theirs)
        await copied(a, tmp_path / "copy")
        await send(theirs, ours, "interim", first)
        await dialogue(ours, thirds)
        await dialogue(thirds, ours)
        await dialogue(theirs, ours)
        before = await everything(ours)
    again = await put_back(a, tmp_path / "copy", tmp_path / "again")
    async with all_up(b, c) as (theirs, thirds):
        async with up(again) as ours:
            plan = await restored(ours)
            assert (plan.size, plan.highest_size) == (3, 13)
            await way_back(ours)
            assert await everything(ours) == before
            found = await verify(ours, lambda *_: None)
            assert found.faults == ()
            record = parse_record(await ours.store.read(lambda tx: tx.log.record(0)))
            assert record.kind is Kind.SUCCESSION
            for peer in (theirs, thirds):
                rows = await peer.store.read(lambda tx: tx.restores.of(A))
                print(rows)
                assert [(row.state, row.lost) for row in rows] == [("taken", 10)]
            await dialogue(ours, theirs)
            await dialogue(theirs, ours)
