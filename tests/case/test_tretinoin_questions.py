"""M39 decide, M43 find out, M50 hold or continue: the questions about tretinoin that are not the order to stop it.

safety.md 4.5 and 2.3 (D1, D18, D20, D25), H01, H03, H08; clinical.md A7, A8.
"""

import pytest

from tests.case.ward import Ward, refused, t

T_11_17 = "46,XX,t(11;17)(q23;q21)"


# --- M39 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exposure", ["never", "unknown", None])
def test_a_suspected_patient_without_tretinoin_asks_for_a_decision_within_an_hour(exposure):
    ward = Ward(exposure=exposure)
    assert ward.due("M39").due_at == t("1 10:00")


def test_a_patient_who_takes_it_already_is_not_asked_whether_to_start():
    assert "M39" not in Ward(exposure="started").open


def test_the_question_climbs_from_physician_to_haematologist():
    ward = Ward().look("1 10:31")
    assert ward.rang("M39") == [
        (t("1 09:00"), ("physician",)),
        (t("1 10:00"), ("physician",)),
        (t("1 10:30"), ("haematologist",)),
    ]


def test_starting_answers_it():
    ward = Ward().at("1 09:30")
    ward.ask_for("tretinoin")
    assert ward.closed("M39") == ["done"]


def test_an_order_is_not_a_start_and_leaves_no_question_of_suspicion_open():
    ward = Ward().at("1 09:30")
    ward.ask_for("tretinoin", "order")
    assert (ward.word("tretinoin"), "M39" in ward.open) == ("ordered", False)


def test_a_signed_not_now_brings_the_question_back_due_at_its_review():
    ward = Ward().at("1 09:30")
    assert ward.answer("M39", "not_now", "physician", review_at=t("1 15:00")).status == "accepted"
    assert ward.closed("M39") == ["done"]
    assert ward.due("M39").due_at == t("1 15:00")
    ward.look("1 15:01")
    assert ward.rang("M39")[-1] == (t("1 15:00"), ("physician",))


def test_a_not_now_may_be_renewed():
    ward = Ward().at("1 09:30")
    ward.answer("M39", "not_now", "physician", review_at=t("1 15:00"))
    ward.at("1 14:50").answer("M39", "not_now", "physician", review_at=t("1 20:00"))
    assert (ward.due("M39").due_at, ward.due("M39").ordinal) == (t("1 20:00"), 3)


@pytest.mark.parametrize("review", [None, "1 09:20", "1 21:31"])
def test_a_not_now_ends_within_twelve_hours(review):
    ward = Ward().at("1 09:30")
    found = ward.answer("M39", "not_now", "physician", review_at=t(review) if review else None)
    assert refused(found) == "review_at"


def test_a_nurse_cannot_sign_a_not_now():
    ward = Ward().at("1 09:30")
    assert refused(ward.answer("M39", "not_now", "nurse", review_at=t("1 15:00"))) == "role"


def test_the_question_is_withdrawn_when_pml_rara_is_negative():
    ward = Ward().at("1 09:30")
    ward.pml("rt_pcr")
    assert ward.closed("M39") == ["withdrawn"]


def test_contradicting_reports_keep_the_question():
    ward = Ward().at("1 09:30")
    ward.pml("rt_pcr", "positive")
    ward.pml("dual_fusion_fish", "negative")
    assert (ward.word("pml_rara"), "M39" in ward.open) == ("conflicting", True)


# --- M43 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exposure", [None, "unknown"])
def test_an_unknown_exposure_asks_to_look_at_chart_and_patient_within_an_hour(exposure):
    ward = Ward(exposure=exposure)
    assert ward.due("M43").due_at == t("1 10:00")


def test_it_asks_charge_nurse_and_pharmacist_then_the_physician():
    ward = Ward(exposure=None).look("1 10:01")
    assert ward.rang("M43") == [(t("1 09:00"), ("charge_nurse", "pharmacist")), (t("1 10:00"), ("physician",))]


@pytest.mark.parametrize("act", ["never", "dose", "held", "ordered"])
def test_whoever_looked_settles_it(act):
    ward = Ward(exposure=None).at("1 09:30")
    ward.therapy(act)
    assert ward.closed("M43") == ["done"]


def test_with_a_resistant_variant_the_order_to_stop_takes_its_place():
    ward = Ward(exposure=None).at("1 09:30")
    ward.partner("ZBTB16")
    assert (ward.closed("M43"), ward.due("M3").wording) == (["withdrawn"], "find_out_and_stop")


# --- M50 --------------------------------------------------------------------------------------------------------------


def running() -> Ward:
    """Tretinoin running since enrolment, PML::RARA negative by two methods, on 2 March."""
    ward = Ward(exposure="started").at("2 09:00")
    ward.pml_negative()
    return ward


def test_banding_alone_gives_four_hours():
    ward = running().at("4 12:00")
    ward.karyotype(T_11_17)
    assert (ward.due("M50").level, ward.due("M50").due_at) == ("banding", t("4 16:00"))


@pytest.mark.parametrize("more", [{"status": "preliminary"}, {"verbal": True, "written": False}])
def test_a_preliminary_or_spoken_molecular_result_gives_one_hour(more):
    ward = running().at("4 12:00")
    ward.partner("ZBTB16", **more)
    assert (ward.due("M50").level, ward.due("M50").due_at) == ("molecular", t("4 13:00"))
    assert ward.word("class") == "unnamed"


def test_a_confirmed_partner_of_no_known_class_gives_twelve_hours():
    ward = running().at("4 12:00")
    ward.partner("PRKAR1A")
    assert (ward.due("M50").level, ward.due("M50").due_at) == ("unclassified", t("5 00:00"))


def test_a_truncated_sensitive_partner_is_asked_about_like_one_of_no_class():
    ward = running().at("4 12:00")
    ward.partner("NPM1", truncated=True)
    assert (ward.word("class"), ward.due("M50").level) == ("unclassified", "unclassified")


def test_a_molecular_result_after_banding_shortens_the_time_to_its_hour():
    ward = running().at("4 12:00")
    ward.karyotype(T_11_17)
    ward.at("4 12:30").partner("ZBTB16", status="preliminary")
    assert (ward.due("M50").level, ward.due("M50").due_at) == ("molecular", t("4 13:30"))


@pytest.mark.parametrize("exposure", ["never", "stopped"])
def test_it_is_not_asked_of_somebody_who_does_not_take_it(exposure):
    ward = running() if exposure == "stopped" else Ward()
    if exposure == "stopped":
        ward.at("3 09:00").stop()
    ward.at("4 12:00").karyotype(T_11_17)
    assert "M50" not in ward.open


@pytest.mark.parametrize("exposure", [None, "ordered", "held", "unknown"])
def test_ordered_held_and_unknown_are_asked_as_running_is(exposure):
    ward = Ward(exposure=exposure).at("4 12:00")
    ward.karyotype(T_11_17)
    assert "M50" in ward.open


@pytest.mark.parametrize("choice", ["hold", "stop", "continue"])
def test_each_answer_with_a_reason_settles_it(choice):
    ward = running().at("4 12:00")
    ward.karyotype(T_11_17)
    ward.answer("M50", choice)
    ward.look("4 20:00")
    assert (ward.closed("M50"), "M50" in ward.open) == (["done"], False)


def test_only_haematologist_or_consultant_answers():
    ward = running().at("4 12:00")
    ward.karyotype(T_11_17)
    assert refused(ward.answer("M50", "continue", "physician")) == "role"


def test_a_new_report_asks_again():
    ward = running().at("4 12:00")
    ward.karyotype(T_11_17)
    ward.answer("M50", "continue")
    ward.at("4 18:00").partner("ZBTB16", status="preliminary")
    found = ward.due("M50")
    assert (found.ordinal, found.level, found.due_at) == (2, "molecular", t("4 19:00"))


def test_the_same_report_delivered_again_does_not():
    ward = running().at("4 12:00")
    ward.karyotype(T_11_17)
    ward.at("4 12:40").answer("M50", "continue")
    ward.at("4 18:00").karyotype(T_11_17)
    assert "M50" not in ward.open


def test_it_cannot_be_put_off():
    ward = running().at("4 12:00")
    ward.karyotype(T_11_17)
    assert refused(ward.snooze("M50", "")) == "no_snooze"


def test_the_consultant_is_paged_when_the_time_is_up_even_if_the_haematologist_took_note():
    ward = running().at("4 12:00")
    ward.karyotype(T_11_17)
    ward.at("4 15:55").acknowledge("M50", "haematologist")
    ward.look("4 16:01")
    assert "consultant" in ward.told("M50")


def test_a_final_resistant_report_turns_the_question_into_the_order_to_stop():
    ward = running().at("4 12:00")
    ward.karyotype(T_11_17)
    ward.at("5 03:10").partner("ZBTB16")
    assert ward.open & {"M3", "M50"} == {"M3"}


def test_no_new_tretinoin_is_proposed_on_a_resistant_suspicion():
    ward = Ward().at("4 12:00")
    ward.karyotype(T_11_17)
    names = {each.name for each in ward.engine.picture("c1").proposals}
    assert not any("tretinoin" in name for name in names)


def test_stopping_settles_it():
    ward = running().at("4 12:00")
    ward.karyotype(T_11_17)
    ward.stop(who="physician")
    assert ward.closed("M50") == ["done"]


def test_a_hold_by_anyone_is_no_decision():
    ward = running().at("4 12:00")
    ward.karyotype(T_11_17)
    ward.therapy("held", who="nurse")
    assert "M50" in ward.open
