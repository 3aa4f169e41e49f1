"""What the events of the accounts add up to: who may be here in which role, and which glass was broken."""

import msgspec
from msgspec.structs import replace

from pathway.case.envelope import By
from pathway.clinical.instant import Instant
from pathway.site.accounts.events import (
    AccountClosed,
    AccountOpened,
    AnyAccountBody,
    GlassBroken,
    GlassReviewed,
    RoleGranted,
    RoleRevoked,
    SecretChanged,
)
from pathway.site.accounts.grant import ADMINISTRATOR, EVERY_WARD, Grant, Kind


class Account(msgspec.Struct, frozen=True):
    """A person or a service; open while `closed_at` is None. `labels`: of the tokens that it holds."""

    account: str
    name: str
    kind: Kind
    grants: tuple[Grant, ...]
    scopes: tuple[str, ...]
    opened_at: Instant
    closed_at: Instant | None = None
    labels: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether somebody may be let in by it."""
        return self.closed_at is None

    @property
    def administers(self) -> bool:
        """Whether it may look after every account."""
        return self.open and self.kind == "person" and Grant(ADMINISTRATOR, EVERY_WARD) in self.grants


class Glass(msgspec.Struct, frozen=True):
    """A glass that was broken; `reviewed` is None while nobody has said whether rightly."""

    body: GlassBroken
    at: Instant
    by: By
    reviewed: GlassReviewed | None = None
    reviewed_at: Instant | None = None
    reviewed_by: By | None = None

    def overdue(self, now: Instant) -> bool:
        """Whether its review is late."""
        return self.reviewed is None and now >= self.body.review_by


class Accounts(msgspec.Struct, frozen=True):
    """Every account that ever was, by its name, and every broken glass by its number, counted from 1 without gaps."""

    position: int = 0
    held: dict[str, Account] = {}
    glass: dict[int, Glass] = {}

    def find(self, account: str) -> Account | None:
        """An account that is open."""
        found = self.held.get(account)
        return found if found is not None and found.open else None

    def administrators(self) -> tuple[str, ...]:
        """Those who may look after every account."""
        return tuple(each.account for each in self.held.values() if each.administers)

    def open_glass(self, account: str, case: str, now: Instant) -> int | None:
        """The number of the glass that this account has broken for a case and that holds now."""
        found = (
            each.body.number
            for each in self.glass.values()
            if (each.body.account, each.body.patient_case) == (account, case) and now < each.body.until
        )
        return next(found, None)

    def unreviewed(self) -> tuple[Glass, ...]:
        """The glasses that nobody has reviewed, oldest first."""
        return tuple(each for each in self.glass.values() if each.reviewed is None)


def apply(held: dict[str, Account], glass: dict[int, Glass], body: AnyAccountBody, at: Instant, by: By) -> None:
    """Bring the mappings forward by one event, in place."""
    match body:
        case AccountOpened():
            held[body.account] = Account(body.account, body.name, body.kind, body.grants, body.scopes, at)
        case GlassBroken():
            glass[body.number] = Glass(body, at, by)
        case GlassReviewed():
            before = glass[body.number]
            glass[body.number] = replace(before, reviewed=body, reviewed_at=at, reviewed_by=by)
        case _:
            held[body.account] = changed(held[body.account], body, at)


def changed(account: Account, body: RoleGranted | RoleRevoked | AccountClosed | SecretChanged, at: Instant) -> Account:
    """An account after an event of its own."""
    match body:
        case RoleGranted():
            return replace(account, grants=(*account.grants, Grant(body.role, body.ward)))
        case RoleRevoked():
            gone = Grant(body.role, body.ward)
            return replace(account, grants=tuple(each for each in account.grants if each != gone))
        case AccountClosed():
            return replace(account, closed_at=at)
        case SecretChanged(how="token"):
            return replace(account, labels=(*account.labels, body.label))
        case SecretChanged(how="revoked"):
            return replace(account, labels=tuple(each for each in account.labels if each != body.label))
    return account
