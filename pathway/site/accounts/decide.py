"""Decide about accounts: what comes of a command, or why not. Who may ask at all is the door's to say.

Two rules stand here, behind whatever door: nobody gives themselves a role, and there is always an administrator.
"""

import re
from collections.abc import Collection

from pathway.case.commands import Refusal
from pathway.case.events import Sealed
from pathway.case.events.body import Seal
from pathway.clinical.instant import SECOND, Instant
from pathway.site.accounts.commands import (
    AnyAccountCommand,
    BreakGlass,
    ChangeSecret,
    CloseAccount,
    GrantRole,
    OpenAccount,
    ReviewBreakGlass,
    RevokeRole,
)
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
from pathway.site.accounts.grant import ADMINISTRATOR, SERVICE, SITE_ROLES, Grant
from pathway.site.accounts.state import Account, Accounts

#: An hour of one patient, and three days until somebody has looked at why. 45 CFR 164.312(a)(2)(ii) asks for a way in
#: in an emergency; the spans are those of common practice.
GLASS_US, REVIEW_US = 3600 * SECOND, 72 * 3600 * SECOND
#: `nurse.anna`, `lab-feed`: what can stand in a line of a log and be said aloud.
NAME = re.compile(r"[a-z][a-z0-9]*([._-][a-z0-9]+)*")
NAME_LIMIT, WORD_LIMIT = 40, 80
#: Names that the product itself speaks under.
RESERVED = frozenset({"engine", "clock", "board", "paper", "wardpath"})


def decide(
    state: Accounts, command: AnyAccountCommand, now: Instant, roles: Collection[str], seal: Seal, ward: str | None
) -> AnyAccountBody | Refusal:
    """What comes of a command. `roles`: of the pathways that are here. `ward`: of the case of a glass, if any."""
    match command:
        case OpenAccount():
            return opened(state, command, roles)
        case GrantRole():
            return granted(state, command, roles)
        case RevokeRole():
            return revoked(state, command)
        case CloseAccount():
            return closed(state, command)
        case ChangeSecret():
            return secret_changed(state, command)
        case BreakGlass():
            return broken(state, command, now, roles, seal(command.reason.strip()), ward)
        case ReviewBreakGlass():
            return reviewed(state, command, seal(command.reason.strip()))


def opened(state: Accounts, command: OpenAccount, roles: Collection[str]) -> AccountOpened | Refusal:
    """Open an account."""
    account, name = command.account, command.name.strip()
    if not can_be_named(account):
        expected = f"small letters and digits, parted by dots, up to {NAME_LIMIT}, such as nurse.anna"
        return Refusal("account", "the account's name cannot be used", (), expected)
    if account in state.held:
        return Refusal("taken", "an account of this name is or was here", (), "choose another: none is given twice")
    if not name:
        return Refusal("name", "nobody says whose account it is", (), f"give a name of up to {WORD_LIMIT} characters")
    if len(name) > WORD_LIMIT:
        long = f"the name has {len(name)} characters, more than {WORD_LIMIT}"
        return Refusal("name", long, (), f"give a name of up to {WORD_LIMIT} characters")
    if command.kind == "person" and command.scopes:
        return Refusal("scopes", "a person is not kept to scopes", (), "give roles, or open it for a service")
    if command.kind == "service" and command.one_time:
        return Refusal("secret", "people have passwords, services have tokens", (), "give it a token")
    if command.kind == "service" and not command.scopes:
        return Refusal("scopes", "a service without scopes may do nothing", (), "name the commands and reads it needs")
    if len(set(command.grants)) < len(command.grants):
        return Refusal("granted", "a role is given twice on one ward", (), "give it once")
    for grant in command.grants:
        if refused := not_granted(grant, command.kind, roles):
            return refused
    return AccountOpened(account, name, command.kind, tuple(sorted(command.grants)), command.scopes, command.one_time)


def can_be_named(account: str) -> bool:
    """Whether an account can have this name."""
    return bool(NAME.fullmatch(account)) and len(account) <= NAME_LIMIT and account not in RESERVED


def granted(state: Accounts, command: GrantRole, roles: Collection[str]) -> RoleGranted | Refusal:
    """Give a role."""
    account = state.find(command.account)
    if account is None:
        return no_account()
    if command.by.actor == command.account:
        return Refusal("self", "nobody gives themselves a role", (), "ask another administrator")
    grant = Grant(command.role, command.ward)
    if refused := not_granted(grant, account.kind, roles):
        return refused
    if grant in account.grants:
        return Refusal("granted", "the account has this role on this ward", (), "nothing is left to do")
    return RoleGranted(command.account, command.role, command.ward)


def not_granted(grant: Grant, kind: str, roles: Collection[str]) -> Refusal | None:
    """Why a grant cannot be given."""
    known = sorted({*roles, *SITE_ROLES})
    if grant.role not in known:
        return Refusal("role", f"there is no role {grant.role or 'without a name'}", (), f"one of {', '.join(known)}")
    if not grant.ward.strip() or len(grant.ward) > WORD_LIMIT:
        return Refusal("ward", "nobody says on which ward", (), "name the ward, or * for every ward")
    if kind == "service" and grant.role == ADMINISTRATOR:
        return Refusal("role", "a service is no administrator", (), "open an account for a person")
    if kind == "person" and grant.role == SERVICE:
        return Refusal("role", "a person is no service", (), "give the role in which the person works")
    return None


def revoked(state: Accounts, command: RevokeRole) -> RoleRevoked | Refusal:
    """Take a role."""
    account, gone = state.find(command.account), Grant(command.role, command.ward)
    if account is None:
        return no_account()
    if gone not in account.grants:
        return Refusal("granted", "the account has no such role on that ward", (), "see `wardpath people list`")
    left = tuple(each for each in account.grants if each != gone)
    return last_administrator(state, account, left) or RoleRevoked(command.account, command.role, command.ward)


def closed(state: Accounts, command: CloseAccount) -> AccountClosed | Refusal:
    """Close an account."""
    account = state.find(command.account)
    if account is None:
        return no_account()
    return last_administrator(state, account, ()) or AccountClosed(command.account)


def last_administrator(state: Accounts, account: Account, left: tuple[Grant, ...]) -> Refusal | None:
    """Why the last administrator stays one."""
    if not account.administers or Grant(ADMINISTRATOR, "*") in left or len(state.administrators()) > 1:
        return None
    return Refusal("last_administrator", "this is the last administrator", (), "make another administrator first")


def secret_changed(state: Accounts, command: ChangeSecret) -> SecretChanged | Refusal:
    """Note that a secret changed."""
    account = state.find(command.account)
    if account is None:
        return no_account()
    if (command.how == "token") != (account.kind == "service") and command.how != "revoked":
        return Refusal("secret", "people have passwords, services have tokens", (), "ask for the other kind")
    if command.how == "password" and command.by.actor != command.account:
        return Refusal("secret", "a password is its owner's own choice", (), "give a one-time password instead")
    if command.how == "token" and (not command.label or command.label in account.labels):
        return Refusal("label", "a token is told from the others by its label", (), "give a label of its own")
    if command.how == "revoked" and account.kind == "service" and command.label not in account.labels:
        return Refusal("label", "the account has no such token", (), "see `wardpath people token list`")
    return SecretChanged(command.account, command.how, command.label)


def broken(
    state: Accounts, command: BreakGlass, now: Instant, roles: Collection[str], reason: Sealed, ward: str | None
) -> GlassBroken | Refusal:
    """Break glass: a named person, for themselves, one case, a reason. A second time within the hour is refused."""
    account = state.find(command.account)
    if account is None or account.kind != "person" or command.by.actor != command.account:
        return Refusal("account", "glass is broken by a person for themselves", (), "sign in as yourself")
    if not any(each.role in roles and each.role not in SITE_ROLES for each in account.grants):
        return Refusal("role", "glass is broken by those who look after patients", (), "ask one of them")
    if ward is None:
        return Refusal("no_such_case", "there is no such case", (), "check the case")
    if not command.reason.strip():
        return Refusal("reason_needed", "no reason was given", (), "say why: it is reviewed")
    if state.open_glass(command.account, command.patient_case, now) is not None:
        return Refusal("broken", "this account has broken glass for this case, and it holds", (), "go on")
    number, until, review_by = len(state.glass) + 1, Instant(now + GLASS_US), Instant(now + REVIEW_US)
    return GlassBroken(number, command.account, command.patient_case, ward, reason, until, review_by)


def reviewed(state: Accounts, command: ReviewBreakGlass, reason: Sealed) -> GlassReviewed | Refusal:
    """Review a broken glass, once, and never one's own."""
    found = state.glass.get(command.number)
    if found is None:
        return Refusal("no_such_glass", "no glass was broken under this number", (), "see `wardpath break-glass list`")
    if command.by.actor == found.body.account:
        return Refusal("self", "nobody reviews a glass of their own", (), "ask another person")
    if found.reviewed is not None:
        return Refusal("reviewed", "it was reviewed before", (), "nothing is left to do")
    if not command.reason.strip():
        return Refusal("reason_needed", "no reason was given", (), "say what was found")
    return GlassReviewed(command.number, command.choice, reason)


def no_account() -> Refusal:
    """The refusal of an account that is not open."""
    return Refusal("no_such_account", "no such account is open", (), "see `wardpath people list`")
