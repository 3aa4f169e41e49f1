"""Signing in: a password makes a sign-in, a sign-in or a service's token makes somebody who may ask.

A sign-in lies in the store and ends there: when it is signed out or revoked, after 15 minutes without use, after 12
hours (a shift), and with its account. All of it goes by the world's time, in a demonstration too.
"""

import structlog
from msgspec.structs import replace

from pathway.case.commands import Answer
from pathway.case.envelope import By
from pathway.clinical.instant import SECOND, Instant
from pathway.engine.ports import Credential, SignIn
from pathway.site.accounts.commands import ChangeSecret
from pathway.site.accounts.state import Account
from ward.clock import draw_id
from ward.errors import NotUnderstood, SignInRefused
from ward.people.person import Proof, SignedIn
from ward.people.secret import (
    SERVICE,
    draw_token,
    fingerprint,
    fits,
    hashed,
    label_of,
    refuse_weak,
    same,
)
from ward.settings import settings
from ward.wiring import House

IDLE_US, ABSOLUTE_US = 15 * 60 * SECOND, 12 * 3600 * SECOND
#: That a sign-in is used is noted once in this time, and not with every look.
NOTED_US = 30 * SECOND
#: A token is shorter; what is longer is looked up nowhere.
TOKEN_LIMIT = 200
PASSWORD = "password"  # noqa: S105  # the name of a kind, no password

LOG = structlog.get_logger()


def sign_in(house: House, account: str, password: str, face: str, address: str = "") -> tuple[str, SignedIn]:
    """Sign a person in: the token that they hold from now on, which is kept nowhere, and who they are.

    `face`: where they come in (`web`, `command line`). `address`: from where, as far as that is known. Raises
    SignInRefused for a wrong name or password, both alike, and for who has to wait.
    """
    who = proven(house, account, password, address)
    return begin(house, who, face), who


def sign_in_invented(house: House, account: str, face: str) -> tuple[str, SignedIn] | None:
    """Sign an account of a demonstration in, taken at its word; None for who is not there, and in a live store."""
    who = demonstrated(house, account)
    return None if who is None or who.kind != "person" else (begin(house, who, face), who)


def begin(house: House, who: SignedIn, face: str) -> str:
    """Begin a sign-in in the first of the roles; its token."""
    token, now = draw_token(), house.wall.now()
    first = who.grants[0] if who.grants else None
    role, ward = (first.role, first.ward) if first else ("", "")
    until = Instant(now + ABSOLUTE_US)
    house.standby.begin(house.store, SignIn(fingerprint(token), who.account, role, ward, now, now, until, None, face))
    return token


def proven(house: House, account: str, password: str, address: str = "") -> SignedIn:
    """Who this account and password are, without a sign-in: also for one second signature. Raises as `sign_in`."""
    now = house.wall.now()
    if wait_s := house.delays.wait_s(account, address, now):
        happened = "there were too many wrong passwords"
        raise SignInRefused(happened, f"another try in {wait_s} s", "wait, then try again", wait_s=wait_s)
    held = house.engine.sites.accounts().find(account)
    person = held if held is not None and held.kind == "person" else None
    kept = None if person is None else password_of(house, account)
    right = fits(kept.hash if kept else "", password)
    if person is None or kept is None or not right:
        house.delays.failed(account, address, house.wall.now())
        LOG.warning("a sign-in was refused", address=address)
        raise SignInRefused("name or password is not right", "both of an open account", "try again", wait_s=0)
    house.delays.succeeded(account, address)
    # Told to whoever has the password alone: to any other it is a wrong one.
    if expired(kept, house.wall.now()):
        happened, expected = "the password for one use has expired", f"its use within {one_time_hours()} h"
        raise SignInRefused(happened, expected, "ask an administrator for another one", wait_s=0)
    return signed(person, "password", kept.must_change)


def signed_in(house: House, token: str, used: bool = True) -> SignedIn | None:
    """Who holds a token, of a sign-in or of a service; None where it opens nothing.

    `used`: note that it was used. An open page that asks again by itself is no use.
    """
    if not token or len(token) > TOKEN_LIMIT:
        return None
    return service(house, token) if token.startswith(SERVICE) else person(house, token, used)


def standing(house: House, token: str) -> SignIn | None:
    """The sign-in of a token that has not ended: since when, as what, until when."""
    kept = house.standby.find(house.store, fingerprint(token)) if token and len(token) <= TOKEN_LIMIT else None
    return kept if kept is not None and lives(kept, house.wall.now()) else None


def person(house: House, token: str, used: bool) -> SignedIn | None:
    """Who holds a sign-in that has not ended."""
    kept, now = standing(house, token), house.wall.now()
    if kept is None:
        return None
    account = house.engine.sites.accounts().find(kept.account)
    password = password_of(house, kept.account)
    if password is None and house.store.origin == "demonstration" and account is not None:
        noted = not used or note_use(house, kept, now)
        return signed(account, "demonstration") if noted else None
    if account is None or password is None or not password.hash or password.changed_at > kept.began_at:
        return None
    noted = not used or note_use(house, kept, now)
    return signed(account, "sign-in", password.must_change) if noted else None


def note_use(house: House, kept: SignIn, now: Instant) -> bool:
    """Note now and then that a sign-in is used; False when it has ended."""
    return now - kept.used_at < NOTED_US or house.standby.use(house.store, kept.id_hash, now, kept.role, kept.ward)


def service(house: House, token: str) -> SignedIn | None:
    """The service whose token this is."""
    label = label_of(token)
    for kept in house.store.credentials(kind="token", label=label) if label else ():
        account = house.engine.sites.accounts().find(kept.account)
        if same(kept.hash, fingerprint(token)) and account is not None and label in account.labels:
            return signed(account, "token")
    return None


def demonstrated(house: House, account: str) -> SignedIn | None:
    """An account of a demonstration, taken at its word; None for who is not there, and in a live store."""
    found = house.engine.sites.accounts().find(account)
    return None if found is None or house.store.origin != "demonstration" else signed(found, "demonstration")


def sign_out(house: House, token: str) -> bool:
    """End the sign-in of a token; False when it had ended before."""
    return house.standby.end(house.store, fingerprint(token), house.wall.now())


def sign_ins(house: House, account: str = "") -> tuple[SignIn, ...]:
    """The sign-ins that live, of an account or of all, latest first."""
    now = house.wall.now()
    return tuple(each for each in house.standby.all(house.store, account) if lives(each, now))


def end_sign_in(house: House, account: str, handle: str) -> bool:
    """End one sign-in of an account, told by the beginning of its id; False where there is none that lives."""
    now = house.wall.now()
    found = next((each for each in sign_ins(house, account) if handle and each.id_hash.startswith(handle)), None)
    return found is not None and house.standby.end(house.store, found.id_hash, now)


def revoke(house: House, account: str) -> int:
    """End every sign-in of an account; how many there were."""
    now = house.wall.now()
    return sum(house.standby.end(house.store, each.id_hash, now) for each in sign_ins(house, account))


def stand_as(house: House, token: str, role: str, ward: str) -> str | None:
    """Go on in another role or on another ward with a new token, that ends when the old one would have; the old ends.

    None where that has ended.
    """
    kept = standing(house, token)
    if kept is None or not sign_out(house, token):
        return None
    anew = draw_token()
    house.standby.begin(
        house.store, replace(kept, id_hash=fingerprint(anew), role=role, ward=ward, used_at=house.wall.now())
    )
    return anew


def change_password(house: House, account: str, old: str, new: str, address: str = "") -> Answer:
    """Change one's own password; every sign-in of it ends. Raises as `sign_in`; NotUnderstood for a weak one."""
    who = proven(house, account, old, address)
    refuse_weak(new, account)
    if old == new:
        raise NotUnderstood("the password is the one before", "another", "choose a new one")
    command = ChangeSecret(
        id=draw_id(), by=By(account, "", "person", who.authenticated), account=account, how="password"
    )
    kept = Credential(account, "password", "", hashed(new), house.wall.now())
    answer = house.engine.handle(command, (kept,))
    if answer.refusal is None:
        revoke(house, account)
    return answer


def lives(kept: SignIn, now: Instant) -> bool:
    """Whether a sign-in has not ended, by whatever."""
    return kept.ended_at is None and now < idle_end(kept)


def idle_end(kept: SignIn) -> Instant:
    """When a sign-in ends if it is not used again: after a time without use, and at its end whatever is done."""
    return min(kept.until, Instant(kept.used_at + IDLE_US))


def password_of(house: House, account: str) -> Credential | None:
    """What is kept of the password of an account."""
    return next(iter(house.store.credentials(account, PASSWORD)), None)


def expired(kept: Credential, now: Instant) -> bool:
    """Whether a password for one use was given too long ago to open anything; one's own never is."""
    return kept.must_change and now - kept.changed_at >= one_time_hours() * 3600 * SECOND


def one_time_hours() -> int:
    """For how long the site lets a password for one use lie about."""
    return settings().one_time_hours


def signed(account: Account, proof: Proof, must_change: bool = False) -> SignedIn:
    """An open account as somebody who may ask."""
    return SignedIn(
        account.account, account.name, account.kind, account.grants, account.scopes, proof, must_change=must_change
    )
