"""Releases to be looked over, by index: they were looked for among all drafts ever released."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add it."""
    op.create_index("ix_draft_by_review", "draft", ["review", "state", "updated", "id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_draft_by_review", "draft")
