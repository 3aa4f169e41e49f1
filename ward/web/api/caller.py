"""The caller: whoever asks through the API, in the role they name, and as often as an account may.

A program proves itself by `Authorization: Bearer TOKEN`: a service's token, or that of a sign-in. The cookie of a
browser opens what is read alone, since a foreign page could have it sent along.
"""

from typing import Annotated, Any

from fastapi import Depends, Header, Request
from msgspec.structs import replace

from ward.errors import Denied, NotUnderstood
from ward.people.person import SignedIn
from ward.people.signing_in import signed_in
from ward.web.api.limits import read_body
from ward.web.visit import BEARER, Visit, visit

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
Role = Annotated[str, Header(alias="Wardpath-Role", max_length=80, description="The role, for who has several.")]
SecondToken = Annotated[
    str,
    Header(alias="Wardpath-Second", max_length=200, description="Token of the sign-in of whoever signs beside you."),
]


def caller(request: Request, role: Role = "") -> Visit:
    """Who asks. Raises NobodyHere, TooMany, and Denied for a browser's sign-in that would send something."""
    found = visit(request)
    request.app.state.rates.take(found.who.account)
    if request.method not in SAFE and not by_header(request):
        raise Denied(
            "the sign-in of a browser sends nothing through the API",
            "a token in `Authorization: Bearer`",
            "POST /api/v1/sign-in for one, or use a service's",
        )
    return replace(found, role=role or own_role(found.who, request.method), ward="")


def own_role(who: SignedIn, method: str) -> str:
    """The role in which somebody asks who names none: of reading any will do, of acting their only one.

    Raises NotUnderstood where they have several.
    """
    roles = sorted({each.role for each in who.grants})
    if method in SAFE or who.kind == "service" or len(roles) < 2:
        return roles[0] if len(roles) == 1 else ""
    raise NotUnderstood(f"{who.account} has {len(roles)} roles", f"one of {', '.join(roles)}", "say Wardpath-Role")


def by_header(request: Request) -> bool:
    """Whether a program proves itself by a token of its own."""
    return request.headers.get("authorization", "").lower().startswith(BEARER)


Caller = Annotated[Visit, Depends(caller)]
Body = Annotated[dict[str, Any], Depends(read_body)]


def second_signer(found: Visit, token: str) -> SignedIn | None:
    """Who signs beside the caller, by a sign-in of their own; None where nobody does. Raises Denied."""
    if not token:
        return None
    second = signed_in(found.door.house, token)
    if second is None:
        raise Denied(
            "the second signature is not proven", "a token of a sign-in in Wardpath-Second", "have them sign in anew"
        )
    return second
