"""T07 to T19: arms, courses and consolidations. safety.md 2.2, 2.4, C4, C18, H45; clinical.md 5."""

import pytest

from tests.case.ward import ALL_REASONS, SEVEN_PLUS_THREE, refused, t
from tests.variant_apl.ward import (
    EVERY_REASON,
    HIGH_DOSE,
    TRETINOIN_ANTHRACYCLINE,
    Apl,
    standing,
)

AML, SENSITIVE = "induction.seven_plus_three", "induction.atra_anthracycline"
HIDAC = "consolidation.high_dose_cytarabine"
ATRA = "consolidation.atra_anthracycline"
PREPARATION = "consolidation.transplant_preparation"


def courses(ward: Apl) -> list[tuple[int, str, bool]]:
    """Number, regimen and intensity of every course."""
    return [(each.number, each.regimen, each.intensive) for each in ward.case.courses]


def deviations(ward: Apl) -> list[str]:
    """The rules that were broken so far."""
    return [each.rule for each in ward.case.deviations]


def entries(ward: Apl, leaf: str) -> int:
    """How often a phase was entered."""
    return ward.case.entries.get(leaf, 0)


# --- T07 -------------------------------------------------------------------------------------------------------------


def test_t07_is_refused_once_pml_rara_is_positive():
    ward = Apl()
    ward.pml("rt_pcr", "positive")
    assert refused(ward.begin_7plus3()) == "guard"


# --- T08 -------------------------------------------------------------------------------------------------------------


def test_t08_declares_the_course_and_starts_tretinoin_with_it():
    ward = standing("variant_confirmed.sensitive")
    assert ward.word("tretinoin") == "never"
    ward.done(ward.begin_sensitive())
    assert (ward.phase, ward.word("tretinoin")) == (SENSITIVE, "running")
    assert courses(ward) == [(1, "tretinoin and anthracycline", True)]
    assert ward.events("TherapyRecorded")[-1].door == "begin_sensitive"
    assert deviations(ward) == []


def test_t08_does_not_start_tretinoin_that_runs_or_is_held():
    for act in ("started", "held"):
        ward = Apl(exposure="started")
        ward.therapy(act)
        ward.partner("NPM1")
        acts = len(ward.events("TherapyRecorded"))
        ward.done(ward.begin_sensitive())
        assert len(ward.events("TherapyRecorded")) == acts


def test_t08_needs_tretinoin_and_takes_the_anthracycline_later():
    ward = standing("variant_confirmed.sensitive")
    assert refused(ward.begin_sensitive(doses={"idarubicin": "12 mg/m2/d"})) == "drug_missing"
    assert ward.begin_sensitive(doses={"tretinoin": "45 mg/m2/d"}).status == "accepted"


def test_t08_takes_the_dose_of_a_child_and_asks_about_any_other():
    ward = standing("variant_confirmed.sensitive")
    odd = ward.go("T08", doses={"tretinoin": "60 mg/m2/d"}, reasons={"cells_not_secured": "secured tomorrow"})
    assert refused(odd) == "dose"
    assert ward.begin_sensitive(doses={"tretinoin": "25 mg/m2/d"}).status == "accepted"


def test_t08_never_takes_two_anthracyclines():
    ward = standing("variant_confirmed.sensitive")
    both = TRETINOIN_ANTHRACYCLINE | {"daunorubicin": "60 mg/m2/d"}
    assert refused(ward.begin_sensitive(doses=both)) == "one_of"


@pytest.mark.parametrize("phase", ["diagnosis_pending", "empiric_atra", "variant_confirmed.unclassified"])
def test_t08_without_a_confirmed_sensitive_variant_needs_a_signed_reason_and_is_a_deviation(phase):
    ward = standing(phase)
    bare = {"cells_not_secured": "marrow failed"}
    assert refused(ward.begin_sensitive(reasons=bare)) == "reason_needed"
    ward.done(ward.begin_sensitive(reasons=bare | {"not_confirmed_sensitive": "decided by the team"}))
    assert (ward.phase, deviations(ward)) == (SENSITIVE, ["not_confirmed_sensitive"])


def test_t08_is_refused_in_a_resistant_variant_whatever_the_reason():
    assert refused(standing("variant_confirmed.resistant").begin_sensitive()) == "guard"


def test_a_suspected_sensitive_variant_never_enters_the_arm_by_itself():
    ward = Apl(exposure="started")
    ward.karyotype("46,XX,t(5;17)(q35;q21)", status="final")
    assert (ward.phase, ward.word("suspected_class")) == ("empiric_atra", "sensitive")


# --- T09, T10: the arm changes ---------------------------------------------------------------------------------------


def test_t09_keeps_the_course_and_its_day_and_counts_the_anthracycline_that_was_given():
    ward = standing(AML)
    day1 = ward.case.courses[-1].day1
    ward.at("3 09:00").dose("daunorubicin")
    ward.at("4 09:00").partner("NPM1")
    ward.went("T09")
    assert (ward.phase, len(ward.case.courses), ward.case.courses[-1].day1) == (SENSITIVE, 1, day1)
    assert not ward.is_open("M42")
    assert not ward.is_open("M28")


def test_t09_asks_for_tretinoin_if_it_does_not_run():
    ward = standing(AML).at("4 09:00")
    ward.partner("NPM1")
    ward.went("T09")
    assert ward.is_open("M40")


def test_t09_is_refused_without_a_confirmed_sensitive_variant():
    assert refused(standing(AML).go("T09")) == "guard"


def test_t10_goes_to_7_plus_3_when_the_class_changes_and_m3_opened_before_it():
    ward = Apl().at("1 09:30")
    first = ward.partner("NPM1")
    ward.done(ward.begin_sensitive())
    ward.at("6 09:00").partner("ZBTB16", status="corrected", replaces=first)
    assert (ward.phase, ward.is_open("M3")) == (SENSITIVE, True)
    ward.went("T10", doses={"cytarabine": "200 mg/m2/d"})
    assert (ward.phase, ward.is_open("M3")) == (AML, True)
    assert [number for number, _, _ in courses(ward)] == [1, 2]


def test_t10_is_refused_while_the_variant_is_sensitive():
    assert refused(standing(SENSITIVE).go("T10", doses=SEVEN_PLUS_THREE)) == "guard"


def test_t10_asks_why_a_second_anthracycline_in_this_induction_and_for_a_second_person():
    ward = Apl().at("1 09:30")
    first = ward.partner("NPM1")
    ward.done(ward.begin_sensitive())
    ward.at("2 09:00").dose("idarubicin")
    ward.at("6 09:00").partner("ZBTB16", status="corrected", replaces=first)
    bare = {name: text for name, text in EVERY_REASON.items() if name != "second_anthracycline"}
    assert refused(ward.go("T10", doses=SEVEN_PLUS_THREE, reasons=bare)) == "reason_needed"
    assert refused(ward.go("T10", doses=SEVEN_PLUS_THREE, reasons=EVERY_REASON, second=" ")) == "second"
    ward.done(ward.go("T10", doses=SEVEN_PLUS_THREE, reasons=EVERY_REASON, second="the consultant"))


# --- T11: knowledge in a course --------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", [AML, HIDAC, PREPARATION])
@pytest.mark.parametrize("partner, opens", [("ZBTB16", "M3"), ("PRKAR1A", "M50")])
def test_t11_notes_it_moves_nothing_and_asks_about_tretinoin(phase, partner, opens):
    ward = standing(phase)
    ward.therapy("started")
    ward.at("26 03:10").partner(partner)
    assert ward.phase == phase
    assert ward.events("TransitionNoted")[-1].transition == "confirm_in_course"
    assert ward.is_open(opens)


def test_t11_sensitive_in_the_aml_arm_asks_within_four_hours():
    ward = standing(AML).at("4 09:00")
    ward.partner("FIP1L1")
    assert (ward.phase, ward.due("M40").level, ward.due("M40").due_at) == (AML, "in_course", t("4 13:00"))


def test_t11_reclassified_in_sensitive_consolidation_stops_tretinoin_and_t19_changes_the_kind():
    ward = Apl().at("1 09:30")
    first = ward.partner("NPM1")
    ward.done(ward.begin_sensitive())
    ward.at("25 09:00").respond("cr")
    ward.went("T16", doses=TRETINOIN_ANTHRACYCLINE)
    ward.at("26 09:00").partner("STAT5B", status="amended", replaces=first)
    assert (ward.phase, ward.is_open("M3"), ward.is_open("M44", "1")) == (ATRA, True, True)
    ward.went("T19")
    assert (ward.phase, ward.is_open("M3")) == (HIDAC, True)


# --- T12, T13 --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase, doses", [(AML, SEVEN_PLUS_THREE), (SENSITIVE, TRETINOIN_ANTHRACYCLINE)])
def test_t12_is_the_next_course_and_a_numbered_entry_of_the_same_arm(phase, doses):
    ward = standing(phase).at("28 09:00")
    ward.respond("no_response")
    ward.went("T12", doses=doses)
    assert (ward.phase, entries(ward, phase)) == (phase, 2)
    assert [number for number, _, _ in courses(ward)] == [1, 2]
    assert ward.case.courses[-1].day1 == t("28 09:00")


def test_t12_needs_a_reason_before_any_response_is_recorded():
    ward = standing(AML)
    bare = {name: text for name, text in EVERY_REASON.items() if name != "no_failure_recorded"}
    assert refused(ward.go("T12", doses=SEVEN_PLUS_THREE, reasons=bare)) == "reason_needed"
    ward.at("20 09:00").respond("no_response")
    assert ward.go("T12", doses=SEVEN_PLUS_THREE, reasons=bare).status == "accepted"


def test_t12_in_the_sensitive_arm_asks_why_before_day_50():
    ward = standing(SENSITIVE).at("28 09:00")
    ward.respond("no_response")
    bare = {name: text for name, text in EVERY_REASON.items() if name != "before_day_50"}
    assert refused(ward.go("T12", doses=TRETINOIN_ANTHRACYCLINE, reasons=bare)) == "reason_needed"


def test_t12_opens_the_marrows_of_its_own_course():
    ward = standing(AML).at("14 09:30")
    ward.finding("early_marrow", "blasts_left")
    assert not ward.is_open("M28")
    ward.respond("no_response")
    ward.at("16 09:00").went("T12", doses=SEVEN_PLUS_THREE)
    assert ward.due("M28").due_at == t("29 09:00")


@pytest.mark.parametrize("phase", [AML, SENSITIVE, HIDAC, ATRA, PREPARATION])
def test_t13_another_regimen_stays_in_its_phase_and_stands_out(phase):
    ward = standing(phase)
    before = entries(ward, phase)
    ward.went("T13", regimen="azacitidine", intensive=False, doses={"azacitidine": "75 mg/m2/d"})
    assert (ward.phase, entries(ward, phase)) == (phase, before + 1)
    assert courses(ward)[-1][1:] == ("azacitidine", False)
    assert deviations(ward) == ["other_course"]


@pytest.mark.parametrize(
    "lacking", [{"regimen": ""}, {"intensive": None}, {"doses": {}}, {"reason": ""}], ids=lambda each: next(iter(each))
)
def test_t13_is_refused_until_the_course_is_described(lacking):
    given = {"regimen": "azacitidine", "intensive": False, "doses": {"azacitidine": "75 mg/m2/d"}, "reason": "frail"}
    assert refused(standing(AML).go("T13", **(given | lacking))) in {"course", "reason_needed"}


def test_t13_a_prohibited_drug_in_it_rings():
    ward = standing(AML)
    ward.went("T13", regimen="off protocol", intensive=True, doses={"arsenic_trioxide": "0.15 mg/kg/d"})
    assert deviations(ward) == ["other_course", "start_arsenic_trioxide"]
    assert "consultant" in ward.events("DeviationRecorded")[-1].tells


# --- T14 to T19 ------------------------------------------------------------------------------------------------------


def test_t14_needs_a_remission_after_the_course():
    ward = standing(AML)
    assert refused(ward.go("T14", doses=HIGH_DOSE)) == "guard"
    ward.at("25 09:00").respond("cri")
    ward.went("T14", doses=HIGH_DOSE)
    assert (ward.phase, courses(ward)[-1]) == (HIDAC, (2, "high-dose cytarabine", True))
    assert not ward.is_open("M30")


def test_t14_is_refused_for_a_sensitive_variant():
    ward = standing(SENSITIVE).at("25 09:00")
    ward.respond("cr")
    assert refused(ward.go("T14", doses=HIGH_DOSE)) == "guard"


@pytest.mark.parametrize("known, needs", [(False, False), (True, True)])
def test_t14_asks_why_no_transplantation_only_where_the_risk_is_known_and_not_favorable(known, needs):
    ward = standing(AML).at("25 09:00")
    if known:
        ward.finding("aml_karyotype", "complex")
        ward.finding("aml_fusion", "absent")
        ward.finding("npm1_mutation", "absent")
        ward.finding("cebpa_mutation", "absent")
        assert ward.word("aml_risk") == "adverse"
    ward.respond("cr")
    answer = ward.go("T14", doses=HIGH_DOSE, reasons={})
    assert refused(answer) == ("reason_needed" if needs else "")


def test_t15_needs_a_matched_donor_or_the_board():
    ward = standing(AML).at("25 09:00")
    ward.respond("cr")
    assert refused(ward.go("T15")) == "guard"
    ward.finding("donor", "other")
    assert refused(ward.go("T15")) == "guard"
    ward.finding("transplant_board", "transplant")
    ward.went("T15")
    assert ward.phase == PREPARATION


def test_t16_asks_why_not_two_or_three_courses():
    ward = standing(SENSITIVE).at("25 09:00")
    ward.respond("cr")
    assert refused(ward.go("T16", doses=TRETINOIN_ANTHRACYCLINE, reasons={})) == "reason_needed"
    ward.finding("consolidation_planned", "courses_2")
    ward.done(ward.go("T16", doses=TRETINOIN_ANTHRACYCLINE, reasons={}))
    assert ward.phase == ATRA


def test_t17_gives_the_reason_and_goes_back_to_cytarabine():
    ward = standing(PREPARATION)
    assert refused(ward.go("T17", doses=HIGH_DOSE, reasons={})) == "reason_needed"
    ward.went("T17", doses=HIGH_DOSE)
    assert ward.phase == HIDAC


@pytest.mark.parametrize(
    "phase, doses", [(HIDAC, HIGH_DOSE), (ATRA, TRETINOIN_ANTHRACYCLINE), (PREPARATION, HIGH_DOSE)]
)
def test_t18_is_the_next_course_and_a_numbered_entry_and_no_number_of_courses_blocks(phase, doses):
    ward = standing(phase)
    for day in ("26", "27", "28"):
        ward.at(f"{day} 09:00").went("T18", doses=doses, second="the consultant")
    assert (ward.phase, entries(ward, phase)) == (phase, 4)


def test_t18_asks_why_before_recovery():
    ward = standing(HIDAC).at("26 09:00")
    assert refused(ward.go("T18", doses=HIGH_DOSE, reasons={})) == "reason_needed"
    ward.respond("cr")
    assert ward.go("T18", doses=HIGH_DOSE, reasons={}).status == "accepted"


@pytest.mark.parametrize("phase", [HIDAC, PREPARATION])
def test_t19_goes_to_the_sensitive_kind_once_the_variant_is_sensitive(phase):
    ward = standing(phase)
    assert refused(ward.go("T19")) == "guard"
    ward.at("26 09:00").partner("NUMA1")
    ward.went("T19")
    assert ward.phase == ATRA


def test_no_phase_change_ends_supervision():
    for phase in (AML, SENSITIVE, HIDAC, ATRA, PREPARATION):
        assert standing(phase).supervision == "running"


def test_all_reasons_of_the_first_slice_are_reasons_of_the_file():
    assert set(ALL_REASONS) <= set(EVERY_REASON)
