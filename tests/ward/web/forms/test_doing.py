"""Forms: what is offered is possible, what is checked is not written, and what is confirmed is written once."""

import re
from collections.abc import Callable
from typing import get_args

import pytest

from pathway.case.commands import AnyCommand
from pathway.case.envelope import By
from pathway.site.accounts.commands import GrantRole
from pathway.site.duty.commands import KeepRoster
from tests.ward.web.conftest import words
from tests.ward.web.forms.conftest import CASE, GONE, WHO, As, Person, last
from ward.beds import set_beds
from ward.entry import COMMANDS, hints
from ward.web.forms.named import ELSEWHERE, GROUPS, LABELS, TITLES
from ward.web.forms.shape import OWN
from ward.wiring import House

HOSTILE = '"><script>alert(1)</script>'


def test_every_command_about_a_patient_has_a_group_and_a_title():
    listed = [each for _, _, commands in GROUPS for each in commands]
    assert len(listed) == len(set(listed))
    assert {*listed, *ELSEWHERE} == {each.__name__ for each in get_args(AnyCommand)}
    assert set(TITLES) == set(listed)


def test_every_field_of_a_command_has_a_label_or_is_settled_by_what_the_form_is_about():
    settled = {"finding", "loinc", "test", "transition", "review", "position", "order", "latch", "reminder", "subject"}
    fields = {name for each in TITLES for name in hints(COMMANDS[each])}
    assert fields - set(LABELS) - OWN - settled == {"decimal_sign"}


@pytest.mark.parametrize(
    "account, role",
    [("nurse.anna", "nurse"), ("haematologist.greta", "haematologist"), ("pharmacist.kim", "pharmacist")],
)
def test_every_form_that_is_offered_opens(somebody: As, account: str, role: str):
    person = somebody(account, role)
    offers = person.offers()
    assert len(offers) > 50
    for at, said in offers:
        answer = person.browser.get(at)
        assert answer.status_code == 200, said
        assert '<form method="post"' in answer.text, said


def test_no_address_of_a_form_holds_a_word_of_the_record(doctor: Person):
    for at, _ in doctor.offers():
        assert at.startswith(f"/case/{CASE}/do/")
        assert not {"tretinoin", "M41", "fibrinogen", "bleeding"} & set(at.replace("=", "/").split("/"))


def test_a_check_says_what_would_come_and_writes_nothing(doctor: Person, house: House):
    before = last(house)
    checked = doctor.open("RecordTherapy", "Hold tretinoin").check(**WHO, reason="headache")
    assert checked.status == 200
    assert "This is written Tretinoin held, effective" in checked.said
    assert "Reminders that open" in checked.said
    assert "Tretinoin is held: daily review" in checked.said
    assert "Reason headache" in checked.said
    assert last(house) == before


def test_a_double_click_writes_once(doctor: Person, house: House):
    checked = doctor.open("RecordTherapy", "Hold tretinoin").check(**WHO, at="05-Mar-2026 01:30")
    before = last(house)
    once, twice = checked.confirm(), checked.confirm()
    assert once.status == twice.status == 303
    assert once.at == twice.at == f"/case/{CASE}/do?done={before + 1}"
    assert "Done Tretinoin held, effective 05-Mar-2026 01:30" in once.said
    acts = [
        each for each in house.engine.timeline(CASE) if each.position > before and each.command == checked.hidden["id"]
    ]
    assert [each.type for each in acts].count("TherapyRecorded") == 1


def test_a_form_that_was_sent_and_then_changed_writes_nothing_more_and_says_so(nurse: Person, house: House):
    checked = nurse.open("RecordFinding", "Bleeding").check(value="minor")
    checked.confirm()
    written = last(house)
    again = checked.confirm(value="cns")
    assert again.status == 409
    assert "Not done:" in again.said
    assert last(house) == written
    assert again.hidden["id"] != checked.hidden["id"]


def test_two_people_on_one_patient_the_later_is_told_what_changed_and_loses_nothing(
    somebody: As, doctor: Person, house: House
):
    form = doctor.open("Decide", "M41")
    somebody("nurse.anna", "nurse").open("RecordFinding", "Bleeding").check(value="significant").confirm()
    typed = {"choice": "defer", "reason": "wait for the board", "review_at": "05-Mar-2026 12:00"}
    checked = form.check(**typed)
    assert checked.status == 409
    assert "the case has changed since it was looked at" in checked.said
    assert "Recorded since you opened this form Bleeding: significant" in checked.said
    assert "wait for the board" in checked.said
    assert 'value="defer" checked' in checked.page
    assert 'value="05-Mar-2026 12:00"' in checked.page
    again = checked.check(**typed)
    assert again.status == 200
    assert again.confirm().status == 303


def test_a_form_that_went_stale_between_check_and_confirm_is_refused(somebody: As, doctor: Person, house: House):
    checked = doctor.open("Decide", "M41").check(choice="defer", reason="wait", review_at="05-Mar-2026 12:00")
    somebody("nurse.anna", "nurse").open("RecordFinding", "Bleeding").check(value="cns").confirm()
    written = last(house)
    refused = checked.confirm()
    assert refused.status == 409
    assert "Recorded since you opened this form Bleeding: cns" in refused.said
    assert last(house) == written


def test_a_fact_is_never_refused_for_what_changed_meanwhile(somebody: As, nurse: Person):
    form = nurse.open("RecordFinding", "Pregnancy")
    somebody("nurse.ben", "nurse").open("RecordFinding", "Bleeding").check(value="minor").confirm()
    checked = form.check(value="negative")
    assert "Recorded since you opened this form Bleeding: minor" in checked.said
    assert checked.confirm().status == 303


def test_a_refusal_keeps_what_was_typed_and_says_what_helps(doctor: Person, house: House):
    before = last(house)
    refused = doctor.open("Decide", "M41").check(choice="defer", review_at="05-Mar-2026 12:00")
    assert refused.status == 409
    assert "Not done: the answer has no reason What helps give a reason" in refused.said
    assert 'value="defer" checked' in refused.page
    assert refused.check(choice="defer", review_at="05-Mar-2026 12:00", reason="later").status == 200
    assert last(house) == before


def test_a_time_that_cannot_be_read_keeps_everything_else(nurse: Person):
    refused = nurse.open("RecordFinding", "Bleeding").check(value="minor", at="yesterday", reason="gums")
    assert refused.status == 422
    assert "the time in “When it was so” cannot be read" in refused.said
    assert 'value="minor" checked' in refused.page or 'value="minor" selected' in refused.page
    assert "gums" in refused.said
    assert 'value="yesterday"' in refused.page


def test_change_it_leads_back_to_the_form_with_everything_typed(nurse: Person):
    checked = nurse.open("RecordFinding", "Bleeding").check(value="minor", at="05-Mar-2026 01:30", reason="gums")
    form = checked.send("edit")
    assert form.status == 200
    assert 'value="05-Mar-2026 01:30"' in form.page
    assert "gums" in form.said
    assert form.check(value="cns", at="05-Mar-2026 01:30").status == 200


def test_what_a_policy_denies_is_listed_with_whom_to_ask(somebody: As):
    said = words(somebody("laboratory.mia", "laboratory").listed())
    assert "laboratory.mia may not RecordDeath as laboratory on ward" in said
    assert "ask: charge_nurse or consultant or haematologist" in said


def test_what_the_case_does_not_allow_is_listed_with_its_reason(nurse: Person, doctor: Person):
    assert nurse.at("RequestTherapy", "arsenic trioxide") == GONE
    assert "arsenic trioxide is not given on this pathway without PML::RARA" in words(doctor.listed())
    assert "Change to 7+3 (to Induction, 7+3): not possible now, because the case stands in" in words(doctor.listed())


def test_no_role_is_offered_to_end_a_condition_that_still_holds(doctor: Person):
    assert doctor.at("ReleaseLatch", "Severe coagulopathy") == GONE
    assert "End a lasting condition its condition is not a certain no" in words(doctor.listed())


def test_a_form_for_what_is_not_open_any_more_says_so_and_lists_what_is(nurse: Person):
    answer = nurse.browser.get(f"/case/{CASE}/do/Acknowledge?about=000000000000")
    assert answer.status_code == 200
    assert "This is not open any more" in words(answer.text)


@pytest.mark.parametrize("path", ["/case/demo-03/do/Enrol", "/case/demo-03/do/OpenAccount", "/case/nobody/do"])
def test_what_stands_on_no_page_of_a_patient_is_not_found(nurse: Person, path: str):
    assert nurse.browser.get(path).status_code == 404


def test_a_move_to_a_ward_that_nobody_knows_is_warned_of_and_written_all_the_same(nurse: Person, house: House):
    head = house.store.head(CASE)
    assert head is not None
    known = nurse.open("RecordMove").check(ward=head.ward, bed="9")
    assert "not known here" not in known.said
    slip = nurse.open("RecordMove").check(ward="Heamatology 4", bed="9")
    assert "This ward is not known here" in slip.said
    assert "Ward Heamatology 4 has no beds, no patients, no accounts and no roster" in slip.said
    assert slip.confirm().status == 303
    moved = house.store.head(CASE)
    assert moved is not None
    assert (moved.ward, moved.bed) == ("Heamatology 4", "9")


@pytest.mark.parametrize(
    "make",
    [
        lambda house: set_beds(house.store, "New 7", ("1",), by="admin", role="administrator"),
        lambda house: house.engine.handle(
            KeepRoster(id="k", by=By("admin", "administrator"), role="nurse", ward="New 7")
        ),
        lambda house: house.engine.handle(
            GrantRole(id="g", by=By("admin", "administrator"), account="nurse.ben", role="nurse", ward="New 7")
        ),
    ],
    ids=["beds", "roster", "account"],
)
def test_a_ward_is_known_by_its_beds_its_rosters_and_its_people(
    nurse: Person, house: House, make: Callable[[House], object]
):
    assert "not known here" in nurse.open("RecordMove").check(ward="New 7", bed="1").said
    make(house)
    assert "not known here" not in nurse.open("RecordMove").check(ward="New 7", bed="1").said


def test_a_form_without_its_word_is_refused(nurse: Person, house: House):
    form, before = nurse.open("RecordFinding", "Bleeding"), last(house)
    assert form.send("confirm", value="minor", csrf="00").status == 403
    assert last(house) == before


def test_no_text_of_a_form_becomes_markup(doctor: Person, nurse: Person):
    for person, command, text in (
        (nurse, "RecordFinding", "Bleeding"),
        (nurse, "RecordResult", "Fibrinogen"),
        (nurse, "RecordProduct", ""),
        (nurse, "RecordMove", ""),
        (nurse, "RecordCourse", ""),
        (nurse, "RecordReport", "PML::RARA"),
        (doctor, "Transition", "Transfer"),
        (doctor, "Decide", "M41"),
        (doctor, "HandOver", "M41"),
    ):
        form = person.open(command, text)
        fields = {name for name in _names(form.page) if name not in {"csrf", "step", "id"}}
        for page in (
            form.check(**dict.fromkeys(fields, HOSTILE)),
            form.confirm(**dict.fromkeys(fields - set(form.hidden), HOSTILE)),
        ):
            assert "<script>alert" not in page.page, command
            assert page.status in {200, 303, 403, 409, 422}


def _names(page: str) -> set[str]:
    return set(re.findall(r' name="([^"]+)"', page.split('class="act"', 1)[1]))


def test_the_page_of_a_patient_leads_straight_to_the_forms_of_its_reminders(nurse: Person):
    page = nurse.browser.get(f"/case/{CASE}").text
    assert f'href="/case/{CASE}/do"' in page
    at = nurse.at("Acknowledge", "Fibrinogen")
    assert f'href="{at}"' in page.replace("&amp;", "&")
    assert "Acknowledge" in words(nurse.browser.get(at).text)


def test_whoever_may_not_look_at_a_patient_sees_no_form_of_theirs(somebody: As):
    assert somebody("auditor", "auditor").browser.get(f"/case/{CASE}/do").status_code == 403
