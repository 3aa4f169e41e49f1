"""Stretches: the events of one decision, parted where the case goes on under another bundle.

Each stretch is read by the definition that decided it: its reminders, its ladders, whom they tell.
"""

from collections.abc import Callable, Iterator
from itertools import groupby

import msgspec

from pathway.case.envelope import Event
from pathway.case.events import ReminderClosed
from pathway.case.evolve import evolve
from pathway.case.state import Case
from pathway.definition.pathway import Pathway
from pathway.engine.absence import skipped
from pathway.engine.notices import notices
from pathway.engine.ports import Notice, ReminderRow
from pathway.engine.rows import reminder_rows, row_of
from pathway.engine.whereabouts import arrivals, where_told
from pathway.site.duty.state import Duty

#: No roster is kept, so that none is empty.
NO_ROSTERS = Duty()
#: The pathway of a bundle.
PathwayOf = Callable[[str], Pathway]


class Stretch(msgspec.Struct, frozen=True):
    """Events that one definition decided, and the case before them."""

    pathway: Pathway
    before: Case
    events: tuple[Event, ...]


def stretches(pathway_of: PathwayOf, before: Case, events: tuple[Event, ...]) -> Iterator[Stretch]:
    """The stretches in their order: one, and a second where the definition was amended."""
    for bundle, group in groupby(events, key=lambda event: event.bundle):
        found = tuple(group)
        yield Stretch(pathway_of(bundle), before, found)
        if found[-1] is not events[-1]:
            before = evolve(before, found)


def rows_written(
    pathway_of: PathwayOf, before: Case, after: Case, events: tuple[Event, ...]
) -> tuple[ReminderRow, ...]:
    """The reminder rows that these events touch; those of every open one where the definition was amended."""
    parts = list(stretches(pathway_of, before, events))
    rows = [row for part in parts for row in reminder_rows(part.pathway, part.before, part.events)]
    if before.position and after.bundle != before.bundle:
        rows += [row_of(pathway_of(after.bundle), after.id, held) for held in after.open.values()]
    last = {(row.reminder, row.subject, row.ordinal): row for row in rows}
    return tuple(last[key] for key in sorted(last))


def notices_owed(
    pathway_of: PathwayOf, before: Case, after: Case, events: tuple[Event, ...], duty: Duty = NO_ROSTERS
) -> tuple[Notice, ...]:
    """The notices that these events owe; a reminder that the amendment closed rings no more.

    `duty`: the rosters, by which an empty rung is skipped and patients at home have their ward.
    """
    parts = list(stretches(pathway_of, before, events))
    if events:
        after = where_told(parts[-1].pathway, after, duty, events[-1].recorded_at)
    found = [notice for part in parts for notice in told_of(part, after, duty)]
    if len(parts) == 1:
        return tuple(found)
    closed = {
        (event.body.reminder, event.body.subject, event.body.ordinal)
        for event in events
        if isinstance(event.body, ReminderClosed)
    }
    return tuple(each for each in found if each.kind != "rung" or not closed.issuperset(each.reminders))


def told_of(part: Stretch, after: Case, duty: Duty) -> tuple[Notice, ...]:
    """The notices of one stretch: of its events, in the place of those who are not there, and of an arrival."""
    return (
        *notices(part.pathway, after, part.events),
        *skipped(part.pathway, after, part.events, duty),
        *arrivals(part.pathway, part.before, after, part.events),
    )
