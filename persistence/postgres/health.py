"""The server's side of `persistence.health`."""

import psycopg

from pathway.engine.errors import StoreRefused
from persistence.health import SELECT_HEADLESS, Health, Setting, missing
from persistence.postgres.layout import triggers
from persistence.postgres.refusal import refusal
from persistence.postgres.session import SCHEMA, Raw, connect
from persistence.postgres.store import SELECT_VERSION
from persistence.tables import SCHEMA_VERSION

SELECT_SETTINGS = b"SELECT name, setting FROM pg_settings WHERE name = ANY(%s)"
#: A trigger that fires ALWAYS is 'A': it does so in every replication role.
SELECT_GUARDS = b"""SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = %s::regnamespace AND t.tgenabled = 'A'"""
SELECT_CHECKSUM_FAILURES = b"SELECT coalesce(checksum_failures, 0) FROM pg_stat_database WHERE datname = %s"
SELECT_OWNERSHIP = b"""SELECT current_setting('is_superuser') = 'on',
pg_has_role(current_user, nspowner, 'USAGE') FROM pg_namespace WHERE nspname = %s"""
SELECT_CLOCK = b"SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
#: Setting, the value it must have, and whether acknowledged writes can be lost without.
WANTED = (
    ("fsync", "on", True),
    ("full_page_writes", "on", True),
    ("synchronous_commit", "on", True),
    ("data_checksums", "on", False),
)


def health_of_server(url: str) -> Health:
    """Ask a server. Raises StoreRefused when it cannot be reached, or the database holds no store."""
    try:
        with connect(url) as raw:
            return asked(raw)
    except psycopg.errors.UndefinedTable:
        raise StoreRefused("the database holds no store", "one that Wardpath laid out", "check the URL") from None
    except psycopg.Error as error:
        if told := refusal(error):
            raise told from None
        raise


def asked(raw: Raw) -> Health:
    """What a server says over a connection."""
    ((version,),) = raw.execute(SELECT_VERSION.encode()).fetchall()
    ((clock,),) = raw.execute(SELECT_CLOCK).fetchall()
    there = {row[0] for row in raw.execute(SELECT_GUARDS, (SCHEMA,))}
    headless = tuple(row[0] for row in raw.execute(SELECT_HEADLESS.encode()))
    ((failures,),) = raw.execute(SELECT_CHECKSUM_FAILURES, (raw.info.dbname,)).fetchall()
    versions = {
        "postgresql": raw.info.parameter_status("server_version") or "unknown",
        "driver": f"psycopg {psycopg.__version__}",
        "schema": f"{int(version)} (this release: {SCHEMA_VERSION})",
    }
    damage = (f"{failures} pages did not match their checksum",) if failures else ()
    return Health(versions, settings(raw), damage, missing(triggers(), there), headless, clock)


def settings(raw: Raw) -> tuple[Setting, ...]:
    """The settings of the server that matter, and the rights of the role that asks."""
    names = [name for name, _, _ in WANTED]
    found = {str(row[0]): str(row[1]) for row in raw.execute(SELECT_SETTINGS, (names,))}
    made = [
        Setting(name, found.get(name, "unknown"), wanted, f"set {name} = {wanted} on the server", loses)
        for name, wanted, loses in WANTED
    ]
    ((superuser, owner),) = raw.execute(SELECT_OWNERSHIP, (SCHEMA,)).fetchall()
    role = "superuser" if superuser else "owner" if owner else "no owner"
    return (*made, Setting("role in use", role, "no owner", "run the ward in the application's role", loses=False))
