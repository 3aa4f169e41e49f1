"""M45 a sample without a result, and a result whose unit is in question. safety.md 4.5, H19, H24."""

import pytest

from tests.case.ward import Ward, refused, t


@pytest.fixture
def calm() -> Ward:
    """Class S3: two full panels on target, no product; on 2 March at 12:00."""
    ward = Ward().at("1 09:30")
    ward.panel("1 09:10")
    ward.at("1 20:00").panel("1 19:40")
    assert ward.word("recheck_class") == "s3"
    return ward.at("2 12:00")


def test_a_result_is_awaited_90_minutes_after_collection(calm):
    calm.sample("a1", "2 11:50", "fibrinogen", "platelets")
    assert calm.due("M45", "a1").due_at == t("2 13:20")


def test_it_is_awaited_60_minutes_when_the_case_is_severe():
    ward = Ward().at("1 12:00")
    ward.sample("a1", "1 11:50", "fibrinogen", "platelets")
    assert (ward.word("recheck_class"), ward.due("M45", "a1").due_at) == ("s1", t("1 12:50"))


def test_nothing_but_supervised_analytes_is_awaited(calm):
    calm.sample("a1", "2 11:50", "leukocytes")
    assert "M45" not in calm.open


def test_it_pages_the_physician_and_then_the_charge_nurse_too(calm):
    calm.sample("a1", "2 11:50", "fibrinogen")
    calm.look("2 14:00")
    assert calm.rang("M45", "a1") == [(t("2 13:20"), ("physician",)), (t("2 13:50"), ("physician", "charge_nurse"))]


def test_the_duty_passes_and_the_recheck_keeps_its_time(calm):
    before = calm.due("M1", "fibrinogen").due_at
    calm.sample("a1", "2 11:50", "fibrinogen", "platelets")
    assert calm.due("M1", "fibrinogen").due_at == before


def test_the_results_of_the_sample_end_the_wait(calm):
    calm.sample("a1", "2 11:50", "fibrinogen", "platelets")
    calm.at("2 12:30").lab("fibrinogen", "200", "2 11:50", specimen="a1")
    assert calm.is_open("M45", "a1")
    calm.lab("platelets", "90", "2 11:50", specimen="a1")
    assert calm.closed("M45", "a1") == ["done"]


def test_a_result_of_a_later_sample_ends_the_wait_for_the_earlier(calm):
    calm.sample("a1", "2 11:50", "fibrinogen")
    calm.at("2 13:00").lab("fibrinogen", "200", "2 12:40", specimen="a2")
    assert calm.closed("M45", "a1") == ["done"]


def test_ordering_a_new_sample_ends_the_wait(calm):
    calm.sample("a1", "2 11:50", "fibrinogen")
    assert calm.answer("M45", "recollect", "nurse", subject="a1").status == "accepted"
    calm.look("2 18:00")
    assert (calm.closed("M45", "a1"), calm.is_open("M45", "a1")) == (["done"], False)


def test_the_laboratory_cannot_answer_for_the_ward(calm):
    calm.sample("a1", "2 11:50", "fibrinogen")
    assert refused(calm.answer("M45", "recollect", "laboratory", subject="a1")) == "role"


def test_a_result_that_came_before_the_sample_was_told_opens_nothing(calm):
    calm.lab("fibrinogen", "200", "2 11:50", specimen="a1")
    calm.sample("a1", "2 11:50", "fibrinogen")
    assert "M45" not in calm.open


def test_a_clotted_sample_makes_the_recheck_due_now(calm):
    calm.sample("a1", "2 11:50", "fibrinogen")
    calm.lab("fibrinogen", "200", "2 11:50", specimen="a1", problems=("clotted",))
    assert calm.due("M1", "fibrinogen").due_at == t("2 12:00")


# --- the unit in question ---------------------------------------------------------------------------------------------


def test_a_figure_of_another_unit_is_no_value_and_asks_within_30_minutes(calm):
    calm.lab("fibrinogen", "2.1", "2 11:50")
    assert (calm.read("fibrinogen").known, calm.due("M45q", "fibrinogen").due_at) == (False, t("2 12:30"))


@pytest.mark.parametrize("unit", [None, "", "furlong"])
def test_a_missing_or_unknown_unit_is_a_question(calm, unit):
    calm.lab("platelets", "45", "2 11:50", unit=unit)
    assert calm.is_open("M45q", "platelets")


def test_while_it_is_open_the_shortest_interval_is_in_force(calm):
    calm.lab("fibrinogen", "2.1", "2 11:50")
    assert calm.word("recheck_class") == "s1"


def test_it_asks_nurse_and_laboratory_and_then_pages_the_physician(calm):
    calm.lab("fibrinogen", "2.1", "2 11:50")
    calm.look("2 12:31")
    assert calm.rang("M45q", "fibrinogen") == [(t("2 12:00"), ("nurse", "laboratory")), (t("2 12:30"), ("physician",))]


def test_it_does_not_let_a_value_that_was_low_look_mended():
    ward = Ward().at("1 12:00")
    ward.lab("fibrinogen", "92", "1 11:40")
    ward.at("1 12:30").lab("fibrinogen", "2.1", "1 12:20")
    assert ward.is_open("M38", "fibrinogen")


def test_the_result_in_a_sure_unit_settles_it(calm):
    asked = calm.lab("fibrinogen", "2.1", "2 11:50")
    calm.at("2 12:20").lab("fibrinogen", "2.1", "2 11:50", unit="g/L", status="corrected", replaces=asked)
    assert (calm.closed("M45q", "fibrinogen"), calm.read("fibrinogen").shown) == (["done"], "Fibrinogen 210 mg/dL")


def test_a_newer_sure_result_settles_it_too(calm):
    calm.lab("fibrinogen", "2.1", "2 11:50")
    calm.at("2 13:00").lab("fibrinogen", "205", "2 12:50")
    assert calm.closed("M45q", "fibrinogen") == ["done"]


def test_a_decimal_comma_is_never_read_as_a_figure(calm):
    calm.lab("fibrinogen", "1,06", "2 11:50", unit="g/L")
    assert calm.case.labs["fibrinogen"][-1].interval is None
