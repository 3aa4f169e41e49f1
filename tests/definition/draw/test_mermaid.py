"""The Mermaid text says what the definition says, in signs that Mermaid takes."""

import re

from hypothesis import given, settings

from pathway.definition.draw import to_mermaid
from tests.definition.draw.worlds import SHIPPED, Shapes, pathway, shapes, transition

LINE_FORMS = re.compile(
    r'stateDiagram-v2|  direction LR|\s+state "[^"#]+" as [a-z0-9_]+( \{)?|\s+\}'
    r"|\s+(\[\*\]|[a-z0-9_]+) --> [a-z0-9_]+ : [^:;#]+|\s+note right of [a-z0-9_]+ : [^:;#]+"
)


def test_every_transition_is_an_arrow_from_each_of_its_starts():
    text = to_mermaid(SHIPPED)
    assert "treatment__variant_confirmed --> treatment__empiric_atra : T05 unconfirm exposed, automatic" in text
    for start in ("treatment__diagnosis_pending", "treatment__empiric_atra", "treatment__variant_confirmed"):
        assert f"{start} --> treatment__induction__seven_plus_three : T07" in text
    assert "supervision__running --> supervision__ended : S01" in text


def test_an_exit_is_drawn_once_and_apart():
    exits = to_mermaid(SHIPPED).partition('state "Exits" as exits {')
    assert "T26" not in exits[0]
    assert exits[2].count("T26 death") == 1


def test_a_note_stands_beside_its_parent():
    assert "note right of treatment__induction : T11 confirm in course, automatic, phase unchanged" in to_mermaid(
        SHIPPED
    )


def test_phases_that_differ_only_by_a_dot_have_different_ids():
    text = to_mermaid(pathway((transition("T01", ("care_one",), "care.one"),), ("care_one", "care.one")))
    assert "main__care_one --> main__care__one" in text


@settings(deadline=None, max_examples=100)
@given(shapes())
def test_every_line_has_a_form_that_mermaid_takes_and_every_id_is_declared_once(shape: Shapes):
    lines = to_mermaid(pathway(*shape)).rstrip("\n").split("\n")
    assert [line for line in lines if not LINE_FORMS.fullmatch(line)] == []
    declared = re.findall(r'state "[^"]+" as (\S+)', "\n".join(lines))
    used = re.findall(r"(\S+) --> (\S+)", "\n".join(lines))
    assert {each for pair in used for each in pair} - {"[*]"} <= set(declared)
    assert len(set(declared)) == len(declared)
