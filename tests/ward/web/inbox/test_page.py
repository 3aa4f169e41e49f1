"""The inbox as a page: what rings for a role and a person, the gravest first, and what ended and by what."""

import re

import pytest
from starlette.datastructures import QueryParams

from pathway.case.commands import RecordResult
from pathway.case.envelope import By
from pathway.site.commands import SettleQuarantined
from tests.ward.web.conftest import words
from tests.ward.web.inbox.conftest import HOUR, MIN, PLATELETS, Ward, need, press
from ward.web.inbox.view import View, view_of

RECHECK = "Recheck: fibrinogen, platelets"
VALUE = "Platelets 90"
LOW = "Act on the low value: platelets"


def test_a_need_that_rings_for_a_nurse_is_in_the_nurses_inbox_with_since_when(ward: Ward):
    line = words(need(ward.browser("nurse.anna", "nurse").get("/inbox").text, RECHECK))
    assert "Overdue at once; open since 03:00 (1 h)" in line
    assert "Fired 03:00 (1 h ago)." in line


def test_nothing_of_another_ward_is_shown(ward: Ward):
    page = ward.browser("nurse.anna", "nurse").get("/inbox").text
    assert "Name c1" in page or "NAME c1" in page.upper().replace("NAME C1", "NAME c1")
    assert "c2" not in words(page)


def test_a_role_that_was_not_told_sees_no_line_and_how_many_patients_there_are(ward: Ward):
    page = words(ward.browser("consultant.ida", "consultant", "*").get("/inbox?role=nurse_of_nowhere").text)
    assert RECHECK not in page
    assert "0 needs of 0 patients" in page
    assert "2 patients have nothing here" in page


def test_the_inbox_of_every_role_shows_what_rings_for_anybody(ward: Ward):
    kim = ward.browser("pharmacist.kim", "pharmacist")
    page = kim.get("/inbox?role=all").text
    assert RECHECK in words(need(page, RECHECK))
    assert "Filtered" in words(page)
    assert press(kim, "TakeOver", RECHECK, page="/inbox?role=all").status_code == 303


def test_a_critical_need_comes_first_and_says_so(ward: Ward):
    ward.low_platelets()
    page = ward.browser("nurse.anna", "nurse").get("/inbox").text
    lines = re.findall(r'<li class="line (\w+)"', page)
    assert lines[0] == "critical"
    assert words(need(page, LOW)).startswith("Critical, due")


def test_the_filters_leave_out_what_is_not_asked_for_and_say_that_they_do(ward: Ward):
    ward.low_platelets()
    ward.enrol("c3", "H1", "4")
    ward.later(MIN)
    nurse = ward.browser("nurse.anna", "nurse")
    press(nurse, "TakeOver", LOW)
    every = words(nurse.get("/inbox").text)
    assert "Filtered" not in every
    mine = nurse.get("/inbox?person=me").text
    assert LOW in words(mine)
    assert len(re.findall('<li class="line ', mine)) == 1
    assert "left out by the filter" in words(mine)
    assert "Filtered" in words(mine)
    critical = nurse.get("/inbox?show=critical").text
    assert set(re.findall(r'<li class="line (\w+)"', critical)) == {"critical"}
    free = nurse.get("/inbox?person=nobody").text
    assert LOW not in words(free).partition("Ended in")[0]


@pytest.mark.parametrize("said", ["show=x&person=y", "show=&person=&role="])
def test_a_view_that_cannot_be_read_shows_more_and_not_less(said: str):
    assert view_of(QueryParams(said)) == View()


def test_a_need_that_is_done_stays_in_sight_with_the_event_that_ended_it(ward: Ward):
    ward.result(PLATELETS, "90", "10*9/L")
    page = words(ward.browser("nurse.anna", "nurse").get("/inbox").text)
    ended = page.partition("Ended in the last 12 hours")[2]
    assert "Done 04:00 Recheck: platelets by" in ended
    assert VALUE in ended
    assert "(lab.feed)" in ended


def test_what_ended_leaves_after_twelve_hours_and_not_before(ward: Ward):
    ward.result(PLATELETS, "90", "10*9/L")
    ward.later(12 * HOUR - MIN)
    assert VALUE in words(ward.browser("nurse.anna", "nurse").get("/inbox").text).partition("Ended in the last")[2]
    ward.later(2 * MIN)
    assert VALUE not in words(ward.browser("nurse.anna", "nurse").get("/inbox").text).partition("Ended in the last")[2]


def test_what_rang_for_another_role_alone_is_not_among_what_ended(ward: Ward):
    ward.result(PLATELETS, "90", "10*9/L")
    page = words(ward.browser("pharmacist.kim", "pharmacist").get("/inbox").text)
    assert "Nothing ended." in page


def test_a_look_is_in_the_access_log_with_the_cases_that_were_shown(ward: Ward):
    ward.browser("nurse.anna", "nurse").get("/inbox")
    found = [each for each in ward.house.store.accesses(actor="nurse.anna") if each.what == "due"]
    assert [each.cases for each in found] == [("c1",)]


def test_whoever_may_not_read_what_is_due_gets_no_inbox_and_no_link_to_it(ward: Ward):
    auditor = ward.browser("auditor", "auditor", "*")
    assert auditor.get("/inbox").status_code == 403
    assert 'href="/inbox"' not in auditor.get("/account").text
    assert 'href="/inbox"' in ward.browser("nurse.anna", "nurse").get("/account").text


def test_nobody_who_has_not_signed_in_sees_anything(ward: Ward):
    browser = ward.browser("nurse.anna", "nurse")
    browser.cookies.clear()
    assert browser.get("/inbox").headers["location"] == "/sign-in?next=%2Finbox"
    assert browser.get("/inbox/duty").status_code == 303


def test_a_case_that_cannot_be_read_keeps_its_place_before_all_others(ward: Ward, monkeypatch: pytest.MonkeyPatch):
    nurse = ward.browser("nurse.anna", "nurse")
    monkeypatch.setattr(ward.house.engine, "picture", broken)
    page = nurse.get("/inbox").text
    assert "This case cannot be shown" in words(page)
    assert "look at the patient and the chart" in words(page)
    assert "secret detail" not in page


def broken(case: str) -> None:
    raise KeyError("secret detail")


def test_reports_that_wait_are_shown_to_who_may_settle_them_without_what_they_say(ward: Ward):
    command = RecordResult(
        id="lost", case="nobody", by=By("lab.feed", "laboratory"), loinc=PLATELETS, value="90", unit="10*9/L"
    )
    assert ward.house.engine.handle(command).refusal is not None
    physician = ward.browser("physician.emil", "physician")
    page = words(physician.get("/inbox").text)
    assert "Number 1 , RecordResult, since 04:00" in page
    by = By("physician.emil", "physician")
    settled = SettleQuarantined(id="settled", by=by, number=1, how="rejected", reason="a test of the feed")
    assert ward.house.engine.handle(settled).refusal is None
    assert "Number 1" not in words(physician.get("/inbox").text)


def test_text_of_a_patient_is_never_markup(ward: Ward):
    ward.enrol("c3", "H1", "4", name="<script>alert(1)</script>")
    ward.later(HOUR)
    page = ward.browser("nurse.anna", "nurse").get("/inbox").text
    assert "<script>alert" not in page
    assert "alert(1)" in page
