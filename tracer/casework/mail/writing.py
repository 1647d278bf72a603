"""From notices to letters: what is urgent at once, the rest as one digest a person and day.

Letters are made on a snapshot and queued in a transaction of their own, which also marks the
notices they tell; a key that stands already queues nothing, so whatever runs twice writes once.

A person gets so many single letters in an hour and then one that holds the rest: whoever makes many
cases urgent, or one case urgent many times, fills nobody's mailbox and hides no other case. What
comes after that waits until the hour has passed.

The digest of a local day is due from the set hour of that day on, by the clock of our own terms. A
mark in the store says which day was written last, so that a node that was down at that hour writes
when it is back, and an hour that comes twice in autumn is the same day's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Final, NamedTuple

import msgspec

from tracer.casework.mail.text import Desk, digest, pressing, single, subject_of
from tracer.casework.notices import reachable, standings
from tracer.clock import Clock, instant, stamp
from tracer.model.calendar import Calendar
from tracer.model.terms import Terms
from tracer.store import ContactRow, NoticeRow, Store, Tx
from tracer.transport.letter import Letter

DIGEST_MARK: Final = "mail.digest"
"""Name in `tx.meta` of the last local day whose digests were written."""
FRESH: Final = timedelta(days=1)
"""An urgent notice older than this, which could not be written at once, waits for the digest."""
REACH: Final = timedelta(days=14)
"""What is older is not written about any more; it stands in the person's notices."""
KEPT: Final = timedelta(days=30)
"""Letters that are done with are forgotten after this."""
SINGLES: Final = 10
"""Urgent letters of one case each that a person gets in an hour; one more holds all others."""
_AT_A_TIME: Final = 100


class _Written(NamedTuple):
    """A letter to queue, and the notices it settles; None: they need no letter any more."""

    person: str
    key: str
    letter: Letter | None
    notices: list[int]
    urgent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What letters need to know of this node; `terms` are our own as they are now."""

    authority: str
    domain: str
    """What follows the @ in the ids of letters: that of the sender's address."""
    terms: Callable[[], Terms]
    where: str = ""
    digest_hour: int = 7


class Writing:
    """Makes rows of the mail queue."""

    def __init__(self, *, store: Store, clock: Clock, office: Office) -> None:
        self._store = store
        self._clock = clock
        self._office = office

    async def urgent(self) -> int:
        """Write what is to be told at once; the number of letters."""
        return await self._queue(await self._store.read(self._urgent))

    async def digests(self) -> int:
        """Write the digests of the day, if their hour has come and they are not written yet."""
        day = self._due_day(self._clock.now())
        last = await self._store.read(lambda tx: tx.meta.get(DIGEST_MARK))
        if day is None or (last is not None and last >= day.isoformat()):
            return 0
        written = await self._store.read(lambda tx: self._digests(tx, day))
        count = await self._queue(written)
        before = stamp(self._clock.now() - KEPT)

        def body(tx: Tx) -> None:
            tx.meta.put(DIGEST_MARK, day.isoformat())
            tx.mail.prune(before)

        await self._store.write(body)
        return count

    def _due_day(self, now: datetime) -> date | None:
        local = Calendar(self._office.terms()).local(now)
        return local.date() if local.hour >= self._office.digest_hour else None

    def _urgent(self, tx: Tx) -> list[_Written]:
        now = instant(tx.now)
        had = tx.mail.urgent_since(stamp(now - timedelta(hours=1)))
        people = {name: one for name, one in _written_to(tx).items() if had.get(name, 0) <= SINGLES}
        rows = tx.notices.untold(
            stamp(now - FRESH), to=people.keys(), urgent=True, limit=_AT_A_TIME
        )
        each: dict[str, list[NoticeRow]] = {}
        for row in rows:
            each.setdefault(row.person, []).append(row)
        desk = self._desk()
        return [
            one
            for name, theirs in each.items()
            for one in self._at_once(
                tx, people[name], theirs, desk, singles=SINGLES - had.get(name, 0)
            )
        ]

    def _at_once(
        self, tx: Tx, to: ContactRow, rows: Sequence[NoticeRow], desk: Desk, *, singles: int
    ) -> Iterator[_Written]:
        """Letters of one case each, then one for all that is left."""
        found = standings(tx, rows)
        newest = _newest(rows)
        awaited = [one for one in newest if found[one[0].number].awaited]
        over = [number for one in newest if one not in awaited for number in one[1]]
        if over:
            yield _Written(to.person, "", None, over, urgent=True)
        for row, numbers in awaited[:singles]:
            told = found[row.number].told
            text = single(told, instant(tx.now), language=to.language, desk=desk)
            key, subject = f"notice/{row.number}", subject_of(told)
            yield self._written(tx.now, to, key, numbers, subject=subject, text=text)
        if rest := awaited[singles:]:
            told_all = sorted((found[row.number].told for row, _ in rest), key=pressing)
            day = desk.calendar.local(instant(tx.now)).date()
            text = digest(told_all, day, instant(tx.now), language=to.language, desk=desk)
            numbers = [number for _, some in rest for number in some]
            key = f"notice/{rest[0][0].number}"
            yield self._written(tx.now, to, key, numbers, subject="Tracer", text=text)

    def _written(
        self, at: str, to: ContactRow, key: str, numbers: list[int], *, subject: str, text: str
    ) -> _Written:
        """An urgent letter."""
        letter = self._letter(at, to.person, key, language=to.language, subject=subject, text=text)
        return _Written(to.person, key, letter, numbers, urgent=True)

    def _digests(self, tx: Tx, day: date) -> list[_Written]:
        people = {name: one for name, one in _written_to(tx).items() if one.digest}
        since, most = stamp(instant(tx.now) - REACH), _AT_A_TIME * _AT_A_TIME
        each: dict[str, list[NoticeRow]] = {}
        for row in tx.notices.untold(since, to=people.keys(), limit=most):
            each.setdefault(row.person, []).append(row)
        desk = self._desk()
        return [self._digest(tx, day, people[name], theirs, desk) for name, theirs in each.items()]

    def _digest(
        self, tx: Tx, day: date, to: ContactRow, rows: Sequence[NoticeRow], desk: Desk
    ) -> _Written:
        found = standings(tx, rows)
        newest = [found[row.number] for row, _ in _newest(rows)]
        told = sorted((one.told for one in newest if one.awaited), key=pressing)
        key, numbers = f"digest/{day.isoformat()}", [row.number for row in rows]
        if not told:
            return _Written(to.person, key, None, numbers, urgent=False)
        text = digest(told, day, instant(tx.now), language=to.language, desk=desk)
        subject = subject_of(told[0]) if len(told) == 1 else "Tracer"
        letter = self._letter(
            tx.now, to.person, key, language=to.language, subject=subject, text=text
        )
        return _Written(to.person, key, letter, numbers, urgent=False)

    def _desk(self) -> Desk:
        return Desk(calendar=Calendar(self._office.terms()), where=self._office.where)

    def _letter(
        self, at: str, person: str, key: str, *, language: str, subject: str, text: str
    ) -> Letter:
        seed = f"{self._office.authority}\n{person}\n{key}\n{at}"
        name = sha256(seed.encode()).hexdigest()[:40]
        return Letter(
            message_id=f"<{name}@{self._office.domain}>",
            at=at,
            language=language,
            subject=subject,
            text=text,
        )

    async def _queue(self, written: Sequence[_Written]) -> int:
        """Queue letters one by one, so that the lane is never held for long; how many."""
        count = 0
        for one in written:
            count += await self._store.write(lambda tx, one=one: _put(tx, one))  # type: ignore[misc]
        return count


def _newest(rows: Sequence[NoticeRow]) -> list[tuple[NoticeRow, list[int]]]:
    """Of notices to one person about one clock the newest, or the escalation; with all numbers."""
    each: dict[tuple[object, ...], tuple[NoticeRow, list[int]]] = {}
    for row in rows:
        place = (row.person, row.thread, row.clock, row.about, row.lines)
        before, numbers = each.get(place, (row, []))
        kept = before if before.act == "escalate" else row
        each[place] = (kept, [*numbers, row.number])
    return list(each.values())


def _put(tx: Tx, one: _Written) -> int:
    if one.letter is None:
        tx.notices.mailed(one.notices)
        return 0
    if not tx.mail.add(one.person, one.key, msgspec.json.encode(one.letter), urgent=one.urgent):
        return 0
    tx.notices.mailed(one.notices)
    return 1


def _written_to(tx: Tx) -> dict[str, ContactRow]:
    """Who has an address and may still be told."""
    contacts = tx.contacts.all()
    able = {one.name for one in tx.people.all() if reachable(one)}
    return {name: one for name, one in contacts.items() if name in able}
