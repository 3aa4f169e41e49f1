"""A rule that fails: the fact is stored, people are told, reminders ring on, nothing moves by itself. safety.md H52."""

import pytest

from pathway.case.commands import Answer, ResumeMoves
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


# --- and when the rule works again -----------------------------------------------------------------------------------


def mended(ward: Ward) -> Ward:
    """The odd finding is retracted at 13:00, a resistant partner having been reported meanwhile."""
    ward.at("2 12:30").partner("ZBTB16")
    ward.at("2 13:00").retract(max(each for each, name in ward.case.facts_at.items() if name == "d_dimer_rise"))
    return ward


def resume(ward: Ward, who: str = "physician", reason: str = "the finding was a slip") -> Answer:
    return ward.do(ResumeMoves, by(who), reason=reason)


def test_a_mended_fact_is_known_again_and_the_case_stands_until_somebody_has_looked(failed):
    mended(failed)
    assert failed.read("isth").why != "its computation failed"
    assert (failed.case.failed, failed.phase) == (("isth",), "empiric_atra")


def test_a_doctor_lets_the_case_move_again_and_what_was_due_follows_at_once(failed):
    assert resume(mended(failed)).status == "accepted"
    assert (failed.case.failed, failed.phase) == ((), "variant_confirmed.resistant")
    assert not failed.engine.picture("c1").failed


def test_while_the_rule_fails_the_case_stands_and_the_answer_names_the_rule(failed):
    answer = resume(failed)
    assert answer.refusal is not None
    assert (answer.refusal.code, answer.refusal.reasons) == ("still_failing", ("isth",))
    assert failed.case.failed == ("isth",)


@pytest.mark.parametrize(
    "who, reason, code",
    [("nurse", "looked", "role"), ("charge_nurse", "looked", "role"), ("physician", " ", "reason_needed")],
)
def test_it_takes_a_doctor_and_a_reason(failed, who, reason, code):
    answer = resume(mended(failed), who, reason)
    assert answer.refusal is not None
    assert answer.refusal.code == code


def test_a_case_that_has_not_failed_has_nothing_to_resume():
    answer = resume(Ward())
    assert answer.refusal is not None
    assert answer.refusal.code == "not_failed"


def test_a_rule_that_fails_again_stops_the_case_and_is_told_again(failed):
    resume(mended(failed))
    failed.at("2 14:00").finding("d_dimer_rise", "odd")
    assert (failed.case.failed, len(failed.events("RulesFailed"))) == (("isth",), 2)


def test_a_sound_pathway_never_fails():
    ward = Ward(pathway=SHIPPED, exposure="started").at("2 12:00")
    ward.finding("d_dimer_rise", "strong")
    ward.partner("ZBTB16")
    ward.look("4 12:00")
    assert (ward.case.failed, ward.case.recorded_at >= t("4 11:30")) == ((), True)
