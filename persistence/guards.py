"""What the database itself refuses, whatever program speaks to it: the schema of an SQLite store as statements.

Append-only tables refuse UPDATE, DELETE and the INSERT OR REPLACE that hides a DELETE. The event table also refuses a
gap, a second event at a position and an event that does not continue the hash chain.
"""

from sqlalchemy import Dialect
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from pathway.engine.errors import StoreRefused
from persistence.tables import REVISION, SCHEMA_VERSION, TABLES, VERSION

#: "WARD" in the header of the file: how a store is known before anything in it is read or touched.
APPLICATION_ID = 0x57415244
#: Append-only tables and the key by which a row is told from another.
APPEND_ONLY = {
    "attempt": ("number",),
    "access_log": ("number",),
    "access_case": ('"case"', "number"),
    "remembered": ("command",),
}
#: Properties that never change once they are set.
FIXED_PROPERTIES = ("origin", "born_at")

CHAIN_GUARD = """CREATE TRIGGER event_follows BEFORE INSERT ON event
BEGIN SELECT CASE
WHEN NEW.position <> 1 + coalesce((SELECT max(position) FROM event WHERE "case" = NEW."case"), 0)
THEN raise(ABORT, 'event: the position does not follow the last one of its case')
WHEN NEW.previous <> coalesce(
  (SELECT hash FROM event WHERE "case" = NEW."case" AND position = NEW.position - 1), zeroblob(32))
THEN raise(ABORT, 'event: the previous hash is not that of the event before')
END; END"""

#: A look is found by each of its cases, whoever wrote the row of the log.
FILE_CASES = """CREATE TRIGGER access_log_cases AFTER INSERT ON access_log
BEGIN INSERT INTO access_case ("case", number) SELECT DISTINCT value, NEW.number FROM json_each(NEW.cases); END"""


def schema(strict: bool = True) -> list[str]:
    """Every statement that makes an empty store. `strict` False leaves STRICT out for an old SQLite."""
    made = tables(sqlite.dialect())
    if not strict:
        made = [text.replace(",\n STRICT", "").replace(" STRICT", "") for text in made]
    made.extend(triggers())
    made.append(f"PRAGMA application_id = {APPLICATION_ID}")
    made.append(f"PRAGMA user_version = {SCHEMA_VERSION}")
    return made


def tables(dialect: Dialect) -> list[str]:
    """The tables and indexes of a database, and its version, as statements."""
    made = []
    for table in (*TABLES, VERSION):
        made.append(str(CreateTable(table).compile(dialect=dialect)).strip())
        made.extend(
            str(CreateIndex(index).compile(dialect=dialect))
            for index in sorted(table.indexes, key=lambda i: str(i.name))
        )
    made.append(f"INSERT INTO {VERSION.name} VALUES ('{REVISION}')")  # noqa: S608  # names of this package
    return made


def triggers() -> list[str]:
    """The guards as CREATE TRIGGER statements."""
    fixed = ", ".join(f"'{name}'" for name in FIXED_PROPERTIES)
    made = [CHAIN_GUARD, *unchanging("event")]
    for table, key in APPEND_ONLY.items():
        made.extend(unchanging(table))
        made.append(unrepeated(table, *key))
    made.append(FILE_CASES)
    made.extend(unchanging("store_property", f"WHEN OLD.name IN ({fixed})"))
    made.append(unrepeated("store_property", "name", when=f"NEW.name IN ({fixed}) AND"))
    return made


def unchanging(table: str, when: str = "") -> list[str]:
    """Triggers that refuse to change or delete a row."""
    return [
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} {when}\n"
        f"BEGIN SELECT raise(ABORT, '{table}: rows are never changed or deleted'); END"
        for verb in ("update", "delete")
    ]


def unrepeated(table: str, *key: str, when: str = "") -> str:
    """A trigger that refuses a key which is there already: REPLACE would otherwise delete the old row unheard."""
    head = f"CREATE TRIGGER {table}_no_second BEFORE INSERT ON {table} WHEN {when} EXISTS"
    same = " AND ".join(f"{column} = NEW.{column}" for column in key)
    found = f"SELECT 1 FROM {table} WHERE {same}"  # noqa: S608  # names of this module, not of callers
    return f"{head} ({found})\nBEGIN SELECT raise(ABORT, '{table}: this key was written before'); END"


def known_origin(origin: str) -> None:
    """Raises StoreRefused for an origin that a store cannot be born with."""
    if origin not in {"live", "demonstration"}:
        raise StoreRefused("a store was to be of another origin", "live or demonstration", "say which of the two")


def known_version(place: str, version: int) -> None:
    """Raises StoreRefused for a schema that this program does not speak to."""
    if version != SCHEMA_VERSION:
        raise StoreRefused(
            f"{place} has schema {version}",
            f"schema {SCHEMA_VERSION}",
            "upgrade Wardpath" if version > SCHEMA_VERSION else "back the store up, then upgrade it",
        )
