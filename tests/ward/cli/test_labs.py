"""`wardpath import labs`: a made file for the rules, the real one for the proof."""

import gzip
from pathlib import Path

import pytest

from tests.ward.cli.conftest import Run, data
from ward.laboratory.mapping import find_map
from ward.wiring import open_store

HEAD = "row_id,subject_id,hadm_id,itemid,charttime,value,valuenum,valueuom,flag\n"
ROWS = (
    "1,7,,51214,2115-05-12 14:00:00,180,180,mg/dL,\n"
    "2,7,,51265,2115-05-12 14:00:00,90,90,K/uL,\n"
    "3,7,,51237,2115-05-12 14:00:00,1.2,1.2,,\n"
    "4,7,,51214,2115-05-12 19:00:00,140,140,mg/dL,abnormal\n"
    "5,7,,51265,2115-05-12 19:00:00,85,85,K/uL,\n"
    "6,7,,51214,2115-05-13 03:30:00,160,160,mg/dL,\n"
    "7,7,,51266,2115-05-13 03:30:00,LOW,,,\n"
    "8,7,,51214,2115-05-13 03:30:00,,,mg/dL,\n"
    "9,7,,51214,13 May 2115,150,150,mg/dL,\n"
    "10,8,,51214,2115-05-13 03:30:00,90,90,mg/dL,\n"
)
UNREAD = {"item not in the map": 1, "no value": 1, "time cannot be read": 1}


@pytest.fixture
def made(tmp_path: Path) -> Path:
    path = tmp_path / "made.csv"
    path.write_text(HEAD + ROWS, encoding="utf-8")
    return path


def imported(wardpath: Run, file: Path, *words: str) -> dict[str, object]:
    found: dict[str, object] = data(
        wardpath("import", "labs", file, "--map", "mimic3_demo", "--db", "imp.db", "--json", *words)
    )
    return found


def of(found: dict[str, object], analyte: str) -> dict[str, object]:
    analytes = found["analytes"]
    assert isinstance(analytes, list)
    return next(each for each in analytes if each["analyte"] == analyte)


def test_values_crossings_and_rechecks_are_counted(wardpath: Run, made: Path):
    fibrinogen = of(imported(wardpath, made, "--subject", "7"), "fibrinogen")
    assert fibrinogen["values"] == 3
    assert fibrinogen["lines"] == [
        {"name": "fibrinogen_target", "down": 1, "up": 1},
        {"name": "fibrinogen_critical", "down": 0, "up": 0},
    ]
    # At enrolment and within 6 h: on time. 8.5 h after the second value, in the class of every 6 h: late.
    assert (fibrinogen["due"], fibrinogen["on_time"], fibrinogen["late"]) == (3, 2, 1)


def test_rows_that_cannot_be_read_are_counted_by_reason(wardpath: Run, made: Path):
    found = imported(wardpath, made)
    assert found["unread"] == UNREAD
    assert found["rows"] == 7


def test_a_second_import_writes_nothing(wardpath: Run, made: Path, tmp_path: Path):
    first = imported(wardpath, made)
    before = [head.position for head in open_store(tmp_path / "imp.db").heads(closed=True)]
    again = imported(wardpath, made)
    assert (first["written"], first["repeated"]) == (9, 0)
    assert (again["written"], again["repeated"]) == (0, 9)
    assert again["analytes"] == first["analytes"]
    assert [head.position for head in open_store(tmp_path / "imp.db").heads(closed=True)] == before


def test_a_packed_file_is_read_like_a_plain_one(wardpath: Run, made: Path):
    packed = made.with_suffix(".csv.gz")
    packed.write_bytes(gzip.compress(made.read_bytes()))
    assert imported(wardpath, packed)["rows"] == 7


def test_an_imported_past_rings_for_nobody_and_does_not_run(wardpath: Run, made: Path, tmp_path: Path):
    imported(wardpath, made)
    store = open_store(tmp_path / "imp.db")
    assert store.notices() == []
    assert store.property("label") == "real, de-identified: MIMIC-III demo"
    assert {head.origin for head in store.heads()} == {"deidentified"}
    refused = wardpath("run", "--db", "imp.db", "--port", "0")
    assert refused.exit_code == 5
    assert "imported history does not run" in refused.stderr


def test_imported_people_do_not_come_among_others(wardpath: Run, made: Path, demonstration: Path):
    refused = wardpath("import", "labs", made, "--map", "mimic3_demo", "--db", demonstration)
    assert refused.exit_code == 5
    assert "real, de-identified" in refused.stderr


def test_years_of_silence_begin_another_case(wardpath: Run, made: Path):
    with made.open("a", encoding="utf-8") as file:
        file.write("11,7,,51214,2119-01-01 00:00:00,200,200,mg/dL,\n")
    imported(wardpath, made, "--subject", "7")
    listed = data(wardpath("cases", "--db", "imp.db", "--json"))
    assert {each["case"] for each in listed} == {"mimic3-7", "mimic3-7-2"}


@pytest.mark.parametrize(
    "words, code",
    [
        (("none.csv", "--map", "mimic3_demo"), 3),
        (("made.csv", "--map", "none.toml"), 3),
        (("made.csv", "--map", "bad.toml"), 2),
        (("short.csv", "--map", "mimic3_demo"), 2),
        (("torn.csv.gz", "--map", "mimic3_demo"), 3),
    ],
)
def test_a_file_that_cannot_be_used_is_one_line_and_a_code(
    wardpath: Run, made: Path, tmp_path: Path, words: tuple[str, ...], code: int
):
    (tmp_path / "bad.toml").write_text("title = 3\n", encoding="utf-8")
    (tmp_path / "short.csv").write_text("row_id,subject_id\n1,7\n", encoding="utf-8")
    (tmp_path / "torn.csv.gz").write_bytes(gzip.compress(made.read_bytes())[:60])
    result = wardpath("import", "labs", *words, "--db", "imp.db")
    assert result.exit_code == code, result.stderr
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "imp.db").exists()


def test_the_shipped_map_knows_the_code_of_every_item_as_the_data_do(shared: Path):
    import csv

    with (shared / "data/labs/mimic3_demo_d_labitems_subset.csv").open(encoding="utf-8") as file:
        codes = {each["itemid"]: each["loinc_code"] for each in csv.DictReader(file)}
    # The data give the INR the code of a ratio, which nobody verified as an INR's.
    codes["51237"] = "6301-6"
    assert {item: codes[item] for item in find_map("mimic3_demo").items} == {
        item: about.loinc for item, about in find_map("mimic3_demo").items.items()
    }


def test_a_real_person_with_dic_goes_through(wardpath: Run, shared: Path):
    file = shared / "data/labs/mimic3_demo_haemostasis_labs.csv.gz"
    found = imported(wardpath, file, "--subject", "10120")
    fibrinogen = of(found, "fibrinogen")
    assert found["rows"] == 92
    assert found["written"] == 93
    assert found["refused"] == {}
    assert fibrinogen["values"] == 9
    assert fibrinogen["lines"] == [
        {"name": "fibrinogen_target", "down": 0, "up": 1},
        {"name": "fibrinogen_critical", "down": 0, "up": 1},
    ]
    assert (fibrinogen["on_time"], fibrinogen["late"]) == (7, 2)
    assert of(found, "inr")["unusable"] == 0
