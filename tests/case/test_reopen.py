"""Reopening: a mistaken exit is taken back, and what it ended comes back as it was."""

import pytest

from tests.case.clinic import CONSULTANT, MANAGER, PHYSICIAN, Clinic, done, refused, t


@pytest.fixture
def clinic() -> Clinic:
    """A patient on the drug with a resistant variant, a low value, and a recheck to come."""
    found = Clinic()
    done(found.enrol())
    found.drug("dose", "1 08:30")
    found.fibrinogen("90", "1 08:40")
    found.partner("ZBTB16")
    assert found.open() == {"R1", "R2"}
    return found


def test_a_case_goes_on_from_the_phase_before_with_every_obligation_as_it_was(clinic: Clinic):
    before = clinic.case().open
    done(clinic.at("1 09:30").transfer())
    done(clinic.at("1 10:00").reopen())
    assert clinic.leaf() == "open"
    after = clinic.case().open
    assert set(after) == set(before)
    for key, held in before.items():
        now = after[key]
        assert (now.due_at, now.anchor, now.level, now.ordinal, now.opened_at) == (
            held.due_at,
            held.anchor,
            held.level,
            held.ordinal,
            held.opened_at,
        )


def test_what_was_due_meanwhile_rings_at_once_and_says_that_it_is_late(clinic: Clinic):
    done(clinic.transfer())
    done(clinic.at("2 09:00").reopen())
    rung = [notice for notice in clinic.notices("rung") if notice.created_at == t("2 09:00")]
    assert {notice.text.split()[1] for notice in rung} == {"R1", "R2"}
    assert all(notice.late for notice in rung)
    assert {"nurse", "physician", "consultant"} <= {notice.role for notice in rung}


def test_what_is_not_due_yet_comes_back_without_a_sound(clinic: Clinic):
    done(clinic.transfer())
    done(clinic.at("1 09:10").reopen())
    assert not clinic.case().open[("R2", "")].late
    assert not any("R2" in notice.text for notice in clinic.notices("rung"))


def test_what_was_met_while_the_case_was_closed_does_not_come_back(clinic: Clinic):
    done(clinic.transfer())
    clinic.at("1 12:00").fibrinogen("240", "1 11:50")
    clinic.drug("never")
    done(clinic.at("1 13:00").reopen())
    assert clinic.open() == {"R2"}
    held = clinic.case().open[("R2", "")]
    assert (held.ordinal, held.anchor) == (2, t("1 11:50"))
    assert not any(each.since for each in clinic.bodies("ReminderOpened"))


def test_a_death_that_the_mistaken_exit_recorded_is_taken_back(clinic: Clinic):
    done(clinic.die("1 08:50"))
    done(clinic.at("1 10:00").reopen())
    assert clinic.case().died_at is None
    assert clinic.engine.view("c1").read("death").value == "not_reported"
    assert "R1" in clinic.open()


def test_the_record_is_sound_after_an_exit_and_after_it_was_taken_back(clinic: Clinic):
    done(clinic.transfer())
    assert clinic.wrong() == ()
    done(clinic.at("1 15:00").reopen())
    assert clinic.open()
    assert clinic.wrong() == ()


def test_what_rings_on_a_case_that_has_left_is_explained():
    clinic = Clinic()
    done(clinic.enrol())
    done(clinic.transfer())
    clinic.at("1 09:40").partner("ZBTB16")
    assert clinic.open() == {"R3"}
    assert [each.name for each in clinic.engine.inquiry("c1").now()] == ["R3"]


def test_a_case_can_leave_and_come_back_twice(clinic: Clinic):
    before = clinic.case().open[("R2", "")]
    for hour in (10, 14):
        done(clinic.at(f"1 {hour}:00").transfer())
        done(clinic.at(f"1 {hour}:30").reopen())
    after = clinic.case().open[("R2", "")]
    assert (after.due_at, after.ordinal, after.opened_at) == (before.due_at, before.ordinal, before.opened_at)
    assert clinic.engine.verify("c1") == []


def test_the_rows_of_the_boards_come_back_too(clinic: Clinic):
    before = {(row.reminder, row.ordinal, row.due_at) for row in clinic.store.reminders("c1")}
    done(clinic.transfer())
    assert clinic.store.reminders("c1") == []
    done(clinic.at("1 10:00").reopen())
    assert {(row.reminder, row.ordinal, row.due_at) for row in clinic.store.reminders("c1")} == before
    assert not clinic.store.head("c1").closed


@pytest.mark.parametrize(
    "left_by, who, fields, code",
    [
        ("", CONSULTANT, {}, "not_closed"),
        ("transfer", PHYSICIAN, {}, "role"),
        ("transfer", MANAGER, {}, "role"),
        ("death", MANAGER, {}, ""),
        ("transfer", CONSULTANT, {"identifiers": {"number": "0001"}}, "identifiers"),
        ("transfer", CONSULTANT, {"reason": " "}, "reason_needed"),
        ("transfer", CONSULTANT, {"seen_version": 1}, "seen_version"),
        ("transfer", CONSULTANT, {}, ""),
    ],
)
def test_each_exit_is_taken_back_by_its_roles_with_identifiers_and_a_reason(clinic: Clinic, left_by, who, fields, code):
    match left_by:
        case "transfer":
            done(clinic.transfer())
        case "death":
            done(clinic.die("1 08:50"))
    assert refused(clinic.reopen(who, **fields)) == code


def test_no_second_open_case_of_a_person_is_made_by_reopening(clinic: Clinic):
    done(clinic.transfer())
    done(clinic.enrol("c2"))
    answer = clinic.reopen()
    assert (refused(answer), answer.refusal.reasons) == ("open_case", ("c2",))
