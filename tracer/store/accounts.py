"""Accounts and their sessions: who may sign in, who has, and how often it failed.

The hash of a password is encrypted on top of being slow: a stolen database without the keyring
gives nothing to guess at. A token is kept as its SHA-256; it is random and has 256 bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from tracer.store.account_rows import AccountRow, HandRow, SessionRow, TryRow
from tracer.store.dialect import Prepared, listed, upsert
from tracer.store.group import Group
from tracer.store.tables.accounts import (
    account,
    account_hand,
    recovery_code,
    session,
    sign_in_try,
)
from tracer.store.vault import Vault

SessionRows = list[SessionRow]

_PUT: Final = upsert(account, ("person",))
_PUT_TRY: Final = upsert(sign_in_try, ("subject",))
_CODE: Final = upsert(recovery_code, ("person", "digest"), update=())
_BY_DIGEST: Final = Prepared(select(session).where(session.c.digest.in_(listed("digests"))))
_SECRETS: Final = ("password", "factor", "pending")


class Accounts:
    """`tx.accounts`."""

    def __init__(self, conn: Connection, vault: Vault) -> None:
        self._conn = conn
        self._vault = vault

    def get(self, person: str) -> AccountRow | None:
        """A person's account, its secrets opened."""
        found = self._conn.execute(select(account).where(account.c.person == person)).first()
        if found is None:
            return None
        values = dict(found._mapping)  # noqa: SLF001 - public by documentation
        for name in _SECRETS:
            if values[name] is not None:
                values[name] = self._vault.open(values[name], _place(person, name)).decode()
        return AccountRow(**values)

    def put(self, row: AccountRow) -> None:
        """Write an account, new or changed."""
        values = msgspec.structs.asdict(row)
        for name in _SECRETS:
            if values[name] is not None:
                values[name] = self._vault.seal(values[name].encode(), _place(row.person, name))
        _PUT.run(self._conn, [tuple(values.values())])

    def set_recovery(self, person: str, digests: Sequence[str]) -> None:
        """Replace a person's recovery codes by these."""
        self._conn.execute(delete(recovery_code).where(recovery_code.c.person == person))
        _CODE.run(self._conn, [(person, digest) for digest in digests])

    def use_recovery(self, person: str, digest: str) -> bool:
        """Take a recovery code for good; False if there is none such."""
        gone = self._conn.execute(
            delete(recovery_code).where(
                recovery_code.c.person == person, recovery_code.c.digest == digest
            )
        )
        return gone.rowcount == 1

    def recovery_left(self, person: str) -> int:
        """How many recovery codes a person has."""
        count = select(func.count()).where(recovery_code.c.person == person)
        return int(self._conn.execute(count).scalar_one())


class Hands:
    """`tx.hands`: in whose hands accounts were, and who looked at them since."""

    def __init__(self, conn: Connection, group: Group) -> None:
        self._conn = conn
        self._group = group

    def add(self, person: str, by: str, act: str) -> None:
        """Somebody has an account in hand from now on."""
        self._conn.execute(
            insert(account_hand).values(person=person, by=by, act=act, at=self._group.now)
        )

    def all(self) -> list[HandRow]:
        """Every one that ever was, oldest first; a few for each person."""
        rows = self._conn.execute(select(account_hand).order_by(account_hand.c.number))
        return [HandRow(*row) for row in rows]

    def settle(self, person: str, by: str) -> int:
        """A third person, or the command line, says who holds an account; how many it settled."""
        done = self._conn.execute(
            update(account_hand)
            .where(account_hand.c.person == person, account_hand.c.settled_at.is_(None))
            .values(settled_by=by, settled_at=self._group.now)
        )
        return int(done.rowcount)


class Tries:
    """`tx.tries`: wrong tries to sign in, by a mark of the name or address, never the name."""

    def __init__(self, conn: Connection, vault: Vault) -> None:
        self._conn = conn
        self._vault = vault

    def get(self, kind: str, of: str) -> TryRow | None:
        """What is counted against a name or an address."""
        subject = self._subject(kind, of)
        query = select(sign_in_try).where(sign_in_try.c.subject == subject)
        row = self._conn.execute(query).first()
        return None if row is None else TryRow(row.failures, row.since, row.last)

    def put(self, kind: str, of: str, row: TryRow) -> None:
        """Write it."""
        _PUT_TRY.run(self._conn, [(self._subject(kind, of), row.failures, row.since, row.last)])

    def clear(self, kind: str, of: str) -> None:
        """Count nothing against it any more."""
        subject = self._subject(kind, of)
        self._conn.execute(delete(sign_in_try).where(sign_in_try.c.subject == subject))

    def prune(self, before: str, *, but: str = "") -> None:
        """Forget what is older than an instant, but for one kind."""
        gone = delete(sign_in_try).where(sign_in_try.c.last < before)
        if but:
            gone = gone.where(~sign_in_try.c.subject.startswith(f"{but}:"))
        self._conn.execute(gone)

    def _subject(self, kind: str, of: str) -> str:
        return f"{kind}:{self._vault.mark(of, f'sign-in-try:{kind}')}"


class Sessions:
    """`tx.sessions`."""

    def __init__(self, conn: Connection, group: Group, vault: Vault) -> None:
        self._conn = conn
        self._group = group
        self._vault = vault

    def open(self, person: str, digest: str, stage: str, *, address: str, agent: str) -> SessionRow:
        """Begin a session; all its instants are now."""
        now = self._group.now
        origin = self._vault.seal(f"{address}\n{agent}".encode(), _origin(person, now))
        done = self._conn.execute(
            insert(session).values(
                digest=digest,
                person=person,
                stage=stage,
                began=now,
                seen=now,
                proved=now,
                origin=origin,
            )
        )
        number = int(done.inserted_primary_key[0]) if done.inserted_primary_key else 0
        return SessionRow(number, digest, person, stage, now, now, now, address, agent)

    def get(self, digest: str) -> SessionRow | None:
        """The session of a token, by the token's digest."""
        row = _BY_DIGEST.first(self._conn, digests=[digest])
        return self._open(row) if row is not None else None

    def of(self, person: str) -> SessionRows:
        """A person's sessions, newest first, those that are over included."""
        query = select(session).where(session.c.person == person)
        rows = self._conn.execute(query.order_by(session.c.number.desc()))
        return [self._open(tuple(row)) for row in rows]

    def seen(self, number: int) -> None:
        """Something was asked of it now."""
        self._change(number, seen=self._group.now)

    def move(self, number: int, digest: str, stage: str, *, proved: bool) -> None:
        """Give a session its next token and stage, and note the proof that was given, if one was.

        A session that reaches a stage by which its time is counted anew keeps its beginning.
        """
        values = {"digest": digest, "stage": stage, "seen": self._group.now}
        if proved:
            values["proved"] = self._group.now
        self._change(number, **values)

    def end(self, number: int) -> bool:
        """End a session; False if there is none such."""
        gone = self._conn.execute(delete(session).where(session.c.number == number))
        return gone.rowcount == 1

    def end_all(self, person: str, *, but: int = 0) -> int:
        """End all of a person's sessions but one; how many it were."""
        gone = delete(session).where(session.c.person == person, session.c.number != but)
        return int(self._conn.execute(gone).rowcount)

    def prune(self, before: str) -> None:
        """Forget sessions that began before an instant."""
        self._conn.execute(delete(session).where(session.c.began < before))

    def _change(self, number: int, **values: Any) -> None:
        self._conn.execute(update(session).where(session.c.number == number).values(**values))

    def _open(self, row: Sequence[Any]) -> SessionRow:
        number, digest, person, stage, began, seen, proved, origin = tuple(row)
        where = self._vault.open(origin, _origin(person, began)).decode()
        address, _, agent = where.partition("\n")
        return SessionRow(number, digest, person, stage, began, seen, proved, address, agent)


def _place(person: str, column: str) -> str:
    return f"account:{person}:{column}"


def _origin(person: str, began: str) -> str:
    return f"session:{person}:{began}:origin"
