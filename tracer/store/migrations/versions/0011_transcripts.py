"""What came or went by another way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the table, empty."""
    op.create_table(
        "transcript",
        sa.Column("number", _SERIAL, autoincrement=True, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "thread", "author", "at")),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("checked_by", "checked_at")),
        *(sa.Column(name, sa.LargeBinary(), nullable=True) for name in ("body", "original")),
        sa.ForeignKeyConstraint(["thread"], ["thread.id"], name=op.f("fk_transcript_thread")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_transcript")),
        sa.UniqueConstraint("id", name=op.f("uq_transcript_id")),
    )
    op.create_index(op.f("ix_transcript_thread"), "transcript", ["thread"])


def downgrade() -> None:
    """Drop it, with what was entered; threads of States without a node stay, empty."""
    op.drop_table("transcript")
