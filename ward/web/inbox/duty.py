"""Duty: who is on duty on the wards of a visitor, and what they may say to their own."""

from hashlib import sha256
from zoneinfo import ZoneInfo

import msgspec

from pathway.case.commands import Answer
from pathway.clinical.instant import Instant, next_round
from pathway.site.accounts.grant import EVERY_WARD
from pathway.site.duty.state import Stint
from ward.entry import entered
from ward.errors import Denied, NotUnderstood
from ward.rota import Standing, There, standing
from ward.web.inbox.act import NotOnPage
from ward.web.inbox.colleagues import zone_of_site
from ward.web.moment import ago_text, near_text
from ward.web.visit import Visit

#: What a page says once an act is on record.
SAID = {
    "AcceptDuty": "Asked. A test notice is on its way to you: you are on duty once you have answered its number.",
    "AnswerTest": "You are on duty.",
    "LeaveDuty": "Left, or offered to your substitute: then it goes on until they have answered their test.",
    "NameSubstitute": "Offered. It counts once they have answered their test.",
}
#: A test has six figures.
NUMBER_DIGITS = 9
#: Of one's own planned shifts the next ones are shown.
PLANNED_SHOWN = 3


class Own(msgspec.Struct, frozen=True):
    """A stretch of the visitor's own duty, in words. `waits`: its test waits for an answer."""

    role: str
    ward: str
    until: str
    waits: bool
    answer_by: str


class Post(msgspec.Struct, frozen=True):
    """A role on a ward, and who is there, in words."""

    role: str
    ward: str
    kept: bool
    on_duty: str
    asked: str
    following: str
    empty: str
    critical: bool


class DutyPage(msgspec.Struct, frozen=True):
    """What the page of duty shows. `wards`: where the visitor may take it; `people`: who might take over."""

    own: tuple[Own, ...]
    posts: tuple[Post, ...]
    wards: tuple[str, ...]
    people: tuple[tuple[str, str], ...]
    planned: tuple[str, ...]
    denied: str


def duty_page(visit: Visit) -> DutyPage:
    """The page of duty for a visitor."""
    house, zone = visit.door.house, zone_of_site(visit)
    now, duty = house.clock.now(), house.engine.sites.duty()
    wards = wards_of(visit)
    mine = [each for each in duty.stints.values() if each.account == visit.who.account and each.until > now]
    shifts = [each for each in duty.shifts.values() if each.account == visit.who.account and each.ends > now]
    people = {account: name for ward in wards for account, name in takers(visit, ward).items()}
    allowed = visit.may("AcceptDuty")
    return DutyPage(
        own=tuple(own(each, now, zone) for each in mine),
        posts=tuple(post(each, now, zone) for each in standing(house) if visit.sees("duty", each.ward)),
        wards=wards,
        people=tuple(people.items()),
        planned=tuple(
            f"{each.role.replace('_', ' ')} on {each.ward}, {near_text(each.begins, now, zone)} to "
            f"{near_text(each.ends, now, zone)}"
            for each in sorted(shifts, key=lambda each: each.begins)[:PLANNED_SHOWN]
        ),
        denied=f"needed: {allowed.expected}; {allowed.mend}" if isinstance(allowed, Denied) else "",
    )


def wards_of(visit: Visit) -> tuple[str, ...]:
    """The wards on which the visitor has the role in which they look on."""
    if visit.ward:
        return (visit.ward,)
    house = visit.door.house
    granted = {each.ward for each in visit.who.grants if each.role == visit.role}
    known = {ward for _, ward in house.engine.sites.duty().kept} | {head.ward for head in house.engine.heads()}
    return tuple(sorted((granted | known if EVERY_WARD in granted else granted) - {EVERY_WARD, ""}))


def takers(visit: Visit, ward: str) -> dict[str, str]:
    """Who has the visitor's role on a ward, beside them: the name by account."""
    found = visit.door.house.engine.sites.accounts().held.values()
    people = [each for each in found if each.open and each.kind == "person" and each.account != visit.who.account]
    return {each.account: each.name for each in people if any(grant.covers(visit.role, ward) for grant in each.grants)}


def own(stint: Stint, now: Instant, zone: ZoneInfo) -> Own:
    """A stretch of one's own duty in words."""
    waits = stint.begun_at is None
    by = f"{near_text(stint.answer_by, now, zone)} ({ago_text(stint.answer_by, now)})" if waits else ""
    return Own(stint.role, stint.ward, near_text(stint.until, now, zone), waits, by)


def post(each: Standing, now: Instant, zone: ZoneInfo) -> Post:
    """A role on a ward in words."""

    def people(those: tuple[There, ...], word: str) -> str:
        return ", ".join(f"{one.account} {word} {near_text(one.until, now, zone)}" for one in those)

    empty = "" if each.empty_since is None else f"since {near_text(each.empty_since, now, zone)}"
    on, asked = people(each.on_duty, "until"), people(each.asked, "until")
    return Post(each.role, each.ward, each.kept, on, asked, people(each.following, "from"), empty, each.critical)


def say(visit: Visit, fields: dict[str, str]) -> tuple[str, Answer]:
    """Send what a form of the page asks for, once; its name and the answer. Raises NotOnPage, NotUnderstood."""
    act, to = fields.get("act", ""), fields.get("to", "").strip()
    if act not in SAID:
        raise NotOnPage("the form asks for nothing that is known here", "a button of the page", "press one of them")
    post: dict[str, object] = {"role": visit.role, "ward": fields.get("ward", "")}
    match act:
        case "AcceptDuty":
            own: dict[str, object] = post | {"until": until(visit, fields.get("until", ""))}
        case "AnswerTest":
            own = {"number": number(fields.get("number", ""))}
        case "LeaveDuty":
            own = post | {"to": to}
        case _:
            own = post | {"account": visit.who.account, "to": to}
    by = {"actor": visit.who.account, "role": visit.role}
    told = {"type": act, "id": f"duty/{sent(visit, fields)}", "by": by, **own}
    return act, visit.handle(entered(told))


def sent(visit: Visit, fields: dict[str, str]) -> str:
    """The id of a form that was sent: the same page, button and words give the same one."""
    words = (fields.get(each, "") for each in ("once", "act", "ward", "to", "until", "number"))
    return sha256(msgspec.json.encode((visit.who.account, visit.role, *words))).hexdigest()[:32]


def until(visit: Visit, text: str) -> Instant | None:
    """A time of day as its next instant at the site, None for none: then as planned. Raises NotUnderstood."""
    if not text.strip():
        return None
    try:
        return next_round((text.strip(),), visit.door.house.clock.now(), zone_of_site(visit))
    except ValueError as error:
        raise NotUnderstood(
            "the end of the duty cannot be read", "a time of day such as 14:00", "write it so"
        ) from error


def number(text: str) -> int:
    """The number of a test. Raises NotUnderstood."""
    digits = "".join(text.split())
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= NUMBER_DIGITS):
        raise NotUnderstood("the number of the test cannot be read", "six figures", "read it in the newest test notice")
    return int(digits)
