"""Anthracyclines over a lifetime: nothing that is not known counts as nothing."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.clinical.age import AGE_BANDS
from pathway.clinical.anthracycline import ANTHRACYCLINES, STATES, anthracycline_exposure, limit_states
from pathway.clinical.dose import DOSES
from pathway.clinical.given import Course
from pathway.clinical.instant import Instant
from pathway.clinical.reading import Interval, exactly

NOTHING = exactly(Decimal(0))


def course(regimen: str = "7+3", **doses: str) -> Course:
    return Course(1, regimen, True, Instant(1), Instant(1), doses)


def total(*courses: Course, prior: Interval | None = NOTHING) -> Interval:
    return anthracycline_exposure(courses, prior).mg_m2


def states(
    *courses: Course, prior: Interval | None = NOTHING, age: str = "adult", chest: bool | None = False
) -> tuple[str, ...]:
    return limit_states(anthracycline_exposure(courses, prior), (age,), chest)


D90 = course(daunorubicin="90 mg/m2/d", cytarabine="200 mg/m2/d")


def test_two_inductions_of_ninety_come_to_540_and_warn_before_the_second_is_given() -> None:
    assert total(D90, D90) == exactly(Decimal(540))
    assert states(D90) == ("within",)
    assert states(D90, D90) == ("near",)
    assert states(D90, D90, chest=True) == ("over",)


def test_idarubicin_of_aida_comes_to_48_and_of_seven_plus_three_to_36() -> None:
    aida = anthracycline_exposure((course("AIDA", idarubicin="12 mg/m2/d"),), NOTHING)
    induction = anthracycline_exposure((course(idarubicin="12 mg/m2/d"),), NOTHING)
    assert (aida.drugs, aida.alone) == ((("idarubicin", Decimal(48)),), True)
    assert (induction.drugs, induction.alone) == ((("idarubicin", Decimal(36)),), True)


def test_a_drug_above_its_own_limit_is_over_whatever_stands_beside_it() -> None:
    much = course("other", idarubicin="151 mg/m2")
    assert states(much) == states(much, D90) == states(much, prior=None) == ("over",)


@pytest.mark.parametrize(
    "mg, expected", [("439", "within"), ("440", "near"), ("550", "near"), ("550.1", "over"), ("0", "within")]
)
def test_a_limit_is_near_from_80_percent_on_and_exceeded_above_it(mg: str, expected: str) -> None:
    assert states(prior=exactly(Decimal(mg))) == (expected,)


@pytest.mark.parametrize(
    "age, mg, expected", [("child", "300", "near"), ("child", "301", "over"), ("adult", "301", "within")]
)
def test_children_have_a_limit_of_their_own(age: str, mg: str, expected: str) -> None:
    assert states(prior=exactly(Decimal(mg)), age=age) == (expected,)


def test_earlier_exposure_that_nobody_asked_about_has_no_upper_bound() -> None:
    assert total(D90, prior=None) == Interval(Decimal(270), None)
    assert states(D90, prior=None) == STATES
    assert states(D90, D90, D90, prior=None) == ("over",)


@pytest.mark.parametrize(
    "doses",
    [
        {"aclarubicin": "25 mg/m2/d"},
        {"daunorubicin": "90 mg"},
        {"daunorubicin": "ninety"},
        {"daunorubicin_liposomal": "44 mg/m2"},
    ],
)
def test_a_drug_or_dose_that_cannot_be_summed_leaves_the_sum_open(doses: dict[str, str]) -> None:
    assert total(course(**doses)).high is None


def test_a_dose_per_day_of_a_regimen_that_is_not_known_counts_with_one_day_and_more() -> None:
    assert total(course("other", daunorubicin="60 mg/m2/d")) == Interval(Decimal(60), None)
    assert total(course("other", daunorubicin="60 mg/m2/d x 3")) == exactly(Decimal(180))
    assert total(course("other", daunorubicin="180 mg/m2")) == exactly(Decimal(180))


def test_a_mixture_is_an_interval_and_may_be_on_both_sides_of_a_limit() -> None:
    mixed = (D90, course(idarubicin="12 mg/m2/d"))
    found = total(*mixed)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.high
    assert states(*mixed) == STATES


def test_infants_are_counted_by_weight() -> None:
    by_weight = course(daunorubicin="1 mg/kg/d")
    assert states(by_weight, by_weight, by_weight, age="under_2") == ("near",)
    assert states(by_weight, by_weight, by_weight, by_weight, age="under_2") == ("over",)
    assert states(D90, age="under_2") == STATES


amounts = st.decimals(min_value=0, max_value=800, places=1)
drugs = st.sampled_from(sorted(ANTHRACYCLINES.drugs))
courses = st.lists(
    st.builds(lambda drug, mg: course("other", **{drug: f"{mg} mg/m2"}), drugs, amounts), max_size=4
).map(tuple)


@given(courses, amounts, st.sampled_from(AGE_BANDS), st.booleans(), drugs, amounts)
def test_another_course_never_makes_the_state_safer(
    given_before: tuple[Course, ...], prior: Decimal, age: str, chest: bool, drug: str, mg: Decimal
) -> None:
    more = (*given_before, course("other", **{drug: f"{mg} mg/m2"}))
    before, after = (
        states(*given_before, prior=exactly(prior), age=age, chest=chest),
        states(*more, prior=exactly(prior), age=age, chest=chest),
    )
    low = total(*more, prior=exactly(prior)).low
    assert low is not None
    assert low >= (total(*given_before, prior=exactly(prior)).low or 0)
    if before == ("over",):
        assert after == ("over",)


@given(courses, amounts, st.sampled_from(AGE_BANDS), st.booleans())
def test_less_knowledge_leaves_every_state_possible_that_was(
    of: tuple[Course, ...], prior: Decimal, age: str, chest: bool
) -> None:
    known = states(*of, prior=exactly(prior), age=age, chest=chest)
    assert set(known) <= set(states(*of, prior=None, age=age, chest=chest))
    vague = anthracycline_exposure(of, exactly(prior))
    assert set(known) <= set(limit_states(vague, AGE_BANDS, None))


def test_every_drug_that_has_a_dose_rule_is_known_as_an_anthracycline_or_as_none() -> None:
    assert {each.drug for each in DOSES.doses} <= {*ANTHRACYCLINES.drugs, *ANTHRACYCLINES.no_anthracyclines}


def test_no_drug_is_both_and_every_factor_and_limit_names_its_source() -> None:
    assert not set(ANTHRACYCLINES.drugs) & set(ANTHRACYCLINES.no_anthracyclines)
    assert all(each.source and each.equals[0] <= each.equals[1] for each in ANTHRACYCLINES.drugs.values())
    assert all(each.source for each in ANTHRACYCLINES.limits.values())
    assert {each.name: each.days for each in ANTHRACYCLINES.regimens}["7+3"]["daunorubicin"] == 3
