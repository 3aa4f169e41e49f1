"""Version 3: tables for the secrets and sign-ins of people and for keys; the access log says why, and what came of it.

On a server, whoever may write identities may write these tables: the role of the application is known by that.
"""

from alembic import op
from sqlalchemy import Connection

revision = "0003"
down_revision = "0002"
#: SQLite knows STRICT tables from here on; an older one gets the same tables without.
STRICT_TABLES = (3, 37, 0)

CREDENTIAL = """CREATE TABLE {schema}credential (
account {text} NOT NULL, kind {text} NOT NULL, label {text} NOT NULL, hash {text} NOT NULL,
changed_at {number} NOT NULL, must_change {number} NOT NULL, PRIMARY KEY (account, kind, label)){clustered}"""
SIGN_IN = """CREATE TABLE {schema}sign_in (
id_hash {text} NOT NULL, account {text} NOT NULL, role {text} NOT NULL, ward {text} NOT NULL,
began_at {number} NOT NULL, used_at {number} NOT NULL, until {number} NOT NULL, ended_at {number}, face {text} NOT NULL,
PRIMARY KEY (id_hash)){clustered}"""
SIGN_IN_ACCOUNT = "CREATE INDEX sign_in_account ON {schema}sign_in (account)"
CASE_KEY = """CREATE TABLE {schema}case_key (
"key" {text} NOT NULL, wrapped {bytes}, made_at {number} NOT NULL, destroyed_at {number},
PRIMARY KEY ("key")){clustered}"""
MADE = (CREDENTIAL, SIGN_IN, SIGN_IN_ACCOUNT, CASE_KEY)

#: A column cannot be added to a table of SQLite without leaving its text other than that of a new one.
FILE_LOG = (
    "DROP TRIGGER access_log_no_update",
    "DROP TRIGGER access_log_no_delete",
    "DROP TRIGGER access_log_no_second",
    "ALTER TABLE access_log RENAME TO access_log_before",
    """CREATE TABLE access_log (
number INTEGER NOT NULL, at INTEGER NOT NULL, said_by TEXT NOT NULL, what TEXT NOT NULL, cases TEXT NOT NULL,
reason TEXT NOT NULL, outcome TEXT NOT NULL, PRIMARY KEY (number)){strict}""",
    "INSERT INTO access_log SELECT number, at, said_by, what, cases, '', 'read' FROM access_log_before",
    "DROP TABLE access_log_before",
    """CREATE TRIGGER access_log_no_update BEFORE UPDATE ON access_log
BEGIN SELECT raise(ABORT, 'access_log: rows are never changed or deleted'); END""",
    """CREATE TRIGGER access_log_no_delete BEFORE DELETE ON access_log
BEGIN SELECT raise(ABORT, 'access_log: rows are never changed or deleted'); END""",
    """CREATE TRIGGER access_log_no_second BEFORE INSERT ON access_log WHEN EXISTS
(SELECT 1 FROM access_log WHERE number = NEW.number)
BEGIN SELECT raise(ABORT, 'access_log: this key was written before'); END""",
)
SERVER_LOG = (
    "ALTER TABLE wardpath.access_log ADD COLUMN reason TEXT COLLATE \"C\" NOT NULL DEFAULT ''",
    "ALTER TABLE wardpath.access_log ADD COLUMN outcome TEXT COLLATE \"C\" NOT NULL DEFAULT 'read'",
    "ALTER TABLE wardpath.access_log ALTER COLUMN reason DROP DEFAULT, ALTER COLUMN outcome DROP DEFAULT",
)
WRITERS = """SELECT DISTINCT pg_get_userbyid(acl.grantee) FROM pg_class, LATERAL aclexplode(relacl) acl
WHERE oid = 'wardpath.identity'::regclass AND acl.privilege_type = 'INSERT' AND acl.grantee <> relowner
AND acl.grantee <> 0"""


def upgrade() -> None:
    """Make the tables, widen the log."""
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        words = {"schema": "wardpath.", "text": 'TEXT COLLATE "C"', "number": "BIGINT", "bytes": "BYTEA"}
        run(bind, (*MADE, *SERVER_LOG), words | {"clustered": ""})
        grant(bind)
        return
    strict = (bind.dialect.server_version_info or ()) >= STRICT_TABLES
    words = {"schema": "", "text": "TEXT", "number": "INTEGER", "bytes": "BLOB", "strict": " STRICT" if strict else ""}
    run(bind, (*MADE, *FILE_LOG), words | {"clustered": " WITHOUT ROWID, STRICT" if strict else " WITHOUT ROWID"})


def run(bind: Connection, statements: tuple[str, ...], words: dict[str, str]) -> None:
    """Carry out statements in the words of a database."""
    for statement in statements:
        bind.exec_driver_sql(statement.format(**words))


def grant(bind: Connection) -> None:
    """Let the roles write that write identities."""
    quote = bind.dialect.identifier_preparer.quote
    for (role,) in bind.exec_driver_sql(WRITERS).all():
        tables = "wardpath.credential, wardpath.sign_in, wardpath.case_key"
        bind.exec_driver_sql(f"GRANT SELECT, INSERT, UPDATE ON {tables} TO {quote(role)}")
