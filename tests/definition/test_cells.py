"""Cells: no patient falls between them, so that what no cell can do no patient can do."""

from decimal import Decimal

import pytest
from hypothesis import given, settings

from pathway.clinical.reading import Reading, exactly
from pathway.definition.checker.cells import Cells, Ground
from pathway.definition.checker.formula import CANNOT_SAY_BIT, NO_BIT, YES_BIT, NotProved
from pathway.definition.guard import YES, Guard, Kind, parse_guard
from tests.definition.guard.worlds import SCHEMA, World, ask, grid, guards, worlds

GROUND = Ground(SCHEMA.names, {}, {})


@given(one=guards(), other=guards(), world=worlds(), now=grid())
@settings(max_examples=400)
def test_whatever_two_guards_answer_about_a_patient_there_is_a_cell_for_it(one: Guard, other: Guard, world: World, now):
    wants = [(each, 1 << ask(each, world, now)) for each in (one, other)]
    assert Cells(GROUND, (one, other)).find(wants) is not None


@given(one=guards(), other=guards(), world=worlds(), now=grid())
@settings(max_examples=400)
def test_two_guards_that_are_proved_apart_are_never_both_yes(one: Guard, other: Guard, world: World, now):
    apart = Cells(GROUND, (one, other)).find([(one, YES_BIT), (other, YES_BIT)]) is None
    assert not (apart and ask(one, world, now) == YES == ask(other, world, now))


@given(guard=guards(), world=worlds(), now=grid())
def test_a_guard_behind_a_condition_is_no_other_guard(guard: Guard, world: World, now):
    named = parse_guard("named")
    cells = Cells(Ground(SCHEMA.names, {}, {"named": guard}), (named,))
    assert cells.find([(named, 1 << ask(guard, world, now))]) is not None


def apart(one: str, other: str, ground: Ground = GROUND) -> bool:
    """Whether two texts are proved to exclude each other."""
    trees = parse_guard(one), parse_guard(other)
    return Cells(ground, trees).find([(tree, YES_BIT) for tree in trees]) is None


@pytest.mark.parametrize(
    "one, other",
    [
        ("class is resistant", "class is sensitive"),
        ("class is resistant", "class not in (resistant, unnamed)"),
        ("treatment is induction", "treatment is diagnosis"),
        ("fibrinogen < 1 mg/dL", "fibrinogen >= 1 mg/dL"),
        ("fibrinogen < 1 mg/dL", "fibrinogen > 2 mg/dL"),
        ("fibrinogen <= 1 mg/dL", "1 mg/dL < fibrinogen"),
        ("severe", "not severe"),
        ("severe is missing", "severe or not severe"),
        ("fibrinogen is missing", "fibrinogen < 2 mg/dL"),
        ("opened reached", "not opened reached"),
        ("2 h since opened and severe", "not (2 h since opened)"),
        ("first_known(severe, resolved)", "not severe and signed"),
    ],
)
def test_guards_that_exclude_each_other_are_proved(one: str, other: str):
    assert apart(one, other)


@pytest.mark.parametrize(
    "one, other",
    [
        ("class is resistant", "severe"),
        ("fibrinogen <= 1 mg/dL", "fibrinogen >= 1 mg/dL"),
        ("fibrinogen < 2 mg/dL", "fibrinogen > 1 mg/dL"),
        ("2 h since opened", "not (3 h since opened)"),  # about time nothing is concluded
        # Both are answered by their second part when a value is known only to lie between 0 and 2.
        ("first_known(fibrinogen < 1 mg/dL, severe)", "first_known(fibrinogen >= 1 mg/dL, severe)"),
        ("first_known(severe, resolved)", "not severe or signed"),
    ],
)
def test_guards_that_may_hold_together_are_not(one: str, other: str):
    assert not apart(one, other)


def test_an_alias_is_what_it_stands_for():
    ground = Ground(SCHEMA.names, {}, {}, aliases={"it": "fibrinogen"})
    assert apart("it < 1 mg/dL", "fibrinogen > 1 mg/dL", ground)
    assert apart("opened after it.at", "not (opened after fibrinogen.at)", ground)


def test_a_setting_is_its_value():
    low = Reading(known=True, value=exactly(Decimal(1)))
    ground = Ground(SCHEMA.names | {"low": Kind("number", unit="mg/dL")}, {"low": low}, {})
    assert apart("fibrinogen < low", "fibrinogen >= 1 mg/dL", ground)
    assert apart("low > 2 mg/dL", "severe", ground)


def test_a_certain_name_has_no_gap_and_another_one_has():
    guard = parse_guard("class is resistant and severe")
    cells = Cells(Ground(SCHEMA.names, {}, {}, certain=frozenset({"class"})), (guard,))
    assert cells.cell([(guard, CANNOT_SAY_BIT)]) == {"class": "class is resistant", "severe": "severe is missing"}
    certain = Cells(Ground(SCHEMA.names, {}, {}, certain=frozenset({"class", "severe"})), (guard,))
    assert certain.cell([(guard, CANNOT_SAY_BIT)]) is None


def test_a_cell_tells_what_decided_and_nothing_else():
    guard = parse_guard("fibrinogen < 1 mg/dL and class in (resistant, unnamed) or severe and not severe")
    assert Cells(GROUND, (guard,)).find([(guard, YES_BIT)]) == "fibrinogen < 1 and class is resistant"
    assert Cells(GROUND, (guard,)).find([(guard, NO_BIT)]) is not None


def test_too_many_cells_are_not_proved():
    names = {name: Kind("enum", values=("a", "b", "c")) for name in "uvwxyz"}
    guard = parse_guard(" and ".join(f"({name} is a or {name} is b)" for name in names))
    cells = Cells(Ground(names, {}, {}), (guard,))
    with pytest.raises(NotProved):
        cells.find([(guard, YES_BIT)], looks=2)
    assert cells.find([(guard, YES_BIT)]) is not None
