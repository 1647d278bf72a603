"""Local people and the audit trail: who may do what, and who did what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, func, insert, select, update

from tracer.canonical import canonical_json
from tracer.errors import InputError
from tracer.store.group import Group
from tracer.store.rows import AuditRow, PersonRow
from tracer.store.tables import audit, person
from tracer.store.vault import Vault

AuditRows = list[AuditRow]


class People:
    """`tx.people`."""

    def __init__(self, conn: Connection, group: Group) -> None:
        self._conn = conn
        self._group = group

    def add(self, name: str, roles: Sequence[str], by: str) -> None:
        """Add a person.

        Raises:
            InputError: `person-exists`; names are never given twice.
        """
        if self.get(name) is not None:
            raise InputError("person-exists", f"{name} exists already", field="name")
        self._conn.execute(
            insert(person).values(
                name=name,
                roles=" ".join(sorted(roles)),
                disabled=False,
                added_at=self._group.now,
                added_by=by,
            )
        )

    def get(self, name: str) -> PersonRow | None:
        """One person, disabled or not."""
        row = self._conn.execute(select(person).where(person.c.name == name)).first()
        return _person(row) if row else None

    def all(self) -> list[PersonRow]:
        """Everybody, by name."""
        return [_person(row) for row in self._conn.execute(select(person).order_by(person.c.name))]

    def set_roles(self, name: str, roles: Sequence[str]) -> None:
        """Replace a person's roles."""
        self._update(name, roles=" ".join(sorted(roles)))

    def disable(self, name: str, *, disabled: bool = True) -> None:
        """Lock a person out, or let in again."""
        self._update(name, disabled=disabled)

    def _update(self, name: str, **values: Any) -> None:
        found = self._conn.execute(update(person).where(person.c.name == name).values(**values))
        if found.rowcount != 1:
            raise InputError("person-missing", f"there is no {name}", field="name")


class Audit:
    """`tx.audit`: append only; the detail is encrypted because people write in it."""

    def __init__(self, conn: Connection, group: Group, vault: Vault) -> None:
        self._conn = conn
        self._group = group
        self._vault = vault

    def write(
        self, actor: str, act: str, subject: str, detail: Mapping[str, Any] | None = None
    ) -> None:
        """Write who did what to what."""
        plain = canonical_json(dict(detail or {}))
        self._conn.execute(
            insert(audit).values(
                at=self._group.now,
                actor=actor,
                act=act,
                subject=subject,
                detail=self._vault.seal(plain, audit_place(self._group.now, actor, act, subject)),
            )
        )

    def list(
        self, limit: int = 100, *, subject: str | None = None, before: int | None = None
    ) -> AuditRows:
        """Acts, newest first; `before` is the number of the last row of the page before."""
        query = select(audit).order_by(audit.c.number.desc()).limit(limit)
        if subject is not None:
            query = query.where(audit.c.subject == subject)
        if before is not None:
            query = query.where(audit.c.number < before)
        return [self._open(row) for row in self._conn.execute(query)]

    def count(self) -> int:
        """Number of acts."""
        return self._conn.execute(select(func.count()).select_from(audit)).scalar_one()

    def _open(self, row: Any) -> AuditRow:
        number, at, actor, act, subject, detail = row
        plain = self._vault.open(detail, audit_place(at, actor, act, subject))
        return AuditRow(number, at, actor, act, subject, msgspec.json.decode(plain))


def audit_place(at: str, actor: str, act: str, subject: str) -> str:
    """Where the detail of an act stands: it opens with these facts and no others."""
    return f"audit\n{at}\n{actor}\n{act}\n{subject}"


def _person(row: Any) -> PersonRow:
    name, roles, disabled, added_at, added_by = row
    return PersonRow(name, tuple(roles.split()), disabled, added_at, added_by)
