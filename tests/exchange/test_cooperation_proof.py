"""What stands behind the figures of two real nodes: lists, and records that anyone can verify."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from tests.exchange.counting import Two, converse, look, proof, two, verified
from tests.exchange.losing import A, B
from tracer.clock import instant
from tracer.errors import InputError, PeerError
from tracer.model.cooperation import NAMES

pytestmark = pytest.mark.asyncio(loop_scope="module")
DAY = timedelta(days=1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def nodes(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Two]:
    """Two nodes forty days after they talked; the tests only read."""
    async with two(tmp_path_factory.mktemp("two")) as found:
        await converse(found)
        await look(found.a, found.b)
        found.clock.advance(40 * DAY)
        yield found


async def test_each_list_has_as_many_requests_as_its_figure(nodes: Two) -> None:
    shown = await nodes.figures(A)
    desk = nodes.desk(A)
    for side, figures in (("ours", shown.ours), ("theirs", shown.theirs)):
        for name, number in figures.counts.items():
            found = await desk.cooperation.behind(
                "officer",
                B,
                name,
                side=side,  # type: ignore[arg-type]
            )
            assert len(found.requests) == number, name
    assert set(NAMES) < set(shown.ours.counts)


async def test_the_list_is_paged_and_says_what_is_awaited_of_whom(nodes: Two) -> None:
    desk, names, after = nodes.desk(A), [], ("", "")
    owed: dict[str, list[str]] = {}
    while True:
        part = await desk.cooperation.behind(
            "officer", B, "open", side="ours", after=after, limit=1
        )
        names += [(one.thread, one.owed[0].what, one.owed[0].who) for one in part.requests]
        owed |= {one.thread: [str(o.standing) for o in one.owed] for one in part.requests}
        if part.after is None:
            break
        after = part.after
    expected = {
        "asked-back": ("information", A),
        "postponed": ("review", B),
        "taken": ("final-answer", B),
        "silent": ("acknowledge", B),
    }
    found = {thread: (what, who) for thread, what, who in names}
    assert found.keys() == {nodes.threads[f"{A} {name}"] for name in expected}
    assert found[nodes.threads[f"{A} silent"]] == expected["silent"]
    standing = owed[nodes.threads[f"{A} asked-back"]]
    assert "paused" in standing
    assert standing == sorted(standing, key=lambda one: one == "paused")  # what stands comes last


@pytest.mark.parametrize("name", [A, B])
async def test_every_record_that_proves_a_figure_is_verified_from_the_document_alone(
    nodes: Two, name: str
) -> None:
    shown = await nodes.figures(name)
    found = await proof(nodes.desk(name), B if name == A else A)
    times = verified(found)
    for side, figures in (("ours", shown.ours), ("theirs", shown.theirs)):
        told = found[side]
        assert {n: one["count"] for n, one in told["figures"].items()} == figures.counts
        assert all(len(one["requests"]) == one["count"] for one in told["figures"].values())
        assert told["times"] == msgspec.to_builtins(figures.times)
        for one in told["requests"]:
            for act in one["facts"]["acts"]:
                assert instant(act["at"]).isoformat() == times["received"][act["id"]]


async def test_both_sides_name_the_same_records(nodes: Two) -> None:
    def records(found: dict[str, Any]) -> set[tuple[str, str, int, str]]:
        return {
            (message["id"], kind, message[kind]["index"], message[kind]["record"])
            for side in ("ours", "theirs")
            for request in found[side]["requests"]
            for message in request["messages"]
            for kind in ("received", "sent")
        }

    one, other = await proof(nodes.desk(A), B), await proof(nodes.desk(B), A)
    assert records(one) == records(other)
    assert len(records(one)) == 2 * (12 + 2 * 7)


@pytest.mark.parametrize("change", ["record", "note", "index"])
async def test_a_document_that_was_changed_does_not_verify(nodes: Two, change: str) -> None:
    found = await proof(nodes.desk(A), B)
    shown = found["ours"]["requests"][0]["messages"][0]["received"]
    if change == "index":
        shown["index"] = 0 if shown["index"] else 1
    elif change == "record":
        other = found["ours"]["requests"][1]["messages"][0]["received"]
        shown["record"] = other["record"]
    else:
        found["checkpoints"][0]["note"] = found["checkpoints"][-1]["note"]
    with pytest.raises(PeerError):
        verified(found)


async def test_a_proof_of_one_figure_holds_its_requests_only(nodes: Two) -> None:
    found = await proof(nodes.desk(A), B, figure="kind.refused")
    assert [one["facts"]["thread"] for one in found["ours"]["requests"]] == [
        nodes.threads[f"{A} refused"]
    ]
    assert found["ours"]["figures"]["received"]["count"] == 1
    verified(found)


async def test_months_before_a_given_one_are_left_out(nodes: Two) -> None:
    next_month = f"{nodes.clock.now() + 40 * DAY:%Y-%m}"
    found = await nodes.desk(A).cooperation.show("officer", B, since=next_month)
    assert found.ours.counts["received"] == 0


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"authority": "XZ"}, "peer-unknown"),
        ({"authority": B, "since": "2026-13"}, "month-form"),
        ({"authority": B, "since": "March"}, "month-form"),
    ],
)
async def test_what_cannot_be_shown_is_said_with_a_code(
    nodes: Two, asked: dict[str, str], code: str
) -> None:
    with pytest.raises(InputError) as found:
        await nodes.desk(A).cooperation.show("officer", **asked)
    assert found.value.code == code


async def test_a_peer_is_named_by_its_country_too_and_a_figure_by_its_name(nodes: Two) -> None:
    desk = nodes.desk(A)
    assert (await desk.cooperation.show("officer", "xb")).authority == B
    with pytest.raises(InputError) as found:
        await desk.cooperation.behind("officer", "XB", "best-of-all", side="ours")
    assert found.value.code == "figure-unknown"
    with pytest.raises(InputError) as found:
        await desk.cooperation.behind("officer", B, "open", side="ours", at="today")
    assert found.value.code == "instant-form"
    assert [one.authority for one in await desk.cooperation.list("officer")] == [B]
