"""The words of makes, models and calibres once for all cases that have them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Create both tables, empty, and make every thread due: whoever looks at it fills them in.

    Until then all words of a case stand beside it, as they did, and find it.
    """
    op.create_table(
        "description_word",
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("description", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("word", "description", name=op.f("pk_description_word")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_description_word_description"), "description_word", ["description"])
    op.create_table(
        "case_description",
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("description", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["thread"], ["thread.id"], name=op.f("fk_case_description_thread")),
        sa.PrimaryKeyConstraint("thread", name=op.f("pk_case_description")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_case_description_description_thread"),
        "case_description",
        ["description", "thread"],
    )
    op.execute(sa.text("UPDATE clock SET at = '1970-01-01T00:00:00.000Z'"))


def downgrade() -> None:
    """Give each case its words back, and drop them."""
    op.execute(
        sa.text(
            "INSERT INTO case_word (word, thread) "
            "SELECT d.word, c.thread FROM case_description c "
            "JOIN description_word d ON d.description = c.description "
            "WHERE NOT EXISTS (SELECT 1 FROM case_word w "
            "WHERE w.word = d.word AND w.thread = c.thread)"
        )
    )
    op.drop_table("case_description")
    op.drop_table("description_word")
