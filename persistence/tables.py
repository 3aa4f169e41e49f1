"""The tables of every database. Instants are 64-bit microseconds, texts sort by code point; STRICT where SQLite can.

Rows stay in this package: callers get the structs of `pathway.engine.ports`. The columns of a table stand in the
order of the struct's fields, so that a row is a struct's tuple (held by test).
"""

from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ClauseElement
from sqlmodel import Field, SQLModel

#: Grows with every change of a table; a store of a newer one is not opened.
SCHEMA_VERSION = 4
STRICT: dict[str, Any] = {"sqlite_strict": True}
#: Rows lie in the order of their key: one page per write, and a case's stream in one sweep.
CLUSTERED: dict[str, Any] = {**STRICT, "sqlite_with_rowid": False}
OPEN = text("closed = 0")
AWAKE = text("next_look IS NOT NULL")
#: Open cases, and closed ones on which something lives on.
WATCHED = text("(closed = 0 OR next_look IS NOT NULL)")
UNSENT = text("state IN ('waiting', 'sending')")
#: The database numbers the row, and nobody else: a PostgreSQL identity. SQLite does so by its rowid.
NUMBERED = Identity(always=True)


class Number(BigInteger):
    """64 bits everywhere: BIGINT, and on SQLite the INTEGER that STRICT tables ask for."""


class Words(Text):
    """Text that sorts by code point everywhere, as a memory store sorts it, whatever the language of the server."""


@compiles(Number, "sqlite")
def _integer(_type: Number, _compiler: object, **_: object) -> str:
    return "INTEGER"


@compiles(Words, "postgresql")
def _by_code_point(_type: Words, _compiler: object, **_: object) -> str:
    return 'TEXT COLLATE "C"'


class Nothing(ClauseElement):
    """No bytes, as the default of a column: what rows have that were written before there was the column."""

    inherit_cache = True


@compiles(Nothing, "sqlite")
def _nothing_in_file(_nothing: Nothing, _compiler: object, **_: object) -> str:
    return "(x'')"


@compiles(Nothing, "postgresql")
def _nothing_on_server(_nothing: Nothing, _compiler: object, **_: object) -> str:
    return "'\\x'::bytea"


class ActorOf(ColumnElement[str]):
    """The actor in the JSON of `said_by`, spelled alike in the index of the access log and in what is asked by it."""

    inherit_cache = True


@compiles(ActorOf, "sqlite")
def _actor_in_file(_actor: ActorOf, _compiler: object, **_: object) -> str:
    return "json_extract(said_by, '$.actor')"


@compiles(ActorOf, "postgresql")
def _actor_on_server(_actor: ActorOf, _compiler: object, **_: object) -> str:
    return "((said_by::json ->> 'actor') COLLATE \"C\")"


class StoreProperty(SQLModel, table=True):
    """What the store says of itself: origin, label, time of birth, demonstration time."""

    __tablename__ = "store_property"
    __table_args__: ClassVar[Any] = CLUSTERED
    name: str = Field(sa_type=Words, primary_key=True)
    value: str = Field(sa_type=Words)


class EventRow(SQLModel, table=True):
    """An event as it was hashed, with the fields that are asked for beside it. Append-only.

    `mac`: over the hash, under a key that lies in no store; empty for want of it, and in rows from before schema 4.
    """

    __tablename__ = "event"
    __table_args__: ClassVar[Any] = CLUSTERED
    case: str = Field(sa_type=Words, primary_key=True)
    position: int = Field(sa_type=Number, primary_key=True)
    type: str = Field(sa_type=Words)
    occurred_at: int = Field(sa_type=Number)
    recorded_at: int = Field(sa_type=Number)
    actor: str = Field(sa_type=Words)
    role: str = Field(sa_type=Words)
    command: str = Field(sa_type=Words)
    canonical: bytes = Field(sa_type=LargeBinary)
    previous: bytes = Field(sa_type=LargeBinary)
    hash: bytes = Field(sa_type=LargeBinary)
    mac: bytes = Field(sa_type=LargeBinary, sa_column_kwargs={"server_default": Nothing()})


class CaseHead(SQLModel, table=True):
    """`Head`; `phases` is JSON."""

    __tablename__ = "case_head"
    __table_args__: ClassVar[Any] = (
        Index("case_head_next_look", "next_look", "case", sqlite_where=AWAKE, postgresql_where=AWAKE),
        Index("case_head_looked_at", "looked_at", "case", sqlite_where=WATCHED, postgresql_where=WATCHED),
        Index("case_head_patient", "patient", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("case_head_ward", "ward", "bed", "case"),
        # Which few definitions the many open cases go by.
        Index("case_head_bundle", "bundle", sqlite_where=OPEN, postgresql_where=OPEN),
        CLUSTERED,
    )
    case: str = Field(sa_type=Words, primary_key=True)
    patient: str = Field(sa_type=Words)
    origin: str = Field(sa_type=Words)
    ward: str = Field(sa_type=Words)
    bed: str = Field(sa_type=Words)
    pathway: str = Field(sa_type=Words)
    bundle: str = Field(sa_type=Words)
    position: int = Field(sa_type=Number)
    hash: bytes = Field(sa_type=LargeBinary)
    recorded_at: int = Field(sa_type=Number)
    clinical_version: int = Field(sa_type=Number)
    phases: str = Field(sa_type=Words)
    closed: int = Field(sa_type=Number)
    next_look: int | None = Field(default=None, sa_type=Number)
    looked_at: int = Field(sa_type=Number)


class Reminder(SQLModel, table=True):
    """`ReminderRow`."""

    __tablename__ = "reminder"
    __table_args__: ClassVar[Any] = (
        Index(
            "reminder_due",
            "due_at",
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
        CLUSTERED,
    )
    case: str = Field(sa_type=Words, primary_key=True)
    reminder: str = Field(sa_type=Words, primary_key=True)
    subject: str = Field(sa_type=Words, primary_key=True)
    ordinal: int = Field(sa_type=Number, primary_key=True)
    level: str = Field(sa_type=Words)
    critical: int = Field(sa_type=Number)
    status: str = Field(sa_type=Words)
    opened_at: int = Field(sa_type=Number)
    due_at: int = Field(sa_type=Number)
    rung: int = Field(sa_type=Number)
    acknowledged_until: int | None = Field(default=None, sa_type=Number)
    closed_at: int | None = Field(default=None, sa_type=Number)


class NoticeRow(SQLModel, table=True):
    """The outbox: `Notice`, then its life. `pending` are those of its reminders that were not withdrawn, as JSON.

    `lease_until` is set while a worker may still settle under `fence`; `attempts` counts claims.
    """

    __tablename__ = "notice"
    __table_args__: ClassVar[Any] = (
        Index("notice_unsent", "severity", "created_at", "key", sqlite_where=UNSENT, postgresql_where=UNSENT),
        Index("notice_case", "case"),
        # A command withdraws among the few that wait, however many the case ever had.
        Index("notice_pending", "case", sqlite_where=UNSENT, postgresql_where=UNSENT),
        CLUSTERED,
    )
    key: str = Field(sa_type=Words, primary_key=True)
    case: str = Field(sa_type=Words)
    ward: str = Field(sa_type=Words)
    role: str = Field(sa_type=Words)
    channel: str = Field(sa_type=Words)
    kind: str = Field(sa_type=Words)
    severity: int = Field(sa_type=Number)
    text: str = Field(sa_type=Words)
    created_at: int = Field(sa_type=Number)
    late: int = Field(sa_type=Number)
    reminders: str = Field(sa_type=Words)
    pending: str = Field(sa_type=Words)
    state: str = Field(sa_type=Words)
    fence: int = Field(sa_type=Number)
    lease_until: int | None = Field(default=None, sa_type=Number)
    worker: str = Field(sa_type=Words)
    attempts: int = Field(sa_type=Number)
    not_before: int | None = Field(default=None, sa_type=Number)
    sent_at: int | None = Field(default=None, sa_type=Number)


class RememberedRow(SQLModel, table=True):
    """What was answered to a command id; `answer` is JSON. Append-only."""

    __tablename__ = "remembered"
    __table_args__: ClassVar[Any] = CLUSTERED
    command: str = Field(sa_type=Words, primary_key=True)
    fingerprint: bytes = Field(sa_type=LargeBinary)
    answer: str = Field(sa_type=Words)


class AttemptRow(SQLModel, table=True):
    """`Attempt`, numbered; `said_by` is JSON. Append-only."""

    __tablename__ = "attempt"
    __table_args__: ClassVar[Any] = (Index("attempt_case", "case"), STRICT)
    number: int | None = Field(default=None, sa_type=Number, primary_key=True, sa_column_args=[NUMBERED])
    command: str = Field(sa_type=Words)
    case: str = Field(sa_type=Words)
    said_by: str = Field(sa_type=Words)
    at: int = Field(sa_type=Number)
    what: str = Field(sa_type=Words)
    code: str = Field(sa_type=Words)
    canonical: bytes = Field(sa_type=LargeBinary)


class IdentityRow(SQLModel, table=True):
    """`Identity`."""

    __tablename__ = "identity"
    __table_args__: ClassVar[Any] = CLUSTERED
    case: str = Field(sa_type=Words, primary_key=True)
    scheme: str = Field(sa_type=Words)
    key: str = Field(sa_type=Words)
    sealed: bytes = Field(sa_type=LargeBinary)


class Bundle(SQLModel, table=True):
    """A pinned bundle under its digest."""

    __tablename__ = "bundle"
    __table_args__: ClassVar[Any] = STRICT
    digest: str = Field(sa_type=Words, primary_key=True)
    text: bytes = Field(sa_type=LargeBinary)


class Heartbeat(SQLModel, table=True):
    """The last sign of life, by name."""

    __tablename__ = "heartbeat"
    __table_args__: ClassVar[Any] = CLUSTERED
    name: str = Field(sa_type=Words, primary_key=True)
    at: int = Field(sa_type=Number)


class AccessLog(SQLModel, table=True):
    """Who looked at which cases, or wanted to; `cases` is a JSON list. Append-only."""

    __tablename__ = "access_log"
    __table_args__: ClassVar[Any] = (Index("access_log_actor", ActorOf(), "number"), STRICT)
    number: int | None = Field(default=None, sa_type=Number, primary_key=True, sa_column_args=[NUMBERED])
    at: int = Field(sa_type=Number)
    said_by: str = Field(sa_type=Words)
    what: str = Field(sa_type=Words)
    cases: str = Field(sa_type=Words)
    reason: str = Field(sa_type=Words)
    outcome: str = Field(sa_type=Words)


class AccessCase(SQLModel, table=True):
    """Under which numbers the access log has a case; the database adds it to each row of the log. Append-only."""

    __tablename__ = "access_case"
    __table_args__: ClassVar[Any] = CLUSTERED
    case: str = Field(sa_type=Words, primary_key=True)
    number: int = Field(sa_type=Number, primary_key=True)


class CredentialRow(SQLModel, table=True):
    """`Credential`; rewritten when a secret changes."""

    __tablename__ = "credential"
    __table_args__: ClassVar[Any] = CLUSTERED
    account: str = Field(sa_type=Words, primary_key=True)
    kind: str = Field(sa_type=Words, primary_key=True)
    label: str = Field(sa_type=Words, primary_key=True)
    hash: str = Field(sa_type=Words)
    changed_at: int = Field(sa_type=Number)
    must_change: int = Field(sa_type=Number)


class SignInRow(SQLModel, table=True):
    """`SignIn`."""

    __tablename__ = "sign_in"
    __table_args__: ClassVar[Any] = (Index("sign_in_account", "account"), CLUSTERED)
    id_hash: str = Field(sa_type=Words, primary_key=True)
    account: str = Field(sa_type=Words)
    role: str = Field(sa_type=Words)
    ward: str = Field(sa_type=Words)
    began_at: int = Field(sa_type=Number)
    used_at: int = Field(sa_type=Number)
    until: int = Field(sa_type=Number)
    ended_at: int | None = Field(default=None, sa_type=Number)
    face: str = Field(sa_type=Words)


class CaseKeyRow(SQLModel, table=True):
    """`CaseKey`; a destroyed key leaves its row, without what it was."""

    __tablename__ = "case_key"
    __table_args__: ClassVar[Any] = CLUSTERED
    key: str = Field(sa_type=Words, primary_key=True)
    wrapped: bytes | None = Field(default=None, sa_type=LargeBinary)
    made_at: int = Field(sa_type=Number)
    destroyed_at: int | None = Field(default=None, sa_type=Number)


def table(name: str) -> Table:
    """The table of this name."""
    return SQLModel.metadata.tables[name]


PROPERTY, EVENT, HEAD, REMINDER = table("store_property"), table("event"), table("case_head"), table("reminder")
NOTICE, REMEMBERED, ATTEMPT, IDENTITY = table("notice"), table("remembered"), table("attempt"), table("identity")
BUNDLE, HEARTBEAT, ACCESS = table("bundle"), table("heartbeat"), table("access_log")
CREDENTIAL, SIGN_IN, CASE_KEY = table("credential"), table("sign_in"), table("case_key")
ACCESS_CASE = table("access_case")
TABLES = (
    *(PROPERTY, EVENT, HEAD, REMINDER, NOTICE, REMEMBERED),
    *(ATTEMPT, IDENTITY, BUNDLE, HEARTBEAT, ACCESS),
    *(CREDENTIAL, SIGN_IN, CASE_KEY, ACCESS_CASE),
)
#: Where migrations keep the version that a database has reached; not one of `TABLES`, no row of it is ours.
VERSION = Table("schema_version", MetaData(), Column("version_num", String(32), primary_key=True))
VERSION.primary_key.name = "schema_version_pkc"
REVISION = f"{SCHEMA_VERSION:04}"
