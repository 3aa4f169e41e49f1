"""Enrolling in the browser: two identifiers, a ward, a bed, a pathway; checked, then written once."""

import html
import re

import pytest
from starlette.testclient import TestClient

from tests.ward.web.conftest import OWN_FORM, words
from tests.ward.web.forms.conftest import As
from ward.wiring import House

NEW = {
    "family_name": "Neumann",
    "given_name": "Nora",
    "born": "14-Jul-1981",
    "number": "INV-9001",
    "pathway": "variant_apl",
    "ward": "Haematology 4",
    "bed": "12",
}


@pytest.fixture
def doctor(somebody: As) -> TestClient:
    return somebody("haematologist.greta", "haematologist").browser


@pytest.fixture
def nurse(somebody: As) -> TestClient:
    return somebody("nurse.anna", "nurse").browser


def hidden(page: str) -> dict[str, str]:
    """What the form carries besides what is typed."""
    form = page.split('class="act"', 1)[1]
    return {n: html.unescape(v) for n, v in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)}


def send(browser: TestClient, page: str, step: str, **typed: str):
    return browser.post("/enrol", data={**hidden(page), **typed, "step": step}, headers=OWN_FORM)


def enrolled(house: House) -> set[str]:
    return {each.case for each in house.engine.heads(closed=True)}


def test_the_board_leads_to_the_form(doctor: TestClient):
    assert '<a href="/enrol">Enrol a patient</a>' in doctor.get("/").text
    assert "/enrol" not in doctor.get("/?form=wall").text


def test_a_check_says_what_would_come_and_a_confirmed_form_enrols_once(doctor: TestClient, house: House):
    before = enrolled(house)
    checked = send(doctor, doctor.get("/enrol").text, "check", **NEW)
    assert checked.status_code == 200, words(checked.text)
    assert "This is written" in words(checked.text)
    assert "Reminders that open" in words(checked.text)
    assert enrolled(house) == before
    done = send(doctor, checked.text, "confirm")
    again = send(doctor, checked.text, "confirm")
    assert (done.status_code, again.status_code) == (303, 303)
    assert done.headers["location"] == again.headers["location"]
    (case,) = enrolled(house) - before
    page = words(doctor.get(f"/case/{case}").text)
    assert "NEUMANN, Nora" in page
    assert "14-Jul-1981" in page
    assert "Haematology 4, bed 12" in page


@pytest.mark.parametrize(
    "lacking, says",
    [
        ({"number": "", "born": "", "given_name": ""}, "the patient is not told by two identifiers"),
        ({"born": "31-Feb-1981"}, "“Date of birth” cannot be read"),
        ({"bed": ""}, "“Bed” is empty"),
        ({"presented_at": "yesterday"}, "cannot be read"),
    ],
)
def test_what_is_missing_is_named_and_what_was_typed_stays(doctor: TestClient, house: House, lacking: dict, says: str):
    before = enrolled(house)
    answer = send(doctor, doctor.get("/enrol").text, "check", **NEW | lacking)
    assert answer.status_code == 422
    assert says in words(answer.text)
    assert 'value="Neumann"' in answer.text
    assert enrolled(house) == before


def test_sex_tells_nobody(doctor: TestClient):
    typed = NEW | {"number": "", "born": "", "given_name": "", "sex": "female"}
    assert send(doctor, doctor.get("/enrol").text, "check", **typed).status_code == 422


def test_a_number_that_is_here_already_and_a_bed_that_is_taken_are_warned_of(doctor: TestClient):
    typed = NEW | {"number": "invented-3", "bed": "3"}
    checked = words(send(doctor, doctor.get("/enrol").text, "check", **typed).text)
    assert "A patient with this number is enrolled already" in checked
    assert "Case demo-03" in checked
    assert "Somebody lies in this bed already" in checked


def test_whoever_may_not_enrol_is_told_whom_to_ask_and_cannot(nurse: TestClient, doctor: TestClient, house: House):
    page = words(nurse.get("/enrol").text)
    assert "A nurse enrols nobody; ask: physician, haematologist, consultant" in page
    before = enrolled(house)
    form = {**hidden(doctor.get("/enrol").text), **NEW, "step": "confirm"}
    form["csrf"] = re.search(r'name="csrf" value="([0-9a-f]+)"', nurse.get("/").text)[1]
    answer = nurse.post("/enrol", data=form, headers=OWN_FORM)
    assert answer.status_code == 409
    assert enrolled(house) == before


def test_another_ward_than_ones_own_is_refused(doctor: TestClient, house: House):
    before = enrolled(house)
    answer = send(doctor, doctor.get("/enrol").text, "check", **NEW | {"ward": "Elsewhere"})
    assert answer.status_code == 403
    assert enrolled(house) == before


def test_a_form_without_the_word_of_the_page_enrols_nobody(doctor: TestClient, house: House):
    before = enrolled(house)
    form = {**hidden(doctor.get("/enrol").text), **NEW, "csrf": "0" * 32, "step": "confirm"}
    assert doctor.post("/enrol", data=form, headers=OWN_FORM).status_code == 403
    assert enrolled(house) == before
