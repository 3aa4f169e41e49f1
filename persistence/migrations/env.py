"""What Alembic runs: the steps that are missing, in the transaction of the connection that it was handed."""

from alembic import context

from persistence.tables import VERSION

handed = context.config.attributes
context.configure(
    connection=handed["connection"],
    version_table=VERSION.name,
    version_table_schema=handed["schema"],
    # SQLite's too: the connection begins its transactions itself.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
