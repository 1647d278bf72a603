"""What a statement tells of a request: honest facts always pass, a target told falsely never."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.model.clocks import TERMS, Timed
from tests.model.test_cooperation import Thread, threads
from tests.model.threads import RECEIVED, result
from tests.model.timed_talks import timed_talks
from tracer.errors import PeerError
from tracer.model.clocks import Standing
from tracer.model.cooperation import Facts, facts_of
from tracer.model.thread import Event
from tracer.trust.stated import Receipted, check_request

HOUR = timedelta(hours=1)
A, B, END = "XA-NPOC", "XB-NPOC", "2099-01-01T00:00:00.000Z"
CLOCKS = {"acknowledge": "acknowledge", "first_answer": "first-answer", "final_answer": "answer"}
LOGS = {True: f"{B}/log/1", False: f"{A}/log/1"}
"""Where messages of the opener are received, and those of the other side."""
OPENERS = {"request", "given-up"}


@st.composite
def known(draw: st.DrawFn) -> Facts:
    """The facts of a random request that counts."""
    events: Thread = draw(threads())
    found = facts_of(events, TERMS)
    assume(found is not None)
    assert found is not None
    return found


def records(facts: Facts) -> Mapping[str, Receipted]:
    return {
        a.id: Receipted(a.at, A if a.role in OPENERS else B, LOGS[a.role in OPENERS], place)
        for place, a in enumerate(facts.acts)
    }


def passes(facts: Facts, found: Mapping[str, Receipted] | None = None) -> bool:
    held = records(facts) if found is None else found
    try:
        check_request(facts, held, asks=A, answers=B, at=END)
    except PeerError as error:
        assert error.code == "statement-facts"  # noqa: PT017 # the outcome is what is returned
        return False
    return True


def told(facts: Facts, clock: str, **changes: object) -> Facts:
    """The same facts with one clock told otherwise."""
    held = msgspec.structs.replace(getattr(facts, clock), **changes)
    return msgspec.structs.replace(facts, **{clock: held})


def without(facts: Facts, role: str) -> Facts:
    acts = tuple(act for act in facts.acts if act.role != role)
    return msgspec.structs.replace(facts, acts=acts)


@given(known())
def test_the_facts_of_any_thread_pass(facts: Facts) -> None:
    assert passes(facts)


def logged(events: Sequence[Event]) -> dict[str, Receipted]:
    """The records of a thread's messages, each in the log of who received it."""
    found: dict[str, Receipted] = {}
    for place, event in enumerate(events):
        opener = event.author == "opener"
        found[event.id] = Receipted(event.at, A if opener else B, LOGS[opener], place)
    return found


@given(timed_talks())
def test_the_facts_of_any_thread_pass_though_the_clocks_of_the_logs_disagree(
    events: list[Event],
) -> None:
    facts = facts_of(events, TERMS)
    assume(facts is not None)
    assert facts is not None
    assert passes(facts, logged(events))


def skewed() -> list[Event]:
    """A question to B's log at noon; the answer to it in A's log, whose clock is an hour late."""
    case = Timed()
    case.other(timedelta(minutes=5), "acknowledgement", **RECEIVED)
    case.opener(3 * HOUR, "reminder")
    case.other(2 * HOUR, "result", **result(1))
    return case.events


def test_an_answer_is_dated_by_the_message_that_its_author_had_read() -> None:
    events = skewed()
    facts = facts_of(events, TERMS)
    assert facts is not None
    asked, _, reminded, answered = events
    assert [(a.role, a.at, a.dated) for a in facts.acts] == [
        ("request", asked.at, ""),
        ("acknowledge", events[1].at, ""),
        ("first-answer", reminded.at, reminded.id),
        ("answer", reminded.at, reminded.id),
    ]
    assert passes(facts, logged(events))
    assert answered.at < reminded.at


FALSE: dict[str, Callable[[dict[str, Receipted], Event, Event], object]] = {
    "no record of what dates it": lambda held, by, _: held.pop(by.id),
    "what dates it is dated otherwise": lambda held, by, _: held.update(
        {by.id: held[by.id]._replace(at="2026-03-02T14:00:00.000Z")}
    ),
    "what dates it is no later than its own record": lambda held, by, own: held.update(
        {by.id: held[by.id]._replace(at=own.at)}
    ),
    "its own record is later": lambda held, _, own: held.update(
        {own.id: held[own.id]._replace(at="2026-03-02T13:00:00.001Z")}
    ),
    "its own record is of that instant": lambda held, by, own: held.update(
        {own.id: held[own.id]._replace(at=by.at)}
    ),
    "what dates it stands after it in one log": lambda held, by, own: held.update(
        {by.id: held[by.id]._replace(origin=held[own.id].origin, place=held[own.id].place + 1)}
    ),
}


@pytest.mark.parametrize("name", FALSE)
def test_an_act_is_dated_by_no_message_that_cannot_date_it(name: str) -> None:
    events = skewed()
    facts, held = facts_of(events, TERMS), logged(events)
    assert facts is not None
    FALSE[name](held, events[2], events[3])
    assert not passes(facts, held)


def test_a_request_is_dated_by_its_own_record_alone() -> None:
    events = skewed()
    facts, held = facts_of(events, TERMS), logged(events)
    assert facts is not None
    later = msgspec.structs.replace(facts.acts[0], at=events[2].at, dated=events[2].id)
    lie = msgspec.structs.replace(
        facts, received=later.at, acts=(later,), acknowledge=None, first_answer=None,
        final_answer=None, acknowledge_minutes=None, first_answer_minutes=None,
        answer_minutes=None, kind="",
    )  # fmt: skip
    honest = msgspec.structs.replace(lie, received=events[0].at, acts=facts.acts[:1])
    assert passes(honest, held)
    assert not passes(lie, held)
    assert not passes(without(honest, "request"), held)
    assert not passes(msgspec.structs.replace(honest, thread=events[2].id), held)


@given(known(), st.sampled_from(sorted(CLOCKS)), st.sampled_from(("met", "met-late")))
def test_a_target_is_met_by_no_act_that_is_not_there(
    facts: Facts, clock: str, standing: str
) -> None:
    assume(getattr(facts, clock) is not None)
    lie = without(facts, CLOCKS[clock])
    gone = {"acknowledge": {"acknowledge_minutes": None}}
    gone["first_answer"] = {"first_answer_minutes": None}
    gone["final_answer"] = {"answer_minutes": None}
    kind = {"kind": ""} if clock == "final_answer" else {}
    lie = msgspec.structs.replace(lie, **gone[clock], **kind)
    assert not passes(told(lie, clock, standing=Standing(standing)), records(facts))


@given(known(), st.sampled_from(sorted(CLOCKS)))
def test_a_target_met_in_time_is_not_told_as_late_nor_the_reverse(facts: Facts, clock: str) -> None:
    held = getattr(facts, clock)
    assume(held is not None and held.standing in {Standing.MET, Standing.MET_LATE})
    dates = [act.at for act in facts.acts if act.role == CLOCKS[clock]]
    other = Standing.MET_LATE if held.standing is Standing.MET else Standing.MET
    if clock == "final_answer":
        assume(all((at <= held.due) is (held.standing is Standing.MET) for at in dates))
    assert not passes(told(facts, clock, standing=other))


@given(known(), st.sampled_from(("acknowledge", "first_answer")))
def test_a_target_that_was_met_is_not_told_as_open(facts: Facts, clock: str) -> None:
    assume(getattr(facts, clock) is not None and any(a.role == CLOCKS[clock] for a in facts.acts))
    assert not passes(told(facts, clock, standing=Standing.PENDING))


@given(known(), st.data())
def test_an_act_of_the_other_side_or_of_another_time_does_not_count(
    facts: Facts, data: st.DataObject
) -> None:
    found = dict(records(facts))
    name = data.draw(st.sampled_from(sorted(found)))
    own = found[name]
    turned = own._replace(sender=A if own.sender == B else B)
    assert not passes(facts, found | {name: turned})
    assert not passes(facts, found | {name: own._replace(at="2020-01-01T00:00:00.000Z")})
    del found[name]
    assert not passes(facts, found)


@pytest.mark.parametrize("name", ["acknowledge_minutes", "first_answer_minutes", "answer_minutes"])
def test_a_time_without_its_act_is_refused(name: str) -> None:
    at = "2026-03-02T10:00:00.000Z"
    opening = {"role": "request", "type": "request", "id": "A" * 43, "at": at}
    facts = msgspec.convert({"thread": "A" * 43, "received": at, "acts": [opening]}, Facts)
    assert passes(facts)
    assert not passes(msgspec.structs.replace(facts, **{name: 5}))
