"""cases, case, timeline, replay, due: what the demonstration looks like from a terminal."""

from pathlib import Path

import pytest

from pathway.clinical.instant import instant
from tests.ward.cli.conftest import Run, data
from ward.wiring import open_house, open_store

LEAVES = {
    "demo-01": "diagnosis_pending",
    "demo-02": "diagnosis_pending",
    "demo-03": "empiric_atra",
    "demo-04": "diagnosis_pending",
    "demo-05": "variant_confirmed.sensitive",
    "demo-06": "diagnosis_pending",
    "demo-07": "induction.seven_plus_three",
    "demo-08": "empiric_atra",
    "demo-09": "diagnosis_pending",
    "demo-10": "diagnosis_pending",
    "demo-11": "empiric_atra",
    "demo-12": "exit.death",
}


def test_the_demonstration_opens_with_its_invented_patients_in_their_phases(wardpath: Run, demonstration: Path):
    listed = data(wardpath("cases", "--closed", "--json"))
    assert {each["case"]: each["phases"]["treatment"] for each in listed}.items() >= LEAVES.items()
    assert {each["origin"] for each in listed} == {"invented"}


def test_a_closed_case_is_listed_only_when_asked_for(wardpath: Run, demonstration: Path):
    assert "demo-12" not in wardpath("cases").stdout


def test_beds_are_listed_in_the_order_of_their_numbers(wardpath: Run, demonstration: Path):
    taken = [str(bed) for bed in range(1, 25) if bed not in (12, 23)]
    assert [each["bed"] for each in data(wardpath("cases", "--json"))] == taken


def test_the_story_is_accepted_by_the_engine_but_for_three_requests_that_are_to_be_refused(demonstration: Path):
    refused = [(each.case, each.code) for each in open_store(demonstration).attempts()]
    assert refused == [("demo-14", "prohibited"), ("demo-15", "reason_needed"), ("demo-15", "reason_needed")]


def test_the_past_of_the_demonstration_rings_for_nobody(demonstration: Path):
    assert open_store(demonstration).notices() == []


def test_the_demonstration_stands_at_two_on_the_fifth_day(wardpath: Run, demonstration: Path):
    assert data(wardpath("case", "demo-03", "--json"))["at"] == "2026-03-05T01:00:00Z"


@pytest.mark.parametrize(
    "case, reminder, subject",
    [
        ("demo-01", "M39", ""),
        ("demo-06", "M38", "platelets"),
        ("demo-11", "M50", ""),
        ("demo-09", "M1", "fibrinogen"),
        ("demo-10", "M1", "platelets"),
    ],
)
def test_what_a_patient_waits_for_is_due(wardpath: Run, demonstration: Path, case: str, reminder: str, subject: str):
    listed = data(wardpath("due", "--json"))
    assert (case, reminder, subject) in {(each["case"], each["reminder"], each["subject"]) for each in listed}


def test_what_is_overdue_stands_first(wardpath: Run, demonstration: Path):
    listed = data(wardpath("due", "--json"))
    overdue = [each["overdue"] for each in listed]
    assert overdue == sorted(overdue, reverse=True)
    assert any(overdue)
    assert not all(overdue)


def test_a_stale_value_cannot_be_said(wardpath: Run, demonstration: Path):
    labs = {each["name"]: each["state"] for each in data(wardpath("case", "demo-10", "--json"))["labs"]}
    assert labs["fibrinogen"] == "cannot_say"


def test_the_patient_in_bed_three_says_that_the_case_is_synthetic(demonstration: Path):
    identity = open_house(demonstration).engine.identity("demo-03")
    assert identity is not None
    assert b"INVENTED" in identity.content
    assert b"synthetic" in identity.content


def test_a_case_on_paper_names_its_phase_its_value_and_what_would_be_refused(wardpath: Run, demonstration: Path):
    shown = wardpath("case", "demo-03").stdout
    assert "Empiric tretinoin" in shown
    assert "152 mg/dL" in shown
    assert "arsenic trioxide is not given on this pathway without PML::RARA" in shown
    assert "INVENTED" not in shown


def test_the_timeline_shows_every_event_in_its_order_with_both_times(wardpath: Run, demonstration: Path):
    events = data(wardpath("timeline", "demo-03", "--json"))
    assert [each["position"] for each in events] == list(range(1, len(events) + 1))
    assert events[0]["type"] == "CaseEnrolled"
    assert events[0]["recorded_at"] == "2026-02-28T09:30:00Z"
    assert events[0]["words"]
    assert "INVENTED" not in str(events)


def test_replay_answers_what_was_known_and_not_what_came_later(wardpath: Run, demonstration: Path):
    then = data(wardpath("replay", "demo-03", "--recorded-as-of", "2026-03-03T12:00+01:00", "--json"))
    fibrinogen = next(each for each in then["labs"] if each["name"] == "fibrinogen")
    assert fibrinogen["shown"].startswith("160")
    assert {each["name"]: each["value"] for each in then["facts"]}["suspected_class"] == "none"


def test_replay_before_the_case_began_finds_nothing(wardpath: Run, demonstration: Path):
    result = wardpath("replay", "demo-03", "--recorded-as-of", "2026-02-01T12:00+01:00")
    assert result.exit_code == 3
    assert "nothing was known" in result.stderr


def test_every_reading_enters_the_access_log(wardpath: Run, demonstration: Path):
    import sqlite3

    for words in (("cases",), ("case", "demo-03"), ("timeline", "demo-03"), ("replay", "demo-03"), ("due",)):
        assert wardpath(*words).exit_code == 0
    connection = sqlite3.connect(demonstration)
    found = [row[0] for row in connection.execute("select what from access_log order by 1")]
    connection.close()
    assert found == ["case", "cases", "due", "replay", "timeline"]


def test_instants_in_json_are_read_back_as_instants(wardpath: Run, demonstration: Path):
    for each in data(wardpath("due", "--json")):
        assert instant(each["due_at"]) > 0


def test_the_store_may_be_named_before_the_command_behind_it_or_in_the_environment(
    wardpath: Run, demonstration: Path, monkeypatch: pytest.MonkeyPatch
):
    other = demonstration.rename(demonstration.with_name("other.db"))
    assert wardpath("cases").exit_code == 5
    assert wardpath("--db", other, "cases").exit_code == 0
    assert wardpath("cases", "--db", other).exit_code == 0
    monkeypatch.setenv("WARDPATH_DB", str(other))
    assert wardpath("cases").exit_code == 0
