"""Tables of witnesses: what we have cosigned, what others have cosigned, and how asking goes.

Nothing here is personal: heads of logs, and signatures over them.
"""

from __future__ import annotations

from sqlalchemy import Index, Table

from tracer.store.tables.columns import blob_column, count_column, metadata, text_column

witness_head = Table(
    "witness_head",
    metadata,
    text_column("origin", key=True),
    count_column("size"),
    blob_column("root"),
    text_column("note"),
    text_column("witness"),
    text_column("at"),
)
"""The newest head of each log that this node has cosigned, and under which of its names."""

cosignature = Table(
    "cosignature",
    metadata,
    text_column("origin", key=True),
    count_column("size", key=True),
    text_column("witness", key=True),
    text_column("line"),
    text_column("at"),
    Index(None, "origin", "witness", "size", "at"),
)
"""Verified lines of witnesses under heads of our log and of peers'; `at` is the line's own time."""

witness_state = Table(
    "witness_state",
    metadata,
    text_column("witness", key=True),
    text_column("origin"),
    count_column("known"),
    text_column("asked_at", null=True),
    text_column("ok_at", null=True),
    count_column("failures"),
    text_column("next_attempt"),
    text_column("error"),
)
"""How asking a witness of ours goes; `known` is the size of our log `origin` that it holds."""

log_link = Table(
    "log_link",
    metadata,
    text_column("origin", key=True),
    count_column("old", key=True),
    count_column("new"),
    blob_column("path"),
)
"""Verified consistency of a peer's stored checkpoint with the next one that was witnessed."""
