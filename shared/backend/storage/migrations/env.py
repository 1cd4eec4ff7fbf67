"""Runs the migrations on the connection the program hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

from shared.backend.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=False,  # the caller has begun the transaction and commits it
)
context.run_migrations()
