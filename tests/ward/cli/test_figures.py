"""Indicators and deviations from a terminal: as a table, as JSON and as CSV, for whoever answers for a ward."""

import csv
from io import StringIO
from pathlib import Path

from tests.ward.cli.conftest import Run, data
from ward.figures.told import DEVIATIONS_HEAD, FIGURES_HEAD
from ward.wiring import open_house

OUTCOMES = ("numerator", "outside", "not_done", "not_documented", "open")


def read(text: str) -> list[dict[str, str]]:
    """The lines of a CSV."""
    return list(csv.DictReader(StringIO(text)))


def test_every_indicator_is_told_with_its_parts_and_they_are_its_denominator(wardpath: Run, demonstration: Path):
    found = data(wardpath("audit", "indicators", "--json", "--db", demonstration))["indicators"]
    assert {each["question"] for each in found} == {f"Q{number}" for number in range(1, 21)}
    for each in found:
        # Hours are told to two places, so that a sum of five may be off by as many hundredths.
        parts = sum(float(each[name]) for name in OUTCOMES)
        off = 0.05 if each["kind"] == "range" else 0
        assert abs(parts - float(each["denominator"])) <= off, each["indicator"]
    q12 = next(each for each in found if each["indicator"] == "Q12")
    assert (q12["numerator"], q12["never"], q12["denominator"]) == (2, True, 34)
    assert {unit["outcome"] for unit in q12["units"]} == {"in_time", "not_done", "open"}


def test_of_one_case_only_that_case_is_told(wardpath: Run, demonstration: Path):
    found = data(wardpath("audit", "indicators", "--case", "demo-13", "--json", "--db", demonstration))["indicators"]
    assert {unit["case"] for each in found for unit in each["units"]} == {"demo-13"}
    (stop,) = (each for each in found if each["indicator"] == "Q4")
    assert (stop["numerator"], stop["denominator"]) == (2, 2)


def test_a_period_leaves_out_what_began_elsewhere(wardpath: Run, demonstration: Path):
    said = ("audit", "deviations", "--json", "--db", demonstration)
    every = data(wardpath(*said))["deviations"]
    late = data(wardpath(*said, "--from", "2026-03-01T00:00Z", "--to", "2026-03-04T00:00Z"))["deviations"]
    wanted = [each for each in every if "2026-03-01" <= each["began_at"] < "2026-03-04"]
    assert late == wanted
    assert 0 < len(late) < len(every)
    assert wardpath(*said, "--from", "yesterday").exit_code == 2


def test_the_spreadsheets_hold_the_same_and_no_formula(wardpath: Run, demonstration: Path):
    figures = wardpath("audit", "indicators", "--csv", "--db", demonstration)
    lines = read(figures.stdout)
    assert tuple(lines[0]) == FIGURES_HEAD
    told = data(wardpath("audit", "indicators", "--json", "--db", demonstration))["indicators"]
    whole = [each for each in lines if not each["group"]]
    assert [(each["indicator"], each["denominator"]) for each in whole] == [
        (each["indicator"], str(each["denominator"])) for each in told
    ]
    stood = read(wardpath("audit", "deviations", "--csv", "--db", demonstration).stdout)
    assert tuple(stood[0]) == DEVIATIONS_HEAD
    assert not [cell for line in (*lines, *stood) for cell in line.values() if cell[:1] in ("=", "+", "@", "\t")]


def test_the_tables_name_every_indicator_and_every_deviation(wardpath: Run, demonstration: Path):
    shown = wardpath("audit", "indicators", "--db", demonstration).stdout
    assert "Suspicion to the first tretinoin" in shown
    assert "Q20" in shown
    stood = wardpath("audit", "deviations", "--db", demonstration).stdout
    assert "Tretinoin in a confirmed resistant variant" in stood


def test_a_nurse_is_denied_and_a_charge_nurse_reads_the_own_ward(wardpath: Run, demonstration: Path):
    for word in ("indicators", "deviations"):
        assert wardpath("audit", word, "--by", "nurse.anna", "--db", demonstration).exit_code == 1
        assert wardpath("audit", word, "--by", "charge.dora", "--db", demonstration).exit_code == 0
    assert wardpath("audit", "indicators", "--case", "nobody", "--db", demonstration).exit_code == 3
    both = ("--case", "demo-13", "--ward", "Haematology 4")
    assert wardpath("audit", "indicators", *both, "--db", demonstration).exit_code == 2


def test_the_look_is_written_with_every_case(wardpath: Run, demonstration: Path):
    wardpath("audit", "indicators", "--by", "auditor", "--db", demonstration)
    house = open_house(demonstration)
    looks = [each for each in house.store.accesses(actor="auditor") if each.what == "indicators"]
    house.close()
    assert len(looks) == 1
    assert len(looks[0].cases) >= 34


def test_who_looked_is_told_only_to_whoever_may_read_the_access_log(wardpath: Run, demonstration: Path):
    said = ("audit", "deviations", "--case", "demo-32", "--json", "--db", demonstration)
    assert wardpath("case", "demo-32", "--by", "consultant.ida", "--db", demonstration).exit_code == 0
    for account, seen in (("auditor", True), ("charge.dora", False)):
        found = data(wardpath(*said, "--by", account))["deviations"]
        (breach,) = (each for each in found if each["kind"] == "invariant")
        assert ("looked (case)" in {each["how"] for each in breach["knew"]}) is seen
