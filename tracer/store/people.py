"""Local people: who may do what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select, update

from tracer.errors import InputError
from tracer.store.dialect import Prepared
from tracer.store.group import Group
from tracer.store.rows import PersonRow
from tracer.store.tables.exchange import person

_NAMED: Final = Prepared(select(person).where(person.c.name == bindparam("name")))


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
        row = _NAMED.first(self._conn, name=name)
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


def _person(row: Any) -> PersonRow:
    name, roles, disabled, added_at, added_by = row
    return PersonRow(name, tuple(roles.split()), disabled, added_at, added_by)
