"""A code of a phone whose clock is off waits for the one after it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

_NAMES = ("factor_odd", "factor_apart")


def upgrade() -> None:
    """Add both columns, empty."""
    for name in _NAMES:
        op.add_column("account", sa.Column(name, sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Drop them."""
    for name in _NAMES:
        op.drop_column("account", name)
