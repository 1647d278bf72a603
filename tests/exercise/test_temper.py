"""How simulated authorities behave."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.exercise.temper import Seen, Temper, reply
from tracer.model.messages import ROLES

KINDS = sorted(ROLES)
OWED = ("acknowledgement", "answer", "review", "clarification", "consent", "decision", "feedback")


def seen(*owes: str, said: tuple[str, ...] = (), heard: tuple[str, ...] = ("request",)) -> Seen:
    return Seen(opened="request", owes=owes, said=said, heard=heard)


def test_whoever_takes_requests_at_all_confirms_first_that_a_person_has_it() -> None:
    fresh = seen("acknowledgement", "answer")
    found = {temper: reply(temper, fresh) for temper in Temper}
    assert found.pop(Temper.SILENT) is None
    assert set(found.values()) == {"acknowledgement"}


@pytest.mark.parametrize(
    ("temper", "said", "heard", "expected"),
    [
        (Temper.PROMPT, (), (), "result"),
        (Temper.CAREFUL, (), (), "more-info"),
        (Temper.CAREFUL, ("more-info",), ("amend",), "result"),
        (Temper.SLOW, (), (), "delayed"),
        (Temper.SLOW, ("delayed",), (), None),
        (Temper.SLOW, ("delayed",), ("progress-enquiry",), "no-record"),
        (Temper.STRICT, (), (), "refused"),
        (Temper.BOUND, (), (), "conditions-proposed"),
        (Temper.BOUND, ("conditions-proposed",), (), None),
        (Temper.BOUND, ("conditions-proposed",), ("conditions-accepted",), "result"),
        (Temper.BOUND, ("conditions-proposed",), ("conditions-declined",), "refused"),
        (Temper.SILENT, (), ("reminder", "reminder"), None),
    ],
)
def test_each_answers_in_its_own_way(
    temper: Temper, said: tuple[str, ...], heard: tuple[str, ...], expected: str | None
) -> None:
    acknowledged = ("acknowledgement", *said)
    assert reply(temper, seen("answer", said=acknowledged, heard=("request", *heard))) == expected


def test_the_silent_one_speaks_when_it_is_reminded_twice() -> None:
    once, twice = ("request", "reminder"), ("request", "reminder", "progress-enquiry")
    assert reply(Temper.SILENT, seen("acknowledgement", heard=once)) is None
    assert reply(Temper.SILENT, seen("acknowledgement", heard=twice)) == "acknowledgement"


@given(
    temper=st.sampled_from(Temper),
    owes=st.lists(st.sampled_from(OWED), unique=True),
    said=st.lists(st.sampled_from(KINDS)),
    heard=st.lists(st.sampled_from(KINDS)),
)
def test_nothing_is_said_unasked_and_nothing_that_its_side_may_not_say(
    temper: Temper, owes: list[str], said: list[str], heard: list[str]
) -> None:
    kind = reply(
        temper,
        Seen(opened="request", owes=tuple(owes), said=tuple(said), heard=tuple(heard)),
    )
    if not owes:
        assert kind is None
    if kind is not None:
        assert ROLES[kind]
