"""Nothing in a drawing hides anything else, whatever the definition says."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings

from pathway.definition.draw.measure import width_of, wrapped
from pathway.definition.draw.page import page
from pathway.definition.draw.shapes import LINE, SIZE, Box, Panel, Point, Shape
from pathway.definition.draw.zone import TOUCHING
from pathway.definition.pathway import Pathway
from tests.definition.draw.worlds import SHIPPED, Shapes, pathway, shapes, transition


def overlap(one: Box, other: Box) -> bool:
    return one.x < other.right and other.x < one.right and one.y < other.bottom and other.y < one.bottom


def holds(outer: Box, inner: Box) -> bool:
    return outer.x <= inner.x and inner.right <= outer.right and outer.y <= inner.y and inner.bottom <= outer.bottom


def hides(one: Shape, other: Shape) -> bool:
    """Whether two shapes overlap, unless the other is a note that stands inside the one, below its text."""
    note = one.kind == "phase" and holds(one.box, other.box) and not overlap(one.area, other.box)
    return overlap(one.box, other.box) and not note


def run_box(start: Point, end: Point) -> Box:
    """A run of a line as a box of no thickness but one pixel."""
    x, y = min(start[0], end[0]), min(start[1], end[1])
    return Box(x, y, abs(end[0] - start[0]) or 1, abs(end[1] - start[1]) or 1)


def text_boxes(panel: Panel) -> list[tuple[str, Box]]:
    boxes = []
    for shape in panel.shapes:
        top = shape.area.y + (shape.area.height - LINE * len(shape.lines)) // 2
        for index, text in enumerate(shape.lines):
            width = width_of(text.text, SIZE, text.bold)
            x = shape.area.x + (shape.area.width - width) // 2
            boxes.append((text.text, Box(x, top + LINE * index, width, LINE)))
    boxes += [
        (text.text, Box(x, y - SIZE, width_of(text.text, SIZE, text.bold), LINE)) for (x, y), text in panel.remarks
    ]
    return boxes


def hidden(drawn: Pathway) -> list[str]:
    """Every fault of a drawing, in words."""
    faults = []
    for _, panel in (panels := page(drawn).panels):
        faults += [f"{a.name} over {b.name}" for a, b in combinations(solid(panel), 2) if hides(a, b)]
        faults += [
            f"text {a} over {b}" for (a, one), (b, two) in combinations(text_boxes(panel), 2) if overlap(one, two)
        ]
        whole = Box(0, 0, panel.width, panel.height)
        faults += [f"{text} leaves the panel" for text, box in text_boxes(panel) if not holds(whole, box)]
        faults += [f"{shape.name} leaves the panel" for shape in panel.shapes if not holds(whole, shape.box)]
        faults += crossed(panel)
    boxes = [Box(x, y, panel.width, panel.height) for (x, y), panel in panels]
    return faults + ["panels overlap" for one, two in combinations(boxes, 2) if overlap(one, two)]


def solid(panel: Panel) -> list[Shape]:
    """Phases and labels: what may not lie over one another."""
    return [shape for shape in panel.shapes if shape.kind != "parent"]


def crossed(panel: Panel) -> list[str]:
    """Lines through phases, labels or the text of parents; ends only touch."""
    faults = []
    for wire in panel.wires:
        for start, end in pairwise(wire.points):
            run = run_box(start, end)
            faults += [f"a line of {wire.move} crosses {each.name}" for each in solid(panel) if overlap(run, each.box)]
            faults += [f"a line of {wire.move} crosses {text}" for text, box in text_boxes(panel) if overlap(run, box)]
    return faults


def test_nothing_hides_anything_in_the_shipped_pathway():
    assert hidden(SHIPPED) == []


@settings(deadline=None, max_examples=150)
@given(shapes())
def test_nothing_hides_anything_in_any_pathway(shape: Shapes):
    assert hidden(pathway(*shape)) == []


@pytest.mark.parametrize(
    "one,other,expected",
    [
        (Box(0, 0, 10, 10), Box(9, 9, 5, 5), True),
        (Box(0, 0, 10, 10), Box(10, 0, 5, 5), False),
        (Box(0, 0, 10, 10), Box(0, 10, 5, 5), False),
    ],
)
def test_an_overlap_is_seen_and_a_touch_is_none(one: Box, other: Box, expected: bool):
    assert overlap(one, other) is expected


def test_the_text_of_every_box_of_the_shipped_pathway_stays_inside_it():
    for _, panel in page(SHIPPED).panels:
        for shape in panel.shapes:
            widest = max(width_of(line.text, SIZE, line.bold) for line in shape.lines)
            assert widest <= shape.box.width, shape.name
            assert LINE * len(shape.lines) <= shape.area.height, shape.name


def test_no_two_lines_of_the_shipped_pathway_run_along_one_another():
    for _, panel in page(SHIPPED).panels:
        runs = [(wire, run) for wire in panel.wires for run in pairwise(wire.points)]
        for (one, (a, b)), (other, (c, d)) in combinations(runs, 2):
            if one is other or (a[1] == b[1]) != (c[1] == d[1]):
                continue
            along, beside = (0, 1) if a[1] == b[1] else (1, 0)
            shared = min(max(a[along], b[along]), max(c[along], d[along])) - max(
                min(a[along], b[along]), min(c[along], d[along])
            )
            assert shared <= 0 or abs(a[beside] - c[beside]) >= TOUCHING, (one.move, other.move, a, b, c, d)


def test_a_word_wider_than_its_box_is_broken():
    lines = wrapped("disseminatedintravascularcoagulopathy now", 120, SIZE, bold=True)
    assert len(lines) > 2
    assert max(width_of(line, SIZE, bold=True) for line in lines) <= 120
    assert "".join(line.removesuffix("-") for line in lines) == "disseminatedintravascularcoagulopathynow"


def test_phases_stand_from_left_to_right_in_the_order_of_their_moves():
    panel = page(SHIPPED).panels[0][1]
    left = {shape.name: shape.box.x for shape in panel.shapes if shape.kind != "move"}
    order = ["diagnosis_pending", "empiric_atra", "variant_confirmed", "induction"]
    assert [left[name] for name in order] == sorted({left[name] for name in order})


def test_regions_and_legends_that_fit_stand_side_by_side():
    small = pathway(
        (transition("T01", ("waiting",), "testing"), transition("T02", ("testing",), "exit.gone")),
        ("waiting", "testing"),
    )
    tops = {y for (_, y), _ in page(small).panels}
    assert len(page(small).panels) == 3
    assert len(tops) == 1


def test_a_line_that_passes_over_a_column_runs_above_on_its_way_on_and_below_on_its_way_back():
    chain = ("waiting", "testing", "rest")
    steps = (transition("T01", ("waiting",), "testing"), transition("T02", ("testing",), "rest"))
    jump = transition("T03", ("waiting",), "rest"), transition("T04", ("rest",), "waiting")
    panel = page(pathway((*steps, *jump), chain)).panels[0][1]
    tops, bottoms = min(s.box.y for s in panel.shapes), max(s.box.bottom for s in panel.shapes)
    assert min(y for wire in panel.wires if wire.move == "T03" for _, y in wire.points) < tops
    assert max(y for wire in panel.wires if wire.move == "T04" for _, y in wire.points) > bottoms
