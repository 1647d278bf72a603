"""When an office works, computed anew: local time from a table, days counted one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """So many hours, days or working days."""

    n: int
    unit: str


@dataclass(frozen=True, slots=True)
class Office:
    """One authority's calendar."""

    shifts: tuple[tuple[datetime, int], ...]
    """From when on local time is so many minutes ahead of UTC, ascending."""
    weekend: frozenset[int]
    holidays: frozenset[date]
    opens: time
    closes: time

    def minutes(self, moment: datetime) -> int:
        """Minutes ahead of UTC at an instant."""
        ahead = self.shifts[0][1]
        for start, value in self.shifts:
            if start <= moment:
                ahead = value
        return ahead

    def local(self, moment: datetime) -> datetime:
        """The clock on the wall."""
        return (moment + timedelta(minutes=self.minutes(moment))).replace(tzinfo=None)

    def instant(self, wall: datetime) -> datetime:
        """When the clock on the wall shows this: the later time of two.

        A time that is skipped is told as if the clock had not been moved.
        """
        guesses = {wall.replace(tzinfo=UTC) - timedelta(minutes=value) for _, value in self.shifts}
        fits = [guess for guess in guesses if self.local(guess) == wall]
        if fits:
            return max(fits)
        first = min(guesses)
        return wall.replace(tzinfo=UTC) - timedelta(minutes=self.minutes(first - 2 * DAY))

    def after(self, start: datetime, span: Span) -> datetime:
        """When a span from `start` ends."""
        if span.unit == "hour":
            return start + timedelta(hours=span.n)
        wall = self.local(start)
        if span.unit == "day":
            return self.instant(wall + span.n * DAY)
        day, left = wall.date(), span.n
        if wall.time() >= self.closes or not self.works(day):
            day = self.next_working(day)
        while left:
            day, left = self.next_working(day), left - 1
        return self.instant(datetime.combine(day, self.closes))

    def midnight_after(self, day: date) -> datetime:
        """The midnight that ends a date."""
        return self.instant(datetime.combine(day + DAY, time()))

    def works(self, day: date) -> bool:
        """Whether anybody is there."""
        return day.isoweekday() not in self.weekend and day not in self.holidays

    def next_working(self, day: date) -> date:
        """The next date after this on which somebody is."""
        day += DAY
        while not self.works(day):
            day += DAY
        return day
