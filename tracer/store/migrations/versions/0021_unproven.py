"""Since when, and how often asked, a peer shows its log without the proof that it goes on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Add both columns, empty."""
    op.add_column("peer_state", sa.Column("unproven_since", sa.Text(), nullable=True))
    op.add_column("peer_state", sa.Column("unproven_asked", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("peer_state", "unproven_asked")
    op.drop_column("peer_state", "unproven_since")
