"""Signing in through the API: account and password make a token, which then stands in every request."""

from base64 import b64decode
from binascii import Error

from fastapi import FastAPI, Request
from starlette.responses import Response

from ward.errors import SignInRefused
from ward.people.person import SignedIn
from ward.people.signing_in import sign_in, sign_in_invented, sign_out
from ward.web.api.answers import told
from ward.web.api.caller import Caller
from ward.web.visit import address_of
from ward.wiring import House

BASIC = "basic "
FACE = "api"


def add_sign_in(api: FastAPI) -> None:
    """Add signing in and out, and who one is."""

    @api.post(
        "/sign-in",
        tags=["sign-in"],
        summary="Sign in with `Authorization: Basic`; at a demonstration the account is enough",
        openapi_extra={"security": [{"basic": []}]},
    )
    def begin(request: Request) -> Response:
        house: House = request.app.state.door.house
        account, password = said(request.headers.get("authorization", ""))
        token, who = taken(house, account, password, address_of(request))
        return told({"token": token, **shown(who)}, headers={"Cache-Control": "no-store"})

    @api.delete("/sign-in", tags=["sign-in"], summary="Sign out: the token opens nothing more")
    def end(visit: Caller) -> Response:
        return told({"ended": sign_out(visit.door.house, visit.token)})

    @api.get("/me", tags=["sign-in"], summary="Who one is, and in which roles")
    def show_me(visit: Caller) -> Response:
        return told({**shown(visit.who), "role": visit.role})


def taken(house: House, account: str, password: str, address: str) -> tuple[str, SignedIn]:
    """A new sign-in. Raises SignInRefused."""
    if house.store.origin == "demonstration":
        found = sign_in_invented(house, account, FACE)
        if found is None:
            raise SignInRefused("there is no such person here", "an account of the demonstration", "GET /sign-in")
        return found
    return sign_in(house, account, password, FACE, address)


def said(header: str) -> tuple[str, str]:
    """Account and password of an Authorization header. Raises SignInRefused."""
    try:
        text = b64decode(header[len(BASIC) :], validate=True).decode()
    except (Error, UnicodeDecodeError, ValueError):
        text = ""
    account, parted, password = text.partition(":")
    if header[: len(BASIC)].lower() != BASIC or not parted or "\0" in text:
        raise SignInRefused("account and password cannot be read", "them in `Authorization: Basic`", "send them so")
    return account.strip(), password


def shown(who: SignedIn) -> dict[str, object]:
    """Somebody, with what they may be here."""
    grants = [{"role": each.role, "ward": each.ward} for each in who.grants]
    return {
        "account": who.account,
        "name": who.name,
        "kind": who.kind,
        "grants": grants,
        "scopes": list(who.scopes),
        "must_change": who.must_change,
    }
