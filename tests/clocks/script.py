"""What happens in the simulated year, invented from a seed: States, requests, answers, silence.

Everything is decided beforehand: who asks whom, when, and what either side will say how long after
what. Lines between two States are down for days now and then; what is said meanwhile arrives when
they are up again, and whoever answers waits for what is answered.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from tests.clocks.office import DAY, Office, Span

START = datetime(2026, 1, 5, 6, tzinfo=UTC)
YEAR = timedelta(days=365)
AFTER = timedelta(days=200)
"""So much longer than the year the clocks run on: the last request has time to be forgotten."""
LAST = START + YEAR + AFTER - timedelta(days=30)
"""Nothing is said after this, so that all has arrived at the end."""
SUMMER = ((2026, 3, 29), (2026, 10, 25), (2027, 3, 28), (2027, 10, 31))
SHIFTS = (0, 60, 120, 180, 330, 345, -180, -300)
WEEKENDS = (frozenset({6, 7}), frozenset({5, 6}), frozenset({7}), frozenset({6, 7}))


@dataclass(frozen=True, slots=True)
class Promise:
    """What a State aims at for one urgency."""

    acknowledge: Span
    first: Span
    final: Span
    escalate: Span


def _promise(ack: str, first: str, final: str, escalate: str) -> Promise:
    return Promise(*map(_span, (ack, first, final, escalate)))


def _span(text: str) -> Span:
    n, unit = text.split(" ", 1)
    return Span(int(n), unit)


STARTING = {
    "FLASH": _promise("1 hour", "8 hour", "3 day", "2 hour"),
    "URGENT": _promise("4 hour", "24 hour", "7 day", "12 hour"),
    "PRIORITY": _promise("1 working-day", "3 day", "30 day", "2 day"),
    "ROUTINE": _promise("2 working-day", "28 day", "90 day", "7 day"),
}
EUROPEAN = {
    "FLASH": _promise("1 hour", "8 hour", "3 day", "2 hour"),
    "URGENT": _promise("4 hour", "8 hour", "3 day", "12 hour"),
    "PRIORITY": _promise("1 working-day", "3 day", "7 day", "2 day"),
    "ROUTINE": _promise("2 working-day", "7 day", "7 day", "2 day"),
}
REMIND, LAPSE = Span(14, "day"), Span(30, "day")
"""A question is reminded of after the one, and lapses after the other beside."""
LEVELS = ("FLASH", "URGENT", "PRIORITY", "ROUTINE")
PACE = {"FLASH": 0.02, "URGENT": 0.08, "PRIORITY": 0.35, "ROUTINE": 1.0}
"""How much of the time that a routine case takes."""


@dataclass(frozen=True, slots=True)
class State:
    """One State: its authority, its calendar, what it promises, how reliable it is."""

    name: str
    office: Office
    promises: dict[str, Promise]
    silence: float


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the script. `at` is when it arrives, `sent` when it is said."""

    side: str
    type: str
    sent: datetime
    at: datetime
    lines: tuple[int, ...] = ()
    day: date | None = None


@dataclass(slots=True)
class Case:
    """One request and what is said about it."""

    number: int
    opener: State
    other: State
    level: str
    lines: tuple[int, ...]
    said: list[Said] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Script:
    """The whole of it."""

    states: tuple[State, ...]
    cases: tuple[Case, ...]
    down: dict[tuple[str, str], list[tuple[datetime, datetime]]]
    """When the line from one authority to another is down."""

    @property
    def end(self) -> datetime:
        """When all is over."""
        return START + YEAR + AFTER

    def arrives(self, sender: str, recipient: str, sent: datetime) -> datetime:
        """When what is sent at an instant is received."""
        for begins, ends in self.down.get((sender, recipient), ()):
            if begins <= sent < ends:
                return ends
        return sent


def write(*, states: int, requests: int, seed: int) -> Script:
    """Invent a year."""
    chance = random.Random(seed)  # noqa: S311 - a simulation
    all_states = tuple(_state(number, chance) for number in range(states))
    script = Script(all_states, (), dict(_outages(all_states, chance)))
    begins = sorted(START + chance.random() * YEAR for _ in range(requests))
    cases = tuple(_case(n, _minute(at), script, chance) for n, at in enumerate(begins))
    return Script(all_states, cases, script.down)


def _state(number: int, chance: random.Random) -> State:
    name = f"X{chr(ord('A') + number % 26)}-NPOC" if number < 26 else f"Y{chr(39 + number)}-NPOC"
    holidays = {START.date() + chance.randrange(700) * DAY for _ in range(24)}
    return State(
        name=name,
        office=Office(
            shifts=tuple(_shifts(SHIFTS[number % len(SHIFTS)], summer=number % 3 == 1)),
            weekend=WEEKENDS[number % len(WEEKENDS)],
            holidays=frozenset(holidays),
            opens=time(8),
            closes=time(16) if number % 2 else time(15, 30),
        ),
        promises=EUROPEAN if number % 4 == 3 else STARTING,
        silence=chance.choice((0.05, 0.15, 0.4)),
    )


def _shifts(base: int, *, summer: bool) -> Iterator[tuple[datetime, int]]:
    yield datetime(2000, 1, 1, tzinfo=UTC), base
    for place, day in enumerate(SUMMER if summer else ()):
        yield datetime(*day, 1, tzinfo=UTC), base + (60 if place % 2 == 0 else 0)


def _outages(
    states: Sequence[State], chance: random.Random
) -> Iterator[tuple[tuple[str, str], list[tuple[datetime, datetime]]]]:
    """Of each line, about one a year, up to three weeks long."""
    for one in states:
        for two in states:
            begins = _minute(START + chance.random() * (YEAR + AFTER))
            ends = begins + timedelta(minutes=chance.randrange(60, 21 * 24 * 60))
            if one is not two:
                yield (one.name, two.name), [(begins, ends)]


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _case(number: int, begins: datetime, script: Script, chance: random.Random) -> Case:
    opener, other = chance.sample(script.states, 2)
    level = chance.choices(LEVELS, (2, 8, 25, 65))[0]
    lines = tuple(range(1, chance.choices((1, 2, 3), (80, 15, 5))[0] + 1))
    case = Case(number, opener, other, level, lines)
    writer = _Writer(case, script, chance)
    writer.say("opener", "request", begins)
    if chance.random() < other.silence:
        writer.silent()
    else:
        chance.choices(
            (
                writer.answered,
                writer.question,
                writer.delayed,
                writer.partial,
                writer.withdrawn,
                writer.direct,
                writer.taken,
            ),
            (40, 18, 10, 10, 8, 8, 6),
        )[0]()
    return case


class _Writer:
    """Says what is said in one case, one thing after the other."""

    def __init__(self, case: Case, script: Script, chance: random.Random) -> None:
        self._case = case
        self._script = script
        self._chance = chance
        self._now = START
        self._over = False

    def say(
        self,
        side: str,
        type_: str,
        sent: datetime,
        lines: tuple[int, ...] = (),
        day: date | None = None,
    ) -> None:
        """A message; the next is said after it has arrived. What comes too late is not said."""
        case = self._case
        if sent > LAST:
            self._over = True
        if self._over:
            return
        parties = (case.opener.name, case.other.name)
        sender, recipient = parties if side == "opener" else parties[::-1]
        at = self._script.arrives(sender, recipient, sent)
        case.said.append(Said(side, type_, sent, at, lines, day))
        self._now = at

    # -- what can become of a request

    def silent(self) -> None:
        """Nobody answers; somebody may remind by hand, or give up."""
        if self._chance.random() < 0.3:
            self.say("opener", "reminder", self._later(12))
        if self._chance.random() < 0.2:
            self.say("opener", "withdraw", self._later(60))

    def taken(self) -> None:
        """Acknowledged, and then nothing."""
        self._acknowledge()
        if self._chance.random() < 0.3:
            self.say("opener", "progress-enquiry", self._later(40))

    def answered(self) -> None:
        """Acknowledged, perhaps a first word, an answer, perhaps feedback."""
        self._acknowledge()
        if self._chance.random() < 0.25:
            self.say("other", "interim", self._later(10))
        self._answer()

    def direct(self) -> None:
        """The answer comes without an acknowledgement."""
        self._answer()

    def partial(self) -> None:
        """One line is answered, then the others, or never."""
        self._acknowledge()
        if len(self._case.lines) == 1:
            return self._answer()
        self.say("other", "result", self._later(18), lines=self._case.lines[:1])
        if self._chance.random() < 0.7:
            self._answer(lines=self._case.lines[1:])
        return None

    def question(self) -> None:
        """More is asked; the answer to that comes, or it lapses, or both."""
        self._acknowledge()
        day = self._now.date() + 40 * DAY if self._chance.random() < 0.3 else None
        self.say("other", "more-info", self._later(6), day=day)
        if self._chance.random() < 0.65:
            self.say("opener", "amend", self._later(9))
        if self._chance.random() < 0.8:
            self._answer()

    def delayed(self) -> None:
        """Postponed to a day; then answered, or forgotten."""
        self._acknowledge()
        sent = self._later(9)
        review = sent.date() + self._chance.randrange(5, 120) * DAY
        self.say("other", "delayed", sent, day=review)
        if self._chance.random() < 0.6:
            self._answer()

    def withdrawn(self) -> None:
        """No longer needed."""
        if self._chance.random() < 0.7:
            self._acknowledge()
        self.say("opener", "withdraw", self._later(15))

    # -- parts of it

    def _acknowledge(self) -> None:
        self.say("other", "acknowledgement", self._later(1.3))

    def _answer(self, lines: tuple[int, ...] = ()) -> None:
        type_ = self._chance.choices(
            ("result", "no-record", "unidentifiable", "refused", "restricted"),
            (50, 30, 5, 12, 3),
        )[0]
        self.say("other", type_, self._later(16), lines=lines)
        if self._chance.random() < 0.5:
            self.say("opener", "feedback", self._later(20))

    def _later(self, days: float) -> datetime:
        """Lognormal around so many days, faster where it is urgent."""
        drawn = days * math.exp(self._chance.gauss(0, 0.9)) * PACE[self._case.level]
        return _minute(self._now + drawn * DAY + timedelta(minutes=1))
