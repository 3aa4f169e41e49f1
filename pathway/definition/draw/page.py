"""The whole page: the regions side by side where they fit, the legend of exits, and how to read it."""

from collections.abc import Iterator
from itertools import pairwise

import msgspec

from pathway.definition.draw.layout import (
    FRAME,
    GAP,
    HEADING,
    LABEL_WIDTH,
    MARGIN,
    PADDING,
    PHASE_WIDTH,
    label_lines,
    region_panel,
)
from pathway.definition.draw.measure import width_of, wrapped
from pathway.definition.draw.moves import exits_of, in_words, named, origin, titled, who
from pathway.definition.draw.shapes import LINE, SIZE, Box, Panel, Point, Shape, Text, Wire
from pathway.definition.draw.travelled import Travelled
from pathway.definition.form import TransitionForm
from pathway.definition.pathway import Pathway

#: A row of panels is broken beyond this width, so that the page stays readable on a screen and on A3.
WIDEST = 1800
#: Heading of the page; length of the lines of the legend of exits.
TOP, ARM = 84, 48
#: Most rows of exits in one column, and the width of a row.
ROWS, ROW_WIDTH = 6, 2 * PHASE_WIDTH + LABEL_WIDTH + 2 * ARM
#: Width of the lines of a patient's path.
PATH_WIDTH = 420
BEGINS = "A case begins here."
KEYS = (
    (True, "Dashed: automatic. It follows what is known or given; nobody makes it."),
    (False, "Solid: made by one of the roles named."),
)
REMARKS = (
    "Lines without a head lead to the label, arrows lead from it. A line from a frame begins at every phase inside.",
    "Arrows at both ends: from any of these phases to any other of them; from a single one back into it.",
    "Regions run side by side: a case is in one phase of each.",
    "Conditions and sources stand in the tooltips.",
)


class Page(msgspec.Struct, frozen=True):
    """Panels with their places."""

    width: int
    height: int
    heading: tuple[str, str]
    panels: tuple[tuple[Point, Panel], ...]


def page(pathway: Pathway, regions: tuple[str, ...] = (), path: Travelled | None = None) -> Page:
    """The page of a pathway: these regions of it (all where none is named), with the path of a patient over it."""
    form = pathway.form
    shown = regions or tuple(form.regions)
    panels = [titled_region(region_panel(pathway, region), len(form.regions)) for region in shown]
    if any(region in shown for region, _ in exits_of(form)):
        panels.append(exits_panel(pathway, shown))
    panels += [path_panel(path)] if path else []
    panels.append(key_panel())
    places: list[tuple[Point, Panel]] = []
    x, y, row = MARGIN, TOP, 0
    limit = max(WIDEST, *(panel.width + 2 * MARGIN for panel in panels))
    for panel in panels:
        if x > MARGIN and x + panel.width + MARGIN > limit:
            x, y, row = MARGIN, y + row + MARGIN, 0
        places.append(((x, y), panel))
        x, row = x + panel.width + MARGIN, max(row, panel.height)
    heading = (form.title, f"Pathway {form.pathway}, version {form.version}. Status: {form.status}.")
    right = max(
        width_of(heading[0], SIZE + 7, bold=True) + 2 * MARGIN, *(px + each.width + MARGIN for (px, _), each in places)
    )
    return Page(right, y + row + MARGIN, heading, tuple(places))


def titled_region(panel: Panel, regions: int) -> Panel:
    """The panel of a region with a heading that says so."""
    return msgspec.structs.replace(panel, title=f"Region: {panel.title}") if regions > 1 else panel


def path_panel(path: Travelled) -> Panel:
    """The steps of a patient's path, a line each."""
    y, remarks = HEADING, []
    for said in path.legend:
        for line in wrapped(said, PATH_WIDTH, SIZE):
            y += LINE
            remarks.append(((MARGIN, y), Text(line)))
    return Panel("The path of this patient", PATH_WIDTH + 2 * MARGIN, y + MARGIN, (), (), None, tuple(remarks))


def exits_panel(pathway: Pathway, shown: tuple[str, ...]) -> Panel:
    """The moves of these regions into and out of closed phases, a row each, in columns; then who may take one back."""
    shapes: list[Shape] = []
    wires: list[Wire] = []
    taken = [(region, exit_) for region, exit_ in exits_of(pathway.form) if region in shown]
    bottom, x = 0, MARGIN
    for column in batched(taken, ROWS):
        y = HEADING + PADDING
        for region, exit_ in column:
            row, joined = exit_row(pathway, region, exit_, (x, y))
            shapes += row
            wires += joined
            y = max(shape.box.bottom for shape in row) + GAP
        bottom, x = max(bottom, y), x + ROW_WIDTH + 2 * MARGIN
    remarks = []
    for said in besides(pathway):
        for line in wrapped(said, x - 3 * MARGIN, SIZE):
            remarks.append(((MARGIN, bottom + LINE), Text(line)))
            bottom += LINE
    return Panel("Exits", x - MARGIN, bottom - GAP + 2 * MARGIN, tuple(shapes), tuple(wires), None, tuple(remarks))


def besides(pathway: Pathway) -> Iterator[str]:
    """What may happen to a case as a whole: an exit is taken back, two cases become one."""
    form = pathway.form
    if form.reopen:
        yield f"{form.reopen.id} reopen, {who(form.reopen.by)}: from any exit back to the phase before it."
        for leaf, roles in form.reopen.by_exit.items():
            yield f"{form.reopen.id} from {titled(pathway, leaf)}, {who(roles)}."
    if form.merge:
        yield f"{form.merge.id} merge and part, {who(form.merge.by)}: two cases of one person, joined and parted."


def batched(rows: list[tuple[str, TransitionForm]], size: int) -> Iterator[list[tuple[str, TransitionForm]]]:
    """Rows in columns of at most so many, of nearly equal height."""
    columns = -(-len(rows) // size) or 1
    high = -(-len(rows) // columns)
    yield from (rows[start : start + high] for start in range(0, len(rows), high or 1))


def exit_row(pathway: Pathway, region: str, exit_: TransitionForm, at: Point) -> tuple[list[Shape], list[Wire]]:
    """One exit with its upper left corner at a point: where from, its label, where to."""
    left, y = at
    label = label_lines(exit_.id, named(pathway, exit_.name), exit_.by)
    start, end = (boxed(text) for text in (origin(pathway, region, exit_), titled(pathway, exit_.to)))
    height = LINE * max(map(len, (label, start, end))) + 2 * PADDING
    tip, dashed = in_words(pathway, exit_), not exit_.by
    xs = (left, left + PHASE_WIDTH + ARM, left + PHASE_WIDTH + LABEL_WIDTH + 2 * ARM)
    boxes = [Box(x, y, width, height) for x, width in zip(xs, (PHASE_WIDTH, LABEL_WIDTH, PHASE_WIDTH), strict=True)]
    shapes = [
        Shape("phase", " ".join(exit_.from_), boxes[0], boxes[0], start, tip),
        Shape("move", exit_.id, boxes[1], boxes[1], label, tip, dashed),
        Shape("phase", exit_.to, boxes[2], boxes[2], end, tip),
    ]
    middle = y + height // 2
    wires = [
        Wire(exit_.id, ((one.right, middle), (other.x, middle)), tip, dashed, head_last=other is boxes[2])
        for one, other in pairwise(boxes)
    ]
    return shapes, wires


def boxed(text: str) -> tuple[Text, ...]:
    """The title of a phase in the legend."""
    return tuple(Text(each, bold=True) for each in wrapped(text, PHASE_WIDTH - 2 * PADDING, SIZE, bold=True))


def key_panel() -> Panel:
    """How to read the drawing."""
    x, room = MARGIN + ARM + FRAME, 330
    y = HEADING + LINE
    remarks: list[tuple[Point, Text]] = [((x, y), Text(BEGINS))]
    wires = []
    dot = (MARGIN + ARM // 2, y - SIZE // 3)
    for dashed, said in KEYS:
        y += LINE + PADDING
        wires.append(Wire("", ((MARGIN, y - SIZE // 3), (MARGIN + ARM, y - SIZE // 3)), "", dashed, head_last=True))
        for line in wrapped(said, room, SIZE):
            remarks.append(((x, y), Text(line)))
            y += LINE
        y -= LINE
    for said in REMARKS:
        y += LINE + PADDING
        for line in wrapped(said, room + ARM + FRAME, SIZE):
            remarks.append(((MARGIN, y), Text(line)))
            y += LINE
        y -= LINE
    return Panel("How to read it", x + room + MARGIN, y + MARGIN, (), tuple(wires), dot, tuple(remarks))
