"""The speaker: the account behind this command line, and who signs beside it.

At a demonstration a name is enough: its accounts are invented. At a live store it is WARDPATH_TOKEN, or the sign-in
that `wardpath sign-in` keeps, and a name may only repeat whose it is.
"""

import sys

import typer

from pathway.case.grounds import same_person
from ward.demonstration.people import FEED
from ward.errors import Denied, NotUnderstood
from ward.people.kept import kept_tokens
from ward.people.person import SignedIn
from ward.people.signing_in import demonstrated, proven, signed_in
from ward.settings import settings
from ward.wiring import House

#: The account that looks at a demonstration where nobody says who does.
ONLOOKER = "demo"


def speaker(house: House, named: str = "") -> SignedIn:
    """Who speaks. `named`: the account that was named with the command.

    Raises NotUnderstood where nobody says so at a demonstration, Denied where it is not proven, or no account.
    """
    known = settings()
    name = named or known.by
    if token := known.token:
        return of_token(house, token, name)
    if not demonstration(house):
        return of_kept(house, name)
    if not name:
        raise NotUnderstood("nobody says who speaks", "a name in --by or WARDPATH_BY", "say --by NAME --role ROLE")
    return invented(house, name)


def onlooker(house: House, named: str | None = None) -> SignedIn:
    """Who looks: whoever speaks, and at a demonstration its onlooker where nobody says who. Raises as `speaker`."""
    known = settings()
    nobody = demonstration(house) and not (named or known.by or known.token)
    return speaker(house, ONLOOKER if nobody else named or "")


def feeder(house: House, named: str | None) -> SignedIn:
    """Who feeds results: whoever speaks, and at a demonstration its own feed where nobody is named."""
    known = settings()
    nobody = demonstration(house) and not (named or known.by or known.token)
    return speaker(house, FEED if nobody else named or "")


def second_signer(house: House, named: str) -> SignedIn | None:
    """Who signs beside the speaker, by a proof of their own; None where nobody is named. Raises Denied."""
    if not named.strip():
        return None
    if token := settings().second_token:
        return of_token(house, token, named)
    if demonstration(house):
        return invented(house, named)
    if not sys.stdin.isatty():
        happened, expected = "the second signature is not proven", "the password of that person, typed by themselves"
        raise Denied(happened, expected, "sign on a terminal, or give their sign-in in WARDPATH_SECOND_TOKEN")
    password = typer.prompt(f"password of {named}", hide_input=True, err=True)
    return proven(house, named, password)


def role_of(who: SignedIn, said_role: str) -> str:
    """The role in which somebody speaks: as said, or their only one. Raises NotUnderstood where they have several."""
    role = said_role or settings().role
    roles = tuple(dict.fromkeys(each.role for each in who.grants))
    if role or len(roles) < 2:
        return role or next(iter(roles), "")
    raise NotUnderstood(
        f"{who.account} has {len(roles)} roles", f"one of {', '.join(sorted(roles))}", "say --role ROLE"
    )


def of_token(house: House, token: str, named: str) -> SignedIn:
    """Who holds a token. Raises Denied for one that holds no more, or is another's than was named."""
    found = signed_in(house, token)
    if found is None:
        raise nobody_signed_in()
    if named and not same_person(named, found.account):
        raise another(found)
    return found


def of_kept(house: House, named: str) -> SignedIn:
    """Who has signed in on this command line. Raises Denied for nobody, and for another than was named."""
    held = [found for token in kept_tokens() if (found := signed_in(house, token)) is not None]
    if not held:
        raise nobody_signed_in()
    found = next((each for each in held if not named or same_person(named, each.account)), None)
    if found is None:
        raise another(held[0])
    return found


def invented(house: House, name: str) -> SignedIn:
    """An account of a demonstration, which needs no proof. Raises Denied for a name that is none."""
    found = demonstrated(house, name.strip().casefold())
    if found is None:
        happened = f"{name!r} is no account of this demonstration"
        raise Denied(happened, "an account that is open here", "see `wardpath people list`, and say --by ACCOUNT")
    return found


def demonstration(house: House) -> bool:
    """Whether the patients are invented, so that a name is proof enough."""
    return house.store.origin == "demonstration"


def another(who: SignedIn) -> Denied:
    """That somebody is not the one who was named."""
    happened, mend = (
        f"{who.account} cannot speak as another account",
        "leave --by and WARDPATH_BY out, or sign in as them",
    )
    return Denied(happened, "their own name, or none", mend)


def nobody_signed_in() -> Denied:
    """That nobody has proven who they are."""
    mend = "run `wardpath sign-in NAME`, or set WARDPATH_TOKEN"
    return Denied("nobody has signed in here", "an account of this store", mend)
