"""Who may do what in a PostgreSQL store: the owner upgrades it, the application works with it, the auditor reads it.

The owner is never used while the ward runs, so that nobody who takes the application over can drop a guard. Roles
belong to a whole server: stores beside each other, a live one and a demonstration, take different names.
"""

from collections.abc import Mapping
from typing import NamedTuple

import psycopg
from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from pathway.engine.errors import StoreRefused
from persistence.guards import APPEND_ONLY
from persistence.postgres.layout import FUNCTIONS
from persistence.postgres.refusal import refusal
from persistence.postgres.session import SCHEMA, Raw, connect
from persistence.tables import TABLES, VERSION

#: Tables to which the application only adds; a bundle lies under its digest and is never written again.
ADDED_TO = ("event", "bundle", *APPEND_ONLY)
#: What the auditor does not see: who a case is, what reports say that could be given to no case, and the secrets.
UNSEEN = ("identity", "credential", "sign_in", "case_key")
NAMES = tuple(table.name for table in (*TABLES, VERSION))


class Roles(NamedTuple):
    """The names of the roles of one store."""

    owner: str = "wardpath_owner"
    application: str = "wardpath_application"
    auditor: str = "wardpath_auditor"


def lay_out(url_of_owner: str, passwords: Mapping[str, str], roles: Roles | None = None) -> Roles:
    """Make the roles of a store that exists, hand it to its owner, and grant what each may do. May be done again.

    `url_of_owner`: a role that owns the database and may make roles, or a superuser. `passwords`: by the name of the
    role; the server is sent their SCRAM form only. A role without one is left as it is, or made without. Raises
    StoreRefused when the database holds no store, or the role lacks a right.
    """
    roles = roles or Roles()
    try:
        with connect(url_of_owner) as raw, raw.transaction():
            for role in roles:
                make(raw, role, passwords.get(role))
            hand_over(raw, roles.owner)
            for statement in grants(raw, roles):
                raw.execute(statement, prepare=False)
    except (psycopg.errors.InvalidSchemaName, psycopg.errors.UndefinedTable):
        raise StoreRefused(
            "the database holds no store", "a store to give roles to", "create the store first"
        ) from None
    except psycopg.Error as error:
        if told := refusal(error):
            raise told from None
        raise
    return roles


def known(url_of_owner: str, roles: Roles) -> frozenset[str]:
    """Those of the roles that the server has already. Raises StoreRefused."""
    try:
        with connect(url_of_owner) as raw:
            found = raw.execute(b"SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", (list(roles),)).fetchall()
    except psycopg.Error as error:
        if told := refusal(error):
            raise told from None
        raise
    return frozenset(name for (name,) in found)


def make(raw: Raw, role: str, password: str | None) -> None:
    """Make a role that may log in and nothing else, or give it a new password."""
    there = raw.execute(b"SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
    if there and password is None:
        return
    verb = SQL("ALTER") if there else SQL("CREATE")
    said: Composable = SQL("")
    if password is not None:
        secret = raw.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
        said = SQL(" PASSWORD {}").format(Literal(secret))
    raw.execute(SQL("{} ROLE {} LOGIN{}").format(verb, Identifier(role), said), prepare=False)


def hand_over(raw: Raw, owner: str) -> None:
    """Make the owner own schema, tables and functions."""
    ((member,),) = raw.execute(b"SELECT pg_has_role(%s, 'MEMBER')", (owner,)).fetchall()
    if not member:
        raw.execute(SQL("GRANT {} TO CURRENT_USER").format(Identifier(owner)), prepare=False)
    things: list[Composable] = [SQL("SCHEMA {}").format(Identifier(SCHEMA))]
    things += [SQL("TABLE {}.{}").format(Identifier(SCHEMA), Identifier(name)) for name in NAMES]
    things += [SQL("FUNCTION {}.{}()").format(Identifier(SCHEMA), Identifier(name)) for name in FUNCTIONS]
    for thing in things:
        raw.execute(SQL("ALTER {} OWNER TO {}").format(thing, Identifier(owner)), prepare=False)


def grants(raw: Raw, roles: Roles) -> list[Composed]:
    """What each role may do, as statements; whatever it could do before is taken back first."""
    ((database,),) = raw.execute(b"SELECT current_database()").fetchall()
    both = SQL(", ").join(map(Identifier, (roles.application, roles.auditor)))
    schema, application, auditor = Identifier(SCHEMA), Identifier(roles.application), Identifier(roles.auditor)
    changed = [name for name in NAMES if name not in {*ADDED_TO, VERSION.name}]
    seen = [name for name in NAMES if name not in UNSEEN]
    return [
        SQL("REVOKE ALL ON ALL TABLES IN SCHEMA {} FROM PUBLIC, {}").format(schema, both),
        SQL("REVOKE ALL ON SCHEMA {} FROM PUBLIC, {}").format(schema, both),
        SQL("GRANT CONNECT ON DATABASE {} TO {}").format(Identifier(database), both),
        SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, both),
        SQL("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO {}").format(schema, application),
        SQL("GRANT INSERT ON {} TO {}").format(listed(ADDED_TO), application),
        SQL("GRANT INSERT, UPDATE ON {} TO {}").format(listed(changed), application),
        SQL("GRANT SELECT ON {} TO {}").format(listed(seen), auditor),
    ]


def listed(names: tuple[str, ...] | list[str]) -> Composed:
    """Tables by name, with their schema."""
    return SQL(", ").join(SQL("{}.{}").format(Identifier(SCHEMA), Identifier(name)) for name in names)
