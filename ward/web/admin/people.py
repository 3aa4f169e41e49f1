"""People: accounts, their roles, secrets and sign-ins, by what `wardpath people` does."""

from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from pathway.case.commands import Answer
from pathway.engine.errors import WardpathError
from pathway.site.accounts.commands import GrantRole, RevokeRole
from pathway.site.accounts.grant import EVERY_WARD, Grant
from pathway.site.accounts.state import Account
from ward.errors import NotUnderstood
from ward.listed import account_row
from ward.people.administer import UNSAID, Administering, Given
from ward.people.signing_in import sign_ins
from ward.web.admin.office import Anew, Office, Told, id_of, refused, told_of
from ward.web.header import plainly
from ward.web.pages import Pages
from ward.web.reads import Reads
from ward.web.visit import Checked, Visit, Visitor

AT = "/admin/people"
#: As much of the id of a sign-in as tells it from the others of one account.
HANDLE = 16
#: What the page says once something is done; the word stands in the address.
SAID = {
    "opened": "The account is open. Give it a token.",
    "grant": "The role is given.",
    "revoke": "The role is taken away, at once.",
    "close": "The account is closed and its sign-ins have ended.",
    "end-token": "The token opens nothing any more.",
    "end-password": "The password opens nothing any more, and the sign-ins have ended.",
    "end-sign-in": "The sign-in has ended.",
    "end-sign-ins": "The sign-ins have ended.",
}


def add_people(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add the pages of the accounts."""
    del reads
    office = Office(app, pages)

    def many(visitor: Visit, told: Told | None = None) -> Response:
        visitor.look("people")
        found = office.house.engine.sites.accounts().held.values()
        rows = [
            account_row(office.house, each) for each in sorted(found, key=lambda each: (not each.open, each.account))
        ]
        may = office.may(visitor, "OpenAccount")
        return office.show("people.html", visitor, told, rows=rows, may=may, **choices(office))

    def one(visitor: Visit, account: str, told: Told | None = None, done: str = "") -> Response:
        visitor.look("people")
        held = office.house.engine.sites.accounts().held.get(account)
        if held is None:
            return pages.error(404)
        return office.show("person.html", visitor, told, SAID.get(done, ""), **about(office, visitor, held))

    @app.get(AT, response_class=HTMLResponse)
    def show_people(visitor: Visitor) -> Response:
        """The accounts, closed ones last."""
        return many(visitor)

    @app.get(f"{AT}/{{account}}", response_class=HTMLResponse)
    def show_person(account: str, visitor: Visitor, done: str = "") -> Response:
        """One account."""
        return one(visitor, account, None, done)

    @app.post(AT)
    def open_account(visitor: Visitor, form: Checked) -> Response:
        """Open an account; a person's password for one use is shown this once."""
        return opened(office, visitor, form, many)

    @app.post(f"{AT}/{{account}}/{{act}}")
    def change(account: str, act: str, visitor: Visitor, form: Checked) -> Response:
        """Do something to an account."""

        def again(visitor: Visit, told: Told) -> Response:
            return one(visitor, account, told)

        return changed(office, visitor, account, act, form, again)


def opened(office: Office, visitor: Visit, form: dict[str, str], again: Anew) -> Response:
    """Open the account of a form, or show the page again with why not."""
    account, name = form.get("account", "").strip(), form.get("name", "").strip()
    mine = Administering(office.door, visitor.who, visitor.role)
    role = form.get("role", "")
    try:
        grants = (Grant(role, ward_of(form)),) if role else ()
        if form.get("kind") != "service":
            return secret(office, visitor, account, mine.open_person(account, name, grants, id_of(form)), again)
        scopes = tuple(each.strip() for each in form.get("scopes", "").split(",") if each.strip())
        answer = mine.open_service(account, name, grants, scopes, id_of(form))
    except WardpathError as error:
        return again(visitor, told_of(error))
    if answer.refusal is not None:
        return again(visitor, refused(answer.refusal))
    return RedirectResponse(f"{AT}/{quote(account, safe='')}?done=opened", 303)


def changed(office: Office, visitor: Visit, account: str, act: str, form: dict[str, str], again: Anew) -> Response:
    """Do what a form asks for, or show the page again with why not."""
    try:
        found = done_to(Administering(office.door, visitor.who, visitor.role), account, act, form)
    except WardpathError as error:
        return again(visitor, told_of(error))
    if isinstance(found, Given):
        return secret(office, visitor, account, found, again)
    if found is not None and found.refusal is not None:
        return again(visitor, refused(found.refusal))
    return RedirectResponse(f"{AT}/{quote(account, safe='')}?done={act}", 303)


def done_to(mine: Administering, account: str, act: str, form: dict[str, str]) -> Answer | Given | None:
    """Do what a form asks for. Raises NotUnderstood for an act that is none, and what the door raises."""
    said = id_of(form)
    role = form.get("role", "")
    match act:
        case "grant":
            return mine.say(GrantRole(id=said, by=UNSAID, account=account, role=role, ward=ward_of(form)))
        case "revoke":
            return mine.say(RevokeRole(id=said, by=UNSAID, account=account, role=role, ward=ward_of(form)))
        case "close":
            return mine.close(account, said)
        case "reset":
            return mine.reset(account, said)
        case "token":
            return mine.make_token(account, said)
        case "end-token":
            return mine.revoke_secret(account, form.get("label", "") or "-", said)
        case "end-password":
            return mine.revoke_secret(account, "", said)
        case "end-sign-in" | "end-sign-ins":
            mine.end_sign_ins(account, form.get("which", "-") if act == "end-sign-in" else "")
            return None
    raise NotUnderstood("the form asks for nothing that is known here", "a button of the page", "press one of them")


def ward_of(form: dict[str, str]) -> str:
    """The ward of a role, as it was said: none is never taken for every one. Raises NotUnderstood."""
    ward = form.get("ward", "").strip()
    if not ward:
        raise NotUnderstood("it is not said on which ward", f"a ward, or {EVERY_WARD} for every one", "name it")
    return ward


def secret(office: Office, visitor: Visit, account: str, given: Given, again: Anew) -> Response:
    """The page that shows a secret, once; it is kept nowhere. Refused, the page before with why."""
    if given.answer.refusal is not None:
        return again(visitor, refused(given.answer.refusal))
    at = f"{AT}/{quote(account, safe='')}"
    return office.show("secret.html", visitor, account=account, secret=given.secret, at=at)


def choices(office: Office) -> dict[str, Any]:
    """What a role and a ward are chosen from."""
    roles = [(each, plainly(each)) for each in sorted(office.door.policy.roles())]
    return {"roles": roles, "wards": office.wards(), "every": EVERY_WARD}


def about(office: Office, visitor: Visit, held: Account) -> dict[str, Any]:
    """Everything that the page of an account shows."""
    store, account = office.house.store, held.account
    kept = [each for each in store.credentials(account, "token") if each.hash and each.label in held.labels]
    lives = sign_ins(office.house, account) if office.lets(visitor, "sign_ins") else ()
    return {
        "held": held,
        "said": account_row(office.house, held),
        "at": f"{AT}/{quote(account, safe='')}",
        "tokens": [(each.label, office.moment(each.changed_at)) for each in kept],
        "sign_ins": [(each.id_hash[:HANDLE], each) for each in lives],
        "may": {
            act: office.may(visitor, act, about=account)
            for act in ("GrantRole", "RevokeRole", "CloseAccount", "ChangeSecret")
        },
        **choices(office),
    }
