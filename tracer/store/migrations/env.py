"""Run by Alembic; the connection comes from `tracer.store.migrate`."""

from __future__ import annotations

from alembic import context

from tracer.store.tables.exchange import meta

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=meta.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
