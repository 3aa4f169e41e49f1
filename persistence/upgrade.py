"""Bring a store of an older schema to the present one. Only this needs Alembic; opening and creating do not."""

from importlib.resources import as_file, files
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateTable

from pathway.engine.errors import StoreRefused
from persistence.driver import BEGIN_WRITE, Driver, choose, connect
from persistence.file import version_of
from persistence.guards import known_version
from persistence.open import is_server
from persistence.tables import SCHEMA_VERSION, VERSION


def upgrade(place: str | Path) -> int:
    """Upgrade a store in one transaction; the version it had before. Back it up first: there is no way down.

    A server is asked in the role that owns the store. Raises StoreRefused for what is no store, and for a newer one.
    """
    if is_server(place):
        from persistence.postgres.upgrade import server

        engine, schema, version = server(str(place))
    else:
        driver = choose()
        version = version_of(driver, Path(place))
        engine, schema = file(driver, Path(place)), None
    if version > SCHEMA_VERSION:
        known_version(str(place) if schema is None else "the database", version)
    with engine.begin() as connection:
        migrate(connection, schema, version)
    return version


def migrate(connection: Connection, schema: str | None = None, version: int = 0) -> None:
    """Walk the steps that are missing, inside the caller's transaction. `schema`: where a server keeps the tables."""
    try:
        from alembic import command
        from alembic.config import Config
    except ImportError as error:
        raise StoreRefused(
            "an upgrade needs the library alembic", "it beside Wardpath", "pip install alembic"
        ) from error
    if version and not inspect(connection).has_table(VERSION.name, schema):
        stamp(connection, version)
    with as_file(files("persistence.migrations")) as folder:
        config = Config(attributes={"connection": connection, "schema": schema})
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        command.upgrade(config, "head")
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")


def stamp(connection: Connection, version: int) -> None:
    """Note the version of a file that was made before versions were noted in a table."""
    connection.execute(CreateTable(VERSION))
    connection.execute(VERSION.insert().values(version_num=f"{version:04}"))


def file(driver: Driver, path: Path) -> Engine:
    """A file, one connection at a time; each transaction begins with the write lock."""
    engine = create_engine(
        "sqlite://",
        module=driver.module,
        creator=lambda: connect(driver, path),
        poolclass=NullPool,
        hide_parameters=True,
    )
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(BEGIN_WRITE))
    return engine
