"""Fusions: every way of writing a name, the classes, and what banding may suggest."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.clinical.banding import implausible_with_fusion, suspected_partners
from pathway.clinical.fusion import FUSIONS, METHODS, TABLE, class_of, partner_named, partner_of
from pathway.clinical.report import Method


@pytest.mark.parametrize(
    "text, name",
    [
        ("PLZF-RARa", "ZBTB16::RARA"),
        ("PLZF/RARA", "ZBTB16::RARA"),
        ("ZBTB16/RARA", "ZBTB16::RARA"),
        ("ZBTB16::RARA", "ZBTB16::RARA"),
        ("zbtb16::rara", "ZBTB16::RARA"),
        ("ZNF145-RARA", "ZBTB16::RARA"),
        ("RARA-PLZF", "ZBTB16::RARA"),
        ("RAR\u03b1\u2013PLZF", "ZBTB16::RARA"),
        ("PLZF\u2013RAR\u03b1", "ZBTB16::RARA"),
        ("PLZF\u2011RAR-alpha", "ZBTB16::RARA"),
        ("PLZF \u2212 RAR alpha", "ZBTB16::RARA"),
        ("PLZF-RARalpha", "ZBTB16::RARA"),
        ("PLZF::NR1B1", "ZBTB16::RARA"),
        ("ZBTB16::RARA fusion transcript", "ZBTB16::RARA"),
        ("NuMA/RAR\u03b1", "NUMA1::RARA"),
        ("NPM-RARA", "NPM1::RARA"),
        ("NPM1::RARA", "NPM1::RARA"),
        ("B23-RARa", "NPM1::RARA"),
        ("FIP1L1-RARA", "FIP1L1::RARA"),
        ("STAT5b-RAR\u03b1", "STAT5B::RARA"),
        ("PRKAR1A::RARA", "PRKAR1A::RARA"),
        ("TFII-I-RARA", "GTF2I::RARA"),
        ("OBFC2A-RARA", "NABP1::RARA"),
        ("TBLR1-RARA", "TBL1XR1::RARA"),
        ("TTMV::RARA", "TTMV::RARA"),
        ("Torque teno mini virus/RARA", "TTMV::RARA"),
        ("PML-RAR\u03b1", "PML::RARA"),
        ("NUP98::RARG::NUP98", "NUP98::RARG"),
        ("CPSF6-RAR\u03b3", "CPSF6::RARG"),
        ("TBLR1-RAR\u03b2", "TBL1XR1::RARB"),
        ("*ZBTB16::RARA*", "ZBTB16::RARA"),
        ("*ZBTB16*::*RARA*", "ZBTB16::RARA"),
        ("<i>ZBTB16</i>::<i>RARA</i>", "ZBTB16::RARA"),
        ("_ZBTB16_::_RARA_", "ZBTB16::RARA"),
        ("PLZF:RARA", "ZBTB16::RARA"),
        ("RARA::ZBTB16", "ZBTB16::RARA"),
        ("RARA-PLZF (reciprocal)", "ZBTB16::RARA"),
        ("NR1B1/PLZF", "ZBTB16::RARA"),
        ("MYL-RARA", "PML::RARA"),
        ("TRIM19::RARA", "PML::RARA"),
        ("RNF71/RARA", "PML::RARA"),
        ("numatrin-RARA", "NPM1::RARA"),
        ("TSE1-RARA", "PRKAR1A::RARA"),
        ("PRKAR1/RARA", "PRKAR1A::RARA"),
        ("SSB2-RARA", "NABP1::RARA"),
        ("BCOR-RARA", "BCOR::RARA"),
        ("GTF2I/RARA", "GTF2I::RARA"),
        ("IRF2BP2-RARA", "IRF2BP2::RARA"),
        ("IRF2BP1::RARA", "IRF2BP1::RARA"),
        ("FNDC3B-RARA", "FNDC3B::RARA"),
        ("ADAMTS17::RARA", "ADAMTS17::RARA"),
        ("STAT3-RARA", "STAT3::RARA"),
        ("TFG-RARA", "TFG::RARA"),
        ("NUP98-RARA", "NUP98::RARA"),
        ("HNRNPC::RARA", "HNRNPC::RARA"),
        ("THRAP3::RARA", "THRAP3::RARA"),
        ("torque-teno mini virus::RARA", "TTMV::RARA"),
        ("HNRNPC-RARG", "HNRNPC::RARG"),
        ("HNRNPM::RARG", "HNRNPM::RARG"),
        ("PML-RAR\u03b3", "PML::RARG"),
        ("RARG::CPSF6", "CPSF6::RARG"),
        ("RARB::TBL1XR1", "TBL1XR1::RARB"),
    ],
)
def test_every_spelling_of_a_fusion_comes_to_one_name(text: str, name: str) -> None:
    fusion = partner_of(text)
    assert fusion is not None
    assert fusion.name == name
    assert fusion.listed


@pytest.mark.parametrize(
    "text",
    [
        "NPM1",
        "NPM1 mutation",
        "NPM1-mutated AML",
        "BCOR mutation",
        "PLZF",
        "RARA",
        "RARA rearrangement",
        "RARA-rearranged",
        "no PLZF-RARA",
        "negative for PLZF-RARA",
        "PLZF-RARA not found",
        "M3 variant",
        "M3v",
        "",
        "::RARA",
        "RARA::",
        "unknown::RARA",
        "partner-RARA",
        "RARA::RARA",
        "ZBTB16::KMT2A",
        "abn(17p)",
        "x" * 100 + "::RARA",
        "NON-RARA",
        "FIP1L1::PDGFRA",
        "*BCOR* mutation",
        "microgranular APL",
        "no *PLZF-RARA*",
        "***",
    ],
)
def test_what_is_not_the_name_of_a_receptor_fusion_names_none(text: str) -> None:
    assert partner_of(text) is None


@given(st.text(max_size=80))
def test_no_text_breaks_the_reader_of_names(text: str) -> None:
    for fusion in (partner_of(text), partner_named(text)):
        assert fusion is None or fusion.gene in ("RARA", "RARB", "RARG")


def test_a_bare_gene_is_taken_only_where_a_partner_is_expected() -> None:
    assert partner_of("NPM1") is None
    named = partner_named("NPM1")
    assert named is not None
    assert named.name == "NPM1::RARA"
    plzf = partner_named("plzf")
    assert plzf is not None
    assert plzf.symbol == "ZBTB16"


@pytest.mark.parametrize("text", ["RARA", "unknown", "see comment", "NPM1 mutation", "M3v", "none", "AML", ""])
def test_a_partner_field_that_names_no_gene_names_no_partner(text: str) -> None:
    assert partner_named(text) is None


@pytest.mark.parametrize("text", ["STAT5A::RARA", "stat5a::rar\u03b1"])
def test_stat5a_is_not_stat5b_but_a_partner_nobody_listed(text: str) -> None:
    fusion = partner_of(text)
    assert fusion is not None
    assert (fusion.symbol, fusion.listed, fusion.word) == ("STAT5A", False, "other")
    assert class_of(fusion, truncated=False) == "unclassified"


def test_a_sister_gene_is_never_taken_for_rara() -> None:
    sister, classic = partner_of("NPM1::RARG"), partner_of("NPM1::RARA")
    assert sister is not None
    assert classic is not None
    assert (sister.word, classic.word) == ("NPM1_RARG", "NPM1")
    assert class_of(sister, truncated=False) == "unclassified"


def test_the_classes_are_those_of_the_article_and_no_others() -> None:
    by_class = {
        kind: {word for word, fusion in FUSIONS.items() if class_of(fusion, truncated=False) == kind}
        for kind in ("resistant", "sensitive")
    }
    assert by_class == {"resistant": {"ZBTB16", "STAT5B"}, "sensitive": {"NUMA1", "NPM1", "FIP1L1"}}


def test_a_truncated_domain_takes_sensitivity_away_and_gives_nothing() -> None:
    assert class_of(FUSIONS["NPM1"], truncated=True) == "unclassified"
    assert class_of(FUSIONS["ZBTB16"], truncated=True) == "resistant"
    assert class_of(FUSIONS["BCOR"], truncated=True) == "unclassified"


def test_only_the_classic_fusion_is_no_variant() -> None:
    assert [fusion.name for fusion in FUSIONS.values() if not fusion.variant] == ["PML::RARA"]


def test_no_two_rows_share_a_name_and_every_row_has_a_note_and_a_source() -> None:
    names = [(name.casefold(), row.gene) for row in TABLE.fusions for name in (row.symbol, *row.aliases)]
    assert len(set(names)) == len(names)
    assert all(row.literature and row.source for row in TABLE.fusions)


def test_every_method_stands_in_the_table() -> None:
    assert set(METHODS) == set(Method)


@pytest.mark.parametrize(
    "karyotype, partners",
    [
        ("46,XY,t(5;17)(q35;q21),del(12)(p13)", ("NPM1",)),
        ("46,XX,ins(3;5)(q26;q13q13),t(5;17)(q34;q21)", ("NPM1",)),
        ("t(5;17)(q35.1;q21.2)", ("NPM1",)),
        ("t(5;17)(q32;q12)", ("NPM1",)),
        ("t(11;17)(q23;q21)", ("ZBTB16",)),
        ("t(11;17)(q23;q12~21)", ("ZBTB16",)),
        ("t(11;17)(q23.2;q21.2)", ("ZBTB16",)),
        ("t(11;17)(q23;q21.1)", ("ZBTB16",)),
        ("t(11;17)(q13;q12~21)", ("NUMA1",)),
        ("t(5;17)(q35;q12~21)", ("NPM1",)),
        ("der(5)t(5;17)(q35;q21)", ("NPM1",)),
        ("t(X;17)(p11;q21)", ("BCOR",)),
        ("t(2;17)(q32;q21)", ("NABP1",)),
        ("t(7;17)(q11;q21)", ("GTF2I",)),
        ("t(7;17)(q11.2;q21)", ("GTF2I",)),
        ("t(1;17)(q42;q21)", ("IRF2BP2",)),
        ("t(17;19)(q21;q13)", ("IRF2BP1",)),
        ("t(3;17)(q12;q21)", ("TFG",)),
        ("t(17;17)(q24;q21)", ("PRKAR1A",)),
        ("46,XX,t(17;11)(q21;q23)[18]/46,XX[2]", ("ZBTB16",)),
        ("46, XX, t(11 ; 17) (q23 ; q21)", ("ZBTB16",)),
        ("t(11;17)(q23:q21)", ("ZBTB16",)),
        ("t(11;17)(q13;q21)", ("NUMA1",)),
        ("t(11;17)(q13.4;q21.2)", ("NUMA1",)),
        ("t(11;17)(p15;q21)", ("NUP98",)),
        ("t(3;17)(q26;q21)", ("FNDC3B", "TBL1XR1")),
        ("t(X;17)(p11.4;q21.2)", ("BCOR",)),
        ("t(4;17)(q12;q21)", ("FIP1L1",)),
        ("t(15;17)(q26;q21)", ("ADAMTS17",)),
        ("t(17;17)(q21;q21)", ("STAT3", "STAT5B")),
        ("t(11;12)(p15;q13)", ("NUP98_RARG",)),
        ("46,XY,t(11;17)(q23;q21),t(5;17)(q35;q21)", ("NPM1", "ZBTB16")),
    ],
)
def test_a_translocation_with_bands_suggests_the_partners_that_lie_there(
    karyotype: str, partners: tuple[str, ...]
) -> None:
    assert suspected_partners(karyotype) == partners


@pytest.mark.parametrize(
    "karyotype",
    [
        "t(11;17)",
        "46,XY,t(11;17)",
        "t(11;17)(q;q)",
        "t(11;17)(q13~23;q21)",
        "t(11;17)(q2;q21)",
        "46,XX",
        "",
        "t(15;17)(q24;q21)",
        "t(15;17)(q22;q12)",
        "t(15;17)(q22;q21)",
        "t(15;17)(q24.1;q21.2)",
        "dup(17)(q12q21)",
        "t(3;17)(q26;q23)",
        "t(12;17)(q24;q21)",
        "t(X;17)(q28;q21)",
        "t(11;17)(q23;p13)",
        "t(11;17)(q23;q25)",
        "i(17)(q10)",
        "del(4)(q12)",
        "no t(11;17)(q23;q21)",
        "FISH negative for t(11;17)(q23;q21)",
        "46,XY,t(11;17)(q23;q21)c",
        "no metaphases",
    ],
)
def test_without_bands_or_with_other_bands_nothing_is_suggested(karyotype: str) -> None:
    assert suspected_partners(karyotype) == ()


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader_of_karyotypes(karyotype: str) -> None:
    assert set(suspected_partners(karyotype)) <= set(FUSIONS)


def test_rearrangements_that_never_go_with_a_fusion_are_seen() -> None:
    assert implausible_with_fusion("46,XX,t(8;21)(q22;q22)")
    assert implausible_with_fusion("46,XX,inv(16)(p13.1q22)")
    assert implausible_with_fusion("46,XX,t(16;16)(p13.1;q22)")
    assert not implausible_with_fusion("46,XX,t(11;17)(q23;q21)")
    assert not implausible_with_fusion("no t(8;21)")


def test_real_karyotypes_suggest_partners_only_where_the_bands_fit(shared: Path) -> None:
    with (shared / "data/karyotypes/amlsg_karyotypes.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    found = {row["pdid"]: suspected_partners(row["karyotype_as_written"]) for row in rows}
    assert found["PD8410a"] == ("NPM1",)
    assert found["PD7638a"] == found["PD9355a"] == ("ZBTB16",)
    assert found["PD10972a"] == ()
    classic = [row["pdid"] for row in rows if row["class_t15_17"] == "1"]
    assert len(classic) >= 30
    assert [pdid for pdid in classic if found[pdid]] == []
