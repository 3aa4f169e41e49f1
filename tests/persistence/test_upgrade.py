"""Upgrades: a store that was migrated from nothing is the store that is made today, on both databases."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy import Engine as Database

from pathway.case.commands import RecordFinding
from pathway.case.envelope import By, chain
from pathway.clinical.instant import Instant
from pathway.engine import Engine
from pathway.engine.errors import StoreRefused
from pathway.engine.ports import Store
from pathway.site.streams import QUARANTINE, decode
from persistence.driver import bare, choose
from persistence.open import create_store, open_store
from persistence.sqlite import SqliteStore
from persistence.tables import REVISION, SCHEMA_VERSION, TABLES, VERSION
from persistence.upgrade import file, migrate, upgrade
from tests.persistence.changes import command, enrol, everything, write
from ward.clock import FixedClock

#: What a server knows of a schema, a text a line: columns in order, keys, indexes, guards and their code.
CATALOG = """
SELECT format('%s.%s %s %s %s %s %s', c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), co.collname,
  a.attnotnull, a.attidentity)
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_collation co ON co.oid = a.attcollation
  WHERE c.relnamespace = 'wardpath'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'wardpath'
UNION ALL SELECT format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
  FROM pg_constraint WHERE connamespace = 'wardpath'::regnamespace
UNION ALL SELECT format('%s %s', pg_get_triggerdef(t.oid), tgenabled)
  FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid WHERE c.relnamespace = 'wardpath'::regnamespace
UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'wardpath'::regnamespace
UNION ALL SELECT version_num FROM wardpath.schema_version
ORDER BY 1"""

pytest.importorskip("alembic", reason="ALEMBIC IS MISSING: no upgrade was tested; `make setup` installs it")


def run(engine: Database, schema: str | None = None) -> None:
    """Migrate from nothing."""
    with engine.begin() as connection:
        migrate(connection, schema)


def file_catalog(path: Path) -> list[str]:
    """Everything that an SQLite file says of its schema, blanks apart."""
    with sqlite3.connect(path) as connection:
        said = [" ".join(row[0].split()) for row in connection.execute("SELECT sql FROM sqlite_schema WHERE sql <> ''")]
        said += [
            f"{name} {connection.execute(f'PRAGMA {name}').fetchone()}" for name in ("application_id", "user_version")
        ]
        said += connection.execute("SELECT version_num FROM schema_version").fetchone()
    connection.close()
    return sorted(text.replace("( ", "(").replace(" )", ")") for text in said)


def test_a_migrated_file_is_a_fresh_file(tmp_path: Path):
    SqliteStore.create(tmp_path / "fresh.db", "live").close()
    (tmp_path / "migrated.db").touch()
    run(file(choose(), tmp_path / "migrated.db"))
    fresh = file_catalog(tmp_path / "fresh.db")
    assert file_catalog(tmp_path / "migrated.db") == fresh
    assert len(fresh) > len(TABLES) + 20


def test_a_migrated_database_is_a_fresh_database(database: str, bare_database: str):
    from persistence.postgres.session import SCHEMA, connect
    from persistence.postgres.upgrade import engine

    with connect(bare_database) as raw:
        raw.execute(b"CREATE SCHEMA wardpath")
    run(engine(bare_database), SCHEMA)
    with connect(database) as raw:
        fresh = raw.execute(CATALOG.encode()).fetchall()
    with connect(bare_database) as raw:
        migrated = raw.execute(CATALOG.encode()).fetchall()
    assert migrated == fresh
    assert len(fresh) > 130


#: What a store of version 1 kept of two reports for nobody, one of them no command at all.
OLD_ROWS = (
    (1, 1_772_366_400_000_000, "quarantined", b'{"case":"nobody","id":"r1","type":"RecordFinding"}'),
    (2, 1_772_366_460_000_000, "unreadable", b"\x00\xff"),
)
OLD_BY = '{"actor":"feed","authenticated":"none","role":"laboratory","source":"feed"}'


def to_version_1(connection: Connection, schema: str | None = None) -> None:
    """Lay out the tables of version 1 and quarantine two reports in them, as that release did."""
    from alembic import command as alembic
    from alembic.config import Config

    from persistence import migrations

    config = Config(attributes={"connection": connection, "schema": schema})
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    alembic.upgrade(config, "0001")
    where = f"{schema}." if schema else ""
    numbered = "OVERRIDING SYSTEM VALUE" if schema else ""
    connection.execute(text(f"INSERT INTO {where}store_property VALUES ('origin', 'live'), ('label', '')"))  # noqa: S608  # tables of ours
    for number, at, why, canonical in OLD_ROWS:
        row = {"number": number, "at": at, "why": why, "canonical": canonical, "by": OLD_BY}
        insert = f"INSERT INTO {where}quarantine (number, at, why, canonical, said_by) {numbered} "
        connection.execute(text(insert + "VALUES (:number, :at, :why, :canonical, :by)"), row)


def moved(store: Store) -> None:
    """The old rows stand in the stream under their numbers, chained, what they said apart from it."""
    engine = Engine(store, [], FixedClock(Instant(OLD_ROWS[-1][1])))
    assert engine.verify(QUARANTINE) == []
    held = engine.sites.quarantine().held
    assert [(each.body.number, each.at, each.body.why, each.body.report) for each in held.values()] == [
        (1, OLD_ROWS[0][1], "quarantined", "r1"),
        (2, OLD_ROWS[1][1], "unreadable", ""),
    ]
    assert held[1].by.actor == "feed"
    assert [store.identity(f"{QUARANTINE}/{number}").sealed for number in held] == [row[3] for row in OLD_ROWS]
    assert [chain(decode(each.canonical), each.previous).canonical for each in store.stream(QUARANTINE)] == [
        each.canonical for each in store.stream(QUARANTINE)
    ]
    said = RecordFinding(id="r9", case="nobody", by=By("feed"), finding="bleeding", value="minor")
    assert engine.handle(said).status == "refused"
    assert len(engine.sites.quarantine().held) == 3
    assert engine.verify(QUARANTINE) == []


def test_what_an_older_file_had_in_quarantine_goes_on_in_its_stream(tmp_path: Path):
    path = tmp_path / "ward.db"
    path.touch()
    with file(choose(), path).begin() as connection:
        to_version_1(connection)
        connection.exec_driver_sql("PRAGMA user_version = 1")
    assert upgrade(path) == 1
    store = open_store(path)
    moved(store)
    store.close()


def test_what_an_older_database_had_in_quarantine_goes_on_in_its_stream(bare_database: str):
    from persistence.postgres.session import SCHEMA, connect
    from persistence.postgres.upgrade import engine

    with connect(bare_database) as raw:
        raw.execute(b"CREATE SCHEMA wardpath")
    with engine(bare_database).begin() as connection:
        to_version_1(connection, SCHEMA)
    assert upgrade(bare_database) == 1
    store = open_store(bare_database)
    moved(store)
    store.close()


def test_the_newest_step_is_the_schema_of_this_program():
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from persistence import migrations

    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]


def test_an_upgrade_of_a_present_file_changes_nothing(sqlite_store: SqliteStore):
    write(sqlite_store, command(enrol(sqlite_store, "c1"), "k1"))
    seen = everything(sqlite_store, ("c1",))
    assert upgrade(sqlite_store.path) == SCHEMA_VERSION
    assert everything(sqlite_store, ("c1",)) == seen


def test_an_upgrade_of_a_present_database_changes_nothing(database: str):
    store = open_store(database)
    write(store, command(enrol(store, "c1"), "k1"))
    seen = everything(store, ("c1",))
    assert upgrade(database) == SCHEMA_VERSION
    assert everything(store, ("c1",)) == seen
    store.close()


def test_a_file_from_before_versions_were_noted_is_upgraded(sqlite_store: SqliteStore):
    before = enrol(sqlite_store, "c1")
    sqlite_store.close()
    other = bare(choose(), sqlite_store.path)
    other.execute(f"DROP TABLE {VERSION.name}")
    other.close()
    upgrade(sqlite_store.path)
    again = open_store(sqlite_store.path)
    assert again.head("c1") == before
    again.close()
    assert REVISION in file_catalog(sqlite_store.path)


def test_a_newer_store_is_not_upgraded(sqlite_store: SqliteStore):
    other = bare(choose(), sqlite_store.path)
    other.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    other.close()
    with pytest.raises(StoreRefused, match="upgrade Wardpath"):
        upgrade(sqlite_store.path)


def test_what_is_no_store_is_not_upgraded(tmp_path: Path, bare_database: str):
    (tmp_path / "notes.txt").write_text("keep me")
    for place in (tmp_path / "notes.txt", bare_database):
        with pytest.raises(StoreRefused, match=r"no Wardpath store|holds no store"):
            upgrade(place)
    assert (tmp_path / "notes.txt").read_text() == "keep me"


def test_a_step_that_fails_leaves_the_file_as_it_was(tmp_path: Path):
    create_store(tmp_path / "ward.db", "live").close()
    shutil.copy(tmp_path / "ward.db", tmp_path / "copy.db")
    other = bare(choose(), tmp_path / "ward.db")
    other.execute(f"DROP TABLE {VERSION.name}")
    other.close()
    before = (tmp_path / "ward.db").read_bytes()
    with pytest.raises(Exception, match="store_property"):
        # From nothing, though the tables stand already: the first step fails on the first of them.
        run(file(choose(), tmp_path / "ward.db"))
    with sqlite3.connect(tmp_path / "ward.db") as connection:
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema")}
    connection.close()
    assert VERSION.name not in names
    assert len((tmp_path / "ward.db").read_bytes()) == len(before)
