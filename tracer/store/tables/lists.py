"""Tables that lists of cases are read from by index; see `tables` for the rules.

All follow from a thread's messages and are written when its clocks are looked at.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, Table, Text, text

from tracer.store.tables.columns import count_column, metadata, text_column

agenda = Table(
    "agenda",
    metadata,
    Column("thread", Text, ForeignKey("thread.id"), primary_key=True),
    text_column("due", null=True),
    text_column("ours", null=True),
    text_column("theirs", null=True),
)
for _name in ("due", "ours", "theirs"):
    _runs = text(f"{_name} IS NOT NULL")
    Index(
        f"ix_agenda_{_name}",
        agenda.c[_name],
        agenda.c.thread,
        sqlite_where=_runs,
        postgresql_where=_runs,
    )

case_word = Table(
    "case_word",
    metadata,
    text_column("word", key=True),
    Column("thread", Text, ForeignKey("thread.id"), primary_key=True),
    Index(None, "thread"),
    sqlite_with_rowid=False,
)

description_word = Table(
    "description_word",
    metadata,
    text_column("word", key=True),
    count_column("description", key=True),
    Index(None, "description"),
    sqlite_with_rowid=False,
)
"""The words of makes, models and calibres, once for all cases that have them (`store.agenda`)."""

case_description = Table(
    "case_description",
    metadata,
    Column("thread", Text, ForeignKey("thread.id"), primary_key=True),
    count_column("description"),
    Index(None, "description", "thread"),
    sqlite_with_rowid=False,
)
"""By which description a case is found."""

CASE_INDEXES: Final = {
    "updated": ("updated", "thread", "state", "opener", "urgency", "peer"),
    "peer": ("peer", "updated", "thread", "state", "opener", "urgency"),
    "state": ("state", "updated", "thread", "opener", "urgency", "peer"),
    "opener": ("opener", "updated", "thread", "state", "urgency", "peer"),
    "urgency": ("urgency", "updated", "thread", "state", "opener", "peer"),
    "reference": ("reference", "thread", "state", "opener", "urgency", "peer"),
}
"""What lists of cases are narrowed and sorted by, in `tables.case`: the first columns narrow and
sort, the others are there so that a walk asks no row for them."""
