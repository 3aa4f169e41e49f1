"""The axis of a patient: built from the fold of the case and one walk over its events, for one span."""

from html import escape
from zoneinfo import ZoneInfo

import msgspec
from markupsafe import Markup

from pathway.case.why import Inquiry
from ward.web.axis.draw import Drawing
from ward.web.axis.lane import Lane, Panel
from ward.web.axis.lanes import REMINDERS, drugs, happened, products, reminders, stages
from ward.web.axis.table import Row, table
from ward.web.axis.trace import Trace, trace
from ward.web.axis.values import panels
from ward.web.axis.window import Window, window

#: A longer table is cut to its newest rows and says so: first those of reminders, which are many. All stand in the
#: timeline.
ROWS, REMINDER_ROWS = 200, 100


class Axis(msgspec.Struct, frozen=True):
    """A drawing and its table. `undrawn`: reminders without a lane of their own; `hidden`: rows left out."""

    window: Window
    svg: Markup
    rows: tuple[Row, ...]
    undrawn: int
    hidden: int


def axis(asked: Inquiry, span: str, word: str = "now") -> Axis:
    """The axis of a case at the moment it is asked. `span`: the word of a span; any other word is the usual one.

    `word`: what the moment is called.
    """
    turn, found = asked.turn, traced(asked)
    zone = ZoneInfo(turn.case.zone)
    frame = window(span, turn.at, found.begins, zone, word)
    lanes, drawn, rung = content(asked, found, frame)
    care, asked_for = table(lanes, drawn, zone), table(rung, (), zone)
    rows = sorted((*care[:ROWS], *asked_for[:REMINDER_ROWS]), key=lambda row: -row.at)
    shown = (*lanes, *rung[:REMINDERS])
    return Axis(
        window=frame,
        svg=Markup(Drawing(frame).svg(shown, drawn, "axis", escape(words(shown, drawn, frame)))),  # noqa: S704 - built here, every word escaped
        rows=tuple(rows),
        undrawn=max(0, len(rung) - REMINDERS),
        hidden=len(care) + len(asked_for) - len(rows),
    )


def traced(asked: Inquiry) -> Trace:
    """What the events of a case leave on an axis, without those that were corrected or retracted."""
    case = asked.turn.case
    return trace(asked.events, frozenset(case.retracted) | frozenset(case.heirs))


def content(
    asked: Inquiry, found: Trace, frame: Window
) -> tuple[tuple[Lane, ...], tuple[Panel, ...], tuple[Lane, ...]]:
    """What stands on an axis in a window: its lanes, the panels of its values, and the lanes of reminders."""
    case, pathway = asked.turn.case, asked.turn.pathway
    lanes = (
        *stages(pathway, found, frame),
        *drugs(pathway, case, found.begins, frame),
        *products(case, frame),
        *happened(pathway, found, case.zone, frame),
    )
    return lanes, panels(pathway, case, frame), reminders(pathway, found.reminders, frame)


def words(lanes: tuple[Lane, ...], drawn: tuple[Panel, ...], frame: Window) -> str:
    """What is drawn, for those who do not see it."""
    values = [f"{each.title} in {each.unit}" if each.unit else each.title for each in drawn]
    return (
        f"{frame.words}, {frame.zone.key}. Lanes: {', '.join(each.title for each in lanes)}. "
        f"Values: {', '.join(values) or 'none'}. The table below holds the same times and figures."
    )
