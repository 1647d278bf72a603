"""What is awaited in a case: of whom, until when, how it stands, and what happens then.

Every sentence is made from coded fields: the state says what is awaited, its target until when
(`model.clocks`). An instant is called a target, unless the terms say that the two States made it a
deadline. The same fields travel as JSON, so that a page or a script says nothing else.

What it does not do: compute an instant, or send anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import msgspec

from tracer.casework.mail.language import words_of
from tracer.casework.mail.text import span
from tracer.clock import instant
from tracer.model.clocks import RUNNING, ClockKind, Deadline, Standing, Target, judge, standing
from tracer.model.thread import Author, Awaited, CaseState
from tracer.model.thread.state import What

WHAT: Final[Mapping[str, str]] = {
    "information": "the information that was asked for",
    "decision": "a decision on the conditions",
    "acknowledgement": "an acknowledgement",
    "answer": "an answer",
    "review": "the answer it postponed",
    "clarification": "an explanation of its ground",
    "consent": "a decision on consent",
    "erasure": "a decision on erasing",
    "progress": "word on where it stands",
    "feedback": "word on what became of the case",
}
"""What is owed, in words."""

_KINDS: Final[Mapping[What, tuple[ClockKind, ...]]] = {
    "acknowledgement": (ClockKind.ACKNOWLEDGE,),
    "answer": (ClockKind.FIRST_ANSWER, ClockKind.FINAL_ANSWER),
    "review": (ClockKind.REVIEW,),
    "information": (ClockKind.INFORMATION,),
    "decision": (ClockKind.DECISION,),
    "clarification": (ClockKind.CLARIFICATION,),
    "consent": (ClockKind.CONSENT,),
    "erasure": (ClockKind.ERASURE,),
    "progress": (ClockKind.PROGRESS,),
    "feedback": (ClockKind.FEEDBACK,),
}
_CALLED: Final[Mapping[ClockKind, str]] = {
    ClockKind.FIRST_ANSWER: "a first answer or interim reply",
    ClockKind.FINAL_ANSWER: "the final answer",
}
_OPEN: Final = frozenset((Standing.PENDING, Standing.DUE_SOON, Standing.PASSED, Standing.PAUSED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """Who opened the thread, who answers, and which of them we are."""

    opener: str
    other: str
    us: str

    def name(self, who: Author) -> str:
        """The authority of one side."""
        return self.opener if who == "opener" else self.other


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One thing that is awaited.

    `what` is the code, `clock` that of its clock (empty: none was promised); `since` and `until`
    are instants, `standing` how the clock stands, `paused` since when it does not run, `escalate`
    when the people in charge of our office are asked to step in. `text` and `then` say it in words.
    """

    what: str
    who: str
    ours: bool
    """We are the one who owes it."""
    lines: tuple[int, ...]
    clock: str
    since: str
    until: str
    standing: str
    nature: str
    paused: str
    escalate: str
    text: str
    then: str
    covered: bool = False
    """An acknowledgement that ends after the first answer, which counts for it, too."""


def owed(
    state: CaseState, deadlines: Sequence[Deadline], parties: Parties, now: datetime
) -> tuple[Owed, ...]:
    """Everything that is awaited, the soonest first; what no clock runs for comes last.

    The clock that ends first is always told of, even where the state names another step before it:
    a first answer may be due before a working day in which somebody takes the request.
    """
    every = {one.line for one in state.lines}
    found = [(_told(item, every), _clock(item, deadlines)) for item in state.awaited]
    first = min((one for one in deadlines if one.standing in _OPEN), key=_sooner, default=None)
    if first is not None and first.target not in [clock.target for _, clock in found if clock]:
        found.append((_told(_awaited(first.target), every), first))
    found.sort(key=lambda one: (one[1] is None, one[1] is not None and _sooner(one[1])))
    told = (_owed(item, clock, parties, now) for item, clock in found)
    return tuple(_covered(one) if answer_before(deadlines) else one for one in told)


def answer_before(deadlines: Sequence[Deadline]) -> bool:
    """Whether the first answer is due before the acknowledgement, as over a weekend.

    Working hours end one of them and days the other. Whoever answers has taken the request (F-11),
    so the acknowledgement is met by then, and its own end says nothing more.
    """
    ends: dict[ClockKind, str] = {}
    for one in deadlines:
        if one.standing in RUNNING:
            kind, due = one.target.kind, one.target.due
            ends[kind] = min(due, ends.get(kind, due))
    taken, answer = ends.get(ClockKind.ACKNOWLEDGE), ends.get(ClockKind.FIRST_ANSWER)
    return taken is not None and answer is not None and answer < taken


def _covered(one: Owed) -> Owed:
    if one.clock != ClockKind.ACKNOWLEDGE:
        return one
    then = f"The first answer, which is due before, counts for it, too. {one.then}"
    return replace(one, then=then, covered=True)


def next_owed(targets: Iterable[Target], parties: Parties, now: datetime) -> Owed | None:
    """What is awaited first, from targets alone: for lists, where no message is read."""
    running = [judge(target, now) for target in targets if standing(target, now) in _OPEN]
    if not running:
        return None
    first = min(running, key=_sooner)
    return _owed(_awaited(first.target), first, parties, now)


def told_length(length: timedelta) -> str:
    """A length of time as letters tell it; what is less than a minute is no number."""
    if length < timedelta(minutes=1):
        return "less than a minute"
    return span(length, words_of("en"))


def _sooner(clock: Deadline) -> tuple[bool, str]:
    """By when clocks end; one that stands comes after all that run."""
    return clock.standing is Standing.PAUSED, clock.target.due


def _awaited(target: Target) -> Awaited:
    """What the end of a clock waits for."""
    what = next(what for what, kinds in _KINDS.items() if target.kind in kinds)
    return Awaited(who=target.who, what=what, about=target.about, lines=target.lines)


def _told(item: Awaited, every: set[int]) -> Awaited:
    """Lines are named only where something is awaited for some of them."""
    return msgspec.structs.replace(item, lines=()) if every <= set(item.lines) else item


def _clock(item: Awaited, deadlines: Sequence[Deadline]) -> Deadline | None:
    """The clock that runs for what is awaited, the one that ends first."""
    fits = [
        d
        for d in deadlines
        if d.target.kind in _KINDS.get(item.what, ())
        and d.standing in _OPEN
        and (not any(item.lines) or not d.target.lines or set(item.lines) & set(d.target.lines))
    ]
    return min(fits, key=lambda d: d.target.due, default=None)


def _owed(item: Awaited, clock: Deadline | None, parties: Parties, now: datetime) -> Owed:
    who = parties.name(item.who)
    called = WHAT.get(item.what, item.what)
    if clock is not None:
        called = _CALLED.get(clock.target.kind, called)
    lines = f" for line {', '.join(map(str, item.lines))}" if any(item.lines) else ""
    ours = who == parties.us
    return Owed(
        what=item.what,
        who=who,
        ours=ours,
        lines=tuple(line for line in item.lines if line),
        clock=str(clock.target.kind) if clock else "",
        since=clock.target.since if clock else "",
        until=clock.target.due if clock else "",
        standing=str(clock.standing) if clock else "",
        nature=_nature(clock.target) if clock else "",
        paused=clock.target.paused if clock else "",
        escalate=clock.target.escalate if clock else "",
        text=f"{who} owes {called}{lines}{_until(clock, now)}",
        then=_then(clock, parties, now, ours=ours) if clock else "",
    )


def _until(clock: Deadline | None, now: datetime) -> str:
    if clock is None:
        return ""
    due = instant(clock.target.due)
    if clock.standing is Standing.PAUSED:
        since = _when(clock.target.paused)
        left = told_length(due - instant(clock.target.paused))
        return f"; the clock stands since {since}, {left} are left"
    if clock.standing is Standing.PASSED:
        late = told_length(now - due)
        return f"; the {_nature(clock.target)} {_when(clock.target.due)} passed {late} ago"
    return (
        f" until {_when(clock.target.due)} ({_nature(clock.target)}, in {told_length(due - now)})"
    )


def _nature(target: Target) -> str:
    """What the end of a clock is called."""
    return "deadline" if target.binding else "target"


def _then(clock: Deadline, parties: Parties, now: datetime, *, ours: bool) -> str:
    """What happens at the end of the clock, or next after it."""
    target = clock.target
    if target.kind is ClockKind.INFORMATION:
        return f"Then the question counts as dropped and what it held lapses, {_when(target.due)}."
    if target.kind is ClockKind.FEEDBACK:
        return f"Then the case closes by itself, {_when(target.due)}."
    if clock.standing is Standing.PAUSED:
        return "It goes on when what was asked is there."
    if not ours:
        told = "our own people are told and a reminder is due"
        if clock.standing is Standing.PASSED:
            return f"It has passed: {told}; it is no refusal."
        return f"Then {told}; it is no refusal."
    sees = f"{_counterpart(parties)} sees it as passed.{_in_charge(target, now)}"
    return sees if clock.standing is Standing.PASSED else f"Then {sees}"


def _in_charge(target: Target, now: datetime) -> str:
    """Whom of ours an escalation is brought to, and when; nothing where none was promised."""
    if not target.escalate:
        return ""
    when = _when(target.escalate)
    if instant(target.escalate) <= now:
        return f" The people in charge of our office have been asked to step in since {when}."
    told = "the people in charge of our office are told and asked to step in"
    return f" If it is not done by {when}, {told}."


def _counterpart(parties: Parties) -> str:
    return parties.opener if parties.us == parties.other else parties.other


def _when(text: str) -> str:
    return f"{text[:10]} {text[11:16]} UTC"
