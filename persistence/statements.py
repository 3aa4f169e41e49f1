"""The statements of the hot paths, as text for the driver: prepared once per connection, bound by position.

Inserts are written out from the tables, so that a column cannot be forgotten; a bound row has the table's column order,
without the number that the database gives. Every database is asked in these words; a server with row locks adds
`ROW_LOCKS` and has its own sign for a parameter (`persistence.postgres.session`).
"""

from sqlalchemy import Table
from sqlalchemy.dialects import sqlite

from persistence.tables import (
    ACCESS,
    ATTEMPT,
    BUNDLE,
    CASE_KEY,
    CREDENTIAL,
    EVENT,
    HEAD,
    HEARTBEAT,
    IDENTITY,
    NOTICE,
    PROPERTY,
    REMEMBERED,
    REMINDER,
    SIGN_IN,
)

COMMIT = "COMMIT"
ROLLBACK = "ROLLBACK"


def insert(table: Table) -> str:
    """A plain insert of a row, all columns but the number that the database gives."""
    given = [column.name for column in table.columns if column.identity is None]
    return str(sqlite.insert(table).compile(dialect=sqlite.dialect(paramstyle="qmark"), column_keys=given))


def upsert(table: Table) -> str:
    """An insert of a whole row that rewrites the row of the same key."""
    statement = sqlite.insert(table)
    others = {column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key}
    statement = statement.on_conflict_do_update(index_elements=table.primary_key.columns, set_=others)
    return str(statement.compile(dialect=sqlite.dialect(paramstyle="qmark")))


def whole(table: Table) -> str:
    """The beginning of a SELECT of whole rows."""
    return str(table.select().compile(dialect=sqlite.dialect()))


INSERT_EVENT = insert(EVENT)
INSERT_NOTICE = insert(NOTICE)
INSERT_REMEMBERED = insert(REMEMBERED)
INSERT_ATTEMPT = insert(ATTEMPT)
#: Two cases may bring a new bundle at the same moment: the second leaves it as it is, and compares.
INSERT_BUNDLE = insert(BUNDLE) + " ON CONFLICT DO NOTHING"
INSERT_ACCESS = insert(ACCESS)
UPSERT_HEAD = upsert(HEAD)
UPSERT_REMINDER = upsert(REMINDER)
UPSERT_IDENTITY = upsert(IDENTITY)
UPSERT_PROPERTY = upsert(PROPERTY)
UPSERT_HEARTBEAT = upsert(HEARTBEAT)
UPSERT_CREDENTIAL = upsert(CREDENTIAL)
INSERT_SIGN_IN = insert(SIGN_IN)
INSERT_CASE_KEY = insert(CASE_KEY)

SELECT_HEAD = whole(HEAD) + ' WHERE "case" = ?'
SELECT_END = 'SELECT position, hash FROM case_head WHERE "case" = ?'
SELECT_EVENTS = 'SELECT canonical FROM event WHERE "case" = ? AND position > ? ORDER BY position'
STORED = 'SELECT "case", position, canonical, previous, hash, mac FROM event'
SELECT_STREAM = STORED + ' WHERE "case" = ? AND position > ? ORDER BY position LIMIT ?'
#: In the order of the key, so that it is one sweep over the table.
SELECT_SCAN = STORED + ' WHERE ("case", position) > (?, ?) ORDER BY "case", position'
SELECT_FILED = """SELECT "case", position, canonical, previous, hash, mac,
type, occurred_at, recorded_at, actor, role, command FROM event ORDER BY "case", position"""
PICKED = """SELECT "case", type, canonical FROM event WHERE type IN ({types}) ORDER BY "case", position"""
SELECT_REMEMBERED = "SELECT fingerprint, answer FROM remembered WHERE command = ?"
SELECT_CASE_OF_PATIENT = """SELECT "case" FROM case_head
WHERE patient = ? AND pathway = ? AND closed = 0 ORDER BY "case" LIMIT 1"""
SELECT_BUNDLE = "SELECT text FROM bundle WHERE digest = ?"
#: From one bundle to the next by the index of the open cases: as many steps as there are bundles.
SELECT_BUNDLES_IN_USE = """WITH RECURSIVE used(bundle) AS (
SELECT min(bundle) FROM case_head WHERE closed = 0
UNION ALL
SELECT (SELECT min(bundle) FROM case_head WHERE closed = 0 AND bundle > used.bundle)
FROM used WHERE used.bundle IS NOT NULL)
SELECT bundle FROM used WHERE bundle IS NOT NULL"""
SELECT_PROPERTY = "SELECT value FROM store_property WHERE name = ?"
SELECT_SIGN_IN = whole(SIGN_IN) + " WHERE id_hash = ?"
#: What has ended stays ended, whoever else uses it at the same moment.
USE_SIGN_IN = "UPDATE sign_in SET used_at = ?, role = ?, ward = ? WHERE id_hash = ? AND ended_at IS NULL"
END_SIGN_IN = "UPDATE sign_in SET ended_at = ? WHERE id_hash = ? AND ended_at IS NULL"
SELECT_CASE_KEY = whole(CASE_KEY) + ' WHERE "key" = ?'
DESTROY_CASE_KEY = 'UPDATE case_key SET wrapped = NULL, destroyed_at = ? WHERE "key" = ? AND destroyed_at IS NULL'

SELECT_DUE = """SELECT "case" FROM case_head
WHERE next_look <= ? ORDER BY next_look, "case" LIMIT ?"""
SELECT_UNLOOKED = """SELECT "case" FROM case_head
WHERE (closed = 0 OR next_look IS NOT NULL) AND looked_at < ? ORDER BY looked_at, "case" LIMIT ?"""
SELECT_NEXT_LOOK = "SELECT min(next_look) FROM case_head WHERE next_look IS NOT NULL"

CLAIMABLE = """
WHERE state IN ('waiting', 'sending')
  AND CASE state WHEN 'waiting' THEN not_before IS NULL OR not_before <= ? ELSE lease_until <= ? END"""
#: Stands on both sides of each ward in a text of wards, since a statement that is prepared once takes no list.
EDGE = "\x1f"
#: What is not critical stays where its ward is in the text of wards that are held; taking the ward out changes it then.
NOT_HELD = f" AND (severity = 0 OR replace(?, '{EDGE}' || ward || '{EDGE}', '') = ?)"
SELECT_CLAIMABLE = whole(NOTICE) + CLAIMABLE + NOT_HELD + " ORDER BY severity, created_at, key LIMIT ?"
SELECT_ANY_CLAIMABLE = f"SELECT 1 FROM notice{CLAIMABLE} LIMIT 1"  # noqa: S608  # a text of this module
#: What a tick asks first, and on most ticks the only thing it asks: whether a case is due or a notice may be claimed.
SELECT_STIRRING = f"""SELECT EXISTS (SELECT 1 FROM case_head WHERE next_look <= ?)
OR EXISTS (SELECT 1 FROM notice{CLAIMABLE})"""  # noqa: S608  # a text of this module
CLAIM = """UPDATE notice SET state = 'sending', fence = fence + 1, attempts = attempts + 1, worker = ?, lease_until = ?
WHERE key = ?"""
#: A notice withdrawn while a worker was sending it stays withdrawn, unless it did go out: then the outbox says so.
SETTLE = """UPDATE notice SET
  state = CASE WHEN state = 'withdrawn' AND ? <> 'sent' THEN state ELSE ? END,
  sent_at = ?, not_before = ?, lease_until = NULL, worker = ''
WHERE key = ? AND fence = ? AND lease_until IS NOT NULL"""
SELECT_PENDING = """SELECT key, pending FROM notice
WHERE "case" = ? AND state IN ('waiting', 'sending')"""
UPDATE_PENDING = "UPDATE notice SET pending = ? WHERE key = ?"
WITHDRAW = "UPDATE notice SET pending = '[]', state = 'withdrawn' WHERE key = ?"
WITHDRAW_ALL = """UPDATE notice SET pending = '[]', state = 'withdrawn'
WHERE "case" = ? AND state IN ('waiting', 'sending')"""

#: What is added where rows are locked one by one: a notice that is read to be written must stay as it was read, and
#: workers pass over what another is claiming. On SQLite the one writer holds everything.
ROW_LOCKS = {
    SELECT_HEAD: " FOR UPDATE",
    SELECT_PENDING: " FOR UPDATE",
    SELECT_CLAIMABLE: " FOR UPDATE SKIP LOCKED",
}
