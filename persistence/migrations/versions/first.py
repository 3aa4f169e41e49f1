"""Version 1: the tables, indexes and guards of the first release, as text, so that no later change moves them."""

from importlib.resources import files

from alembic import op

revision = "0001"
down_revision = None
#: SQLite knows STRICT tables from here on; an older one gets the same tables without.
STRICT_TABLES = (3, 37, 0)


def upgrade() -> None:
    """Fill an empty database."""
    bind = op.get_bind()
    dialect = bind.dialect
    text = files("persistence.migrations.versions").joinpath(f"first_{dialect.name}.sql").read_text(encoding="utf-8")
    if dialect.name == "sqlite" and (dialect.server_version_info or ()) < STRICT_TABLES:
        text = text.replace(",\n STRICT", "").replace("\n STRICT", "")
    for statement in text.split("\n\n"):
        # A percent sign in a function is its own, no parameter's.
        bind.exec_driver_sql(statement, execution_options={"no_parameters": True})
