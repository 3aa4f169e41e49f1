"""Quantities: a unit in doubt never reads as a value, and what is converted is converted exactly."""

import csv
import gzip
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.clinical.quantity import (
    ANALYTES,
    Measured,
    Outcome,
    QuantityRefused,
    analyte_of,
    read_quantity,
    show,
    unusable_because,
)
from pathway.clinical.reading import Interval, exactly
from pathway.clinical.unit import spellings, ucum_of

USABLE, QUESTION, UNUSABLE, UNREADABLE = Outcome.USABLE, Outcome.QUESTION, Outcome.UNUSABLE, Outcome.UNREADABLE


def shown(measured: Measured) -> str:
    assert measured.interval is not None
    return show(measured.interval, measured.unit)


@pytest.mark.parametrize(
    "analyte, text, unit, expected",
    [
        ("fibrinogen", "1.0", "g/L", "100 mg/dL"),
        ("fibrinogen", "1.5", "g/L", "150 mg/dL"),
        ("fibrinogen", "0.09", "g/L", "9 mg/dL"),
        ("fibrinogen", "2.94", "umol/L", "99.96 mg/dL"),
        ("fibrinogen", "92", "mg/dl", "92 mg/dL"),
        ("fibrinogen", "92.50", "MG/DL", "92.50 mg/dL"),
        ("fibrinogen", " 92 ", " mg/dL ", "92 mg/dL"),
        ("platelets", "30000", "/uL", "30 x10^9/L"),
        ("platelets", "30", "K/uL", "30 x10^9/L"),
        ("platelets", "1", "10*9/L", "1 x10^9/L"),
        ("wbc", ".3", "K/uL", "0.3 x10^9/L"),
        ("inr", "1.7", "{INR}", "1.7"),
        ("inr", "1.7", "1", "1.7"),
        ("pt", "14.2", "sec", "14.2 s"),
        ("d_dimer_feu", "850", "ng/mL{FEU}", "0.85 mg/L FEU"),
        ("haemoglobin", "7.9", "g/dL", "79 g/L"),
        ("creatinine", "1", "mg/dL", "88.4 umol/L"),
        ("potassium", "4.0", "mEq/L", "4.0 mmol/L"),
        ("fibrinogen", "1", "umol/L", "34 mg/dL"),
        ("platelets", "30000", "/mm3", "30 x10^9/L"),
        ("neutrophils", "500", "/uL", "0.5 x10^9/L"),
        ("wbc", "0.3", "10*9/L", "0.3 x10^9/L"),
        ("d_dimer_feu", "0.5", "ug/mL{FEU}", "0.5 mg/L FEU"),
        ("d_dimer_ddu", "300", "ng/mL{DDU}", "300 ng/mL DDU"),
        ("bilirubin", "1.2", "mg/dL", "20.52 umol/L"),
        ("urate", "5", "mg/dL", "297.4 umol/L"),
        ("phosphate", "3", "mg/dL", "0.9687 mmol/L"),
        ("calcium", "10", "mg/dL", "2.495 mmol/L"),
        ("fibrinogen", "2000", "mg/dL", "2000 mg/dL"),
        ("inr", ">9", "{INR}", ">9"),
        ("body_height", "1.70", "m", "170 cm"),
        ("age_years", "17.9", "years", "17.9 years"),
    ],
)
def test_a_result_in_an_accepted_unit_becomes_exactly_its_canonical_value(
    analyte: str, text: str, unit: str, expected: str
) -> None:
    measured = read_quantity(analyte, text, unit)
    assert measured.outcome is USABLE
    assert shown(measured) == expected


def test_micromoles_of_fibrinogen_agree_with_grams_per_litre_to_two_figures() -> None:
    measured = read_quantity("fibrinogen", "4.41", "umol/L")
    assert measured.interval is not None
    assert measured.interval.low is not None
    assert round(measured.interval.low) == 150


@pytest.mark.parametrize(
    "text, interval, words",
    [
        ("<35", Interval(Decimal(0), Decimal(35), high_open=True), "<35 mg/dL"),
        ("< 35", Interval(Decimal(0), Decimal(35), high_open=True), "<35 mg/dL"),
        ("<=35", Interval(Decimal(0), Decimal(35)), "0 to 35 mg/dL"),
        (">500", Interval(Decimal(500), None, low_open=True), ">500 mg/dL"),
        (">=500", Interval(Decimal(500), None), ">=500 mg/dL"),
    ],
)
def test_a_comparator_becomes_an_interval_that_keeps_its_sign(text: str, interval: Interval, words: str) -> None:
    measured = read_quantity("fibrinogen", text, "mg/dL")
    assert measured.interval == interval
    assert shown(measured) == words


def test_a_comparator_is_converted_with_its_open_side() -> None:
    measured = read_quantity("fibrinogen", "<0.35", "g/L")
    assert measured.interval == Interval(Decimal(0), Decimal(35), high_open=True)
    assert shown(measured) == "<35 mg/dL"


def test_a_range_of_degradation_products_is_an_interval() -> None:
    measured = read_quantity("fdp", "160-320", "ug/mL")
    assert measured.interval == Interval(Decimal(160), Decimal(320))
    assert shown(measured) == "160 to 320 ug/mL"


@pytest.mark.parametrize("analyte, text", [("fibrinogen", "160-320"), ("fdp", "320-160"), ("fdp", "<160-320")])
def test_a_range_where_none_is_reported_or_that_runs_backwards_is_unreadable(analyte: str, text: str) -> None:
    assert read_quantity(analyte, text, ANALYTES[analyte].unit).outcome is UNREADABLE


@pytest.mark.parametrize(
    "text",
    [
        "NaN",
        "Infinity",
        "1e5",
        "1E2",
        "1_000",
        "١٢٣",
        "\uff19\uff12",
        "9 2",
        "1,06",
        "1.000.0",
        "",
        " ",
        ".",
        "-",
        "≤35",
        "<0",
        "92 mg/dL",
        "9" * 10,
        "9" * 41,
        "+92",
        "-92",
        "0x5c",
        "see comment",
        "1.2345678",
        "92\n93",
        "--92",
        "<>9",
    ],
)
def test_what_is_not_a_plain_ascii_figure_is_unreadable(text: str) -> None:
    measured = read_quantity("fibrinogen", text, "mg/dL")
    assert measured.outcome is UNREADABLE
    assert measured.interval is None
    assert measured.question


@given(st.text(max_size=60), st.one_of(st.none(), st.text(max_size=10)), st.sampled_from(sorted(ANALYTES)))
def test_whatever_comes_is_answered_and_only_usable_results_have_a_value(
    text: str, unit: str | None, analyte: str
) -> None:
    measured = read_quantity(analyte, text, unit)
    assert (measured.interval is not None) == (measured.outcome is USABLE)
    assert bool(measured.question) == (measured.outcome is not USABLE)


def test_a_comma_is_a_decimal_sign_only_where_the_feed_says_so() -> None:
    assert shown(read_quantity("fibrinogen", "1,06", "g/L", decimal_sign=",")) == "106 mg/dL"
    assert read_quantity("fibrinogen", "1,06", "g/L").outcome is UNREADABLE
    assert read_quantity("fibrinogen", "1.06", "g/L", decimal_sign=",").outcome is UNREADABLE


@pytest.mark.parametrize(
    "analyte, text, unit, meant",
    [
        ("fibrinogen", "92", None, "mg/dL"),
        ("fibrinogen", "1.2", "", "g/L"),
        ("fibrinogen", "1.2", "mg/dL", "g/L"),
        ("fibrinogen", "0.2", "mg/dL", "g/L"),
        ("fibrinogen", "12", "mg/dL", "g/L"),
        ("fibrinogen", "0.09", "mg/dL", "g/L"),
        ("fibrinogen", "<0.5", "mg/dL", "g/L"),
        ("fibrinogen", "92", "g/L", "mg/dL"),
        ("fibrinogen", "92", "furlong", "mg/dL"),
        ("platelets", "3001", "10*9/L", "/uL"),
        ("platelets", "157000", "K/uL", "/uL"),
        ("platelets", "30", "/uL", "x10^9/L"),
        ("platelets", "0.9", "10*9/L", ""),
        ("wbc", "5400", "K/uL", "/uL"),
        ("wbc", "5.4", "/uL", "x10^9/L"),
        ("haemoglobin", "7.9", "g/L", "g/dL"),
        ("haemoglobin", "79", "g/dL", "g/L"),
        ("creatinine", "0.9", "umol/L", "mg/dL"),
        ("creatinine", "80", "mg/dL", "umol/L"),
        ("d_dimer_feu", "1200", "mg/L{FEU}", "ng/mL FEU"),
        ("d_dimer_feu", "0.8", "ng/mL{FEU}", "mg/L FEU"),
        ("inr", "12.4", "1", "PT in seconds"),
        ("pt", "1.1", "s", "INR"),
        ("temperature", "101", "Cel", "degF"),
        ("temperature", "90", "Cel", "degF"),
        ("temperature", "110", "Cel", "degF"),
        ("wbc", "1001", "10*9/L", "/uL"),
        ("platelets", "5000", "10*9/L", "/uL"),
        ("haemoglobin", "3", "g/L", "g/dL"),
        ("haemoglobin", "20", "g/L", "g/dL"),
        ("d_dimer_feu", "1001", "mg/L{FEU}", "ng/mL FEU"),
        ("bilirubin", "1.2", "umol/L", "mg/dL"),
        ("bilirubin", "80", "mg/dL", "umol/L"),
    ],
)
def test_a_doubtful_unit_asks_and_names_the_unit_probably_meant(
    analyte: str, text: str, unit: str | None, meant: str
) -> None:
    measured = read_quantity(analyte, text, unit)
    assert measured.outcome is QUESTION
    assert measured.interval is None
    assert meant in measured.question


@pytest.mark.parametrize(
    "analyte, text, unit",
    [("fibrinogen", "12.1", "mg/dL"), ("platelets", "3000", "10*9/L"), ("platelets", "1", "K/uL"), ("inr", "9.9", "1")],
)
def test_a_value_just_outside_the_asking_range_is_taken(analyte: str, text: str, unit: str) -> None:
    assert read_quantity(analyte, text, unit).outcome is USABLE


@pytest.mark.parametrize(
    "analyte, text, unit",
    [
        ("fibrinogen", "99999", "g/L"),
        ("aptt", "301", "s"),
        ("potassium", "0.2", "mmol/L"),
        ("creatinine", "0", "mg/dL"),
        ("fibrinogen", "2001", "mg/dL"),
        ("haemoglobin", "251", "g/L"),
        ("inr", "0.4", "1"),
        ("pt", "301", "s"),
        ("aptt", "9", "s"),
        ("potassium", "12.1", "mmol/L"),
        ("temperature", "46", "Cel"),
        ("body_height", "29", "cm"),
        ("body_weight", "401", "kg"),
    ],
)
def test_a_figure_impossible_in_every_unit_is_unreadable(analyte: str, text: str, unit: str) -> None:
    assert read_quantity(analyte, text, unit).outcome is UNREADABLE


@pytest.mark.parametrize(
    "analyte, unit",
    [("d_dimer_feu", "ng/mL{DDU}"), ("d_dimer_ddu", "ng/mL{FEU}"), ("d_dimer_feu", "ng/mL"), ("pt", "%")],
)
def test_a_unit_of_another_quantity_asks_without_guessing(analyte: str, unit: str) -> None:
    measured = read_quantity(analyte, "60", unit)
    assert measured.outcome is QUESTION
    assert "probably" not in measured.question


def test_an_inr_without_a_unit_asks() -> None:
    assert read_quantity("inr", "1.2", None).outcome is QUESTION


def test_giga_per_litre_is_not_gram_per_litre() -> None:
    assert ucum_of("G/L") == "10*9/L"
    assert ucum_of("g/L") == "g/L"
    assert read_quantity("fibrinogen", "1.5", "G/L").outcome is QUESTION


def test_no_spelling_means_two_units() -> None:
    every = spellings()
    assert len({spelling for spelling, _ in every}) == len(every)


def test_what_was_entered_is_kept_and_marked_when_converted() -> None:
    assert read_quantity("fibrinogen", "1.0", "g/L").entered == "1.0 g/L (converted to mg/dL)"
    assert read_quantity("fibrinogen", "92", "MG/DL").entered == "92 MG/DL"


@pytest.mark.parametrize("text", ["CLOTTED", "QNS", "unable to report", "Specimen  clotted"])
def test_a_word_for_a_failed_sample_is_unusable(text: str) -> None:
    measured = read_quantity("fibrinogen", text, "mg/dL")
    assert measured.outcome is UNUSABLE
    assert measured.question


def test_plasma_that_does_not_clot_counts_as_longer_than_any_time() -> None:
    assert shown(read_quantity("pt", "No clot", "s")) == ">300 s"
    assert shown(read_quantity("aptt", "No clot", "s")) == ">300 s"


@pytest.mark.parametrize(
    "analyte, low, high",
    [
        ("fibrinogen", "0", "2000"),
        ("platelets", "0", "5000"),
        ("wbc", "0", "1000"),
        ("haemoglobin", "10", "250"),
        ("inr", "0.5", "20"),
        ("pt", "5", "300"),
        ("aptt", "10", "300"),
        ("d_dimer_feu", "0", "1000"),
        ("potassium", "1", "12"),
        ("creatinine", "5", "3000"),
        ("temperature", "25", "45"),
        ("body_height", "30", "250"),
        ("body_weight", "0.5", "400"),
    ],
)
def test_the_hard_limits_are_those_of_the_published_table(analyte: str, low: str, high: str) -> None:
    assert ANALYTES[analyte].hard == (Decimal(low), Decimal(high))


@pytest.mark.parametrize(
    "analyte, problem, usable",
    [
        ("fibrinogen", "clotted", False),
        ("fibrinogen", "derived", False),
        ("fibrinogen", "haemolysed", True),
        ("platelets", "clumped", False),
        ("platelets", "haemolysed", True),
        ("potassium", "haemolysed", False),
        ("pt", "haemolysed", False),
        ("pt", "clumped", True),
        ("creatinine", "wrong_patient", False),
        ("creatinine", "never heard of", False),
    ],
)
def test_a_specimen_problem_makes_those_values_worthless_that_suffer_from_it(
    analyte: str, problem: str, usable: bool
) -> None:
    assert (unusable_because(analyte, (problem,)) == "") is usable


def test_every_value_of_another_patient_is_worthless() -> None:
    assert all(unusable_because(analyte, ("wrong_patient",)) for analyte in ANALYTES)


def test_a_sample_without_problems_is_usable() -> None:
    assert unusable_because("fibrinogen", ()) == ""


def test_an_analyte_or_decimal_sign_that_does_not_exist_is_refused() -> None:
    with pytest.raises(QuantityRefused) as unknown:
        read_quantity("ferritin", "1", "1")
    assert unknown.value.code == "analyte_unknown"
    with pytest.raises(QuantityRefused) as sign:
        read_quantity("inr", "1", "1", decimal_sign="'")
    assert sign.value.code == "decimal_sign_unknown"


EVERY_UNIT = [(name, unit.unit) for name, analyte in ANALYTES.items() for unit in analyte.units]


@given(st.sampled_from(EVERY_UNIT), st.decimals(min_value=0, max_value=100_000, places=3))
def test_converting_there_and_back_gives_the_figure_again(pair: tuple[str, str], number: Decimal) -> None:
    analyte, unit = pair
    measured = read_quantity(analyte, str(number), unit)
    accepted = ANALYTES[analyte].accepted(unit)
    assert accepted is not None
    if measured.interval is not None and measured.interval.low is not None:
        assert measured.interval.low == measured.interval.high == number * accepted.factor
        assert measured.interval.low / accepted.factor == number


@given(st.sampled_from(EVERY_UNIT), st.decimals(min_value=0, max_value=100_000, places=2))
def test_no_usable_figure_lies_outside_the_hard_limits(pair: tuple[str, str], number: Decimal) -> None:
    measured = read_quantity(pair[0], str(number), pair[1])
    assert measured.interval is None or ANALYTES[pair[0]].possible(measured.interval.low or Decimal(0))


def test_usual_values_are_taken_in_every_accepted_unit() -> None:
    for name, analyte in ANALYTES.items():
        for unit in analyte.units:
            usual = analyte.usual[1] / unit.factor
            assert read_quantity(name, f"{usual:.3f}", unit.unit).outcome is USABLE, (name, unit.unit)


def test_the_tables_name_known_units_and_problems_and_a_source_everywhere() -> None:
    for analyte in ANALYTES.values():
        assert analyte.source
        assert analyte.accepted(analyte.unit) is not None
        assert all(ucum_of(unit.unit) == unit.unit and unit.source for unit in analyte.units)
        assert all(query.source and all(analyte.accepted(sent) for sent in query.sent) for query in analyte.queries)


@pytest.mark.parametrize(
    "interval, unit, words",
    [
        (exactly(Decimal("0.50")), "mg/L{FEU}", "0.50 mg/L FEU"),
        (exactly(Decimal("1E+2")), "mg/dL", "100 mg/dL"),
        (Interval(None, None), "mg/dL", "any value mg/dL"),
        (Interval(None, Decimal(5)), "mg/dL", "<=5 mg/dL"),
        (Interval(None, Decimal(5), high_open=True), "mg/dL", "<5 mg/dL"),
        (Interval(Decimal(4), Decimal(7)), "1", "4 to 7"),
        (Interval(Decimal(4), Decimal(7), True, True), "s", "above 4 to below 7 s"),
    ],
)
def test_intervals_are_shown_in_words_with_their_unit(interval: Interval, unit: str, words: str) -> None:
    assert show(interval, unit) == words


def test_the_codes_of_real_series_are_known_and_words_beside_a_count_are_no_count(shared: Path) -> None:
    with (shared / "data/labs/mimic3_demo_d_labitems_subset.csv").open() as file:
        codes = {row["loinc_code"] for row in csv.DictReader(file)} - {""}
    words = {"34167-7", "40741-1", "778-1"}
    ratio = {"5895-7"}
    assert {code for code in codes if analyte_of(code) is None} == words | ratio


def test_a_code_that_nobody_verified_lets_no_value_in() -> None:
    unverified = {code.loinc for each in ANALYTES.values() for code in each.codes if not code.verified}
    assert "5895-7" in unverified
    assert [code for code in sorted(unverified) if analyte_of(code)] == []


def test_every_analyte_can_be_entered_under_some_code() -> None:
    assert [name for name, each in ANALYTES.items() if not any(code.verified for code in each.codes)] == []


def test_real_fibrinogen_and_platelet_results_are_read_or_asked_about(shared: Path) -> None:
    names = {"51214": "fibrinogen", "51265": "platelets", "51301": "wbc", "51213": "fdp", "51275": "aptt"}
    outcomes: dict[str, list[Outcome]] = {name: [] for name in names.values()}
    with gzip.open(shared / "data/labs/mimic3_demo_haemostasis_labs.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            if row["itemid"] in names:
                name = names[row["itemid"]]
                outcomes[name].append(read_quantity(name, row["value"], row["valueuom"]).outcome)
    assert set(outcomes["fibrinogen"]) == set(outcomes["platelets"]) == set(outcomes["wbc"]) == {USABLE}
    assert set(outcomes["fdp"]) == {USABLE}
    assert outcomes["aptt"].count(UNREADABLE) == 1
