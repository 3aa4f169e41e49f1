"""R1 to R35: the article's rules, each by a test of its own that fails where the product breaks it. clinical.md 1.2.

Rules that other tests prove are named in docs/explanation/rules.md and have none here.
"""

import pytest

from tests.case.ward import SEVEN_PLUS_THREE, by, refused, t
from tests.variant_apl.ward import EVERY_REASON, HIGH_DOSE, PARTNERS, Apl, leaving, standing

AML, SENSITIVE = "induction.seven_plus_three", "induction.atra_anthracycline"
TRETINOIN = {"tretinoin_on_suspicion", "tretinoin_offer_severe", "tretinoin_suspected_sensitive", "tretinoin_sensitive"}
RISK = (
    "aml_fusion",
    "aml_karyotype",
    "npm1_mutation",
    "flt3_itd",
    "cebpa_mutation",
    "runx1_mutation",
    "asxl1_mutation",
    "myelodysplasia_gene",
    "tp53_mutation",
)


def negative(variant: str = "", **report: object) -> Apl:
    """PML::RARA negative by two methods, values on target, tretinoin never; with a report on the variant if named."""
    ward = Apl().at("1 10:00")
    ward.panel("1 09:40")
    ward.pml_negative()
    if variant:
        ward.partner(variant, **report)
    return ward


def chase(ward: Apl, subject: str) -> str:
    """What is asked about one part of the work-up: order, chase, recollect; empty where nothing is."""
    ward.look("2 09:00")
    return ward.due("M5", subject).wording if ward.is_open("M5", subject) else ""


def without(*names: str) -> dict[str, str]:
    """Every reason but these."""
    return {name: text for name, text in EVERY_REASON.items() if name not in names}


def remission(risk: str = "", donor: str = "") -> Apl:
    """The first remission after 7+3, every finding of the risk panel absent but the one that is named."""
    ward = standing(AML).at("25 09:00")
    for fact in RISK if risk else ():
        ward.finding(fact, "absent")
    if risk and risk != "absent":
        ward.finding("aml_fusion", risk)
    if donor:
        ward.finding("donor", donor)
    ward.respond("cr")
    return ward


# --- entry and arms --------------------------------------------------------------------------------------------------


def test_r1_the_rules_of_the_variant_begin_with_a_negative_result_and_a_positive_one_leads_out():
    ward = Apl().at("1 10:00")
    assert "seven_plus_three" not in ward.proposed()
    ward.pml_negative()
    assert ward.proposed() >= {"seven_plus_three"}
    other = Apl().at("1 10:00")
    other.pml("rt_pcr", "positive")
    assert other.proposed() == {"to_classic_pathway"}


@pytest.mark.parametrize("variant", ["", "ZBTB16", "STAT5B", "PRKAR1A", "BCOR", "NPM1"])
def test_r2_seven_plus_three_is_proposed_unless_the_variant_is_sensitive(variant):
    ward = negative(variant)
    assert ("seven_plus_three" in ward.proposed()) == (variant != "NPM1")
    assert ward.is_open("M41") == (variant != "NPM1")


@pytest.mark.parametrize("variant, told", [("", "reason_needed"), ("PRKAR1A", "reason_needed"), ("ZBTB16", "guard")])
def test_r3_no_plan_with_tretinoin_unless_the_variant_is_sensitive(variant, told):
    ward = negative(variant)
    assert refused(ward.begin_sensitive(reasons=without("not_confirmed_sensitive"))) == told
    assert not ward.proposed() & TRETINOIN


def test_r4_the_variant_is_looked_for_from_the_first_hour_and_no_therapy_waits_for_it():
    ward = Apl()
    assert {subject for rule, subject in ward.case.open if rule == "M5"} == {"rar_fish", "rar_rt_pcr", "rar_karyotype"}
    assert ward.is_open("M49")
    ward.look("2 09:00")
    assert ward.told("M5", "rar_fish") == {"physician"}
    assert refused(ward.begin_7plus3(reasons=without("cells_not_secured"))) == "reason_needed"
    assert ward.begin_7plus3().status == "accepted"


@pytest.mark.parametrize(
    "subject, method, result",
    [
        pytest.param("rar_fish", "break_apart_fish", "rearranged", id="R5"),
        pytest.param("rar_rt_pcr", "rt_pcr", "no_rearrangement", id="R6"),
        pytest.param("rar_karyotype", "karyotype", "normal", id="R7"),
    ],
)
def test_each_part_of_the_work_up_is_asked_for_until_it_is_ordered_and_done_by_its_result(subject, method, result):
    assert chase(Apl(), subject) == "order"
    ordered = Apl()
    ordered.partner("", method=method, result="", status="ordered")
    assert chase(ordered, subject) in ("", "chase")
    done = Apl()
    done.partner("", method=method, result=result)
    assert chase(done, subject) == ""


@pytest.mark.parametrize("partner", ["ZBTB16", "NUMA1", "NPM1", "FIP1L1", "STAT5B", "PRKAR1A"])
def test_r6_the_panel_names_each_of_its_six_partners_and_what_it_names_is_confirmed(partner):
    ward = Apl().at("1 10:00")
    ward.partner(partner, method="rt_pcr")
    assert ward.word("partner") == partner
    assert ward.phase.startswith("variant_confirmed.")


@pytest.mark.parametrize(
    "karyotype, partner, suspected",
    [
        pytest.param("46,XX,t(11;17)(q23;q21)", "ZBTB16", "resistant", id="R8"),
        pytest.param("46,XX,t(11;17)(q13;q21)", "NUMA1", "sensitive", id="R9"),
        pytest.param("46,XX,t(5;17)(q35;q21)", "NPM1", "sensitive", id="R10"),
    ],
)
def test_a_karyotype_points_to_its_partner_and_confirms_none(karyotype, partner, suspected):
    ward = Apl().at("1 10:00")
    ward.karyotype(karyotype, status="final")
    assert ward.word("suspected_class") == suspected
    assert partner in ward.read("suspected_class").shown
    assert ward.word("partner") == "none"


@pytest.mark.parametrize("partner", ["NUMA1", "NPM1", "FIP1L1"])
def test_r11_a_sensitive_partner_goes_to_the_sensitive_arm_and_its_two_drugs_are_asked_for(partner):
    ward = negative(partner)
    assert (ward.phase, ward.is_open("M40")) == ("variant_confirmed.sensitive", True)
    assert ward.proposed() & {"tretinoin_sensitive", "seven_plus_three"} == {"tretinoin_sensitive"}
    ward.done(ward.begin_sensitive(doses={"tretinoin": "45 mg/m2/d"}))
    assert (ward.phase, ward.broke(), ward.is_open("M42")) == (SENSITIVE, [], True)


def test_r14_a_sensitive_induction_without_an_anthracycline_is_asked_about_until_it_is_given_or_signed():
    ward = negative("NPM1")
    ward.done(ward.begin_sensitive(doses={"tretinoin": "45 mg/m2/d"}))
    ward.look("2 10:00")
    assert "haematologist" in ward.told("M42")
    ward.dose("idarubicin")
    assert ward.closed("M42") == ["done"]


@pytest.mark.parametrize("planned, asked", [("courses_1", True), ("courses_2", False), ("courses_3", False)])
def test_r15_two_or_three_courses_of_both_drugs_consolidate(planned, asked):
    ward = standing(SENSITIVE).at("25 09:00")
    ward.respond("cr")
    ward.finding("consolidation_planned", planned)
    doses = {"tretinoin": "45 mg/m2/d", "idarubicin": "12 mg/m2/d"}
    assert refused(ward.go("T16", doses={"idarubicin": "12 mg/m2/d"})) == "drug_missing"
    told = ward.go("T16", doses=doses, reasons=without("number_of_courses"))
    assert refused(told) == ("reason_needed" if asked else "")


@pytest.mark.parametrize("partner", ["ZBTB16", "STAT5B"])
def test_r16_a_resistant_partner_goes_to_the_aml_arm(partner):
    ward = negative(partner)
    assert (ward.phase, ward.word("class")) == ("variant_confirmed.resistant", "resistant")
    assert ward.proposed() >= {"seven_plus_three"}


@pytest.mark.parametrize(
    "report",
    [
        pytest.param({}, id="pending"),
        pytest.param({"method": "break_apart_fish", "result": "rearranged"}, id="split"),
        pytest.param({"method": "rna_sequencing", "result": "no_rearrangement"}, id="nothing_found"),
    ],
)
def test_r17_what_is_not_known_goes_to_the_aml_arm(report):
    ward = negative()
    if report:
        ward.partner("", **report)
    assert ward.word("class") == "unnamed"
    assert ward.proposed() >= {"seven_plus_three"}
    ward.done(ward.begin_7plus3())
    assert ward.phase == AML


# --- doses of 7+3 ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dose, told", [("99", "dose"), ("100", ""), ("200", ""), ("201", "dose")])
def test_r18_cytarabine_of_100_to_200_a_day(dose, told):
    doses = SEVEN_PLUS_THREE | {"cytarabine": f"{dose} mg/m2/d"}
    assert refused(negative().begin_7plus3(doses=doses)) == told


@pytest.mark.parametrize(
    "drugs, told",
    [
        ({}, "one_of"),
        ({"daunorubicin": "60 mg/m2/d", "idarubicin": "12 mg/m2/d"}, "one_of"),
        ({"daunorubicin": "59 mg/m2/d"}, "dose"),
        ({"daunorubicin": "60 mg/m2/d"}, ""),
        ({"daunorubicin": "90 mg/m2/d"}, ""),
        ({"daunorubicin": "91 mg/m2/d"}, "dose"),
        ({"idarubicin": "12 mg/m2/d"}, ""),
        ({"idarubicin": "10 mg/m2/d"}, "dose"),
    ],
)
def test_r19_exactly_one_of_daunorubicin_60_to_90_and_idarubicin_12(drugs, told):
    assert refused(negative().begin_7plus3(doses={"cytarabine": "100 mg/m2/d"} | drugs)) == told


# --- consolidation and transplantation -------------------------------------------------------------------------------


def test_r20_favorable_risk_consolidates_with_high_dose_cytarabine_and_nobody_asks_why():
    ward = remission("cbfb_myh11")
    assert "transplantation" not in ward.proposed()
    assert ward.go("T14", doses=HIGH_DOSE, reasons={}).status == "accepted"


@pytest.mark.parametrize("risk, word", [("absent", "intermediate"), ("mecom", "adverse")])
def test_r21_intermediate_or_adverse_risk_asks_why_not_transplantation(risk, word):
    ward = remission(risk, "hla_matched")
    assert ward.word("aml_risk") == word
    assert refused(ward.go("T14", doses=HIGH_DOSE, reasons={})) == "reason_needed"
    assert ward.go("T15", reasons={}).status == "accepted"


@pytest.mark.parametrize("fusion", ["runx1_runx1t1", "cbfb_myh11"])
def test_r30_the_two_rearrangements_of_core_binding_factor_are_favorable(fusion):
    assert remission(fusion).word("aml_risk") == "favorable"


@pytest.mark.parametrize(
    "risk, donor, offered",
    [
        ("absent", "hla_matched", True),
        ("mecom", "hla_matched", True),
        ("cbfb_myh11", "hla_matched", False),
        ("absent", "none", False),
        ("absent", "", False),
    ],
)
def test_r31_transplantation_is_put_up_in_first_remission_with_a_matched_donor(risk, donor, offered):
    assert ("transplantation" in remission(risk, donor).proposed()) == offered


# --- arsenic, tretinoin ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", ["", *PARTNERS.values()])
def test_r22_no_arsenic_whatever_the_variant_and_nobody_signs_it_away(variant):
    asked = negative(variant).ask_for(
        "arsenic_trioxide", who=by("consultant"), form="intravenous", override=True, second="another", reason="asked"
    )
    assert refused(asked) == "prohibited"


@pytest.mark.parametrize("fibrinogen, told", [("92", ""), ("220", "not_proposed")])
def test_r23_severe_coagulopathy_opens_the_door_to_tretinoin_while_the_variant_is_unknown(fibrinogen, told):
    ward = Apl().at("1 10:00")
    ward.panel("1 09:40", fibrinogen=fibrinogen)
    ward.pml_negative()
    assert ("tretinoin_offer_severe" in ward.proposed()) == (told == "")
    assert refused(ward.ask_for("tretinoin")) == told


def test_r23_the_offer_takes_nothing_from_seven_plus_three_and_starts_no_drug():
    ward = Apl().at("1 10:00")
    ward.panel("1 09:40", fibrinogen="92")
    ward.pml_negative()
    assert ward.proposed() >= {"tretinoin_offer_severe", "seven_plus_three"}
    assert ward.look("2 09:00").word("tretinoin") == "never"


@pytest.mark.parametrize("partner", ["ZBTB16", "STAT5B"])
def test_r24_empiric_tretinoin_stops_when_a_resistant_variant_is_confirmed(partner):
    ward = Apl(exposure="started").at("5 03:10")
    ward.partner(partner)
    assert (ward.due("M3").due_at, ward.due("M3").wording) == (t("5 03:10"), "stop")
    assert ward.told("M3") >= {"haematologist", "charge_nurse"}
    ward.done(ward.acknowledge("M3"))
    ward.therapy("held")
    assert ward.is_open("M3")
    ward.done(ward.stop())
    assert ward.closed("M3") == ["done"]


@pytest.mark.parametrize(
    "report, told",
    [
        ({"partner": "NPM1"}, ""),
        ({"partner": "NPM1", "status": "preliminary"}, ""),
        ({"partner": "", "method": "karyotype", "result": "", "karyotype": "46,XX,t(5;17)(q35;q21)"}, ""),
        ({"partner": "", "method": "karyotype", "result": "", "karyotype": "46,XX,t(11;17)(q23;q21)"}, "not_proposed"),
        ({"partner": "PRKAR1A"}, "not_proposed"),
        ({"partner": "ZBTB16"}, "prohibited"),
    ],
)
def test_r25_tretinoin_at_once_only_for_a_sensitive_variant_suspected_or_confirmed(report, told):
    ward = negative()
    ward.partner(**report)
    assert refused(ward.ask_for("tretinoin")) == told


@pytest.mark.parametrize("act", ["order", "start", "resume"])
@pytest.mark.parametrize("partner", ["ZBTB16", "STAT5B"])
def test_r32_no_tretinoin_goes_on_in_a_resistant_variant(partner, act):
    ward = Apl(exposure="started").at("5 03:10")
    ward.panel("5 03:00", fibrinogen="92")
    ward.partner(partner)
    assert refused(ward.ask_for("tretinoin", act, by("haematologist"))) == "prohibited"
    assert refused(ward.begin_sensitive()) == "guard"
    assert not ward.proposed() & TRETINOIN


def test_r33_morphology_opens_no_door_and_names_no_partner():
    ward = negative()
    ward.partner("NPM1", method="morphology")
    ward.partner("ZBTB16", method="morphology", report_no="V2")
    assert (ward.word("class"), ward.word("suspected_class")) == ("unnamed", "none")
    assert refused(ward.ask_for("tretinoin")) == "not_proposed"


@pytest.mark.parametrize("drug", ["mercaptopurine", "methotrexate"])
@pytest.mark.parametrize("variant, told", [("ZBTB16", "prohibited"), ("NPM1", "")])
def test_r34_no_maintenance_of_classic_apl_in_a_resistant_variant(variant, told, drug):
    assert refused(negative(variant).ask_for(drug, who=by("haematologist"))) == told


def test_r35_zbtb16_says_what_it_resists():
    said = negative("ZBTB16").read("partner_note").shown
    assert "Relatively resistant to tretinoin, resistant to arsenic trioxide" in said
    assert "arsenic" not in negative("NUMA1").read("partner_note").shown


# --- coagulation -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", ["", *PARTNERS.values()])
@pytest.mark.parametrize(
    "analyte, value, level",
    [
        pytest.param("fibrinogen", "150", "", id="R26-150"),
        pytest.param("fibrinogen", "149", "below_target", id="R26-149"),
        pytest.param("fibrinogen", "99", "critical", id="R26-99"),
        pytest.param("platelets", "50", "", id="R27-50"),
        pytest.param("platelets", "49", "below_target", id="R27-49"),
        pytest.param("platelets", "29", "critical", id="R27-29"),
    ],
)
def test_each_target_is_kept_whatever_the_variant(analyte, value, level, variant):
    ward = negative(variant)
    ward.at("1 12:00").lab(analyte, value, "1 11:40")
    found = ward.due("M38", analyte).level if ward.is_open("M38", analyte) else ""
    assert found == level
    assert ward.is_open("M1", analyte)


@pytest.mark.parametrize(
    "analyte, product, does",
    [
        ("fibrinogen", "plasma", True),
        ("fibrinogen", "cryoprecipitate", True),
        ("fibrinogen", "platelets", False),
        ("platelets", "platelets", True),
        ("platelets", "plasma", False),
    ],
)
def test_r28_a_value_off_target_asks_for_its_product_until_that_is_started(analyte, product, does):
    ward = negative()
    ward.at("1 12:00").lab(analyte, "20", "1 11:40")
    ward.at("1 12:10").product(product, "started")
    assert ward.closed("M38", analyte) == (["done"] if does else [])


# --- risk ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("leukocytes", ["2", "80"])
def test_r29_the_risk_of_a_resistant_variant_is_that_of_aml_and_leukocytes_do_not_touch_it(leukocytes):
    ward = negative("ZBTB16")
    ward.count_leukocytes(leukocytes, "1 09:50")
    for fact in RISK:
        ward.finding(fact, "absent")
    assert ward.word("aml_risk") == "intermediate"
    ward.finding("tp53_mutation", "mutated")
    assert ward.word("aml_risk") == "adverse"


def test_r1_whoever_left_for_the_classic_pathway_is_proposed_nothing_here():
    assert leaving("exit.classic_apl").proposed() == set()
