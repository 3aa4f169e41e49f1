"""A rung that nobody would hear is skipped at once; a patient moved or at home belongs to those who are there."""

import re
from typing import Any

import pytest

from pathway.case.commands import RecordFinding
from pathway.case.envelope import By
from pathway.engine.ports import Notice
from pathway.site.duty.commands import AcceptDuty, AnswerTest, KeepRoster, NameDayUnit
from pathway.site.duty.events import DutyOffered
from pathway.site.streams import DUTY, decode
from tests.case.ward import CASE, Ward, by, t

ADMIN = By("admin", "administrator")


def site(ward: Ward, kind: Any, who: By = ADMIN, /, **fields: Any) -> None:
    """A command about duty, accepted."""
    number = len(list(ward.store.stream(DUTY)))
    assert ward.engine.handle(kind(id=f"duty-{number}-{ward.clock.now()}", by=who, **fields)).status == "accepted"


def keep(ward: Ward, *roles: str, on: str = "H1") -> None:
    """Keep rosters, in the order in which help is called."""
    for role in roles:
        site(ward, KeepRoster, role=role, ward=on)


def begin(ward: Ward, role: str, until: str, on: str = "H1") -> None:
    """Somebody of a role is on duty."""
    who = By(f"{role}.a", role)
    site(ward, AcceptDuty, who, role=role, ward=on, until=t(until))
    offer = next(
        body
        for body in (decode(each.canonical).body for each in reversed(list(ward.store.stream(DUTY))))
        if isinstance(body, DutyOffered)
    )
    site(ward, AnswerTest, who, number=offer.test)


def notices(ward: Ward, kind: str, says: str = r"\bM3\b") -> list[Notice]:
    """The notices of the case of a kind that speak of a reminder, in their order."""
    return [each for each, _ in ward.store.notices(CASE) if each.kind == kind and re.search(says, each.text)]


def resistant(ward: Ward) -> None:
    """The stop of the drug is due now."""
    ward.partner("ZBTB16")


@pytest.fixture
def ward() -> Ward:
    """A patient on the drug, in whom a resistant variant is confirmed as soon as `resistant` says so."""
    made = Ward(exposure="started")
    made.pml_negative()
    return made


def test_without_rosters_a_rung_rings_as_it_always_did(ward: Ward):
    resistant(ward)
    assert {each.role for each in notices(ward, "rung")} == {"haematologist", "charge_nurse", "pharmacist"}
    assert notices(ward, "empty_roster") == []


def test_an_empty_rung_tells_the_next_one_at_once_and_the_administrator(ward: Ward):
    keep(ward, "haematologist", "charge_nurse", "physician")
    begin(ward, "charge_nurse", "2 09:00")
    begin(ward, "physician", "2 09:00")
    resistant(ward)
    skipped = [each for each in notices(ward, "rung") if "rung skipped" in each.text]
    assert [(each.role, each.severity, each.channel) for each in skipped] == [("physician", 0, "page")]
    assert "nobody on duty as haematologist" in skipped[0].text
    alarms = notices(ward, "empty_roster")
    assert [(each.role, each.severity) for each in alarms] == [("administrator", 0)]
    # The rung itself stands on the record as ever, and whoever comes on duty finds its notice.
    assert "haematologist" in {each.role for each in notices(ward, "rung")}
    assert ward.rang("M3")[0] == (t("1 09:00"), ("haematologist", "charge_nurse", "pharmacist"))


def test_rungs_that_are_empty_too_are_passed_over(ward: Ward):
    keep(ward, "haematologist", "charge_nurse", "physician", "consultant")
    begin(ward, "charge_nurse", "2 09:00")
    begin(ward, "consultant", "2 09:00")
    resistant(ward)
    assert [each.role for each in notices(ward, "rung") if "rung skipped" in each.text] == ["consultant"]


def test_the_ladder_goes_on_at_its_own_times_behind_a_skipped_rung(ward: Ward):
    keep(ward, "haematologist")
    resistant(ward)
    before = len(notices(ward, "rung"))
    ward.look("1 09:31")
    later = notices(ward, "rung")[before:]
    assert ("physician", "rung skipped" in later[-1].text) == (later[-1].role, False)
    assert (t("1 09:30"), ("physician",)) in ward.rang("M3")


def test_a_duty_that_ends_before_the_rung_makes_it_an_empty_one(ward: Ward):
    keep(ward, "physician")
    begin(ward, "physician", "1 09:30")
    resistant(ward)
    assert notices(ward, "empty_roster") == []
    ward.look("1 09:30")
    assert [each.role for each in notices(ward, "rung") if "rung skipped" in each.text] == ["consultant"]
    assert [each.text.split(":")[0] for each in notices(ward, "empty_roster")] == [
        "CRITICAL, M3, nobody on duty as physician"
    ]


def test_a_skipped_rung_is_withdrawn_with_its_reminder(ward: Ward):
    keep(ward, "haematologist", "physician")
    begin(ward, "physician", "2 09:00")
    resistant(ward)
    assert ward.stop().status == "accepted"
    states = [state for each, state in ward.store.notices(CASE) if "rung skipped" in each.text]
    assert states == ["withdrawn"]


def test_several_who_are_missing_are_one_word_to_the_administrator(ward: Ward):
    keep(ward, "haematologist", "charge_nurse", "pharmacist")
    resistant(ward)
    (alarm,) = notices(ward, "empty_roster")
    assert alarm.text.startswith("CRITICAL, M3, nobody on duty as haematologist, charge_nurse, pharmacist")


def test_one_who_is_told_anyhow_is_told_once(ward: Ward):
    keep(ward, "pharmacist", "charge_nurse", "physician")
    begin(ward, "charge_nurse", "2 09:00")
    resistant(ward)
    keys = [(each.role, each.key) for each in notices(ward, "rung")]
    assert len(keys) == len(set(keys))
    assert [role for role, _ in keys].count("charge_nurse") == 1


# --- moved and at home -----------------------------------------------------------------------------------------------


def test_the_nurse_in_charge_who_receives_a_patient_gets_one_list(ward: Ward):
    resistant(ward)
    ward.at("1 09:10").bed("ICU", "1")
    (told,) = notices(ward, "hand_over", "moved to you")
    assert (told.role, told.ward, told.severity, told.channel) == ("charge_nurse", "ICU", 0, "page")
    assert "critical M3 drug" in told.text
    assert "open, first" in told.text


def test_another_bed_on_the_same_ward_tells_nobody(ward: Ward):
    ward.at("1 09:10").bed("H1", "9")
    assert notices(ward, "hand_over", "moved to you") == []


def test_after_a_move_the_rosters_of_the_new_ward_are_asked(ward: Ward):
    keep(ward, "physician", on="ICU")
    begin(ward, "physician", "1 09:20", on="ICU")
    resistant(ward)
    ward.at("1 09:10").bed("ICU", "1")
    ward.look("1 09:30")
    assert [each.role for each in notices(ward, "rung") if "rung skipped" in each.text] == ["consultant"]


def at_home(ward: Ward) -> None:
    """The patient is at home."""
    ward.do(RecordFinding, by("charge_nurse"), finding="whereabouts", value="home_day_unit")


def test_the_reminders_of_a_patient_at_home_go_to_the_day_unit_and_its_roster(ward: Ward):
    site(ward, NameDayUnit, ward="*", day_unit="Day unit")
    keep(ward, "haematologist", on="Day unit")
    at_home(ward)
    resistant(ward)
    rung = notices(ward, "rung")
    assert {each.ward for each in rung} == {"Day unit"}
    assert "ward Day unit" in rung[0].text
    assert "physician" in {each.role for each in rung if "rung skipped" in each.text}
    ward.finding("whereabouts", "in_hospital")
    ward.look("1 09:31")
    assert notices(ward, "rung")[-1].ward == "H1"


def test_where_the_site_names_no_day_unit_they_stay_with_the_ward(ward: Ward):
    at_home(ward)
    resistant(ward)
    assert {each.ward for each in notices(ward, "rung")} == {"H1"}
