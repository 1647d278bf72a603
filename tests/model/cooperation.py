"""An independent count of cooperation: request by request, from deadlines and fold at an instant.

It shares no line with `tracer.model.cooperation` but the names of the figures.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from tracer.clock import instant
from tracer.model.clocks import ClockKind, Deadline, Standing, deadlines
from tracer.model.messages import SpontaneousInformation, type_of
from tracer.model.terms import Terms
from tracer.model.thread import CaseState, Event, State, Timers, fold

CLOCKS = {
    "acknowledged": ClockKind.ACKNOWLEDGE,
    "first-answer": ClockKind.FIRST_ANSWER,
    "answered": ClockKind.FINAL_ANSWER,
}
SETTLED = {State.LAPSED, State.REFUSED, State.ANSWERED, State.CLOSED, State.WITHDRAWN}


def count(threads: Iterable[Sequence[Event]], terms: Terms, now: datetime) -> Counter[str]:
    """The figures of these threads, each looked at anew."""
    found: Counter[str] = Counter()
    for events in threads:
        found.update(_names(events, terms, now))
    return found


def nearest_rank(times: Iterable[int], percent: int) -> int | None:
    """The percentile by sorting and counting."""
    ordered = sorted(times)
    return ordered[math.ceil(percent * len(ordered) / 100) - 1] if ordered else None


def _names(events: Sequence[Event], terms: Terms, now: datetime) -> set[str]:
    opening = next(e.message for e in events if type_of(e.message) in OPENINGS)
    if isinstance(opening, SpontaneousInformation) or opening.test:
        return set()
    state = fold(events, now=now, timers=Timers(terms=terms))
    found = {"received"}
    stand = deadlines(events, terms, now)
    for name, kind in CLOCKS.items():
        found.add(f"{name}.{_standing([d for d in stand if d.target.kind is kind])}")
    recalled = set(state.recalled) | set(state.ignored)
    for event in events:
        kind_ = type_of(event.message)
        if event.author == "other" and event.id not in recalled and kind_ in GROUNDED:
            grounds = [code.value for code in event.message.grounds]  # type: ignore[union-attr]
            found |= {kind_} | {f"{kind_}.{ground}" for ground in grounds or ["not-stated"]}
    return found | _open(state, events, stand, now)


OPENINGS = {"request", "spontaneous-information"}
GROUNDED = {"refused", "delayed", "restricted"}


def _standing(found: list[Deadline]) -> str:
    if not found:
        return "no-target"
    now = [d.standing for d in found]
    if any(d.target.given_up and d.standing is Standing.PASSED for d in found):
        return "passed"
    if any(not d.target.ended and not d.target.paused for d in found):
        return "passed" if Standing.PASSED in now else "awaited"
    order = (
        (Standing.PAUSED, "paused"),
        (Standing.MET_LATE, "late"),
        (Standing.MET, "in-time"),
        (Standing.WAIVED, "waived"),
    )
    return next(name for standing, name in order if standing in now)


def _open(
    state: CaseState, events: Sequence[Event], stand: Sequence[Deadline], now: datetime
) -> set[str]:
    found = {"withdrawn"} if state.state is State.WITHDRAWN else set()
    rounds = Counter(line for d in _finals(stand) for line in d.target.lines or (0,))
    if any(number > 1 for number in rounds.values()):
        found.add("reopened")
    lines = [line for line in state.lines if line.state not in SETTLED]
    if not lines:
        untimed = fold(events)
        if any(line.state not in SETTLED for line in untimed.lines):
            found.add("lapsed")
        return found
    newest: dict[int, str] = {}
    for deadline in _finals(stand):
        for line in deadline.target.lines or (0,):
            newest[line] = max(newest.get(line, ""), deadline.target.since)
    unsettled = {line.line for line in fold(events).lines if line.state not in SETTLED}
    age = (now - min(instant(newest[line]) for line in unsettled)) // timedelta(days=1)
    classes = ((7, "open.0-7"), (30, "open.8-30"), (90, "open.31-90"), (10**9, "open.over-90"))
    return found | {"open", next(name for last, name in classes if age <= last)}


def _finals(stand: Sequence[Deadline]) -> list[Deadline]:
    return [d for d in stand if d.target.kind is ClockKind.FINAL_ANSWER]
