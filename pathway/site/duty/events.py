"""Events of the duty stream: what became of rosters, shifts and duty, and the stretches in which a roster was empty."""

from typing import Literal

from pathway.case.events import Body
from pathway.clinical.instant import Instant, Span


class RosterKept(Body, frozen=True, tag=True):
    """A roster is kept, or no longer. `answer_within`: microseconds."""

    role: str
    ward: str
    critical: bool
    answer_within: Span
    kept: bool = True


class ShiftNamed(Body, frozen=True, tag=True):
    """A shift has a name, local times and a zone."""

    name: str
    begins: str
    ends: str
    zone: str


class DayUnitNamed(Body, frozen=True, tag=True):
    """A ward's patients at home belong to another ward."""

    ward: str
    day_unit: str


class ShiftPlanned(Body, frozen=True, tag=True):
    """Somebody is planned for a shift."""

    number: int
    account: str
    role: str
    ward: str
    begins: Instant
    ends: Instant


class ShiftCancelled(Body, frozen=True, tag=True):
    """A planned shift was taken back."""

    number: int


class DutyOffered(Body, frozen=True, tag=True):
    """A test notice went to somebody who takes a duty or is to take it. `instead_of`: the stint that theirs ends."""

    number: int
    test: int
    account: str
    role: str
    ward: str
    until: Instant
    answer_by: Instant
    instead_of: int = 0


class DutyBegun(Body, frozen=True, tag=True):
    """A test was answered: its stint counts from now on."""

    number: int


class DutyLapsed(Body, frozen=True, tag=True):
    """A test was not answered in time: its stint never began. `told`: the roles that hear of it."""

    number: int
    told: tuple[str, ...]


class DutyLeft(Body, frozen=True, tag=True):
    """Somebody left duty before its end. `why`: they said so, or their account has the role no more."""

    numbers: tuple[int, ...]
    why: Literal["left", "not_entitled"] = "left"


class RosterEmptied(Body, frozen=True, tag=True):
    """Nobody is on duty in a kept roster. `told`: the roles that hear of it."""

    role: str
    ward: str
    critical: bool
    told: tuple[str, ...]


class RosterStaffed(Body, frozen=True, tag=True):
    """A roster that stood empty does so no more: somebody is on duty, or it is no longer kept."""

    role: str
    ward: str
    how: Literal["staffed", "dropped"]
    told: tuple[str, ...]


AnyDutyBody = (
    RosterKept
    | ShiftNamed
    | DayUnitNamed
    | ShiftPlanned
    | ShiftCancelled
    | DutyOffered
    | DutyBegun
    | DutyLapsed
    | DutyLeft
    | RosterEmptied
    | RosterStaffed
)
