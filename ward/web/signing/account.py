"""One's own account: in which role one looks on, the sign-ins that live, the password."""

from zoneinfo import ZoneInfo

import msgspec
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from pathway.engine.ports import SignIn
from pathway.site.accounts.grant import EVERY_WARD
from ward.errors import NotUnderstood, SignInRefused
from ward.people.secret import fingerprint
from ward.people.signing_in import (
    change_password,
    end_sign_in,
    idle_end,
    password_of,
    sign_in,
    sign_ins,
    stand_as,
    standing,
)
from ward.web.header import ACCOUNT, ending_of, plainly, stands_of
from ward.web.moment import moment_text
from ward.web.pages import UTC_ZONE, Pages
from ward.web.reads import Reads
from ward.web.signing.machine import keep
from ward.web.signing.sign_in import FACE, in_words
from ward.web.visit import SIGN_IN, Checked, Visit, Visitor, refuse_form

PASSWORD = "/account/password"  # noqa: S105  # an address
#: As much of the id of a sign-in as tells it from the others of one account.
HANDLE = 16


class Line(msgspec.Struct, frozen=True):
    """A sign-in that lives, in words; `here`: it is this one."""

    handle: str
    where: str
    stand: str
    since: str
    used: str
    until: str
    here: bool


def add_account(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add the pages of one's own account."""
    del reads

    @app.get(ACCOUNT, response_class=HTMLResponse)
    def show_account(visitor: Visitor) -> Response:
        """Who one is here, and where one is signed in."""
        has_password = password_of(visitor.door.house, visitor.who.account) is not None
        zone = ZoneInfo(visitor.door.house.engine.sites.duty().zone)
        lines, stands = lines_of(visitor, zone), stands_of(visitor)
        return pages.page("account.html", zone, visit=visitor, lines=lines, stands=stands, has_password=has_password)

    @app.post("/account/stand")
    def stand(request: Request, visitor: Visitor, form: Checked) -> Response:
        """Look on in another role: the sign-in goes on under a new token."""
        role, _, ward = form.get("as", "").partition(" ")
        if not any((each.role, each.ward) == (role, ward) for each in stands_of(visitor)):
            refuse_form("this account has no such role on that ward", "choose one of your roles")
        token = stand_as(visitor.door.house, visitor.token, role, ward or EVERY_WARD)
        answer = RedirectResponse("/", 303)
        if token is not None:
            keep(request, answer, SIGN_IN, token)
        return answer

    @app.get("/account/left")
    def left(visitor: Visitor) -> Response:
        """How long the sign-in lasts, asked by an open page: asking does not put its end off."""
        return JSONResponse(left_of(visitor))

    @app.post("/account/stay")
    def stay(visitor: Visitor, form: Checked) -> Response:
        """Stay signed in: whoever sends this form is there."""
        del form
        kept = standing(visitor.door.house, visitor.token)
        ends_at = visitor.ends_at if kept is None else idle_end(kept)
        return JSONResponse(left_of(msgspec.structs.replace(visitor, ends_at=ends_at)))

    @app.post("/account/sign-ins/end")
    def end(visitor: Visitor, form: Checked) -> Response:
        """End one of one's own sign-ins."""
        end_sign_in(visitor.door.house, visitor.who.account, form.get("which", ""))
        return RedirectResponse(ACCOUNT, 303)

    add_password(app, pages)


def left_of(visitor: Visit) -> dict[str, object]:
    """What an open page is told of the end of the sign-in."""
    found = ending_of(visitor, UTC_ZONE)
    return {"left_s": found.left_s, "renewable": found.renewable}


def add_password(app: FastAPI, pages: Pages) -> None:
    """Add the change of one's own password."""

    def password_page(visitor: Visit, told: str = "", status: int = 200) -> Response:
        return pages.page("password.html", status=status, visit=visitor, told=told)

    @app.get(PASSWORD, response_class=HTMLResponse)
    def show_password(visitor: Visitor) -> Response:
        """The form for a new password."""
        return password_page(visitor)

    @app.post(PASSWORD)
    def change(request: Request, visitor: Visitor, form: Checked) -> Response:
        """Change one's own password: every sign-in of this account ends, and this browser is signed in anew."""
        house, account, new = visitor.door.house, visitor.who.account, form.get("new", "")
        if new != form.get("again", ""):
            return password_page(visitor, "The two new passwords differ. Type the same twice.", 400)
        try:
            change_password(house, account, form.get("old", ""), new, visitor.address)
            token, _ = sign_in(house, account, new, FACE, visitor.address)
        except (SignInRefused, NotUnderstood) as refused:
            return password_page(visitor, in_words(refused), 403 if isinstance(refused, SignInRefused) else 400)
        answer = RedirectResponse("/", 303)
        keep(request, answer, SIGN_IN, token)
        return answer


def lines_of(visitor: Visit, zone: ZoneInfo) -> tuple[Line, ...]:
    """The sign-ins of this account that live, the latest first."""
    house, own = visitor.door.house, fingerprint(visitor.token)
    return tuple(line(each, zone, each.id_hash == own) for each in sign_ins(house, visitor.who.account))


def line(kept: SignIn, zone: ZoneInfo, here: bool) -> Line:
    """A sign-in in words."""
    since, used, until = (moment_text(at, zone) for at in (kept.began_at, kept.used_at, kept.until))
    ward = kept.ward.replace(EVERY_WARD, "") or "every ward"
    return Line(kept.id_hash[:HANDLE], kept.face, f"{plainly(kept.role)}, {ward}", since, used, until, here)
