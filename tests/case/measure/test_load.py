"""A file of indicators is held to its definition: every fault at once, each with its line."""

from importlib.resources import files

import pytest

from pathway.case.measure import indicators_beside, load_indicators
from pathway.definition.errors import DefinitionError
from pathway.definition.load import shipped
from tests.case.ward import SHIPPED

TEXT = files("pathway.definitions").joinpath("variant_apl", "indicators.toml").read_text("utf-8")


def faults(text: str) -> list[tuple[str, int, str]]:
    """The faults of a text: code, line, nearest name."""
    with pytest.raises(DefinitionError) as caught:
        load_indicators(text, SHIPPED, "indicators.toml")
    return [(each.code, each.line, each.near) for each in caught.value.faults]


def changed(old: str, new: str) -> tuple[str, int]:
    """The file with its first `old` another, and the line where it stands."""
    assert old in TEXT
    return TEXT.replace(old, new, 1), TEXT[: TEXT.index(old)].count("\n") + 1


@pytest.mark.parametrize(
    "old, new, near",
    [
        ('event = "TherapyRecorded"', 'event = "TherapyRecoded"', "TherapyRecorded"),
        ('drug = ["tretinoin"]', 'drug = ["tretinoine"]', "tretinoin"),
        ('act = ["started", "dose", "resumed"]', 'act = ["started", "doses", "resumed"]', "dose"),
        ('leaf = ["empiric_atra"]', 'leaf = ["empirical_atra"]', "empiric_atra"),
        ('test = ["pml_rara"]', 'test = ["pml_raar"]', "pml_rara"),
        ('reminder = ["M39"]', 'reminder = ["M390"]', "M39"),
        ('choice = ["not_now"]', 'choice = ["not_nwo"]', "not_now"),
        ('invariant = ["I2"]', 'invariant = ["I22"]', "I2"),
        ('value = ["suspected", "severe"]', 'value = ["suspected", "sever"]', "severe"),
        ('at_least = "fibrinogen_target"', 'at_least = "fibrinogen_targt"', "fibrinogen_target"),
        ('below = "fibrinogen_critical"', 'below = "fibrinogen_crital"', "fibrinogen_critical"),
        ('window = ["", "act_critical"]', 'window = ["", "act_criticl"]', "act_critical"),
        ('fact = "platelets"', 'fact = "platelet"', "platelets"),
        ('due = "due_at"', 'due = "due_att"', "due_at"),
        ('at = "died_at"', 'at = "dead_at"', "died_at"),
        ('regimen = ["7+3"]', 'regimen = ["7+33"]', "7+3"),
    ],
)
def test_a_name_that_is_nowhere_is_told_with_its_line_and_what_was_meant(old, new, near):
    text, line = changed(old, new)
    assert ("unknown", line, near) in faults(text)


def test_every_fault_comes_at_once():
    text = TEXT.replace('drug = ["tretinoin"]', 'drug = ["x"]', 1).replace('invariant = ["I2"]', 'invariant = ["y"]')
    assert len(faults(text)) == 2


def test_an_id_that_is_there_twice_and_a_key_that_has_no_place_are_faults():
    text, line = changed('id = "Q2"', 'id = "Q1"')
    assert faults(text) == [("twice", line, "")]
    text, line = changed('kind = "interval"', 'knid = "interval"')
    assert ("form", line, "kind") in faults(text)


def test_an_interval_without_a_stop_is_a_fault():
    text, _ = changed('stop = [{ event = "PhaseEntered", where = { was = ["empiric_atra"] } }]\n', "")
    assert "lacks" in {code for code, _, _ in faults(text)}


def test_a_pathway_without_such_a_file_has_no_indicators():
    assert indicators_beside(shipped("unmatched_report", 1)) is None


def test_every_question_of_the_audit_has_an_indicator_and_every_indicator_its_source():
    found = indicators_beside(SHIPPED)
    assert {each.question for each in found.form.indicators} == {f"Q{number}" for number in range(1, 21)}
    assert all(each.source and each.numerator and each.denominator for each in found.form.indicators)
