"""Corrections: what was said first, struck out, with what took its place, who said so and when."""

from zoneinfo import ZoneInfo

import msgspec

from ward.web.moment import moment_text
from ward.web.reads import TimelineEntry
from ward.web.sheet import corrects, who


class Correction(msgspec.Struct, frozen=True):
    """One correction. `old` was said first, in event `target`; `new` in event `position`.

    `how`: corrected or retracted.
    """

    target: int
    old: str
    said_by: str
    said_at: str
    position: int
    new: str
    how: str
    by: str
    at: str

    @property
    def words(self) -> str:
        """Who corrected it and when, for a line of the timeline."""
        return f"{self.how} by event {self.position}: {self.by}, recorded {self.at}"


def corrections(entries: list[TimelineEntry], zone: ZoneInfo) -> tuple[Correction, ...]:
    """Every correction among these events, newest first; of what was told before them only that it was told."""
    known = {each.event.position: each for each in entries}
    found = []
    for entry in entries:
        target, (_, how) = corrects(entry)
        if target is None or (first := known.get(target)) is None:
            continue
        found.append(
            Correction(
                target=target,
                old=first.words,
                said_by=who(first),
                said_at=moment_text(first.event.recorded_at, zone),
                position=entry.event.position,
                new=entry.words,
                how=how,
                by=who(entry),
                at=moment_text(entry.event.recorded_at, zone),
            )
        )
    return tuple(reversed(found))
