"""AML risk: each row of the tables, what overrides what, and a class only when nothing untested can change it."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.clinical.risk import EDITIONS, RISK, RISK_CLASSES, risk_classes

NONE = {name: frozenset({"absent"}) for name in RISK.groups}
whole = st.fixed_dictionaries({name: st.sampled_from(group.words) for name, group in RISK.groups.items()})


def classes(edition: str, found: Mapping[str, str]) -> set[str]:
    findings = {**NONE, **{name: frozenset({word}) for name, word in found.items()}}
    return {risk for risk, _ in risk_classes(edition, findings)}


@pytest.mark.parametrize(
    "found, eln_2022, eln_2017",
    [
        ({}, "intermediate", "intermediate"),
        ({"fusion": "runx1_runx1t1"}, "favorable", "favorable"),
        ({"fusion": "cbfb_myh11"}, "favorable", "favorable"),
        ({"npm1": "mutated"}, "favorable", "favorable"),
        ({"npm1": "mutated", "flt3_itd": "low"}, "intermediate", "favorable"),
        ({"npm1": "mutated", "flt3_itd": "high"}, "intermediate", "intermediate"),
        ({"flt3_itd": "low"}, "intermediate", "intermediate"),
        ({"flt3_itd": "high"}, "intermediate", "adverse"),
        ({"cebpa": "bzip_single"}, "favorable", "intermediate"),
        ({"cebpa": "bzip_biallelic"}, "favorable", "favorable"),
        ({"cebpa": "biallelic_other"}, "intermediate", "favorable"),
        ({"cebpa": "single_other"}, "intermediate", "intermediate"),
        ({"fusion": "mllt3_kmt2a"}, "intermediate", "intermediate"),
        ({"fusion": "dek_nup214"}, "adverse", "adverse"),
        ({"fusion": "kmt2a_other"}, "adverse", "adverse"),
        ({"fusion": "bcr_abl1"}, "adverse", "adverse"),
        ({"fusion": "kat6a_crebbp"}, "adverse", "intermediate"),
        ({"fusion": "mecom"}, "adverse", "adverse"),
        ({"karyotype": "minus_5"}, "adverse", "adverse"),
        ({"karyotype": "minus_7"}, "adverse", "adverse"),
        ({"karyotype": "abn_17p"}, "adverse", "adverse"),
        ({"karyotype": "complex"}, "adverse", "adverse"),
        ({"karyotype": "monosomal"}, "adverse", "adverse"),
        ({"runx1": "mutated"}, "adverse", "adverse"),
        ({"asxl1": "mutated"}, "adverse", "adverse"),
        ({"tp53": "mutated"}, "adverse", "adverse"),
        *(({"myelodysplasia_gene": gene}, "adverse", "intermediate") for gene in ("bcor", "ezh2", "sf3b1", "srsf2")),
        *(({"myelodysplasia_gene": gene}, "adverse", "intermediate") for gene in ("stag2", "u2af1", "zrsr2")),
        ({"npm1": "mutated", "karyotype": "complex"}, "adverse", "adverse"),
        ({"npm1": "mutated", "myelodysplasia_gene": "srsf2"}, "favorable", "favorable"),
        ({"npm1": "mutated", "runx1": "mutated"}, "favorable", "favorable"),
        ({"npm1": "mutated", "tp53": "mutated"}, "adverse", "adverse"),
    ],
)
def test_findings_have_the_class_of_their_edition(found: dict[str, str], eln_2022: str, eln_2017: str) -> None:
    assert classes("2022", found) == {eln_2022}
    assert classes("2017", found) == {eln_2017}


def test_a_plain_t_11_17_is_intermediate_and_names_no_finding() -> None:
    assert risk_classes("2022", NONE) == (("intermediate", "nothing that classes it otherwise"),)


def test_the_finding_that_decided_is_named() -> None:
    found = risk_classes("2022", {**NONE, "npm1": frozenset({"mutated"}), "karyotype": frozenset({"minus_7"})})
    assert found == (("adverse", "karyotype -7"),)


def test_nothing_tested_leaves_every_class_possible() -> None:
    for edition in EDITIONS:
        assert {risk for risk, _ in risk_classes(edition, {})} == set(RISK_CLASSES)


@given(st.sampled_from(sorted(EDITIONS)), whole)
def test_whatever_was_found_there_is_one_class(edition: str, found: dict[str, str]) -> None:
    assert len(classes(edition, found)) == 1


@given(st.sampled_from(sorted(EDITIONS)), whole, st.sets(st.sampled_from(sorted(RISK.groups))))
def test_an_untested_finding_leaves_the_class_with_it_possible(
    edition: str, found: dict[str, str], missing: set[str]
) -> None:
    known = {name: frozenset({word}) for name, word in found.items() if name not in missing}
    assert classes(edition, found) <= {risk for risk, _ in risk_classes(edition, known)}


def test_the_tables_name_groups_and_words_that_exist_and_a_source_everywhere() -> None:
    rules = [rule for edition in EDITIONS.values() for rule in edition]
    assert all(rule.source and rule.risk in RISK_CLASSES for rule in rules)
    for rule in rules:
        assert all(set(words) <= set(RISK.groups[name].words) for name, words in rule.when.items())
    for group in RISK.groups.values():
        assert all(set(words) <= set(group.words) for words in group.broad.values())
        assert not {*group.words, *group.broad} & set(RISK.unsaid)
    assert set(RISK.labels) <= {word for group in RISK.groups.values() for word in group.words}
