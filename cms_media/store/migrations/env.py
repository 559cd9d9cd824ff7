"""What Alembic runs to get at the database: on the connection that `database` hands over, never by itself."""

from alembic import context

from cms_media.store.tables import METADATA


def run() -> None:
    """All missing steps in one transaction; SQLite alters tables by copying them, hence batch mode."""
    connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


run()
