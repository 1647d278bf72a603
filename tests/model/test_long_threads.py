"""Long threads: what the record writes down as it goes is what going through it all would give."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from hypothesis import given

from tests.model.clocks import TERMS
from tests.model.threads import Talk, firearm, result
from tests.model.timed_talks import timed_talks
from tracer.clock import instant
from tracer.model.clocks import targets_in
from tracer.model.cooperation import facts_in
from tracer.model.messages import Amend
from tracer.model.thread import Event, Timers, closed, reading
from tracer.model.thread.causality import Node, crossed, nodes_of
from tracer.model.thread.course import judged
from tracer.model.thread.fold import state_in
from tracer.model.thread.record import View

Exchange = Callable[[Talk, int], None]


def plain_lines(view: View) -> frozenset[int]:
    """Every line asked about, by going through all that stands."""
    if not view.holds(view.record.opening):
        return frozenset()
    described = [view.record.opening, *view.standing("opener", ("amend",))]
    return frozenset(f.line for node in described for f in reading.firearms(node.message))


def plain_given_up(view: View) -> dict[int, Node]:
    """The lines given up, by going through all that stands."""
    gone: dict[int, Node] = {}
    for node in view.standing("opener", ("amend", "withdraw")):
        if isinstance(node.message, Amend):
            gone.update(dict.fromkeys(node.message.dropped, node))
            for one in node.message.firearms:
                gone.pop(one.line, None)
        else:
            gone.update(dict.fromkeys(view.record.covers[node.id], node))
    return gone


@given(timed_talks(most=20))
def test_the_lines_asked_about_are_those_of_all_that_stands(events: list[Event]) -> None:
    view = judged(events).view
    for node in nodes_of(events):
        past = view.record.view(node.bounds)
        assert past.lines() == plain_lines(past)
        assert past.given_up() == plain_given_up(past)
    assert view.lines() == plain_lines(view)
    assert view.given_up() == plain_given_up(view)


@given(timed_talks(most=20))
def test_flags_of_what_crossed_are_those_of_any_pair(events: list[Event]) -> None:
    read = judged(events)
    flags = state_in(read.view, read.objections).flags

    def any_pair(types: tuple[str, ...], changes: tuple[str, ...]) -> bool:
        ours = read.view.standing("opener", changes)
        return any(crossed(a, b) for a in read.view.of("other", types) for b in ours)

    assert ("answer-crossed-amendment" in flags) is any_pair(_ANSWERS, ("amend",))
    assert ("answer-crossed-withdrawal" in flags) is any_pair(_ANSWERS, ("withdraw",))
    assert ("amendment-crossed-question" in flags) is any_pair(("more-info",), ("amend",))


_ANSWERS = ("result", "no-record", "unidentifiable", "restricted", "refused")


def _questions(talk: Talk, _: int) -> None:
    talk.opener("amend", about=talk.other("more-info"))


def _drops(talk: Talk, turn: int) -> None:
    line = 1 + turn // 2 % 20
    talk.opener("amend", **({"dropped": [line]} if turn % 2 else {"firearms": [firearm(line)]}))
    talk.other("more-info", lines=[1 + line % 20])


def _results(talk: Talk, turn: int) -> None:
    talk.other("result", **result(1 + turn % 20))
    talk.opener("amend", firearms=[firearm(1 + turn % 20)])


def _unanswered(talk: Talk, _: int) -> None:
    talk.other("more-info")
    talk.other("delayed", review="2026-06-01")


@pytest.mark.parametrize("exchange", [_questions, _drops, _results, _unanswered])
def test_four_times_the_messages_take_about_four_times_the_work(exchange: Exchange) -> None:
    short, long = _calls(_talk(exchange, 120)), _calls(_talk(exchange, 480))
    assert long < 6 * short


def _talk(exchange: Exchange, count: int) -> list[Event]:
    talk = Talk(lines=range(1, 21))
    for turn in range((count - 1) // 2):
        exchange(talk, turn)
    return talk.events


def _calls(events: list[Event]) -> int:
    """How many calls of functions a look at the thread takes, those of built-in ones included."""
    count = 0

    def counted(_frame: FrameType, event: str, _arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        now, read = instant(events[-1].at), judged(closed(events))
        state_in(read.view, read.objections, now=now, timers=Timers(terms=TERMS))
        targets_in(read, TERMS, now)
        facts_in(read, TERMS)
    finally:
        sys.setprofile(before)
    return count
