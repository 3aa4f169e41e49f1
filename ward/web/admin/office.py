"""The office: what every page of the administration needs. Nothing is decided here: the door says who may."""

from collections.abc import Callable
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import msgspec
from fastapi import FastAPI
from fastapi.responses import RedirectResponse, Response

from pathway.case.commands import Answer, AnyCommand, Refusal
from pathway.case.facts import zone_of
from pathway.engine.errors import StoreRefused, WardpathError
from pathway.site.accounts.grant import EVERY_WARD
from pathway.site.commands import AnySiteCommand
from ward.beds import beds
from ward.clock import draw_id
from ward.door import Door
from ward.entry import refuse_long
from ward.errors import Denied, NotUnderstood
from ward.people.person import SignedIn
from ward.policy.judge import Allowed
from ward.web.admin.site import Site
from ward.web.moment import moment_text
from ward.web.pages import Pages
from ward.web.visit import Visit

#: The longest id of a command that a form brings.
ID_LIMIT = 100
REFUSED, FORBIDDEN = 409, 403


class Told(msgspec.Struct, frozen=True):
    """Why something was not done, in words."""

    message: str
    reasons: tuple[str, ...] = ()
    mend: str = ""
    status: int = REFUSED


#: Shows the page of an area again, with why something was not done.
Again = Callable[[Told], Response]
Anew = Callable[[Visit, Told], Response]


class Office:
    """The door, the store and the pages, for one area after another."""

    def __init__(self, app: FastAPI, pages: Pages) -> None:
        self.door: Door = app.state.door
        self.house = self.door.house
        self.site: Site = app.state.site
        self.pages = pages

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the site."""
        return zone_of(self.house.engine.sites.duty().zone)

    def moment(self, at: int | None) -> str:
        """An instant as the site reads it."""
        return moment_text(at, self.zone)

    def wards(self) -> tuple[str, ...]:
        """The wards that are known: those with beds, with cases, or in a grant."""
        grants = (each.ward for held in self.house.engine.sites.accounts().held.values() for each in held.grants)
        cases = (self.door.ward(head) for head in self.house.engine.heads())
        return tuple(sorted({*beds(self.house.store), *cases, *grants} - {"", EVERY_WARD}))

    # --- who may -----------------------------------------------------------------------------------------------------

    def may(self, visitor: Visit, act: str, ward: str = "", about: str = "") -> Allowed | Denied:
        """Whether the policy lets this visitor, and why not."""
        return self.door.may(visitor.who, visitor.role, act, ward, "", about)

    def lets(self, visitor: Visit, act: str, ward: str = "", about: str = "") -> bool:
        """`may`, for what is shown or left out."""
        return isinstance(self.may(visitor, act, ward, about), Allowed)

    # --- showing -----------------------------------------------------------------------------------------------------

    def show(
        self, template: str, visitor: Visit, told: Told | None = None, done: str = "", **values: object
    ) -> Response:
        """A page of the administration; `told`: why something was not done; `done`: what was."""
        status = 200 if told is None else told.status
        more: dict[str, Any] = {"told": told, "done": done, "draw": draw_id, "moment": self.moment, **values}
        return self.pages.page(f"admin/{template}", self.zone, status, visit=visitor, **more)

    # --- acting ------------------------------------------------------------------------------------------------------

    def say(
        self,
        visitor: Visit,
        command: AnyCommand | AnySiteCommand,
        again: Again,
        done: str,
        second: Callable[[], SignedIn | None] = lambda: None,
    ) -> Response:
        """Send a command, then go on to `done`, or show the page again with why not. `second`: who signs beside."""
        return attempt(lambda: visitor.handle(checked(command), second()), again, done)

    def allowed(self, visitor: Visit, act: str, ward: str = "") -> str:
        """The role in which something that is no command may be done. Raises Denied."""
        found = self.may(visitor, act, ward)
        if isinstance(found, Denied):
            raise self.door.logged(visitor.who, visitor.role, act, (), found)
        return found.role


def attempt(do: Callable[[], Answer | None], again: Again, done: str) -> Response:
    """Do something, then go on to the address `done`, or show the page again with why it was not done.

    Raises StoreRefused: then nothing can be shown either.
    """
    try:
        answer = do()
    except StoreRefused:
        raise
    except WardpathError as error:
        return again(told_of(error))
    if answer is not None and answer.refusal is not None:
        return again(refused(answer.refusal))
    return RedirectResponse(done, 303)


def refused(refusal: Refusal) -> Told:
    """A refusal in words."""
    return Told(refusal.message, refusal.reasons, refusal.mend, FORBIDDEN if refusal.code == Denied.code else REFUSED)


def told_of(error: WardpathError) -> Told:
    """An error in words."""
    status = FORBIDDEN if isinstance(error, Denied) else REFUSED
    return Told(error.happened, (f"expected: {error.expected}",), error.mend, status)


def checked(command: AnyCommand | AnySiteCommand) -> AnyCommand | AnySiteCommand:
    """A command whose texts are no longer than a field may be. Raises NotUnderstood."""
    refuse_long(command)
    return command


def id_of(form: dict[str, str]) -> str:
    """The id that the form was made with: sent twice, it is done once. Raises NotUnderstood."""
    found = form.get("id", "")
    if not 0 < len(found) <= ID_LIMIT:
        unread("the form has no id of its own", "send the form of the page")
    return found


def number_of(text: str) -> int:
    """A whole number. Raises NotUnderstood."""
    if not (text.isascii() and text.isdigit() and len(text) <= len("999999999")):
        unread("a number cannot be read", "send the form of the page")
    return int(text)


def unread(happened: str, mend: str) -> NoReturn:
    """Raises NotUnderstood."""
    raise NotUnderstood(happened, "a form of a page that was made for you", mend)
