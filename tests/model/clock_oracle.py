"""The clocks of the answering side once more, written from PROTOCOL.md, 19.1, as plainly as can be.

Nothing of `model.calendar`, `thread.course`, `thread.rounds` or `clocks` is used: ancestors are
sets of ids, dates are stepped through one by one, every question goes through all messages. Only
the judgement of messages and the reading of single fields are shared. It is slow.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tests.model.clock_oracle_thread import LATEST, Days, Thread
from tracer.clock import instant, stamp
from tracer.model.terms import Terms
from tracer.model.thread import Event
from tracer.model.thread import reading as read
from tracer.model.thread.concurrency import ANSWERS, DETERMINATIONS

LEVELS = ("FLASH", "URGENT", "PRIORITY", "ROUTINE")


class Clock(NamedTuple):
    """What is awaited, for which lines, counted from what, until when, and how it stands."""

    kind: str
    lines: tuple[int, ...]
    about: str
    since: str
    due: str
    paused: str
    ended: str
    standing: str


class Round(NamedTuple):
    """[F-11]: begun by `by` at `since`; settled, given up."""

    by: str
    since: str
    settled: str
    dropped: str


def rounds(thread: Thread, line: int) -> list[Round]:
    """All rounds of a line."""
    found: list[Round] = []
    asked, begun = "", False
    acts = [thread.opening, *thread.standing("opener", ("amend", "withdraw"))]
    for act in acts:
        message = thread.all[act].message
        named = {f.line for f in read.firearms(message)}
        if act == thread.opening and not named:
            named = {0}
        gone = set(getattr(message, "dropped", ()))
        if thread.type[act] == "withdraw":
            gone = thread.covers[act]
        if not begun and line in named:
            asked, begun = act, True
        elif begun and line in gone - named:
            found += episode(thread, line, asked, act)
            begun = False
    return found + (episode(thread, line, asked, "") if begun else [])


def episode(thread: Thread, line: int, asked: str, dropped: str) -> list[Round]:
    """The rounds between an asking and a giving up."""
    answers = [i for i in thread.chain("other", ANSWERS) if line in thread.covers[i]]
    settles = [
        i
        for i in answers
        if not thread.before(i, asked) and not (dropped and dropped in thread.past[i])
    ]
    end = thread.at[dropped] if dropped else ""
    if not settles:
        return [Round(asked, thread.at[asked], "", end)]
    answer = settles[0]
    again = [
        c
        for c in thread.changes()
        if thread.before(answer, c)
        and line in read.reopened(thread.all[c].message, frozenset({line}))
    ]
    for recall in thread.chain("other", ("recall",)):
        last = [a for a in answers if a in thread.past[recall]][-1:]
        if last and last[0] in read.about(thread.all[recall].message):
            again += [recall] if answer in thread.past[recall] else []
    if dropped:
        again = [i for i in again if received(thread, i) < received(thread, dropped)]
    if not again:
        return [Round(asked, thread.at[asked], thread.at[answer], end)]
    following = min(again, key=lambda i: received(thread, i))
    return [
        Round(asked, thread.at[asked], thread.at[answer], ""),
        *episode(thread, line, following, dropped),
    ]


def received(thread: Thread, id_: str) -> tuple[str, int, str]:
    """The order of receipt."""
    return thread.at[id_], len(thread.past[id_]), thread.all[id_].author


class Mark(NamedTuple):
    """Something that touches a clock; of one instant in the order of `rank`, then of `place`."""

    at: datetime
    rank: int
    place: float
    what: str
    value: str = ""


def stated(thread: Thread) -> list[tuple[str, str]]:
    """Messages that changed the urgency, and to what."""
    standing = [(thread.opening, read.urgency_of(thread.all[thread.opening].message) or "ROUTINE")]
    found = list(standing)
    for id_ in thread.chain("opener", ("amend", "recall")):
        message = thread.all[id_].message
        if thread.type[id_] == "recall":
            standing = [one for one in standing if one[0] not in read.about(message)]
        elif read.urgency_of(message):
            standing.append((id_, read.urgency_of(message)))
        if standing[-1][1] != found[-1][1]:
            found.append((id_, standing[-1][1]))
    return found


def marks(thread: Thread, line: int, named: str) -> list[Mark]:
    """All that touches the clocks of a line, in the order in which it counts."""
    levels = stated(thread)
    found = [
        Mark(instant(thread.at[i]), 1, n, "level", level) for n, (i, level) in enumerate(levels)
    ]
    for ack in thread.chain("other", ("acknowledgement",)):
        message: Any = thread.all[ack].message
        opening: Any = thread.all[thread.opening].message
        instant_named = getattr(message, named, "") if named else ""
        if instant_named and message.terms == opening.terms:
            unseen = [n for n, (i, _) in enumerate(levels) if i not in thread.past[ack]]
            at = min([thread.at[ack], *(thread.at[levels[n][0]] for n in unseen)])
            place = min([*unseen, len(levels)]) - 0.5
            found.append(Mark(instant(at), 1, place, "named", instant_named))
    for delay in thread.standing("other", ("delayed",)):
        if line in thread.covers[delay]:
            review: Any = thread.all[delay].message
            found.append(Mark(instant(thread.at[delay]), 2, 0, "delay", review.review))
    for since, until, _ in holds(thread, line):
        found.append(Mark(instant(since), 3, 0, "hold"))
        if until:
            found.append(Mark(instant(until), 0, 0, "resume"))
    return sorted(found)


def holds(thread: Thread, line: int) -> list[tuple[str, str, str]]:
    """When a line is held, and by which question last; what follows without a gap is one."""
    found: list[tuple[str, str, str]] = []
    said = [i for i in thread.chain("other", DETERMINATIONS) if line in thread.covers[i]]
    for place, id_ in enumerate(said):
        if thread.type[id_] not in {"more-info", "conditions-proposed"}:
            continue
        ends = [thread.at[i] for i in said[place + 1 : place + 2]]
        about = [i for i in thread.all if id_ in read.about(thread.all[i].message)]
        ends += [thread.at[i] for i in about if thread.type[i] == "recall"]
        if thread.type[id_] == "more-info":
            for change in thread.changes():
                answers = read.about(thread.all[change].message)
                free = thread.type[change] == "correction" or not answers or id_ in answers
                ends += [thread.at[change]] if free and thread.before(id_, change) else []
        else:
            replies = {"conditions-accepted", "conditions-declined"}
            ends += [thread.at[i] for i in about if thread.type[i] in replies]
        since, until = thread.at[id_], min(ends, default="")
        if since == until:
            continue
        if found and found[-1][1] == since:
            since = found.pop()[0]
        found.append((since, until, id_))
    return found


class Put(NamedTuple):
    """An instant as it was stated, and all that was held since."""

    stated: datetime
    held: timedelta = timedelta(0)

    @property
    def exact(self) -> datetime:
        """With the exact sum, not after `LATEST`."""
        return plus(self.stated, self.held)


class Run:
    """One clock, one mark after the other; what was held is summed apart from what was stated."""

    def __init__(self, days: Days, span_of: str) -> None:
        self.days, self.span_of = days, span_of
        self.end: Put | None = None
        self.floor: Put | None = None
        """The midnight before which it does not end."""
        self.stopped: datetime | None = None
        self.summed: datetime | None = None
        """Up to when the hold that stands is in the sums."""
        self.rank, self.working = 0, False

    def told(self) -> datetime | None:
        """The end without postponements: the exact sum, rounded if it runs in working days."""
        if self.end is None:
            return None
        if self.stopped is not None or not self.working or not self.end.held:
            return self.end.exact
        local = self.days.local(self.end.exact)
        return self.days.utc(self.days.next_closing(local, after=False))

    def due(self) -> datetime | None:
        """Where it ends; while it stands, as it was when that began."""
        end = self.told()
        if end is None:
            return None
        end = max(end, self.floor.exact) if self.floor else end
        if self.stopped is not None and self.summed is not None:
            end -= self.summed - self.stopped
        return end

    def passed(self, at: datetime) -> bool:
        """Whether it ran out before."""
        due = self.due()
        return self.stopped is None and due is not None and at > due

    def stop(self, at: datetime) -> None:
        """A hold begins."""
        self.stopped = self.summed = at

    def sum_up(self, at: datetime) -> None:
        """Take what was held up to now into the sums."""
        if self.summed is not None:
            more = at - self.summed
            self.end = self.end and Put(self.end.stated, self.end.held + more)
            self.floor = self.floor and Put(self.floor.stated, self.floor.held + more)
            self.summed = at

    def take(self, mark: Mark, since: datetime) -> None:
        """What a mark does."""
        self.sum_up(mark.at)
        if mark.what == "level":
            self.level(mark.at, mark.value)
        elif mark.what == "named":
            named, told = instant(mark.value), self.told()
            if self.stopped is None and told and since < named <= told:
                self.end = Put(named)
        elif mark.what == "delay":
            if not self.passed(mark.at):
                review = self.days.named(mark.value, mark.at)
                if self.floor is None or review > self.floor.exact:
                    self.floor = Put(review)
        elif mark.what == "hold":
            if self.stopped is None and not self.passed(mark.at):
                self.hold(mark.at)
        else:
            self.stopped = self.summed = None

    def hold(self, at: datetime) -> None:
        """[F-12]: a hold that begins where only the rounding was left makes the end firm."""
        told = self.told()
        if told and self.end and self.end.held and self.end.exact < at:
            self.end, self.working = Put(told), False
        self.stop(at)

    def level(self, at: datetime, urgency: str) -> None:
        """[F-10]."""
        promised = [t for t in self.days.terms.targets if t.urgency == urgency]
        span = getattr(promised[0], self.span_of) if promised else None
        if not span:
            return
        new, old = self.days.add(at, span), self.told()
        rank = LEVELS.index(urgency) if urgency in LEVELS else len(LEVELS)
        if old is None or (new < old if rank < self.rank else new > old):
            self.end, self.working = Put(new), span.unit == "working-day"
        self.rank = rank


def plus(at: datetime, by: timedelta) -> datetime:
    """Later, but not after `LATEST`."""
    return at + by if by < LATEST - at else LATEST


class Fate(NamedTuple):
    """A clock that was run: its end (`left` of it while it stands), and what became of it."""

    due: datetime
    stopped: datetime | None
    met: str
    dropped: str

    @property
    def ended(self) -> str:
        """When it was met or given up."""
        return min([x for x in (self.met, self.dropped) if x], default="")

    @property
    def given_up(self) -> bool:
        """Given up, and not met before."""
        return self.ended not in {"", self.met}

    @property
    def waived(self) -> bool:
        """Given up in time."""
        return self.given_up and instant(self.dropped) <= self.due


def run(
    days: Days, span_of: str, found: list[Mark], since: str, fate: tuple[str, str]
) -> Fate | None:
    """A clock from `since`, over the marks, until it was met or given up."""
    begin, clock = instant(since), Run(days, span_of)
    over = min([instant(x) for x in fate if x], default=None)
    in_force = [m for m in found if m.what == "level" and m.at <= begin][-1]
    clock.level(begin, in_force.value)
    for mark in found:
        if mark.at < begin and mark.what == "hold":
            clock.stop(begin)
        if mark.at < begin and mark.what == "resume":
            clock.stopped = clock.summed = None
    for mark in found:
        early = mark.at < begin or (mark.what == "level" and mark.at == begin)
        if not early and (over is None or mark.at < over):
            clock.take(mark, begin)
    if over is not None:
        clock.take(Mark(over, 0, 0, "resume"), begin)
    due = clock.due()
    if due is None:
        return None
    return Fate(due, clock.stopped, *fate)


def lapse(thread: Thread, days: Days, line: int) -> datetime | None:
    """[F-13]: when the question that holds a line lapses; None: it is none for information."""
    found = holds(thread, line)
    if not found or found[-1][1] or thread.type[found[-1][2]] != "more-info":
        return None
    question: Any = thread.all[found[-1][2]].message
    if question.lapses:
        return days.named(question.lapses, instant(thread.at[found[-1][2]]))
    asked = instant(thread.at[found[-1][2]])
    return days.add(days.add(asked, days.terms.remind_after), days.terms.lapse_after)


def standing(fate: Fate, now: datetime, lapses: datetime | None) -> str:
    """[F-14], with what is due soon told as pending."""
    if fate.given_up:
        return "waived" if fate.waived else "passed"
    if fate.met:
        return "met" if instant(fate.met) <= fate.due else "met-late"
    if fate.stopped:
        return "waived" if lapses and now > lapses else "paused"
    return "passed" if now > fate.due else "pending"


def clocks(events: Iterable[Event], terms: Terms, now: datetime) -> list[Clock]:
    """The clocks of the answering side at an instant, sorted; one for each line and round."""
    thread, days = Thread(events), Days(terms)
    if thread.type[thread.opening] != "request":
        return []
    known = sorted(thread.lines(thread.all))
    turns = {line: rounds(thread, line) for line in known}
    return sorted(
        [
            *acknowledgement(thread, days, turns, now),
            *first(thread, days, turns, now),
            *(clock for line in known for clock in final(thread, days, line, turns[line], now)),
        ]
    )


def _when(thread: Thread, types: Iterable[str]) -> str:
    return next((thread.at[i] for i in thread.chain("other", types)), "")


def _all(times: list[str]) -> str:
    return max(times) if all(times) else ""


def _told(
    kind: str, fate: Fate, lines: tuple[int, ...], about: tuple[str, str], standing_: str
) -> Clock:
    paused = stamp(fate.stopped) if fate.stopped else ""
    return Clock(kind, lines, *about, stamp(fate.due), paused, fate.ended, standing_)


def acknowledgement(
    thread: Thread, days: Days, turns: dict[int, list[Round]], now: datetime
) -> list[Clock]:
    """The clock `acknowledge`."""
    met = _when(thread, {"acknowledgement", *DETERMINATIONS})
    dropped = _all([rounds_[-1].dropped for rounds_ in turns.values()])
    levels = [m for m in marks(thread, -1, "") if m.what == "level"]
    since = thread.at[thread.opening]
    fate = run(days, "acknowledge", levels, since, (met, dropped))
    about = thread.opening, since
    return [_told("acknowledge", fate, (), about, standing(fate, now, None))] if fate else []


def first(thread: Thread, days: Days, turns: dict[int, list[Round]], now: datetime) -> list[Clock]:
    """The clock `first_answer`: of each line of the request, then the most pressing."""
    met, since = _when(thread, {"interim", *ANSWERS}), thread.at[thread.opening]
    asked = [line for line, found in turns.items() if found[0].by == thread.opening] or [*turns]
    fates: list[tuple[Fate, datetime | None]] = []
    for line in asked:
        trail = marks(thread, line, "first_answer_by")
        if fate := run(days, "first_answer", trail, since, (met, turns[line][0].dropped)):
            fates.append((fate, lapse(thread, days, line)))
    if not fates:
        return []
    alive = [one for one in fates if not one[0].waived]
    alive = alive or [max(fates, key=lambda one: one[0].dropped)]
    running = [one[0] for one in alive if one[0].stopped is None]
    chosen = (
        min(running, key=lambda fate: fate.due)
        if running
        else min((one[0] for one in alive), key=lambda fate: fate.due - (fate.stopped or fate.due))
    )
    known = [one[1] for one in alive if one[1] is not None]
    lapses = max(known) if len(known) == len(alive) else None
    fate = chosen._replace(dropped=_all([one[0].dropped for one in fates]))
    about = thread.opening, since
    return [_told("first-answer", fate, (), about, standing(fate, now, lapses))]


def final(thread: Thread, days: Days, line: int, turns: list[Round], now: datetime) -> list[Clock]:
    """The clocks `final_answer` of a line."""
    found = []
    for turn in turns:
        named = "final_answer_by" if turn.by == thread.opening else ""
        trail = marks(thread, line, named)
        fate = run(days, "final_answer", trail, turn.since, (turn.settled, turn.dropped))
        if fate:
            stands = standing(fate, now, lapse(thread, days, line))
            about = turn.by, turn.since
            found.append(_told("final-answer", fate, (line,) if line else (), about, stands))
    return found
