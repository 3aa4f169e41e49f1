"""Acting in the inbox: every button is the command it says, once, through the door, and a refusal is told in full."""

import re

from pathway.case.commands import TakeOver
from pathway.case.envelope import By
from tests.ward.web.conftest import OWN_FORM, words
from tests.ward.web.inbox.conftest import HOUR, MIN, PLATELETS, Ward, fields, need, press

RECHECK = "Recheck: fibrinogen, platelets"
LOW = "Act on the low value: platelets"


def test_acknowledging_pauses_both_reminders_of_a_line_and_closes_neither(ward: Ward):
    nurse = ward.browser("nurse.anna", "nurse")
    assert press(nurse, "Acknowledge", RECHECK).status_code == 303
    assert ward.types().count("ReminderAcknowledged") == 2
    assert len(ward.house.engine.picture("c1").reminders) > 2
    line = words(need(nurse.get("/inbox").text, RECHECK))
    assert "Acknowledged" in line
    assert "acknowledged by you (nurse) until 05:00, not done; expires then" in line


def test_an_acknowledgement_expires_and_the_need_is_fired_again(ward: Ward):
    nurse = ward.browser("nurse.anna", "nurse")
    press(nurse, "Acknowledge", RECHECK)
    ward.later(HOUR + MIN)
    nurse = ward.browser("nurse.anna", "nurse")
    line = words(need(nurse.get("/inbox").text, RECHECK))
    assert "acknowledged by" not in line
    assert "Fired" in line
    assert press(nurse, "Acknowledge", RECHECK).status_code == 303
    assert ward.types().count("ReminderAcknowledged") == 4


def test_a_form_that_is_sent_twice_writes_once(ward: Ward):
    nurse = ward.browser("nurse.anna", "nurse")
    form = {**fields(need(nurse.get("/inbox").text, RECHECK)), "act": "Acknowledge"}
    assert [nurse.post("/inbox/act", data=form, headers=OWN_FORM).status_code for _ in range(2)] == [303, 303]
    assert ward.types().count("ReminderAcknowledged") == 2


def test_after_an_act_the_page_says_what_was_done_and_no_address_names_the_patient(ward: Ward):
    nurse = ward.browser("nurse.anna", "nurse")
    address = press(nurse, "Acknowledge", RECHECK).headers["location"]
    assert re.fullmatch(r"/inbox\?did=Acknowledge#line-[0-9a-f]{12}", address)
    assert "Acknowledged. It is not done" in words(nurse.get(address).text)
    assert f'id="{address.partition("#")[2]}"' in nurse.get(address).text


def test_taking_over_names_who_answers_for_it_and_handing_back_needs_a_reason(ward: Ward):
    nurse = ward.browser("nurse.anna", "nurse")
    assert press(nurse, "TakeOver", RECHECK).status_code == 303
    line = words(need(nurse.get("/inbox").text, RECHECK))
    assert "taken by you (nurse)" in line
    assert "Take it over" not in line
    refused = press(nurse, "HandBack", RECHECK)
    assert refused.status_code == 409
    assert "Not done: no reason was given" in words(refused.text)
    assert "What to do: give a reason" in words(refused.text)
    assert press(nurse, "HandBack", RECHECK, reason="going home").status_code == 303
    assert "taken by" not in words(need(nurse.get("/inbox").text, RECHECK))


def test_handing_over_to_somebody_on_duty_is_offered_accepted_and_then_theirs(ward: Ward):
    ward.on_duty("nurse.ben", "nurse")
    anna, ben = ward.browser("nurse.anna", "nurse"), ward.browser("nurse.ben", "nurse")
    assert '<option value="nurse.ben, nurse">Ben, nurse (invented), on duty until' in anna.get("/inbox").text
    answer = press(anna, "HandOver", RECHECK, to="nurse.ben, nurse", reason="my shift ends")
    assert answer.status_code == 303
    theirs = words(need(ben.get("/inbox").text, RECHECK))
    assert "Offered to you" in theirs
    assert "offered to you (nurse) by nurse.anna, to be accepted by 04:30" in theirs
    assert "offered to somebody already" in words(need(anna.get("/inbox").text, RECHECK))
    assert press(ben, "AcceptHandOver", RECHECK).status_code == 303
    assert "taken by nurse.ben (nurse)" in words(need(anna.get("/inbox").text, RECHECK))
    assert ward.types().count("ReminderTaken") == 2


def test_an_offer_is_declined_with_a_reason(ward: Ward):
    ward.on_duty("nurse.ben", "nurse")
    anna, ben = ward.browser("nurse.anna", "nurse"), ward.browser("nurse.ben", "nurse")
    press(anna, "HandOver", RECHECK, to="nurse.ben", reason="my shift ends")
    assert press(ben, "DeclineHandOver", RECHECK).status_code == 409
    assert press(ben, "DeclineHandOver", RECHECK, reason="mine too").status_code == 303
    assert "offered" not in words(need(anna.get("/inbox").text, RECHECK))


def test_an_offer_in_another_role_says_which_role_accepts_it(ward: Ward):
    ward.on_duty("charge.dora", "charge_nurse")
    anna = ward.browser("nurse.anna", "nurse")
    press(anna, "HandOver", RECHECK, to="charge.dora, charge nurse", reason="my shift ends")
    as_nurse = need(ward.browser("charge.dora", "nurse").get("/inbox").text, RECHECK)
    assert "To accept it change your role to charge nurse" in words(as_nurse)
    assert "AcceptHandOver" not in as_nurse
    assert press(ward.browser("charge.dora", "charge_nurse"), "AcceptHandOver", RECHECK).status_code == 303


def test_nobody_who_is_not_on_duty_is_handed_anything_where_duty_is_known(ward: Ward):
    ward.on_duty("nurse.ben", "nurse")
    anna = ward.browser("nurse.anna", "nurse")
    refused = press(anna, "HandOver", RECHECK, to="nurse.cleo", reason="my shift ends")
    assert refused.status_code == 409
    assert "nobody of that name is on duty here" in words(refused.text)
    assert "ReminderOffered" not in ward.types()


def test_where_no_duty_is_known_whoever_has_a_role_there_may_be_named(ward: Ward):
    anna = ward.browser("nurse.anna", "nurse")
    assert "Ben, nurse (invented), no duty known" in anna.get("/inbox").text
    assert press(anna, "HandOver", RECHECK, to="nurse.ben", reason="my shift ends").status_code == 303


def test_what_was_typed_into_a_refused_form_is_still_there(ward: Ward):
    ward.on_duty("nurse.ben", "nurse")
    anna = ward.browser("nurse.anna", "nurse")
    refused = press(anna, "HandOver", RECHECK, to="who?", reason="<b>my shift</b> ends")
    line = need(refused.text, RECHECK)
    assert "&lt;b&gt;my shift&lt;/b&gt; ends</textarea>" in line
    assert 'value="who?"' in line
    assert re.search(r'<details class="more" data-of="more-line-[0-9a-f]+" open>', line)


def test_whoever_goes_back_to_a_page_whose_form_was_refused_may_send_it_with_other_words(ward: Ward):
    nurse = ward.browser("nurse.anna", "nurse")
    form = {**fields(need(nurse.get("/inbox").text, RECHECK)), "act": "ReportRule"}
    assert nurse.post("/inbox/act", data=form, headers=OWN_FORM).status_code == 409
    assert nurse.post("/inbox/act", data=form | {"reason": "no vein"}, headers=OWN_FORM).status_code == 303
    assert ward.types().count("RuleReported") == 2


def test_a_recheck_that_is_in_order_is_put_off_once_to_the_time_on_the_button(ward: Ward):
    ward.fine_values()
    nurse = ward.browser("nurse.anna", "nurse")
    line = need(nurse.get("/inbox").text, RECHECK)
    until = re.search(r"Put off to ([^<]+)<", line)
    assert until
    assert press(nurse, "snoozed", RECHECK).status_code == 409
    assert press(nurse, "snoozed", RECHECK, reason="round at eight").status_code == 303
    assert ward.types().count("ReminderSnoozed") == 2
    page = nurse.get("/inbox").text
    assert '<li class="line ' not in page
    assert f"by {until[1]}" in words(page)


def test_what_cannot_be_put_off_says_why_and_has_no_button(ward: Ward):
    unknown = need(ward.browser("nurse.anna", "nurse").get("/inbox").text, RECHECK)
    assert 'value="snoozed"' not in unknown
    assert "Put off: it cannot be put off now" in words(unknown)
    ward.low_platelets()
    low = need(ward.browser("nurse.anna", "nurse").get("/inbox").text, LOW)
    assert 'value="snoozed"' not in low
    assert "Put off: its rule lets nobody put it off" in words(low)


def test_a_wrong_rule_is_reported_and_rings_on(ward: Ward):
    nurse = ward.browser("nurse.anna", "nurse")
    assert press(nurse, "ReportRule", RECHECK, reason="no vein to be found").status_code == 303
    assert "RuleReported" in ward.types()
    assert "Fired" in words(need(nurse.get("/inbox").text, RECHECK))


def test_a_line_that_has_ended_meanwhile_is_not_acted_on_anew(ward: Ward):
    nurse = ward.browser("nurse.anna", "nurse")
    form = {**fields(need(nurse.get("/inbox").text, RECHECK)), "act": "Acknowledge"}
    ward.result(PLATELETS, "90", "10*9/L")
    refused = nurse.post("/inbox/act", data=form, headers=OWN_FORM)
    assert refused.status_code == 409
    assert "this need is not open any more" in words(refused.text)
    assert "ReminderAcknowledged" not in ward.types()


def test_a_form_that_no_page_made_is_told_so(ward: Ward):
    nurse = ward.browser("nurse.anna", "nurse")
    form = {**fields(need(nurse.get("/inbox").text, RECHECK)), "act": "Acknowledge"}
    for wrong in ({"act": "Retract"}, {"need": "{"}, {"need": '{"case":"c1","position":1,"reminders":[]}'}):
        answer = nurse.post("/inbox/act", data=form | wrong, headers=OWN_FORM)
        assert answer.status_code == 400
        assert "What to do:" in words(answer.text)
    assert nurse.post("/inbox/act", data=form | {"csrf": "0" * 32}, headers=OWN_FORM).status_code == 403
    assert "ReminderAcknowledged" not in ward.types()


def test_nobody_acts_on_a_patient_of_another_ward(ward: Ward):
    nurse = ward.browser("nurse.anna", "nurse")
    form = fields(need(nurse.get("/inbox").text, RECHECK))
    theirs = form["need"].replace('"c1"', '"c2"')
    answer = nurse.post("/inbox/act", data=form | {"need": theirs, "act": "TakeOver"}, headers=OWN_FORM)
    assert answer.status_code == 409
    assert "nurse.anna may not TakeOver as nurse on ward S1" in words(answer.text)
    assert "ReminderTaken" not in ward.types("c2")


def test_two_people_on_one_need_the_later_one_is_told(ward: Ward):
    ward.on_duty("nurse.ben", "nurse")
    anna, ben = ward.browser("nurse.anna", "nurse"), ward.browser("nurse.ben", "nurse")
    form = fields(need(ben.get("/inbox").text, RECHECK))
    press(anna, "HandOver", RECHECK, to="nurse.ben", reason="my shift ends")
    late = {**form, "act": "HandOver", "to": "nurse.anna", "reason": "yours"}
    refused = ben.post("/inbox/act", data=late, headers=OWN_FORM)
    assert refused.status_code == 409


def test_the_command_says_who_and_in_which_role_whatever_the_form_says(ward: Ward):
    nurse = ward.browser("nurse.anna", "nurse")
    form = fields(need(nurse.get("/inbox").text, RECHECK))
    nurse.post("/inbox/act", data=form | {"act": "TakeOver", "by": "admin", "role": "consultant"}, headers=OWN_FORM)
    event = ward.house.engine.timeline("c1")[-1]
    assert (event.by.actor, event.by.role, event.by.authenticated) == ("nurse.anna", "nurse", "demonstration")


def test_another_persons_act_is_seen_by_name(ward: Ward):
    held = [each for each in ward.house.engine.picture("c1").reminders if each.reminder == "M1"]
    for number, each in enumerate(held):
        by = By("nurse.ben", "nurse")
        command = TakeOver(id=f"t-{number}", case="c1", by=by, reminder="M1", subject=each.subject)
        assert ward.house.engine.handle(command).status == "accepted"
    line = words(need(ward.browser("nurse.anna", "nurse").get("/inbox").text, RECHECK))
    assert "taken by nurse.ben (nurse)" in line
    assert "Take it over" in line
