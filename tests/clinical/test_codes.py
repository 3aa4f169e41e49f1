"""Codes: what they mean, and that one nobody verified lets nothing in."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from pathway.clinical.code import CONCEPTS, SYSTEMS, concept_of, unverified
from pathway.clinical.computed import COMPUTED
from pathway.clinical.given import ReadingRefused, number, word
from pathway.clinical.reading import Reading, exactly

COUNT = Decimal(3)
PAGE = Path(__file__).parents[2] / "docs/reference/clinical.md"


@pytest.mark.parametrize(
    "system, code, name",
    [
        ("loinc", "3255-7", "fibrinogen"),
        ("http://loinc.org", " 777-3 ", "platelets"),
        ("loinc", "21785-1", "pml_rara_molecular"),
        ("loinc", "2106-3", "hcg_urine"),
        ("snomed", "110004001", "apl"),
        ("icd10", "C92.4", "apl"),
        ("icd10cm", "C92.42", "apl_relapse"),
        ("orphanet", "520", "apl"),
        ("ncit", "C36055", "apl_variant"),
        ("ncit", "C27757", "apl_microgranular"),
        ("oncotree", "AMLRARA", "apl_variant"),
        ("oncotree", "APLPMLRARA", "apl_classic"),
        ("snomed", "12719002", "platelet_transfusion"),
        ("rxnorm", "519", "allopurinol"),
    ],
)
def test_a_verified_code_is_understood(system: str, code: str, name: str) -> None:
    found = concept_of(system, code)
    assert found is not None
    assert found.name == name


def test_no_code_that_is_not_verified_means_anything() -> None:
    assert [code.code for _, code in unverified() if concept_of(code.system, code.code, "oral")] == []


@pytest.mark.parametrize(
    "system, code",
    [("mondo", "MONDO:0100375"), ("icdo3", "9861/3"), ("loinc", "48058-2"), ("atc", "L01XF01"), ("rxnorm", "18330")],
)
def test_a_code_with_a_wrong_label_or_from_memory_means_nothing(system: str, code: str) -> None:
    assert concept_of(system, code, "oral") is None


def test_tretinoin_is_the_capsule_and_not_the_cream() -> None:
    assert concept_of("rxnorm", "10753") is None
    assert concept_of("rxnorm", "10753", "topical") is None
    found = concept_of("rxnorm", "10753", "oral")
    assert found is not None
    assert found.name == "tretinoin"


def test_a_concept_gives_its_first_verified_code() -> None:
    assert CONCEPTS["oxygen_saturation"].code("loinc") is not None
    assert CONCEPTS["qtc_interval"].code("loinc") is None
    assert CONCEPTS["differentiation_syndrome"].code("snomed") is None


def test_no_verified_code_stands_for_two_things_and_every_code_names_system_and_source() -> None:
    codes = [(code.system, code.code) for each in CONCEPTS.values() for code in each.codes if code.verified]
    assert len(set(codes)) == len(codes)
    assert all(code.system in SYSTEMS and code.source for each in CONCEPTS.values() for code in each.codes)


def test_the_page_names_every_computed_fact_and_every_input_of_it() -> None:
    text = PAGE.read_text("utf-8")
    named = set(re.findall(r"`([a-z0-9_]+@\d+)`", text))
    assert set(COMPUTED) <= named
    inputs = {given for fact in COMPUTED.values() for given, _ in fact.inputs}
    assert [name for name in sorted(inputs) if f"`{name}`" not in text] == []


def test_a_word_or_number_of_another_kind_is_refused_and_an_unsaid_one_is_missing() -> None:
    readings = {
        "word": Reading(known=True, value="present"),
        "flag": Reading(known=True, value=True),
        "figure": Reading(known=True, value=exactly(COUNT)),
        "unsaid": Reading(known=True, value="not_asked"),
        "unknown": Reading(known=False),
    }
    assert word(readings, "word", ["present"]) == "present"
    assert word(readings, "flag", ["yes", "no"]) == "yes"
    assert word(readings, "unsaid", ["present"], ["not_asked"]) is None
    assert word(readings, "unknown", ["present"]) is None
    assert number(readings, "figure") == exactly(COUNT)
    assert number(readings, "nobody") is None
    for name in ("figure", "word"):
        with pytest.raises(ReadingRefused):
            word(readings, name, ["absent"])
    with pytest.raises(ReadingRefused):
        number(readings, "word")
