"""Tables of what travels by courier; see the room for their rules."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table, Text

from tracer.store.tables.columns import (
    count_column,
    flag_column,
    metadata,
    text_column,
)

courier_file = Table(
    "courier_file",
    metadata,
    text_column("id", key=True),
    text_column("peer"),
    text_column("direction"),
    count_column("number"),
    count_column("part"),
    count_column("parts"),
    text_column("at"),
    text_column("by"),
    count_column("log_size"),
    flag_column("seen"),
    Index(None, "peer", "direction", "number"),
)

courier_load = Table(
    "courier_load",
    metadata,
    Column("file", Text, ForeignKey("courier_file.id"), primary_key=True),
    text_column("kind", key=True),
    text_column("name", key=True),
    Index(None, "name", "kind"),
)
