"""Rows of tables whose verbs write one case at a time, for many cases at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from tracer.envelope import rest
from tracer.store import Tx
from tracer.store.dialect import adding
from tracer.store.tables.accounts import assignment, case_team
from tracer.store.tables.clocks import firearm
from tracer.store.tables.exchange import draft
from tracer.store.tables.lists import agenda, case_description, case_word, description_word

_TABLES: Final = {
    "agenda": adding(agenda, ("thread", "due", "ours", "theirs")),
    "word": adding(case_word, ("word", "thread")),
    "description": adding(description_word, ("word", "description")),
    "described": adding(case_description, ("thread", "description")),
    "firearm": adding(firearm),
    "draft": adding(draft),
    "team": adding(case_team),
    "assignment": adding(assignment),
}


def put(tx: Tx, table: str, rows: Sequence[Sequence[Any]]) -> None:
    """Add rows to a table, in the order of its columns."""
    _TABLES[table].run(tx._conn, rows)  # noqa: SLF001 - what `tx` offers writes one at a time


def sealed_draft(values: dict[str, Any], rest_key: bytes) -> tuple[Any, ...]:
    """A draft as its row, encrypted as `tx.drafts` does it."""
    for column in ("body", "reason"):
        place = f"draft:{values['id']}:{column}".encode()
        values[column] = rest.encrypt(rest_key, values[column], place)
    return tuple(values.get(column.name) for column in draft.c)
