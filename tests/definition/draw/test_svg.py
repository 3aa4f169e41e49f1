"""The picture says what the definition says, to eyes with and without colour and to those who listen."""

import re
from xml.etree import ElementTree as ET

from hypothesis import given, settings

from pathway.definition.draw import to_svg
from pathway.definition.pathway import Pathway
from tests.definition.draw.worlds import SHIPPED, Shapes, pathway, shapes, transition

SVG = "{http://www.w3.org/2000/svg}"


def parsed(drawn: Pathway) -> ET.Element:
    return ET.fromstring(to_svg(drawn))  # noqa: S314 - our own text


def groups(root: ET.Element, move: str) -> list[ET.Element]:
    return [each for each in root.iter(f"{SVG}g") if each.get("data-transition") == move]


def words(root: ET.Element) -> str:
    return " ".join(each.text or "" for each in root.iter(f"{SVG}text"))


def test_the_same_definition_gives_the_same_bytes():
    assert to_svg(SHIPPED) == to_svg(SHIPPED)


def test_every_transition_is_drawn_with_its_id_and_its_tooltip():
    root = parsed(SHIPPED)
    for each in SHIPPED.form.transitions:
        tips = " ".join(title.text or "" for group in groups(root, each.id) for title in group.iter(f"{SVG}title"))
        assert f"{each.id} {SHIPPED.form.titles.get(each.name, each.name.replace('_', ' '))}" in tips
        assert " ".join((each.when or "").split()) in tips
        assert re.search(rf"\b{each.id}\b", words(root))


def test_every_phase_is_drawn():
    drawn = {each.get("data-phase") for each in parsed(SHIPPED).iter(f"{SVG}g")}
    assert {phase for region in SHIPPED.form.regions.values() for phase in region.phases} <= drawn


def test_an_added_transition_changes_the_picture():
    few = (transition("T01", ("waiting",), "testing"),)
    more = (*few, transition("T77", ("testing",), "rest", ("nurse",)))
    assert groups(parsed(pathway(few)), "T77") == []
    assert len(groups(parsed(pathway(more)), "T77")) == 3


def test_automatic_moves_are_dashed_and_say_so_and_role_moves_are_solid_and_name_the_role():
    moves = (
        transition("T01", ("waiting",), "testing"),
        transition("T02", ("testing",), "rest", ("transplant_coordinator",)),
    )
    root = parsed(pathway(moves))
    dashes = {
        move: {
            shape.get("stroke-dasharray")
            for group in groups(root, move)
            for shape in group
            if shape.get("stroke-width") == "2"
        }
        for move in ("T01", "T02")
    }
    assert dashes == {"T01": {"7 4"}, "T02": {None}}
    labels = {move: " ".join(words(group) for group in groups(root, move)).strip() for move in dashes}
    assert labels["T01"].endswith("automatic")
    assert labels["T02"].endswith("transplant coordinator")


def test_an_exit_is_a_line_of_the_legend_and_no_arrow_from_each_phase():
    phases = ("waiting", "testing", "rest")
    root = parsed(pathway((transition("T26", phases, "exit.gone", ("nurse",)),), phases))
    assert len(groups(root, "T26")) == 3
    assert "Any open phase" in words(root)


def test_an_exit_from_some_phases_names_them():
    root = parsed(
        pathway((transition("T20", ("waiting", "rest"), "exit.gone", ("nurse",)),), ("waiting", "testing", "rest"))
    )
    assert "Waiting or Rest" in words(root)


def test_a_phase_without_a_title_is_named_by_its_own_part_inside_its_parent():
    said = words(parsed(pathway((transition("T01", ("care.first",), "care.second"),))))
    assert "Care" in said
    assert "First" in said
    assert "Care, first" not in said


def test_a_note_stands_in_its_phase_without_a_line():
    root = parsed(pathway((transition("T11", ("care",), "same"),)))
    assert [len(list(group.iter(f"{SVG}path"))) for group in groups(root, "T11")] == [0]


def test_the_picture_has_a_title_and_describes_every_move():
    root = parsed(SHIPPED)
    named = (root.get("aria-labelledby") or "").split()
    told = {each.get("id"): each.text or "" for each in root if each.tag in {f"{SVG}title", f"{SVG}desc"}}
    assert set(named) == set(told)
    assert all(f"{each.id} " in told[named[1]] for each in SHIPPED.form.transitions)


def test_the_picture_holds_no_script_no_style_and_no_address():
    text = to_svg(SHIPPED).replace("http://www.w3.org/2000/svg", "")
    assert re.findall(r"<script|<style|style=|class=|href|url\(|https?:|@import|\son\w+=", text) == []


def test_every_number_in_the_picture_is_whole():
    attributes = [
        value
        for each in parsed(SHIPPED).iter()
        for name, value in each.attrib.items()
        if name in {"d", "x", "y", "width"}
    ]
    assert attributes
    assert [value for value in attributes if "." in value] == []


@settings(deadline=None, max_examples=50)
@given(shapes())
def test_any_pathway_gives_well_formed_xml(shape: Shapes):
    assert parsed(pathway(*shape)).tag == f"{SVG}svg"
