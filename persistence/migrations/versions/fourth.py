"""Version 4: a code over the hash of each event; looks found by case and by actor; cases found by ward and by bundle.

Events from before keep an empty code. The log says in a table beside it which cases each look was at, from its first
row on. On a server, whoever may add to the log may add there too, and whoever may read it may read there.
"""

from alembic import op
from sqlalchemy import Connection

revision = "0004"
down_revision = "0003"
#: SQLite knows STRICT tables from here on; an older one gets the same tables without.
STRICT_TABLES = (3, 37, 0)

MADE = (
    "ALTER TABLE {schema}event ADD COLUMN mac {bytes} DEFAULT {nothing} NOT NULL",
    "CREATE INDEX case_head_bundle ON {schema}case_head (bundle) WHERE closed = 0",
    'CREATE INDEX case_head_ward ON {schema}case_head (ward, bed, "case")',
    "CREATE INDEX access_log_actor ON {schema}access_log ({actor}, number)",
    """CREATE TABLE {schema}access_case (
"case" {text} NOT NULL, number {number} NOT NULL, PRIMARY KEY ("case", number)){clustered}""",
    'INSERT INTO {schema}access_case ("case", number) SELECT DISTINCT {each} FROM {schema}access_log, {cases}',
)
FILE_GUARDS = (
    """CREATE TRIGGER access_case_no_update BEFORE UPDATE ON access_case
BEGIN SELECT raise(ABORT, 'access_case: rows are never changed or deleted'); END""",
    """CREATE TRIGGER access_case_no_delete BEFORE DELETE ON access_case
BEGIN SELECT raise(ABORT, 'access_case: rows are never changed or deleted'); END""",
    """CREATE TRIGGER access_case_no_second BEFORE INSERT ON access_case WHEN EXISTS
(SELECT 1 FROM access_case WHERE "case" = NEW."case" AND number = NEW.number)
BEGIN SELECT raise(ABORT, 'access_case: this key was written before'); END""",
    """CREATE TRIGGER access_log_cases AFTER INSERT ON access_log
BEGIN INSERT INTO access_case ("case", number) SELECT DISTINCT value, NEW.number FROM json_each(NEW.cases); END""",
)
SERVER_GUARDS = (
    """CREATE FUNCTION wardpath.note_cases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO wardpath.access_case ("case", number)
    SELECT DISTINCT each, NEW.number FROM json_array_elements_text(NEW.cases::json) each;
  RETURN NULL;
END $$""",
    """CREATE TRIGGER access_log_cases AFTER INSERT ON wardpath.access_log
FOR EACH ROW EXECUTE FUNCTION wardpath.note_cases()""",
    "ALTER TABLE wardpath.access_log ENABLE ALWAYS TRIGGER access_log_cases",
    """CREATE TRIGGER access_case_no_update BEFORE UPDATE ON wardpath.access_case
FOR EACH ROW EXECUTE FUNCTION wardpath.refuse_change()""",
    "ALTER TABLE wardpath.access_case ENABLE ALWAYS TRIGGER access_case_no_update",
    """CREATE TRIGGER access_case_no_delete BEFORE DELETE ON wardpath.access_case
FOR EACH ROW EXECUTE FUNCTION wardpath.refuse_change()""",
    "ALTER TABLE wardpath.access_case ENABLE ALWAYS TRIGGER access_case_no_delete",
    """CREATE TRIGGER access_case_no_truncate BEFORE TRUNCATE ON wardpath.access_case
FOR EACH STATEMENT EXECUTE FUNCTION wardpath.refuse_change()""",
    "ALTER TABLE wardpath.access_case ENABLE ALWAYS TRIGGER access_case_no_truncate",
)
ALLOWED = """SELECT pg_get_userbyid(acl.grantee), acl.privilege_type FROM pg_class, LATERAL aclexplode(relacl) acl
WHERE oid = 'wardpath.access_log'::regclass AND acl.privilege_type IN ('INSERT', 'SELECT')
AND acl.grantee <> relowner AND acl.grantee <> 0 ORDER BY 1, 2"""
SERVER = {
    "schema": "wardpath.",
    "text": 'TEXT COLLATE "C"',
    "number": "BIGINT",
    "bytes": "BYTEA",
    "nothing": "'\\x'::bytea",
    "actor": "((said_by::json ->> 'actor') COLLATE \"C\")",
    "each": "each, number",
    "cases": "json_array_elements_text(cases::json) each",
    "clustered": "",
}
FILE = {
    "schema": "",
    "text": "TEXT",
    "number": "INTEGER",
    "bytes": "BLOB",
    "nothing": "(x'')",
    "actor": "json_extract(said_by, '$.actor')",
    "each": "value, number",
    "cases": "json_each(cases)",
}


def upgrade() -> None:
    """Widen the events, make the indexes and the table beside the log, and fill that."""
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        run(bind, MADE, SERVER)
        run(bind, SERVER_GUARDS)
        grant(bind)
        return
    strict = (bind.dialect.server_version_info or ()) >= STRICT_TABLES
    run(bind, MADE, FILE | {"clustered": " WITHOUT ROWID, STRICT" if strict else " WITHOUT ROWID"})
    run(bind, FILE_GUARDS)


def run(bind: Connection, statements: tuple[str, ...], words: dict[str, str] | None = None) -> None:
    """Carry out statements, in the words of a database where they are given."""
    for statement in statements:
        # A percent sign in a function is its own, no parameter's.
        said = statement if words is None else statement.format(**words)
        bind.exec_driver_sql(said, execution_options={"no_parameters": True})


def grant(bind: Connection) -> None:
    """Give the roles the rights that they have on the log."""
    quote = bind.dialect.identifier_preparer.quote
    for role, right in bind.exec_driver_sql(ALLOWED).all():
        bind.exec_driver_sql(f"GRANT {right} ON wardpath.access_case TO {quote(role)}")
