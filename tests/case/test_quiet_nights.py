"""A quiet rung waits for the morning; what waited is one notice for each inbox, a line for each need. 4.3, H39."""

import pytest

from pathway.clinical.instant import iso
from pathway.engine.ports import Notice
from tests.case.ward import CASE, Ward, t


@pytest.fixture
def night() -> Ward:
    """Enrolled at 23:30, so that the work-up nobody ordered is due at 23:30 of the second day."""
    ward = Ward(enrolled=False).at("1 23:30")
    ward.enrol(presented_at=t("1 23:00"))
    ward.therapy("never")
    return ward.look("2 23:00")


def inbox(ward: Ward, role: str, since: str) -> list[Notice]:
    """What an inbox was told from a time on."""
    found = [each for each, _ in ward.store.notices(CASE) if each.role == role and each.channel == "inbox"]
    return [each for each in found if each.created_at >= t(since)]


def test_a_quiet_reminder_is_silent_through_the_night_and_one_word_in_the_morning(night):
    for hour in ("2 23:30", "3 00:30", "3 03:00", "3 05:59"):
        night.look(hour)
    assert not any("M5" in each.text for each in inbox(night, "physician", "2 23:00"))
    night.look("3 06:00")
    (morning,) = inbox(night, "physician", "3 06:00")
    assert {subject for reminder, subject, _ in morning.reminders if reminder == "M5"} > {"rar_fish", "rar_rt_pcr"}
    assert morning.text.count("M5 ") == 1


def test_several_needs_of_one_instant_are_one_notice_with_a_line_each():
    ward = Ward(enrolled=False).at("1 23:30")
    ward.enrol(presented_at=t("1 23:00"))
    ward.therapy("never")
    ward.look("2 23:30")
    (both,) = [each for each in inbox(ward, "physician", "2 23:30") if not each.late]
    assert ("M37 sample" in both.text, "; " in both.text) == (True, True)
    assert {reminder for reminder, _, _ in both.reminders} == {"M37", "M4"}


def test_a_joined_notice_is_withdrawn_only_with_its_last_need(night):
    night.look("2 23:30").look("3 06:00")
    (morning,) = inbox(night, "physician", "3 06:00")
    assert len(morning.reminders) > 1
    night.karyotype("46,XX", status="final")
    assert (night.closed("M5", "rar_karyotype"), night.is_open("M5", "rar_fish")) == (["done"], True)
    states = {each.key: state for each, state in night.store.notices(CASE)}
    assert states[morning.key] == "waiting"


def test_pages_are_never_joined(night):
    night.look("3 09:00")
    pages = [each for each, _ in night.store.notices(CASE) if each.channel == "page"]
    assert pages
    assert not any("; " in each.text for each in pages), [iso(each.created_at) for each in pages]


def test_a_notice_names_the_day_of_a_due_time_that_lies_on_another_one():
    ward = Ward().at("1 09:30")
    ward.panel("1 09:10")
    for hour in ("1 15:10", "1 18:10", "2 03:10"):
        ward.look(hour)
    told = [each for each, _ in ward.store.notices(CASE) if each.kind == "rung" and "M1 blood" in each.text]
    same = [each.text for each in told if t("1 15:10") <= each.created_at < t("2 00:00")]
    next_day = [each.text for each in told if each.created_at >= t("2 00:00")]
    assert all("due 15:10" in each for each in same)
    assert all("due 01-Mar 15:10" in each for each in next_day)
    assert (bool(same), bool(next_day)) == (True, True)
