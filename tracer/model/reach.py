"""How far terms reach: whether their calendar covers the longest time they promise.

After `covers_until` only weekends are known and clocks change no more, so a target that lies beyond
is still computed alike on both sides, but may fall on a day on which nobody works.
"""

from __future__ import annotations

from datetime import date, datetime

from tracer.model.calendar import Calendar
from tracer.model.codes import UrgencyLevel
from tracer.model.terms import Terms, target_of


def reaches(terms: Terms, since: datetime, urgency: str = "") -> date | None:
    """The local date on which the last of what is promised ends; None: nothing is promised.

    Args:
        terms: What is promised.
        since: The receipt from which it counts.
        urgency: As stated in a request; empty: none was.
    """
    target = target_of(terms, urgency or str(UrgencyLevel.ROUTINE))
    if target is None:
        return None
    calendar = Calendar(terms)
    spans = (target.acknowledge, target.first_answer, target.final_answer)
    return max(calendar.local(calendar.add(since, span)).date() for span in spans if span)


def is_covered(terms: Terms, since: datetime, urgency: str = "") -> bool:
    """Whether the calendar is complete until then."""
    last = reaches(terms, since, urgency)
    return last is None or last <= date.fromisoformat(terms.covers_until)
