"""The message at each leaf of a log, by index: a check of a node reads them page by page."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add it."""
    op.create_index(op.f("ix_message_log_leaf_index"), "message", ["log", "leaf_index"])


def downgrade() -> None:
    """Drop it."""
    op.drop_index(op.f("ix_message_log_leaf_index"), "message")
