"""Every table of the node, in one metadata.

Instants are text of the wire (`2026-03-01T12:00:00.000Z`): they sort as they read, on every
database. What can be personal is a blob, encrypted before it comes here; what is in the clear is
coded, an identifier or technical. `WITHOUT ROWID` is used where rows arrive in key order, so that
one B-tree is written instead of two; other databases ignore it.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Serial: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")
"""A number the database gives; SQLite does that only for INTEGER."""


def _text(name: str, *, null: bool = False, key: bool = False) -> Column[str]:
    return Column(name, Text, nullable=null, primary_key=key)


def _count(name: str, *, key: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=False, primary_key=key, autoincrement=False)


def _blob(name: str, *, null: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=null)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False)


def _serial(name: str) -> Column[int]:
    return Column(name, Serial, primary_key=True, autoincrement=True)


meta = Table("meta", metadata, _text("key", key=True), _text("value"))

# -- the log: one head row per origin, records by index, complete subtrees by address ------------

log_origin = Table(
    "log_origin",
    metadata,
    _serial("number"),
    _text("origin"),
    _count("size"),
    _blob("root"),
    _text("at"),
    _text("opened"),
    _text("closed", null=True),
    UniqueConstraint("origin"),
)

log_record = Table(
    "log_record",
    metadata,
    Column("log", Serial, ForeignKey("log_origin.number"), primary_key=True, autoincrement=False),
    _count("index", key=True),
    _blob("record"),
    sqlite_with_rowid=False,
)

log_node = Table(
    "log_node",
    metadata,
    Column("log", Serial, ForeignKey("log_origin.number"), primary_key=True, autoincrement=False),
    _count("address", key=True),
    _blob("hash"),
    sqlite_with_rowid=False,
)

checkpoint = Table(
    "checkpoint",
    metadata,
    _text("origin", key=True),
    _count("size", key=True),
    _blob("root"),
    _text("note"),
    _text("at"),
    _flag("mine"),
)

# -- threads, messages and their proofs -----------------------------------------------------------

thread = Table(
    "thread",
    metadata,
    _text("id", key=True),
    _text("peer"),
    _text("opener"),
    _text("created"),
    _flag("test"),
    _text("own_tip", null=True),
    _text("peer_tip", null=True),
    _count("own_count"),
    _count("peer_count"),
    _flag("purged"),
    _blob("key", null=True),
    Index(None, "peer"),
)

message = Table(
    "message",
    metadata,
    _serial("seq"),
    _text("peer"),
    _text("id"),
    Column("thread", Text, ForeignKey("thread.id"), nullable=False),
    _text("direction"),
    _text("type"),
    _text("follows"),
    _text("issued"),
    _text("at"),
    _text("kid"),
    Column("log", Serial, nullable=False),
    _count("leaf_index"),
    _text("flags"),
    _blob("jws", null=True),
    _blob("disclosures", null=True),
    UniqueConstraint("peer", "id"),
    Index(None, "thread"),
)


def _proof(name: str) -> Table:
    """Keyed by the message's own number: rows are appended, no second index is written."""
    return Table(
        name,
        metadata,
        Column("message", Serial, ForeignKey("message.seq"), primary_key=True, autoincrement=False),
        _blob("record"),
        _count("index"),
        _count("size"),
        _blob("path"),
        _text("origin"),
        _text("at"),
    )


receipt = _proof("receipt")
sender_proof = _proof("sender_proof")

outbox = Table(
    "outbox",
    metadata,
    _serial("seq"),
    _text("peer"),
    _text("message_id"),
    _text("thread"),
    _text("state"),
    _count("attempts"),
    _text("first_attempt", null=True),
    _text("next_attempt"),
    _text("lease_until", null=True),
    _text("last_error"),
    _text("created"),
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
    _text("peer", key=True),
    _text("id", key=True),
    _blob("blob"),
    _text("arrived"),
    Index(None, "arrived"),
)

waiting_parent = Table(
    "waiting_parent",
    metadata,
    _text("peer", key=True),
    _text("parent", key=True),
    _text("id", key=True),
)

case = Table(
    "case",
    metadata,
    Column("thread", Text, ForeignKey("thread.id"), primary_key=True),
    _text("peer"),
    _text("opener"),
    _text("state"),
    _text("awaiting", null=True),
    _text("urgency"),
    _text("reference"),
    _flag("test"),
    _blob("summary_json"),
    _text("updated"),
    _text("undelivered_since", null=True),
    Index(None, "updated", "thread"),
)

# -- peers ----------------------------------------------------------------------------------------

peer = Table(
    "peer",
    metadata,
    _text("authority", key=True),
    _text("status"),
    _blob("entry_file"),
    _count("seq"),
    _text("digest"),
    _text("fingerprint"),
    _text("added_at"),
    _text("added_by"),
)

peer_entry = Table(
    "peer_entry",
    metadata,
    _text("authority", key=True),
    _text("digest", key=True),
    _count("seq"),
    _blob("entry_file"),
    _text("added_at"),
    _text("added_by"),
)

peer_state = Table(
    "peer_state",
    metadata,
    _text("authority", key=True),
    _text("last_in", null=True),
    _text("last_out_ok", null=True),
    _text("last_out_fail", null=True),
    _count("failures"),
    _text("breaker_until", null=True),
    _text("last_error"),
    _text("last_hello_in", null=True),
    _text("last_hello_out", null=True),
    _count("sent_size"),
)

remembered = Table(
    "remembered",
    metadata,
    _text("authority", key=True),
    _text("origin", key=True),
    _count("size"),
    _blob("root"),
    _text("note"),
    _text("seen_at"),
)

fault = Table(
    "fault",
    metadata,
    _serial("number"),
    _text("kind"),
    _text("peer"),
    _blob("evidence"),
    _text("at"),
)

refusal = Table(
    "refusal",
    metadata,
    _text("subject", key=True),
    _text("code", key=True),
    _count("count"),
    _text("last_at"),
)

# -- people and their work ------------------------------------------------------------------------

person = Table(
    "person",
    metadata,
    _text("name", key=True),
    _text("roles"),
    _flag("disabled"),
    _text("added_at"),
    _text("added_by"),
)

draft = Table(
    "draft",
    metadata,
    _text("id", key=True),
    _text("thread", null=True),
    _text("peer"),
    _text("type"),
    _text("author"),
    _text("state"),
    _blob("body"),
    _count("version"),
    _text("submitted_by", null=True),
    _text("released_by", null=True),
    _blob("reason"),
    _flag("review"),
    _text("message_id", null=True),
    _text("created"),
    _text("updated"),
    Index(None, "state", "updated"),
)

approval = Table(
    "approval",
    metadata,
    _serial("number"),
    Column("draft", Text, ForeignKey("draft.id"), nullable=False),
    _count("version"),
    _text("person"),
    _text("act"),
    _text("at"),
    Index(None, "draft"),
)

attachment = Table(
    "attachment",
    metadata,
    _text("digest", key=True),
    _text("peer", key=True),
    _text("thread"),
    _text("message_id"),
    _count("n"),
    _text("direction"),
    _count("size"),
    _count("offset"),
    _text("state"),
    _text("path_name"),
    _text("next_attempt"),
    _text("error"),
    Index(None, "message_id"),
)

audit = Table(
    "audit",
    metadata,
    _serial("number"),
    _text("at"),
    _text("actor"),
    _text("act"),
    _text("subject"),
    _blob("detail"),
    Index(None, "subject"),
)
