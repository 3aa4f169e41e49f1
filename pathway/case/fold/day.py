"""The day of a patient: which rungs were reached on it, so that the budget of a day can be counted (H39)."""

from zoneinfo import ZoneInfo

from msgspec.structs import force_setattr, replace

from pathway.case.events import RungReached
from pathway.case.state import Case, Day, Told
from pathway.clinical.instant import Instant, next_round

#: A day of the site begins at its midnight, as people count days.
MIDNIGHT = ("00:00",)


def told_today(case: Case, at: Instant, body: RungReached) -> None:
    """Count a rung to the day on which it was reached; the first of a day begins it."""
    day = case.day
    if day is None or at >= day.until:
        day = Day(next_round(MIDNIGHT, at, ZoneInfo(case.zone)))
    told = Told(body.reminder, body.subject, body.ordinal, body.level, body.rung, body.count)
    force_setattr(case, "day", replace(day, rungs=(*day.rungs, told)))


def over(case: Case) -> None:
    """It was said that the day is over its budget."""
    if case.day is not None:
        force_setattr(case, "day", replace(case.day, over=True))
