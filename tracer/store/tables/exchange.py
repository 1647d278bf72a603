"""Tables of what is exchanged and of who does it; see the room for their rules."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, Text, UniqueConstraint, text

from tracer.store.tables.columns import (
    Serial,
    blob_column,
    count_column,
    flag_column,
    metadata,
    serial_column,
    text_column,
)
from tracer.store.tables.lists import CASE_INDEXES

meta = Table("meta", metadata, text_column("key", key=True), text_column("value"))

# -- the log: one head row per origin, records by index, complete subtrees by address ------------

log_origin = Table(
    "log_origin",
    metadata,
    serial_column("number"),
    text_column("origin"),
    count_column("size"),
    blob_column("root"),
    text_column("at"),
    text_column("opened"),
    text_column("closed", null=True),
    Column("kind", Text, nullable=False, server_default="exchange"),
    UniqueConstraint("origin"),
)

log_record = Table(
    "log_record",
    metadata,
    Column("log", Serial, ForeignKey("log_origin.number"), primary_key=True, autoincrement=False),
    count_column("index", key=True),
    blob_column("record"),
    sqlite_with_rowid=False,
)

log_node = Table(
    "log_node",
    metadata,
    Column("log", Serial, ForeignKey("log_origin.number"), primary_key=True, autoincrement=False),
    count_column("address", key=True),
    blob_column("hash"),
    sqlite_with_rowid=False,
)

checkpoint = Table(
    "checkpoint",
    metadata,
    text_column("origin", key=True),
    count_column("size", key=True),
    blob_column("root"),
    text_column("note"),
    text_column("at"),
    flag_column("mine"),
)

time_stamp = Table(
    "time_stamp",
    metadata,
    text_column("origin", key=True),
    count_column("size", key=True),
    text_column("note"),
    blob_column("token"),
    text_column("at"),
)

# -- threads, messages and their proofs -----------------------------------------------------------

thread = Table(
    "thread",
    metadata,
    text_column("id", key=True),
    text_column("peer"),
    text_column("opener"),
    text_column("created"),
    flag_column("test"),
    text_column("own_tip", null=True),
    text_column("peer_tip", null=True),
    count_column("own_count"),
    count_column("peer_count"),
    flag_column("purged"),
    blob_column("key", null=True),
    Index(None, "peer"),
)

message = Table(
    "message",
    metadata,
    serial_column("seq"),
    text_column("peer"),
    text_column("id"),
    Column("thread", Text, ForeignKey("thread.id"), nullable=False),
    text_column("direction"),
    text_column("type"),
    text_column("follows"),
    text_column("issued"),
    text_column("at"),
    text_column("kid"),
    Column("log", Serial, nullable=False),
    count_column("leaf_index"),
    text_column("flags"),
    blob_column("jws", null=True),
    blob_column("disclosures", null=True),
    UniqueConstraint("peer", "id"),
    Index(None, "thread"),
    Index(None, "log", "leaf_index"),
)


def _proof(name: str) -> Table:
    """Keyed by the message's own number: rows are appended, no second index is written."""
    return Table(
        name,
        metadata,
        Column("message", Serial, ForeignKey("message.seq"), primary_key=True, autoincrement=False),
        blob_column("record"),
        count_column("index"),
        count_column("size"),
        blob_column("path"),
        text_column("origin"),
        text_column("at"),
    )


receipt = _proof("receipt")
sender_proof = _proof("sender_proof")

outbox = Table(
    "outbox",
    metadata,
    serial_column("seq"),
    text_column("peer"),
    text_column("message_id"),
    text_column("thread"),
    text_column("state"),
    count_column("attempts"),
    text_column("first_attempt", null=True),
    text_column("next_attempt"),
    text_column("lease_until", null=True),
    text_column("last_error"),
    text_column("created"),
    UniqueConstraint("message_id", "peer"),
    sqlite_autoincrement=True,
)
OPEN_OUTBOX = text("state <> 'delivered'")
Index(
    "ix_outbox_open",
    outbox.c.peer,
    outbox.c.seq,
    sqlite_where=OPEN_OUTBOX,
    postgresql_where=OPEN_OUTBOX,
)
Index(
    "ix_outbox_thread",
    outbox.c.thread,
    outbox.c.seq,
    sqlite_where=OPEN_OUTBOX,
    postgresql_where=OPEN_OUTBOX,
)

waiting = Table(
    "waiting",
    metadata,
    text_column("peer", key=True),
    text_column("id", key=True),
    blob_column("blob"),
    text_column("arrived"),
    Index(None, "arrived"),
)

waiting_parent = Table(
    "waiting_parent",
    metadata,
    text_column("peer", key=True),
    text_column("parent", key=True),
    text_column("id", key=True),
)

case = Table(
    "case",
    metadata,
    Column("thread", Text, ForeignKey("thread.id"), primary_key=True),
    text_column("peer"),
    text_column("opener"),
    text_column("state"),
    text_column("awaiting", null=True),
    text_column("urgency"),
    text_column("reference"),
    flag_column("test"),
    blob_column("summary_json"),
    text_column("updated"),
    text_column("undelivered_since", null=True),
    *(Index(f"ix_case_by_{name}", *columns) for name, columns in CASE_INDEXES.items()),
)

# -- peers ----------------------------------------------------------------------------------------

peer = Table(
    "peer",
    metadata,
    text_column("authority", key=True),
    text_column("status"),
    blob_column("entry_file"),
    count_column("seq"),
    text_column("digest"),
    text_column("fingerprint"),
    text_column("added_at"),
    text_column("added_by"),
)

peer_entry = Table(
    "peer_entry",
    metadata,
    text_column("authority", key=True),
    text_column("digest", key=True),
    count_column("seq"),
    blob_column("entry_file"),
    text_column("added_at"),
    text_column("added_by"),
)

peer_state = Table(
    "peer_state",
    metadata,
    text_column("authority", key=True),
    text_column("last_in", null=True),
    text_column("last_out_ok", null=True),
    text_column("last_out_fail", null=True),
    count_column("failures"),
    text_column("breaker_until", null=True),
    text_column("last_error"),
    text_column("last_hello_in", null=True),
    text_column("last_hello_out", null=True),
    count_column("sent_size"),
    text_column("unproven_since", null=True),
    Column("unproven_asked", BigInteger, nullable=True),
)

remembered = Table(
    "remembered",
    metadata,
    text_column("authority", key=True),
    text_column("origin", key=True),
    count_column("size"),
    blob_column("root"),
    text_column("note"),
    text_column("seen_at"),
)

fault = Table(
    "fault",
    metadata,
    serial_column("number"),
    text_column("kind"),
    text_column("peer"),
    blob_column("evidence"),
    text_column("at"),
)

refusal = Table(
    "refusal",
    metadata,
    text_column("subject", key=True),
    text_column("code", key=True),
    count_column("count"),
    text_column("last_at"),
)

# -- people and their work ------------------------------------------------------------------------

person = Table(
    "person",
    metadata,
    text_column("name", key=True),
    text_column("roles"),
    flag_column("disabled"),
    text_column("added_at"),
    text_column("added_by"),
)

draft = Table(
    "draft",
    metadata,
    text_column("id", key=True),
    text_column("thread", null=True),
    text_column("peer"),
    text_column("type"),
    text_column("author"),
    text_column("state"),
    blob_column("body"),
    count_column("version"),
    text_column("submitted_by", null=True),
    text_column("released_by", null=True),
    blob_column("reason"),
    flag_column("review"),
    text_column("message_id", null=True),
    text_column("created"),
    text_column("updated"),
    blob_column("sent_back", null=True),
    Index(None, "state", "updated"),
    Index("ix_draft_by_review", "review", "state", "updated", "id"),
    Index(None, "thread"),
    Index(None, "message_id"),
    Index(None, "author"),
)

approval = Table(
    "approval",
    metadata,
    serial_column("number"),
    Column("draft", Text, ForeignKey("draft.id"), nullable=False),
    count_column("version"),
    text_column("person"),
    text_column("act"),
    text_column("at"),
    Index(None, "draft"),
)

attachment = Table(
    "attachment",
    metadata,
    text_column("digest", key=True),
    text_column("peer", key=True),
    text_column("thread"),
    text_column("message_id"),
    count_column("n"),
    text_column("direction"),
    count_column("size"),
    count_column("offset"),
    text_column("state"),
    text_column("path_name"),
    text_column("next_attempt"),
    text_column("error"),
    Index(None, "message_id"),
)

audit = Table(
    "audit",
    metadata,
    serial_column("number"),
    text_column("at"),
    text_column("actor"),
    text_column("act"),
    text_column("subject"),
    blob_column("detail"),
    Column("log", Serial, nullable=True),
    Column("leaf", BigInteger, nullable=True),
    Index("ix_audit_by_at", "at", "number"),
    Index("ix_audit_by_actor", "actor", "at", "number", "act"),
    Index("ix_audit_by_act", "act", "at", "number", "actor"),
    Index("ix_audit_by_about", "subject", "at", "number"),
    Index("ix_audit_log_leaf", "log", "leaf", unique=True),
)

journal_entry = Table(
    "journal_entry",
    metadata,
    text_column("hour", key=True),
    Column("journal", Serial, ForeignKey("log_origin.number"), nullable=False),
    count_column("size"),
    blob_column("root"),
    text_column("at"),
    Column("log", Serial, ForeignKey("log_origin.number"), nullable=False),
    count_column("leaf_index"),
)
