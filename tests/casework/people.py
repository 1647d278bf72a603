"""Somebody on record without a password, as no command leaves anybody: what they may do counts."""

from __future__ import annotations

from collections.abc import Iterable

from tracer.casework.people import add_within, checked
from tracer.store import Store
from tracer.store.rows import PersonRow


async def put_on_record(
    store: Store, actor: str, name: str, roles: Iterable[str], *, command: bool = False
) -> PersonRow:
    """Put a person on record, as `Passwords.give_new` does before it gives a password."""
    given = checked(name, roles)
    return await store.write(lambda tx: add_within(tx, actor, name, given, command=command))
