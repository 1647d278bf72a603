"""Notices to our own people, one row a person and act, and where those people are written to.

A notice names a case and what is awaited in it, never what the case is about; its columns are ids,
codes and instants. The same person is told of one act once, whatever runs twice. Addresses are
encrypted: who works here is nobody's business who holds the disk.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, or_, select, update

from tracer.store.dialect import chunks, upsert
from tracer.store.group import Group
from tracer.store.rows import ContactRow, NoticeRow
from tracer.store.tables.clocks import UNTOLD, contact, notice
from tracer.store.tables.exchange import draft
from tracer.store.vault import Vault

NoticeRows = list[NoticeRow]

_n = notice.c
_FACTS = (
    *("person", "thread", "key", "act", "clock", "who"),
    *("about", "lines", "due", "urgency", "urgent"),
)
_ADD = upsert(notice, ("person", "thread", "key"), columns=(*_FACTS, "at"), update=())
_PUT = upsert(contact, ("person",))


class Notices:
    """`tx.notices`."""

    def __init__(self, conn: Connection, group: Group) -> None:
        self._conn = conn
        self._group = group

    def add(self, rows: Sequence[NoticeRow]) -> int:
        """Tell; what a person was told before stays as it is. The number that is new."""
        given = [
            (
                *(row.person, row.thread, row.key, row.act, row.clock, row.who, row.about),
                *(" ".join(map(str, row.lines)), row.due, row.urgency, row.urgent, self._group.now),
            )
            for row in rows
        ]
        return _ADD.run(self._conn, given)

    def of(self, person: str, *, seen: bool = False, limit: int = 200) -> NoticeRows:
        """A person's notices, newest first; with `seen` also those looked at."""
        query = select(notice).where(_n.person == person).order_by(_n.number.desc()).limit(limit)
        if not seen:
            query = query.where(_n.seen_at.is_(None))
        return [_notice(row) for row in self._conn.execute(query)]

    def see(self, person: str, numbers: Sequence[int] | None = None) -> list[int]:
        """Note that a person has looked at these, or at all; the numbers that were new to them.

        What is not theirs, or was looked at before, is left out.
        """
        found = select(_n.number).where(_n.person == person, _n.seen_at.is_(None))
        if numbers is not None:
            found = found.where(_n.number.in_(numbers))
        fresh = list(self._conn.execute(found.order_by(_n.number)).scalars())
        for part in chunks(fresh):
            self._conn.execute(
                update(notice).where(_n.number.in_(part)).values(seen_at=self._group.now)
            )
        return fresh

    def untold(
        self,
        since: str,
        *,
        to: Collection[str] | None = None,
        urgent: bool | None = None,
        limit: int = 1000,
    ) -> NoticeRows:
        """Notices that were neither looked at nor put into a letter, oldest first.

        Args:
            since: The oldest instant of a notice that still counts.
            to: Only those to these people, before the limit counts; None: to anybody.
            urgent: Only those that are told at once, or only the others; None: both.
            limit: Most rows.
        """
        query = select(notice).where(UNTOLD, _n.at >= since).order_by(_n.at, _n.number).limit(limit)
        if urgent is not None:
            query = query.where(_n.urgent.is_(urgent))
        if to is not None:
            query = query.where(_n.person.in_(sorted(to)))
        return [_notice(row) for row in self._conn.execute(query)]

    def mailed(self, numbers: Sequence[int]) -> None:
        """These are in a letter."""
        for part in chunks(numbers):
            self._conn.execute(
                update(notice).where(_n.number.in_(part)).values(mailed_at=self._group.now)
            )

    def hands(self, thread: str) -> list[str]:
        """People with a hand on a thread's messages: authors, submitters, releasers; sorted."""
        found = self._conn.execute(
            select(draft.c.author, draft.c.submitted_by, draft.c.released_by).where(
                or_(draft.c.thread == thread, draft.c.message_id == thread)
            )
        )
        return sorted({name for row in found for name in row if name})


class Contacts:
    """`tx.contacts`."""

    def __init__(self, conn: Connection, vault: Vault) -> None:
        self._conn = conn
        self._vault = vault

    def put(self, row: ContactRow) -> None:
        """Write where a person is written to."""
        sealed = self._vault.seal(row.mail.encode(), _place(row.person))
        _PUT.run(self._conn, [(row.person, sealed, row.language, row.digest)])

    def drop(self, person: str) -> None:
        """Write to this person no more."""
        self._conn.execute(delete(contact).where(contact.c.person == person))

    def get(self, person: str) -> ContactRow | None:
        """Where a person is written to."""
        found = self._conn.execute(select(contact).where(contact.c.person == person)).first()
        return self._open(found) if found else None

    def all(self) -> dict[str, ContactRow]:
        """Everybody who is written to, by name."""
        rows = self._conn.execute(select(contact).order_by(contact.c.person))
        return {row.person: self._open(row) for row in rows}

    def _open(self, row: Any) -> ContactRow:
        person, sealed, language, digest = row
        return ContactRow(
            person, self._vault.open(sealed, _place(person)).decode(), language, digest
        )


def _place(person: str) -> str:
    return f"contact:{person}:mail"


def _notice(row: Row[Any]) -> NoticeRow:
    values = dict(row._mapping)  # noqa: SLF001 - public by documentation
    values["lines"] = tuple(map(int, values["lines"].split()))
    return NoticeRow(**values)
