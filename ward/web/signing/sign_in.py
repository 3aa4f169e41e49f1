"""Signing in and out. In a demonstration a button is enough; in a live store an account and its password."""

from collections.abc import Container
from typing import Annotated
from urllib.parse import urlencode

import msgspec
from fastapi import Depends, FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from pathway.engine.errors import WardpathError
from pathway.site.accounts.grant import EVERY_WARD, Grant
from pathway.site.accounts.state import Accounts
from ward.door import Door
from ward.errors import SignInRefused
from ward.people.signing_in import password_of, sign_in, sign_in_invented, sign_out, stand_as
from ward.web.header import plainly
from ward.web.pages import Pages
from ward.web.reads import Reads
from ward.web.signing.machine import Machines, forget_sign_in, keep, machine_of
from ward.web.visit import (
    MACHINE,
    SIGN_IN,
    Checked,
    Visitor,
    address_of,
    csrf_of,
    read_form,
    refuse_form,
    same_csrf,
    token_of,
)

FACE, HERE = "browser", "/sign-in"
#: Where somebody wanted to go is an address of ours; a longer one is none.
NEXT_LIMIT = 1000


class Invented(msgspec.Struct, frozen=True):
    """Somebody of a demonstration in one of their roles; `value` is what their button sends."""

    name: str
    account: str
    value: str


class Group(msgspec.Struct, frozen=True):
    """Those of a demonstration who have a role on a ward."""

    words: str
    people: tuple[Invented, ...]


async def offered(request: Request) -> dict[str, str]:
    """The fields of a form for somebody who has not signed in yet. Raises FormRefused."""
    fields = await read_form(request)
    if not same_csrf(fields, csrf_of(machine_of(request))):
        refuse_form("the form was made for another browser", "open the sign-in anew: the browser must keep its cookies")
    return fields


Offered = Annotated[dict[str, str], Depends(offered)]


class SigningIn:
    """What the sign-in of one server needs."""

    def __init__(self, door: Door, pages: Pages) -> None:
        self.house, self.pages, self.machines = door.house, pages, Machines()

    def show(self, request: Request, next_: str, told: str = "", status: int = 200, account: str = "") -> Response:
        """The page. `told`: why nobody was signed in. `account`: who was to be."""
        machine, accounts = machine_of(request), self.house.engine.sites.accounts()
        here = self.machines.people(machine, self.house.wall.now())
        known = tuple((each, found.name) for each in here if (found := accounts.find(each)) is not None)
        own = {each.account for each in self.house.store.credentials(kind="password")}
        invented = groups_of(accounts, own) if self.house.store.origin == "demonstration" else ()
        answer = self.pages.page(
            "sign_in.html",
            status=status,
            visit=None,
            next=next_,
            csrf=csrf_of(machine),
            told=told,
            known=tuple(each for each in known if each[0] in own),
            groups=invented,
            typed=bool(own) or not invented,
            nobody=not accounts.held,
            account=account if account not in here else "",
        )
        keep(request, answer, MACHINE, machine)
        return answer

    def by_password(self, request: Request, form: dict[str, str]) -> Response:
        """Sign in by a password, or say why not. A wrong one costs time and locks nobody out."""
        account, next_ = form.get("account", "").strip(), safe(form.get("next", ""))
        try:
            token, who = sign_in(self.house, account, form.get("password", ""), FACE, address_of(request))
        except SignInRefused as refused:
            answer = self.show(request, next_, in_words(refused), 429 if refused.wait_s else 403, account)
            if refused.wait_s:
                answer.headers["Retry-After"] = str(refused.wait_s)
            return answer
        return self.entered(request, token, who.account, "/account/password" if who.must_change else next_)

    def by_name(self, request: Request, form: dict[str, str]) -> Response:
        """Sign in as one of a demonstration, in the role that was chosen."""
        account, _, stand = form.get("as", "").partition(" ")
        role, _, ward = stand.partition(" ")
        made = None if password_of(self.house, account) is not None else sign_in_invented(self.house, account, FACE)
        if made is None:
            return self.show(request, safe(form.get("next", "")), "Nobody of that name is open here.", 403)
        token, who = made
        if Grant(role, ward) in who.grants:
            token = stand_as(self.house, token, role, ward) or token
        return self.entered(request, token, account, safe(form.get("next", "")))

    def entered(self, request: Request, token: str, account: str, to: str) -> Response:
        """Let in: the sign-in that this browser had before ends, and it is given the new one."""
        sign_out(self.house, token_of(request))
        self.machines.signed_in(machine_of(request), account, self.house.wall.now())
        answer = RedirectResponse(to, 303)
        keep(request, answer, SIGN_IN, token)
        return answer


def add_sign_in(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add signing in and out."""
    del reads
    signing = SigningIn(app.state.door, pages)

    @app.get(HERE, response_class=HTMLResponse)
    def show_sign_in(request: Request, next: str = "/") -> Response:  # noqa: A002 - the word of the address
        """Who signs in."""
        return signing.show(request, safe(next))

    @app.post(HERE)
    def do_sign_in(request: Request, form: Offered) -> Response:
        """Sign in."""
        if forgotten := form.get("forget", ""):
            signing.machines.forget(machine_of(request), forgotten)
            return RedirectResponse(to_sign_in(safe(form.get("next", ""))), 303)
        return signing.by_name(request, form) if "as" in form else signing.by_password(request, form)

    @app.post("/sign-out")
    def do_sign_out(request: Request, visitor: Visitor, form: Checked) -> Response:
        """Sign out: the sign-in ends here, whatever the browser keeps."""
        del form
        sign_out(visitor.door.house, visitor.token)
        answer = RedirectResponse(HERE, 303)
        forget_sign_in(request, answer)
        return answer


def groups_of(accounts: Accounts, own: Container[str]) -> tuple[Group, ...]:
    """The people of a demonstration by role and ward, in the order in which they were opened.

    `own`: accounts with a password of their own, which nobody opens by a button.
    """
    found: dict[tuple[str, str], list[Invented]] = {}
    for each in accounts.held.values():
        if each.open and each.kind == "person" and each.account not in own:
            for grant in each.grants:
                value = f"{each.account} {grant.role} {grant.ward}"
                found.setdefault((grant.role, grant.ward), []).append(Invented(each.name, each.account, value))
    return tuple(
        Group(sentence(f"{plainly(role)}, {'every ward' if ward == EVERY_WARD else ward}"), tuple(people))
        for (role, ward), people in found.items()
    )


def in_words(refused: WardpathError) -> str:
    """What happened, what was expected and how to mend it, as sentences."""
    return " ".join(f"{sentence(part)}." for part in (refused.happened, f"expected: {refused.expected}", refused.mend))


def sentence(text: str) -> str:
    """A text with its first letter large."""
    return text[:1].upper() + text[1:]


def safe(next_: str) -> str:
    """An address of ours to go on to: a path on this server, else the board."""
    ours = next_.startswith("/") and not next_.startswith(("//", HERE)) and "\\" not in next_
    return next_ if ours and next_.isprintable() and len(next_) <= NEXT_LIMIT else "/"


def to_sign_in(next_: str) -> str:
    """The address of the sign-in, from which one comes back to another."""
    return HERE if safe(next_) == "/" else f"{HERE}?{urlencode({'next': next_})}"
