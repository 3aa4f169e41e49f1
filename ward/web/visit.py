"""A visit: whoever asks for a page or sends a form, as an account in one role; and the guard of every form.

A page takes `visitor: Visitor`, a form besides `form: Checked`. What a visit may do is the door's to say; nothing of it
is decided here.
"""

import hmac
from collections.abc import Iterable, Mapping
from typing import Annotated, NoReturn, TypeVar
from urllib.parse import parse_qsl

import msgspec
from fastapi import Depends, Request

from pathway.case.commands import Answer, AnyCommand
from pathway.clinical.instant import Instant
from pathway.engine.engine import Rehearsal
from pathway.engine.errors import WardpathError
from pathway.engine.ports import Head, SignIn
from pathway.site.accounts.grant import EVERY_WARD
from pathway.site.commands import AnySiteCommand
from ward.door import Door
from ward.errors import Denied
from ward.people.person import SignedIn
from ward.people.secret import SERVICE
from ward.people.signing_in import demonstrated, idle_end, proven, signed_in, standing
from ward.policy.judge import Allowed, holds
from ward.web.body import TooLarge, TooSlow, received
from ward.web.looks import Looks

Asked = TypeVar("Asked", bound=AnyCommand | AnySiteCommand)
#: A form is a page of text at most: the longest text of a command is far below. Fields beyond belong to no form.
FORM_BYTES, FORM_FIELDS = 256 * 1024, 200
API = "/api/"
BEARER = "bearer "
#: The names of the cookies; over https they bear the prefix that binds them to this very host.
SIGN_IN, MACHINE, HOST_PREFIX = "wardpath", "wardpath-machine", "__Host-"


class NobodyHere(WardpathError):
    """Nobody has signed in, or the sign-in has ended. `must_change`: somebody has, by a password for one use."""

    code = "not_signed_in"

    def __init__(self, must_change: bool = False) -> None:
        what = "the password is for one use" if must_change else "nobody has signed in, or the sign-in has ended"
        super().__init__(what, "an account of this store", "sign in, and choose a password of your own")
        self.must_change = must_change


class FormRefused(WardpathError):
    """A form did not come from a page that this server made for this sign-in, or cannot be read. Nothing was done."""

    code = "form_refused"


class Visit(msgspec.Struct, frozen=True):
    """Whoever asks: an account in one role, through one face. `csrf` goes into every form as hidden field `csrf`.

    `ward`: where they look on, empty for all wards of the role. `face`: `browser` or `api`. `address`: from where.
    `path`: of what they ask for. `ends_at`: when the sign-in ends without use, `latest` at the latest; 0 for a service.
    """

    who: SignedIn
    role: str
    ward: str
    csrf: str
    face: str
    door: Door
    looks: Looks
    token: str = ""
    address: str = ""
    path: str = ""
    ends_at: Instant = Instant(0)
    latest: Instant = Instant(0)

    def __repr__(self) -> str:
        return f"Visit({self.who.account!r}, {self.role!r}, {self.ward!r}, {self.face!r})"

    def may(self, act: str, case: str = "", about: str = "") -> Allowed | Denied:
        """Whether the policy lets this visitor do or read something, of a case or on the ward. Writes nothing.

        `about`: the account that it is about.
        """
        ward = self.door.ward_of(case) if case else self.ward
        return self.door.may(self.who, self.role, act, ward, case, about)

    def lets(self, act: str, case: str = "") -> bool:
        """`may`, for a template that shows something or leaves it out."""
        return isinstance(self.may(act, case), Allowed)

    def handle(self, command: AnyCommand | AnySiteCommand, second: SignedIn | None = None) -> Answer:
        """Carry out a command through the door. Raises what `Door.handle` raises."""
        return self.door.handle(self.who, self.role, command, second)

    def rehearse(self, command: AnyCommand | AnySiteCommand, second: SignedIn | None = None) -> Rehearsal:
        """What would come of a command. Raises Denied."""
        return self.door.rehearse(self.who, self.role, command, second)

    def look(self, what: str, cases: Iterable[str] = ()) -> None:
        """Look at cases, or at a page of the site, and enter the access log. Raises Denied.

        A page that stays open and asks again is one look; what is denied is written every time.
        """
        tokens = tuple(cases)
        same = self.looks.continues((self.who.account, self.role, what, tokens))
        if not (same and all(self.lets(what, each) for each in tokens or ("",))):
            self.door.look(self.who, self.role, what, tokens)

    def seen(self, what: str, heads: Iterable[Head]) -> list[Head]:
        """Those of a list of cases that this visitor may look at, on the ward they look on. Raises Denied."""
        found = self.door.seen(self.who, self.role, what, heads)
        return [each for each in found if not self.ward or self.door.ward(each) in {"", self.ward}]

    def sees(self, what: str, ward: str) -> bool:
        """Whether something of a ward itself, such as an empty bed, is shown to this visitor."""
        here = not self.ward or ward == self.ward
        return here and isinstance(self.door.may(self.who, self.role, what, ward), Allowed)

    def signer(self, account: str, password: str) -> SignedIn:
        """Another person, who signs beside this visitor by a proof of their own. Raises Denied.

        In a demonstration the name is proof enough, and the password is not looked at.
        """
        if self.door.house.store.origin == "demonstration":
            if (found := demonstrated(self.door.house, account.strip().casefold())) is None:
                raise Denied("there is no such account", "another open account", "choose another person")
            return found
        return proven(self.door.house, account.strip(), password, self.address)

    def lasts(self, used: bool = False) -> bool:
        """Whether the sign-in and the grants are as they were; asked again and again by what stays open for long.

        `used`: what stays open keeps the sign-in in use.
        """
        found = signed_in(self.door.house, self.token, used)
        return found is not None and found.grants == self.who.grants


def visit(request: Request) -> Visit:
    """Who asks, or NobodyHere. It is kept in `request.state.visit` for the page of an error."""
    door, looks = request.app.state.door, request.app.state.looks
    token = token_of(request)
    who = signed_in(door.house, token, used=by_hand(request))
    if who is None:
        raise NobodyHere
    kept = None if who.kind == "service" else standing(door.house, token)
    role, ward = stands_as(who, kept)
    path, address = request.url.path, address_of(request)
    ends = (idle_end(kept), kept.until) if kept is not None else (Instant(0), Instant(0))
    found = Visit(who, role, ward, csrf_of(token), face_of(request), door, looks, token, address, path, *ends)
    request.state.visit = found
    if who.must_change and found.face == "browser" and not request.url.path.startswith("/account/password"):
        raise NobodyHere(must_change=True)
    return found


def stands_as(who: SignedIn, kept: SignIn | None) -> tuple[str, str]:
    """The role and ward in which somebody looks on: as the sign-in says while they have it, else their first.

    A service names no role: any of its own will do.
    """
    if who.kind == "service":
        return "", ""
    said = ("", "") if kept is None else (kept.role, kept.ward.replace(EVERY_WARD, ""))
    if holds(who.grants, *said):
        return said
    first = who.grants[0] if who.grants else None
    return ("", "") if first is None else (first.role, first.ward.replace(EVERY_WARD, ""))


def guest(request: Request) -> Visit | None:
    """Who asks for a page that is open to everybody, if they have signed in."""
    try:
        return visit(request)
    except NobodyHere:
        return None


Visitor = Annotated[Visit, Depends(visit)]
Guest = Annotated[Visit | None, Depends(guest)]


async def posted(request: Request) -> dict[str, str]:
    """The fields of a form that this server made for this sign-in. Raises FormRefused.

    That a browser sent it from a page of ours is the gate's to say, before anything reads the form. A page that was
    made before the role was changed, or the person, holds an old `csrf`.
    """
    fields = await read_form(request)
    if not same_csrf(fields, csrf_of(token_of(request))):
        refuse_form("the form was made for another sign-in or another role", "send it again from the page as it is now")
    return fields


#: A form by somebody who has signed in.
Checked = Annotated[dict[str, str], Depends(posted)]


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form, of which each comes once. Raises FormRefused."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        refuse_form("what was sent is no form", "send the form of the page")
    try:
        body = await received(request, FORM_BYTES)
    except TooLarge:
        refuse_form("the form is too long", f"write less than {FORM_BYTES // 1024} kB")
    except TooSlow:
        refuse_form("the form did not come whole", "send it again")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=FORM_FIELDS)
    except ValueError:
        refuse_form("the form cannot be read", "send the form of the page, in UTF-8")
    fields = dict(pairs)
    if len(fields) != len(pairs):
        refuse_form("a field of the form comes twice", "send the form of the page")
    return fields


def refuse_form(happened: str, mend: str) -> NoReturn:
    """Raises FormRefused."""
    raise FormRefused(happened, "a form of a page that was made for you", mend)


def same_csrf(fields: Mapping[str, str], wanted: str) -> bool:
    """Whether a form holds the word that its page was given, told in a time that tells nothing."""
    return bool(wanted) and hmac.compare_digest(fields.get("csrf", "").encode(), wanted.encode())


def csrf_of(token: str) -> str:
    """The word for the forms of whoever holds a token: it follows from it, and tells nothing of it."""
    return hmac.digest(token.encode("utf-8", "surrogatepass"), b"form", "sha256").hex()[:32] if token else ""


def token_of(request: Request) -> str:
    """What somebody proves themselves by: a token in the header of a program, else the cookie of a browser."""
    said = request.headers.get("authorization", "")
    if said[: len(BEARER)].lower() == BEARER:
        return said[len(BEARER) :].strip() if face_of(request) == "api" else ""
    token = request.cookies.get(cookie_name(request, SIGN_IN), "")
    return "" if token.startswith(SERVICE) else token


def cookie_name(request: Request, name: str) -> str:
    """The name of a cookie here: over https it can be set by this very host alone."""
    return HOST_PREFIX + name if request.url.scheme == "https" else name


def by_hand(request: Request) -> bool:
    """Whether a person or a program did this, and not an open page by itself: only then is a sign-in used.

    A browser says so: a page that is asked for by hand is a navigation that somebody started. What says nothing of it
    is taken to be by hand, as is every form.
    """
    mode = request.headers.get("sec-fetch-mode")
    if request.method != "GET" or mode is None:
        return True
    return mode == "navigate" and request.headers.get("sec-fetch-user") == "?1"


def face_of(request: Request) -> str:
    """`api` under /api/, else `browser`."""
    return "api" if request.url.path.startswith(API) else "browser"


def address_of(request: Request) -> str:
    """From where somebody asks; the gate has seen to it that nobody passed it on."""
    return "" if request.client is None else request.client.host
