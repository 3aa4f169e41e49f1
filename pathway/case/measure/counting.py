"""Counting: cases with at least one event of a kind, and how many events they are."""

from collections.abc import Iterator

from pathway.case.measure.asked import Asked
from pathway.case.measure.trail import Trail
from pathway.case.measure.unit import Outcome, Period, Unit


def counted(asked: Asked, trail: Trail, period: Period) -> Iterator[Unit]:
    """One unit: how many events the case has in the period; without any it belongs where it was enrolled."""
    found = [each for each in trail.of(asked.start) if period.holds(each[0])]
    enrolled = trail.enrolled_at
    if not found and enrolled is not None and period.holds(enrolled):
        outcome = Outcome.OPEN if trail.ended_at is None else Outcome.NOT_DONE
        yield Unit(trail.case, 1, enrolled, outcome, groups=("",) * len(asked.groups), count=0)
    if found:
        at, event = found[0]
        groups = asked.grouped(trail, at, event, None)
        yield Unit(trail.case, event.position, at, Outcome.IN_TIME, groups=groups, count=len(found))
