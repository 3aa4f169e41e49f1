"""M38: a value below target or critical asks for a product, or for a reasoned decision. safety.md 4.4, H18, H25."""

import pytest

from tests.case.ward import Ward, refused, t


@pytest.fixture
def ward() -> Ward:
    """Supervised, platelets and INR in order, on 1 March at 12:00."""
    found = Ward().at("1 12:00")
    found.lab("platelets", "90", "1 11:40")
    found.lab("inr", "1.1", "1 11:40")
    return found


@pytest.mark.parametrize(
    "analyte, value, level, minutes",
    [
        ("fibrinogen", "92", "critical", 30),
        ("fibrinogen", "149", "below_target", 120),
        ("platelets", "29", "critical", 30),
        ("platelets", "49", "below_target", 120),
    ],
)
def test_a_low_value_opens_its_line_with_the_due_time_of_its_band(analyte, value, level, minutes):
    ward = Ward().at("1 12:00")
    ward.lab(analyte, value, "1 11:40")
    found = ward.due("M38", analyte)
    assert (found.level, found.due_at - t("1 12:00")) == (level, minutes * 60_000_000)


@pytest.mark.parametrize("analyte, value", [("fibrinogen", "150"), ("platelets", "50")])
def test_a_value_exactly_on_target_asks_for_nothing(analyte, value):
    ward = Ward().at("1 12:00")
    ward.lab(analyte, value, "1 11:40")
    assert not ward.is_open("M38", analyte)


@pytest.mark.parametrize("analyte, value", [("fibrinogen", "100"), ("platelets", "30")])
def test_a_value_exactly_on_the_critical_line_is_below_target_but_not_critical(analyte, value):
    ward = Ward().at("1 12:00")
    ward.lab(analyte, value, "1 11:40")
    assert ward.due("M38", analyte).level == "below_target"


def test_a_comparator_below_the_critical_line_is_critical(ward):
    ward.lab("fibrinogen", "<35", "1 11:50")
    assert ward.due("M38", "fibrinogen").level == "critical"


def test_a_comparator_that_straddles_the_lines_opens_no_line_of_its_own(ward):
    ward.lab("fibrinogen", "<160", "1 11:50")
    assert not ward.is_open("M38", "fibrinogen")


def test_each_analyte_has_one_line(ward):
    ward.lab("fibrinogen", "92", "1 11:50")
    ward.lab("platelets", "20", "1 11:50")
    assert sorted(subject for reminder, subject in ward.case.open if reminder == "M38") == ["fibrinogen", "platelets"]


def test_a_worse_band_upgrades_the_line_and_restarts_its_ladder(ward):
    ward.lab("fibrinogen", "140", "1 11:50")
    ward.at("1 13:00").lab("fibrinogen", "80", "1 12:50")
    found = ward.due("M38", "fibrinogen")
    assert (found.level, found.ordinal, found.started_at) == ("critical", 1, t("1 13:00"))
    assert found.due_at == t("1 13:30")
    assert (t("1 13:00"), ("nurse", "physician")) in ward.rang("M38", "fibrinogen")


def test_the_critical_ladder_climbs_to_haematologist_and_consultant_and_then_never_ends(ward):
    ward.lab("fibrinogen", "92", "1 11:50")
    ward.look("1 14:31")
    assert ward.rang("M38", "fibrinogen") == [
        (t("1 12:00"), ("nurse", "physician")),
        (t("1 13:00"), ("haematologist",)),
        (t("1 13:30"), ("consultant",)),
        (t("1 14:00"), ("nurse", "physician", "haematologist", "consultant")),
        (t("1 14:30"), ("nurse", "physician", "haematologist", "consultant")),
    ]


def test_the_task_below_target_goes_from_nurse_to_physician_when_due(ward):
    ward.lab("fibrinogen", "140", "1 11:50")
    ward.look("1 15:00")
    assert ward.rang("M38", "fibrinogen") == [(t("1 12:00"), ("nurse",)), (t("1 14:00"), ("physician",))]


@pytest.mark.parametrize("product", ["cryoprecipitate", "fibrinogen_concentrate", "plasma"])
def test_a_fibrinogen_product_that_is_started_does_the_task(ward, product):
    ward.lab("fibrinogen", "92", "1 11:50")
    ward.at("1 12:20").product(product, "started", "1 12:20")
    assert ward.closed("M38", "fibrinogen") == ["done"]


@pytest.mark.parametrize("product", ["platelets", "red_cells"])
def test_a_product_of_another_kind_does_not(ward, product):
    ward.lab("fibrinogen", "92", "1 11:50")
    ward.at("1 12:20").product(product, "started", "1 12:20")
    assert ward.is_open("M38", "fibrinogen")


def test_the_end_of_a_product_that_was_started_before_the_value_does_not(ward):
    ward.product("cryoprecipitate", "started", "1 11:55")
    ward.at("1 12:10").lab("fibrinogen", "92", "1 11:50")
    ward.at("1 12:30").product("cryoprecipitate", "ended", "1 12:30")
    assert ward.is_open("M38", "fibrinogen")


def test_a_product_of_which_only_the_end_was_told_does_the_task(ward):
    ward.lab("fibrinogen", "92", "1 11:50")
    ward.at("1 12:40").product("cryoprecipitate", "ended", "1 12:40")
    assert ward.closed("M38", "fibrinogen") == ["done"]


def test_the_same_value_does_not_ask_again_after_the_product(ward):
    ward.lab("fibrinogen", "92", "1 11:50")
    ward.at("1 12:20").product("cryoprecipitate", "started", "1 12:20")
    ward.look("1 15:00")
    assert not ward.is_open("M38", "fibrinogen")


def test_a_newer_low_value_asks_again(ward):
    ward.lab("fibrinogen", "92", "1 11:50")
    ward.at("1 12:20").product("cryoprecipitate", "started", "1 12:20")
    ward.at("1 14:00").lab("fibrinogen", "110", "1 13:45")
    found = ward.due("M38", "fibrinogen")
    assert (found.ordinal, found.level) == (2, "below_target")


def test_a_reasoned_decision_by_a_doctor_does_the_task(ward):
    ward.lab("fibrinogen", "92", "1 11:50")
    ward.answer("M38", "no_product", "physician", subject="fibrinogen")
    assert ward.closed("M38", "fibrinogen") == ["done"]


def test_the_decision_against_a_product_belongs_to_doctors(ward):
    ward.lab("fibrinogen", "92", "1 11:50")
    assert refused(ward.answer("M38", "no_product", "nurse", subject="fibrinogen")) == "role"


def test_the_decision_against_a_product_needs_a_reason(ward):
    ward.lab("fibrinogen", "92", "1 11:50")
    assert refused(ward.answer("M38", "no_product", subject="fibrinogen", reason=" ")) == "reason_needed"


def test_an_older_sample_that_arrives_late_never_rings(ward):
    ward.lab("fibrinogen", "180", "1 11:50")
    ward.at("1 12:30").lab("fibrinogen", "80", "1 10:00")
    assert not ward.is_open("M38", "fibrinogen")


def test_a_correction_of_the_newest_sample_rings_now(ward):
    first = ward.lab("fibrinogen", "180", "1 11:50")
    ward.at("1 12:30").lab("fibrinogen", "80", "1 11:50", status="corrected", replaces=first)
    assert ward.due("M38", "fibrinogen").due_at == t("1 13:00")


def test_a_better_newer_value_withdraws_the_line(ward):
    ward.lab("fibrinogen", "92", "1 11:50")
    ward.at("1 13:00").lab("fibrinogen", "190", "1 12:50")
    assert ward.closed("M38", "fibrinogen") == ["withdrawn"]


def test_the_second_delivery_of_one_result_does_not_move_the_due_time(ward):
    ward.lab("fibrinogen", "92", "1 11:50", specimen="s1")
    ward.at("1 12:25").lab("fibrinogen", "92", "1 11:50", specimen="s1")
    found = ward.due("M38", "fibrinogen")
    assert (found.ordinal, found.due_at) == (1, t("1 12:30"))
