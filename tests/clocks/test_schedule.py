"""The schedule alone: every stage once, in order, collapsed when late, bounded towards the peer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.model.clocks import Timed
from tests.model.threads import id_of
from tracer.clock import instant, stamp
from tracer.model.clocks import ClockKind, Target
from tracer.model.clocks.schedule import (
    TO_PEER,
    Act,
    ActKind,
    Asked,
    Policy,
    Schedule,
    acts_due,
)
from tracer.model.thread import Author

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
MS, MINUTE, HOUR, DAY = (
    timedelta(milliseconds=1),
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
)
OWN = (ActKind.NOTICE_BEFORE, ActKind.NOTICE_DUE, ActKind.NOTICE_AFTER)


def target(
    kind: ClockKind = ClockKind.FIRST_ANSWER,
    *,
    who: Author = "other",
    due: timedelta = 28 * DAY,
    lines: tuple[int, ...] = (),
    escalate: timedelta | None = 7 * DAY,
    about: str = "o0",
) -> Target:
    """A target counted from `START`."""
    return Target(
        kind=kind,
        who=who,
        about=id_of(about),
        since=stamp(START),
        due=stamp(START + due),
        lines=lines,
        escalate="" if escalate is None else stamp(START + due + escalate),
    )


class Follower:
    """Does what the schedule says, as the tick does, and remembers it."""

    def __init__(self, targets: Sequence[Target], us: Author, policy: Policy | None = None) -> None:
        self.targets = targets
        self.us = us
        self.policy = policy or Policy()
        self.done: list[str] = []
        self.acts: list[tuple[datetime, Act]] = []
        self.asked = Asked()

    def look(self, now: datetime) -> Schedule:
        """Look once, and do it."""
        found = acts_due(self.targets, self.done, self.policy, now, us=self.us, asked=self.asked)
        for act in found.acts:
            self.done.extend(act.keys)
            self.acts.append((now, act))
            if act.kind in TO_PEER:
                enquiry = act.kind is ActKind.ENQUIRE_PEER
                self.asked = replace(
                    self.asked,
                    reminders=self.asked.reminders + (not enquiry),
                    enquiries=self.asked.enquiries + enquiry,
                    last=stamp(now),
                )
        return found

    def follow(self, start: datetime = START) -> None:
        """Look at every instant that is named, until none is."""
        now: datetime | None = start
        while now is not None:
            now = self.look(now).next

    def told(self) -> list[tuple[str, timedelta]]:
        """Kinds of acts and how long after the start each was done."""
        return [(str(act.kind), now - START) for now, act in self.acts]


def test_who_owes_an_answer_is_told_before_at_and_after_its_end_and_then_the_head() -> None:
    answering = Follower([target()], "other")
    answering.follow()
    assert answering.told() == [
        ("notice-before", 25 * DAY),
        ("notice-due", 28 * DAY),
        ("notice-after", 29 * DAY),
        ("escalate", 35 * DAY),
    ]


def test_who_waits_for_it_is_told_when_it_has_passed_and_the_peer_is_reminded() -> None:
    asking = Follower([target()], "opener")
    asking.follow()
    assert asking.told() == [
        ("notice-after", 29 * DAY),
        ("remind-peer", 29 * DAY),
        ("escalate", 35 * DAY),
        ("remind-peer", 36 * DAY),
    ]


def test_a_clock_of_one_hour_is_acted_on_within_minutes() -> None:
    asking = Follower([target(ClockKind.ACKNOWLEDGE, due=HOUR, escalate=2 * HOUR)], "opener")
    asking.follow()
    assert asking.told() == [
        ("notice-after", 75 * MINUTE),
        ("remind-peer", 75 * MINUTE),
        ("remind-peer", 135 * MINUTE),
        ("escalate", 3 * HOUR),
    ]


def test_a_late_final_answer_is_enquired_about_not_reminded_of() -> None:
    asking = Follower([target(ClockKind.FINAL_ANSWER, due=90 * DAY, lines=(1, 2))], "opener")
    asking.follow()
    sent = [(act.kind, act.target.lines) for _, act in asking.acts if act.kind in TO_PEER]
    assert sent == [(ActKind.ENQUIRE_PEER, (1, 2))]


def test_a_question_of_ours_is_reminded_of_once_when_its_terms_say() -> None:
    case = Timed()
    case.other(5 * DAY, "more-info")
    targets = [d.target for d in case.all(6 * DAY)]
    answering = Follower(targets, "other")
    answering.follow(case.start + 6 * DAY)
    assert [(now - case.start, act.kind) for now, act in answering.acts] == [
        (19 * DAY, ActKind.REMIND_PEER)
    ]


def test_what_a_question_asks_of_us_is_told_at_its_reminder_and_before_it_lapses() -> None:
    case = Timed()
    case.other(5 * DAY, "more-info")
    asking = Follower([d.target for d in case.all(6 * DAY)], "opener")
    asking.follow(case.start + 6 * DAY)
    assert [(now - case.start, act.kind, act.number) for now, act in asking.acts] == [
        (19 * DAY, ActKind.NOTICE_BEFORE, 1),
        (46 * DAY, ActKind.NOTICE_BEFORE, 2),
    ]


def test_after_a_month_of_silence_each_thing_is_told_once_and_the_rest_noted() -> None:
    late = Follower([target()], "other")
    late.look(START + 60 * DAY)
    assert late.told() == [("notice-after", 60 * DAY), ("escalate", 60 * DAY)]
    assert len(late.done) == 4
    assert late.look(START + 60 * DAY).acts == ()


def test_a_review_day_that_had_passed_when_the_delay_arrived_is_told_once_and_reminded_apart() -> (
    None
):
    late = target(ClockKind.REVIEW, due=-2 * DAY, escalate=None)
    for us, told in (
        ("other", [("notice-after", timedelta())]),
        (
            "opener",
            [("notice-after", timedelta()), ("remind-peer", timedelta()), ("remind-peer", 7 * DAY)],
        ),
    ):
        one = Follower([late], us)  # type: ignore[arg-type]
        one.follow()
        assert one.told() == told


def test_a_stage_is_not_told_after_a_later_one_of_its_track() -> None:
    answering = Follower([target()], "other")
    (due,) = answering.look(START + 28 * DAY).acts
    known = acts_due([target()], [due.key], Policy(), START + 28 * DAY, us="other")
    assert (due.kind, known.acts) == (ActKind.NOTICE_DUE, ())


def test_after_a_month_the_peer_gets_one_reminder_for_the_whole_thread() -> None:
    late = Follower([target(ClockKind.ACKNOWLEDGE, due=2 * DAY), target(due=28 * DAY)], "opener")
    late.look(START + 60 * DAY)
    sent = [act for _, act in late.acts if act.kind in TO_PEER]
    assert [act.target.kind for act in sent] == [ClockKind.FIRST_ANSWER]
    assert len(sent[0].also) == 3


def test_an_end_that_was_moved_is_told_of_again() -> None:
    answering = Follower([target()], "other")
    answering.look(START + 26 * DAY)
    answering.targets = [target(due=60 * DAY)]
    answering.follow(START + 27 * DAY)
    assert answering.told()[:3] == [
        ("notice-before", 26 * DAY),
        ("notice-before", 57 * DAY),
        ("notice-due", 60 * DAY),
    ]


def test_what_was_told_of_two_lines_is_not_told_again_of_the_one_that_is_left() -> None:
    answering = Follower([target(ClockKind.FINAL_ANSWER, lines=(1, 2))], "other")
    answering.look(START + 28 * DAY)
    answering.targets = [target(ClockKind.FINAL_ANSWER, lines=(2,))]
    assert answering.look(START + 28 * DAY + HOUR).acts == ()


def test_a_line_that_comes_to_the_same_end_is_told_alone() -> None:
    answering = Follower([target(ClockKind.FINAL_ANSWER, lines=(1,))], "other")
    answering.look(START + 28 * DAY)
    answering.targets = [target(ClockKind.FINAL_ANSWER, lines=(1, 2, 3))]
    (act,) = answering.look(START + 28 * DAY + HOUR).acts
    assert act.target.lines == (2, 3)
    assert "/2-3/" in act.key


@pytest.mark.parametrize(
    "over",
    [
        {"ended": stamp(START + DAY)},
        {"ended": stamp(START + 40 * DAY)},
        {"ended": stamp(START + 40 * DAY), "given_up": True},
        {"ended": stamp(START + DAY), "given_up": True, "waived": True},
        {"paused": stamp(START + DAY)},
        {"paused": stamp(START + DAY), "lapses": stamp(START + 2 * DAY)},
    ],
)
def test_what_is_met_given_up_or_held_calls_for_nothing(over: dict[str, object]) -> None:
    quiet = replace(target(), **over)
    for us in ("opener", "other"):
        assert acts_due([quiet], (), Policy(), START + 50 * DAY, us=us).acts == ()


def test_nothing_is_sent_while_something_of_ours_is_on_its_way() -> None:
    found = acts_due(
        [target()], (), Policy(), START + 30 * DAY, us="opener", asked=Asked(on_its_way=True)
    )
    assert [act.kind for act in found.acts] == [ActKind.NOTICE_AFTER]


def test_a_reminder_that_a_person_sent_counts_and_puts_the_next_off() -> None:
    asked = Asked(reminders=1, last=stamp(START + 28 * DAY))
    at = START + 29 * DAY
    found = acts_due([target(escalate=None)], (), Policy(), at, us="opener", asked=asked)
    assert [act.kind for act in found.acts] == [ActKind.NOTICE_AFTER]
    assert found.next == START + 35 * DAY
    asked = Asked(reminders=3, last=stamp(START + 28 * DAY))
    found = acts_due([target(escalate=None)], (), Policy(), at, us="opener", asked=asked)
    assert found.next is None


def test_a_policy_of_none_sends_none() -> None:
    silent = Follower(
        [target(), target(ClockKind.FINAL_ANSWER, due=90 * DAY, lines=(1,))],
        "opener",
        Policy(reminders=0, enquiries=0),
    )
    silent.follow()
    assert not [act for _, act in silent.acts if act.kind in TO_PEER]


def test_a_lapse_is_looked_at_when_it_has_come() -> None:
    lapse = START + 30 * DAY
    held = replace(target(), paused=stamp(START + DAY), lapses=stamp(lapse))
    found = acts_due([held], (), Policy(), lapse, us="other")
    assert found.next == lapse + MS


# -- any targets, any policy

_SPANS = st.integers(1, 200 * 24 * 60).map(lambda minutes: minutes * MINUTE)
_HOURS = st.integers(1, 400).map(lambda hours: hours * HOUR)
_TARGETS = st.lists(
    st.builds(
        target,
        st.sampled_from(list(ClockKind)),
        who=st.sampled_from(["opener", "other"]),
        due=_SPANS,
        lines=st.sampled_from([(), (1,), (1, 2), (4, 7)]),
        escalate=st.none() | _HOURS,
        about=st.sampled_from(["o0", "o1", "p0"]),
    ),
    max_size=5,
    unique_by=lambda one: (one.kind, one.about, one.lines),
)
_POLICIES = st.builds(
    Policy,
    share=st.integers(1, 100),
    before=_HOURS,
    after=_HOURS,
    remind=_HOURS,
    apart=_HOURS,
    reminders=st.integers(0, 4),
    reminders_each=st.integers(0, 4),
    enquiries=st.integers(0, 3),
)
_SIDES: st.SearchStrategy[Author] = st.sampled_from(["opener", "other"])


@given(_TARGETS, _POLICIES, _SIDES)
def test_followed_to_its_end_nothing_is_done_twice_or_too_often(
    targets: list[Target], policy: Policy, us: Author
) -> None:
    one = Follower(targets, us, policy)
    one.follow()
    keys = Counter(one.done)
    assert [key for key, count in keys.items() if count > 1] == []
    assert one.asked.reminders <= policy.reminders
    assert one.asked.enquiries <= policy.enquiries
    for now, act in one.acts:
        assert act.target.who == us or act.kind in (
            ActKind.NOTICE_AFTER, ActKind.ESCALATE, *TO_PEER,
        )  # fmt: skip
        if act.kind in (ActKind.NOTICE_AFTER, ActKind.ESCALATE):
            assert now > instant(act.target.due)


@given(_TARGETS, _POLICIES, _SIDES)
def test_whatever_is_owed_to_its_end_has_each_stage_told_at_its_own_instant(
    targets: list[Target], policy: Policy, us: Author
) -> None:
    one = Follower(targets, us, policy)
    one.follow()
    for each in targets:
        if each.who != us or each.kind in (ClockKind.INFORMATION, ClockKind.FEEDBACK):
            continue
        told = [
            (now, act.kind)
            for now, act in one.acts
            if act.kind in OWN
            and (act.target.kind, act.target.about) == (each.kind, each.about)
            and act.target.due == each.due
            and set(act.target.lines) == set(each.lines)
        ]
        assert (instant(each.due), ActKind.NOTICE_DUE) in told
        assert len(told) in (2, 3)  # a notice before falls together with the end of a short clock


@given(_TARGETS, _POLICIES, _SIDES, st.lists(_SPANS, max_size=8))
def test_looks_at_any_other_instants_do_no_more_and_leave_nothing_out(
    targets: list[Target], policy: Policy, us: Author, looks: list[timedelta]
) -> None:
    plain, disturbed = Follower(targets, us, policy), Follower(targets, us, policy)
    plain.follow()
    waiting = sorted(START + one for one in looks)
    now: datetime | None = START
    while now is not None:
        then = disturbed.look(now).next
        if waiting and (then is None or waiting[0] < then):
            then = waiting.pop(0)
        now = then
    assert disturbed.told() == plain.told()


@given(_TARGETS, _POLICIES, _SIDES, _SPANS)
def test_however_late_the_first_look_comes_each_target_is_told_once_at_most(
    targets: list[Target], policy: Policy, us: Author, late: timedelta
) -> None:
    one = Follower(targets, us, policy)
    found = one.look(START + late)
    told = Counter(
        (act.target.kind, act.target.about, act.target.lines, act.target.due)
        for act in found.acts
        if act.kind in OWN
    )
    assert max(told.values(), default=0) <= 1
    assert sum(act.kind in TO_PEER for act in found.acts) <= 1
    assert one.look(START + late).acts == ()
    assert found.next is None or found.next > START + late


@given(st.permutations([target(kind, lines=(1,)) for kind in ClockKind]), _SIDES, _SPANS)
def test_the_order_of_the_targets_does_not_matter(
    targets: list[Target], us: Author, late: timedelta
) -> None:
    def found(given: Sequence[Target]) -> tuple[set[str], datetime | None]:
        schedule = acts_due(given, (), Policy(), START + late, us=us)
        return {key for act in schedule.acts for key in act.keys}, schedule.next

    assert found(targets) == found(sorted(targets, key=lambda one: one.kind))
