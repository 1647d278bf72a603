"""Spans of signed terms made into instants, with the calendar that the terms carry.

Rules, in the local time that `offsets` give (PROTOCOL.md, [F-5] and [F-7] to [F-9]):

1. An *hour* is 3,600 seconds.
2. A *day* leads to the same local clock time so many dates later, whatever clocks did between. A
   local time is read with the last offset that had begun by then in its own time: one that a clock
   skips is told as if it had not been moved, one that comes twice is the later one.
3. A *working day* is counted from the day of receipt; what comes after the office has closed, or
   on a day without work, counts as received on the next working day. It ends when the office
   closes.
4. After `covers_until` only weekends are known and the last offset goes on.

Nothing is looked up elsewhere: two machines with the same terms get the same instant, whatever
their own time zone data say.

Example:
    >>> clock = Calendar(starting_terms("XB-NPOC", covers_until="2027-12-31"))
    >>> clock.add(instant("2026-03-06T17:00:00.000Z"), Span(1, "working-day")).isoformat()
    '2026-03-10T16:00:00+00:00'
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from tracer.clock import instant
from tracer.model.terms import Span, Terms

_DAY = timedelta(days=1)


class Calendar:
    """The calendar of one authority's terms."""

    def __init__(self, terms: Terms) -> None:
        self._offsets = [
            (instant(one.start), timedelta(minutes=one.minutes)) for one in terms.offsets
        ]
        self._weekend = frozenset(terms.weekend)
        self._free = frozenset(map(date.fromisoformat, terms.non_working))
        self._opens = time.fromisoformat(terms.office.opens)
        self._closes = time.fromisoformat(terms.office.closes)

    def add(self, start: datetime, span: Span) -> datetime:
        """The instant at which a span that begins at `start` ends."""
        if span.unit == "hour":
            return start + timedelta(hours=span.n)
        local = self.local(start)
        if span.unit == "day":
            return self.utc(local + span.n * _DAY)
        day = self._counts_from(local)
        for _ in range(span.n):
            day = self._working(day + _DAY)
        return self.closing(day)

    def local(self, moment: datetime) -> datetime:
        """The local clock at an instant, without a zone."""
        shift = self._offsets[0][1]
        for start, minutes in self._offsets:
            if start <= moment:
                shift = minutes
        return moment.replace(tzinfo=None) + shift

    def utc(self, local: datetime) -> datetime:
        """The instant of a local clock time."""
        aware = local.replace(tzinfo=UTC)
        shift = self._offsets[0][1]
        for start, minutes in self._offsets:
            if start <= aware - minutes:
                shift = minutes
        return aware - shift

    def works(self, day: date) -> bool:
        """Whether people work on this date."""
        return day.isoweekday() not in self._weekend and day not in self._free

    def closing(self, day: date) -> datetime:
        """When the office closes on this date."""
        return self.utc(datetime.combine(day, self._closes))

    def end_of(self, day: date) -> datetime:
        """The midnight with which this date ends."""
        return self.utc(datetime.combine(day, time()) + _DAY)

    def at_work(self, moment: datetime) -> datetime:
        """The closing of the office on the working day of an instant, or of the next one."""
        local = self.local(moment)
        day = self._working(local.date())
        closing = self.closing(day)
        return closing if moment <= closing else self.closing(self._working(day + _DAY))

    def is_open(self, moment: datetime) -> bool:
        """Whether the office is open."""
        local = self.local(moment)
        return self.works(local.date()) and self._opens <= local.time() < self._closes

    def _counts_from(self, local: datetime) -> date:
        day = local.date()
        return self._working(day if local.time() < self._closes else day + _DAY)

    def _working(self, day: date) -> date:
        while not self.works(day):
            day += _DAY
        return day


def lapse_instant(asked: datetime, terms: Terms, *, day: str = "") -> datetime:
    """When a request for information that was received at `asked` counts as dropped.

    With the end of the `day` it names itself; otherwise, in the terms' spans, after its reminder.
    """
    calendar = Calendar(terms)
    if day:
        return calendar.end_of(date.fromisoformat(day))
    return calendar.add(calendar.add(asked, terms.remind_after), terms.lapse_after)
