"""Tables of restores, and of what is erased, purged or held; see the room for their rules."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table, Text

from tracer.store.tables.columns import (
    blob_column,
    count_column,
    metadata,
    serial_column,
    text_column,
)

# -- restores: successions of logs, ours and peers', and the way back with each peer --------------

succession = Table(
    "succession",
    metadata,
    text_column("origin", key=True),
    text_column("authority"),
    text_column("closed"),
    count_column("size"),
    blob_column("root"),
    text_column("highest"),
    text_column("cause"),
    text_column("state"),
    count_column("lost"),
    count_column("reentered"),
    text_column("opened"),
    text_column("at"),
    text_column("by"),
    blob_column("announcement"),
    text_column("carried_from"),
    count_column("carried"),
    Index(None, "authority"),
)

restoring = Table(
    "restoring",
    metadata,
    text_column("authority", key=True),
    text_column("state"),
    count_column("reentered"),
    count_column("orphaned"),
    count_column("gone"),
    count_column("aside"),
    text_column("at"),
)

reentry = Table(
    "reentry",
    metadata,
    text_column("closed", key=True),
    count_column("index", key=True),
    text_column("origin"),
    count_column("leaf_index"),
    text_column("peer"),
    text_column("message_id"),
)

# -- what is to go, what must stay ----------------------------------------------------------------

hold = Table(
    "hold",
    metadata,
    Column("thread", Text, ForeignKey("thread.id"), primary_key=True),
    text_column("at"),
    text_column("by"),
    blob_column("reason"),
)

disposal = Table(
    "disposal",
    metadata,
    serial_column("number"),
    Column("thread", Text, ForeignKey("thread.id"), nullable=False),
    text_column("kind"),
    text_column("groups"),
    text_column("message_id"),
    blob_column("reason"),
    text_column("asked_by"),
    text_column("asked_at"),
    text_column("state"),
    text_column("approved_by"),
    text_column("done_at"),
    Index(None, "state"),
    Index(None, "thread"),
)

frozen = Table(
    "frozen",
    metadata,
    Column("thread", Text, ForeignKey("thread.id"), primary_key=True),
    blob_column("state"),
    text_column("digest"),
    text_column("at"),
)
