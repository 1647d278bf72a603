"""What is to be done about clocks, and when: a pure function of targets, policy and what was done.

Three tracks, each with its stages in the order of their instants:

1. *notices* to our own people: before the end, at the end and after it for what we owe; after the
   end only for what the other side owes us;
2. *escalation* to the head, at the instant that the terms give;
3. *peer*: a signed reminder of what the other side owes us, and an enquiry where the final answer
   stands. One for the whole thread at a time, never on top of one that has not arrived, and never
   more than the policy's number, whoever sent them.

Of one target and track only the latest stage that has come is acted on; the earlier ones are noted
with it (`Act.also`). So a node that was down for a month tells each thing once. A target that is
met, waived or paused calls for nothing.

A short clock is acted on sooner: every span of the policy counts at most as the stated share of the
clock's own time, so that a question of life and death is not reminded of the next day.

An act has a key, and what stands under its key is never done again. The key names the clock, the
message it counts from, the lines, the act and its number, and the end it is about (to the minute):
an end that was moved is told of again. What was done for lines 1 and 2 is done for line 2.

What it does not do: send, write or tell anything (`exchange.clocks.tick` and its ports do).

Example:
    >>> acts_due(targets, {}, Policy(), instant("2026-03-30T10:00:00.000Z"), us="other")
    Schedule(acts=(Act(kind='notice-due', ...),), next=datetime.datetime(2026, 3, 31, 10, 0, ...))
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from tracer.clock import instant
from tracer.model.clocks.judge import judge
from tracer.model.clocks.state import RUNNING, ClockKind, Target
from tracer.model.thread.causality import Author

_TICK: Final = timedelta(milliseconds=1)
_SOFT: Final = frozenset(
    (
        ClockKind.INFORMATION,
        ClockKind.DECISION,
        ClockKind.CLARIFICATION,
        ClockKind.CONSENT,
        ClockKind.ERASURE,
        ClockKind.PROGRESS,
    )
)
"""Questions: their end is when whoever owes the reply is reminded."""
_ENDS: Final = frozenset((ClockKind.INFORMATION, ClockKind.FEEDBACK))
"""These end by themselves: nobody is told that it is over, what is left is told before."""
_ABOUT: Final = 12
"""Characters of a message id that stand in a key."""


class ActKind(StrEnum):
    """What is done about a clock."""

    NOTICE_BEFORE = "notice-before"
    NOTICE_DUE = "notice-due"
    NOTICE_AFTER = "notice-after"
    ESCALATE = "escalate"
    REMIND_PEER = "remind-peer"
    ENQUIRE_PEER = "enquire-peer"


TO_PEER: Final = frozenset((ActKind.REMIND_PEER, ActKind.ENQUIRE_PEER))
"""Acts that the other side hears of."""


class Policy(Struct, frozen=True, kw_only=True):
    """What an authority does about clocks by itself."""

    share: int = 25
    """Percent of a clock's own time that every span below counts at most as."""
    before: timedelta = timedelta(hours=72)
    """Before the end our own people are told of what they owe."""
    after: timedelta = timedelta(hours=24)
    """After the end they are told that it has passed."""
    remind: timedelta = timedelta(hours=24)
    """After the end the other side is reminded of what it owes. Of a question of ours, at once."""
    apart: timedelta = timedelta(days=7)
    """From one message of this kind to the next; at most the clock's whole time, not its share."""
    reminders: int = 3
    """Most reminders in a thread, those included that people sent."""
    reminders_each: int = 2
    """Most reminders that policy sends about one clock; about a question, one."""
    enquiries: int = 1
    """Most progress enquiries in a thread, those included that people sent."""


class Asked(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What we have sent in a thread to remind or enquire, people and policy together."""

    reminders: int = 0
    enquiries: int = 0
    last: str = ""
    """When the last of them was received, or sent if there is no receipt; empty: none was."""
    on_its_way: bool = False
    """Whether anything of ours in the thread has not arrived yet."""


class Act(Struct, frozen=True, kw_only=True):
    """One thing to do now."""

    key: str
    kind: ActKind
    number: int
    """The how-manieth of its kind about this clock, from 1."""
    target: Target
    """With the lines that it is done for."""
    also: tuple[str, ...] = ()
    """Keys of earlier stages that this act makes needless."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Everything to note when it is done."""
        return (self.key, *self.also)


class Schedule(NamedTuple):
    """What to do now, and when to look again; None: when the next message comes."""

    acts: tuple[Act, ...]
    next: datetime | None


class _Stage(NamedTuple):
    """One step of a track: what, the how-manieth, and from when on."""

    kind: ActKind
    number: int
    at: datetime


class _Step(NamedTuple):
    """A stage of a target that is not done, and for which lines."""

    target: Target
    stage: _Stage
    lines: tuple[int, ...]

    @property
    def key(self) -> str:
        return act_key(self.target, self.stage.kind, self.stage.number, self.lines)


def acts_due(
    targets: Iterable[Target],
    done: Collection[str],
    policy: Policy,
    now: datetime,
    *,
    us: Author,
    asked: Asked | None = None,
) -> Schedule:
    """What is due about the clocks of one thread at `now`.

    Args:
        targets: As `model.clocks.targets` gives them for this instant.
        done: Keys of what was done about the thread before.
        policy: Ours.
        now: The present instant.
        us: Which side of the thread we are.
        asked: What we have sent the other side to remind or enquire; None: nothing.
    """
    held = tuple(targets)
    running = [one for one in held if not one.ended and judge(one, now).standing in RUNNING]
    told = _Told(done)
    acts: list[Act] = []
    coming = [moment for one in held for moment in _ends(one)]
    for target in running:
        for track in (_notices(target, policy, us), _escalation(target)):
            left = list(_left(target, track, told))
            coming.extend(step.stage.at for step in left)
            acts.extend(_latest(step for step in left if step.stage.at <= now))
    to_peer, later = _peer(running, told, policy, now, us=us, asked=asked or Asked())
    coming.extend(later)
    return Schedule((*acts, *to_peer), min((one for one in coming if one > now), default=None))


def act_key(target: Target, kind: ActKind, number: int, lines: Sequence[int]) -> str:
    """The name under which an act is noted."""
    about, due = target.about[:_ABOUT], target.due[:16]
    return f"{target.kind}/{about}/{_ranges(lines)}/{kind}/{number}/{due}"


def _notices(target: Target, policy: Policy, us: Author) -> Iterator[_Stage]:
    """Track 1."""
    due = instant(target.due)
    if target.who == us:
        marks = {due - _span(policy.before, target, policy)}
        if target.kind in _ENDS and target.remind:
            marks.add(instant(target.remind))
        for number, at in enumerate(sorted(marks), 1):
            yield _Stage(ActKind.NOTICE_BEFORE, number, at)
        if target.kind not in _ENDS:
            yield _Stage(ActKind.NOTICE_DUE, 1, due)
    if target.kind not in _ENDS:
        yield _Stage(ActKind.NOTICE_AFTER, 1, due + max(_span(policy.after, target, policy), _TICK))


def _escalation(target: Target) -> Iterator[_Stage]:
    """Track 2, on both sides: our head steps in, or speaks to theirs."""
    if target.escalate:
        yield _Stage(ActKind.ESCALATE, 1, instant(target.escalate))


def _asking(target: Target, policy: Policy, us: Author) -> Iterator[_Stage]:
    """Track 3, of one target."""
    if target.who == us or target.kind is ClockKind.FEEDBACK:
        return
    kind, count = ActKind.REMIND_PEER, policy.reminders_each
    start = instant(target.due) + max(_span(policy.remind, target, policy), _TICK)
    if target.kind in _SOFT:
        start, count = instant(target.remind or target.due), 1
    elif target.kind is ClockKind.FINAL_ANSWER:
        kind, count = ActKind.ENQUIRE_PEER, policy.enquiries
    for number in range(count):
        yield _Stage(kind, number + 1, start + number * _apart(target, policy))


def _peer(
    running: Iterable[Target],
    told: _Told,
    policy: Policy,
    now: datetime,
    *,
    us: Author,
    asked: Asked,
) -> tuple[list[Act], list[datetime]]:
    """Track 3, of the thread: one act at most, and when the next may come.

    While something of ours has not arrived nothing is added; its receipt brings the thread up.
    """
    if asked.on_its_way:
        return [], []
    room = {
        ActKind.REMIND_PEER: policy.reminders - asked.reminders,
        ActKind.ENQUIRE_PEER: policy.enquiries - asked.enquiries,
    }
    reached: list[_Step] = []
    coming: list[datetime] = []
    for target in running:
        stages = (one for one in _asking(target, policy, us) if room[one.kind] > 0)
        for step in _left(target, stages, told):
            at = step.stage.at
            if asked.last:
                at = max(at, instant(asked.last) + _apart(target, policy))
            if at > now:
                coming.append(at)
            else:
                reached.append(step)
    return _latest(reached), coming


def _left(target: Target, stages: Iterable[_Stage], told: _Told) -> Iterator[_Step]:
    """The stages that are not done, nor one after them, and for which lines."""
    ordered = sorted(stages, key=lambda stage: stage.at)
    for place, stage in enumerate(ordered):
        done = set().union(*(told.lines(target, one) for one in ordered[place:]))
        lines = tuple(line for line in target.lines or (0,) if line not in done)
        if lines:
            yield _Step(target, stage, lines if target.lines else ())


_ORDER: Final = tuple(ClockKind)
"""The most pressing first."""


def _latest(steps: Iterable[_Step]) -> list[Act]:
    """The step that came last, the most pressing clock first; it stands for all."""

    def rank(place: int, step: _Step) -> tuple[float, int, int]:
        return -step.stage.at.timestamp(), _ORDER.index(step.target.kind), -place

    placed = sorted(enumerate(steps), key=lambda pair: rank(*pair))
    found = [step for _, step in placed]
    if not found:
        return []
    first = found[0]
    return [
        Act(
            key=first.key,
            kind=first.stage.kind,
            number=first.stage.number,
            target=replace(first.target, lines=first.lines),
            also=tuple(step.key for step in found[1:]),
        )
    ]


def _ends(target: Target) -> Iterator[datetime]:
    """When a target ceases without a message: what it holds back lapses, or the thread closes."""
    if target.ended:
        return
    if target.lapses:
        yield instant(target.lapses) + _TICK
    elif target.kind in _ENDS:
        yield instant(target.due) + _TICK


def _span(span: timedelta, target: Target, policy: Policy) -> timedelta:
    """A span of the policy, at most the share of the clock's time."""
    whole = instant(target.due) - instant(target.since)
    return _whole(min(span, whole * policy.share / 100))


def _apart(target: Target, policy: Policy) -> timedelta:
    """From one message about a clock to the next; one that had passed when it began has no time."""
    whole = instant(target.due) - instant(target.since)
    return _whole(min(policy.apart, whole) if whole > timedelta() else policy.apart)


def _whole(span: timedelta) -> timedelta:
    """In milliseconds, never negative."""
    return max(span // _TICK * _TICK, timedelta())


class _Told:
    """What was done, by clock, act and end: for which lines."""

    def __init__(self, done: Collection[str]) -> None:
        self._lines: dict[tuple[str, ...], set[int]] = {}
        for key in done:
            kind, about, lines, *rest = key.split("/")
            self._lines.setdefault((kind, about, *rest), set()).update(_numbers(lines))

    def lines(self, target: Target, stage: _Stage) -> set[int]:
        """The lines for which a stage is done; 0 stands for a clock without lines."""
        if not self._lines:
            return set()
        name = act_key(target, stage.kind, stage.number, ()).split("/")
        return self._lines.get((name[0], name[1], *name[3:]), set())


def _ranges(lines: Sequence[int]) -> str:
    """`1-3,5`; `-` for no lines."""
    parts = []
    for _, run in groupby(enumerate(sorted(lines)), lambda pair: pair[1] - pair[0]):
        numbers = [number for _, number in run]
        parts.append(f"{numbers[0]}" + (f"-{numbers[-1]}" if len(numbers) > 1 else ""))
    return ",".join(parts) or "-"


def _numbers(text: str) -> Iterator[int]:
    for part in text.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first or 0), int(last or first or 0) + 1)
