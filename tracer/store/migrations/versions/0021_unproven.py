"""Since when a peer has shown its log without the proof that it goes on from what we saw."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Add the column, empty."""
    op.add_column("peer_state", sa.Column("unproven_since", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("peer_state", "unproven_since")
