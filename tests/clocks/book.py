"""What should have been done about every clock, computed from the script alone.

A second reading of PROTOCOL.md, chapter 19, and of the policy, written without the package: one
case at a time, from one instant at which something happens to the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from tests.clocks.office import DAY, Office
from tests.clocks.script import LAPSE, REMIND, START, Case, Promise, Said, Script

ANSWERS = ("result", "no-record", "unidentifiable", "restricted", "refused")
NEWS = (*ANSWERS, "interim", "more-info", "delayed")
BEFORE, AFTER, APART = 72, 24, 168
"""Hours of the policy; the first two at most a quarter of the clock's time, the last at most it."""
ENDS = ("information", "feedback")
"""These end by themselves."""
REMINDERS, EACH, ENQUIRIES = 3, 2, 1
CLOSES = 90 * DAY
FAR = 90 * DAY
"""A day that one side names for itself puts an end off no further."""
MS = timedelta(milliseconds=1)
ORDER = (
    "acknowledge", "first-answer", "final-answer", "review", "information", "progress", "feedback",
)  # fmt: skip


class Done(NamedTuple):
    """One act: when, by whom, what, about which clock, for which lines, about which end."""

    case: int
    at: datetime
    side: str
    act: str
    number: int
    clock: str
    lines: tuple[int, ...]
    due: datetime


class Stands(NamedTuple):
    """How a clock of the answering side stands at the end."""

    clock: str
    line: int
    due: datetime
    standing: str


@dataclass(slots=True)
class Heard:
    """A message as it went: what was said, and its place among all sendings and arrivals."""

    said: Said
    sent: int = -1
    arrived: int = -1


@dataclass(frozen=True, slots=True)
class Clock:
    """Something that runs."""

    kind: str
    who: str
    about: int
    since: datetime
    due: datetime
    lines: tuple[int, ...] = ()
    remind: datetime | None = None
    escalate: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """One step that is to be taken about a clock."""

    act: str
    number: int
    at: datetime
    clock: Clock


@dataclass(slots=True)
class CaseBook:
    """The book of one case; `keep` fills it."""

    case: Case
    script: Script
    heard: list[Heard] = field(default_factory=list)
    done: list[Done] = field(default_factory=list)
    _count: int = 0
    _told: dict[tuple[object, ...], set[int]] = field(default_factory=dict)
    _ran: tuple[object, list[Clock]] = field(default_factory=lambda: (None, []))

    def keep(self) -> None:
        """Go through the case from its first message to the end."""
        script = [Heard(said) for said in self.case.said]
        self.heard = script
        now: datetime | None = min(one.said.sent for one in script)
        while now is not None and now <= self.script.end:
            self._move(now)
            for _ in range(4):
                acts = [act for side in ("opener", "other") for act in self._look(side, now)]
                self.done.extend(acts)
                if not acts:
                    break
            now = self._next(now)

    # -- time passes

    def _move(self, now: datetime) -> None:
        for one in self.heard:
            if one.sent < 0 and one.said.sent <= now:
                one.sent = self._number()
            if one.arrived < 0 and one.said.at <= now:
                one.arrived = self._number()

    def _number(self) -> int:
        self._count += 1
        return self._count

    def _next(self, now: datetime) -> datetime | None:
        times = [t for one in self.heard for t in (one.said.sent, one.said.at)]
        for side in ("opener", "other"):
            stages, quiet = self._stages(side, now)
            times += [stage.at for stage in stages]
            times += [quiet + _apart(stage.clock) for stage in stages if quiet]
        return min((t for t in times if t > now), default=None)

    # -- what is done

    def _look(self, side: str, now: datetime) -> Iterator[Done]:
        if not self._arrived("request"):
            return
        stages, quiet = self._stages(side, now)
        reached = [stage for stage in stages if stage.at <= now and self._left(side, stage)]
        for clock in {id(stage.clock): stage.clock for stage in reached}.values():
            own = [stage for stage in reached if stage.clock is clock]
            for track in (("notice-before", "notice-due", "notice-after"), ("escalate",)):
                came = [stage for stage in own if stage.act in track]
                if came:
                    yield self._do(side, max(reversed(came), key=lambda s: s.at), now, came)
        waits = any(h.sent >= 0 > h.arrived and h.said.side == side for h in self.heard)
        peer = [
            stage
            for stage in reached
            if stage.act in ("remind-peer", "enquire-peer")
            and not waits
            and self._room(side, stage.act)
            and (quiet is None or quiet + _apart(stage.clock) <= now)
        ]
        if peer:
            first = min(peer, key=lambda s: (-s.at.timestamp(), ORDER.index(s.clock.kind)))
            yield self._do(side, first, now, peer)
            self._send(side, first, now)

    def _do(self, side: str, stage: Stage, now: datetime, also: Iterable[Stage]) -> Done:
        lines = self._left(side, stage)
        for one in also:
            self._told.setdefault(_name(side, one), set()).update(one.clock.lines or (0,))
        clock = stage.clock
        shown = lines if clock.lines else ()
        return Done(
            self.case.number, now, side, stage.act, stage.number, clock.kind, shown, clock.due
        )

    def _send(self, side: str, stage: Stage, now: datetime) -> None:
        type_ = "reminder" if stage.act == "remind-peer" else "progress-enquiry"
        parties = (self.case.opener.name, self.case.other.name)
        sender, recipient = parties if side == "opener" else parties[::-1]
        said = Said(side, type_, now, self.script.arrives(sender, recipient, now))
        self.heard.append(Heard(said, self._number(), -1))
        if said.at <= now:
            self.heard[-1].arrived = self._number()

    def _left(self, side: str, stage: Stage) -> tuple[int, ...]:
        """The lines for which neither this stage nor a later one of its track is done."""
        later = [
            one
            for one in _of_clock(stage.clock, side)
            if _track(one.act) == _track(stage.act) and one.at >= stage.at
        ]
        told: set[int] = set().union(*(self._told.get(_name(side, one), set()) for one in later))
        return tuple(line for line in stage.clock.lines or (0,) if line not in told)

    def _room(self, side: str, act: str) -> bool:
        sent = self._asked(side)
        if act == "enquire-peer":
            return sum(h.said.type == "progress-enquiry" for h in sent) < ENQUIRIES
        return sum(h.said.type == "reminder" for h in sent) < REMINDERS

    def _asked(self, side: str) -> list[Heard]:
        types = ("reminder", "progress-enquiry")
        return [
            h for h in self.heard if h.sent >= 0 and h.said.side == side and h.said.type in types
        ]

    def _stages(self, side: str, now: datetime) -> tuple[list[Stage], datetime | None]:
        """All stages of what runs, and when this side last asked."""
        asked = [h.said.at if h.arrived >= 0 else h.said.sent for h in self._asked(side)]
        stages = [stage for clock in self.running(now) for stage in _of_clock(clock, side)]
        return stages, max(asked, default=None)

    # -- what runs

    def running(self, now: datetime) -> list[Clock]:
        """What is awaited now, of whom, until when."""
        if not self._arrived("request"):
            return []
        if self._ran[0] != (now, self._count):
            found = [*self._promised(), *self._questions(now)]
            self._ran = (now, self._count), found
        return self._ran[1]

    def _promised(self) -> Iterator[Clock]:
        if self._arrived("withdraw"):
            return
        since = self._received
        if not self._acknowledged():
            due = self._office.after(since, self._promise.acknowledge)
            yield self._of("acknowledge", due)
        if not self._answers("interim"):
            due, held = self._end(self._promise.first, None)
            if not held:
                yield self._of("first-answer", due)
        left = tuple(line for line in self.case.lines if self._settled(line) is None)
        due, held = self._end(self._promise.final, None)
        if left and not held:
            yield replace(self._of("final-answer", due), lines=left)

    def _of(self, kind: str, due: datetime) -> Clock:
        escalate = self._office.after(due, self._promise.escalate)
        return Clock(kind, "other", 0, self._received, due, escalate=escalate)

    def _questions(self, now: datetime) -> Iterator[Clock]:
        if self._arrived("withdraw") or self._closed(now):
            return
        lines = [line for line in self.case.lines if self._settled(line) is None]
        asked = self._open_question()
        if asked is not None and now <= self._lapse(asked):
            due = self._lapse(asked)
            remind = min(self._office.after(asked.said.at, REMIND), due)
            yield Clock(
                "information", "opener", asked.arrived, asked.said.at, due, self.case.lines,
                None if remind == due else remind,
            )  # fmt: skip
        delayed = self._arrived("delayed")
        if delayed and lines:
            last = delayed[-1]
            due = self._midnight(last.said.day or START.date(), last.said.at)
            yield Clock("review", "other", last.arrived, last.said.at, due, tuple(lines))
        enquiry = self._arrived("progress-enquiry")  # answered by news that it had not seen
        if enquiry and not any(
            h.said.type in NEWS and h.arrived > enquiry[-1].sent for h in self._all()
        ):
            last = enquiry[-1]
            due = self._office.after(last.said.at, REMIND)
            yield Clock("progress", "other", last.arrived, last.said.at, due)
        if not lines and (settled := self._all_settled()) is not None:
            due = settled + CLOSES
            yield Clock("feedback", "opener", 0, settled, due, remind=due - CLOSES / 3)

    def _closed(self, now: datetime) -> bool:
        """By feedback after the last answer, or by itself."""
        settled = self._all_settled()
        if settled is not None and (self._arrived("feedback") or now >= settled + CLOSES):
            return True
        asked = self._open_question()
        return asked is not None and now > self._lapse(asked) and now >= asked.said.at + CLOSES

    # -- how it ends

    def standings(self, now: datetime) -> list[Stands]:
        """How the clocks of the answering side stand."""
        first = self._answers("interim")
        taken = self._acknowledged()
        promise = self._promise
        ack = self._office.after(self._received, promise.acknowledge)
        found = [self._stands("acknowledge", 0, ack, taken, now, held=False)]
        due, held = self._end(promise.first, first)
        found.append(self._stands("first-answer", 0, due, first, now, held=held))
        for line in self.case.lines:
            settled = self._settled(line)
            due, held = self._end(promise.final, settled)
            found.append(self._stands("final-answer", line, due, settled, now, held=held))
        return found

    def _stands(
        self,
        clock: str,
        line: int,
        due: datetime,
        ended: datetime | None,
        now: datetime,
        *,
        held: bool,
    ) -> Stands:
        gone = self._arrived("withdraw")
        asked = self._open_question()
        if gone and not (ended and ended <= gone[0].said.at):
            standing = "waived" if gone[0].said.at <= due else "passed"
        elif ended:
            standing = "met" if ended <= due else "met-late"
        elif held and asked is not None:
            standing = "waived" if now > self._lapse(asked) else "paused"
        elif now > due:
            standing = "passed"
        else:
            soon = due - min((due - self._received) / 4, 3 * DAY)
            standing = "due-soon" if now >= soon else "pending"
        return Stands(clock, line, due, standing)

    def _end(self, span: object, ended: datetime | None) -> tuple[datetime, bool]:
        """The end after questions and delays, and whether the clock stands."""
        due = self._office.after(self._received, span)  # type: ignore[arg-type]
        steps = [h for h in self._all() if h.said.type in ("more-info", "delayed")]
        for step in steps:
            at = step.said.at
            if at > due or (ended is not None and at >= ended):
                continue
            if step.said.type == "delayed" and step.said.day:
                due = max(due, self._midnight(step.said.day, at))
            elif (until := self._until(step)) is None:
                return due, True
            else:
                due += until - at
        return due, False

    def _until(self, question: Heard) -> datetime | None:
        ends = [
            h.said.at
            for h in self._all()
            if h.arrived > question.arrived
            and (h.said.type in ("amend", "withdraw") or h.said.type in NEWS)
        ]
        return min(ends, default=None)

    def _open_question(self) -> Heard | None:
        asked = self._arrived("more-info")
        return asked[-1] if asked and self._until(asked[-1]) is None else None

    def _lapse(self, question: Heard) -> datetime:
        if question.said.day:
            return self._midnight(question.said.day, question.said.at)
        return self._office.after(self._office.after(question.said.at, REMIND), LAPSE)

    def _midnight(self, day: date, at: datetime) -> datetime:
        """The midnight that ends a day that was named, no further than `FAR` from the receipt."""
        return self._office.midnight_after(min(day, self._office.local(at).date() + FAR))

    def _acknowledged(self) -> datetime | None:
        taken = [h.said.at for h in self._all() if h.said.type in ("acknowledgement", *NEWS)]
        return min(taken, default=None)

    def _answers(self, *more: str) -> datetime | None:
        return min(
            (h.said.at for h in self._all() if h.said.type in (*ANSWERS, *more)), default=None
        )

    def _settled(self, line: int) -> datetime | None:
        given = [
            h.said.at
            for h in self._all()
            if h.said.type in ANSWERS and line in (h.said.lines or self.case.lines)
        ]
        return min(given, default=None)

    def _all_settled(self) -> datetime | None:
        times = [self._settled(line) for line in self.case.lines]
        known = [t for t in times if t is not None]
        return max(known) if len(known) == len(times) else None

    def _all(self) -> list[Heard]:
        """What has arrived, in that order."""
        return sorted((h for h in self.heard if h.arrived >= 0), key=lambda h: h.arrived)

    def _arrived(self, type_: str) -> list[Heard]:
        return [h for h in self._all() if h.said.type == type_]

    @property
    def _received(self) -> datetime:
        return self.case.said[0].at

    @property
    def _office(self) -> Office:
        return self.case.other.office

    @property
    def _promise(self) -> Promise:
        return self.case.other.promises[self.case.level]


@lru_cache(maxsize=1024)
def _of_clock(clock: Clock, side: str) -> list[Stage]:
    """The stages of one clock for one side, by instant."""
    quarter = max(_share(AFTER, clock), MS)
    found = _owed(clock) if clock.who == side else _awaited(clock, quarter)
    if clock.kind not in ENDS:
        found.append(Stage("notice-after", 1, clock.due + quarter, clock))
    if clock.escalate:
        found.append(Stage("escalate", 1, clock.escalate, clock))
    return sorted(found, key=lambda stage: stage.at)


def _owed(clock: Clock) -> list[Stage]:
    marks = {clock.due - _share(BEFORE, clock)}
    if clock.kind in ENDS and clock.remind:
        marks.add(clock.remind)
    found = [Stage("notice-before", n, at, clock) for n, at in enumerate(sorted(marks), 1)]
    if clock.kind not in ENDS:
        found.append(Stage("notice-due", 1, clock.due, clock))
    return found


def _awaited(clock: Clock, quarter: timedelta) -> list[Stage]:
    if clock.kind == "feedback":
        return []
    if clock.kind in ("information", "progress"):
        return [Stage("remind-peer", 1, clock.remind or clock.due, clock)]
    if clock.kind == "final-answer":
        return [Stage("enquire-peer", 1, clock.due + quarter, clock)]
    return [
        Stage("remind-peer", n + 1, clock.due + quarter + n * _apart(clock), clock)
        for n in range(EACH)
    ]


def _share(hours: int, clock: Clock) -> timedelta:
    """So many hours, at most a quarter of the clock's time; nothing if it had passed at once."""
    span = min(timedelta(hours=hours), (clock.due - clock.since) / 4)
    return max(span // MS * MS, timedelta())


def _apart(clock: Clock) -> timedelta:
    whole = clock.due - clock.since
    return min(timedelta(hours=APART), whole) if whole > timedelta() else timedelta(hours=APART)


def _track(act: str) -> str:
    return "peer" if act.endswith("-peer") else "head" if act == "escalate" else "own"


def _name(side: str, stage: Stage) -> tuple[object, ...]:
    clock = stage.clock
    minute = clock.due.replace(second=0, microsecond=0)
    return side, clock.kind, clock.about, stage.act, stage.number, minute


def books(script: Script, cases: Sequence[Case] | None = None) -> Iterator[CaseBook]:
    """The books of all cases, kept to the end."""
    for case in script.cases if cases is None else cases:
        book = CaseBook(case, script)
        book.keep()
        yield book
