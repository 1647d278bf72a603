"""The fold gives one state for one set of messages, whatever the order of arrival."""

from __future__ import annotations

import json
import random
import re
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.model.fold_cases import SCENARIOS
from tests.model.fold_scenarios import FOLDER, NOW, written
from tests.model.threads import DELAY, RECEIVED, REFUSAL, Talk, code, firearm, id_of, result
from tracer.clock import instant
from tracer.model.messages import ROLES, TYPES
from tracer.model.thread import CaseState, Event, State, Timers, add, course, fold
from tracer.model.thread.causality import Author, before, crossed, nodes_of
from tracer.model.thread.concurrency import ROWS, TABLE, first_of
from tracer.model.thread.earlier import earlier_marks
from tracer.model.thread.fold import by_rules, judge
from tracer.model.thread.objections import CODES
from tracer.model.wire import from_wire

BODIES: dict[str, dict[str, Any]] = {
    "acknowledgement": RECEIVED,
    "result": result(1),
    "interim": {},
    "no-record": {},
    "refused": REFUSAL,
    "restricted": REFUSAL,
    "delayed": DELAY,
    "referral": {"country": "XC"},
    "amend": {"firearms": [firearm(1, year_of_manufacture=1987), firearm(3)]},
    "withdraw": {"lines": [2]},
}
NEEDS_ABOUT = {
    "clarify-ground",
    "ground-clarified",
    "conditions-accepted",
    "conditions-declined",
    "correction",
    "recall",
    "consent-given",
    "consent-declined",
}
FOLLOWING = sorted(set(TYPES) - {"request", "spontaneous-information"})


@st.composite
def talks(draw: st.DrawFn) -> Talk:
    """A thread of up to 14 messages by both authors, most of them sensible, some not."""
    kind = draw(st.sampled_from(["request"] * 4 + ["spontaneous-information"]))
    talk = Talk(kind, lines=draw(st.sampled_from([(1,), (1, 2), ()])))
    seen: dict[Author, int] = {"opener": 0, "other": 1}
    count: dict[Author, int] = {"opener": 1, "other": 0}
    for _ in range(draw(st.integers(0, 13))):
        author: Author = draw(st.sampled_from(["opener", "other"]))
        counter: Author = "other" if author == "opener" else "opener"
        allowed = [t for t in FOLLOWING if author in ROLES[t]]
        type_ = draw(st.sampled_from(allowed))
        mark = "p" if author == "opener" else "o"
        seen[author] = draw(st.integers(seen[author], count[counter]))
        sees = f"{mark}{seen[author] - 1}" if seen[author] else ""
        fields = dict(BODIES.get(type_, {}))
        if type_ in NEEDS_ABOUT:
            names = [talk.name(event.id) for event in talk.events]
            fields["about"] = draw(st.sampled_from(names))
        if type_ == "correction":
            fields["answers"] = result(1, outcome="STATE_STOCK")["answers"]
        (talk.opener if author == "opener" else talk.other)(type_, sees=sees, **fields)
        count[author] += 1
    return talk


def untimed(state: CaseState) -> dict[str, Any]:
    """A state without what is dated by time of receipt."""
    plain: dict[str, Any] = msgspec.to_builtins(state)
    for name in ("milestones", "pauses", "since"):
        plain.pop(name, None)
    for line in plain.get("lines", ()):
        line.pop("since")
    return plain


@given(talks(), st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_state(talk: Talk, shuffle: random.Random) -> None:
    expected = fold(talk.events)
    arrived = list(talk.events)
    for _ in range(4):
        shuffle.shuffle(arrived)
        assert fold(arrived) == expected


@given(
    lines=st.lists(st.integers(1, 200), max_size=5),
    level=st.sampled_from(["FLASH", "ROUTINE"]),
    test=st.booleans(),
)
def test_a_fresh_request_is_folded_as_the_rules_say(
    lines: list[int], level: str, *, test: bool
) -> None:
    opening = Talk(lines=lines, test=test, urgency={"level": code("urgency-level", level)}).events
    expected = by_rules(nodes_of(opening), now=None, timers=Timers())
    assert fold(opening) == expected
    later = instant(opening[0].at) + timedelta(days=1000)
    assert fold(opening, now=later) == by_rules(nodes_of(opening), now=later, timers=Timers())


@given(lines=st.lists(st.integers(1, 200), max_size=5), level=st.sampled_from(["FLASH", "ROUTINE"]))
def test_the_course_of_an_opening_alone_is_what_the_rules_say(lines: list[int], level: str) -> None:
    opening = Talk(lines=lines, urgency={"level": code("urgency-level", level)}).events
    view = judge(nodes_of(opening))[0]
    assert course.course_in(view) == course.by_rules(view)


@given(talks())
def test_a_message_that_arrives_twice_counts_once(talk: Talk) -> None:
    assert fold([*talk.events, *talk.events]) == fold(talk.events)


@given(talks(), st.integers(0, 14), st.integers(0, 14))
def test_adding_is_associative_commutative_and_idempotent(talk: Talk, i: int, j: int) -> None:
    low, high = sorted((i, j))
    a, b, c = ({e.id: e for e in part} for part in parts(talk.events, low, high))
    left = add(add(a, b.values()), c.values())
    right = add(a, add(b, c.values()).values())
    assert left == right == add(c, add(b, a.values()).values())
    assert add(left, left.values()) == left
    assert fold(left.values()) == fold(right.values())


def parts(events: list[Event], low: int, high: int) -> tuple[list[Event], ...]:
    """Three overlapping parts of a list."""
    return events[:low], events[max(low - 1, 0) : high], events[max(high - 1, 0) :]


@given(talks())
def test_a_judgement_never_changes_when_more_arrives(talk: Talk) -> None:
    final = {o.id: o.code for o in fold(talk.events).objections}
    for end in range(1, len(talk.events)):
        known = {event.id for event in talk.events[:end]}
        early = {o.id: o.code for o in fold(talk.events[:end]).objections}
        assert early == {id_: c for id_, c in final.items() if id_ in known}


@given(talks())
def test_every_objection_has_a_meaning(talk: Talk) -> None:
    assert {o.code for o in fold(talk.events).objections} <= CODES.keys()


@given(talks(), st.randoms(use_true_random=False))
def test_no_time_of_receipt_changes_a_state(talk: Talk, clock: random.Random) -> None:
    moved = [
        replace(event, at=f"2026-0{clock.randint(1, 9)}-11T00:00:00.000Z") for event in talk.events
    ]
    assert untimed(fold(moved)) == untimed(fold(talk.events))


@given(talks(), st.text(min_size=1, max_size=4))
def test_no_id_changes_a_state(talk: Talk, salt: str) -> None:
    renamed = {event.id: id_of(salt + event.id) for event in talk.events}
    plain = json.loads(rename(msgspec.json.encode(fold(talk.events)).decode(), renamed))
    events = [rename_event(event, renamed) for event in talk.events]
    other = json.loads(msgspec.json.encode(fold(events)))
    for state in (plain, other):
        state.get("objections", []).sort(key=lambda o: o["id"])
    assert plain == other


def rename(text: str, names: dict[str, str]) -> str:
    """A text with every id replaced."""
    return re.sub("[A-Za-z0-9_-]{43}", lambda found: names.get(found[0], found[0]), text)


def rename_event(event: Event, names: dict[str, str]) -> Event:
    """An event under another id, in a thread where all ids are others."""
    clear = json.loads(rename(msgspec.json.encode(event.message).decode(), names))
    if "follows" in clear:
        clear["follows"].sort()
    return replace(event, id=names[event.id], message=from_wire(clear, {}))


@given(talks())
def test_what_is_awaited_first_says_who_is_awaited(talk: Talk) -> None:
    state = fold(talk.events)
    assert state.awaiting == (state.awaited[0].who if state.awaited else None)


@given(talks())
def test_an_open_request_always_awaits_somebody(talk: Talk) -> None:
    state = fold(talk.events)
    if state.state not in {State.CLOSED, State.WITHDRAWN, State.LAPSED}:
        assert state.awaiting is not None


@given(talks())
def test_two_messages_never_stand_before_each_other(talk: Talk) -> None:
    nodes = nodes_of(talk.events)
    for a in nodes:
        for b in nodes:
            assert not (before(a, b) and before(b, a))
            if a is not b and not crossed(a, b):
                assert before(a, b) or before(b, a)


def test_the_table_is_symmetric_and_without_contradiction() -> None:
    for one in TYPES:
        for other in TYPES:
            assert first_of(one, other) == first_of(other, one)
    assert len(TABLE) == sum(len(firsts) * len(seconds) for firsts, seconds, _ in ROWS)
    assert set(TABLE.values()) <= set(TYPES)


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_each_vector_is_what_the_fold_gives(name: str) -> None:
    file = FOLDER / f"{name}.json"
    assert file.read_text("utf-8") == written(name)
    read = json.loads(file.read_text("utf-8"))
    events = [
        Event(e["id"], e["author"], from_wire(e["message"], {}), e["at"]) for e in read["events"]
    ]
    now = instant(read["now"]) if read["now"] else None
    state = fold(reversed(events), now=now)
    assert json.loads(msgspec.json.encode(state)) == read["expected"]


def test_there_is_a_file_for_each_scenario_and_no_other() -> None:
    assert {file.stem for file in FOLDER.glob("*.json")} == set(SCENARIOS)
    assert set(NOW) <= set(SCENARIOS)


@settings(deadline=None)
@given(st.integers(0, 2))
def test_a_set_that_lacks_an_ancestor_is_refused(missing: int) -> None:
    talk = Talk()
    talk.other("acknowledgement", **RECEIVED)
    talk.opener("reminder")
    talk.other("result", **result(1))
    with pytest.raises(ValueError, match=r"ancestors|opening"):
        fold([e for n, e in enumerate(talk.events) if n != missing])


def test_a_forked_chain_of_one_author_is_refused() -> None:
    one, two = Talk(), Talk()
    one.opener("reminder")
    two.opener("withdraw")
    fork = replace(two.events[1], id=id_of("fork"))
    with pytest.raises(ValueError, match="one chain"):
        fold([*one.events, fork])


def test_two_openings_are_refused() -> None:
    first = Talk().events[0]
    with pytest.raises(ValueError, match="one opening"):
        fold([first, replace(first, id=id_of("again"))])


def test_a_thousand_messages_fold_in_one_pass() -> None:
    talk = Talk()
    for _ in range(499):
        talk.opener("reminder")
        talk.other("interim")
    assert fold(talk.events).state is State.IN_PROGRESS


def test_conditions_by_the_opener_await_the_other_side() -> None:
    talk = Talk()
    condition = {"n": 1, "kind": code("condition-kind", "NO_THIRD_STATE")}
    talk.other("acknowledgement", **RECEIVED)
    talk.opener("conditions-proposed", conditions=[condition])
    decisions = [a for a in fold(talk.events).awaited if a.what == "decision"]
    assert [a.who for a in decisions] == ["other"]


def test_the_written_rules_hold_every_row_code_and_role() -> None:
    text = (FOLDER.parents[1] / "fold.md").read_text("utf-8")
    for firsts, seconds, why in ROWS:
        cells = (", ".join(f"`{t}`" for t in sorted(types)) for types in (firsts, seconds))
        assert f"| {' | '.join(cells)} | {why} |" in text
    for code_, meaning in CODES.items():
        assert f"| `{code_}` | {meaning} |" in text
    for type_, authors in ROLES.items():
        assert f"| `{type_}` | {' or '.join(sorted(authors, reverse=True))} |" in text


def mark(text: str, location: str = "FRAME", kind: str = "SERIAL", **fields: Any) -> dict[str, Any]:
    """A mark as it is described."""
    placed = {"location": code("mark-location", location)} if location else {}
    return {"kind": code("mark-kind", kind), "text": text, **placed, **fields}


def was(talk: Talk) -> dict[tuple[int, int], tuple[str, ...]]:
    """What marks were before, by line and number: their texts, or how they read."""
    return {
        (one.line, one.n): tuple(
            mark.text or (mark.reading.value if mark.reading else "") for mark in one.was
        )
        for one in earlier_marks(course.judged(talk.events).view)
    }


def described(*marks: dict[str, Any], line: int = 1) -> list[dict[str, Any]]:
    return [firearm(line, marks=list(marks))]


def test_a_mark_that_is_described_anew_tells_what_it_was_before() -> None:
    make = mark("BOREAL", "SLIDE", "MANUFACTURER")
    talk = Talk(firearms=described(make, mark("B7 4??62")))
    assert was(talk) == {}
    talk.opener("correction", about="o0", firearms=described(make, mark("B7 4?162")))
    talk.opener("amend", firearms=described(mark("B7 46162"), make))
    talk.opener("amend", firearms=described(mark("B7 46162"), make))
    assert was(talk) == {(1, 1): ("B7 4??62", "B7 4?162")}


def test_what_was_taken_back_or_changes_nothing_was_never_described() -> None:
    talk = Talk(firearms=described(mark("A1")))
    wrong = talk.opener("correction", about="o0", firearms=described(mark("A2")))
    talk.opener("recall", about=wrong)
    talk.opener("amend", firearms=described(mark("A3")))
    talk.other("correction", about="o0", firearms=described(mark("A4")))
    assert was(talk) == {(1, 1): ("A1",)}


def test_a_mark_without_text_was_what_it_read_as() -> None:
    gone = mark("", reading=code("reading-state", "UNREADABLE"))
    talk = Talk(firearms=described(gone))
    talk.opener("correction", about="o0", firearms=described(mark("B7 46162")))
    assert was(talk) == {(1, 1): ("UNREADABLE",)}


def test_nothing_is_said_of_a_mark_that_may_be_another_one() -> None:
    talk = Talk(firearms=described(mark("A1"), mark("A1", "SLIDE")))
    talk.opener("correction", about="o0", firearms=described(mark("A9", "BARREL"), mark("A1")))
    assert was(talk) == {}
    moved = Talk(firearms=described(mark("A1")))
    moved.opener("correction", about="o0", firearms=described(mark("A9", "RECEIVER")))
    assert was(moved) == {(1, 1): ("A1",)}


def test_a_line_that_is_no_longer_asked_about_tells_nothing_of_before() -> None:
    talk = Talk(firearms=[*described(mark("A1")), *described(mark("B1"), line=2)])
    both = [*described(mark("A2")), *described(mark("B2"), line=2)]
    talk.opener("correction", about="o0", firearms=both)
    talk.opener("amend", dropped=[2])
    assert was(talk) == {(1, 1): ("A1",)}
