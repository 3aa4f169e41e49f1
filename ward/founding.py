"""Founding a store on a server: its schema, and the three roles that work with it, each with a password."""

import secrets

import msgspec

from persistence.open import is_server
from persistence.postgres.roles import Roles, known, lay_out
from ward.settings import Passwords

#: As many random bytes as no guessing exhausts.
PASSWORD_BYTES = 24


class Founded(msgspec.Struct, frozen=True):
    """The roles of a store in their order; `drawn` holds the passwords that were made here, by role."""

    roles: tuple[str, ...]
    drawn: dict[str, str]


def give_roles(url_of_owner: str, name: str) -> Founded:
    """Make the roles `NAME_owner`, `NAME_application` and `NAME_auditor`, and grant what each may do.

    A password is taken from the environment; a new role without one is given one that is drawn, a role that the server
    has already keeps its own. Raises StoreRefused as `lay_out` does.
    """
    assert is_server(url_of_owner)  # noqa: S101  # the caller has looked
    roles = Roles(f"{name}_owner", f"{name}_application", f"{name}_auditor")
    said = Passwords()
    given = dict(zip(roles, (said.owner, said.application, said.auditor), strict=True))
    there = known(url_of_owner, roles)
    passwords = {role: each.get_secret_value() for role, each in given.items() if each is not None}
    drawn = {role: secrets.token_urlsafe(PASSWORD_BYTES) for role in roles if role not in {*there, *passwords}}
    lay_out(url_of_owner, passwords | drawn, roles)
    return Founded(tuple(roles), drawn)
