"""T20 to T29: no exit is automatic, none without heirs, and after it requests are closed. safety.md 2.2, P8, P9."""

from typing import Any

import pytest

from tests.case.ward import IDENTIFIERS, SHIPPED, refused, t
from tests.variant_apl.ward import CLOSED, EVERY_REASON, OPEN, Apl, leaving, standing

AML, SENSITIVE = "induction.seven_plus_three", "induction.atra_anthracycline"
HIDAC = "consolidation.high_dose_cytarabine"


def without(*names: str) -> dict[str, str]:
    """Every reason but these."""
    return {name: text for name, text in EVERY_REASON.items() if name not in names}


def handed(ward: Apl) -> Any:
    """What was handed over."""
    return ward.events("HandedOver")[-1]


def test_t20_needs_remission_after_the_last_course_and_no_tretinoin():
    ward = standing(HIDAC).at("26 09:00")
    assert refused(ward.leave("T20")) == "guard"
    ward.respond("cr")
    ward.therapy("started")
    assert refused(ward.leave("T20")) == "guard"
    ward.done(ward.stop())
    ward.done(ward.leave("T20"))
    assert ward.phase == "exit.completed"


def test_t20_counts_the_planned_courses():
    ward = standing(HIDAC).at("26 09:00")
    ward.finding("consolidation_planned", "courses_2")
    ward.respond("cr")
    assert refused(ward.leave("T20", reasons=without("fewer_than_planned"))) == "reason_needed"
    ward.went("T18", doses={"cytarabine": "3000 mg/m2"})
    ward.at("28 09:00").respond("cr")
    assert ward.leave("T20", reasons=without("fewer_than_planned")).status == "accepted"


@pytest.mark.parametrize("who", ["haematologist", "transplant_coordinator"])
def test_t21_names_who_takes_the_patient_whatever_the_donor(who):
    ward = standing("consolidation.transplant_preparation")
    assert refused(ward.leave("T21", who, receiver="")) == "receiver"
    assert refused(ward.leave("T21", who, accepted_at=None)) == "accepted_at"
    ward.done(ward.leave("T21", who))
    assert ward.phase == "exit.hsct_handover"


def test_t21_is_refused_without_remission():
    assert refused(standing(AML).leave("T21")) == "guard"


def test_t22_asks_why_before_two_intensive_courses_and_then_stands_out():
    ward = standing(AML).at("28 09:00")
    ward.respond("no_response")
    assert refused(ward.leave("T22", reasons=without("fewer_than_two_intensive_courses"))) == "reason_needed"
    ward.done(ward.leave("T22"))
    assert [each.rule for each in ward.case.deviations] == ["fewer_than_two_intensive_courses"]


def test_t22_a_course_that_is_not_intensive_does_not_count():
    ward = standing(AML).at("15 09:00")
    ward.went("T13", regimen="azacitidine", intensive=False, doses={"azacitidine": "75 mg/m2/d"})
    ward.at("28 09:00").respond("no_response")
    assert refused(ward.leave("T22", reasons=without("fewer_than_two_intensive_courses"))) == "reason_needed"


def test_t22_after_two_intensive_courses_it_is_proposed_and_needs_no_such_reason():
    ward = standing(AML).at("20 09:00")
    ward.respond("pr")
    ward.went("T12", doses={"cytarabine": "200 mg/m2/d", "idarubicin": "12 mg/m2/d"})
    ward.at("28 09:00").respond("no_response")
    assert "refractory" in {each.name for each in ward.engine.picture("c1").proposals}
    ward.done(ward.leave("T22", reasons={}))
    assert (ward.phase, ward.case.deviations) == ("exit.refractory", ())


def test_t22_is_refused_in_remission():
    ward = standing(AML).at("25 09:00")
    ward.respond("crh")
    assert refused(ward.leave("T22")) == "guard"


def test_t23_needs_a_remission_that_was_reached_once():
    ward = standing(AML)
    ward.finding("relapse", "marrow")
    assert refused(ward.leave("T23")) == "guard"
    found = standing(HIDAC)
    assert refused(found.leave("T23")) == "guard"
    found.finding("relapse", "extramedullary")
    found.done(found.leave("T23"))
    assert found.phase == "exit.relapse"


def test_t23_the_old_class_goes_along_and_is_asked_again():
    ward = leaving("exit.relapse")
    assert {"class", "partner"} <= {each.fact for each in handed(ward).facts}


def test_t24_is_proposed_at_once_and_never_automatic():
    ward = Apl(exposure="started")
    ward.pml("rt_pcr", "positive")
    assert ward.phase == "empiric_atra"
    assert "to_classic_pathway" in {each.name for each in ward.engine.picture("c1").proposals}
    assert (ward.is_open("T24"), ward.told("T24")) == (True, {"haematologist"})
    ward.look("1 10:00")
    assert ward.told("T24") == {"haematologist", "consultant"}


def test_t24_until_it_is_accepted_rechecks_and_checks_run_on_and_arsenic_stays_refused():
    ward = Apl(exposure="started")
    ward.pml("rt_pcr", "positive")
    assert {"M1", "M8"} <= ward.open
    assert refused(ward.ask_for("arsenic_trioxide", who=None, form="intravenous")) == "prohibited"
    assert refused(ward.leave("T24", receiver="")) == "receiver"
    assert refused(ward.leave("T24", accepted_at=t("2 09:00"))) == "future"
    ward.done(ward.leave("T24"))
    assert ward.phase == "exit.classic_apl"
    assert {"tretinoin", "course", "pml_rara"} <= {each.fact for each in handed(ward).facts}


@pytest.mark.parametrize("results", [("positive", "negative"), ("negative", "negative")])
def test_t24_is_refused_in_a_conflict_and_without_a_positive_result(results):
    ward = Apl()
    ward.pml("rt_pcr", results[0])
    ward.pml("dual_fusion_fish", results[1])
    assert refused(ward.leave("T24")) == "guard"


def test_t25_needs_a_complete_work_up_or_another_diagnosis():
    ward = Apl(exposure="started")
    assert refused(ward.leave("T25")) == "guard"
    ward.partner("", method="rna_sequencing", result="no_rearrangement")
    assert refused(ward.leave("T25")) == "guard"
    ward.partner("", method="break_apart_fish", result="normal")
    assert ward.word("rearrangement") == "none_found"
    assert refused(ward.leave("T25", reasons={})) == "reason_needed"
    ward.done(ward.leave("T25"))
    assert ward.phase == "exit.revised_diagnosis"


def test_t26_needs_two_identifiers_and_a_time_that_is_not_to_come():
    ward = standing(HIDAC).at("26 09:00")
    assert refused(ward.leave("T26", died_at=t("26 08:00"))) == "identifiers"
    assert refused(ward.leave("T26", identifiers=IDENTIFIERS)) == "died_at"
    assert refused(ward.leave("T26", identifiers=IDENTIFIERS, died_at=t("27 08:00"))) == "future"
    ward.done(ward.leave("T26", "physician", identifiers=IDENTIFIERS, died_at=t("26 08:00")))
    assert (ward.phase, ward.open) == ("exit.death", set())


def test_t27_with_m3_open_somebody_is_told_by_voice():
    ward = Apl(exposure="started")
    ward.partner("ZBTB16")
    assert ward.is_open("M3")
    assert refused(ward.leave("T27", reasons=without("told_by_voice"))) == "reason_needed"
    ward.done(ward.leave("T27"))
    assert ("reminder", "M3", "receiver") in {(each.kind, each.name, each.heir) for each in handed(ward).taken}


def test_t27_a_pending_report_has_an_heir():
    ward = Apl()
    ward.partner("", status="ordered", result="")
    ward.done(ward.leave("T27", "physician"))
    assert ("rar_partner", "receiver") in {(each.name, each.heir) for each in handed(ward).taken}


def test_t28_needs_the_documented_decision_and_what_becomes_of_tretinoin():
    ward = Apl(exposure="started")
    assert refused(ward.leave("T28", reasons={})) == "reason_needed"
    assert refused(ward.leave("T28", reasons={"documented_decision": "with the family"})) == "reason_needed"
    ward.done(ward.leave("T28", reasons={"documented_decision": "with the family", "tretinoin_decision": "stopped"}))
    assert ward.phase == "exit.palliative"


def test_t29_takes_two_persons_and_keeps_the_facts():
    ward = Apl(exposure="started")
    assert refused(ward.leave("T29", second="")) == "second"
    assert refused(ward.leave("T29", second="the haematologist")) == "second"
    ward.done(ward.leave("T29"))
    assert (ward.phase, ward.open, ward.word("tretinoin")) == ("exit.entered_in_error", set(), "running")


@pytest.mark.parametrize("phase", CLOSED)
def test_every_exit_says_who_takes_over_or_why_nobody_need(phase):
    form = SHIPPED.form.exits[phase]
    assert bool(form.no_heirs) != bool(form.heirs)
    assert form.no_heirs or form.hand_over


@pytest.mark.parametrize("phase", CLOSED)
def test_after_an_exit_what_happens_is_recorded_and_requests_are_closed(phase):
    ward = leaving(phase)
    assert refused(ward.ask_for("tretinoin")) == "closed"
    assert ward.lab("fibrinogen", "180", None) > 0


@pytest.mark.parametrize("phase", OPEN)
def test_no_knowledge_and_no_time_leaves_the_pathway(phase):
    ward = standing(phase)
    ward.pml("rt_pcr", "positive")
    ward.told_of_death("28 08:00") if ward.clock.now() > t("28 08:00") else ward.at("28 09:00").told_of_death(
        "28 08:00"
    )
    ward.finding("relapse", "marrow")
    ward.look("30 09:00")
    assert ward.phase not in CLOSED
