"""Migration: the open cases that must go on under another definition, since theirs was withdrawn for safety."""

from collections.abc import Iterable

import msgspec

from pathway.clinical.instant import Instant
from pathway.engine.ports import Head
from pathway.site.state import Withdrawn
from ward.wiring import House

#: What a list of reminders calls it.
REMINDER, TITLE = "definition", "Move the case to another definition: its own was withdrawn for safety"


class Migration(msgspec.Struct, frozen=True):
    """One open case on a withdrawn definition."""

    head: Head
    withdrawn: Withdrawn

    @property
    def due_at(self) -> Instant:
        """By when the case must go on under another definition."""
        return self.withdrawn.body.migrate_by

    def overdue(self, now: Instant) -> bool:
        """Whether that time is over."""
        return now >= self.due_at


def migrations(house: House, heads: Iterable[Head] | None = None) -> list[Migration]:
    """The open cases on withdrawn definitions, by when they must move; of these heads alone where given."""
    withdrawn = house.engine.sites.definitions().withdrawn
    if not withdrawn:
        return []
    found = house.engine.heads() if heads is None else heads
    owed = [Migration(head, withdrawn[head.bundle]) for head in found if head.bundle in withdrawn and not head.closed]
    return sorted(owed, key=lambda each: (each.due_at, each.head.case))
