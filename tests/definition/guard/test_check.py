"""What the check refuses before a guard meets a case."""

import pytest
from hypothesis import given

from pathway.definition.guard import Guard, Kind, Problem, Schema, When, check, names_read, parse_guard, parse_instant
from tests.definition.guard.worlds import SCHEMA, guards, whens

WARD = Schema(
    names={
        "severe": Kind("bool"),
        "class": Kind("enum", values=("sensitive", "resistant", "unnamed")),
        "treatment": Kind("enum", values=("diagnosis", "induction.seven_plus_three.week1", "induction.atra")),
        "fibrinogen": Kind("number", unit="mg/dL"),
        "fibrinogen_critical": Kind("number", unit="mg/dL"),
        "platelets": Kind("number", unit="10*9/L"),
        "inr": Kind("number", unit="{INR}"),
        "isth": Kind("number"),
        "fibrinogen.collected": Kind("instant"),
        "opened": Kind("instant"),
        "recheck_every": Kind("span"),
        "rounds": Kind("rounds"),
    }
)


def problems(text: str) -> tuple[Problem, ...]:
    return check(parse_guard(text), WARD)


@pytest.mark.parametrize(
    "text",
    [
        "severe and not severe",
        "class is resistant or class not in (sensitive, unnamed)",
        "treatment is induction or treatment is induction.seven_plus_three or treatment is induction.atra",
        "fibrinogen < 150 mg/dL and fibrinogen_critical > fibrinogen and 30 10*9/L > platelets and inr > 1.5 {INR}",
        "isth >= 5",
        "fibrinogen older than 36 h or class older than recheck_every or severe older than 1 d",
        "recheck_every since fibrinogen.collected",
        "first_known(opened, fibrinogen.collected) + recheck_every reached",
        "next_round(rounds, latest(opened, later_than(opened, fibrinogen.collected))) before opened - 3 h",
        "rounds is known and fibrinogen is missing and recheck_every is known",
    ],
)
def test_a_well_typed_guard_has_no_problem(text: str):
    assert problems(text) == ()


@pytest.mark.parametrize(
    "text, code, name, words",
    [
        ("sever", "guard_unknown_name", "sever", "did you mean `severe`?"),
        ("fibrinogen.colected reached", "guard_unknown_name", "fibrinogen.colected", "`fibrinogen.collected`?"),
        ("clas is resistant", "guard_unknown_name", "clas", "`class`?"),
        ("zzz < 5 mg/dL", "guard_unknown_name", "zzz", "declare it"),
        ("fibrinogn is known", "guard_unknown_name", "fibrinogn", "`fibrinogen`?"),
        ("fibrinogn older than 6 h", "guard_unknown_name", "fibrinogn", "`fibrinogen`?"),
        ("severe older than rechek_every", "guard_unknown_name", "rechek_every", "`recheck_every`?"),
        ("next_round(round, opened) reached", "guard_unknown_name", "round", "`rounds`?"),
        ("class", "guard_wrong_type", "class", "ask `class is sensitive`"),
        ("fibrinogen", "guard_wrong_type", "fibrinogen", "compare it"),
        ("severe is yes", "guard_wrong_type", "severe", "ask `severe` or `not severe`"),
        ("class < 5", "guard_wrong_type", "class", "expected a number"),
        ("severe reached", "guard_wrong_type", "severe", "expected an instant"),
        ("opened", "guard_wrong_type", "opened", "ask `opened reached`"),
        ("opened since opened", "guard_wrong_type", "opened", "expected a span"),
        ("3 h since recheck_every", "guard_wrong_type", "recheck_every", "expected an instant"),
        ("opened + rounds reached", "guard_wrong_type", "rounds", "next_round(rounds"),
        ("next_round(opened, opened) reached", "guard_wrong_type", "opened", "a setting of daily rounds"),
        ("first_known(opened, class) reached", "guard_wrong_type", "class", "expected an instant"),
        ("opened older than 3 h", "guard_wrong_type", "opened", "`... since opened`"),
        ("rounds older than 3 h", "guard_wrong_type", "rounds", "no age"),
        ("class is resistent", "guard_unknown_value", "resistent", "did you mean `resistant`?"),
        ("class not in (sensitive, zzz)", "guard_unknown_value", "zzz", "use one of them"),
        ("treatment is induction.seven", "guard_unknown_value", "induction.seven", "`induction.seven_plus_three"),
        ("treatment is indu", "guard_unknown_value", "indu", "expected one of"),
        ("fibrinogen < 150 10*9/L", "guard_unit_mismatch", "fibrinogen", "mg/dL and 10*9/L"),
        ("fibrinogen < platelets", "guard_unit_mismatch", "fibrinogen", "mg/dL and 10*9/L"),
        ("fibrinogen < 150", "guard_unit_mismatch", "fibrinogen", "mg/dL and no unit"),
        ("1.5 < inr", "guard_unit_mismatch", "inr", "no unit and {INR}"),
        ("isth >= 5 mg/dL", "guard_unit_mismatch", "isth", "no unit and mg/dL"),
        ("5 mg/dL < 6", "guard_unit_mismatch", "", "same unit"),
    ],
)
def test_a_faulty_guard_is_refused_with_what_was_probably_meant(text: str, code: str, name: str, words: str):
    (problem,) = problems(text)
    assert (problem.code, problem.name) == (code, name)
    assert words in problem.message
    assert problem.message.count(";") >= 2


def test_all_problems_come_at_once_each_once_and_in_the_order_of_the_text():
    found = problems("sever and class is resistent and (sever or fibrinogen < 5) and sever")
    assert [problem.name for problem in found] == ["sever", "resistent", "fibrinogen"]
    assert [problem.place for problem in found] == ["sever", "class is resistent", "fibrinogen < 5"]


def test_a_bare_name_as_instant_is_checked():
    assert check(parse_instant("opened"), WARD) == ()
    assert [problem.code for problem in check(parse_instant("class"), WARD)] == ["guard_wrong_type"]
    assert [problem.code for problem in check(parse_instant("opend"), WARD)] == ["guard_unknown_name"]


def test_the_names_of_a_tree_are_all_it_reads():
    text = (
        "a and (b is p or c < d) and next_round(r, e + s) after f and g older than t and not h is known and 2 h since i"
    )
    assert names_read(parse_guard(text)) == frozenset("abcdrefsgthi")
    assert names_read(parse_instant("x.y - z")) == {"x.y", "z"}


@given(guards())
def test_every_tree_over_declared_names_passes(guard: Guard):
    assert check(guard, SCHEMA) == ()


@given(whens())
def test_every_instant_over_declared_names_passes(when: When):
    assert check(when, SCHEMA) == ()


@given(guards())
def test_without_a_declaration_every_name_read_is_reported(guard: Guard):
    assert {problem.name for problem in check(guard, Schema(names={}))} == names_read(guard)
