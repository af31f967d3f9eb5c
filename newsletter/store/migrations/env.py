"""Runs the versions on the connection that `store.schema` hands over."""

from alembic import context

from newsletter.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot alter a table: alembic copies it
)
context.run_migrations()
