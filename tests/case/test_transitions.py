"""T01 to T07, T11 and T26: where a case goes, by itself and by whom. safety.md 2.2, 2.3, P8; clinical.md D1-D18."""

import pytest

from tests.case.ward import ALL_REASONS, IDENTIFIERS, SEVEN_PLUS_THREE, SHIPPED, Ward, by, refused, t

ROLES = SHIPPED.form.roles
PARTNERS = {"resistant": "ZBTB16", "sensitive": "NPM1", "unclassified": "PRKAR1A"}


def test_a_case_begins_in_diagnosis_pending_under_supervision():
    ward = Ward()
    assert (ward.phase, ward.supervision) == ("diagnosis_pending", "running")


# --- T02, T03 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["started", "dose", "resumed"])
def test_tretinoin_that_is_taken_enters_the_empiric_phase(act):
    assert Ward(exposure=act).phase == "empiric_atra"


def test_tretinoin_that_is_held_is_still_the_empiric_phase():
    ward = Ward(exposure="started")
    ward.therapy("held")
    assert ward.phase == "empiric_atra"


@pytest.mark.parametrize("act", ["ordered", "unknown", "never"])
def test_tretinoin_that_is_not_taken_does_not_enter_it(act):
    assert Ward(exposure=act).phase == "diagnosis_pending"


def test_a_stop_leaves_it():
    ward = Ward(exposure="started")
    ward.stop()
    assert ward.phase == "diagnosis_pending"


def test_an_exposure_that_becomes_unknown_moves_nothing():
    ward = Ward(exposure="started")
    ward.therapy("unknown")
    assert ward.phase == "empiric_atra"


def test_a_topical_form_moves_nothing():
    ward = Ward(exposure="never")
    ward.therapy("dose", form="topical")
    assert ward.phase == "diagnosis_pending"


# --- T04, T05, T06 ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exposure", ["never", "started"])
@pytest.mark.parametrize("word, partner", PARTNERS.items())
def test_a_confirmed_partner_enters_its_class(exposure, word, partner):
    ward = Ward(exposure=exposure)
    ward.partner(partner)
    assert ward.phase == f"variant_confirmed.{word}"


@pytest.mark.parametrize("result, status", [("", "ordered"), ("negative", "final")])
def test_it_does_so_whether_pml_rara_is_pending_or_negative(result, status):
    ward = Ward()
    ward.pml("rt_pcr", result, status)
    ward.partner("ZBTB16")
    assert ward.phase == "variant_confirmed.resistant"


def test_it_does_not_while_pml_rara_is_positive():
    ward = Ward()
    ward.pml("rt_pcr", "positive")
    ward.partner("ZBTB16")
    assert ward.phase == "diagnosis_pending"


@pytest.mark.parametrize(
    "more", [{"status": "preliminary"}, {"method": "karyotype"}, {"verbal": True, "written": False}]
)
def test_what_cannot_confirm_moves_nothing(more):
    ward = Ward()
    ward.partner("ZBTB16", **more)
    assert ward.phase == "diagnosis_pending"


def test_a_banding_that_suggests_moves_nothing():
    ward = Ward()
    ward.karyotype("46,XX,t(11;17)(q23;q21)", "final")
    assert (ward.phase, ward.word("suspected_class")) == ("diagnosis_pending", "resistant")


def test_a_spoken_result_that_is_confirmed_in_writing_confirms():
    ward = Ward()
    ward.partner("ZBTB16", verbal=True, written=False)
    ward.partner("ZBTB16", verbal=True, written=True)
    assert ward.phase == "variant_confirmed.resistant"


@pytest.mark.parametrize("exposure, phase", [("started", "empiric_atra"), ("never", "diagnosis_pending")])
def test_a_retracted_confirmation_goes_back_to_where_the_exposure_says(exposure, phase):
    ward = Ward(exposure=exposure)
    report = ward.partner("PRKAR1A")
    ward.retract(report)
    assert ward.phase == phase


def test_a_second_negative_report_elsewhere_leaves_a_confirmation_alone():
    ward = Ward()
    ward.partner("ZBTB16")
    ward.pml_negative()
    assert ward.phase == "variant_confirmed.resistant"


@pytest.mark.parametrize("before", PARTNERS)
@pytest.mark.parametrize("after", PARTNERS)
def test_an_amended_report_of_another_class_moves_there(before, after):
    ward = Ward()
    first = ward.partner(PARTNERS[before])
    ward.at("1 12:00").partner(PARTNERS[after], status="amended", replaces=first)
    assert ward.phase == f"variant_confirmed.{after}"


def test_tretinoin_does_not_leave_a_confirmed_phase():
    ward = Ward(exposure="started")
    ward.partner("NPM1")
    ward.stop()
    assert ward.phase == "variant_confirmed.sensitive"


def test_automatic_moves_name_the_events_they_rest_on():
    ward = Ward()
    report = ward.partner("ZBTB16")
    assert report in ward.events("PhaseEntered")[-1].because


# --- T07 --------------------------------------------------------------------------------------------------------------


def test_a_haematologist_begins_7_plus_3_and_day_1_is_when_it_began():
    ward = Ward().at("2 12:00")
    assert ward.begin_7plus3(at=t("2 10:00")).status == "accepted"
    course = ward.case.courses[-1]
    assert (ward.phase, course.number, course.day1, course.intensive) == (
        "induction.seven_plus_three",
        1,
        t("2 10:00"),
        True,
    )


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"haematologist", "consultant"}))
def test_no_other_role_begins_it(role):
    assert refused(Ward().begin_7plus3(role)) == "role"


def test_a_positive_pml_rara_refuses_it():
    ward = Ward()
    ward.pml("rt_pcr", "positive")
    assert refused(ward.begin_7plus3()) == "guard"


@pytest.mark.parametrize("missing", ["cannot_wait", "cells_not_secured"])
def test_each_gap_asks_for_its_own_reason(missing):
    reasons = {name: text for name, text in ALL_REASONS.items() if name != missing}
    found = Ward().begin_7plus3(reasons=reasons)
    assert found.refusal is not None
    assert (found.refusal.code, missing in found.refusal.mend) == ("reason_needed", True)


def test_a_sensitive_variant_asks_for_a_reason_too():
    ward = Ward()
    ward.partner("NPM1")
    reasons = {name: text for name, text in ALL_REASONS.items() if name != "although_sensitive"}
    assert refused(ward.begin_7plus3(reasons=reasons)) == "reason_needed"
    assert ward.begin_7plus3().status == "accepted"


def test_nothing_is_asked_where_there_is_no_gap():
    ward = Ward()
    ward.pml_negative()
    ward.finding("cells_secured", "secured")
    assert ward.begin_7plus3(reasons={}).status == "accepted"


@pytest.mark.parametrize("exposure", ["started", "held", "ordered", "unknown", "stopped"])
def test_tretinoin_in_any_state_does_not_block_it(exposure):
    ward = Ward(exposure="started" if exposure == "stopped" else exposure)
    if exposure == "stopped":
        ward.stop()
    assert ward.begin_7plus3().status == "accepted"


@pytest.mark.parametrize(
    "doses, code",
    [
        ({"cytarabine": "100 mg/m2/d"}, "one_of"),
        (SEVEN_PLUS_THREE | {"idarubicin": "12 mg/m2/d"}, "one_of"),
        ({"daunorubicin": "60 mg/m2/d"}, "drug_missing"),
        (SEVEN_PLUS_THREE | {"tretinoin": "45 mg/m2/d"}, "drug_unknown"),
        (SEVEN_PLUS_THREE | {"cytarabine": "99 mg/m2/d"}, "dose"),
        (SEVEN_PLUS_THREE | {"cytarabine": "201 mg/m2/d"}, "dose"),
        (SEVEN_PLUS_THREE | {"daunorubicin": "45 mg/m2/d"}, "dose"),
        (SEVEN_PLUS_THREE | {"daunorubicin": "91 mg/m2/d"}, "dose"),
        ({"cytarabine": "100 mg/m2/d", "idarubicin": "11 mg/m2/d"}, "dose"),
        (SEVEN_PLUS_THREE | {"cytarabine": "100 mg/d"}, "dose"),
        (SEVEN_PLUS_THREE | {"cytarabine": "a lot"}, "dose"),
    ],
)
def test_the_drugs_of_the_course_are_checked(doses, code):
    assert refused(Ward().begin_7plus3(doses=doses)) == code


@pytest.mark.parametrize(
    "doses",
    [
        {"cytarabine": "100 mg/m2/d", "daunorubicin": "60 mg/m2/d"},
        {"cytarabine": "200 mg/m2/d", "daunorubicin": "90 mg/m2/d"},
        {"cytarabine": "100 mg/m2/d", "idarubicin": "12 mg/m2/d"},
    ],
)
def test_doses_at_the_edges_are_in_range(doses):
    assert Ward().begin_7plus3(doses=doses).status == "accepted"


def test_a_dose_out_of_range_goes_with_its_reason():
    doses = SEVEN_PLUS_THREE | {"daunorubicin": "45 mg/m2/d"}
    reasons = ALL_REASONS | {"dose_daunorubicin": "older than 60, product label"}
    assert Ward().begin_7plus3(doses=doses, reasons=reasons).status == "accepted"


def test_a_course_is_begun_once():
    ward = Ward()
    ward.begin_7plus3()
    assert refused(ward.begin_7plus3()) == "phase"


# --- T11 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("partner", PARTNERS.values())
def test_a_confirmation_in_a_course_is_noted_and_moves_no_phase(partner):
    ward = Ward(exposure="started")
    ward.begin_7plus3()
    ward.at("5 03:10").partner(partner)
    assert ward.phase == "induction.seven_plus_three"
    assert [each.transition for each in ward.events("TransitionNoted")] == ["confirm_in_course"]


def test_it_is_noted_once_however_often_the_clock_looks():
    ward = Ward()
    ward.begin_7plus3()
    ward.at("5 03:10").partner("ZBTB16")
    ward.look("6 03:10")
    assert len(ward.events("TransitionNoted")) == 1


def test_what_was_confirmed_before_the_course_is_not_noted_in_it():
    ward = Ward()
    ward.partner("ZBTB16")
    ward.at("2 09:00").begin_7plus3()
    ward.look("3 09:00")
    assert ward.events("TransitionNoted") == []


def test_a_confirmation_that_goes_again_in_a_course_moves_no_phase():
    ward = Ward(exposure="started")
    ward.begin_7plus3()
    report = ward.at("5 03:10").partner("ZBTB16")
    ward.at("5 09:00").retract(report)
    assert (ward.phase, "M3" in ward.open) == ("induction.seven_plus_three", False)


# --- T26 --------------------------------------------------------------------------------------------------------------


def test_a_death_closes_the_case_and_withdraws_every_reminder_at_once():
    ward = Ward(exposure="started").at("3 10:00")
    ward.panel("3 09:40", fibrinogen="60")
    ward.die("3 09:55")
    assert (ward.phase, ward.case.open, ward.case.died_at) == ("exit.death", {}, t("3 09:55"))


def test_after_a_death_nothing_rings():
    ward = Ward(exposure="started").at("3 10:00")
    ward.die("3 09:55")
    before = len(ward.engine.timeline("c1"))
    ward.look("9 10:00")
    assert (len(ward.engine.timeline("c1")), ward.engine.heads(closed=True)[0].next_look) == (before, None)


def test_unsent_notices_are_withdrawn_with_it():
    ward = Ward(exposure="started").at("3 10:00")
    ward.die("3 09:55")
    states = {state for notice, state in ward.store.notices("c1") if notice.kind == "rung"}
    assert states == {"withdrawn"}


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"physician", "haematologist", "consultant"}))
def test_the_exit_by_death_belongs_to_doctors(role):
    found = Ward().at("3 10:00").move("T26", role, identifiers=IDENTIFIERS, died_at=t("3 09:55"))
    assert refused(found) == "role"


@pytest.mark.parametrize("identifiers", [{}, {"name": "A"}, {"name": "A", "number": " "}])
def test_it_needs_two_identifiers(identifiers):
    found = Ward().at("3 10:00").move("T26", "physician", identifiers=identifiers, died_at=t("3 09:55"))
    assert refused(found) == "identifiers"


def test_it_needs_a_time_of_death():
    assert refused(Ward().move("T26", "physician", identifiers=IDENTIFIERS)) == "died_at"


def test_a_time_of_death_to_come_is_refused():
    found = Ward().at("3 10:00").move("T26", "physician", identifiers=IDENTIFIERS, died_at=t("3 10:01"))
    assert refused(found) == "future"


def test_a_dead_case_takes_no_further_request():
    ward = Ward().at("3 10:00")
    ward.die("3 09:55")
    assert refused(ward.ask_for("tretinoin", who=by("haematologist"))) == "closed"


def test_a_move_nobody_named_is_refused():
    assert refused(Ward().move("T99")) == "unknown_transition"


def test_an_automatic_move_cannot_be_asked_for():
    assert refused(Ward(exposure="started").move("T04")) == "unknown_transition"
