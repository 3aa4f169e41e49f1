"""The schema of a PostgreSQL store: the tables of every database, and what the server itself refuses.

Append-only tables refuse UPDATE, DELETE and TRUNCATE, whoever asks, in every replication role. The event table also
refuses a gap and an event that does not continue the hash chain.
"""

import psycopg
from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql

from pathway.engine.errors import StoreRefused
from persistence.guards import APPEND_ONLY, FIXED_PROPERTIES, known_origin, tables
from persistence.postgres.refusal import OURS, refusal
from persistence.postgres.session import SCHEMA, connect, spoken
from persistence.statements import UPSERT_PROPERTY

REFUSE_CHANGE = f"""CREATE FUNCTION {SCHEMA}.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%: rows are never changed or deleted', TG_TABLE_NAME USING ERRCODE = '{OURS}';
END $$"""
FOLLOW = f"""CREATE FUNCTION {SCHEMA}.event_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  last record;
BEGIN
  SELECT position, hash INTO last FROM {SCHEMA}.event WHERE "case" = NEW."case" ORDER BY position DESC LIMIT 1;
  IF NEW.position <> 1 + coalesce(last.position, 0) THEN
    RAISE EXCEPTION 'event: the position does not follow the last one of its case' USING ERRCODE = '{OURS}';
  END IF;
  IF NEW.previous <> coalesce(last.hash, decode(repeat('00', 32), 'hex')) THEN
    RAISE EXCEPTION 'event: the previous hash is not that of the event before' USING ERRCODE = '{OURS}';
  END IF;
  RETURN NEW;
END $$"""  # noqa: S608  # names of this package
NOTE_CASES = f"""CREATE FUNCTION {SCHEMA}.note_cases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO {SCHEMA}.access_case ("case", number)
    SELECT DISTINCT each, NEW.number FROM json_array_elements_text(NEW.cases::json) each;
  RETURN NULL;
END $$"""  # noqa: S608  # names of this package
DIALECT: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
FUNCTIONS = ("refuse_change", "event_follows", "note_cases")


def lay_out_tables(url: str, origin: str, label: str) -> None:
    """Make an empty store in one transaction, in the role of the URL.

    Raises StoreRefused when there is one already, or the role may not make a schema.
    """
    known_origin(origin)
    try:
        with connect(url) as raw, raw.transaction():
            raw.execute(f"CREATE SCHEMA {SCHEMA}".encode())
            for statement in schema():
                raw.execute(statement.encode(), prepare=False)
            for pair in (("origin", origin), ("label", label)):
                raw.execute(spoken(UPSERT_PROPERTY), pair)
    except psycopg.errors.DuplicateSchema:
        raise StoreRefused(
            f"the database holds a schema {SCHEMA} already", "a database without a store", "open it, or use another"
        ) from None
    except psycopg.Error as error:
        if told := refusal(error):
            raise told from None
        raise


def schema() -> list[str]:
    """Every statement that fills the empty schema `wardpath`."""
    return [*tables(DIALECT), REFUSE_CHANGE, FOLLOW, NOTE_CASES, *triggers()]


def triggers() -> list[str]:
    """The guards as statements. ALWAYS: `session_replication_role` does not turn them off."""
    made = guard("event_follows", "event", "INSERT", function="event_follows")
    made += guard("access_log_cases", "access_log", "INSERT", function="note_cases", moment="AFTER")
    for table in ("event", *APPEND_ONLY):
        for verb in ("UPDATE", "DELETE"):
            made += guard(f"{table}_no_{verb.lower()}", table, verb)
        made += guard(f"{table}_no_truncate", table, "TRUNCATE", each="STATEMENT")
    fixed = ", ".join(f"'{name}'" for name in FIXED_PROPERTIES)
    for verb in ("UPDATE", "DELETE"):
        made += guard(f"store_property_no_{verb.lower()}", "store_property", verb, when=f"WHEN (OLD.name IN ({fixed}))")
    return made + guard("store_property_no_truncate", "store_property", "TRUNCATE", each="STATEMENT")


def guard(
    name: str,
    table: str,
    verb: str,
    *,
    each: str = "ROW",
    when: str = "",
    function: str = "refuse_change",
    moment: str = "BEFORE",
) -> list[str]:
    """A trigger that always fires."""
    what = f"{when} EXECUTE FUNCTION {SCHEMA}.{function}()".strip()
    return [
        f"CREATE TRIGGER {name} {moment} {verb} ON {table} FOR EACH {each} {what}",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
    ]
