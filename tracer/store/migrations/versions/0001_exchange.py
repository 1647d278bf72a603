"""Log, threads, messages, delivery, cases and peers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNDELIVERED = sa.text("state <> 'delivered'")


def upgrade() -> None:
    """Create the tables."""
    _the_log()
    _messages()
    _proofs()
    _delivery()
    _projections()
    _peers()
    _faults()


def downgrade() -> None:
    """Drop the tables."""
    for table in (
        "refusal",
        "fault",
        "remembered",
        "peer_state",
        "peer_entry",
        "peer",
        "meta",
        "case",
        "waiting_parent",
        "waiting",
        "outbox",
        "sender_proof",
        "receipt",
        "message",
        "thread",
        "checkpoint",
        "log_node",
        "log_record",
        "log_origin",
    ):
        op.drop_table(table)


def _the_log() -> None:
    op.create_table(
        "log_origin",
        sa.Column("number", SERIAL, autoincrement=True, nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("opened", sa.Text(), nullable=False),
        sa.Column("closed", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_log_origin")),
        sa.UniqueConstraint("origin", name=op.f("uq_log_origin_origin")),
    )
    op.create_table(
        "log_record",
        sa.Column("log", SERIAL, autoincrement=False, nullable=False),
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["log"], ["log_origin.number"], name=op.f("fk_log_record_log")),
        sa.PrimaryKeyConstraint("log", "index", name=op.f("pk_log_record")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "log_node",
        sa.Column("log", SERIAL, autoincrement=False, nullable=False),
        sa.Column("address", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["log"], ["log_origin.number"], name=op.f("fk_log_node_log")),
        sa.PrimaryKeyConstraint("log", "address", name=op.f("pk_log_node")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "checkpoint",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("mine", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("origin", "size", name=op.f("pk_checkpoint")),
    )


def _messages() -> None:
    op.create_table(
        "thread",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("peer", sa.Text(), nullable=False),
        sa.Column("opener", sa.Text(), nullable=False),
        sa.Column("created", sa.Text(), nullable=False),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.Column("own_tip", sa.Text(), nullable=True),
        sa.Column("peer_tip", sa.Text(), nullable=True),
        sa.Column("own_count", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("peer_count", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("purged", sa.Boolean(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread")),
    )
    op.create_index(op.f("ix_thread_peer"), "thread", ["peer"], unique=False)
    op.create_table(
        "message",
        sa.Column("seq", SERIAL, autoincrement=True, nullable=False),
        sa.Column("peer", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("follows", sa.Text(), nullable=False),
        sa.Column("issued", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("log", SERIAL, nullable=False),
        sa.Column("leaf_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("flags", sa.Text(), nullable=False),
        sa.Column("jws", sa.LargeBinary(), nullable=True),
        sa.Column("disclosures", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["thread"], ["thread.id"], name=op.f("fk_message_thread")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_message")),
        sa.UniqueConstraint("peer", "id", name=op.f("uq_message_peer_id")),
    )
    op.create_index(op.f("ix_message_thread"), "message", ["thread"], unique=False)


def _proofs() -> None:
    op.create_table(
        "receipt",
        sa.Column("message", SERIAL, autoincrement=False, nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("path", sa.LargeBinary(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["message"], ["message.seq"], name=op.f("fk_receipt_message")),
        sa.PrimaryKeyConstraint("message", name=op.f("pk_receipt")),
    )
    op.create_table(
        "sender_proof",
        sa.Column("message", SERIAL, autoincrement=False, nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("path", sa.LargeBinary(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["message"], ["message.seq"], name=op.f("fk_sender_proof_message")),
        sa.PrimaryKeyConstraint("message", name=op.f("pk_sender_proof")),
    )


def _delivery() -> None:
    op.create_table(
        "outbox",
        sa.Column("seq", SERIAL, autoincrement=True, nullable=False),
        sa.Column("peer", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_attempt", sa.Text(), nullable=True),
        sa.Column("next_attempt", sa.Text(), nullable=False),
        sa.Column("lease_until", sa.Text(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("created", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_outbox")),
        sa.UniqueConstraint("message_id", "peer", name=op.f("uq_outbox_message_id_peer")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_outbox_open",
        "outbox",
        ["peer", "seq"],
        unique=False,
        sqlite_where=UNDELIVERED,
        postgresql_where=UNDELIVERED,
    )
    op.create_index(
        "ix_outbox_thread",
        "outbox",
        ["thread", "seq"],
        unique=False,
        sqlite_where=UNDELIVERED,
        postgresql_where=UNDELIVERED,
    )
    op.create_table(
        "waiting",
        sa.Column("peer", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("blob", sa.LargeBinary(), nullable=False),
        sa.Column("arrived", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("peer", "id", name=op.f("pk_waiting")),
    )
    op.create_index(op.f("ix_waiting_arrived"), "waiting", ["arrived"], unique=False)
    op.create_table(
        "waiting_parent",
        sa.Column("peer", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("peer", "parent", "id", name=op.f("pk_waiting_parent")),
    )


def _projections() -> None:
    op.create_table(
        "case",
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("peer", sa.Text(), nullable=False),
        sa.Column("opener", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("awaiting", sa.Text(), nullable=True),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.Column("summary_json", sa.LargeBinary(), nullable=False),
        sa.Column("updated", sa.Text(), nullable=False),
        sa.Column("undelivered_since", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["thread"], ["thread.id"], name=op.f("fk_case_thread")),
        sa.PrimaryKeyConstraint("thread", name=op.f("pk_case")),
    )
    op.create_index(op.f("ix_case_updated_thread"), "case", ["updated", "thread"], unique=False)
    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )


def _peers() -> None:
    op.create_table(
        "peer",
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("entry_file", sa.LargeBinary(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("added_at", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("authority", name=op.f("pk_peer")),
    )
    op.create_table(
        "peer_entry",
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_file", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("authority", "digest", name=op.f("pk_peer_entry")),
    )
    op.create_table(
        "peer_state",
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("last_in", sa.Text(), nullable=True),
        sa.Column("last_out_ok", sa.Text(), nullable=True),
        sa.Column("last_out_fail", sa.Text(), nullable=True),
        sa.Column("failures", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("breaker_until", sa.Text(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("last_hello_in", sa.Text(), nullable=True),
        sa.Column("last_hello_out", sa.Text(), nullable=True),
        sa.Column("sent_size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("authority", name=op.f("pk_peer_state")),
    )


def _faults() -> None:
    op.create_table(
        "remembered",
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("authority", "origin", name=op.f("pk_remembered")),
    )
    op.create_table(
        "fault",
        sa.Column("number", SERIAL, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("peer", sa.Text(), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_fault")),
    )
    op.create_table(
        "refusal",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "code", name=op.f("pk_refusal")),
    )
