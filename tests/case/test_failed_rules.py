"""A rule that fails: the fact is stored, people are told, reminders ring on, nothing moves by itself. safety.md H52."""

import pytest

from pathway.definition.load import load
from tests.case.ward import SHIPPED, Ward, by, t
from tests.definition.broken import TEXT, replaced

#: A word that the finding may have and the score has never heard of: reading the score then raises.
UNHEARD_OF = load(
    replaced(TEXT, 'finding = ["none", "moderate", "strong"]', 'finding = ["none", "moderate", "strong", "odd"]')
)


@pytest.fixture
def failed() -> Ward:
    """Tretinoin running, fibrinogen below target; then a finding on which the score raises, on 2 March at 12:00."""
    ward = Ward(pathway=UNHEARD_OF, exposure="started").at("2 12:00")
    ward.lab("fibrinogen", "140", "2 11:40")
    ward.finding("d_dimer_rise", "odd")
    return ward


def test_the_fact_is_stored_first(failed):
    assert (failed.word("d_dimer_rise"), failed.engine.verify("c1")) == ("odd", [])


def test_the_failure_is_an_event_that_names_the_fact_and_no_patient(failed):
    assert [(each.what, each.error) for each in failed.events("RulesFailed")] == [("isth", "MarkerUnknown")]


def test_it_is_told_once_to_charge_nurse_and_duty_manager(failed):
    failed.look("2 18:00")
    told = [(each.role, each.severity) for each, _ in failed.store.notices("c1") if each.kind == "failure"]
    assert sorted(told) == [("charge_nurse", 0), ("duty_manager", 0)]


def test_what_rang_rings_on(failed):
    failed.look("2 14:00")
    assert failed.rang("M38", "fibrinogen") == [(t("2 12:00"), ("nurse",)), (t("2 14:00"), ("physician",))]


def test_severity_cannot_be_said_and_the_shortest_interval_is_in_force(failed):
    assert (failed.read("severe").known, failed.word("recheck_class")) == (False, "s1")


def test_a_criterion_that_does_not_need_the_score_still_latches(failed):
    failed.at("2 13:00").lab("fibrinogen", "92", "2 12:50")
    assert "severe" in failed.case.latches


def test_new_reminders_still_open(failed):
    failed.at("2 13:00").partner("ZBTB16")
    assert ("M3" in failed.open, "haematologist" in failed.told("M3")) == (True, True)


def test_no_automatic_move_is_made(failed):
    failed.at("2 13:00").partner("ZBTB16")
    assert failed.phase == "empiric_atra"


def test_a_person_still_moves_the_case(failed):
    failed.pml_negative()
    assert failed.begin_7plus3().status == "accepted"
    assert failed.phase == "induction.seven_plus_three"


def test_facts_are_still_recorded_and_requests_still_answered(failed):
    failed.at("2 13:00").therapy("held")
    assert failed.stop().status == "accepted"
    assert failed.word("tretinoin") == "stopped"


def test_the_page_says_so(failed):
    picture = failed.engine.picture("c1")
    assert (picture.failed, [each.name for each in picture.flagged if each.kind == "failure"]) == (True, ["isth"])


def test_arsenic_stays_refused(failed):
    assert failed.ask_for("arsenic_trioxide", who=by("consultant")).status == "refused"


def test_a_sound_pathway_never_fails():
    ward = Ward(pathway=SHIPPED, exposure="started").at("2 12:00")
    ward.finding("d_dimer_rise", "strong")
    ward.partner("ZBTB16")
    ward.look("4 12:00")
    assert (ward.case.failed, ward.case.recorded_at >= t("4 11:30")) == ("", True)
