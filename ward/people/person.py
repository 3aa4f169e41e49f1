"""Who is signed in: an account, what it may be here, and how it was proven."""

from typing import Literal

import msgspec

from pathway.site.accounts.grant import Grant, Kind

#: How a person or a service was proven; what every event of theirs says of it.
Proof = Literal["password", "token", "sign-in", "demonstration"]


class SignedIn(msgspec.Struct, frozen=True):
    """An account that has proven itself. `scopes`: of a service alone, the commands and reads that it is kept to.

    `must_change`: its secret was given for one use, and nothing but a change of it is open to this account.
    """

    account: str
    name: str
    kind: Kind
    grants: tuple[Grant, ...]
    scopes: tuple[str, ...]
    authenticated: Proof
    must_change: bool = False

    def holds(self, role: str, ward: str) -> bool:
        """Whether one of its grants gives this role on this ward (on every ward, where `ward` is empty)."""
        return any(grant.covers(role, ward) for grant in self.grants)
