"""The journal: a second log, the place of each act in it, its heads in the exchange log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add columns and a table. Acts of before are entered when the node starts: it has the key."""
    op.add_column(
        "log_origin", sa.Column("kind", sa.Text(), nullable=False, server_default="exchange")
    )
    op.add_column("audit", sa.Column("log", SERIAL, nullable=True))
    op.add_column("audit", sa.Column("leaf", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_audit_log_leaf"), "audit", ["log", "leaf"], unique=True)
    op.create_table(
        "journal_entry",
        sa.Column("hour", sa.Text(), nullable=False),
        sa.Column("journal", SERIAL, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("log", SERIAL, nullable=False),
        sa.Column("leaf_index", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["journal"], ["log_origin.number"], name=op.f("fk_journal_entry_journal")
        ),
        sa.ForeignKeyConstraint(["log"], ["log_origin.number"], name=op.f("fk_journal_entry_log")),
        sa.PrimaryKeyConstraint("hour", name=op.f("pk_journal_entry")),
    )


def downgrade() -> None:
    """Drop them; the acts stay, and their detail cannot be read by the older version any more."""
    op.drop_table("journal_entry")
    op.drop_index(op.f("ix_audit_log_leaf"), "audit")
    op.drop_column("audit", "leaf")
    op.drop_column("audit", "log")
    for table in ("log_node", "log_record"):
        op.execute(
            sa.text(
                f"DELETE FROM {table} WHERE log IN "  # noqa: S608 - two names of our own
                "(SELECT number FROM log_origin WHERE kind = 'journal')"
            )
        )
    op.execute(sa.text("DELETE FROM log_origin WHERE kind = 'journal'"))
    op.drop_column("log_origin", "kind")
