"""Who had an account in hand; transcriptions that nobody has compared, by index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the table, empty: accounts that are there stand as they are."""
    op.create_table(
        "account_hand",
        sa.Column("number", _SERIAL, autoincrement=True, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("person", "by", "act", "at")),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("settled_by", "settled_at")),
        sa.ForeignKeyConstraint(["person"], ["person.name"], name=op.f("fk_account_hand_person")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_account_hand")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_account_hand_person"), "account_hand", ["person"])
    op.create_index(op.f("ix_transcript_checked_by"), "transcript", ["checked_by"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_transcript_checked_by"), "transcript")
    op.drop_table("account_hand")
