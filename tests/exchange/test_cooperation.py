"""Two real nodes that exchanged the same messages: the same figures about each other, proven."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.exchange.counting import Two, converse, look, proof, same, send, two, verified
from tests.exchange.losing import A, B, lose_thread
from tracer.node.rebuild import rebuild

DAY = timedelta(days=1)


@pytest.fixture
async def nodes(tmp_path: Path) -> AsyncIterator[Two]:
    """Two nodes that have answered, asked back, postponed, refused, and left open."""
    async with two(tmp_path) as found:
        await converse(found)
        await look(found.a, found.b)
        yield found


async def test_two_nodes_compute_the_same_figures_about_each_other_at_any_instant(
    nodes: Two,
) -> None:
    seen = []
    for days in (0, 3, 40, 200):
        nodes.clock.advance(days * DAY)
        one, other = await nodes.figures(A), await nodes.figures(B)
        same(one, other)
        seen.append(one.ours.counts)
    assert [found["received"] for found in seen] == [6, 6, 6, 6]
    assert [found["acknowledged.passed"] for found in seen][::3] == [0, 1]
    assert seen[0]["kind.result"] == seen[0]["kind.refused"] == seen[0]["refused"] == 1
    assert (seen[0]["answered.paused"], seen[-1]["lapsed"]) == (1, 1)
    assert one.ours.times["acknowledge"].median == 7 * 60 + 13


async def test_what_comes_later_changes_both_sides_alike(nodes: Two) -> None:
    before = await nodes.figures(A)
    nodes.clock.advance(5 * DAY)
    await send(nodes.b, nodes.a, "no-record", nodes.threads[f"{A} taken"])
    await send(nodes.a, nodes.b, "withdraw", nodes.threads[f"{A} silent"])
    await look(nodes.a, nodes.b)
    one, other = await nodes.figures(A), await nodes.figures(B)
    same(one, other)
    assert before.ours.counts["kind.no-record"] == 0
    assert (one.ours.counts["kind.no-record"], one.ours.counts["withdrawn"]) == (1, 1)


@pytest.mark.parametrize("loser", [A, B])
async def test_what_was_lost_and_came_back_counts_as_before(nodes: Two, loser: str) -> None:
    before = await nodes.figures(loser)
    node, other = (nodes.a, B) if loser == A else (nodes.b, A)
    for thread in (nodes.threads[f"{A} answered"], nodes.threads[f"{B} refused"]):
        lose_thread(node, thread)
    done = await node.resync(node.cell.get().peer(other))
    assert (done.fetched, done.ours_restored, done.quarantined, done.orphaned) == (3, 3, 0, 0)
    await look(node)
    after = await nodes.figures(loser)
    assert (after.ours, after.theirs) == (before.ours, before.theirs)
    same(await nodes.figures(A), await nodes.figures(B))


async def test_a_rebuild_finds_nothing_and_puts_right_what_was_changed(nodes: Two) -> None:
    before = await nodes.figures(A)
    assert (await rebuild(nodes.a.store, by=None, progress=_quiet)).differences == ()
    thread = nodes.threads[f"{A} answered"]
    held = await nodes.a.store.read(lambda tx: tx.cooperation.get(thread))
    assert held is not None
    wrong = msgspec.structs.replace(held, kind="refused")
    await nodes.a.store.write(lambda tx: tx.cooperation.put(thread, B, "us", wrong))
    changed = await nodes.figures(A)
    assert changed.ours != before.ours
    done = await rebuild(nodes.a.store, by="officer.one", progress=_quiet)
    assert [(one.thread, one.field) for one in done.differences] == [(thread, "cooperation")]
    (act,) = await nodes.a.store.read(lambda tx: tx.audit.list(1, act="store-rebuild"))
    assert (act.actor, act.subject, act.detail) == (
        *("officer.one", thread),
        {"fields": ["cooperation"]},
    )
    assert (await nodes.figures(A)).ours == before.ours


async def test_a_rebuild_tells_a_tally_that_its_facts_do_not_give(nodes: Two) -> None:
    before = await nodes.figures(A)
    thread = nodes.threads[f"{A} answered"]

    def spoil(tx: Any) -> None:
        held = tx.cooperation.get(thread)
        wrong = msgspec.structs.replace(held, kind="refused")
        tx.cooperation.put(thread, B, "us", wrong)
        months = tx.cooperation.stale()
        tx.cooperation.renew(months)
        tx.cooperation.put(thread, B, "us", held)
        tx.cooperation._conn.exec_driver_sql("UPDATE tally SET stale = 0")  # noqa: SLF001

    await nodes.a.store.write(spoil)
    assert (await nodes.figures(A)).ours != before.ours
    looked = await rebuild(nodes.a.store, by=None, progress=_quiet)
    assert [one.field for one in looked.differences] == ["tally"]
    await rebuild(nodes.a.store, by="officer.one", progress=_quiet)
    assert (await nodes.figures(A)).ours == before.ours


async def test_what_nobody_has_looked_at_yet_is_no_difference_and_is_put_right(
    tmp_path: Path,
) -> None:
    async with two(tmp_path) as found:
        await converse(found)
        done = await rebuild(found.a.store, by="officer.one", progress=_quiet)
        assert done.differences == ()
        await look(found.b)
        same(await found.figures(A), await found.figures(B))


async def test_a_purged_thread_still_counts_and_is_still_proven(nodes: Two) -> None:
    before = await nodes.figures(A)
    thread = nodes.threads[f"{A} answered"]

    def purge(tx: Any) -> None:
        tx.threads.purge(thread)
        tx.clocks.mark([thread])

    await nodes.a.store.write(purge)
    await look(nodes.a)
    assert (await nodes.figures(A)).ours == before.ours
    times = verified(await proof(nodes.desk(A), B))
    assert thread in times["received"]


async def test_what_did_not_reach_them_stands_apart_as_our_own_statement(nodes: Two) -> None:
    def unsent(tx: Any) -> None:
        tx.cooperation._conn.exec_driver_sql(  # noqa: SLF001
            "UPDATE outbox SET state = 'queued', last_error = 'line-refused', next_attempt = '9', "
            "first_attempt = '2026-01-01T00:00:00.000Z' WHERE seq = (SELECT min(seq) FROM outbox)"
        )

    before = await nodes.figures(A)
    assert (before.undelivered.messages, before.undelivered.since) == (0, None)
    await nodes.a.store.write(unsent)
    after = await nodes.figures(A)
    assert after.ours == before.ours
    assert (after.undelivered.messages, after.undelivered.requests) == (1, 1)
    assert (after.undelivered.since, after.undelivered.answered) == (
        "2026-01-01T00:00:00.000Z",
        0,
    )


def _quiet(_what: str, _done: int, _total: int) -> None:
    """Nobody looks at the progress."""
