"""Commands about duty: rosters that are kept, shifts that are planned, duty that is taken, answered for and left."""

from typing import Literal

from pathway.clinical.instant import Instant
from pathway.site.command import SiteCommand


class DutyCommand(SiteCommand, frozen=True, kw_only=True):
    """Asks something of the rosters."""

    case: Literal["site:duty"] = "site:duty"


class KeepRoster(DutyCommand, frozen=True, kw_only=True, tag=True):
    """Keep a roster: from then on it alarms when nobody of this role is on duty on this ward.

    Rosters of a ward stand in the order in which help is called: the next one that is staffed hears of an empty one.
    `critical`: how grave that is; left out, as the pathways say. `answer_within`: how long a test may wait for its
    answer. `kept = false` ends the keeping.
    """

    role: str
    ward: str
    critical: bool | None = None
    answer_within: str = "10 min"
    kept: bool = True


class NameShift(DutyCommand, frozen=True, kw_only=True, tag=True):
    """Name a shift by its local times (`22:00` to `06:00`) in the zone of the site; the later word counts."""

    name: str
    begins: str
    ends: str
    zone: str


class NameDayUnit(DutyCommand, frozen=True, kw_only=True, tag=True):
    """Say which ward looks after the patients of a ward who are at home; `*` speaks of every ward."""

    ward: str
    day_unit: str


class PlanShift(DutyCommand, frozen=True, kw_only=True, tag=True):
    """Plan that somebody has a shift. A plan puts nobody on duty: they accept it themselves."""

    account: str
    role: str
    ward: str
    begins: Instant
    ends: Instant


class CancelShift(DutyCommand, frozen=True, kw_only=True, tag=True):
    """Take a planned shift back, by its number."""

    number: int


class AcceptDuty(DutyCommand, frozen=True, kw_only=True, tag=True):
    """Take duty; it counts once the number in the test notice was answered.

    `until`: left out, to the end of the shift that one is planned for.
    """

    role: str
    ward: str
    until: Instant | None = None


class AnswerTest(DutyCommand, frozen=True, kw_only=True, tag=True):
    """Answer a test notice by the number that stands in it, and nowhere else: it shows that notices arrive."""

    number: int


class LeaveDuty(DutyCommand, frozen=True, kw_only=True, tag=True):
    """Leave duty before its end. With a substitute in `to` it goes on until they have answered their test."""

    role: str
    ward: str
    to: str = ""


class NameSubstitute(DutyCommand, frozen=True, kw_only=True, tag=True):
    """Let somebody else take the duty that an account has now, or is planned for; it counts once they answered."""

    role: str
    ward: str
    account: str
    to: str


AnyDutyCommand = (
    KeepRoster
    | NameShift
    | NameDayUnit
    | PlanShift
    | CancelShift
    | AcceptDuty
    | AnswerTest
    | LeaveDuty
    | NameSubstitute
)
