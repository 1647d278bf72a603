"""Drafts: the version that was sent back, to be compared with what its author made of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """A place for it; of what was sent back before, nothing is known."""
    op.add_column("draft", sa.Column("sent_back", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("draft", "sent_back")
