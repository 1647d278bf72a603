"""Terms, clocks, notices and mail; figures of cooperation; firearms that were asked about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables."""
    _terms_and_clocks()
    _notices()
    _figures()
    _firearms()


def downgrade() -> None:
    """Drop the tables."""
    for table in (
        "thread_link",
        "firearm",
        "declared",
        "tally",
        "cooperation",
        "contact",
        "mail",
        "notice",
        "clock_act",
        "clock",
        "terms",
    ):
        op.drop_table(table)


def _terms_and_clocks() -> None:
    op.create_table(
        "terms",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("counterpart", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("agreement", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_terms")),
    )
    op.create_index(op.f("ix_terms_authority_counterpart"), "terms", ["authority", "counterpart"])
    op.create_table(
        "clock",
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=True),
        sa.Column("targets", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["thread"], ["thread.id"], name=op.f("fk_clock_thread")),
        sa.PrimaryKeyConstraint("thread", name=op.f("pk_clock")),
    )
    where = sa.text("at IS NOT NULL")
    op.create_index(
        op.f("ix_clock_at"), "clock", ["at"], sqlite_where=where, postgresql_where=where
    )
    op.create_table(
        "clock_act",
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["thread"], ["thread.id"], name=op.f("fk_clock_act_thread")),
        sa.PrimaryKeyConstraint("thread", "key", name=op.f("pk_clock_act")),
    )


def _notices() -> None:
    op.create_table(
        "notice",
        sa.Column("number", SERIAL, autoincrement=True, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("due", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.Text(), nullable=True),
        sa.Column("mailed_at", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_notice")),
        sa.UniqueConstraint("person", "thread", "key", name=op.f("uq_notice_person_thread_key")),
    )
    op.create_index(op.f("ix_notice_person_seen_at"), "notice", ["person", "seen_at"])
    op.create_table(
        "mail",
        sa.Column("number", SERIAL, autoincrement=True, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("next_attempt", sa.Text(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("created", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_mail")),
        sa.UniqueConstraint("person", "key", name=op.f("uq_mail_person_key")),
    )
    where = sa.text("state = 'queued'")
    op.create_index(
        op.f("ix_mail_open"), "mail", ["next_attempt"], sqlite_where=where, postgresql_where=where
    )
    op.create_table(
        "contact",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("mail", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.name"], name=op.f("fk_contact_person")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_contact")),
    )


def _figures() -> None:
    op.create_table(
        "cooperation",
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("peer", sa.Text(), nullable=False),
        sa.Column("opener", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["thread"], ["thread.id"], name=op.f("fk_cooperation_thread")),
        sa.PrimaryKeyConstraint("thread", name=op.f("pk_cooperation")),
    )
    where = sa.text("open")
    op.create_index(
        op.f("ix_cooperation_open"),
        "cooperation",
        ["peer", "opener"],
        sqlite_where=where,
        postgresql_where=where,
    )
    op.create_index(
        op.f("ix_cooperation_peer_opener_month"), "cooperation", ["peer", "opener", "month"]
    )
    op.create_table(
        "tally",
        sa.Column("peer", sa.Text(), nullable=False),
        sa.Column("opener", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("figures", sa.LargeBinary(), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("peer", "opener", "month", name=op.f("pk_tally")),
    )
    op.create_table(
        "declared",
        sa.Column("year", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("year", "name", name=op.f("pk_declared")),
    )


def _firearms() -> None:
    op.create_table(
        "firearm",
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("line", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("skeleton", sa.Text(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("cartridge", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["thread"], ["thread.id"], name=op.f("fk_firearm_thread")),
        sa.PrimaryKeyConstraint("thread", "line", "serial", name=op.f("pk_firearm")),
    )
    op.create_index(op.f("ix_firearm_skeleton"), "firearm", ["skeleton"])
    op.create_table(
        "thread_link",
        sa.Column("one", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("one", "other", name=op.f("pk_thread_link")),
    )
    op.create_index(op.f("ix_thread_link_other"), "thread_link", ["other"])
