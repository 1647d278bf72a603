"""What a scanner for malware said of files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Create the table, empty: files that are there were not scanned."""
    op.create_table(
        "scan",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("file", "outcome", "name", "at")),
        sa.PrimaryKeyConstraint("file", name=op.f("pk_scan")),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("scan")
