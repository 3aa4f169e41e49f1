"""Times, ages and names by the numbered NHS rules."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from pathway.clinical.instant import SECOND, instant
from tests.ward.web.samples import DAY, HOUR, MIN, NOW
from ward.web.moment import TimeUnread, age_years, ago_text, moment_text, near_text, read_field
from ward.web.patient import patient
from ward.web.seen import plain

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    "age, said",
    [
        (0, "under 1 min ago"),
        (59 * SECOND, "under 1 min ago"),
        (35 * MIN + 59 * SECOND, "35 min ago"),
        (2 * HOUR, "2 h ago"),
        (2 * HOUR + 5 * MIN, "2 h 5 min ago"),
        (DAY + 30 * MIN, "1 d ago"),
        (3 * DAY + 4 * HOUR + 50 * MIN, "3 d 4 h ago"),
        (-20 * MIN, "in 20 min"),
    ],
)
def test_an_age_is_said_in_whole_units_without_zero_ones(age, said):
    assert ago_text(NOW - age, NOW) == said


@pytest.mark.parametrize(
    "at, zone, shown",
    [
        ("2026-03-05T02:10Z", "Europe/Berlin", "05-Mar-2026 03:10"),
        ("2026-03-05T02:10Z", "UTC", "05-Mar-2026 02:10"),
        ("2026-12-31T23:00Z", "Europe/Berlin", "01-Jan-2027 00:00"),
        ("2026-05-09T12:00Z", "Asia/Kolkata", "09-May-2026 17:30"),
    ],
)
def test_a_time_is_shown_in_the_clinical_form_in_its_zone(at, zone, shown):
    assert moment_text(instant(at), ZoneInfo(zone)) == shown


def test_a_time_that_is_not_there_says_not_recorded():
    assert moment_text(None, BERLIN) == "Not recorded"


def test_a_near_time_drops_its_date_only_on_the_same_local_day():
    assert near_text(NOW, NOW, BERLIN) == "03:22"
    assert near_text(NOW - 4 * HOUR, NOW, BERLIN) == "04-Mar-2026 23:22"


@pytest.mark.parametrize("typed", ["05-Mar-2026 03:10", "5-mar-2026 3:10", "2026-03-05 03:10", "2026-03-05T03:10"])
def test_a_field_is_read_in_the_zone_to_the_end_of_its_minute(typed):
    assert read_field(typed, BERLIN) == instant("2026-03-05T03:11+01:00") - 1


def test_of_a_local_time_that_comes_twice_the_later_is_read():
    assert read_field("25-Oct-2026 02:30", BERLIN) == instant("2026-10-25T02:31+01:00") - 1


def test_an_empty_field_is_no_time():
    assert read_field(" ", BERLIN) is None


@pytest.mark.parametrize("typed", ["03/05/2026 03:10", "2026-02-30 10:00", "2026-03-05 24:10", "٢٠٢٦-03-05 03:10"])
def test_an_ambiguous_or_impossible_time_is_not_read(typed):
    with pytest.raises(TimeUnread):
        read_field(typed, BERLIN)


def test_age_in_years_turns_on_the_birthday_in_the_zone():
    born = date(1981, 3, 5)
    assert age_years(born, instant("2026-03-04T22:59Z"), BERLIN) == 44
    assert age_years(born, instant("2026-03-04T23:00Z"), BERLIN) == 45


@pytest.mark.parametrize(
    "identity, name",
    [
        ({"family_name": "Smith", "given_name": "John", "title": "Mr"}, "SMITH, John (Mr)"),
        ({"family_name": "Straße"}, "STRASSE"),
        ({"name": "Jane Roe"}, "Jane Roe"),
        ({"given_name": "Ada"}, "Ada"),
        ({}, "Name not known"),
        (None, "Name not known"),
    ],
)
def test_a_name_is_shown_by_the_rules_and_never_guessed(identity, name):
    assert patient(identity, "live", NOW, BERLIN).name == name


def test_a_birth_date_of_another_form_is_shown_as_kept_and_gives_no_age():
    seen = patient({"born": "around 1950"}, "live", NOW, BERLIN)
    assert (seen.born, seen.age) == ("around 1950", "")


def test_units_are_written_as_people_read_them():
    assert plain("45 mg/m2/d at 20 x10^9/L") == "45 mg per m²/d at 20 \u00d710\u2079/L"
