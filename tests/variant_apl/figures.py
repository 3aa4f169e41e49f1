"""Small histories made by real commands, and what the indicators of this pathway say of them."""

from functools import cache

from pathway.case.measure import Cohort, Indicators, Period, Result, indicators_beside
from pathway.clinical.instant import Instant
from tests.case.ward import CASE, SHIPPED, Ward

MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


@cache
def shipped_indicators() -> Indicators:
    """The indicators that come with this pathway."""
    found = indicators_beside(SHIPPED)
    assert found is not None
    return found


def bytes_of(ward: Ward) -> list[bytes]:
    """The stored events of a ward's case."""
    return [each.canonical for each in ward.store.stream(CASE)]


def measured(*wards: Ward, now: Instant | None = None, period: Period | None = None) -> dict[str, Result]:
    """What some wards, one case each, say of every indicator, by its id."""
    latest = now or max(each.clock.now() for each in wards)
    cohort = Cohort(shipped_indicators(), latest, period or Period())
    for number, ward in enumerate(wards, start=1):
        cohort.add(f"c{number}", bytes_of(ward))
    return {each.form.id: each for each in cohort.results()}


def counts(result: Result) -> dict[str, int]:
    """The outcomes of an indicator that are not nought."""
    total = result.total
    names = ("in_time", "outside", "not_done", "not_documented", "open")
    return {name: found for name in names if (found := getattr(total, name))}


def hours(result: Result) -> list[float]:
    """How long each unit lasted that has stopped, in hours."""
    return [each.lasted_us / HOUR for each in result.units if each.lasted_us is not None]
