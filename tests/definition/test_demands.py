"""The settings that the engine itself asks of every pathway: missing or of another kind, the file says so."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from pathway.definition.demands import DEMANDS, unmet
from pathway.definition.errors import DefinitionError, Fault
from pathway.definition.load import load

SEPSIS = (Path(__file__).parents[1] / "pathways" / "sepsis" / "v1.toml").read_text("utf-8")
RUNG = '{ at = "opened", to = ["nurse by inbox"] }'
#: A ladder that waits for the morning: then quiet hours are asked for.
TEXT = SEPSIS.replace(RUNG, RUNG.replace(" }", ', quiet_when = "under_care" }'), 1)


def faults(text: str) -> list[Fault]:
    """What is wrong with a text."""
    with pytest.raises(DefinitionError) as caught:
        load(text, "v1.toml")
    return [each for each in caught.value.faults if each.severity == "error"]


def line_of(name: str) -> str:
    """The line of a setting."""
    return next(line + "\n" for line in TEXT.splitlines() if line.startswith(f"{name} = "))


@pytest.mark.parametrize("name", [name for name, _, _ in DEMANDS])
def test_a_setting_that_the_engine_asks_for_cannot_be_left_out(name: str):
    found = [each for each in faults(TEXT.replace(line_of(name), "")) if each.code == "engine_setting"]
    assert len(found) == 1
    assert name in found[0].happened


@pytest.mark.parametrize(
    "name, uses",
    [
        ("quiet_hours", 'quiet_when = "under_care"'),
        ("usual_turnaround", "[facts.lactate]"),
        ("future_tolerance", "[facts.lactate]"),
        ("acknowledged_for", "[[reminders]]"),
    ],
)
def test_a_setting_for_which_the_file_has_no_use_may_be_left_out(name: str, uses: str):
    form = load(TEXT).form
    assert uses in TEXT
    laboratory = {"usual_turnaround", "future_tolerance"}
    match name:
        case "quiet_hours":
            form, left = load(SEPSIS).form, {*laboratory, "acknowledged_for"}
        case "acknowledged_for":
            form, left = replace(form, reminders=()), laboratory
        case _:
            bare = {key: fact for key, fact in form.facts.items() if not fact.lab}
            form, left = replace(form, facts=bare), {"quiet_hours", "acknowledged_for"}
    assert {each for each, _, _ in unmet(form, {})} == left


@pytest.mark.parametrize("name", [name for name, kind, _ in DEMANDS if kind == "span"])
def test_a_span_that_the_engine_asks_for_is_no_number(name: str):
    wrong = f'{name} = {{ value = "5", bounds = ["0", "9"], safe = "up", source = ["invented"] }}\n'
    assert "engine_setting" in {each.code for each in faults(TEXT.replace(line_of(name), wrong))}


@pytest.mark.parametrize("rounds", ['["22:00"]', '["22:00", "06:00", "12:00"]'])
def test_quiet_hours_have_a_beginning_and_an_end(rounds: str):
    text = TEXT.replace('["22:00", "06:00"]', rounds)
    assert [each.code for each in faults(text)] == ["engine_setting"]


def test_a_file_that_says_nobody_is_told_of_a_failed_rule_is_incomplete():
    text = TEXT.replace('[failures]\ntells = ["charge_nurse", "duty_manager"]\nsource = ["invented"]\n', "")
    assert text != TEXT
    assert "failures" in faults(text)[0].happened


@pytest.mark.parametrize(
    "old, new",
    [
        ('on_death = "reported"', 'on_death = "gone"'),
        ('tells = ["charge_nurse", "duty_manager"]', 'tells = ["charge_nurse", "janitor"]'),
        ('fresh_for = "fresh"\nby = ["physician", "consultant"]', 'fresh_for = "fresh"\nby = ["surgeon"]'),
    ],
)
def test_what_the_file_hands_the_engine_by_name_must_exist(old: str, new: str):
    assert TEXT.count(old) == 1
    assert "unknown" in {each.code for each in faults(TEXT.replace(old, new))}
