"""Accounts, sessions, teams, and the local work on cases: assignments, notes, marks of reading."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create them, empty: whoever is on record gets a first password from a keeper."""
    _accounts()
    _teams()
    _work()
    op.create_index(op.f("ix_draft_author"), "draft", ["author"])


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=null)


def _to(table: str, name: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name], [other], name=op.f(f"fk_{table}_{name}"))


def _accounts() -> None:
    op.create_table(
        "account",
        _text("person"),
        sa.Column("password", sa.LargeBinary(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        _text("given_until", null=True),
        _text("changed"),
        sa.Column("factor", sa.LargeBinary(), nullable=True),
        _text("factor_since", null=True),
        sa.Column("factor_last", sa.BigInteger(), nullable=False),
        sa.Column("pending", sa.LargeBinary(), nullable=True),
        _to("account", "person", "person.name"),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_account")),
    )
    op.create_table(
        "recovery_code",
        _text("person"),
        _text("digest"),
        _to("recovery_code", "person", "person.name"),
        sa.PrimaryKeyConstraint("person", "digest", name=op.f("pk_recovery_code")),
    )
    op.create_table(
        "session",
        sa.Column("number", SERIAL, autoincrement=True, nullable=False),
        *map(_text, ("digest", "person", "stage", "began", "seen", "proved")),
        sa.Column("origin", sa.LargeBinary(), nullable=False),
        _to("session", "person", "person.name"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_session")),
        sa.UniqueConstraint("digest", name=op.f("uq_session_digest")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_session_person"), "session", ["person"])
    op.create_index(op.f("ix_session_began"), "session", ["began"])
    op.create_table(
        "sign_in_try",
        _text("subject"),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        _text("since"),
        _text("last"),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_sign_in_try")),
    )
    op.create_index(op.f("ix_sign_in_try_last"), "sign_in_try", ["last"])


def _teams() -> None:
    op.create_table(
        "team",
        *map(_text, ("id", "name", "agency")),
        sa.Column("closed", sa.Boolean(), nullable=False),
        *map(_text, ("at", "by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
    )
    op.create_table(
        "team_member",
        *map(_text, ("team", "person", "at", "by")),
        _to("team_member", "team", "team.id"),
        _to("team_member", "person", "person.name"),
        sa.PrimaryKeyConstraint("team", "person", name=op.f("pk_team_member")),
    )
    op.create_index(op.f("ix_team_member_person"), "team_member", ["person"])


def _work() -> None:
    op.create_table(
        "case_team",
        _text("thread"),
        _text("team", null=True),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        _to("case_team", "thread", "thread.id"),
        _to("case_team", "team", "team.id"),
        sa.PrimaryKeyConstraint("thread", name=op.f("pk_case_team")),
    )
    op.create_index(op.f("ix_case_team_team"), "case_team", ["team"])
    op.create_table(
        "assignment",
        *map(_text, ("thread", "person", "at", "by")),
        _to("assignment", "thread", "thread.id"),
        _to("assignment", "person", "person.name"),
        sa.PrimaryKeyConstraint("thread", "person", name=op.f("pk_assignment")),
    )
    op.create_index(op.f("ix_assignment_person"), "assignment", ["person"])
    op.create_table(
        "case_note",
        sa.Column("number", SERIAL, autoincrement=True, nullable=False),
        *map(_text, ("thread", "author", "at")),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        _to("case_note", "thread", "thread.id"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_case_note")),
    )
    op.create_index(op.f("ix_case_note_thread"), "case_note", ["thread"])
    op.create_table(
        "last_seen",
        *map(_text, ("person", "thread", "at", "updated")),
        sa.Column("message", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.BigInteger(), nullable=False),
        _to("last_seen", "person", "person.name"),
        _to("last_seen", "thread", "thread.id"),
        sa.PrimaryKeyConstraint("person", "thread", name=op.f("pk_last_seen")),
    )
    op.create_index(op.f("ix_last_seen_person_at"), "last_seen", ["person", "at"])


def downgrade() -> None:
    """Drop them; people, cases and the acts on record stay."""
    op.drop_index(op.f("ix_draft_author"), "draft")
    for table in (
        *("last_seen", "case_note", "assignment", "case_team"),
        *("team_member", "team", "sign_in_try", "session", "recovery_code", "account"),
    ):
        op.drop_table(table)
