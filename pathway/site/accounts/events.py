"""Events of the accounts: who may be here since when, and who reached a patient by breaking glass."""

from typing import Literal

from pathway.case.events import Body, Sealed
from pathway.clinical.instant import Instant
from pathway.site.accounts.grant import Grant, Kind


class AccountOpened(Body, frozen=True, tag=True):
    """An account is open from now on. `one_time`: a password for one use was given with it."""

    account: str
    name: str
    kind: Kind
    grants: tuple[Grant, ...] = ()
    scopes: tuple[str, ...] = ()
    one_time: bool = False


class RoleGranted(Body, frozen=True, tag=True):
    """An account has a role on a ward."""

    account: str
    role: str
    ward: str


class RoleRevoked(Body, frozen=True, tag=True):
    """An account has a role on a ward no more."""

    account: str
    role: str
    ward: str


class AccountClosed(Body, frozen=True, tag=True):
    """Nobody is let in by this account any more."""

    account: str


class SecretChanged(Body, frozen=True, tag=True):
    """A secret of an account changed; it lies apart, as a hash, and stands in no event."""

    account: str
    how: Literal["password", "one_time", "token", "revoked"]
    label: str = ""


class GlassBroken(Body, frozen=True, tag=True):
    """Somebody reaches one case in an emergency, until `until`; it is to be reviewed by `review_by`.

    `ward`: where the patient lay then.
    """

    number: int
    account: str
    patient_case: str
    ward: str
    reason: Sealed
    until: Instant
    review_by: Instant


class GlassReviewed(Body, frozen=True, tag=True):
    """Another person said whether a glass was rightly broken."""

    number: int
    choice: Literal["justified", "not_justified"]
    reason: Sealed


AnyAccountBody = AccountOpened | RoleGranted | RoleRevoked | AccountClosed | SecretChanged | GlassBroken | GlassReviewed
