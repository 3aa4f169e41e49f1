"""Commands about accounts: opened, given roles, closed; secrets that changed; glass that is broken and reviewed."""

from typing import Literal

from pathway.site.accounts.grant import Grant, Kind
from pathway.site.command import SiteCommand


class AccountCommand(SiteCommand, frozen=True, kw_only=True):
    """Asks something of the accounts."""

    case: Literal["site:accounts"] = "site:accounts"


class OpenAccount(AccountCommand, frozen=True, kw_only=True, tag=True):
    """Open an account for a person, or for a service that is kept to `scopes`: commands and words for reading.

    `one_time`: a password for one use comes with it.
    """

    account: str
    name: str
    kind: Kind = "person"
    grants: tuple[Grant, ...] = ()
    scopes: tuple[str, ...] = ()
    one_time: bool = False


class GrantRole(AccountCommand, frozen=True, kw_only=True, tag=True):
    """Give an account a role on a ward; `*` is every ward."""

    account: str
    role: str
    ward: str


class RevokeRole(AccountCommand, frozen=True, kw_only=True, tag=True):
    """Take a role on a ward from an account."""

    account: str
    role: str
    ward: str


class CloseAccount(AccountCommand, frozen=True, kw_only=True, tag=True):
    """Close an account for ever; its name is never given to another."""

    account: str


class ChangeSecret(AccountCommand, frozen=True, kw_only=True, tag=True):
    """Say that a secret changed. The secret itself never comes here.

    `password`: by the person's own choice. `one_time`: one was given, and is changed at the first sign-in. `token`: a
    service got one, told from its others by `label`. `revoked`: the one of this label holds no more.
    """

    account: str
    how: Literal["password", "one_time", "token", "revoked"]
    label: str = ""


class BreakGlass(AccountCommand, frozen=True, kw_only=True, tag=True):
    """Reach one patient's case in an emergency, with a reason, for a limited time; somebody reviews it."""

    account: str
    patient_case: str


class ReviewBreakGlass(AccountCommand, frozen=True, kw_only=True, tag=True):
    """Say whether a glass was rightly broken, with a reason; never one's own."""

    number: int
    choice: Literal["justified", "not_justified"]


AnyAccountCommand = OpenAccount | GrantRole | RevokeRole | CloseAccount | ChangeSecret | BreakGlass | ReviewBreakGlass
