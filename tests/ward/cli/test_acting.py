"""init, do, ack: writing from a terminal."""

import json
from pathlib import Path

import pytest
from freezegun import freeze_time

from pathway.case.commands import TEXT_LIMIT
from tests.ward.cli.conftest import Run, data, sign_in_as
from ward.entry import BYTES_LIMIT, COMMANDS
from ward.wiring import open_store

ENROL = (
    *("do", "Enrol", "--role", "physician", "--case", "c1", "--zone", "Europe/Berlin"),
    *("--ward", "H4", "--bed", "3", "--presented-at", "2026-03-05T00:30+01:00"),
    *("--identifiers", "number=12", "--identifiers", "name=Doe"),
)
RESULT = {
    "type": "RecordResult",
    "id": "r1",
    "case": "demo-04",
    "by": {"actor": "lab.feed", "role": "laboratory", "source": "feed"},
    "loinc": "3255-7",
    "value": "92",
    "unit": "mg/dL",
    "collected_at": "2026-03-05T01:50+01:00",
}


@pytest.fixture
def live(wardpath: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A live store, with a physician signed in."""
    assert wardpath("init", "--origin", "live").exit_code == 0
    monkeypatch.setenv("WARDPATH_TOKEN", sign_in_as(tmp_path / "demo.db", "dr.a", "physician"))


def test_init_makes_a_store_once(wardpath: Run, tmp_path: Path):
    assert wardpath("init", "--origin", "live", "--label", "ward 4", "--db", "live.db").exit_code == 0
    store = open_store(tmp_path / "live.db")
    assert (store.origin, store.property("label")) == ("live", "ward 4")
    again = wardpath("init", "--origin", "demonstration", "--db", "live.db")
    assert again.exit_code == 5
    assert "exists" in again.stderr


@freeze_time("2026-03-05T01:00:00Z")
def test_a_live_store_goes_by_the_clock_of_the_world(wardpath: Run, live: None):
    assert data(wardpath(*ENROL, "--json"))["status"] == "accepted"
    events = data(wardpath("timeline", "c1", "--json"))
    assert {each["recorded_at"] for each in events} == {"2026-03-05T01:00:00Z"}


@freeze_time("2026-03-05T01:00:00Z")
def test_an_invented_patient_is_refused_by_a_live_store(wardpath: Run, live: None):
    refused = wardpath(*ENROL, "--origin", "invented")
    assert refused.exit_code == 1
    assert "invented patient in a live database" in refused.stdout


def test_a_demonstration_that_stands_records_at_its_own_time(wardpath: Run, demonstration: Path):
    result = wardpath(
        *("do", "RecordFinding", "--case", "demo-04", "--by", "nurse.anna", "--role", "nurse"),
        *("--finding", "bleeding", "--value", "minor"),
    )
    assert result.exit_code == 0
    assert data(wardpath("timeline", "demo-04", "--json"))[-1]["recorded_at"] == "2026-03-05T01:00:00Z"


def test_a_refusal_names_its_reasons_and_writes_no_event(wardpath: Run, demonstration: Path):
    before = len(data(wardpath("timeline", "demo-04", "--json")))
    refused = wardpath(
        *("do", "RequestTherapy", "--case", "demo-04", "--by", "haematologist.greta", "--role", "haematologist"),
        *("--drug", "arsenic_trioxide", "--act", "start"),
    )
    assert refused.exit_code == 1
    assert "arsenic trioxide is not given on this pathway without PML::RARA" in refused.stdout
    assert "[prohibited]" in refused.stdout
    assert len(data(wardpath("timeline", "demo-04", "--json"))) == before


def test_json_from_standard_input_is_carried_out_once(wardpath: Run, demonstration: Path):
    first = data(wardpath("do", "--json", "-", input=json.dumps(RESULT)))
    again = data(wardpath("do", "--json", "-", input=json.dumps(RESULT)))
    assert first["status"] == "accepted"
    assert not first["repeated"]
    assert again == {**first, "repeated": True}


def test_a_command_id_with_another_body_is_refused(wardpath: Run, demonstration: Path):
    wardpath("do", "--json", json.dumps(RESULT))
    reused = wardpath("do", "--json", json.dumps({**RESULT, "value": "93"}))
    assert reused.exit_code == 1
    assert "another body" in reused.stderr


def test_an_answer_in_words_says_what_the_command_caused(wardpath: Run, demonstration: Path):
    result = wardpath(
        *("do", "RecordResult", "--case", "demo-04", "--by", "laboratory.mia", "--loinc", "777-3", "--value", "22"),
        *("--unit", "10*9/L", "--collected-at", "2026-03-05T01:55+01:00"),
    )
    assert "Platelets 22" in result.stdout
    assert "M38 Act on the low value [platelets]: opened" in result.stdout


def test_ticks_may_be_said_as_yes_and_no(wardpath: Run, demonstration: Path):
    stopped = wardpath(
        *("do", "StopTherapy", "--case", "demo-08", "--by", "physician.emil", "--role", "physician"),
        *("--drug", "tretinoin"),
        *("--ticks", "prescription_cancelled=yes", "--ticks", "supply_removed=no"),
    )
    assert stopped.exit_code == 0, stopped.stderr
    event = next(
        each for each in data(wardpath("timeline", "demo-08", "--json")) if each["body"].get("act") == "stopped"
    )
    assert event["body"]["ticks"] == {"prescription_cancelled": True, "supply_removed": False}


def test_acknowledging_pauses_and_closes_nothing(wardpath: Run, demonstration: Path):
    taken = wardpath("ack", "M50", "--case", "demo-11", "--by", "haematologist.greta", "--role", "haematologist")
    assert taken.exit_code == 0, taken.stdout
    row = next(
        each for each in data(wardpath("due", "--json")) if (each["case"], each["reminder"]) == ("demo-11", "M50")
    )
    assert row["acknowledged_until"] > "2026-03-05T01:00:00Z"


def test_acknowledging_what_is_open_twice_asks_which(wardpath: Run, demonstration: Path):
    asked = wardpath("ack", "M1", "--case", "demo-01", "--by", "nurse.anna", "--role", "nurse")
    assert asked.exit_code == 2
    assert "fibrinogen, platelets" in asked.stderr


def test_acknowledging_what_is_not_open_is_not_found(wardpath: Run, demonstration: Path):
    assert wardpath("ack", "M3", "--case", "demo-03", "--by", "nurse.anna", "--role", "nurse").exit_code == 3


def test_nobody_speaks_without_a_name(wardpath: Run, demonstration: Path, monkeypatch: pytest.MonkeyPatch):
    words = ("do", "RecordFinding", "--case", "demo-04", "--finding", "bleeding", "--value", "none")
    assert wardpath(*words).exit_code == 2
    monkeypatch.setenv("WARDPATH_BY", "nurse.anna")
    assert wardpath(*words).exit_code == 0


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_options_of_its_own(wardpath: Run, name: str):
    shown = wardpath("do", name, "--help", env={"COLUMNS": "200"})
    assert shown.exit_code == 0
    # A history is a list of reports: it comes as JSON, or from a file. A proof is no option.
    for field in (each for each in COMMANDS[name].__struct_fields__ if each not in {"history", "second_by"}):
        assert f"--{field.replace('_', '-')}" in shown.stdout


@pytest.mark.parametrize(
    "change, told",
    [
        ({"collected_at": "2026-03-05T01:50"}, "a time with its zone"),
        ({"collected_at": "yesterday"}, "a time with its zone"),
        ({"value": 92}, "value"),
        ({"status": "secret-word"}, "preliminary, final, corrected"),
        ({"colour": "secret-word"}, "colour"),
        ({"type": "secret-word"}, "RecordResult"),
        ({"value": "secret-word" + "9" * TEXT_LIMIT}, "longer than"),
    ],
)
def test_what_cannot_be_read_is_told_by_field_and_never_by_value(
    wardpath: Run, demonstration: Path, change: dict[str, object], told: str
):
    result = wardpath("do", "--json", json.dumps({**RESULT, **change}))
    assert result.exit_code == 2
    assert told in result.stderr
    assert "secret-word" not in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', " " * (BYTES_LIMIT + 1)])
def test_what_is_no_command_is_not_understood(wardpath: Run, demonstration: Path, text: str):
    result = wardpath("do", "--json", "-", input=text)
    assert result.exit_code == 2
    assert result.stderr.startswith("wardpath: the command")


def test_a_report_for_nobody_is_quarantined(wardpath: Run, demonstration: Path):
    result = wardpath("do", "--json", json.dumps({**RESULT, "case": "nobody"}))
    assert result.exit_code == 1
    assert json.loads(result.stdout)["refusal"]["code"] == "quarantined"
    assert "site:quarantine" in [head.case for head in open_store(demonstration).site_heads()]
