"""Exits: who takes over, what an exit asks for, and what still rings afterwards."""

import pytest

from pathway.case.commands import Acknowledge, Decide, RecordDeath, Retract, Transition
from tests.case.clinic import LABORATORY, NURSE, PHYSICIAN, Clinic, done, refused, t


@pytest.fixture
def clinic() -> Clinic:
    """A patient who had the drug, whose partner report is on its way."""
    found = Clinic()
    done(found.enrol())
    found.drug("dose", "1 08:30")
    found.fibrinogen("90", "1 08:40")
    found.ordered()
    return found


def resistant(clinic: Clinic) -> None:
    """The report comes: the drug is to be stopped."""
    clinic.partner("ZBTB16")
    assert "R1" in clinic.open()


# --- what an exit asks for -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields, code",
    [
        ({"receiver": ""}, "receiver"),
        ({"receiver": "  "}, "receiver"),
        ({"accepted_at": None}, "accepted_at"),
        ({"accepted_at": t("1 09:01")}, "future"),
    ],
)
def test_a_transfer_without_its_receiver_is_refused(clinic: Clinic, fields, code):
    assert refused(clinic.transfer(**fields)) == code
    assert clinic.leaf() == "open"


@pytest.mark.parametrize(
    "fields, code",
    [
        ({"second": "", "linked": "c9"}, "second"),
        ({"second": "a physician", "linked": "c9"}, "second"),
        ({"second": "a nurse", "linked": ""}, "linked"),
        ({"second": "a nurse", "linked": "c1"}, "linked"),
        ({"second": "a nurse", "linked": "c9"}, ""),
    ],
)
def test_an_exit_of_two_persons_needs_another_person_and_the_other_case(clinic: Clinic, fields, code):
    assert refused(clinic.do(Transition, PHYSICIAN, transition="C29", **fields)) == code


def test_the_receiver_is_sealed_and_stands_in_no_notice(clinic: Clinic):
    done(clinic.transfer())
    (handed,) = clinic.bodies("HandedOver")
    assert (handed.receiver.data, handed.receiver.key) == ("Dr Elsewhere", "c1")
    assert handed.accepted_at == t("1 09:00")
    assert not any("Elsewhere" in notice.text for notice, _ in clinic.store.notices())


# --- heirs -----------------------------------------------------------------------------------------------------------


def test_each_pending_result_and_each_open_critical_reminder_has_an_heir(clinic: Clinic):
    resistant(clinic)
    clinic.partner("", report_no="V2", method="rna_sequencing", result="", status="preliminary")
    done(clinic.transfer())
    (handed,) = clinic.bodies("HandedOver")
    assert {(each.kind, each.name, each.heir) for each in handed.taken} == {
        ("result", "rar_partner", "manager"),
        ("reminder", "R1", "consultant"),
        ("reminder", "R2", "receiver"),
    }


def test_heirs_that_are_roles_are_told_once_each_and_without_any_fact(clinic: Clinic):
    resistant(clinic)
    clinic.partner("", report_no="V2", method="rna_sequencing", result="", status="preliminary")
    done(clinic.transfer())
    told = {notice.role: notice for notice in clinic.notices("hand_over")}
    assert set(told) == {"consultant", "manager"}
    assert "R1" in told["consultant"].text
    assert "1 pending result" in told["manager"].text
    assert told["consultant"].severity == 0
    assert not any(word in told["consultant"].text for word in ("ZBTB16", "tretinoin", "90"))


def test_facts_go_along_as_they_were_shown_with_their_instants(clinic: Clinic):
    done(clinic.transfer())
    clinic.at("1 10:00").fibrinogen("240", "1 09:50")
    (handed,) = clinic.bodies("HandedOver")
    facts = {each.fact: each for each in handed.facts}
    assert "90" in facts["fibrinogen"].shown
    assert facts["fibrinogen"].at == t("1 08:40")
    assert list(facts) == ["fibrinogen", "tretinoin", "class"]
    assert clinic.engine.picture("c1").handed.exit == "exit.transfer"


def test_what_an_exit_withdrew_stays_on_the_case_as_it_was(clinic: Clinic):
    before = clinic.case().open[("R2", "")]
    done(clinic.transfer())
    assert clinic.case().left[("R2", "")] == before
    assert clinic.case().open == {}


def test_after_death_what_was_pending_is_listed_and_nobody_inherits(clinic: Clinic):
    done(clinic.die("1 08:50"))
    (handed,) = clinic.bodies("HandedOver")
    assert {each.heir for each in handed.taken} == {""}
    assert ("result", "rar_partner") in {(each.kind, each.name) for each in handed.taken}
    assert clinic.notices("hand_over") == []


# --- late results ----------------------------------------------------------------------------------------------------


def test_a_late_result_on_an_exited_case_rings_and_climbs_its_ladder(clinic: Clinic):
    done(clinic.transfer())
    assert clinic.store.head("c1").next_look is None
    clinic.at("2 09:00").partner("ZBTB16")
    assert clinic.open() == {"R3"}
    assert [each.role for each in clinic.notices("rung")][-1] == "physician"
    head = clinic.store.head("c1")
    assert (head.closed, head.next_look) == (True, t("2 13:00"))
    clinic.tick("2 13:00")
    assert "manager" in {each.role for each in clinic.notices("rung")}


def test_what_lives_on_after_an_exit_can_be_acknowledged_and_answered(clinic: Clinic):
    done(clinic.transfer())
    clinic.at("2 09:00").partner("ZBTB16")
    assert refused(clinic.do(Acknowledge, PHYSICIAN, reminder="R2")) == "closed"
    done(clinic.do(Decide, PHYSICIAN, reminder="R3", choice="told", reason="read back by Dr Elsewhere"))
    assert clinic.open() == set()
    assert clinic.store.head("c1").next_look is None
    assert clinic.store.due_cases(t("9 09:00"), 10) == []


def test_the_unsent_rungs_of_a_closed_case_are_not_withdrawn_by_its_next_result(clinic: Clinic):
    done(clinic.transfer())
    clinic.at("2 09:00").partner("ZBTB16")
    clinic.at("2 09:01").fibrinogen("240", "2 08:00")
    assert [state for notice, state in clinic.store.notices("c1") if notice.text.count("R3")] == ["waiting"]


def test_the_sweep_finds_a_closed_case_while_something_on_it_lives_on(clinic: Clinic):
    done(clinic.transfer())
    assert clinic.store.unlooked_cases(t("9 09:00"), 10) == []
    clinic.at("2 09:00").partner("ZBTB16")
    assert clinic.store.unlooked_cases(t("9 09:00"), 10) == ["c1"]


def test_after_the_exits_that_a_reminder_names_nothing_rings(clinic: Clinic):
    done(clinic.do(Transition, PHYSICIAN, transition="C29", second="a nurse", linked="c9"))
    clinic.at("2 09:00").partner("ZBTB16")
    assert clinic.open() == set()


def test_after_a_death_nothing_rings_and_no_unsent_notice_is_left(clinic: Clinic):
    clinic.tick("1 13:00")
    assert clinic.notices("rung")
    done(clinic.die("1 08:50"))
    clinic.at("2 09:00").partner("ZBTB16")
    clinic.tick("5 09:00")
    assert clinic.open() == set()
    assert {notice.kind for notice, state in clinic.store.notices("c1") if state == "waiting"} == {"stand_down"}


# --- a death that was none -------------------------------------------------------------------------------------------


def test_a_reported_death_can_be_taken_back(clinic: Clinic):
    position = done(clinic.do(RecordDeath, NURSE, died_at=t("1 08:50")))
    assert clinic.case().died_at == t("1 08:50")
    done(clinic.do(Retract, LABORATORY, target=position, reason="another patient"))
    assert clinic.case().died_at is None
    assert clinic.engine.view("c1").read("death").value == "not_reported"
