"""CSV: RFC 4180 in UTF-8, read back as it was written, and no cell a spreadsheet would run."""

import csv
from io import StringIO

import pytest

from pathway.clinical.instant import instant
from ward.spreadsheet import When, as_csv


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_text_that_would_be_a_formula_has_an_apostrophe_before_it(first: str):
    (row,) = csv.reader(StringIO(as_csv((), [(f"{first}cmd|' /C calc'!A0",)]).decode(), newline=""), strict=True)
    assert row == [f"'{first}cmd|' /C calc'!A0"]


def test_numbers_of_ours_and_other_texts_are_as_they_are():
    made = as_csv(("a", "b"), [(-5, "fibrinogen 160 mg/dL"), (0, "a-b")])
    assert made == b"a,b\r\n-5,fibrinogen 160 mg/dL\r\n0,a-b\r\n"


def test_quotes_commas_line_breaks_and_letters_of_any_kind_come_back():
    said = ('say "so"', "a, b", "one\r\ntwo", "Größe ≥ 5 漢")
    (row,) = csv.reader(StringIO(as_csv((), [said]).decode("utf-8"), newline=""), strict=True)
    assert tuple(row) == said


def test_instants_are_in_utc_with_their_offset_and_a_missing_one_is_empty():
    made = as_csv((), [(When(instant("2026-03-05T03:10+01:00")), When(None))])
    assert made == b"2026-03-05T02:10:00Z,\r\n"
