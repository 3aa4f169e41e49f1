"""A1 to A29: where the article is silent or in conflict, the safe reading, each by a test that fails without it.

clinical.md 1.4. Readings that other tests prove are named in docs/explanation/rules.md and have none here.
"""

from importlib.resources import files

import pytest

from tests.case.ward import SEVEN_PLUS_THREE, SHIPPED, by, refused, t
from tests.variant_apl.test_rules import AML, SENSITIVE, chase, negative, remission, without
from tests.variant_apl.ward import Apl, standing

SOURCES = files("pathway.definitions").joinpath("variant_apl", "SOURCES.md").read_text("utf-8")
SIGNED = {"override": True, "second": "another doctor", "reason": "a published series"}


def test_a1_prkar1a_has_no_class_and_says_why():
    ward = negative("PRKAR1A")
    assert (ward.phase, ward.proposed() >= {"seven_plus_three"}) == ("variant_confirmed.unclassified", True)
    assert "tretinoin, idarubicin and arsenic trioxide together" in ward.read("partner_note").shown
    assert refused(ward.ask_for("tretinoin")) == "not_proposed"


@pytest.mark.parametrize("phase", ["diagnosis_pending", AML, "consolidation.high_dose_cytarabine"])
@pytest.mark.parametrize(
    "analyte, value, due, level",
    [
        pytest.param("fibrinogen", "149", "27 11:00", "below_target", id="A2-149"),
        pytest.param("fibrinogen", "100", "27 11:00", "below_target", id="A2-100"),
        pytest.param("fibrinogen", "99", "27 09:30", "critical", id="A2-99"),
        pytest.param("platelets", "49", "27 11:00", "below_target", id="A3-49"),
        pytest.param("platelets", "30", "27 11:00", "below_target", id="A3-30"),
        pytest.param("platelets", "29", "27 09:30", "critical", id="A3-29"),
    ],
)
def test_the_upper_bound_is_the_target_and_the_lower_one_critical(phase, analyte, value, due, level):
    ward = standing(phase).at("27 09:00")
    ward.lab(analyte, value, "27 08:40")
    assert (ward.due("M38", analyte).level, ward.due("M38", analyte).due_at) == (level, t(due))


@pytest.mark.parametrize(
    "values, finding, severe",
    [
        ({"fibrinogen": "99"}, "", True),
        ({"fibrinogen": "100"}, "", False),
        ({"platelets": "29", "inr": "1.5"}, "", True),
        ({"platelets": "29", "inr": "1.4"}, "", False),
        ({}, "significant", True),
        ({}, "pulmonary", True),
        ({}, "cns", True),
        ({}, "minor", False),
    ],
)
def test_a4_what_severe_is_without_anybody_saying_so(values, finding, severe):
    ward = Apl().at("1 10:00")
    ward.panel("1 09:40", **values)
    if finding:
        ward.finding("bleeding", finding)
    assert ward.word("severe") is severe


def test_a4_a_clinician_says_so_and_takes_only_the_offer_back():
    ward = negative()
    ward.finding("clinician_judges_severe", "yes")
    assert (ward.word("severe"), ward.word("severe_for_offer")) == (True, True)
    ward.finding("clinician_judges_severe", "no")
    assert (ward.word("severe"), ward.word("severe_for_offer")) == (True, False)


def test_a5_seven_plus_three_and_empiric_tretinoin_stand_side_by_side():
    ward = Apl().at("1 10:00")
    ward.panel("1 09:40", fibrinogen="92")
    ward.pml_negative()
    assert ward.proposed() >= {"seven_plus_three", "tretinoin_offer_severe"}
    ward.done(ward.ask_for("tretinoin"))
    assert ward.is_open("M41")
    ward.done(ward.begin_7plus3())
    assert (ward.phase, ward.word("tretinoin")) == (AML, "running")


def test_a6_tretinoin_that_runs_at_the_negative_result_is_asked_about_within_a_day_and_never_stopped():
    ward = Apl(exposure="started").at("1 10:00")
    ward.panel("1 09:40")
    ward.pml_negative()
    assert (ward.phase, ward.due("M6").due_at) == ("empiric_atra", t("2 09:00"))
    assert refused(ward.answer("M6", "continue", reason="")) != ""
    assert ward.look("4 09:00").word("tretinoin") == "running"


def test_a7_before_the_result_tretinoin_is_asked_for_and_refused_to_nobody():
    ward = Apl().at("1 09:10")
    ward.panel("1 09:00")
    assert ward.proposed() >= {"tretinoin_on_suspicion"}
    assert ward.due("M39").due_at == t("1 10:00")
    assert refused(ward.ask_for("tretinoin")) == ""


@pytest.mark.parametrize(
    "report, suspected",
    [
        ({"method": "karyotype", "result": "", "karyotype": "46,XX,t(5;17)(q35;q21)"}, "sensitive"),
        ({"partner": "FIP1L1", "status": "preliminary"}, "sensitive"),
        ({"partner": "FIP1L1", "verbal": True, "written": False}, "sensitive"),
        ({"partner": "FIP1L1", "method": "morphology"}, "none"),
        ({"method": "break_apart_fish", "result": "rearranged"}, "none"),
    ],
)
def test_a8_only_bands_and_unsettled_molecular_reports_suspect(report, suspected):
    ward = negative()
    ward.partner(**({"partner": ""} | report))
    assert ward.word("suspected_class") == suspected


def test_a9_nothing_that_saves_a_life_waits_for_a_test():
    ward = Apl().at("1 10:00")
    assert refused(ward.ask_for("tretinoin")) == ""
    ward.done(ward.begin_7plus3())
    assert ward.phase == AML


@pytest.mark.parametrize("text", ["46,XX,t(11;17)", "t(11;17)", "46,XX,t(11;17)(?;?)"])
def test_a10_without_bands_nothing_is_suspected(text):
    ward = negative()
    ward.karyotype(text, status="final")
    assert ward.word("suspected_class") == "none"
    assert refused(ward.ask_for("tretinoin")) == "not_proposed"


def test_a10_q23_may_be_another_gene_and_is_asked_about_until_fish_has_answered():
    ward = Apl().at("1 10:00")
    ward.karyotype("46,XX,t(11;17)(q23;q21)", status="final")
    assert ward.word("class") == "unnamed"
    assert chase(ward, "rar_fish") == "order"


@pytest.mark.parametrize("partner", ["NUMA1", "NPM1", "FIP1L1"])
def test_a11_a_truncated_domain_takes_the_class_from_a_sensitive_partner(partner):
    ward = negative(partner, truncated=True)
    assert (ward.phase, ward.word("class")) == ("variant_confirmed.unclassified", "unclassified")
    assert refused(ward.ask_for("tretinoin")) == "not_proposed"


def test_a12_one_negative_method_closes_nothing_and_asks_for_another():
    ward = Apl().at("1 10:00")
    ward.pml("rt_pcr")
    ward.pml("rt_pcr", report_no="P2")
    assert ward.word("pml_rara") == "negative_single_method"
    assert (ward.is_open("M7"), ward.is_open("M41")) == (True, False)
    ward.pml("dual_fusion_fish")
    assert (ward.word("pml_rara"), ward.is_open("M41")) == ("negative_two_methods", True)


@pytest.mark.parametrize("dose", ["100 mg/m2", "100 mg/d", "100"])
def test_a13_a_dose_of_an_induction_is_a_dose_per_day(dose):
    assert refused(negative().begin_7plus3(doses=SEVEN_PLUS_THREE | {"cytarabine": dose})) == "dose"


@pytest.mark.parametrize(
    "doses, told",
    [
        ({}, "one_of"),
        ({"daunorubicin": "60 mg/m2/d"}, "drug_missing"),
        ({"cytarabine": "200 mg/m2/d", "daunorubicin": "45 mg/m2/d"}, "dose"),
        ({"cytarabine": "200 mg/m2/d", "daunorubicin": "90 mg/m2/d"}, ""),
    ],
)
def test_a15_the_dose_is_asked_and_never_picked(doses, told):
    assert refused(negative().begin_7plus3(doses=doses)) == told


def test_a15_a_dose_outside_the_article_is_possible_with_its_reason():
    ward = negative()
    low = SEVEN_PLUS_THREE | {"daunorubicin": "45 mg/m2/d"}
    told = ward.go("T07", doses=low, reasons=without() | {"dose_daunorubicin": "dose of the label, 61 years"})
    assert told.status == "accepted"


@pytest.mark.parametrize("drug, dose", [("idarubicin", "12 mg/m2/d"), ("daunorubicin", "60 mg/m2/d")])
def test_a16_the_clinician_chooses_the_anthracycline_of_the_sensitive_arm(drug, dose):
    ward = negative("NPM1")
    ward.done(ward.begin_sensitive(doses={"tretinoin": "45 mg/m2/d", drug: dose}))
    assert ward.phase == SENSITIVE


@pytest.mark.parametrize("dose, told", [("999", "dose"), ("1000", ""), ("3000", ""), ("3001", "dose")])
def test_a17_high_dose_cytarabine_is_free_inside_its_limits(dose, told):
    ward = remission("cbfb_myh11")
    assert refused(ward.go("T14", doses={"cytarabine": f"{dose} mg/m2"})) == told


def test_a18_high_risk_is_the_adverse_class():
    assert remission("mecom", "hla_matched").proposed() >= {"transplantation"}


def test_a19_a_lone_t_11_17_is_intermediate_and_no_word_of_apl_is_a_risk():
    ward = standing("variant_confirmed.resistant").at("2 09:00")
    ward.karyotype("46,XX,t(11;17)(q23;q21)", status="final")
    for name, fact in SHIPPED.form.facts.items():
        if name in SHIPPED.form.facts["aml_risk"].from_.values():
            assert not {word for word in fact.finding if "rara" in word or "15_17" in word}
            ward.finding(name, "absent")
    assert ward.word("aml_risk") == "intermediate"


@pytest.mark.parametrize(
    "donor, board, told", [("none", "", "guard"), ("other", "transplant", ""), ("none", "no_transplant", "guard")]
)
def test_a20_without_a_matched_donor_the_board_decides(donor, board, told):
    ward = remission("absent", donor)
    if board:
        ward.finding("transplant_board", board)
    assert "transplantation" not in ward.proposed()
    assert refused(ward.go("T15")) == told


def test_a21_an_inr_of_1_5_is_a_target_of_its_own():
    ward = Apl().at("1 10:00")
    ward.panel("1 09:40", inr="1.5")
    ward.at("1 16:00").panel("1 15:50", inr="1.5")
    assert (ward.word("recheck_class"), ward.word("severe")) == ("s2", False)
    assert SHIPPED.form.settings["inr_target"].source == ("A21",)
    assert "| A21 | INR below 1.5 (ELN 2019 1.6) |" in SOURCES


@pytest.mark.parametrize(
    "values, due",
    [({"fibrinogen": "92"}, "1 21:50"), ({"fibrinogen": "140"}, "2 03:50"), ({}, "2 15:50")],
)
def test_a22_rechecks_every_6_12_or_24_hours_after_the_collection(values, due):
    ward = Apl().at("1 09:50")
    ward.panel("1 09:40", **values)
    ward.at("1 16:00").panel("1 15:50", **values)
    assert ward.due("M1", "fibrinogen").due_at == t(due)


def test_a23_a_regimen_that_the_article_does_not_know_is_the_clinicians_and_stands_out():
    ward = standing(AML).at("20 09:00")
    ward.done(ward.go("T13", regimen="azacitidine", intensive=False, doses={"azacitidine": "75 mg/m2/d"}))
    assert (ward.phase, ward.broke()) == (AML, ["other_course"])


@pytest.mark.parametrize("partner", ["PRKAR1A", "NPM1", "ZBTB16"])
def test_a24_reports_on_arsenic_are_shown_and_open_nothing(partner):
    ward = negative(partner)
    asked = ward.ask_for("arsenic_trioxide", who=by("haematologist"), form="intravenous", **SIGNED)
    assert refused(asked) == "prohibited"
    assert ward.word("partner_note") == "noted"


@pytest.mark.parametrize("partner", ["IRF2BP2", "TFG", "BCOR", "TTMV"])
def test_a25_partners_the_article_does_not_name_have_no_class_and_only_people_decide_otherwise(partner):
    ward = negative(partner)
    assert ward.word("class") == "unclassified"
    assert refused(ward.ask_for("tretinoin", who=by("haematologist"), reason="asked")) == "not_proposed"
    assert refused(ward.ask_for("tretinoin", who=by("haematologist"), **SIGNED)) == ""


def test_a26_a_signed_continue_rests_the_order_to_stop_until_its_review_and_no_longer():
    ward = Apl(exposure="started").at("5 03:10")
    ward.partner("ZBTB16")
    alone = ward.answer("M3", "continue", review_at=t("6 03:00"))
    assert refused(alone) == "second"
    ward.done(ward.answer("M3", "continue", review_at=t("6 03:00"), second="another doctor"))
    assert not ward.is_open("M3")
    assert ward.look("6 03:00").is_open("M3")


def test_a27_after_a_stop_in_a_resistant_variant_the_schedule_stays_tight_for_48_hours():
    ward = Apl(exposure="started").at("5 08:00")
    ward.therapy("dose")
    ward.partner("STAT5B")
    ward.done(ward.stop())
    for day, hour in (("5", "08"), ("5", "16"), ("6", "08"), ("6", "16"), ("7", "07")):
        ward.at(f"{day} {hour}:30").panel(f"{day} {hour}:10")
        assert ward.word("recheck_class") == "s1", (day, hour)
    ward.at("7 14:30").panel("7 14:10")
    ward.at("7 21:30").panel("7 21:10")
    assert ward.word("recheck_class") == "s3"


@pytest.mark.parametrize("count, level", [("10", "by_day_2"), ("11", "leukocytes_high")])
def test_a28_high_leukocytes_hasten_the_chemotherapy_of_the_sensitive_arm(count, level):
    ward = negative("NPM1")
    ward.count_leukocytes(count, "1 09:50")
    ward.done(ward.begin_sensitive(doses={"tretinoin": "45 mg/m2/d"}))
    assert ward.due("M42").level == level


def test_a29_every_rule_names_its_source_and_the_sources_their_edition():
    form = SHIPPED.form
    parts = (*form.transitions, *form.requests, *form.proposals, *form.reminders, *form.never, *form.settings.values())
    assert [each for each in parts if not each.source] == []
    assert "last updated 11 February 2026" in SOURCES
    assert standing("diagnosis_pending").case.bundle
