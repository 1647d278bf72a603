"""What travels by courier: files out and in, and what each holds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "courier_file",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("peer", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("part", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("parts", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("log_size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seen", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courier_file")),
    )
    op.create_index(
        op.f("ix_courier_file_peer_direction_number"),
        "courier_file",
        ["peer", "direction", "number"],
    )
    op.create_table(
        "courier_load",
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["file"], ["courier_file.id"], name=op.f("fk_courier_load_file")),
        sa.PrimaryKeyConstraint("file", "kind", "name", name=op.f("pk_courier_load")),
    )
    op.create_index(op.f("ix_courier_load_name_kind"), "courier_load", ["name", "kind"])


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("courier_load")
    op.drop_table("courier_file")
