"""The page of the real series says what a run gives."""

from pathlib import Path

import pytest

from docs.series import PAGE, PICTURE, SHOWN, lateness, page, picture, run, table

DATA = "data/labs/mimic3_demo_haemostasis_labs.csv.gz"


def section(subject: str) -> str:
    return PAGE.read_text("utf-8").partition(f"## Person {subject}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("subject", SHOWN)
def test_the_table_of_a_person_is_what_a_run_gives(shared: Path, subject: str):
    found = run(shared / DATA, subject)
    assert found.rows > 50
    assert "\n".join(table(found)) in section(subject)


@pytest.mark.parametrize("subject", SHOWN)
def test_a_unit_in_doubt_never_becomes_a_value(shared: Path, subject: str):
    found = {each.analyte: each for each in run(shared / DATA, subject).counted}
    unlabelled = [each for name, each in found.items() if name.startswith("d_dimer")]
    assert [each.values for each in unlabelled] == [0] * len(unlabelled)


def test_every_recheck_that_was_met_stands_in_one_bin(shared: Path):
    found = run(shared / DATA, SHOWN[0])
    met = sum(each.late_us is not None for each in found.values)
    assert sum(sum(bins) for bins in lateness(found).values()) == met > 10


@pytest.mark.slow
def test_the_whole_page_and_its_picture_are_what_a_run_gives(shared: Path):
    whole, single = run(shared / DATA), {subject: run(shared / DATA, subject) for subject in SHOWN}
    assert not whole.fed.refused
    assert page(whole, single) == PAGE.read_text("utf-8")
    assert picture(whole, single) == PICTURE.read_text("utf-8")
