"""M46 findings that contradict each other, M49 diagnostic cells, M51 a reported death. safety.md 4.5, C6, H14, H34."""

import pytest

from tests.case.ward import Ward, refused, t


@pytest.fixture
def conflict() -> Ward:
    """PML::RARA positive by RT-PCR, cleanly negative by FISH; on 2 March at 10:00."""
    ward = Ward().at("2 10:00")
    ward.pml("rt_pcr", "positive")
    ward.pml("dual_fusion_fish", "negative")
    return ward


def test_a_contradiction_asks_at_once(conflict):
    assert conflict.due("M46").due_at == t("2 10:00")


@pytest.mark.parametrize("result", ["failed", "atypical"])
def test_a_failed_or_atypical_result_contradicts_nothing(result):
    ward = Ward().at("2 10:00")
    ward.pml("rt_pcr", "positive")
    ward.pml("dual_fusion_fish", result)
    assert (ward.word("pml_rara"), "M46" in ward.open) == ("positive", False)


def test_it_tells_haematologist_and_laboratory_then_the_consultant_then_all_every_four_hours(conflict):
    conflict.look("2 19:01")
    assert conflict.rang("M46") == [
        (t("2 10:00"), ("haematologist", "laboratory")),
        (t("2 11:00"), ("consultant",)),
        (t("2 15:00"), ("haematologist", "laboratory", "consultant")),
        (t("2 19:00"), ("haematologist", "laboratory", "consultant")),
    ]


def test_two_confirmed_partners_are_a_contradiction_and_move_no_phase():
    ward = Ward().at("2 10:00")
    ward.partner("NPM1")
    ward.at("3 10:00").partner("ZBTB16", "rna_sequencing")
    assert ("M46" in ward.open, ward.phase) == (True, "variant_confirmed.sensitive")


def test_a_confirmed_partner_beside_a_positive_is_a_contradiction():
    ward = Ward().at("2 10:00")
    ward.pml("rt_pcr", "positive")
    ward.partner("ZBTB16")
    assert ("M46" in ward.open, ward.phase) == (True, "diagnosis_pending")


def test_a_new_report_that_mends_it_withdraws_the_question(conflict):
    negative = conflict.case.reports["pml_rara"][-1].position
    conflict.at("2 12:00").retract(negative)
    assert conflict.closed("M46") == ["withdrawn"]


def test_a_working_diagnosis_rests_it_until_its_review(conflict):
    conflict.answer("M46", "working_diagnosis", review_at=t("3 09:00"))
    conflict.look("3 08:59")
    assert "M46" not in conflict.open
    conflict.look("3 09:01")
    assert conflict.due("M46").due_at == t("3 09:00")


@pytest.mark.parametrize("review", [None, "3 10:01"])
def test_a_working_diagnosis_ends_within_24_hours(conflict, review):
    found = conflict.answer("M46", "working_diagnosis", review_at=t(review) if review else None)
    assert refused(found) == "review_at"


def test_a_physician_signs_no_working_diagnosis(conflict):
    assert refused(conflict.answer("M46", "working_diagnosis", "physician", review_at=t("3 09:00"))) == "role"


def test_nothing_new_is_proposed_while_it_lasts(conflict):
    conflict.partner("NPM1")
    names = {each.name for each in conflict.engine.picture("c1").proposals}
    assert names.isdisjoint({"seven_plus_three", "tretinoin_sensitive"})


def test_rechecks_run_on(conflict):
    assert conflict.is_open("M1", "fibrinogen")


# --- M49 --------------------------------------------------------------------------------------------------------------


def test_cells_are_secured_within_a_day():
    assert Ward().due("M49").due_at == t("2 09:00")


def test_it_tells_the_physician_and_pages_when_due():
    ward = Ward().look("2 09:01")
    assert ward.rang("M49") == [(t("1 09:00"), ("physician",)), (t("2 09:00"), ("physician",))]


def test_secured_cells_do_it():
    ward = Ward().at("1 12:00")
    ward.finding("cells_secured", "secured")
    assert (ward.closed("M49"), "M49" in ward.open) == (["done"], False)


def test_cannot_with_a_reason_does_it_for_good():
    ward = Ward().at("1 12:00")
    assert refused(ward.answer("M49", "cannot", "physician", reason="")) == "reason_needed"
    ward.answer("M49", "cannot", "physician")
    ward.look("2 12:00")
    assert (ward.closed("M49"), "M49" in ward.open) == (["done"], False)


def test_a_nurse_does_not_sign_that_it_cannot():
    assert refused(Ward().answer("M49", "cannot", "nurse")) == "role"


# --- M51 --------------------------------------------------------------------------------------------------------------


def test_a_reported_death_only_asks():
    ward = Ward().at("2 10:00")
    ward.told_of_death("2 09:50")
    assert (ward.phase, ward.due("M51").due_at) == ("diagnosis_pending", t("2 11:00"))
    assert ward.is_open("M1", "fibrinogen")


def test_it_asks_charge_nurse_then_physician():
    ward = Ward().at("2 10:00")
    ward.told_of_death("2 09:50")
    ward.look("2 11:01")
    assert ward.rang("M51") == [(t("2 10:00"), ("charge_nurse",)), (t("2 11:00"), ("physician",))]


def test_a_refuted_report_ends_the_question():
    ward = Ward().at("2 10:00")
    ward.told_of_death("2 09:50")
    ward.answer("M51", "refuted", "charge_nurse")
    ward.look("2 12:00")
    assert (ward.closed("M51"), "M51" in ward.open) == (["done"], False)
