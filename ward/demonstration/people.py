"""The people of a demonstration: invented accounts that need no password, and that no live store ever has."""

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from pathway.case.envelope import By
from pathway.site.accounts.commands import OpenAccount
from pathway.site.accounts.grant import ADMINISTRATOR, EVERY_WARD, Grant
from ward.errors import NotHere
from ward.wiring import House

#: How whoever opens these accounts is known to be who they are: not at all, as all of it is invented.
UNPROVEN = "demonstration"
#: The service by which the story's results come.
FEED = "lab.feed"


class Invented(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who works on the demonstration ward: roles `here`, and roles on every ward."""

    account: str
    name: str
    here: tuple[str, ...] = ()
    everywhere: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()

    def grants(self, ward: str) -> tuple[Grant, ...]:
        """The roles of a demonstration on this ward."""
        return (*(Grant(each, ward) for each in self.here), *(Grant(each, EVERY_WARD) for each in self.everywhere))


class Staff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everybody who works there."""

    people: tuple[Invented, ...]
    services: tuple[Invented, ...]

    def in_role(self, role: str) -> str:
        """The account by whom the story does what somebody in a role does."""
        return next(each.account for each in self.people if role in (*each.here, *each.everywhere))


@cache
def staff() -> Staff:
    """The people that come with the product."""
    return msgspec.convert(tomllib.loads(files("ward.demonstration").joinpath("people.toml").read_text()), type=Staff)


def invite(house: House, ward: str = EVERY_WARD) -> None:
    """Open the invented accounts, once; `ward`: where they work. Raises NotHere for a live store."""
    if house.store.origin != "demonstration":
        raise NotHere("a live store was to have invented people", "a demonstration", "open accounts of real people")
    by = By("admin", ADMINISTRATOR, UNPROVEN, UNPROVEN)
    found = staff()
    for each in (*found.people, *found.services):
        command = OpenAccount(
            id=f"demo/people/{each.account}",
            by=by,
            account=each.account,
            name=each.name,
            kind="service" if each in found.services else "person",
            grants=each.grants(ward),
            scopes=each.scopes,
        )
        answer = house.engine.handle(command)
        assert answer.refusal is None, answer.refusal  # noqa: S101  # the file is ours, and every name in it is new
