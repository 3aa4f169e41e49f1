"""enrol: from a file, with the past."""

from pathlib import Path

import pytest

from tests.ward.cli.conftest import Run, data

FILE = """
case = "c1"
presented_at = 2026-03-01T08:00:00Z
identifiers = { number = "0001", name = "Invented, Person" }
zone = "UTC"
ward = "H1"
bed = "9"
patient = "p-late"
reason = "came from another house on the fifth day"

[[history]]
type = "RecordTherapy"
drug = "tretinoin"
act = "dose"
at = 2026-03-01T20:00:00Z

[[history]]
type = "RecordResult"
loinc = "3255-7"
value = "80"
unit = "mg/dL"
collected_at = "2026-03-02T07:00:00Z"
by = { actor = "laboratory", role = "laboratory", source = "feed" }
"""
SPEAKER = ("--by", "consultant.ida", "--role", "consultant")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An enrolment with two entries of history."""
    path = tmp_path / "history.toml"
    path.write_text(FILE, "utf-8")
    return path


def test_a_file_enrols_a_patient_with_what_was_before(wardpath: Run, demonstration: Path, file: Path):
    answer = data(wardpath("enrol", "--file", file, *SPEAKER, "--db", demonstration, "--json"))
    assert answer["status"] == "accepted"
    events = data(wardpath("timeline", "c1", "--db", demonstration, "--json"))
    found = {each["type"]: each for each in events}
    assert found["TherapyRecorded"]["occurred_at"] == "2026-03-01T20:00:00Z"
    assert found["ResultRecorded"]["occurred_at"] == "2026-03-02T07:00:00Z"
    assert len({each["recorded_at"] for each in events}) == 1


def test_the_same_file_under_the_same_id_enrols_once(wardpath: Run, demonstration: Path, file: Path):
    words = ("enrol", "--file", file, "--id", "e1", *SPEAKER, "--db", demonstration, "--json")
    assert data(wardpath(*words))["repeated"] is False
    assert data(wardpath(*words))["repeated"] is True


@pytest.mark.parametrize(
    "old, new, words",
    [
        ('type = "RecordTherapy"', 'type = "Nothing"', "entry 1 of the history"),
        ('type = "RecordTherapy"', 'type = "Acknowledge"', "entry 1 of the history"),
        ("at = 2026-03-01T20:00:00Z", 'at = "yesterday"', "entry 1 of the history"),
        ('[[history]]\ntype = "RecordTherapy"', "[[history\n", "no TOML"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(wardpath: Run, demonstration: Path, file: Path, old, new, words):
    file.write_text(FILE.replace(old, new), "utf-8")
    result = wardpath("enrol", "--file", file, *SPEAKER, "--db", demonstration)
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.split())


def test_a_file_that_is_not_there_is_told(wardpath: Run, demonstration: Path, tmp_path: Path):
    result = wardpath("enrol", "--file", tmp_path / "none.toml", *SPEAKER, "--db", demonstration)
    assert result.exit_code == 2
