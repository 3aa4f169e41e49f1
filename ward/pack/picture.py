"""The pictures of a pack: the time axis of the pages over the whole stay, in stretches that can be read on A4."""

from collections.abc import Iterator
from html import escape
from zoneinfo import ZoneInfo

import msgspec

from pathway.case.why import Inquiry
from pathway.clinical.instant import Instant
from ward.web.axis.axis import content, traced, words
from ward.web.axis.draw import Drawing
from ward.web.axis.lane import Lane, Panel
from ward.web.axis.window import Window
from ward.web.moment import DAY, HOUR

#: A stretch is a fortnight, or longer where there would be more of them than these: then days stand closer.
STRETCH, STRETCHES = 14 * DAY, 6
#: So many charts, or lanes, fill an A4 sheet on its side.
CHARTS, LANES = 4, 16
#: What the line at the end of a drawing is called: where the pack ends, and where another stretch goes on.
PACK_ENDS, GOES_ON = "pack ends", "goes on"


class Picture(msgspec.Struct, frozen=True):
    """A drawing as SVG, with words for those who do not see it."""

    svg: str
    caption: str


def pictures(asked: Inquiry) -> tuple[Picture, ...]:
    """The whole stay up to the moment that is asked about, oldest first, a few sheets for each stretch.

    Nothing is left out: reminders that find no room on a sheet get another.
    """
    turn, found = asked.turn, traced(asked)
    zone = ZoneInfo(turn.case.zone)
    made: list[Picture] = []
    for frame in frames(found.begins, turn.at, zone):
        lanes, panels, reminders = content(asked, found, frame)
        for some, drawn, title in sheets(lanes, panels, reminders):
            name = f"axis-{len(made) + 1}"
            said = escape(words(some, drawn, frame).replace("table below", "events of this pack"))
            # On a page that holds several of them each has names of its own.
            svg = Drawing(frame).svg(some, drawn, name, said).replace("axis-hatch", f"{name}-hatch")
            made.append(Picture(svg, f"{title}, {frame.words}"))
    return tuple(made)


def frames(begins: Instant, ends: Instant, zone: ZoneInfo) -> Iterator[Window]:
    """The stretches of a stay, of one length, whole hours or days."""
    grid = HOUR if ends - begins <= 3 * DAY else DAY
    start = begins // grid * grid
    whole = max(-(-(ends - start) // grid), 1) * grid
    length = max(min(STRETCH, whole), -(-whole // (STRETCHES * grid)) * grid)
    while (end := start + length) < ends:
        yield Window("stretch", Instant(start), Instant(end), Instant(end), zone, GOES_ON)
        start = end
    yield Window("stretch", Instant(start), Instant(end), ends, zone, PACK_ENDS)


def sheets(
    lanes: tuple[Lane, ...], panels: tuple[Panel, ...], reminders: tuple[Lane, ...]
) -> Iterator[tuple[tuple[Lane, ...], tuple[Panel, ...], str]]:
    """What stands on each sheet of a stretch: the course, the values, the reminders."""
    for start in range(0, len(lanes), LANES):
        yield lanes[start : start + LANES], (), "Course"
    shown = tuple(each for each in panels if each.points) or panels[:1]
    for start in range(0, len(shown), CHARTS):
        yield (), shown[start : start + CHARTS], "Values"
    for start in range(0, len(reminders), LANES):
        yield reminders[start : start + LANES], (), "Reminders"
