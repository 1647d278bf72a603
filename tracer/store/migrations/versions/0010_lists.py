"""Lists by index: what is awaited first in each case, the words it is found by, filters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

CASE_INDEXES = (
    ("peer", "updated", "thread"),
    ("state", "updated", "thread"),
    ("opener", "updated", "thread"),
    ("urgency", "updated", "thread"),
    ("reference", "thread"),
)


def upgrade() -> None:
    """Create them, empty, and make every thread due: whoever looks at it fills them in."""
    op.create_table(
        "agenda",
        sa.Column("thread", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("due", "ours", "theirs")),
        sa.ForeignKeyConstraint(["thread"], ["thread.id"], name=op.f("fk_agenda_thread")),
        sa.PrimaryKeyConstraint("thread", name=op.f("pk_agenda")),
    )
    for name in ("due", "ours", "theirs"):
        runs = sa.text(f"{name} IS NOT NULL")
        op.create_index(
            f"ix_agenda_{name}",
            "agenda",
            [name, "thread"],
            sqlite_where=runs,
            postgresql_where=runs,
        )
    op.create_table(
        "case_word",
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["thread"], ["thread.id"], name=op.f("fk_case_word_thread")),
        sa.PrimaryKeyConstraint("word", "thread", name=op.f("pk_case_word")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_case_word_thread"), "case_word", ["thread"])
    for names in CASE_INDEXES:
        op.create_index(op.f(f"ix_case_{'_'.join(names)}"), "case", list(names))
    op.execute(sa.text("UPDATE clock SET at = '1970-01-01T00:00:00.000Z'"))


def downgrade() -> None:
    """Drop them; they follow from the messages."""
    for names in CASE_INDEXES:
        op.drop_index(op.f(f"ix_case_{'_'.join(names)}"), "case")
    op.drop_table("case_word")
    op.drop_table("agenda")
