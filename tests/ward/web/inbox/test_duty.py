"""Duty in the browser: taken, answered for, left, and handed to a substitute."""

from pathway.site.duty.decide import drawn
from tests.ward.web.conftest import words
from tests.ward.web.inbox.conftest import Ward, post

DUTY = "/inbox/duty"


def waiting(ward: Ward) -> int:
    """The number in the test notice that waits."""
    return next(each.test for each in ward.house.engine.sites.duty().stints.values() if each.begun_at is None)


def test_duty_is_taken_by_accepting_it_and_answering_the_number_of_the_notice(ward: Ward):
    nurse = ward.browser("nurse.anna", "nurse")
    assert "Off duty." in words(nurse.get(DUTY).text)
    assert post(nurse, DUTY, act="AcceptDuty", ward="H1", until="14:00").headers["location"] == f"{DUTY}?did=AcceptDuty"
    page = nurse.get(DUTY).text
    assert "Not on duty yet as nurse on H1 until 14:00" in words(page)
    assert str(waiting(ward)) not in page
    assert post(nurse, DUTY, act="AnswerTest", number=str(waiting(ward))).status_code == 303
    assert "On duty as nurse on H1 until 14:00" in words(nurse.get(DUTY).text)
    assert "nurse.anna until 14:00" in words(nurse.get(DUTY).text)
    assert "You are on duty as nurse on H1 until 05-Mar-2026 14:00." in words(nurse.get("/inbox").text)


def test_a_wrong_number_is_refused_with_what_to_do(ward: Ward):
    nurse = ward.browser("nurse.anna", "nurse")
    post(nurse, DUTY, act="AcceptDuty", ward="H1", until="14:00")
    answer = post(nurse, DUTY, act="AnswerTest", number="1")
    assert answer.status_code == 409
    assert "no test of this number waits for your answer" in words(answer.text)
    unread = post(nurse, DUTY, act="AnswerTest", number="six")
    assert unread.status_code == 400
    assert "the number of the test cannot be read" in words(unread.text)


def test_a_time_that_cannot_be_read_is_told_and_without_one_and_without_a_plan_it_is_refused(ward: Ward):
    nurse = ward.browser("nurse.anna", "nurse")
    assert "cannot be read" in words(post(nurse, DUTY, act="AcceptDuty", ward="H1", until="25:99").text)
    answer = post(nurse, DUTY, act="AcceptDuty", ward="H1")
    assert answer.status_code == 409
    assert "until when" in words(answer.text)


def test_duty_is_left_at_once_or_to_a_substitute_once_they_have_answered(ward: Ward):
    ward.on_duty("nurse.anna", "nurse")
    nurse = ward.browser("nurse.anna", "nurse")
    assert post(nurse, DUTY, act="LeaveDuty", ward="H1", to="nurse.ben").status_code == 303
    assert "On duty as nurse on H1" in words(nurse.get(DUTY).text)
    ben = ward.browser("nurse.ben", "nurse")
    assert post(ben, DUTY, act="AnswerTest", number=str(waiting(ward))).status_code == 303
    assert "Off duty." in words(nurse.get(DUTY).text)
    assert post(ben, DUTY, act="LeaveDuty", ward="H1").status_code == 303
    assert "Off duty." in words(ben.get(DUTY).text)


def test_a_form_of_duty_that_is_sent_twice_asks_once(ward: Ward):
    nurse = ward.browser("nurse.anna", "nurse")
    form = {"act": "AcceptDuty", "ward": "H1", "until": "14:00", "once": "one page"}
    assert [post(nurse, DUTY, **form).status_code for _ in range(2)] == [303, 303]
    assert len(ward.house.engine.sites.duty().stints) == 1


def test_nobody_takes_duty_on_a_ward_on_which_they_have_no_role(ward: Ward):
    nurse = ward.browser("nurse.anna", "nurse")
    answer = post(nurse, DUTY, act="AcceptDuty", ward="S1", until="14:00")
    assert answer.status_code == 409
    assert "nurse.anna may not AcceptDuty as nurse on ward S1" in words(answer.text)
    assert not ward.house.engine.sites.duty().stints


def test_a_role_without_duty_sees_why_it_has_no_forms(ward: Ward):
    page = ward.browser("auditor", "auditor", "*").get(DUTY)
    assert page.status_code == 200
    assert "Taking duty is not for this role." in words(page.text)
    assert 'value="AcceptDuty"' not in page.text


def test_the_number_of_a_test_is_on_no_page(ward: Ward):
    nurse = ward.browser("nurse.anna", "nurse")
    accept = "known"
    assert post(nurse, DUTY, act="AcceptDuty", ward="H1", until="14:00").status_code == 303
    assert str(waiting(ward)) not in nurse.get("/inbox").text
    assert drawn(accept, 0) != waiting(ward)
