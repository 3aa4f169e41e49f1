"""The overview shows each parent as one box, a region stands by itself, and a path lies over the drawing."""

import re
from xml.etree import ElementTree as ET

from pathway.definition.draw import Step, overview, to_svg, travelled
from tests.definition.draw.worlds import SHIPPED, pathway, transition

SVG = "{http://www.w3.org/2000/svg}"


def phases(text: str) -> set[str]:
    root = ET.fromstring(text)  # noqa: S314 - our own text
    return {str(each.get("data-phase")) for each in root.iter(f"{SVG}g") if each.get("data-phase")}


def test_the_overview_draws_parents_and_none_of_their_leaves():
    drawn = phases(to_svg(overview(SHIPPED)))
    leaves = [leaf for region in SHIPPED.form.regions.values() for leaf in region.phases if leaf not in region.closed]
    assert {leaf.split(".")[0] for leaf in leaves} <= drawn
    assert [leaf for leaf in leaves if "." in leaf and leaf in drawn] == []


def test_the_overview_keeps_every_move_between_parents_and_leaves_out_those_inside_one():
    moves = (
        transition("T01", ("waiting",), "care.first"),
        transition("T01", ("waiting",), "care.second"),
        transition("T02", ("care.first",), "care.second"),
        transition("T03", ("care",), "rest"),
    )
    folded = overview(pathway(moves)).form.transitions
    assert [(each.id, each.from_, each.to) for each in folded] == [
        ("T01", ("waiting",), "care"),
        ("T03", ("care",), "rest"),
    ]


def test_moves_that_are_one_in_the_overview_have_the_words_that_they_share():
    moves = (
        transition("T01", ("waiting",), "care.first", name="confirm_first"),
        transition("T01", ("waiting",), "care.second", name="confirm_second"),
    )
    assert [each.name for each in overview(pathway(moves)).form.transitions] == ["confirm"]


def test_a_region_is_drawn_by_itself_with_the_exits_of_its_own():
    for name, region in SHIPPED.form.regions.items():
        others = {leaf for other, each in SHIPPED.form.regions.items() if other != name for leaf in each.phases}
        drawn = phases(to_svg(SHIPPED, (name,)))
        assert set(region.phases) <= drawn
        assert not drawn & others


def test_a_path_numbers_phases_and_moves_and_says_where_the_case_stands():
    moves = (transition("T01", ("waiting",), "testing"), transition("T02", ("testing",), "waiting"))
    steps = [
        Step(1, "main", "waiting", "", "01-Mar-2026 08:00"),
        Step(2, "main", "testing", "T01", "01-Mar-2026 09:00"),
        Step(3, "main", "waiting", "T02", "02-Mar-2026 10:30"),
    ]
    text = to_svg(pathway(moves), path=travelled(steps, {"waiting": "Waiting"}))
    badges = dict(re.findall(r'<g data-path="([^"]+)">.*?>([^<>]+)</text></g>', text, re.DOTALL))
    assert badges == {"waiting": "1, 3 now", "testing": "2", "T01": "2", "T02": "3"}
    assert "3. 02-Mar-2026 10:30: Waiting by T02" in text


def test_a_drawing_without_a_path_has_no_badges():
    assert "data-path" not in to_svg(SHIPPED)
