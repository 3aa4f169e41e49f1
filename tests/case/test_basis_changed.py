"""M44: a decision rested on what has changed. safety.md 4.5, H07, H25; clinical.md I6."""

import pytest

from tests.case.ward import Ward, refused, t


def reviews(ward: Ward) -> list[tuple[str, bool]]:
    """What each review is about, and whether it is urgent."""
    return [(each.about, each.urgent) for each in ward.case.reviews.values()]


@pytest.fixture
def stopped() -> tuple[Ward, int]:
    """Tretinoin was stopped on a final ZBTB16 report; the report's position."""
    ward = Ward(exposure="started").at("5 03:10")
    report = ward.partner("ZBTB16")
    ward.at("5 03:40").stop()
    return ward, report


def urgent(ward: Ward) -> list[str]:
    """The keys of the open urgent reviews."""
    return [key for (name, key), each in ward.case.open.items() if name == "M44" and each.level == "urgent"]


def test_a_retracted_report_asks_at_once_about_the_stop_that_rested_on_it(stopped):
    ward, report = stopped
    ward.at("5 06:00").retract(report)
    found = ward.due("M44", urgent(ward)[0])
    assert (found.level, found.due_at) == ("urgent", t("5 07:00"))


def test_the_urgent_question_climbs_like_the_order_to_stop(stopped):
    ward, report = stopped
    ward.at("5 06:00").retract(report)
    ward.look("5 07:01")
    assert ward.rang("M44", urgent(ward)[0]) == [
        (t("5 06:00"), ("haematologist", "charge_nurse")),
        (t("5 06:15"), ("haematologist",)),
        (t("5 06:30"), ("physician",)),
        (t("5 07:00"), ("consultant",)),
    ]


def test_the_drug_is_not_restarted_by_itself(stopped):
    ward, report = stopped
    ward.at("5 06:00").retract(report)
    ward.look("5 12:00")
    assert ward.word("tretinoin") == "stopped"


def test_the_retraction_leaves_the_confirmed_phase(stopped):
    ward, report = stopped
    ward.at("5 06:00").retract(report)
    assert ward.phase == "diagnosis_pending"


@pytest.mark.parametrize("choice", ["confirmed", "replaced"])
def test_a_doctor_settles_it_by_name(stopped, choice):
    ward, report = stopped
    ward.at("5 06:00").retract(report)
    number = int(urgent(ward)[0])
    assert ward.settle(number, choice, "physician").status == "accepted"
    assert ward.closed("M44", str(number)) == ["done"]


def test_a_nurse_does_not(stopped):
    ward, report = stopped
    ward.at("5 06:00").retract(report)
    assert refused(ward.settle(int(urgent(ward)[0]), who="nurse")) == "role"


def test_a_settled_review_is_not_settled_again(stopped):
    ward, report = stopped
    ward.at("5 06:00").retract(report)
    number = int(urgent(ward)[0])
    ward.settle(number)
    assert refused(ward.settle(number)) == "not_open"


def test_an_amended_report_of_another_partner_asks_too(stopped):
    ward, report = stopped
    ward.at("5 06:00").partner("NPM1", status="amended", replaces=report)
    assert (ward.phase, len(urgent(ward))) == ("variant_confirmed.sensitive", 1)


def test_an_amended_report_that_says_the_same_asks_nothing(stopped):
    ward, report = stopped
    ward.at("5 06:00").partner("ZBTB16", status="amended", replaces=report)
    assert ward.case.reviews == {}


def test_a_start_through_the_door_of_a_report_is_asked_about_when_the_report_goes():
    ward = Ward().at("2 09:00")
    ward.pml_negative()
    report = ward.partner("NPM1")
    ward.ask_for("tretinoin")
    ward.at("2 12:00").retract(report)
    assert ("tretinoin started: a fact it rested on has changed", True) in reviews(ward)


def test_an_older_value_that_crosses_a_line_waits_for_the_next_round():
    ward = Ward().at("3 08:30")
    old = ward.lab("fibrinogen", "160", "3 08:00")
    ward.at("5 02:00").lab("fibrinogen", "170", "5 01:40")
    ward.at("5 04:00").lab("fibrinogen", "106", "3 08:00", status="corrected", replaces=old)
    found = [each for (name, _), each in ward.case.open.items() if name == "M44"]
    assert [(each.level, each.due_at) for each in found] == [("routine", t("5 08:00"))]


def test_the_correction_of_an_older_value_rings_no_low_value():
    ward = Ward().at("3 08:30")
    old = ward.lab("fibrinogen", "160", "3 08:00")
    ward.at("5 02:00").lab("fibrinogen", "170", "5 01:40")
    ward.at("5 04:00").lab("fibrinogen", "90", "3 08:00", status="corrected", replaces=old)
    assert not ward.is_open("M38", "fibrinogen")


def test_an_older_value_that_crosses_no_line_asks_nothing():
    ward = Ward().at("3 08:30")
    old = ward.lab("fibrinogen", "160", "3 08:00")
    ward.at("5 02:00").lab("fibrinogen", "170", "5 01:40")
    ward.at("5 04:00").lab("fibrinogen", "155", "3 08:00", status="corrected", replaces=old)
    assert "M44" not in ward.open


def test_an_older_value_that_is_withdrawn_from_below_a_line_is_looked_at():
    ward = Ward().at("3 08:30")
    old = ward.lab("platelets", "20", "3 08:00")
    ward.at("5 02:00").lab("platelets", "60", "5 01:40")
    ward.at("5 04:00").retract(old)
    assert any("older value" in about for about, _ in reviews(ward))


def test_a_decision_of_the_last_day_against_a_product_is_asked_about_within_an_hour():
    ward = Ward().at("3 08:30")
    value = ward.lab("fibrinogen", "140", "3 08:00")
    ward.answer("M38", "no_product", "physician", subject="fibrinogen")
    ward.at("3 14:00").lab("fibrinogen", "160", "3 13:40")
    ward.at("3 15:00").lab("fibrinogen", "90", "3 08:00", status="corrected", replaces=value)
    assert ward.due("M44", urgent(ward)[0]).due_at == t("3 16:00")


def test_a_decision_against_a_product_older_than_a_day_waits_for_the_next_round():
    ward = Ward().at("3 08:30")
    value = ward.lab("fibrinogen", "140", "3 08:00")
    ward.answer("M38", "no_product", "physician", subject="fibrinogen")
    ward.at("4 07:00").lab("fibrinogen", "160", "4 06:40")
    ward.at("4 09:00").lab("fibrinogen", "110", "3 08:00", status="corrected", replaces=value)
    assert (urgent(ward), "M44" in ward.open) == ([], True)


def test_the_product_that_was_given_on_a_value_is_asked_about_when_the_value_goes():
    ward = Ward().at("3 08:30")
    value = ward.lab("fibrinogen", "140", "3 08:00")
    ward.at("3 08:40").product("cryoprecipitate", "started")
    ward.at("3 09:00").lab("fibrinogen", "210", "3 08:00", status="corrected", replaces=value)
    assert len(urgent(ward)) == 1


def test_a_correction_never_moves_the_clock_of_the_case_back():
    ward = Ward().at("3 08:30")
    old = ward.lab("fibrinogen", "160", "3 08:00")
    before = ward.phase
    ward.at("5 04:00").lab("fibrinogen", "106", "3 08:00", status="corrected", replaces=old)
    recorded = [each.recorded_at for each in ward.engine.timeline("c1")]
    assert (ward.phase, recorded) == (before, sorted(recorded))


def test_a_report_delivered_again_after_the_stop_is_still_what_the_stop_rested_on(stopped):
    ward, _ = stopped
    again = ward.at("5 05:00").partner("ZBTB16")
    ward.at("5 06:00").retract(again)
    assert len(urgent(ward)) == 1


def test_a_karyotype_that_is_amended_asks_about_the_start_it_allowed():
    ward = Ward().at("2 09:00")
    ward.pml_negative()
    first = ward.karyotype("46,XX,t(5;17)(q35;q21)", "final")
    ward.ask_for("tretinoin")
    ward.at("3 09:00").karyotype("46,XX", "amended", replaces=first)
    assert len(urgent(ward)) == 1
