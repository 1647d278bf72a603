"""A thread and working days as the second reading of the clocks sees them: plain and slow."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from tracer.clock import instant
from tracer.model.messages import type_of
from tracer.model.terms import Span, Terms
from tracer.model.thread import Event, fold
from tracer.model.thread import reading as read
from tracer.model.thread.concurrency import TABLE

LATEST = datetime(9000, 1, 1, tzinfo=UTC)


class Days:
    """[F-7] to [F-9], one day after the other."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.closes = time.fromisoformat(terms.office.closes)

    def local(self, moment: datetime) -> datetime:
        """The local time of an instant."""
        minutes = self.terms.offsets[0].minutes
        for offset in self.terms.offsets:
            if instant(offset.start) <= moment:
                minutes = offset.minutes
        return moment.replace(tzinfo=None) + timedelta(minutes=minutes)

    def utc(self, local: datetime) -> datetime:
        """The instant of a local time."""
        found = [
            moment
            for offset in self.terms.offsets
            if instant(offset.start)
            <= (moment := local.replace(tzinfo=UTC) - timedelta(minutes=offset.minutes))
        ]
        first = local.replace(tzinfo=UTC) - timedelta(minutes=self.terms.offsets[0].minutes)
        return min((found or [first])[-1], LATEST)

    def works(self, day: date) -> bool:
        """Whether it is a working day."""
        return (
            day.isoweekday() not in self.terms.weekend
            and day.isoformat() not in self.terms.non_working
        )

    def next_closing(self, local: datetime, *, after: bool) -> datetime:
        """The first closing of a working day at or after (`after`: after) a local time."""
        day = local.date()
        while True:
            closing = datetime.combine(day, self.closes)
            if self.works(day) and (closing > local or (closing == local and not after)):
                return closing
            day += timedelta(days=1)

    def add(self, start: datetime, span: Span) -> datetime:
        """Where a span ends: for working days, at the n-th closing after the next one."""
        if span.unit == "hour":
            return min(start + timedelta(hours=span.n), LATEST)
        local = self.local(start)
        if span.unit == "day":
            return self.utc(local + timedelta(days=span.n))
        for _ in range(span.n + 1):
            local = self.next_closing(local, after=True)
        return self.utc(local)

    def named(self, day: str, received: datetime) -> datetime:
        """The midnight that ends a date named in a message: of the first 91 dates, or the last."""
        dates = [self.local(received).date() + timedelta(days=n) for n in range(91)]
        return self.midnight(min(day, dates[-1].isoformat()))

    def midnight(self, day: str) -> datetime:
        """The midnight that ends a date."""
        if day >= "9000":
            return LATEST
        return self.utc(datetime.combine(date.fromisoformat(day) + timedelta(days=1), time()))


class Thread:
    """The judged messages of a thread, their ancestors as sets."""

    def __init__(self, events: Iterable[Event]) -> None:
        given = {event.id: event for event in events}
        ignored = fold(given.values()).ignored
        self.parents = {id_: set(e.message.follows) for id_, e in given.items()}
        self.past = {id_: self._ancestors(id_) for id_ in given}
        self.at = {id_: max(given[x].at for x in {id_, *self.past[id_]}) for id_ in given}
        self.all = {id_: event for id_, event in given.items() if id_ not in ignored}
        self.type = {id_: type_of(event.message) for id_, event in self.all.items()}
        self.opening = next(id_ for id_ in self.all if not self.parents[id_])
        self.covers = {id_: self._covers(id_) for id_ in self.all}

    def _ancestors(self, id_: str) -> set[str]:
        found, left = set[str](), [id_]
        while left:
            for parent in self.parents[left.pop()]:
                if parent not in found:
                    found.add(parent)
                    left.append(parent)
        return found

    def chain(self, author: str, types: Iterable[str]) -> list[str]:
        """One author's messages of these types, ancestors first."""
        found = [i for i, e in self.all.items() if e.author == author and self.type[i] in types]
        return sorted(found, key=lambda i: len(self.past[i]))

    def before(self, a: str, b: str) -> bool:
        """Whether `a` stands before `b`."""
        if a in self.past[b] or b in self.past[a] or a == b:
            return a in self.past[b]
        pair = frozenset({self.type[a], self.type[b]})
        return len(pair) == 2 and TABLE.get(pair) == self.type[a]

    def recalled(self, id_: str, within: Iterable[str]) -> bool:
        """Whether a recall among these names it."""
        return any(
            self.type.get(i) == "recall" and id_ in read.about(self.all[i].message) for i in within
        )

    def lines(self, within: Iterable[str]) -> set[int]:
        """The lines of a view."""
        known = [i for i in within if i in self.all]
        asking = [
            i
            for i in known
            if i == self.opening or (self.type[i] == "amend" and not self.recalled(i, known))
        ]
        return {f.line for i in asking for f in read.firearms(self.all[i].message)} or {0}

    def _covers(self, id_: str) -> set[int]:
        return set(read.named_lines(self.all[id_].message)) or self.lines(self.past[id_])

    def standing(self, author: str, types: Iterable[str]) -> list[str]:
        """As `chain`, without the recalled."""
        return [i for i in self.chain(author, types) if not self.recalled(i, self.all)]

    def changes(self) -> list[str]:
        """Amendments, and corrections of the opening or of one."""
        found = []
        for id_ in self.standing("opener", ("amend", "correction")):
            subject = next(iter(read.about(self.all[id_].message)), "")
            of_request = self.type.get(subject) in {"request", "spontaneous-information", "amend"}
            if self.type[id_] == "amend" or of_request:
                found.append(id_)
        return found
