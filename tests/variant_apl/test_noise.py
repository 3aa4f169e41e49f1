"""H39: at most 15 inbox lines and 2 pages outside the critical class for one patient on one day.

Counted over every scenario of days and weeks, by the instants at which rungs were reached. A line is one need that told
an inbox that day, several analytes of one recheck being one; a page is one rung that paged somebody. What is critical
is not counted: that class is closed and is never held back.
"""

from collections import defaultdict
from datetime import date
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from pathway.case.events import RungReached
from pathway.clinical.instant import utc
from pathway.definition.pathway import target
from pathway.engine.notices import ladder_of
from tests.acceptance.story import tell
from tests.case.ward import SHIPPED

LINES, PAGES = 15, 2
#: Scenarios of days and weeks; those of hours are about one edge and are left half-tended on purpose.
LONG = ("k1", "k2", "k3", "k4", "k5", "k6", "k7a", "k7b")
ZONE = ZoneInfo("Europe/Berlin")
TOGETHER = {each.id for each in SHIPPED.form.reminders if each.together}
#: The closed list of the critical class (H39): nothing else may be critical.
CRITICAL = {"M1", "M3", "M38", "M40", "M44", "M46", "M47", "M50"}

Day = tuple[set[tuple[str, str, int]], set[tuple[str, str, int, int, int]]]


def channels(body: RungReached) -> set[str]:
    """The channels of a rung that is not critical; empty for one that is."""
    form = SHIPPED.reminders[body.reminder]
    rungs, level = ladder_of(form, body.level)
    reached = [rungs[body.rung]] if body.rung < len(rungs) else list(rungs)
    if form.critical or (level and level.critical) or any(each.critical for each in reached):
        return set()
    return {target(to).channel for each in reached for to in each.to}


@cache
def by_day(stem: str) -> dict[date, Day]:
    """Day to its lines and its pages, outside the critical class."""
    told = tell(stem)
    assert told.failed == ()
    days: dict[date, Day] = defaultdict(lambda: (set(), set()))
    for event in told.events:
        body = event.body
        if not isinstance(body, RungReached):
            continue
        lines, pages = days[utc(event.occurred_at).astimezone(ZONE).date()]
        subject = "" if body.reminder in TOGETHER else body.subject
        found = channels(body)
        if "inbox" in found:
            lines.add((body.reminder, subject, body.ordinal))
        if found - {"inbox"}:
            pages.add((body.reminder, subject, body.ordinal, body.rung, body.count))
    return days


@pytest.mark.parametrize("stem", LONG)
def test_no_patient_day_has_more_lines_or_pages_than_the_budget(stem):
    found = {day.isoformat(): (len(lines), len(pages)) for day, (lines, pages) in by_day(stem).items()}
    over = {day: each for day, each in found.items() if each[0] > LINES or each[1] > PAGES}
    assert over == {}, {
        day.isoformat(): (sorted(lines), sorted(pages))
        for day, (lines, pages) in by_day(stem).items()
        if day.isoformat() in over
    }


def test_the_budget_is_counted_at_all():
    assert any(lines for lines, _ in by_day("k7a").values())


def test_the_critical_class_is_closed():
    found = {
        each.id for each in SHIPPED.form.reminders if each.critical or any(level.critical for level in each.levels)
    }
    found |= {
        each.id for each in SHIPPED.form.reminders for level in each.levels for rung in level.ladder if rung.critical
    }
    assert found == CRITICAL
