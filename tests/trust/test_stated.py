"""What a statement tells of a request: honest facts always pass, a target told falsely never."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.model.clocks import TERMS
from tests.model.test_cooperation import Thread, threads
from tracer.errors import PeerError
from tracer.model.clocks import Standing
from tracer.model.cooperation import Facts, facts_of
from tracer.trust.stated import Receipted, check_request

A, B, END = "XA-NPOC", "XB-NPOC", "2099-01-01T00:00:00.000Z"
CLOCKS = {"acknowledge": "acknowledge", "first_answer": "first-answer", "final_answer": "answer"}
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
    return {a.id: Receipted(a.at, A if a.role in OPENERS else B) for a in facts.acts}


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
    at, sender = found[name]
    assert not passes(facts, found | {name: Receipted(at, A if sender == B else B)})
    assert not passes(facts, found | {name: Receipted("2020-01-01T00:00:00.000Z", sender)})
    del found[name]
    assert not passes(facts, found)


@pytest.mark.parametrize("name", ["acknowledge_minutes", "first_answer_minutes", "answer_minutes"])
def test_a_time_without_its_act_is_refused(name: str) -> None:
    at = "2026-03-02T10:00:00.000Z"
    opening = {"role": "request", "type": "request", "id": "A" * 43, "at": at}
    facts = msgspec.convert({"thread": "A" * 43, "received": at, "acts": [opening]}, Facts)
    assert passes(facts)
    assert not passes(msgspec.structs.replace(facts, **{name: 5}))
