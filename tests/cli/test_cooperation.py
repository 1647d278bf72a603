"""`tracer cooperation` on a node that runs: what people read, and what a script gets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.house import add_person, ask, staff
from tests.exchange.counting import Two, converse, look, two, verified
from tests.exchange.losing import A, B


@pytest.fixture
async def nodes(tmp_path: Path) -> AsyncIterator[Two]:
    """Two nodes, three days after they talked."""
    async with two(tmp_path) as found:
        await staff(found.a)
        await converse(found)
        await look(found.a, found.b)
        found.clock.advance(timedelta(days=3))
        yield found


async def test_people_read_both_directions_in_a_table_and_scripts_get_the_same(nodes: Two) -> None:
    page = (await ask(nodes.a, "cooperation", "show", "XB", output="table")).out
    rows = {" ".join(line.split()[:-2]): line.split()[-2:] for line in page.splitlines()}
    assert rows["requests received"] == ["6", "6"]
    assert rows["refused"] == rows["ITI-22-NO-GUARANTEE"] == ["1", "1"]
    assert rows["days to confirm, median"] == ["0.30", "0.30"]
    assert "Our requests to them, by month of receipt" in page
    found = (await ask(nodes.a, "cooperation", "show", B)).json
    assert found["ours"]["counts"] == found["theirs"]["counts"]
    assert found["ours"]["counts"]["received"] == 6


async def test_the_requests_behind_a_figure_are_listed_with_what_is_awaited(nodes: Two) -> None:
    told = await ask(
        nodes.a, "cooperation", "show", "XB", "--figure", "answered.paused", output="table"
    )
    assert f"{A}: information asked for" in told.out
    assert "1 request." in told.err
    found = (await ask(nodes.a, "cooperation", "show", "XB", "--figure", "open")).json
    counts = (await ask(nodes.a, "cooperation", "show", B)).json["ours"]["counts"]
    assert len(found["requests"]) == counts["open"]


async def test_the_proof_is_a_document_that_verifies_alone(nodes: Two) -> None:
    found = (await ask(nodes.a, "cooperation", "show", "XB", "--proof")).json
    assert len(verified(found)["received"]) == 26
    counts = (await ask(nodes.a, "cooperation", "show", B)).json["ours"]["counts"]
    assert {n: one["count"] for n, one in found["ours"]["figures"].items()} == counts
    one = ("--proof", "--figure", "kind.refused", "--side", "theirs")
    part = (await ask(nodes.a, "cooperation", "show", "XB", *one)).json
    assert [len(part["theirs"]["requests"]), "ours" in part] == [1, False]


async def test_every_peer_has_one_line_by_name(nodes: Two) -> None:
    found = (await ask(nodes.a, "cooperation", "list")).json
    assert [one["authority"] for one in found] == [B]
    assert B in (await ask(nodes.a, "cooperation", "list", output="table")).out


@pytest.mark.parametrize("actor", ["investigator.one", "op"])
async def test_who_lacks_the_role_is_told_so(nodes: Two, actor: str) -> None:
    await nodes.a.store.write(lambda tx: add_person(tx, "op", ("operator",)))
    found = await ask(nodes.a, "cooperation", "show", "XB", actor=actor)
    assert (found.code != 0, "may not do this" in found.err) == (True, True)


async def test_nothing_of_the_case_stands_in_the_proof(nodes: Two) -> None:
    told = (await ask(nodes.a, "cooperation", "show", "XB", "--proof")).out
    for word in ("XA-2026", "Imagined City", "TEST0000", "PISTOL", "hidden compartment"):
        assert word not in told
