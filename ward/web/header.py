"""The header of every page: where this visitor may go, who and as what they are, and whose glass they have broken."""

from zoneinfo import ZoneInfo

import msgspec

from pathway.clinical.instant import SECOND, Instant, utc
from ward.web.moment import length_text, moment_text
from ward.web.visit import Visit

#: The pages of the product: name, address, and the word of the policy that opens it. Each area adds its own.
LINKS = (
    ("Board", "/", "board"),
    ("Inbox", "/inbox", "due"),
    ("Audit", "/audit", "audit"),
    ("Replay", "/replay", "ward_replay"),
    ("Admin", "/admin", "health"),
)
#: Where somebody lands to whom no page is open but their own.
ACCOUNT = "/account"


class Stand(msgspec.Struct, frozen=True):
    """A role in which somebody may look on, and where; `ward` is empty for every ward. `now`: it is the present one."""

    role: str
    ward: str
    now: bool

    @property
    def words(self) -> str:
        """`nurse, H3`."""
        return f"{plainly(self.role)}, {self.ward or 'every ward'}"


class Header(msgspec.Struct, frozen=True):
    """What the header says. `links`: name, address, whether it is this page. `duty`: on duty, off duty, or nothing."""

    name: str
    account: str
    stand: str
    stands: tuple[Stand, ...]
    links: tuple[tuple[str, str, bool], ...]
    home: str
    duty: str
    csrf: str
    ending: "Ending"


class Ending(msgspec.Struct, frozen=True):
    """When the sign-in ends by the server's clock: without use, and at the latest. `left_s`: seconds until then."""

    left_s: int
    at: str
    latest: str
    renewable: bool


class GlassBanner(msgspec.Struct, frozen=True):
    """A glass that this visitor has broken for the case of the page: until when, and how much of that is left."""

    number: int
    until: str
    left: str


def header_of(visit: Visit, zone: ZoneInfo) -> Header:
    """The header for a visitor: only pages that the policy opens to them, in the role in which they look on.

    `zone`: in which the page tells its times.
    """
    links = tuple((name, at, visit.path == at) for name, at, act in LINKS if visit.lets(act))
    stands = stands_of(visit)
    stand = next((each.words for each in stands if each.now), "no role")
    return Header(
        visit.who.name,
        visit.who.account,
        stand,
        stands,
        links,
        home(visit),
        duty(visit),
        visit.csrf,
        ending_of(visit, zone),
    )


def ending_of(visit: Visit, zone: ZoneInfo) -> Ending:
    """When the sign-in of a visitor ends. Looking on by itself does not put that off."""
    left_s = max(0, (visit.ends_at - visit.door.house.wall.now()) // SECOND)
    at, latest = (utc(each).astimezone(zone).strftime("%H:%M") for each in (visit.ends_at, visit.latest))
    return Ending(left_s, at, latest, visit.ends_at < visit.latest)


def stands_of(visit: Visit) -> tuple[Stand, ...]:
    """Every role of this visitor with its ward."""
    made = []
    for grant in visit.who.grants:
        ward = grant.ward.replace("*", "")
        made.append(Stand(grant.role, ward, (grant.role, ward) == (visit.role, visit.ward)))
    return tuple(made)


def home(visit: Visit) -> str:
    """The first page that is open to this visitor."""
    return next((at for _, at, act in LINKS if visit.lets(act)), ACCOUNT)


def duty(visit: Visit) -> str:
    """Whether this visitor is on duty, in whichever role; empty for one who has no duty here."""
    house, role = visit.door.house, visit.role
    if role not in visit.door.policy.pathway:
        return ""
    state, now = house.engine.sites.duty(), house.clock.now()
    here = any(each.account == visit.who.account and each.holds(now) for each in state.stints.values())
    return "On duty" if here else "Off duty"


def glass_of(visit: Visit, case: str, zone: ZoneInfo) -> GlassBanner | None:
    """The glass by which this visitor sees a case now, if it is by one."""
    number = visit.door.glass(visit.who, case) if case else None
    if number is None:
        return None
    until, now = visit.door.house.engine.sites.accounts().glass[number].body.until, visit.door.house.clock.now()
    return GlassBanner(number, moment_text(until, zone), length_text(max(0, Instant(until - now))))


def plainly(role: str) -> str:
    """A role in words: `charge nurse`."""
    return role.replace("_", " ")
