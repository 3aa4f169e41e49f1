"""What the events of the duty stream add up to, and the questions that are asked of it."""

from typing import TypeVar

import msgspec
from msgspec.structs import replace

from pathway.clinical.instant import SECOND, Instant, Span
from pathway.site.duty.events import (
    AnyDutyBody,
    DayUnitNamed,
    DutyBegun,
    DutyLapsed,
    DutyLeft,
    DutyOffered,
    RosterEmptied,
    RosterKept,
    RosterStaffed,
    ShiftCancelled,
    ShiftNamed,
    ShiftPlanned,
)

Key = TypeVar("Key")
Value = TypeVar("Value")
#: A role on a ward.
Post = tuple[str, str]
#: What is said of every ward for which nothing else is said.
EVERY_WARD = "*"
#: Shifts and stints that ended this long ago are let go: the stream keeps them, and nothing is decided by them.
LET_GO = Span(48 * 3600 * SECOND)


class Stint(msgspec.Struct, frozen=True):
    """One person's stretch of duty; without `begun_at` its test waits for an answer until `answer_by`."""

    number: int
    test: int
    account: str
    role: str
    ward: str
    until: Instant
    answer_by: Instant
    instead_of: int = 0
    begun_at: Instant | None = None

    def holds(self, at: int) -> bool:
        """Whether it counts at an instant: from the answer on, up to its end."""
        return self.begun_at is not None and self.begun_at <= at < self.until


class Empty(msgspec.Struct, frozen=True):
    """A roster that stands empty: since when, by which event, and who was told."""

    since: Instant
    position: int
    told: tuple[str, ...]


class Duty(msgspec.Struct, frozen=True):
    """The rosters of a site. `kept` in the order in which help is called; `last`: the number given last.

    What is over since LET_GO is in it no more. `empty`: the kept rosters in which nobody is on duty.
    """

    position: int = 0
    kept: dict[Post, RosterKept] = {}
    names: dict[str, ShiftNamed] = {}
    day_units: dict[str, str] = {}
    shifts: dict[int, ShiftPlanned] = {}
    stints: dict[int, Stint] = {}
    empty: dict[Post, Empty] = {}
    last: int = 0

    @property
    def zone(self) -> str:
        """The zone of the site: that of the shift that was named last."""
        return next(reversed(self.names.values())).zone if self.names else "UTC"


def on_duty(state: Duty, role: str, ward: str, at: int) -> tuple[str, ...]:
    """The accounts that are on duty at an instant not before the last event, in the order in which they began."""
    found = [each for each in state.stints.values() if (each.role, each.ward) == (role, ward) and each.holds(at)]
    return tuple(dict.fromkeys(each.account for each in sorted(found, key=lambda each: (each.begun_at, each.number))))


def stands_empty(state: Duty, role: str, ward: str, at: int) -> bool:
    """Whether a roster is kept and nobody is on duty. One that is not kept is never called empty."""
    return (role, ward) in state.kept and not on_duty(state, role, ward, at)


def home_ward(state: Duty, ward: str) -> str:
    """The ward that looks after the patients of a ward who are at home: its own where the site names no other."""
    return state.day_units.get(ward, state.day_units.get(EVERY_WARD, ward))


def next_change(state: Duty) -> Instant | None:
    """The first instant at which time alone changes something: a test lapses, or a kept roster empties."""
    waiting = [each.answer_by for each in state.stints.values() if each.begun_at is None]
    ends = [empties(state, post) for post in state.kept if post not in state.empty]
    return min((*waiting, *ends), default=None)


def empties(state: Duty, post: Post) -> Instant:
    """When the last of those on duty in a staffed roster goes off duty."""
    return max(
        (each.until for each in state.stints.values() if (each.role, each.ward) == post and each.begun_at is not None),
        default=Instant(0),
    )


def evolve(state: Duty, body: AnyDutyBody, at: Instant, position: int) -> Duty:
    """The state after one event, that occurred at an instant. The state given stays as it is."""
    state = replace(state, position=position)
    match body:
        case RosterKept():
            return roster_kept(state, body)
        case ShiftNamed():
            others = {name: each for name, each in state.names.items() if name != body.name}
            return replace(state, names={**others, body.name: body})
        case DayUnitNamed():
            return replace(state, day_units={**state.day_units, body.ward: body.day_unit})
        case ShiftPlanned():
            shifts = {number: each for number, each in state.shifts.items() if each.ends > at - LET_GO}
            return replace(state, shifts={**shifts, body.number: body}, last=body.number)
        case ShiftCancelled():
            return replace(state, shifts={each: state.shifts[each] for each in state.shifts if each != body.number})
        case RosterEmptied():
            return replace(state, empty={**state.empty, (body.role, body.ward): Empty(at, position, body.told)})
        case RosterStaffed():
            return replace(state, empty=without(state.empty, (body.role, body.ward)))
        case _:
            return replace(state, stints=stints_after(state, body, at), last=last_after(state, body))


def roster_kept(state: Duty, body: RosterKept) -> Duty:
    """A roster that is kept already keeps its place among the others."""
    post = (body.role, body.ward)
    return replace(state, kept={**state.kept, post: body} if body.kept else without(state.kept, post))


def stints_after(state: Duty, body: DutyOffered | DutyBegun | DutyLapsed | DutyLeft, at: Instant) -> dict[int, Stint]:
    """The stints after one of them was offered, begun, lapsed or left."""
    match body:
        case DutyOffered():
            kept = {number: each for number, each in state.stints.items() if each.until > at - LET_GO}
            offered = Stint(
                number=body.number,
                test=body.test,
                account=body.account,
                role=body.role,
                ward=body.ward,
                until=body.until,
                answer_by=body.answer_by,
                instead_of=body.instead_of,
            )
            return {**kept, body.number: offered}
        case DutyBegun():
            begun = replace(state.stints[body.number], begun_at=at)
            found = {**state.stints, body.number: begun}
            before = found.get(begun.instead_of)
            return found if before is None else {**found, before.number: ended(before, at)}
        case DutyLapsed():
            return without(state.stints, body.number)
        case DutyLeft():
            # One that never began is gone; one that did has an end.
            gone = {number for number in body.numbers if state.stints[number].begun_at is None}
            left = {number: ended(state.stints[number], at) for number in body.numbers}
            return {number: each for number, each in {**state.stints, **left}.items() if number not in gone}


def ended(stint: Stint, at: Instant) -> Stint:
    """A stint that ends at an instant, or has ended before."""
    return replace(stint, until=min(stint.until, at))


def last_after(state: Duty, body: AnyDutyBody) -> int:
    """The number given last."""
    return body.number if isinstance(body, DutyOffered) else state.last


def without(held: dict[Key, Value], key: Key) -> dict[Key, Value]:
    """A mapping without one key."""
    return {each: value for each, value in held.items() if each != key}
