"""Planning: which rosters are kept, what shifts are called, who is planned for them, where patients at home belong."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from pathway.case.commands import Refusal
from pathway.case.facts import is_zone, zone_of
from pathway.clinical.instant import SECOND, Instant, first_at, span
from pathway.site.duty.commands import CancelShift, KeepRoster, NameDayUnit, NameShift, PlanShift
from pathway.site.duty.events import DayUnitNamed, RosterKept, ShiftCancelled, ShiftNamed, ShiftPlanned
from pathway.site.duty.state import Duty, Post

#: So long before a planned shift begins its duty may be accepted without saying until when: the hand-over.
EARLY = 3600 * SECOND
#: A test that may wait longer tests nothing before the first notice is missed.
LONGEST_ANSWER = 3600 * SECOND
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)


def keep(command: KeepRoster, critical: bool) -> RosterKept | Refusal:
    """Keep a roster, in other words, or no longer."""
    if not (command.role and command.ward):
        return Refusal("roster", "a roster is of a role on a ward", (), "name both")
    try:
        within = span(command.answer_within)
    except ValueError:
        within = None
    if within is None or not 0 < within <= LONGEST_ANSWER:
        return Refusal("answer_within", "that is no time for an answer", (), "a span up to an hour, such as `10 min`")
    grave = critical if command.critical is None else command.critical
    return RosterKept(command.role, command.ward, grave, within, command.kept)


def name_shift(command: NameShift) -> ShiftNamed | Refusal:
    """Name a shift by its local times."""
    if not (command.name and CLOCK.fullmatch(command.begins) and CLOCK.fullmatch(command.ends)):
        return Refusal("shift", "a shift has a name and two times of day", (), "such as early, 06:00, 14:00")
    if not is_zone(command.zone):
        return Refusal("zone", "there is no such zone", (), "such as Europe/Berlin")
    return ShiftNamed(command.name, command.begins, command.ends, command.zone)


def day_unit(command: NameDayUnit) -> DayUnitNamed | Refusal:
    """Name the ward that patients at home belong to."""
    if not (command.ward and command.day_unit):
        return Refusal("ward", "both wards must be named", (), "`*` speaks of every ward")
    return DayUnitNamed(command.ward, command.day_unit)


def plan(
    state: Duty, command: PlanShift, now: Instant, longest: int, has: Callable[[str, str, str], bool]
) -> ShiftPlanned | Refusal:
    """Plan a shift that is not over, for somebody who has the role there and is not planned at that time."""
    if not (command.begins < command.ends <= command.begins + longest and now < command.ends):
        return Refusal("shift", "a shift begins before it ends, and is not over", (), "check both times")
    if not has(command.account, command.role, command.ward):
        happened = f"{command.account} has not the role {command.role} on that ward"
        return Refusal("account", happened, (), "grant it, or plan another")
    for each in state.shifts.values():
        same = (each.account, each.role, each.ward) == (command.account, command.role, command.ward)
        if same and each.begins < command.ends and command.begins < each.ends:
            return Refusal("planned", f"they are planned then already, as shift {each.number}", (), "cancel that first")
    return ShiftPlanned(state.last + 1, command.account, command.role, command.ward, command.begins, command.ends)


def cancel(state: Duty, command: CancelShift) -> ShiftCancelled | Refusal:
    """Take a planned shift back."""
    if command.number not in state.shifts:
        return Refusal("no_such_shift", "no shift of this number is planned", (), "see `wardpath roster show`")
    return ShiftCancelled(command.number)


def planned_until(state: Duty, account: str, post: Post, now: Instant) -> Instant | None:
    """The end of the shift that an account is planned for now, or that begins within EARLY."""
    mine = [each for each in state.shifts.values() if each.account == account and (each.role, each.ward) == post]
    near = [each for each in mine if each.begins - EARLY <= now < each.ends]
    return max((each.ends for each in near), default=None)


def times(state: Duty, name: str, on: date) -> tuple[Instant, Instant]:
    """When a named shift that begins on a day begins and ends; one that ends no later than it begins ends a day on.

    A local time that a clock change skips is the first instant after the gap, one that comes twice the first of the
    two: shifts that meet by their local times meet on every night. Raises KeyError for a name that nobody gave.
    """
    shift = state.names[name]
    zone = zone_of(shift.zone)
    begins, ends = time.fromisoformat(shift.begins), time.fromisoformat(shift.ends)
    last = on + timedelta(days=ends <= begins)
    return first_at(datetime.combine(on, begins, zone)), first_at(datetime.combine(last, ends, zone))
