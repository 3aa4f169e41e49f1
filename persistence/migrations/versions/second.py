"""Version 2: what lay in the table `quarantine` becomes the stream `site:quarantine`; closed cases can be looked at.

Each row becomes an event of the chain under its old number; what the report said moves to `identity`, apart from the
record, and the event keeps its fingerprint. Bytes and hashes are made here as this version makes them, so that no later
change moves them.
"""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from alembic import op
from sqlalchemy import Connection, text

revision = "0002"
down_revision = "0001"

STREAM, DOMAIN, FIRST_HASH = "site:quarantine", b"wardpath-event-v1", bytes(32)
ROWS = "SELECT number, at, why, canonical, said_by FROM {schema}quarantine ORDER BY number"
EVENT = """INSERT INTO {schema}event ("case", position, type, occurred_at, recorded_at, actor, role, command,
canonical, previous, hash) VALUES (:stream, :position, 'ReportQuarantined', :at, :at, :actor, :role, :command,
:canonical, :previous, :hash)"""
CONTENT = 'INSERT INTO {schema}identity ("case", scheme, "key", sealed) VALUES (:key, \'clear\', :key, :sealed)'
HEAD = """INSERT INTO {schema}case_head ("case", patient, origin, ward, bed, pathway, bundle, position, hash,
recorded_at, clinical_version, phases, closed, next_look, looked_at) VALUES (:stream, '',
(SELECT value FROM {schema}store_property WHERE name = 'origin'), '', '', '', '', :position, :hash, :at, 0, '{{}}', 1,
NULL, :at)"""
#: A closed case may have something on it that lives on, and is looked at for that.
INDEXES = (
    "DROP INDEX {schema}case_head_looked_at",
    "DROP INDEX {schema}case_head_next_look",
    """CREATE INDEX case_head_looked_at ON {schema}case_head (looked_at, "case")
WHERE (closed = 0 OR next_look IS NOT NULL)""",
    'CREATE INDEX case_head_next_look ON {schema}case_head (next_look, "case") WHERE next_look IS NOT NULL',
)


def upgrade() -> None:
    """Move the rows, drop the table."""
    bind = op.get_bind()
    schema = "wardpath." if bind.dialect.name == "postgresql" else ""
    previous, written = FIRST_HASH, None
    for position, row in enumerate(rows(bind, schema), start=1):
        written = event(position, row, previous)
        bind.execute(text(EVENT.format(schema=schema)), written)
        key = {"key": f"{STREAM}/{position}", "sealed": bytes(row.canonical)}
        bind.execute(text(CONTENT.format(schema=schema)), key)
        previous = written["hash"]
    if written is not None:
        bind.execute(
            text(HEAD.format(schema=schema)), {name: written[name] for name in ("stream", "position", "hash", "at")}
        )
    bind.exec_driver_sql(f"DROP TABLE {schema}quarantine")
    for statement in INDEXES:
        bind.exec_driver_sql(statement.format(schema=schema))


def rows(bind: Connection, schema: str) -> Iterator[Any]:
    """The rows of the old table, in the order of their numbers."""
    yield from bind.execute(text(ROWS.format(schema=schema))).all()


def event(position: int, row: Any, previous: bytes) -> dict[str, Any]:
    """The event of a row. A number that had been left out by a failed insert is closed up; the time stays."""
    said, by = bytes(row.canonical), json.loads(row.said_by)
    command = read(said)
    body = {
        "fingerprint": sha256(said).hexdigest(),
        "kind": str(command.get("type", "")),
        "number": position,
        "report": str(command.get("id", "")),
        "type": "ReportQuarantined",
        "why": row.why,
    }
    whole: dict[str, Any] = {
        "body": body,
        "by": by,
        "case": STREAM,
        "occurred_at": row.at,
        "position": position,
        "recorded_at": row.at,
    }
    if body["report"]:
        whole["command"] = body["report"]
    canonical = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return {
        "stream": STREAM,
        "position": position,
        "at": row.at,
        "actor": by.get("actor", ""),
        "role": by.get("role", ""),
        "command": body["report"],
        "canonical": canonical,
        "previous": previous,
        "hash": sha256(DOMAIN + previous + canonical).digest(),
    }


def read(said: bytes) -> dict[str, Any]:
    """The command in stored bytes; empty where they are none."""
    try:
        found = json.loads(said)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
