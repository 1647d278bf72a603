"""Restores: successions, re-entry, the way back with each peer; erasure, purge and legal hold."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables."""
    _restores()
    _disposals()


def downgrade() -> None:
    """Drop the tables."""
    for table in ("frozen", "disposal", "hold", "reentry", "restoring", "succession"):
        op.drop_table(table)


def _restores() -> None:
    op.create_table(
        "succession",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("closed", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("highest", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("lost", sa.BigInteger(), nullable=False),
        sa.Column("reentered", sa.BigInteger(), nullable=False),
        sa.Column("opened", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("announcement", sa.LargeBinary(), nullable=False),
        sa.Column("carried_from", sa.Text(), nullable=False),
        sa.Column("carried", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("origin", name=op.f("pk_succession")),
    )
    op.create_index(op.f("ix_succession_authority"), "succession", ["authority"])
    op.create_table(
        "restoring",
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reentered", sa.BigInteger(), nullable=False),
        sa.Column("orphaned", sa.BigInteger(), nullable=False),
        sa.Column("gone", sa.BigInteger(), nullable=False),
        sa.Column("aside", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("authority", name=op.f("pk_restoring")),
    )
    op.create_table(
        "reentry",
        sa.Column("closed", sa.Text(), nullable=False),
        sa.Column("index", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("leaf_index", sa.BigInteger(), nullable=False),
        sa.Column("peer", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("closed", "index", name=op.f("pk_reentry")),
    )


def _disposals() -> None:
    op.create_table(
        "hold",
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["thread"], ["thread.id"], name=op.f("fk_hold_thread")),
        sa.PrimaryKeyConstraint("thread", name=op.f("pk_hold")),
    )
    op.create_table(
        "disposal",
        sa.Column("number", SERIAL, autoincrement=True, nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("groups", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("done_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["thread"], ["thread.id"], name=op.f("fk_disposal_thread")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_disposal")),
    )
    op.create_index(op.f("ix_disposal_state"), "disposal", ["state"])
    op.create_index(op.f("ix_disposal_thread"), "disposal", ["thread"])
    op.create_table(
        "frozen",
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["thread"], ["thread.id"], name=op.f("fk_frozen_thread")),
        sa.PrimaryKeyConstraint("thread", name=op.f("pk_frozen")),
    )
