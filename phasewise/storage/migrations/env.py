"""Run by Alembic: migrate on the connection that `upgrade.py` hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

from phasewise.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # on SQLite too: our connection begins its transaction itself
)
with context.begin_transaction():
    context.run_migrations()
