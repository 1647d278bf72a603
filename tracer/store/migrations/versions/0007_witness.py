"""What we have cosigned for others, what others have cosigned, and how asking them goes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "witness_head",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("witness", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("origin", name=op.f("pk_witness_head")),
    )
    op.create_table(
        "cosignature",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("witness", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("origin", "size", "witness", name=op.f("pk_cosignature")),
    )
    op.create_index(
        op.f("ix_cosignature_origin_witness_size_at"),
        "cosignature",
        ["origin", "witness", "size", "at"],
    )
    op.create_table(
        "witness_state",
        sa.Column("witness", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("known", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("asked_at", sa.Text(), nullable=True),
        sa.Column("ok_at", sa.Text(), nullable=True),
        sa.Column("failures", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("next_attempt", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("witness", name=op.f("pk_witness_state")),
    )
    op.create_table(
        "log_link",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("old", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("new", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("path", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("origin", "old", name=op.f("pk_log_link")),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_index(op.f("ix_cosignature_origin_witness_size_at"), "cosignature")
    for table in ("log_link", "witness_state", "cosignature", "witness_head"):
        op.drop_table(table)
