"""The second queue: letters to our own people, one row a person and key, carried by one worker.

As with the outbox, a row is written in the transaction that decides on it; a worker claims rows
under a lease, sends with no transaction open and reports in another. A lease that ran out makes its
row claimable again, and the same letter with the same Message-ID goes again. The body is encrypted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, delete, func, or_, select, update

from tracer.store.dialect import upsert
from tracer.store.group import Group
from tracer.store.rows import MailRow, MailStats
from tracer.store.tables.clocks import OPEN_MAIL, mail
from tracer.store.vault import Vault

MailRows = list[MailRow]
SHOWN = 5
"""Letters given up that `stats` names."""

_m = mail.c
_ADD = upsert(
    mail,
    ("person", "key"),
    columns=(
        *("person", "key", "urgent", "body"),
        *("state", "attempts", "next_attempt", "last_error", "created"),
    ),
    update=(),
)
_free_at = case((_m.lease_until > _m.next_attempt, _m.lease_until), else_=_m.next_attempt)
_CLAIM = (
    select(mail)
    .where(
        OPEN_MAIL,
        _m.next_attempt <= bindparam("now"),
        or_(_m.lease_until.is_(None), _m.lease_until <= bindparam("now")),
    )
    .order_by(_m.urgent.desc(), _m.next_attempt, _m.number)
    .limit(bindparam("how_many"))
    .with_for_update(skip_locked=True)
)


class Mail:
    """`tx.mail`."""

    def __init__(self, conn: Connection, group: Group, vault: Vault) -> None:
        self._conn = conn
        self._group = group
        self._vault = vault

    def add(self, person: str, key: str, body: bytes, *, urgent: bool = False) -> bool:
        """Queue a letter; False if this person was written under this key before."""
        now, sealed = self._group.now, self._vault.seal(body, _place(person, key))
        row = (person, key, urgent, sealed, "queued", 0, now, "", now)
        return _ADD.run(self._conn, [row]) == 1

    def urgent_since(self, since: str) -> dict[str, int]:
        """How many urgent letters were written to each person from `since` on."""
        query = select(_m.person, func.count()).where(_m.urgent, _m.created >= since)
        return {row[0]: row[1] for row in self._conn.execute(query.group_by(_m.person))}

    def claim(self, *, now: str, lease_until: str, limit: int) -> MailRows:
        """Lease the next letters that are due and count the attempt; urgent ones first."""
        rows = list(self._conn.execute(_CLAIM, {"now": now, "how_many": limit}))
        self._set([row.number for row in rows], lease_until=lease_until, attempts=_m.attempts + 1)
        return [self._open(row, claimed=lease_until) for row in rows]

    def sent(self, number: int) -> None:
        """The mail server has taken it."""
        self._set([number], state="sent", lease_until=None, last_error="")

    def release(self, numbers: Sequence[int], *, next_attempt: str, error: str) -> None:
        """Give back leased letters to be tried again."""
        self._set(numbers, lease_until=None, next_attempt=next_attempt, last_error=error)

    def give_up(self, number: int, error: str) -> None:
        """It cannot be delivered; the operator looks at it."""
        self._set([number], state="given-up", lease_until=None, last_error=error)

    def drop(self, number: int, why: str) -> None:
        """Nobody is to get it any more."""
        self._set([number], state="dropped", lease_until=None, last_error=why)

    def again(self, person: str, since: str) -> int:
        """A person's address was mended: queue what was given up since then, drop what is older.

        Returns the number queued.
        """
        lost = (_m.person == person, _m.state == "given-up")
        queued = self._conn.execute(
            update(mail)
            .where(*lost, _m.created >= since)
            .values(state="queued", attempts=0, next_attempt=self._group.now)
        ).rowcount
        self._conn.execute(update(mail).where(*lost).values(state="dropped"))
        return queued

    def free(self) -> None:
        """End all leases, for a node that starts: whoever held one is gone."""
        self._conn.execute(
            update(mail).where(OPEN_MAIL, _m.lease_until.is_not(None)).values(lease_until=None)
        )

    def next_due(self) -> str | None:
        """The earliest instant at which a letter may go, leases counted."""
        return self._conn.execute(select(func.min(_free_at)).where(OPEN_MAIL)).scalar_one_or_none()

    def prune(self, before: str) -> int:
        """Forget letters that are done with and older than `before`."""
        done = (_m.state.in_(("sent", "dropped", "given-up")), _m.created < before)
        return self._conn.execute(delete(mail).where(*done)).rowcount

    def rows(self, *, person: str | None = None, limit: int = 1000) -> MailRows:
        """Letters in the order they were written."""
        query = select(mail).order_by(_m.number).limit(limit)
        if person is not None:
            query = query.where(_m.person == person)
        return [self._open(row) for row in self._conn.execute(query)]

    def stats(self) -> MailStats:
        """What waits and what was given up."""
        queued, oldest = self._conn.execute(
            select(func.count(), func.coalesce(func.min(_m.created), "")).where(OPEN_MAIL)
        ).one()
        failing = select(_m.last_error).where(OPEN_MAIL, _m.last_error != "")
        error = self._conn.execute(failing.order_by(_m.number).limit(1)).scalar_one_or_none()
        lost = _m.state == "given-up"
        given_up = self._conn.execute(
            select(func.count()).select_from(mail).where(lost)
        ).scalar_one()
        newest = select(_m.person, _m.last_error).where(lost).order_by(_m.number.desc())
        shown = tuple((row[0], row[1]) for row in self._conn.execute(newest.limit(SHOWN)))
        return MailStats(queued, oldest, error or "", given_up, shown)

    def _set(self, numbers: Sequence[int], **values: Any) -> None:
        self._conn.execute(update(mail).where(_m.number.in_(numbers)).values(**values))

    def _open(self, row: Row[Any], *, claimed: str | None = None) -> MailRow:
        values = dict(row._mapping)  # noqa: SLF001 - public by documentation
        values["body"] = self._vault.open(values["body"], _place(row.person, row.key))
        if claimed is not None:
            values |= {"lease_until": claimed, "attempts": row.attempts + 1}
        return MailRow(**values)


def _place(person: str, key: str) -> str:
    return f"mail\n{person}\n{key}"
