"""The panels of a time axis: which analytes, on which scale, with which lines, all of it as the pathway's file says."""

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from pathway.case.portray import lab_state
from pathway.case.state import Case, Result
from pathway.clinical.quantity import show
from pathway.clinical.reading import Interval, Reading
from pathway.clinical.unit import show_unit
from pathway.definition.form import FactForm
from pathway.definition.pathway import Pathway
from ward.web.axis.lane import Line, Panel, Point
from ward.web.axis.window import Window
from ward.web.seen import STATES, plain


def panels(pathway: Pathway, case: Case, window: Window) -> tuple[Panel, ...]:
    """A panel for each value that the file draws, in its order, with what was collected in the window."""
    return tuple(panel(pathway, case, name, window) for name in pathway.form.panels)


def panel(pathway: Pathway, case: Case, name: str, window: Window) -> Panel:
    """The panel of one laboratory fact."""
    form = pathway.form.facts[name]
    low, high = (Decimal(text.partition(" ")[0]) for text in pathway.form.panels[name].scale)
    lines = tuple(
        Line(word, edge, pathway.ceiling(line))
        for word, line in zip(("target", "critical"), form.lines, strict=False)
        if (edge := edge_of(pathway.settings[line])) is not None
    )
    return Panel(
        name=name,
        title=form.title,
        unit=plain(show_unit(form.unit)),
        scale=(low, high),
        lines=lines,
        points=tuple(points(pathway, case, form, window)),
    )


def edge_of(line: Reading) -> Decimal | None:
    """The figure of a line."""
    return line.value.low if isinstance(line.value, Interval) else None


def points(pathway: Pathway, case: Case, form: FactForm, window: Window) -> Iterator[Point]:
    """The results collected in the window, oldest first. Two are joined while the one before still counted."""
    valid = pathway.span(form.valid_for or "")
    lines = [(pathway.settings[line], pathway.ceiling(line)) for line in form.lines]
    before: Point | None = None
    for each in case.labs.get(form.lab or "", ()):
        if not window.holds(each.body.collected_at):
            continue
        found = point(each, form, lines)
        if found.look != "gap":
            joined = before is not None and found.at - before.at < valid
            found = before = msgspec.structs.replace(found, joined=joined)
        yield found


def point(result: Result, form: FactForm, lines: list[tuple[Reading, bool]]) -> Point:
    """One result: a value with its state, or what keeps it from being one."""
    body, interval = result.body, result.interval
    if interval is None or not body.usable or body.question:
        why = f"in question: {body.question}" if body.question else body.why or "not usable"
        return Point(body.collected_at, None, None, plain(body.entered), "gap", plain(why), result.recorded_at)
    state = lab_state(Reading(known=True, value=interval), lines)
    look, word = STATES.get(state, ("plain", "Across a line"))
    shown = plain(show(interval, form.unit))
    mark = f"as sent {plain(body.entered)}" if "(converted" in body.entered else ""
    words = ", ".join(part for part in (word.lower() if state != "no_target" else "", mark) if part)
    return Point(body.collected_at, interval.low, interval.high, shown, look, words, result.recorded_at)
