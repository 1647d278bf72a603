"""Pages by index: lists of cases told from indexes alone, acts by time in every filter."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"

CASE_BEFORE = (
    ("updated", "thread"),
    ("peer", "updated", "thread"),
    ("state", "updated", "thread"),
    ("opener", "updated", "thread"),
    ("urgency", "updated", "thread"),
    ("reference", "thread"),
)
CASE: dict[str, tuple[str, ...]] = {
    "updated": ("updated", "thread", "state", "opener", "urgency", "peer"),
    "peer": ("peer", "updated", "thread", "state", "opener", "urgency"),
    "state": ("state", "updated", "thread", "opener", "urgency", "peer"),
    "opener": ("opener", "updated", "thread", "state", "urgency", "peer"),
    "urgency": ("urgency", "updated", "thread", "state", "opener", "peer"),
    "reference": ("reference", "thread", "state", "opener", "urgency", "peer"),
}
AUDIT: dict[str, tuple[str, ...]] = {
    "at": ("at", "number"),
    "actor": ("actor", "at", "number", "act"),
    "act": ("act", "at", "number", "actor"),
    "about": ("subject", "at", "number"),
}


def upgrade() -> None:
    """Widen the indexes of cases, and add those of acts."""
    for names in CASE_BEFORE:
        op.drop_index(op.f(f"ix_case_{'_'.join(names)}"), "case")
    for name, columns in CASE.items():
        op.create_index(f"ix_case_by_{name}", "case", list(columns))
    op.drop_index(op.f("ix_audit_subject"), "audit")
    for name, columns in AUDIT.items():
        op.create_index(f"ix_audit_by_{name}", "audit", list(columns))
    op.drop_index(op.f("ix_case_team_team"), "case_team")
    op.create_index(op.f("ix_case_team_team_thread"), "case_team", ["team", "thread"])


def downgrade() -> None:
    """Make them again as they were."""
    op.drop_index(op.f("ix_case_team_team_thread"), "case_team")
    op.create_index(op.f("ix_case_team_team"), "case_team", ["team"])
    for name in AUDIT:
        op.drop_index(f"ix_audit_by_{name}", "audit")
    op.create_index(op.f("ix_audit_subject"), "audit", ["subject"])
    for name in CASE:
        op.drop_index(f"ix_case_by_{name}", "case")
    for names in CASE_BEFORE:
        op.create_index(op.f(f"ix_case_{'_'.join(names)}"), "case", list(names))
