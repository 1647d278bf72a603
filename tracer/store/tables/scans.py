"""What a scanner for malware said of files; see `tables` for the rules."""

from __future__ import annotations

from sqlalchemy import Table

from tracer.store.tables.columns import metadata, text_column

scan = Table(
    "scan",
    metadata,
    text_column("file", key=True),
    text_column("outcome"),
    text_column("name"),
    text_column("at"),
)
