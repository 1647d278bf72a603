"""Tables of terms, clocks, notices, mail, figures and firearms; see the room for their rules."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table, Text, UniqueConstraint, text

from tracer.store.tables.columns import (
    blob_column,
    count_column,
    flag_column,
    metadata,
    serial_column,
    text_column,
)

# -- terms, clocks, notices -----------------------------------------------------------------------

terms = Table(
    "terms",
    metadata,
    text_column("digest", key=True),
    text_column("authority"),
    text_column("counterpart", null=True),
    text_column("state"),
    blob_column("body"),
    blob_column("agreement", null=True),
    text_column("at"),
    Index(None, "authority", "counterpart"),
)

clock = Table(
    "clock",
    metadata,
    Column("thread", Text, ForeignKey("thread.id"), primary_key=True),
    text_column("at", null=True),
    blob_column("targets"),
)
CLOCK_RUNS = text("at IS NOT NULL")
Index("ix_clock_at", clock.c.at, sqlite_where=CLOCK_RUNS, postgresql_where=CLOCK_RUNS)

clock_act = Table(
    "clock_act",
    metadata,
    Column("thread", Text, ForeignKey("thread.id"), primary_key=True),
    text_column("key", key=True),
    text_column("at"),
)

notice = Table(
    "notice",
    metadata,
    serial_column("number"),
    text_column("person"),
    text_column("thread"),
    text_column("key"),
    text_column("act"),
    text_column("clock"),
    text_column("who"),
    text_column("about"),
    text_column("lines"),
    text_column("due"),
    text_column("urgency"),
    flag_column("urgent"),
    text_column("at"),
    text_column("seen_at", null=True),
    text_column("mailed_at", null=True),
    UniqueConstraint("person", "thread", "key"),
    Index(None, "person", "seen_at"),
)
UNTOLD = text("seen_at IS NULL AND mailed_at IS NULL")
Index(
    "ix_notice_untold", notice.c.urgent, notice.c.at, sqlite_where=UNTOLD, postgresql_where=UNTOLD
)

mail = Table(
    "mail",
    metadata,
    serial_column("number"),
    text_column("person"),
    text_column("key"),
    flag_column("urgent"),
    blob_column("body"),
    text_column("state"),
    count_column("attempts"),
    text_column("next_attempt"),
    text_column("lease_until", null=True),
    text_column("last_error"),
    text_column("created"),
    UniqueConstraint("person", "key"),
    Index(None, "state", "created"),
)
OPEN_MAIL = text("state = 'queued'")
Index("ix_mail_open", mail.c.next_attempt, sqlite_where=OPEN_MAIL, postgresql_where=OPEN_MAIL)

contact = Table(
    "contact",
    metadata,
    Column("person", Text, ForeignKey("person.name"), primary_key=True),
    blob_column("mail"),
    text_column("language"),
    flag_column("digest"),
)

# -- figures, firearms ----------------------------------------------------------------------------

cooperation = Table(
    "cooperation",
    metadata,
    Column("thread", Text, ForeignKey("thread.id"), primary_key=True),
    text_column("peer"),
    text_column("opener"),
    text_column("month"),
    blob_column("facts"),
    Index(None, "peer", "opener", "month", "thread"),
)

tally = Table(
    "tally",
    metadata,
    text_column("peer", key=True),
    text_column("opener", key=True),
    text_column("month", key=True),
    flag_column("stale"),
    blob_column("figures"),
)

declared = Table(
    "declared",
    metadata,
    text_column("year", key=True),
    text_column("name", key=True),
    count_column("value"),
    text_column("at"),
    text_column("by"),
)

firearm = Table(
    "firearm",
    metadata,
    Column("thread", Text, ForeignKey("thread.id"), primary_key=True),
    count_column("line", key=True),
    text_column("serial", key=True),
    text_column("skeleton"),
    text_column("family"),
    text_column("cartridge"),
    Index(None, "skeleton"),
)

thread_link = Table(
    "thread_link",
    metadata,
    text_column("one", key=True),
    text_column("other", key=True),
    text_column("kind"),
    text_column("at"),
    text_column("by"),
    blob_column("reason"),
    Index(None, "other"),
)
