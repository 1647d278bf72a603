"""Random threads with a course in time, for the properties of clocks, and random terms."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import strategies as st

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


@st.composite
def terms(draw: st.DrawFn) -> Terms:
    """Terms that somebody could sign, among them some that nobody should."""
    days = draw(st.sets(st.integers(0, 500), max_size=20))
    names = draw(st.permutations(LEVELS[:5]))
    starts = sorted(draw(st.sets(st.integers(-300, 500), min_size=1, max_size=5)))
    opens, closes = sorted(draw(st.sets(st.sampled_from(CLOCK_TIMES), min_size=2, max_size=2)))
    return msgspec.structs.replace(
        starting_terms("XB-NPOC", covers_until="2027-12-31"),
        targets=tuple(draw(promised(name)) for name in names),
        remind_after=draw(SPANS),
        lapse_after=draw(SPANS),
        weekend=tuple(sorted(draw(st.sets(st.integers(1, 7), max_size=6)))),
        non_working=tuple(sorted((START + timedelta(day)).date().isoformat() for day in days)),
        office=OfficeHours(opens, closes),
        offsets=tuple(Offset(stamp(START + timedelta(day)), draw(MINUTES)) for day in starts),
    )


CLOCK_TIMES = ("00:00", "02:30", "08:00", "16:00", "23:59")
MINUTES = st.sampled_from((0, 60, 120, -210, 345, 840, -840, 37))


@st.composite
def promised(draw: st.DrawFn, name: str) -> Target:
    """What is promised for an urgency."""
    return Target(
        urgency=name,
        acknowledge=draw(SPANS),
        first_answer=draw(SPANS),
        final_answer=draw(st.one_of(SPANS, SPANS, st.just(msgspec.UNSET))),
        escalate=draw(SPANS),
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
def timed_talks(draw: st.DrawFn, most: int = 14) -> list[Event]:
    """A request with up to `most` messages after it, received at random times.

    The logs' clocks may disagree, and many messages cross.
    """
    level = draw(st.sampled_from((*LEVELS, None)))
    fields = {"urgency": urgency(level)} if level else {}
    talk = Talk(lines=draw(st.sampled_from([(1,), (1, 2), (1, 2, 3), ()])), **fields)
    skew = {"opener": 0, "other": draw(st.sampled_from((0, 0, 0, 5000, -90_000)))}
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


@st.composite
def bodies(draw: st.DrawFn, type_: str, talk: Talk, author: Author) -> dict[str, Any]:
    """Fields of a message of this type, most of them sensible."""
    some = draw(st.sampled_from(([], [], [1], [2], [1, 2], [3])))
    days = draw(st.sampled_from(("2026-03-20", "2026-05-01", "2026-12-31", "9999-12-31")))
    if type_ == "amend":
        return draw(amendments(talk))
    if type_ in {"conditions-accepted", "recall", "correction", "clarify-ground"}:
        own = type_ in {"recall", "correction"}
        return draw(about(talk, own=own, author=author, type_=type_))
    asked = {"lines": some} if some else {}
    found: dict[str, dict[str, Any]] = {
        "acknowledgement": {**RECEIVED, **draw(named())},
        "more-info": asked | ({"lapses": days} if draw(st.booleans()) else {}),
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
    if draw(st.booleans()):
        found["urgency"] = urgency(draw(st.sampled_from(LEVELS)))
    if draw(st.booleans()):
        found["firearms"] = [firearm(draw(st.integers(1, 4)))]
    if draw(st.integers(0, 2)) == 0:
        found["dropped"] = [draw(st.integers(1, 3))]
    asked = [talk.name(e.id) for e in talk.events if type(e.message).__name__ == "MoreInfo"]
    if asked and draw(st.booleans()):
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
    if type_ == "correction" and draw(st.booleans()):
        found["firearms"] = [firearm(draw(st.integers(1, 3)))]
    return found


@st.composite
def named(draw: st.DrawFn) -> dict[str, Any]:
    """The instants that an acknowledgement names."""
    if draw(st.booleans()):
        return {}
    days = (-1, 0, 1, 3, 20, 200)
    return {
        "terms": draw(st.sampled_from((id_of("terms"), id_of("others")))),
        "first_answer_by": stamp(START + timedelta(draw(st.sampled_from(days)))),
        "final_answer_by": stamp(START + timedelta(draw(st.sampled_from(days)))),
    }
