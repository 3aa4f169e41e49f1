"""Two identifiers before an act with a drug (P10): typed from the wristband, compared, and never shown on the form."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pathway.clinical.instant import instant
from tests.ward.web.conftest import words
from tests.ward.web.forms.conftest import CASE, WHO, Person, last
from ward.errors import NotUnderstood
from ward.web.forms.identity import asked, compared, day_of, fits
from ward.web.forms.when import said, shown
from ward.wiring import House

KEPT = {
    "family_name": "Beispiel",
    "given_name": "Anna",
    "born": "1981-07-14",
    "hospital_number": "INV-4471",
    "sex": "f",
}
BERLIN = ZoneInfo("Europe/Berlin")
NOW = instant("2026-03-05T03:10:40+01:00")


@pytest.mark.parametrize(
    "command, text",
    [
        ("RecordTherapy", "Hold tretinoin"),
        ("RecordTherapy", "Record: tretinoin"),
        ("RequestTherapy", "Start tretinoin"),
        ("StopTherapy", "Stop tretinoin"),
        ("RecordProduct", ""),
        ("RecordCourse", ""),
        ("Transition", "Begin 7+3"),
        ("Transition", "Death"),
    ],
)
def test_an_act_with_a_drug_asks_for_two_identifiers_and_shows_none(doctor: Person, command: str, text: str):
    form = doctor.open(command, text)
    assert "Is this the right patient? Two identifiers" in form.said
    assert "INVENTED-3" not in form.page
    assert "Number On the wristband" in form.said
    refused = form.check()
    assert refused.status == 422


@pytest.mark.parametrize("command, text", [("RecordFinding", "Bleeding"), ("Acknowledge", "M41"), ("RecordMove", "")])
def test_what_is_no_act_with_a_drug_asks_for_none(doctor: Person, command: str, text: str):
    form = doctor.open(command, text)
    assert "Two identifiers" not in form.said
    assert "INVENTED-3" in form.page


def test_one_identifier_is_too_few(doctor: Person):
    refused = doctor.open("RecordTherapy", "Hold tretinoin").check(**{"who.number": "invented-3"})
    assert refused.status == 422
    assert "the patient is not told by two identifiers" in refused.said


@pytest.mark.parametrize("step", ["check", "confirm"])
def test_another_patients_identifiers_stop_the_act_and_the_auditor_sees_it(doctor: Person, house: House, step: str):
    before = last(house)
    refused = doctor.open("RecordTherapy", "Hold tretinoin").send(step, **WHO | {"who.number": "INVENTED-4"})
    assert refused.status == 422
    assert "the identifiers that were typed are not this patient's" in refused.said
    assert last(house) == before
    logged = [each for each in house.store.accesses(case=CASE) if each.outcome == "denied"]
    assert [(each.by.actor, each.what) for each in logged] == [("haematologist.greta", "RecordTherapy")]
    assert "INVENTED-4" not in str(logged)


def test_the_right_patient_is_told_again_when_it_is_confirmed(doctor: Person, house: House):
    checked, before = doctor.open("RecordTherapy", "Hold tretinoin").check(**WHO), last(house)
    assert checked.status == 200
    assert checked.send("confirm", **{"who.number": "INVENTED-4"}).status == 422
    assert last(house) == before
    assert checked.confirm().status == 303


def test_a_death_keeps_no_identifier_in_its_event(doctor: Person, house: House):
    checked = doctor.open("Transition", "Death").check(**WHO, died_at="05-Mar-2026 01:00")
    assert checked.status == 200, checked.said
    assert checked.confirm().status == 303
    assert house.store.head(CASE).closed


def test_birth_and_numbers_are_asked_for_before_names():
    assert [each.label for each in asked(KEPT)] == ["Date of birth", "Hospital number"]
    assert [each.label for each in asked({"name": "A B", "number": "7"})] == ["Number", "Name"]


def test_any_two_that_are_right_will_do_however_they_are_written():
    assert fits(KEPT, {"who.born": "14.07.1981", "who.hospital_number": "inv 4471"})
    assert fits(KEPT, {"who.born": "14-Jul-1981", "who.family_name": "BEISPIEL"})
    assert not fits(KEPT, {"who.born": "14-Jul-1982", "who.hospital_number": "INV-4471"})
    assert not fits(KEPT, {"who.born": "14-Jul-1981", "who.hospital_number": "INV-4471", "who.family_name": "Wrong"})
    assert not fits(KEPT, {"who.born": "14-Jul-1981", "who.sex": "f"})
    assert not fits(KEPT, {"who.hospital_number": "INV-4471", "who.family_name": "  "})


@pytest.mark.parametrize("text", ["31-Feb-1981", "14-Foo-1981", "1981", "", "14/07/81"])
def test_what_is_no_day_is_nobodys_birthday(text: str):
    assert day_of(text) is None


def test_where_nothing_is_kept_two_are_typed_and_nothing_is_compared():
    assert not compared(None)
    assert not compared({"name": "the key of this patient was destroyed"})
    assert len(asked(None)) == 2
    assert fits(None, {"who.first": "7", "who.second": "Beispiel"})
    assert not fits(None, {"who.first": "7"})


@pytest.mark.parametrize(
    "text, meant",
    [
        ("05-Mar-2026 02:00", "2026-03-05T02:00+01:00"),
        ("2026-03-05 02:00", "2026-03-05T02:00+01:00"),
        ("2026-03-05T02:00Z", "2026-03-05T02:00Z"),
        ("05-Jul-2025 02:00", "2025-07-05T02:00+02:00"),
        ("05-Mar-2026 03:10", "2026-03-05T03:10:40+01:00"),
        ("2026-10-25T02:30+01:00", "2026-10-25T02:30+01:00"),
    ],
)
def test_a_time_is_read_in_the_zone_of_the_ward_and_the_present_minute_is_now(text: str, meant: str):
    assert said(text, BERLIN, NOW, "When") == instant(meant)


@pytest.mark.parametrize(
    "text, why",
    [
        ("25-Oct-2026 02:30", "came twice that night"),
        ("29-Mar-2026 02:30", "came never that night"),
        ("31-Feb-2026 02:30", "cannot be read"),
        ("03:10", "cannot be read"),
        ("05-Mar-2026", "cannot be read"),
    ],
)
def test_a_time_that_is_none_or_two_is_not_guessed(text: str, why: str):
    with pytest.raises(NotUnderstood, match=why):
        said(text, BERLIN, NOW, "When")


def test_a_time_that_was_read_once_is_the_same_instant_ever_after():
    exact = str(int(NOW))
    assert said(exact, BERLIN, instant(datetime(2027, 1, 1, tzinfo=UTC)), "When") == NOW
    assert shown(exact, BERLIN) == "05-Mar-2026 03:10"
    assert said("", BERLIN, NOW, "When") is None


def test_the_words_of_the_check_name_the_zone(nurse: Person):
    assert "Europe/Berlin, 24-hour clock; empty means now" in words(nurse.open("RecordFinding", "Bleeding").page)
