"""Random threads with a course in time, for the properties of clocks, and random terms."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeVar

import msgspec
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.model.clocks import urgency
from tests.model.threads import DELAY, RECEIVED, REFUSAL, Talk, code, firearm, id_of, result
from tracer.clock import stamp
from tracer.model.terms import OfficeHours, Offset, Span, Target, Terms, starting_terms
from tracer.model.thread import Event
from tracer.model.thread.causality import Author

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
LEVELS = ("FLASH", "URGENT", "PRIORITY", "ROUTINE", "LATER", "UNHEARD-OF")
CONDITION = {"n": 1, "kind": code("condition-kind", "NO_THIRD_STATE")}
GAPS = (0, 1, 1000, 3_600_000, 20 * 3_600_000, 4 * 86_400_000, 15 * 86_400_000, 60 * 86_400_000)
"""Milliseconds between two messages."""
SPANS = st.builds(
    Span, st.sampled_from((1, 2, 5, 28, 400)), st.sampled_from(("hour", "day", "working-day"))
)
CLOCK_TIMES = ("00:00", "02:30", "08:00", "16:00", "23:59")
MINUTES = (0, 60, 120, -210, 345, 840, -840, 37)


def terms() -> st.SearchStrategy[Terms]:
    """Terms that somebody could sign, among them some that nobody should.

    One number makes them: drawing each part would take longer than what is tested.
    """
    return st.integers(0, 10**6).map(lambda seed: made(random.Random(seed)))  # noqa: S311


def made(chance: random.Random) -> Terms:
    """Random terms."""

    def some(most: int, known: Sequence[_T]) -> list[_T]:
        return chance.sample(known, chance.randint(0, most))

    days = sorted(some(20, range(500)))
    starts = sorted(chance.sample(range(-300, 500), chance.randint(1, 5)))
    opens, closes = sorted(chance.sample(CLOCK_TIMES, 2))
    return msgspec.structs.replace(
        starting_terms("XB-NPOC", covers_until="2027-12-31"),
        targets=tuple(_promised(chance, name) for name in chance.sample(LEVELS[:5], 5)),
        remind_after=_span(chance),
        lapse_after=_span(chance),
        weekend=tuple(sorted(some(6, range(1, 8)))),
        non_working=tuple((START + timedelta(day)).date().isoformat() for day in days),
        office=OfficeHours(opens, closes),
        offsets=tuple(
            Offset(stamp(START + timedelta(day)), chance.choice(MINUTES)) for day in starts
        ),
    )


_T = TypeVar("_T")


def _span(chance: random.Random) -> Span:
    units: tuple[Literal["hour", "day", "working-day"], ...] = ("hour", "day", "working-day")
    return Span(chance.choice((1, 2, 5, 28, 400)), chance.choice(units))


def _promised(chance: random.Random, name: str) -> Target:
    return Target(
        urgency=name,
        acknowledge=_span(chance),
        first_answer=_span(chance),
        final_answer=_span(chance) if chance.random() < 0.7 else msgspec.UNSET,
        escalate=_span(chance),
    )


ANSWERING = (
    "acknowledgement", "more-info", "more-info", "more-info", "conditions-proposed", "delayed",
    "delayed", "interim", "result", "no-record", "refused", "recall", "reminder",
)  # fmt: skip
ASKING = (
    "amend", "amend", "amend", "amend", "withdraw", "recall", "correction", "conditions-accepted",
    "progress-enquiry", "feedback", "clarify-ground", "reminder",
)  # fmt: skip


@st.composite
def timed_talks(draw: st.DrawFn, most: int = 14, kind: str = "request") -> list[Event]:
    """A thread with up to `most` messages after its opening, received at random times.

    The logs' clocks may disagree, and many messages cross.
    """
    level = draw(st.sampled_from((*LEVELS, None)))
    fields: dict[str, Any] = {"urgency": urgency(level)} if level else {}
    fields = fields if kind == "request" else {}
    talk = Talk(kind, lines=draw(st.sampled_from([(1,), (1, 2), (1, 2, 3), ()])), **fields)
    skew: dict[str, int] = {"opener": 0, "other": draw(st.sampled_from((0, 0, 0, 5000, -90_000)))}
    now, times = START, [START]
    seen: dict[Author, int] = {"opener": 0, "other": 1}
    count: dict[Author, int] = {"opener": 1, "other": 0}
    for _ in range(draw(st.integers(0, most))):
        author: Author = draw(st.sampled_from(("opener", "other")))
        counter: Author = "other" if author == "opener" else "opener"
        if draw(st.integers(0, 3)):
            seen[author] = count[counter]
        sees = f"{'p' if author == 'opener' else 'o'}{seen[author] - 1}" if seen[author] else ""
        type_ = draw(st.sampled_from(ASKING if author == "opener" else ANSWERING))
        body = draw(bodies(type_, talk, author))
        (talk.opener if author == "opener" else talk.other)(type_, sees=sees, **body)
        count[author] += 1
        now += timedelta(milliseconds=draw(st.sampled_from(GAPS)))
        times.append(now + timedelta(milliseconds=skew[author]))
    return [replace(e, at=stamp(at)) for e, at in zip(talk.events, times, strict=True)]


SOME: list[list[int]] = [[], [], [1], [2], [1, 2], [3]]


@st.composite
def bodies(draw: st.DrawFn, type_: str, talk: Talk, author: Author) -> dict[str, Any]:
    """Fields of a message of this type, most of them sensible."""
    some: list[int] = draw(st.sampled_from(SOME))
    days = draw(st.sampled_from(("2026-03-20", "2026-05-01", "2026-12-31", "9999-12-31")))
    if type_ == "amend":
        return draw(amendments(talk))
    if type_ in {"conditions-accepted", "recall", "correction", "clarify-ground"}:
        own = type_ in {"recall", "correction"}
        return draw(about(talk, own=own, author=author, type_=type_))
    asked = {"lines": some} if some else {}
    found: dict[str, dict[str, Any]] = {
        "acknowledgement": {**RECEIVED, **draw(named())},
        "more-info": asked | ({"lapses": days} if draw(st.integers(0, 1)) else {}),
        "conditions-proposed": {"conditions": [CONDITION], **asked},
        "delayed": {**DELAY, **asked, "review": days},
        "interim": asked,
        "no-record": asked,
        "withdraw": asked,
        "refused": REFUSAL,
        "result": result(*(some or [1])),
    }
    return found.get(type_, {})


@st.composite
def amendments(draw: st.DrawFn, talk: Talk) -> dict[str, Any]:
    """An amendment of any kind."""
    found: dict[str, Any] = {}
    if draw(st.integers(0, 1)):
        found["urgency"] = urgency(draw(st.sampled_from(LEVELS)))
    if draw(st.integers(0, 1)):
        found["firearms"] = [firearm(draw(st.integers(1, 4)))]
    if draw(st.integers(0, 2)) == 0:
        found["dropped"] = [draw(st.integers(1, 3))]
    asked = [talk.name(e.id) for e in talk.events if type(e.message).__name__ == "MoreInfo"]
    if len(asked) > draw(st.integers(0, 1)):
        found["about"] = draw(st.sampled_from(asked))
    return found


@st.composite
def about(draw: st.DrawFn, talk: Talk, *, own: bool, author: Author, type_: str) -> dict[str, Any]:
    """A message about another one."""
    names = [talk.name(e.id) for e in talk.events if (e.author == author) is own]
    if type_ == "conditions-accepted":
        offers = [e for e in talk.events if type(e.message).__name__ == "ConditionsProposed"]
        names = [talk.name(e.id) for e in offers] or names
    found: dict[str, Any] = {"about": draw(st.sampled_from(names or ["o0"]))}
    if type_ == "correction" and draw(st.integers(0, 1)):
        found["firearms"] = [firearm(draw(st.integers(1, 3)))]
    return found


@st.composite
def named(draw: st.DrawFn) -> dict[str, Any]:
    """The instants that an acknowledgement names."""
    if draw(st.integers(0, 1)):
        return {}
    days = (-1, 0, 1, 3, 20, 200)
    return {
        "terms": draw(st.sampled_from((id_of("terms"), id_of("others")))),
        "first_answer_by": stamp(START + timedelta(draw(st.sampled_from(days)))),
        "final_answer_by": stamp(START + timedelta(draw(st.sampled_from(days)))),
    }
