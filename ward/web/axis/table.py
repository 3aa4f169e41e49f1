"""What a drawing shows, as rows: the same figures and times in words, newest first."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import msgspec

from pathway.clinical.instant import Instant
from ward.web.axis.lane import Bar, Lane, Panel
from ward.web.moment import moment_text


class Row(msgspec.Struct, frozen=True):
    """One thing on the axis: when, in which lane, what. `look` is that of its mark."""

    at: Instant
    when: str
    lane: str
    words: str
    look: str


def table(lanes: tuple[Lane, ...], panels: tuple[Panel, ...], zone: ZoneInfo) -> tuple[Row, ...]:
    """Every bar, mark and point, newest first."""
    found = [*of_panels(panels, zone), *(row for lane in lanes for row in of_lane(lane, zone))]
    return tuple(sorted(found, key=lambda row: -row.at))


def of_panels(panels: tuple[Panel, ...], zone: ZoneInfo) -> Iterator[Row]:
    """The values with their unit and state, by collection."""
    for panel in panels:
        for each in panel.points:
            words = f"{each.shown}, {each.words}" if each.words else each.shown
            yield Row(each.at, moment_text(each.at, zone), panel.title, words, each.look)


def of_lane(lane: Lane, zone: ZoneInfo) -> Iterator[Row]:
    """The bars and marks of a lane; of a reminder an occurrence is one row, which tells its marks too."""
    for bar in lane.bars:
        yield Row(bar.since, moment_text(bar.since, zone), lane.title, of_bar(bar, lane, zone), bar.look)
    for each in () if lane.kind == "reminders" else lane.marks:
        yield Row(each.at, moment_text(each.at, zone), lane.title, each.words, each.look)


def of_bar(bar: Bar, lane: Lane, zone: ZoneInfo) -> str:
    """A stretch in words: from its beginning, and until when."""
    if lane.kind == "reminders":
        return f"opened, {bar.words}"
    before = "known from here, began then or before: " if bar.from_before else ""
    until = "" if bar.until is None else f", until {moment_text(bar.until, zone)}"
    return f"{before}{bar.words}{until}"
