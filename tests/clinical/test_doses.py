"""Doses: the published table to the milligram, and no number where a capsule would change the dose."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.clinical.dose import DOSES, RULES, Capsules, DoseUnknown, capsules, course_mg, dose_mg, outside
from pathway.clinical.reading import Interval, exactly


def mg(rule: str, size: str) -> tuple[str, str]:
    """The lowest and the highest dose of a rule, without zeros behind."""
    about = RULES[rule]
    found = [dose_mg(rule, per, exactly(Decimal(size))).low for per in (about.low, about.high)]
    return plain(found[0]), plain(found[1])


def whole(rule: str, size: str) -> tuple[str, str]:
    about = RULES[rule]
    found = [course_mg(rule, per, exactly(Decimal(size))).low for per in (about.low, about.high)]
    return plain(found[0]), plain(found[1])


def plain(number: Decimal | None) -> str:
    assert number is not None
    return f"{number.normalize():f}"


@pytest.mark.parametrize(
    "size, adult, child, cytarabine, seven_days, daunorubicin, three_days, idarubicin",
    [
        ("1.00", "45", "25", ("100", "200"), ("700", "1400"), ("60", "90"), ("180", "270"), ("12", "36", "48")),
        (
            "1.80",
            "81",
            "45",
            ("180", "360"),
            ("1260", "2520"),
            ("108", "162"),
            ("324", "486"),
            ("21.6", "64.8", "86.4"),
        ),
        ("2.00", "90", "50", ("200", "400"), ("1400", "2800"), ("120", "180"), ("360", "540"), ("24", "72", "96")),
        (
            "0.74",
            "33.3",
            "18.5",
            ("74", "148"),
            ("518", "1036"),
            ("44.4", "66.6"),
            ("133.2", "199.8"),
            ("8.88", "26.64", "35.52"),
        ),
    ],
)
def test_the_published_doses_come_out_exactly(
    size: str,
    adult: str,
    child: str,
    cytarabine: tuple[str, str],
    seven_days: tuple[str, str],
    daunorubicin: tuple[str, str],
    three_days: tuple[str, str],
    idarubicin: tuple[str, str, str],
) -> None:
    assert mg("tretinoin_adult", size)[0] == adult
    assert mg("tretinoin_child", size)[0] == child
    assert mg("cytarabine", size) == cytarabine
    assert whole("cytarabine", size) == seven_days
    assert mg("daunorubicin", size) == daunorubicin
    assert whole("daunorubicin", size) == three_days
    assert (mg("idarubicin", size)[0], whole("idarubicin", size)[0], whole("idarubicin_aida", size)[0]) == idarubicin


def test_high_dose_cytarabine_sums_to_eighteen_grams_per_square_metre() -> None:
    assert whole("cytarabine_high", "1") == ("18000", "18000")
    assert whole("cytarabine_intermediate", "1") == ("6000", "9000")


def test_the_infusion_of_a_range_is_a_range() -> None:
    size = Interval(Decimal("1.7"), Decimal("1.9"))
    assert dose_mg("cytarabine", Decimal(100), size) == Interval(Decimal("170.0"), Decimal("190.0"))


@pytest.mark.parametrize(
    "mg_d, intakes, change",
    [
        ("81", (4, 4), "-1.2"),
        ("90", (5, 4), "0.0"),
        ("18.5", (1, 1), "8.1"),
        ("22.2", (1, 1), "-9.9"),
        ("65", (3, 3), "-7.7"),
    ],
)
def test_a_daily_dose_is_divided_into_whole_capsules(mg_d: str, intakes: tuple[int, ...], change: str) -> None:
    found = capsules("tretinoin_adult", Decimal(mg_d))
    assert isinstance(found, Capsules)
    assert found.intakes == intakes
    assert found.change_percent == Decimal(change)
    assert found.mg_d == 10 * sum(intakes)


@pytest.mark.parametrize("mg_d", ["11", "45", "25", "1", "0", "15"])
def test_rounding_that_would_change_the_dose_gives_no_number(mg_d: str) -> None:
    assert isinstance(capsules("tretinoin_child", Decimal(mg_d)), str)


@given(st.decimals(min_value=1, max_value=200, places=2))
def test_no_capsules_ever_change_a_dose_by_more_than_the_table_allows(mg_d: Decimal) -> None:
    found = capsules("tretinoin_adult", mg_d)
    if isinstance(found, Capsules):
        assert abs(found.mg_d - mg_d) * 100 <= DOSES.rounding_percent * mg_d
        assert min(found.intakes) >= 1
        assert max(found.intakes) - min(found.intakes) <= 1


@given(
    st.sampled_from(sorted(RULES)), st.decimals(1, 3000, places=1), st.decimals(min_value="0.1", max_value=3, places=4)
)
def test_a_larger_person_gets_no_smaller_dose(rule: str, per: Decimal, size: Decimal) -> None:
    small, large = dose_mg(rule, per, exactly(size)).low, dose_mg(rule, per, exactly(size * 2)).low
    assert small is not None
    assert large is not None
    assert large == small * 2


def test_a_figure_outside_the_source_is_named_and_one_on_the_edge_is_not() -> None:
    assert outside("daunorubicin", Decimal(45))
    assert not outside("daunorubicin", Decimal(60))
    assert not outside("daunorubicin", Decimal(90))
    assert outside("daunorubicin", Decimal("90.1"))


def test_what_no_rule_says_is_refused() -> None:
    with pytest.raises(DoseUnknown):
        dose_mg("aspirin", Decimal(1), exactly(Decimal(1)))
    with pytest.raises(DoseUnknown):
        capsules("cytarabine", Decimal(100))
    with pytest.raises(DoseUnknown):
        course_mg("tretinoin_adult", Decimal(45), exactly(Decimal(1)))


def test_every_rule_and_reduction_names_its_source_and_every_other_rule_exists() -> None:
    assert all(each.source for each in DOSES.doses)
    assert all(each.source for each in DOSES.reductions)
    assert all(each.low <= each.high for each in DOSES.doses)
    assert {each.by_weight for each in DOSES.doses} - {""} <= set(RULES)
