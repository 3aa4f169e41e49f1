"""I1 to I7 over the whole pathway. clinical.md 1.3."""

import pytest

from tests.case.ward import SHIPPED, by, refused, t
from tests.variant_apl.ward import OPEN, Apl, standing

AML, SENSITIVE = "induction.seven_plus_three", "induction.atra_anthracycline"


def broken(ward: Apl) -> set[str]:
    """The invariants that are broken now."""
    return {name for name, each in ward.case.violations.items() if each.broken}


@pytest.mark.parametrize("phase", OPEN)
def test_i1_arsenic_without_pml_rara_is_refused_in_every_phase_and_a_dose_breaks_it_at_once(phase):
    ward = standing(phase)
    asked = ward.ask_for("arsenic_trioxide", who=by("consultant"), form="intravenous")
    assert refused(asked) == "prohibited"
    ward.dose("arsenic_trioxide")
    assert "I1" in broken(ward)


@pytest.mark.parametrize("phase", [each for each in OPEN if not each.startswith("variant")])
def test_i2_tretinoin_on_a_resistant_variant_breaks_at_the_next_dose_in_every_phase(phase):
    ward = standing(phase)
    ward.at("26 03:10").therapy("started", next_dose_at=t("26 08:00"))
    ward.partner("ZBTB16")
    assert broken(ward) == set()
    ward.look("26 08:00")
    assert "I2" in broken(ward)


def test_i2_is_kept_by_a_stop_before_the_next_dose():
    ward = standing(AML)
    ward.at("26 03:10").therapy("started", next_dose_at=t("26 08:00"))
    ward.partner("ZBTB16")
    ward.done(ward.stop())
    assert ward.look("27 09:00").case.violations == {}


@pytest.mark.parametrize("phase", OPEN)
def test_i3_rechecks_and_products_are_asked_for_in_every_phase_until_a_doctor_ends_supervision(phase):
    ward = standing(phase).at("27 09:00")
    ward.lab("fibrinogen", "80", "27 08:40")
    assert ward.is_open("M1", "fibrinogen")
    assert ward.due("M38", "fibrinogen").level == "critical"


def test_i3_ended_supervision_opens_again_by_itself_and_never_ends_so():
    ward = standing("consolidation.high_dose_cytarabine").at("26 09:00")
    ward.panel("26 08:40")
    ward.at("27 09:00").panel("27 08:40")
    ward.done(ward.move("S01", "physician"))
    assert (ward.supervision, {"M1", "M38"} & ward.open) == ("ended", set())
    ward.at("28 09:00").lab("fibrinogen", "140", "28 08:40")
    assert (ward.supervision, ward.is_open("M1", "fibrinogen")) == ("running", True)


@pytest.mark.parametrize("leaf", [AML, SENSITIVE])
def test_i4_a_second_anthracycline_in_one_induction_breaks_at_once_and_one_does_not(leaf):
    ward = standing(leaf).at("2 09:00")
    ward.dose("idarubicin")
    assert broken(ward) == set()
    ward.at("3 09:00").dose("daunorubicin")
    assert "I4" in broken(ward)


def test_i4_the_other_drug_in_the_next_induction_is_allowed():
    ward = standing(AML).at("2 09:00")
    ward.dose("daunorubicin")
    ward.at("20 09:00").respond("no_response")
    ward.at("21 09:00").went("T12", doses={"cytarabine": "200 mg/m2/d", "idarubicin": "12 mg/m2/d"})
    ward.at("21 10:00").dose("idarubicin")
    assert broken(ward) == set()


def test_i5_the_risk_of_a_resistant_variant_is_never_taken_from_leukocytes():
    ward = standing("variant_confirmed.resistant")
    before = ward.read("aml_risk")
    ward.count_leukocytes("80", "1 09:20")
    assert ward.read("aml_risk") == before
    assert not [name for name, fact in SHIPPED.form.facts.items() if "leukocytes" in fact.from_.values()]


def test_i5_a_lone_t_11_17_is_intermediate_and_never_favorable():
    ward = standing("variant_confirmed.resistant")
    for fact in ("aml_fusion", "aml_karyotype", "npm1_mutation", "flt3_itd", "cebpa_mutation"):
        ward.finding(fact, "absent")
    for fact in ("runx1_mutation", "asxl1_mutation", "myelodysplasia_gene", "tp53_mutation"):
        ward.finding(fact, "absent")
    assert ward.word("aml_risk") == "intermediate"


@pytest.mark.parametrize("phase", ["variant_confirmed.sensitive", SENSITIVE, "consolidation.atra_anthracycline"])
def test_i6_an_amended_report_is_judged_anew_in_every_phase_and_the_first_stays_on_record(phase):
    ward = standing(phase)
    ward.at("26 09:00").therapy("started")
    first = next(each.position for each in ward.case.reports["rar_partner"])
    ward.partner("ZBTB16", status="amended", replaces=first)
    assert (ward.word("class"), ward.is_open("M3")) == ("resistant", True)
    assert [each.partner for each in ward.events("ReportRecorded")] == ["NPM1", "ZBTB16"]


@pytest.mark.parametrize("phase", ["diagnosis_pending", "empiric_atra", AML])
def test_i7_a_suspicion_never_counts_as_confirmed(phase):
    ward = standing(phase).at("2 09:00")
    ward.karyotype("46,XX,t(11;17)(q23;q21)", status="final")
    assert (ward.word("class"), ward.word("suspected_class")) == ("unnamed", "resistant")
    assert ward.phase == phase
    assert "M3" not in ward.open
    assert refused(ward.go("T09")) in {"phase", "guard"}
