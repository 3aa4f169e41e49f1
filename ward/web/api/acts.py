"""Acts that are no command: secrets of accounts, which are told once and kept nowhere, and what is said of a ward."""

from typing import Any

from fastapi import FastAPI
from starlette.responses import Response

from pathway.case.commands import Answer
from ward.beds import set_beds
from ward.errors import Denied, NotUnderstood
from ward.people.administer import Administering, Given
from ward.people.signing_in import change_password
from ward.reconcile import complete
from ward.web.api.answers import Token, told
from ward.web.api.caller import Body, Caller
from ward.web.api.problem import missing, of_refusal
from ward.web.api.site import visible
from ward.web.visit import Visit

#: A secret is in this answer alone.
UNKEPT = {"Cache-Control": "no-store"}


def add_acts(api: FastAPI) -> None:
    """Add the acts."""
    add_secrets(api)

    @api.put("/wards/{ward:path}/beds", tags=["ward"], summary='Say which beds a ward has: `{"beds": ["1", "2"]}`')
    def say_beds(visit: Caller, ward: Token, body: Body) -> Response:
        names = body.get("beds")
        if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
            raise NotUnderstood("the beds cannot be read", "a list of their names", 'send {"beds": ["1", "2"]}')
        role = allowed(visit, "SetBeds", "")
        said = set_beds(visit.door.house.store, ward, names, by=visit.who.account, role=role)
        return told({"ward": ward, "beds": said})

    @api.post("/wards/{ward:path}/reconciled", tags=["ward"], summary="Say that the paper of a downtime is entered")
    def say_reconciled(visit: Caller, ward: Token) -> Response:
        role, house = allowed(visit, "Reconcile", ward), visit.door.house
        return told(complete(house.store, house.clock, ward, by=visit.who.account, role=role))


def add_secrets(api: FastAPI) -> None:
    """Add giving, changing and taking secrets. An account is opened by the command OpenAccount."""

    @api.post("/people/{account}/password", tags=["site"], summary="Give a person a password for one use")
    def give_password(visit: Caller, account: Token) -> Response:
        return given(administering(visit).reset(account))

    @api.delete("/people/{account}/password", tags=["site"], summary="Take a person's password, and end their sign-ins")
    def take_password(visit: Caller, account: Token) -> Response:
        return answered(administering(visit).revoke_secret(account))

    @api.get("/people/{account}/tokens", tags=["site"], summary="The labels of a service's tokens")
    def list_tokens(visit: Caller, account: Token) -> Response:
        visible(visit, "people", [account])
        house = visit.door.house
        if house.engine.sites.accounts().find(account) is None:
            missing("open account", "an account that GET /api/v1/people lists")
        kept = [each for each in house.store.credentials(account, "token") if each.hash]
        return told({"tokens": [{"label": each.label, "since": each.changed_at} for each in kept]})

    @api.post("/people/{account}/tokens", tags=["site"], summary="Give a service another token")
    def give_token(visit: Caller, account: Token) -> Response:
        return given(administering(visit).make_token(account))

    @api.delete("/people/{account}/tokens/{label}", tags=["site"], summary="Take a token from a service")
    def take_token(visit: Caller, account: Token, label: Token) -> Response:
        return answered(administering(visit).revoke_secret(account, label))

    @api.post("/password", tags=["sign-in"], summary='Change one\'s own password: `{"old": "...", "new": "..."}`')
    def change_own(visit: Caller, body: Body) -> Response:
        old, new = body.get("old"), body.get("new")
        if not isinstance(old, str) or not isinstance(new, str):
            raise NotUnderstood("the passwords cannot be read", "the old one and the new one", "send both")
        return answered(change_password(visit.door.house, visit.who.account, old, new, visit.address))


def administering(visit: Visit) -> Administering:
    """What the caller does to accounts; the door says whether they may."""
    return Administering(visit.door, visit.who, visit.role)


def given(found: Given) -> Response:
    """An answer with the secret that came of it."""
    return answered(found.answer, secret=found.secret)


def answered(answer: Answer, **beside: Any) -> Response:
    """What became of it."""
    return of_refusal(answer.refusal) if answer.refusal else told({"answer": answer, **beside}, headers=UNKEPT)


def allowed(visit: Visit, act: str, ward: str) -> str:
    """The role in which the caller may do what is no command. Raises Denied."""
    found = visit.door.may(visit.who, visit.role, act, ward)
    if isinstance(found, Denied):
        raise visit.door.logged(visit.who, visit.role, act, (), found)
    return found.role
