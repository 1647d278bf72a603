"""Targets of what is asked beside the answer: information, decisions, consent, grounds, news.

No treaty gives a time for a reply to a question. The terms of the answering side say when whoever
owes one is reminded (`remind_after`); for a request for information they also say when it counts as
dropped (`lapse_after` after that), unless it names its own day. A postponement is due on its review
day. Either day counts at most 90 days after receipt (`calendar.PUT_OFF_AT_MOST`). A settled thread
that gets no feedback closes by itself, and what is open in it closes too, consent and erasure
excepted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from tracer.clock import instant, stamp
from tracer.model.calendar import Calendar, lapse_instant, later
from tracer.model.clocks.state import ClockKind, Origin, Target
from tracer.model.terms import Terms
from tracer.model.thread.fold import Outline
from tracer.model.thread.state import Awaited, What

CLOSES_AFTER = timedelta(days=90)
"""From the last settlement to closing without feedback, as in `thread.Timers`."""
ASKS_FEEDBACK = timedelta(days=30)
"""So long before a thread closes by itself its feedback is reminded of."""

_KINDS: Mapping[What, ClockKind] = {
    "information": ClockKind.INFORMATION,
    "decision": ClockKind.DECISION,
    "review": ClockKind.REVIEW,
    "clarification": ClockKind.CLARIFICATION,
    "consent": ClockKind.CONSENT,
    "erasure": ClockKind.ERASURE,
    "progress": ClockKind.PROGRESS,
    "feedback": ClockKind.FEEDBACK,
}
_STAYS = frozenset({ClockKind.CONSENT, ClockKind.ERASURE})
"""What is still owed in a closed thread."""


def question_targets(found: Outline, received: Mapping[str, str], terms: Terms) -> Iterator[Target]:
    """What is owed now beside acknowledgement and answer, and until when.

    Args:
        found: Where the thread stands, and what is owed in it.
        received: When each message of it was received, by id.
        terms: Those the request was written under.
    """
    for owed in found.awaited:
        kind = _KINDS.get(owed.what)
        if kind is None:
            continue
        if kind is ClockKind.FEEDBACK:
            yield _feedback(owed, found.milestones.settled or received[owed.about])
        else:
            closes = None if kind in _STAYS else found.closes
            yield _question(kind, owed, received[owed.about], terms, closes)


def _feedback(owed: Awaited, since: str) -> Target:
    closes = later(instant(since), CLOSES_AFTER)
    return Target(
        kind=ClockKind.FEEDBACK,
        who=owed.who,
        about=owed.about,
        since=since,
        due=stamp(closes),
        remind=stamp(max(closes - ASKS_FEEDBACK, instant(since))),
    )


def _question(
    kind: ClockKind, owed: Awaited, since: str, terms: Terms, closes: datetime | None
) -> Target:
    asked, calendar = instant(since), Calendar(terms)
    remind = calendar.add(asked, terms.remind_after)
    due, origin = remind, Origin.TERMS
    if kind is ClockKind.REVIEW:
        due, origin = calendar.end_of_named(date.fromisoformat(owed.day), asked), Origin.REVIEW
        remind = due
    elif kind is ClockKind.INFORMATION:
        due = lapse_instant(asked, terms, day=owed.day)
        remind, origin = min(remind, due), Origin.QUESTION if owed.day else Origin.TERMS
    return Target(
        kind=kind,
        who=owed.who,
        about=owed.about,
        since=since,
        due=stamp(due),
        lines=tuple(line for line in owed.lines if line),
        remind="" if remind == due else stamp(remind),
        lapses=stamp(closes) if closes else "",
        origin=origin,
    )
