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
5. What would lie after `LAST` is `LAST`, so that no terms and no message make arithmetic fail.

Nothing is looked up elsewhere: two machines with the same terms get the same instant, whatever
their own time zone data say.

Making a calendar costs next to nothing: the dates of the terms are searched as they are, since they
are ascending (`check_terms`). Rejected: calendars kept by digest; that is state for little.

Example:
    >>> clock = Calendar(starting_terms("XB-NPOC", covers_until="2027-12-31"))
    >>> clock.add(instant("2026-03-06T17:00:00.000Z"), Span(1, "working-day")).isoformat()
    '2026-03-10T16:00:00+00:00'
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from tracer.model.terms import Span, Terms

FIRST = datetime(1000, 1, 1, tzinfo=UTC)
LAST = datetime(9000, 1, 1, tzinfo=UTC)
"""No instant that is computed lies outside; years enough are left to count on from either."""
PUT_OFF_AT_MOST = timedelta(days=90)
"""How far a day that a message names for itself counts (PROTOCOL.md, [F-12], [F-13], [F-15]).

Long enough for a court to give leave, short enough that silence shows within the quarter: without a
bound one message that names a day in a thousand years would take a request out of all targets.
"""

_DAY = timedelta(days=1)
_WIDEST = timedelta(hours=14)
"""The greatest offset that terms can state."""


def bounded(moment: datetime) -> datetime:
    """The instant, or the nearest of `FIRST` and `LAST`."""
    return min(max(moment, FIRST), LAST)


def later(moment: datetime, by: timedelta) -> datetime:
    """An instant moved on, at most to `LAST`."""
    return LAST if by >= LAST - moment else moment + by


class Calendar:
    """The calendar of one authority's terms."""

    def __init__(self, terms: Terms) -> None:
        self._starts = [datetime.fromisoformat(one.start) for one in terms.offsets]
        self._shifts = [timedelta(minutes=one.minutes) for one in terms.offsets]
        self._weekend = terms.weekend
        self._free = terms.non_working
        self._added: dict[tuple[datetime, Span], datetime] = {}
        self._opens = time.fromisoformat(terms.office.opens)
        self._closes = time.fromisoformat(terms.office.closes)

    def add(self, start: datetime, span: Span) -> datetime:
        """The instant at which a span that begins at `start` ends."""
        found = self._added.get((start, span))
        if found is None:
            found = self._added[start, span] = self._add(bounded(start), span)
        return found

    def _add(self, start: datetime, span: Span) -> datetime:
        if span.unit == "hour":
            return later(start, timedelta(hours=span.n))
        local = self.local(start)
        if span.unit == "day":
            return self.utc(local + span.n * _DAY)
        return self.closing(self._working_day(self._counts_from(local), span.n))

    def local(self, moment: datetime) -> datetime:
        """The local clock at an instant, without a zone."""
        moment = bounded(moment)
        begun = bisect_right(self._starts, moment)
        return moment.replace(tzinfo=None) + self._shifts[max(begun - 1, 0)]

    def utc(self, local: datetime) -> datetime:
        """The instant of a local clock time."""
        aware = local.replace(tzinfo=UTC)
        number = bisect_right(self._starts, aware + _WIDEST) - 1
        while number > 0 and self._starts[number] > aware - self._shifts[number]:
            number -= 1
        return bounded(aware - self._shifts[max(number, 0)])

    def works(self, day: date) -> bool:
        """Whether people work on this date."""
        if day.isoweekday() in self._weekend:
            return False
        text = day.isoformat()
        at = bisect_left(self._free, text)
        return self._free[at : at + 1] != (text,)

    def closing(self, day: date) -> datetime:
        """When the office closes on this date."""
        return self.utc(datetime.combine(day, self._closes))

    def end_of(self, day: date) -> datetime:
        """The midnight with which this date ends."""
        known = min(max(day, FIRST.date()), LAST.date())
        return self.utc(datetime.combine(known, time()) + _DAY)

    def end_of_named(self, day: date, received: datetime) -> datetime:
        """The midnight that ends a day named in a message received then, within the bound."""
        furthest = self.local(received).date() + PUT_OFF_AT_MOST
        return self.end_of(min(day, furthest))

    def at_work(self, moment: datetime) -> datetime:
        """The closing of the office on the working day of an instant, or of the next one."""
        day = self._working(self.local(moment).date())
        closing = self.closing(day)
        return closing if moment <= closing else self.closing(self._working(day + _DAY))

    def _counts_from(self, local: datetime) -> date:
        day = local.date()
        return self._working(day if local.time() < self._closes else day + _DAY)

    def _working(self, day: date) -> date:
        while not self.works(day):
            day += _DAY
        return day

    def _working_day(self, day: date, n: int) -> date:
        """The n-th working day after a date: whole weeks at once, the rest day by day."""
        a_week = 7 - len(self._weekend)
        while n > 0:
            weeks = (n - 1) // a_week
            if weeks == 0:
                day += _DAY
                n -= self.works(day)
                continue
            reached = day + 7 * weeks * _DAY
            n -= weeks * a_week - self._free_between(day, reached)
            day = reached
        return day

    def _free_between(self, day: date, until: date) -> int:
        """How many days of the week's work after `day` and not after `until` are free."""
        known = self._free_days
        return bisect_right(known, until) - bisect_right(known, day)

    @cached_property
    def _free_days(self) -> list[date]:
        days = map(date.fromisoformat, self._free)
        return [day for day in days if day.isoweekday() not in self._weekend]


def lapse_instant(asked: datetime, terms: Terms, *, day: str = "") -> datetime:
    """When a request for information that was received at `asked` counts as dropped.

    With the end of the `day` it names itself, at most `PUT_OFF_AT_MOST` after its receipt;
    otherwise, in the terms' spans, after its reminder.
    """
    calendar = Calendar(terms)
    if day:
        return calendar.end_of_named(date.fromisoformat(day), asked)
    return calendar.add(calendar.add(asked, terms.remind_after), terms.lapse_after)
