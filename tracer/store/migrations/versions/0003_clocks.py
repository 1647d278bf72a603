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
    for index in ("ix_draft_message_id", "ix_draft_thread"):
        op.drop_index(op.f(index), "draft")
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
    # Cases from before there were clocks are looked at when the node starts.
    op.execute(
        sa.text(
            "INSERT INTO clock (thread, at, targets) "
            "SELECT id, created, :none FROM thread WHERE NOT purged"
        ).bindparams(none=b"[]")
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
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("due", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.Text(), nullable=True),
        sa.Column("mailed_at", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_notice")),
        sa.UniqueConstraint("person", "thread", "key", name=op.f("uq_notice_person_thread_key")),
    )
    op.create_index(op.f("ix_notice_person_seen_at"), "notice", ["person", "seen_at"])
    where = sa.text("seen_at IS NULL AND mailed_at IS NULL")
    op.create_index(
        op.f("ix_notice_untold"),
        "notice",
        ["urgent", "at"],
        sqlite_where=where,
        postgresql_where=where,
    )
    op.create_index(op.f("ix_draft_thread"), "draft", ["thread"])
    op.create_index(op.f("ix_draft_message_id"), "draft", ["message_id"])
    _mail()


def _mail() -> None:
    op.create_table(
        "mail",
        sa.Column("number", SERIAL, autoincrement=True, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("next_attempt", sa.Text(), nullable=False),
        sa.Column("lease_until", sa.Text(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("created", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_mail")),
        sa.UniqueConstraint("person", "key", name=op.f("uq_mail_person_key")),
    )
    where = sa.text("state = 'queued'")
    op.create_index(
        op.f("ix_mail_open"), "mail", ["next_attempt"], sqlite_where=where, postgresql_where=where
    )
    op.create_index(op.f("ix_mail_state_created"), "mail", ["state", "created"])
    op.create_table(
        "contact",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("mail", sa.LargeBinary(), nullable=False),
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
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["thread"], ["thread.id"], name=op.f("fk_cooperation_thread")),
        sa.PrimaryKeyConstraint("thread", name=op.f("pk_cooperation")),
    )
    op.create_index(
        op.f("ix_cooperation_peer_opener_month_thread"),
        "cooperation",
        ["peer", "opener", "month", "thread"],
    )
    op.create_table(
        "tally",
        sa.Column("peer", sa.Text(), nullable=False),
        sa.Column("opener", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("figures", sa.LargeBinary(), nullable=False),
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
