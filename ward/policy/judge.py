"""Judge: whether an account may do an act in a role on a ward, by the table alone. Pure."""

from collections.abc import Iterable

import msgspec

from pathway.site.accounts.grant import EVERY_WARD, SITE_ROLES, Grant
from ward.errors import Denied
from ward.people.person import SignedIn
from ward.policy.table import Policy, Row


class Allowed(msgspec.Struct, frozen=True):
    """It may be done, in this role. `glass`: the number of the broken glass that lets it, None for none."""

    role: str
    glass: int | None = None


def judge(
    policy: Policy,
    who: SignedIn,
    role: str,
    act: str,
    ward: str = "",
    *,
    about: str = "",
    glass: int | None = None,
) -> Allowed | Denied:
    """Whether this account may do this in this role on this ward, or why not.

    `role` empty: in any of its roles. `ward` empty: the act belongs to no ward, and a role held anywhere will do.
    `about`: the account that the act is about. `glass`: the number of the one that the account has broken for the case.
    """
    row = policy.row(act)
    if row is None:
        return denial(who, role, act, ward, "an act that stands in the policy", "nobody may do this")
    if row.self and about == who.account:
        return Allowed(role)
    if who.must_change:
        return denial(who, role, act, ward, "a secret of its own", "change the one-time password first")
    if who.kind == "service" and act not in who.scopes:
        return denial(who, role, act, ward, f"a service with the scope {act}", "ask an administrator for that scope")
    grants = [each for each in who.grants if role in {"", each.role}]
    if found := next((each for each in grants if opens(row, each, ward)), None):
        return Allowed(found.role)
    if row.glass and glass is not None and (found := next((each for each in grants if each.role in row.own), None)):
        return Allowed(found.role, glass)
    return denial(who, role, act, ward, wanted(row, ward), mend(policy, who, row, ward))


def opens(row: Row, grant: Grant, ward: str) -> bool:
    """Whether a grant opens a row on a ward. A role of the site that was given for one ward opens nothing beyond it."""
    anywhere = grant.role not in SITE_ROLES or grant.ward == EVERY_WARD
    return (grant.role in row.any and anywhere) or (grant.role in row.own and holds((grant,), grant.role, ward))


def holds(grants: Iterable[Grant], role: str, ward: str) -> bool:
    """Whether one of these grants gives a role on a ward; an empty ward is none, and any grant of the role will do."""
    return any(each.role == role and (not ward or each.ward in {EVERY_WARD, ward}) for each in grants)


def denial(who: SignedIn, role: str, act: str, ward: str, expected: str, mend: str) -> Denied:
    """That an account may not do something: who, what, in which role, where."""
    asked = act if act[:1].isupper() else f"read `{act}`"
    where = f" on ward {ward}" if ward else ""
    return Denied(f"{who.account} may not {asked}{f' as {role}' if role else ''}{where}", expected, mend)


def wanted(row: Row, ward: str) -> str:
    """What would be needed, in words."""
    own = f"{' or '.join(row.own)}{f' on ward {ward}' if ward else ''}" if row.own else ""
    anywhere = " or ".join(row.any)
    return f"the role {'; or '.join(filter(None, (own, anywhere)))}" if own or anywhere else "the account's own"


def mend(policy: Policy, who: SignedIn, row: Row, ward: str) -> str:
    """What somebody can do who was denied."""
    clinician = any(each.role in policy.clinicians and each.role in row.own for each in who.grants)
    if row.glass and ward and who.kind == "person" and clinician:
        return "ask an administrator, or in an emergency break glass: wardpath break-glass CASE --reason WHY"
    return "ask an administrator"
