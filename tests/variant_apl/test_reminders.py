"""The reminders beyond the first slice: opens, due, ladder, done, withdrawn, and what never closes them."""

import pytest

from tests.case.ward import by, refused, t
from tests.variant_apl.ward import HIGH_DOSE, TRETINOIN_ANTHRACYCLINE, Apl, leaving, standing

AML, SENSITIVE = "induction.seven_plus_three", "induction.atra_anthracycline"
HIDAC = "consolidation.high_dose_cytarabine"


# --- M40, M42: the sensitive variant ---------------------------------------------------------------------------------


def test_m40_opens_on_confirmation_due_in_an_hour_and_climbs_to_the_consultant():
    ward = Apl().at("1 09:30")
    ward.partner("NPM1")
    assert (ward.due("M40").due_at, ward.due("M40").wording) == (t("1 10:30"), "ask_pregnancy")
    ward.look("1 10:30")
    assert ward.rang("M40") == [(t("1 09:30"), ("haematologist",)), (t("1 10:30"), ("consultant",))]


def test_m40_is_done_by_tretinoin_that_runs():
    ward = standing("variant_confirmed.sensitive")
    ward.therapy("started")
    assert ward.closed("M40") == ["done"]


def test_m40_a_signed_reason_is_reviewed_and_comes_again():
    ward = standing("variant_confirmed.sensitive")
    assert refused(ward.answer("M40", "not_now", review_at=t("3 09:30"))) == "review_at"
    ward.done(ward.answer("M40", "not_now", review_at=t("2 09:00")))
    assert not ward.is_open("M40")
    assert ward.look("2 09:00").is_open("M40")


def test_m40_is_withdrawn_when_the_report_is_taken_back():
    ward = Apl().at("1 09:30")
    confirmation = ward.partner("NPM1")
    ward.retract(confirmation)
    assert ward.closed("M40") == ["withdrawn"]


def test_m40_an_order_an_acknowledgement_and_a_phase_do_not_close_it():
    ward = standing("variant_confirmed.sensitive")
    ward.therapy("ordered")
    ward.done(ward.acknowledge("M40"))
    ward.done(ward.begin_7plus3())
    assert ward.is_open("M40")


def test_m40_in_the_first_trimester_does_not_say_start():
    ward = standing("variant_confirmed.sensitive")
    ward.finding("pregnancy", "first_trimester")
    assert ward.due("M40").wording == "pregnant"


def test_m42_by_day_2_or_without_delay_where_leukocytes_are_high():
    assert standing(SENSITIVE).due("M42").level == "leukocytes_high"  # not known is not excluded
    ward = standing("variant_confirmed.sensitive")
    ward.count_leukocytes("6", "1 09:20")
    ward.done(ward.begin_sensitive())
    assert (ward.due("M42").level, ward.due("M42").due_at) == ("by_day_2", t("2 09:30"))
    ward.at("1 10:00").count_leukocytes("24", "1 09:50")
    assert (ward.due("M42").level, ward.due("M42").due_at) == ("leukocytes_high", t("1 10:30"))


@pytest.mark.parametrize("drug", ["idarubicin", "daunorubicin"])
def test_m42_is_done_by_a_dose_and_by_a_signed_without(drug):
    ward = standing(SENSITIVE).at("1 12:00")
    ward.dose(drug)
    assert ward.closed("M42") == ["done"]
    other = standing(SENSITIVE)
    assert refused(other.answer("M42", "without", "physician")) == "role"
    other.done(other.answer("M42", "without"))
    assert other.look("3 09:00").closed("M42") == ["done"]


def test_m42_a_declared_dose_is_no_dose():
    assert standing(SENSITIVE).is_open("M42")


# --- M6, M8, M9, M10, M13 --------------------------------------------------------------------------------------------


def test_m6_asks_every_day_while_tretinoin_is_empiric_and_stops_by_no_answer():
    ward = Apl(exposure="started")
    assert ward.due("M6").due_at == t("2 09:00")
    ward.look("2 09:00")
    assert ward.told("M6") == {"haematologist"}
    ward.done(ward.answer("M6", "continue", review_at=t("3 09:00")))
    assert ward.word("tretinoin") == "running"
    assert not ward.is_open("M6")
    assert ward.look("3 09:00").is_open("M6")


def test_m6_ends_with_the_stop_and_with_the_variant():
    ward = Apl(exposure="started")
    ward.done(ward.stop())
    assert ward.closed("M6") == ["done"]
    other = Apl(exposure="started")
    other.partner("NPM1")
    assert other.closed("M6") == ["withdrawn"]


def test_m6_says_so_when_no_rearrangement_was_found():
    ward = Apl(exposure="started")
    ward.partner("", method="rna_sequencing", result="no_rearrangement")
    ward.partner("", method="break_apart_fish", result="normal")
    assert ward.due("M6").wording == "no_rationale"


def test_m8_every_8_hours_in_the_first_and_third_week_else_every_12():
    ward = Apl(exposure="started")
    assert ward.due("M8").due_at == t("1 17:00")
    for day, hours in (("8 08:00", "16:00"), ("9 09:00", "21:00"), ("16 09:00", "17:00")):
        ward.at(day).finding("differentiation_signs", "none")
        assert ward.due("M8").due_at == t(f"{day.split()[0]} {hours}"), day


def test_m8_is_done_by_a_newer_check_alone():
    ward = Apl(exposure="started").look("1 17:00")
    assert ward.told("M8") == {"nurse"}
    ward.done(ward.acknowledge("M8", "nurse"))
    assert ward.closed("M8") == []
    ward.at("1 17:10").finding("differentiation_signs", "none")
    assert ward.closed("M8") == ["done"]


def test_m8_goes_on_for_seven_days_after_the_last_dose():
    ward = Apl(exposure="started")
    ward.at("2 09:00").done(ward.stop())
    assert ward.look("8 08:59").is_open("M8")
    assert not ward.look("8 09:00").is_open("M8")


def test_m8_ends_at_remission_and_begins_again_with_consolidation():
    ward = standing(SENSITIVE).at("25 09:00")
    ward.respond("cr")
    assert not ward.is_open("M8")
    ward.went("T16", doses=TRETINOIN_ANTHRACYCLINE)
    assert ward.is_open("M8")


def test_m9_pages_at_once_and_is_done_by_dexamethasone_not_by_a_note():
    ward = Apl(exposure="started").at("4 03:00")
    ward.finding("differentiation_signs", "suspected")
    assert ward.rang("M9") == [(t("4 03:00"), ("physician",))]
    ward.done(ward.acknowledge("M9", "physician"))
    assert ward.is_open("M9")
    ward.therapy("started", drug="dexamethasone", form="intravenous")
    assert ward.closed("M9") == ["done"]


def test_m10_severe_signs_ask_for_a_hold_and_a_hold_is_reviewed_daily():
    ward = Apl(exposure="started").at("4 03:00")
    ward.finding("differentiation_signs", "severe")
    assert {"haematologist", "physician"} <= ward.told("M10")
    ward.therapy("held")
    assert ward.closed("M10") == ["done"]
    assert ward.due("M10r").due_at == t("5 03:00")
    ward.done(ward.answer("M10r", "hold_on", "physician", review_at=t("5 03:00")))
    assert not ward.is_open("M10r")
    assert ward.look("5 03:00").is_open("M10r")


def test_m10_a_hold_for_signs_is_not_reviewed_but_stopped_in_a_resistant_variant():
    ward = Apl(exposure="started").at("4 03:00")
    ward.therapy("held")
    ward.partner("ZBTB16")
    assert (ward.is_open("M10r"), ward.is_open("M3")) == (False, True)


def test_m13_headache_or_vision_pages_until_somebody_has_looked():
    ward = Apl(exposure="started").at("4 10:00")
    ward.finding("pressure_signs", "present")
    assert ward.rang("M13") == [(t("4 10:00"), ("physician",))]
    ward.done(ward.answer("M13", "examined", "physician"))
    assert ward.closed("M13") == ["done"]


# --- M4, M5, M7, M27: one chase --------------------------------------------------------------------------------------


def test_m4_counts_from_the_order_however_far_the_report_has_come():
    ward = Apl().at("1 10:00")
    ward.pml("rt_pcr", "", "ordered")
    assert ward.due("M4", "pml_rara").due_at == t("2 10:00")
    ward.at("1 20:00").pml("rt_pcr", "", "received")
    assert ward.due("M4", "pml_rara").due_at == t("2 10:00")


def test_m4_asks_to_order_what_was_not_ordered():
    ward = Apl()
    assert (ward.due("M4", "pml_rara").due_at, ward.due("M4", "pml_rara").wording) == (t("2 09:00"), "order")


@pytest.mark.parametrize("result, status", [("failed", "final"), ("", "cancelled"), ("atypical", "final")])
def test_m4_is_not_done_by_a_report_that_says_nothing_and_is_due_now(result, status):
    ward = Apl().at("1 10:00")
    ward.pml("rt_pcr", "", "ordered")
    ward.at("1 14:00").pml("rt_pcr", result, status)
    held = ward.due("M4", "pml_rara")
    assert (held.due_at, held.wording, ward.closed("M4", "pml_rara")) == (t("1 14:00"), "recollect", [])
    assert ward.told("M4", "pml_rara") == {"physician"}


def test_m4_is_done_by_a_final_result():
    ward = Apl().at("1 10:00")
    ward.pml("rt_pcr", "negative", "preliminary")
    assert ward.is_open("M4", "pml_rara")
    ward.pml("rt_pcr", "negative")
    assert ward.closed("M4", "pml_rara") == ["done"]


def test_m4_an_expected_date_has_an_end():
    ward = Apl().at("1 10:00")
    ward.pml("rt_pcr", "", "ordered")
    ward.look("2 10:00")
    asked = {"subject": "pml_rara", "review_at": t("3 10:00")}
    ward.done(ward.answer("M4", "expected", "physician", **asked))
    assert not ward.is_open("M4", "pml_rara")
    ward.look("3 10:00")
    assert [at for at, _ in ward.rang("M4", "pml_rara")][-1] == t("3 10:00")


def test_m7_a_single_negative_asks_for_another_method_not_for_another_report():
    ward = Apl().at("1 10:00")
    ward.pml("rt_pcr")
    assert ward.due("M7").due_at == t("2 10:00")
    ward.pml("rt_pcr", report_no="again")
    assert ward.is_open("M7")
    ward.pml("dual_fusion_fish")
    assert ward.closed("M7") == ["done"]


@pytest.mark.parametrize(
    "subject, method, days",
    [("rar_fish", "break_apart_fish", "3"), ("rar_rt_pcr", "rt_pcr", "6"), ("rar_karyotype", "karyotype", "11")],
)
def test_m5_each_method_has_the_time_its_laboratory_takes(subject, method, days):
    ward = Apl().at("1 10:00")
    ward.partner("", method=method, status="ordered", result="")
    assert ward.due("M5", subject).due_at == t(f"{days} 10:00")


def test_m5_one_method_that_names_the_partner_ends_the_chase_of_the_others():
    ward = Apl().at("1 10:00")
    ward.partner("ZBTB16")
    assert {subject for reminder, subject in ward.case.open if reminder == "M5"} == set()


def test_m5r_a_split_without_a_partner_asks_for_rna_sequencing():
    ward = Apl().at("1 10:00")
    ward.pml_negative()
    ward.partner("", method="break_apart_fish", result="rearranged")
    assert (ward.due("M5r", "rar_rna").wording, ward.due("M5r", "rar_rna").due_at) == ("order", t("2 10:00"))


def test_m27_waits_for_the_panel_in_the_aml_arm_alone_and_is_quiet_at_night():
    ward = standing(AML)
    ward.look("8 09:30")
    assert ward.told("M27") == {"physician"}
    assert not standing(SENSITIVE).is_open("M27")


# --- M17 to M19, M26, M28 to M30, M37 --------------------------------------------------------------------------------


def test_m17_never_blocks_the_course_and_asks_for_each():
    ward = standing(AML)
    assert ward.due("M17").due_at == t("2 09:30")
    ward.finding("heart_check", "fit")
    assert ward.closed("M17") == ["done"]


def test_m18_what_is_not_known_of_earlier_anthracyclines_is_shown_and_asked():
    ward = standing(AML)
    assert ward.due("M18").wording == "unknown"
    ward.done(ward.answer("M18", "seen", "pharmacist"))
    assert ward.closed("M18") == ["done"]


@pytest.mark.parametrize("said", ["not_applicable", "negative", "first_trimester", "later"])
def test_m19_is_done_by_an_answer_and_a_negative_one_grows_old(said):
    ward = Apl()
    assert ward.due("M19").due_at == t("1 13:00")
    ward.finding("pregnancy", said)
    assert ward.closed("M19") == ["done"]
    assert ward.look("29 09:00").is_open("M19") == (said == "negative")


def test_m19_refuses_no_tretinoin():
    assert refused(Apl().ask_for("tretinoin")) == ""


def test_m26_is_due_on_day_7_and_ends_with_a_donor_or_with_a_decision():
    ward = standing(AML)
    assert ward.due("M26").due_at == t("7 09:30")
    ward.done(ward.answer("M26", "under_way", "transplant_coordinator", review_at=t("8 09:00")))
    assert not ward.is_open("M26")
    assert ward.look("8 09:00").is_open("M26")
    ward.finding("donor", "hla_matched")
    assert ward.closed("M26") == ["done", "done"]


def test_m28_is_due_on_day_14_in_the_aml_arm_alone():
    ward = standing(AML)
    assert ward.due("M28").due_at == t("14 09:30")
    assert not standing(SENSITIVE).is_open("M28")
    ward.at("14 12:00").finding("early_marrow", "blasts_left")
    assert (ward.closed("M28"), ward.phase) == (["done"], AML)


@pytest.mark.parametrize("phase, wording", [(AML, "aml"), (SENSITIVE, "sensitive")])
def test_m29_is_due_on_day_28_and_weekly_until_the_response_is_recorded(phase, wording):
    ward = standing(phase)
    assert (ward.due("M29").due_at, ward.due("M29").wording) == (t("28 09:30"), wording)
    ward.at("20 09:00").respond("not_evaluable")
    assert ward.is_open("M29")
    ward.respond("cr")
    assert ward.closed("M29") == ["done"]


def test_m30_opens_with_remission_and_ends_with_consolidation():
    ward = standing(AML).at("25 09:00")
    ward.respond("cr")
    assert ward.is_open("M30")
    ward.went("T14", doses=HIGH_DOSE)
    assert ward.closed("M30") == ["done"]


def test_m37_within_a_day():
    ward = Apl()
    assert ward.due("M37").due_at == t("2 09:00")
    ward.finding("expert_called", "called")
    assert ward.closed("M37") == ["done"]


# --- M31, M32: prohibitions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("drug", ["mercaptopurine", "methotrexate"])
def test_m31_no_maintenance_in_a_resistant_variant_and_what_was_given_stands_out(drug):
    ward = standing("variant_confirmed.resistant")
    assert refused(ward.ask_for(drug, who=by("haematologist"))) == "prohibited"
    ward.therapy("dose", drug=drug)
    assert [each.rule for each in ward.case.deviations] == [f"start_{drug}"]


def test_m32_arsenic_is_refused_in_every_open_phase():
    for phase in ("diagnosis_pending", AML, SENSITIVE, HIDAC):
        asked = standing(phase).ask_for("arsenic_trioxide", who=by("consultant"), form="intravenous", override=True)
        assert refused(asked) == "prohibited"


# --- M47, M51, M52, overrides, chemotherapy without a course ---------------------------------------------------------


def test_m47_a_resistant_result_after_a_transfer_rings_until_somebody_was_told():
    ward = leaving("exit.transfer").at("3 09:00")
    ward.partner("ZBTB16")
    assert (ward.due("M47").level, ward.told("M47")) == ("finding", {"consultant"})
    ward.look("3 13:00")
    assert "duty_manager" in ward.told("M47")
    ward.done(ward.answer("M47", "told", "consultant"))
    assert ward.closed("M47") == ["done"]


@pytest.mark.parametrize("phase", ["exit.transfer", "exit.completed", "exit.palliative", "exit.refractory"])
def test_m47_a_critical_value_rings_and_one_on_target_does_not(phase):
    ward = leaving(phase).at("28 09:00")
    ward.lab("fibrinogen", "180", "28 08:50")
    assert not ward.is_open("M47")
    ward.lab("fibrinogen", "80", "28 08:55")
    assert (ward.is_open("M47"), ward.due("M47").level) == (True, "value")


def test_m47_what_was_known_before_the_exit_does_not_ring_after_it():
    ward = Apl(exposure="started").at("1 10:00")
    ward.partner("ZBTB16")
    ward.done(ward.leave("T27"))
    assert ward.open == set()


def test_m47_after_death_a_result_is_filed_and_rings_nobody():
    ward = leaving("exit.death").at("3 09:00")
    ward.partner("ZBTB16")
    assert ward.open == set()


def test_m51_a_discharge_never_exits_and_asks():
    ward = Apl(exposure="started").at("5 09:00")
    ward.finding("whereabouts", "discharge_reported")
    assert (ward.phase, ward.due("M51d").due_at) == ("empiric_atra", t("5 10:00"))
    ward.finding("whereabouts", "home_day_unit")
    assert ward.closed("M51d") == ["done"]


def test_m52_a_nurse_stops_on_a_spoken_order_and_the_doctor_signs_for_it():
    ward = Apl(exposure="started")
    ward.partner("ZBTB16")
    assert refused(ward.stop("nurse")) == "role"
    ward.done(ward.stop("nurse", verbal_from="haematologist", verbal_by="Dr. Night"))
    assert (ward.word("tretinoin"), ward.closed("M3")) == ("stopped", ["done"])
    assert "M52" in ward.open


def test_an_override_is_reviewed_after_a_day_and_m3_rings_all_the_same():
    ward = standing("variant_confirmed.resistant")
    signed = {"reason": "agreed", "override": True, "second": "another"}
    ward.done(ward.ask_for("tretinoin", who=by("haematologist"), **signed))
    assert {"M3", "M3o"} <= ward.open


def test_chemotherapy_without_a_course_is_stored_and_asks_for_its_name():
    ward = Apl().at("1 12:00")
    ward.dose("cytarabine")
    assert (ward.phase, ward.due("M41c").due_at) == ("diagnosis_pending", t("1 13:00"))
    ward.done(ward.begin_7plus3())
    assert ward.closed("M41c") == ["done"]
