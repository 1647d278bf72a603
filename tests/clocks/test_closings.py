"""Every closing of a case is told as an act once, at both nodes, whichever way the case closed."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from msgspec import UNSET

from tests.clocks.test_steps import rest
from tests.clocks.two import DAY, HOUR, House, Two, two
from tests.conftest import PROVE
from tests.faults.audit import audit
from tests.faults.pair import Side, StepError
from tracer.clock import instant
from tracer.errors import TracerError
from tracer.exchange import projection
from tracer.exchange.clocks.agenda import Agenda
from tracer.exchange.clocks.facts import KeptFacts
from tracer.exchange.clocks.fingerprints import Fingerprints
from tracer.exchange.closings import CLOSED, CLOSINGS, REOPENED
from tracer.exchange.inforce import terms_of
from tracer.exchange.projection import events_of
from tracer.model.thread import Timers, fold
from tracer.model.thread.state import OVER
from tracer.node.check.whole import verify
from tracer.node.rebuild import rebuild
from tracer.store import AuditRow, Tx

CLOSES: Final = 90 * DAY
"""After it was settled a case without feedback is closed."""
A_PAIR: Final = 3
"""Cases held with one pair of nodes: three times ninety days, as their keys end after a time."""
A_LIFE: Final = 300 * DAY
"""So long a talk at random lets time pass at most."""
TALK: Final = {
    "a": ("feedback", "withdraw", "amend", "reminder", "progress-enquiry"),
    "b": ("acknowledgement", "result", "refused", "more-info", "interim", "no-record", "delayed"),
}
"""What is said at random, by the one that asks and the one that answers."""
WHOLE: Final[Mapping[str, dict[str, Any]]] = {
    "amend": {"about": UNSET, "dropped": ()},
    "more-info": {"lines": (), "questions": (), "lapses": UNSET},
    **{
        kind: {"lines": ()}
        for kind in ("withdraw", "refused", "no-record", "delayed", "progress-enquiry", "interim")
    },
}
"""What is changed of an example, so that it is about the whole request."""
TALKS: Final = range(40) if PROVE else range(4)


@asynccontextmanager
async def keeping(root: Path) -> AsyncIterator[Two]:
    """Two nodes that keep what a node at work keeps of each case."""
    async with two(root) as made:
        for house in (made.a, made.b):
            house.kept = (KeptFacts(), Fingerprints(), Agenda())
        yield made


@pytest.fixture
async def net(tmp_path: Path) -> AsyncIterator[Two]:
    """Two nodes."""
    async with keeping(tmp_path) as made:
        yield made


async def told(house: House, thread: str) -> list[AuditRow]:
    """The acts of a node about whether a case is closed, oldest first."""
    rows = await house.side.rooms.store.read(lambda tx: tx.audit.list(100_000, subject=thread))
    return [row for row in reversed(rows) if row.act in CLOSINGS]


async def said(house: House, kind: str, thread: str) -> str:
    """Something is said, about all lines; its id."""
    return (await house.say(kind, thread, **WHOLE.get(kind, {}))).id


async def say(net: Two, house: House, kind: str, thread: str) -> str:
    """Something is said and arrives; its id."""
    sent = await said(house, kind, thread)
    await net.pair.drain()
    return sent


async def asked_and_answered(net: Two, kind: str = "no-record") -> str:
    """A request to which an answer has come."""
    thread = await net.ask()
    await say(net, net.b, kind, thread)
    return thread


async def both(net: Two, thread: str) -> list[list[str]]:
    """The names of the acts at either node."""
    return [[row.act for row in await told(house, thread)] for house in (net.a, net.b)]


async def checked(net: Two) -> list[str]:
    """What the check of either node finds; its cases made again are those that are kept."""
    found = []
    for house in (net.a, net.b):
        rooms = house.side.rooms
        made = await rebuild(rooms.store, by=None, progress=lambda *_: None)
        assert made.differences == ()
        done = await verify(rooms, lambda *_: None, processes=1)
        found += [f"{one.where} {one.what}" for one in done.faults]
    return found


async def test_feedback_closes_a_case_once_at_both_nodes_and_the_act_names_it(net: Two) -> None:
    thread = await asked_and_answered(net)
    assert await both(net, thread) == [[], []]
    ended = await say(net, net.a, "feedback", thread)
    await net.follow(2 * CLOSES)
    for house in (net.a, net.b):
        (act,) = await told(house, thread)
        assert (act.actor, act.act) == ("policy", CLOSED)
        assert act.detail.pop("since") <= act.at
        assert act.detail == {
            "why": "message", "id": ended, "type": "feedback", "state": "CLOSED",
            "answer": "no-record",
        }  # fmt: skip
    assert await checked(net) == []


async def test_the_sender_tells_of_its_own_closing_with_the_receipt_and_not_before(
    net: Two,
) -> None:
    thread = await asked_and_answered(net)
    await said(net.a, "feedback", thread)
    assert await both(net, thread) == [[], []]
    await net.pair.drain()
    assert await both(net, thread) == [[CLOSED], [CLOSED]]


async def test_a_case_without_feedback_is_closed_by_time_once_at_both_nodes(net: Two) -> None:
    thread = await asked_and_answered(net, "refused")
    settled = net.pair.clock.now()
    await net.follow(CLOSES - DAY)
    assert await both(net, thread) == [[], []]
    await net.follow(DAY + HOUR)
    for house in (net.a, net.b):
        (act,) = await told(house, thread)
        assert instant(act.at) - settled > CLOSES - HOUR
        since = act.detail.pop("since")
        assert timedelta() < instant(act.at) - instant(since) < DAY
        assert act.detail == {"why": "time", "state": "CLOSED", "answer": "refused"}
    await net.follow(CLOSES)
    assert await both(net, thread) == [[CLOSED], [CLOSED]]
    assert await checked(net) == []


async def test_feedback_after_a_case_was_closed_by_time_is_no_second_closing(net: Two) -> None:
    thread = await asked_and_answered(net)
    await net.follow(CLOSES + HOUR)
    await say(net, net.a, "feedback", thread)
    assert await both(net, thread) == [[CLOSED], [CLOSED]]
    assert await checked(net) == []


async def test_a_withdrawn_case_is_told_as_closed(net: Two) -> None:
    thread = await net.ask()
    gone = await say(net, net.a, "withdraw", thread)
    for house in (net.a, net.b):
        (act,) = await told(house, thread)
        detail = {name: act.detail[name] for name in ("why", "id", "type", "state")}
        assert detail == {"why": "message", "id": gone, "type": "withdraw", "state": "WITHDRAWN"}
    assert await checked(net) == []


async def test_a_question_that_lapses_closes_the_case_by_time_with_no_answer(net: Two) -> None:
    thread = await net.ask()
    await say(net, net.b, "more-info", thread)
    await net.follow(400 * DAY)
    for house in (net.a, net.b):
        (act,) = await told(house, thread)
        assert (act.detail["why"], act.detail["answer"]) == ("time", "")
    assert await checked(net) == []


@pytest.mark.parametrize("first", ["message", "time"])
async def test_a_case_that_opens_again_and_closes_again_is_told_of_twice(
    net: Two, first: str
) -> None:
    thread = await asked_and_answered(net)
    if first == "message":
        await say(net, net.a, "feedback", thread)
    else:
        await net.follow(CLOSES + HOUR)
    again = await say(net, net.a, "amend", thread)
    assert await both(net, thread) == [[CLOSED, REOPENED]] * 2
    for house in (net.a, net.b):
        opened = (await told(house, thread))[-1]
        assert (opened.actor, opened.detail["id"], opened.detail["type"]) == (
            "policy", again, "amend",
        )  # fmt: skip
    assert await checked(net) == []
    await say(net, net.b, "no-record", thread)
    ended = await say(net, net.a, "feedback", thread)
    for house in (net.a, net.b):
        rows = await told(house, thread)
        assert [row.act for row in rows] == [CLOSED, REOPENED, CLOSED]
        assert rows[-1].detail["id"] == ended
        assert rows[0].detail["why"] == first
    assert await checked(net) == []


async def test_a_clock_that_runs_back_opens_no_case(net: Two) -> None:
    thread = await asked_and_answered(net)
    await net.follow(CLOSES + HOUR)
    for house in (net.a, net.b):
        house.side.clock.off = -3 * HOUR
    await say(net, net.a, "consent-asked", thread)
    await net.settle()
    assert await both(net, thread) == [[CLOSED], [CLOSED]]


async def test_what_was_closed_before_there_were_such_acts_is_not_missed(
    net: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(projection, "tell", lambda *_: None)
        old = await asked_and_answered(net)
        await say(net, net.a, "feedback", old)
    new = await asked_and_answered(net)
    net.pair.clock.advance(HOUR)
    await say(net, net.a, "feedback", new)
    assert await both(net, old) == [[], []]
    assert await both(net, new) == [[CLOSED], [CLOSED]]
    assert await checked(net) == []


async def test_the_check_names_a_closing_that_no_act_tells_of(
    net: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await asked_and_answered(net)
    await say(net, net.a, "feedback", first)
    net.pair.clock.advance(HOUR)
    with monkeypatch.context() as silent:
        silent.setattr(projection, "tell", lambda *_: None)
        thread = await asked_and_answered(net)
        ended = await say(net, net.a, "feedback", thread)
    words = f"{thread} a message has closed it ({ended}), and no act tells of it"
    assert await checked(net) == [words, words]


async def test_the_check_names_a_closing_by_time_that_no_act_tells_of(net: Two) -> None:
    first = await asked_and_answered(net)
    await say(net, net.a, "feedback", first)
    net.pair.clock.advance(HOUR)
    thread = await asked_and_answered(net)
    await net.settle()
    net.pair.clock.advance(CLOSES + HOUR)
    assert await checked(net) == [], "the clocks have still to look"
    for house in (net.a, net.b):
        house.sql("UPDATE clock SET at = NULL WHERE thread = ?", thread)
    words = f"{thread} it is closed by time, and no act tells of it"
    assert await checked(net) == [words, words]


@pytest.mark.parametrize(
    ("acts", "wrong"),
    [
        ([(CLOSED, {})], "says that it was closed, and it is open"),
        ([(REOPENED, {})], "says that it is open again, and it was open already"),
        ([(CLOSED, {}), (CLOSED, {}), (REOPENED, {})],
         "says that it was closed, and it was closed already"),
        ([(CLOSED, {"id": "w" * 42 + "A"}), (REOPENED, {})],
         "names a message that is not in it"),
    ],
)  # fmt: skip
async def test_the_check_names_an_act_that_tells_what_is_not_so(
    net: Two, acts: list[tuple[str, dict[str, str]]], wrong: str
) -> None:
    thread = await net.ask()
    for act, detail in acts:
        await net.b.side.rooms.store.write(
            lambda tx, act=act, detail=detail: tx.audit.write("policy", act, thread, detail)  # type: ignore[misc]
        )
    (found,) = await checked(net)
    assert found.startswith(thread)
    assert wrong in found


async def test_the_check_names_an_act_of_a_case_that_is_not_here(net: Two) -> None:
    other = "w" * 42 + "A"
    await net.b.side.rooms.store.write(lambda tx: tx.audit.write("policy", CLOSED, other, {}))
    (found,) = await checked(net)
    assert found == f"thread {other} the audit trail tells of it, and it is not on record"


@pytest.mark.parametrize("failing", ["a", "b"])
@pytest.mark.parametrize("way", ["message", "time"])
async def test_any_step_of_a_closing_may_fail_once(tmp_path: Path, failing: str, way: str) -> None:
    async with keeping(tmp_path / "first") as net:
        side: Side = getattr(net, failing).side
        thread = await asked_and_answered(net)
        side.trap.set(None)
        await closes(net, thread, way)
        names = list(side.trap.steps)
    assert {"lane.body", "lane.before-commit", "lane.after-commit"} <= set(names)
    cases = [(at, crash) for at in range(len(names)) for crash in (False, True)]
    if not PROVE:
        cases = cases[(failing == "b") :: max(len(cases) // 5, 1)]
    for start in range(0, len(cases), A_PAIR):
        async with keeping(tmp_path / f"{start}") as net:
            side = getattr(net, failing).side
            for at, crash in cases[start : start + A_PAIR]:
                thread = await asked_and_answered(net)
                await rest(net)
                side.crashes = crash
                side.trap.set(at)
                await closes(net, thread, way)
                assert side.trap.sprung, f"there is a step {at} of {names}"
                assert await both(net, thread) == [[CLOSED], [CLOSED]], (names[at], crash)
                side.trap.set(None)
            await audit(net.a.side.rooms, net.b.side.rooms)
            assert await checked(net) == []


async def closes(net: Two, thread: str, way: str) -> None:
    """A case closes; what fails is done again, as a worker or a restart does."""
    if way == "message":
        try:
            await said(net.a, "feedback", thread)
        except (StepError, TracerError):
            await net.a.side.mend()
            rows = await net.a.side.rooms.store.read(lambda tx: tx.outbox.rows(state="queued"))
            if not any(row.thread == thread for row in rows):
                await said(net.a, "feedback", thread)
        await net.pair.drain()
    else:
        net.pair.clock.advance(CLOSES + HOUR)
    await rest(net)


@pytest.mark.parametrize("seed", TALKS)
async def test_whatever_is_said_and_however_time_passes_acts_and_cases_agree(
    net: Two, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - seeded moments
    thread, end = await net.ask(), net.pair.clock.now() + A_LIFE
    for _ in range(30):
        if chance.random() < 0.25 and net.pair.clock.now() < end:
            await net.follow(chance.choice((HOUR, 20 * DAY, 100 * DAY)))
        for name in chance.sample("ab", chance.randint(1, 2)):  # both: the two messages cross
            house: House = getattr(net, name)
            await said(house, chance.choice(TALK[name]), thread)
        await net.pair.drain()
        await net.settle()
        for house in (net.a, net.b):
            acts = [row.act for row in await told(house, thread)]
            turns = [(CLOSED, REOPENED)[place % 2] for place in range(len(acts))]
            assert acts == turns
            assert bool(len(acts) % 2) == await over(house, thread)
    await audit(net.a.side.rooms, net.b.side.rooms)
    assert await checked(net) == []


async def over(house: House, thread: str) -> bool:
    """Whether a case is closed at this instant, folded from its messages alone."""

    def body(tx: Tx) -> bool:
        row, now = tx.threads.get(thread), instant(tx.now)
        assert row is not None
        events = events_of(tx, row)
        terms = terms_of(tx, events)
        assert terms is not None
        return fold(events, now=now, timers=Timers(terms=terms)).state in OVER

    return await house.side.rooms.store.read(body)
