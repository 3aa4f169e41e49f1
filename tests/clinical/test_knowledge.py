"""Knowledge: what reports amount to, when it became so, and when they contradict each other."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.clinical import table
from pathway.clinical.computed import COMPUTED, TABLES
from pathway.clinical.instant import Instant
from pathway.clinical.knowledge import (
    confirmed_partner,
    knowledge_conflict,
    partner_class,
    pml_rara_state,
    suspected_class,
    suspicion_basis,
)
from pathway.clinical.report import (
    Method,
    PmlRaraResult,
    RarPartnerResult,
    Report,
    ReportStatus,
    WorkUpTest,
    follows,
)


@dataclass
class Lab:
    """Numbers reports as they come: the nth has position n, happened at 10n and was recorded at 10n + 1."""

    count: int = 0

    def report(self, test: str, method: str, result: str, status: str = "final", **more: Any) -> Report:
        self.count += 1
        return Report(
            position=self.count,
            test=test,
            method=method,
            status=status,
            result=result,
            occurred_at=Instant(10 * self.count),
            recorded_at=Instant(10 * self.count + 1),
            **more,
        )

    def pml(self, method: str, result: str = "", status: str = "final", **more: Any) -> Report:
        return self.report("pml_rara", method, result, status, **more)

    def partner(self, method: str, partner: str, status: str = "final", **more: Any) -> Report:
        return self.report("rar_partner", method, "partner_identified", status, partner=partner, **more)


@pytest.fixture
def lab() -> Lab:
    return Lab()


PML_CASES: list[tuple[str, list[tuple[str, str, str]]]] = [
    ("not_tested", []),
    ("not_tested", [("rt_pcr", "failed", "final")]),
    ("not_tested", [("dual_fusion_fish", "atypical", "final")]),
    ("not_tested", [("rt_pcr", "", "cancelled")]),
    ("not_tested", [("morphology", "positive", "final")]),
    ("pending", [("rt_pcr", "", "ordered")]),
    ("pending", [("rt_pcr", "", "collected")]),
    ("pending", [("rt_pcr", "", "received")]),
    ("pending", [("rt_pcr", "negative", "preliminary")]),
    ("pending", [("rt_pcr", "positive", "preliminary")]),
    ("pending", [("karyotype", "positive", "final")]),
    ("pending", [("immunofluorescence", "positive", "final")]),
    ("pending", [("rt_pcr", "negative", "final"), ("dual_fusion_fish", "positive", "preliminary")]),
    ("pending", [("brand_new_method", "positive", "final")]),
    ("negative_single_method", [("rt_pcr", "negative", "final")]),
    ("negative_single_method", [("rt_pcr", "negative", "final"), ("dual_fusion_fish", "", "ordered")]),
    ("negative_single_method", [("rt_pcr", "negative", "final"), ("dual_fusion_fish", "negative", "preliminary")]),
    ("negative_single_method", [("rt_pcr", "negative", "final"), ("rt_pcr", "negative", "final")]),
    ("negative_single_method", [("fusion_fish", "negative", "final"), ("dual_fusion_fish", "negative", "final")]),
    ("negative_single_method", [("rt_pcr", "negative", "final"), ("break_apart_fish", "negative", "final")]),
    ("negative_single_method", [("rt_pcr", "negative", "final"), ("karyotype", "negative", "final")]),
    ("negative_single_method", [("rt_pcr", "negative", "final"), ("dual_fusion_fish", "atypical", "final")]),
    ("negative_two_methods", [("rt_pcr", "negative", "final"), ("dual_fusion_fish", "negative", "final")]),
    ("negative_two_methods", [("rt_pcr", "negative", "amended"), ("rna_sequencing", "negative", "corrected")]),
    ("positive", [("rt_pcr", "positive", "final")]),
    ("positive", [("dual_fusion_fish", "positive", "final")]),
    ("positive", [("rna_sequencing", "positive", "final"), ("dual_fusion_fish", "", "ordered")]),
    ("positive", [("rt_pcr", "positive", "final"), ("dual_fusion_fish", "failed", "final")]),
    ("positive", [("dual_fusion_fish", "atypical", "final"), ("rt_pcr", "positive", "final")]),
    ("positive", [("rt_pcr", "positive", "final"), ("dual_fusion_fish", "negative", "preliminary")]),
    ("conflicting", [("rt_pcr", "positive", "final"), ("dual_fusion_fish", "negative", "final")]),
    ("conflicting", [("rt_pcr", "negative", "final"), ("dual_fusion_fish", "positive", "final")]),
    ("conflicting", [("rt_pcr", "negative", "final"), ("karyotype", "positive", "final")]),
    ("conflicting", [("rt_pcr", "negative", "final"), ("rt_pcr", "positive", "final")]),
]


@pytest.mark.parametrize("state, results", PML_CASES)
def test_the_state_of_pml_rara_follows_from_methods_and_settled_results(
    lab: Lab, state: str, results: list[tuple[str, str, str]]
) -> None:
    reading = pml_rara_state(tuple(lab.pml(method, result, status) for method, result, status in results))
    assert reading.known
    assert reading.value == state
    assert reading.shown


def test_a_verbal_negative_counts_once_it_is_confirmed_in_writing(lab: Lab) -> None:
    told = lab.pml("rt_pcr", "negative", verbal=True, written=False)
    written = lab.pml("rt_pcr", "negative", verbal=True, written=True)
    assert pml_rara_state((told,)).value == "pending"
    assert pml_rara_state((written,)).value == "negative_single_method"


def test_a_partner_report_that_names_the_classic_fusion_makes_it_positive(lab: Lab) -> None:
    reports = (lab.partner("rna_sequencing", "PML::RARA"),)
    assert pml_rara_state(reports).value == "positive"
    assert partner_class(reports).value == "unnamed"
    assert suspected_class(reports).value == "none"


def test_repeating_a_result_does_not_move_the_moment_it_was_learned(lab: Lab) -> None:
    reports = (
        lab.pml("rt_pcr", "negative"),
        lab.pml("dual_fusion_fish", "negative"),
        lab.pml("rna_sequencing", "negative"),
    )
    reading = pml_rara_state(reports)
    assert (reading.recorded, reading.at, reading.events) == (21, 20, (1, 2, 3))


def test_a_state_that_comes_back_is_dated_by_its_return(lab: Lab) -> None:
    reports = (
        lab.pml("rt_pcr", "", "ordered"),
        lab.pml("rt_pcr", "negative"),
        lab.pml("dual_fusion_fish", "positive", "preliminary"),
    )
    assert pml_rara_state(reports[:1]).recorded == 11
    assert pml_rara_state(reports).value == "pending"
    assert pml_rara_state(reports).recorded == 31


def test_a_reading_is_true_from_the_collection_of_its_specimen(lab: Lab) -> None:
    collected = lab.pml("rt_pcr", "negative", collected_at=Instant(3), authorised_at=Instant(7))
    authorised = lab.pml("rt_pcr", "negative", authorised_at=Instant(7))
    assert pml_rara_state((collected,)).at == 3
    assert pml_rara_state((authorised,)).at == 7


def test_without_reports_every_answer_is_certain_and_dated_by_nothing() -> None:
    values = {name: fact.function(()) for name, fact in COMPUTED.items() if fact.takes == "reports"}
    assert {name: reading.value for name, reading in values.items()} == {
        "pml_rara_state@1": "not_tested",
        "partner_class@1": "unnamed",
        "confirmed_partner@1": "none",
        "partner_note@1": "none",
        "suspected_class@1": "none",
        "suspicion_basis@1": "none",
        "rearrangement_state@1": "not_tested",
        "knowledge_conflict@1": False,
    }
    assert all(reading.known and reading.recorded is None and reading.at is None for reading in values.values())


@pytest.mark.parametrize("method", ["rt_pcr", "rna_sequencing", "dna_sequencing", "fusion_fish"])
@pytest.mark.parametrize("status", ["final", "amended", "corrected"])
def test_a_settled_report_by_a_naming_method_confirms_its_partner(lab: Lab, method: str, status: str) -> None:
    reports = (lab.partner(method, "PLZF-RAR\u03b1", status),)
    assert partner_class(reports).value == "resistant"
    assert confirmed_partner(reports).value == "ZBTB16"
    assert suspected_class(reports).value == "none"


@pytest.mark.parametrize(
    "method, status, more",
    [
        ("rt_pcr", "preliminary", {}),
        ("rt_pcr", "ordered", {}),
        ("rt_pcr", "final", {"verbal": True, "written": False}),
        ("karyotype", "final", {}),
        ("break_apart_fish", "final", {}),
        ("dual_fusion_fish", "final", {}),
        ("morphology", "final", {}),
        ("immunofluorescence", "final", {}),
        ("brand_new_method", "final", {}),
    ],
)
def test_nothing_else_ever_confirms_a_partner(lab: Lab, method: str, status: str, more: dict[str, Any]) -> None:
    reports = (lab.partner(method, "ZBTB16", status, **more),)
    assert partner_class(reports).value == "unnamed"
    assert confirmed_partner(reports).value == "none"


def test_a_verbal_report_confirmed_in_writing_confirms(lab: Lab) -> None:
    assert partner_class((lab.partner("rt_pcr", "ZBTB16", verbal=True, written=True),)).value == "resistant"


@pytest.mark.parametrize(
    "partner, truncated, kind, word",
    [
        ("NPM1", False, "sensitive", "NPM1"),
        ("NUMA1::RARA", False, "sensitive", "NUMA1"),
        ("FIP1L1/RARA", False, "sensitive", "FIP1L1"),
        ("STAT5B", False, "resistant", "STAT5B"),
        ("NPM1", True, "unclassified", "NPM1"),
        ("STAT5B", True, "resistant", "STAT5B"),
        ("PRKAR1A", False, "unclassified", "PRKAR1A"),
        ("GTF2I::RARA", False, "unclassified", "GTF2I"),
        ("NPM1::RARG", False, "unclassified", "NPM1_RARG"),
        ("TTMV", False, "unclassified", "TTMV"),
        ("STAT5A::RARA", False, "unclassified", "other"),
        ("see comment", False, "unnamed", "none"),
    ],
)
def test_the_class_of_a_confirmed_partner_comes_from_the_table(
    lab: Lab, partner: str, truncated: bool, kind: str, word: str
) -> None:
    reports = (lab.partner("rna_sequencing", partner, truncated=truncated),)
    assert partner_class(reports).value == kind
    assert confirmed_partner(reports).value == word


def test_a_second_report_of_the_same_partner_keeps_the_first_moment(lab: Lab) -> None:
    reports = (lab.partner("rt_pcr", "ZBTB16"), lab.partner("rna_sequencing", "RARA-PLZF"))
    assert (partner_class(reports).recorded, partner_class(reports).events) == (11, (1, 2))
    assert knowledge_conflict(reports).value is False


def test_of_two_confirmed_partners_the_more_cautious_class_counts_and_they_conflict(lab: Lab) -> None:
    reports = (lab.partner("rt_pcr", "NPM1"), lab.partner("rna_sequencing", "ZBTB16"))
    assert partner_class(reports).value == "resistant"
    assert confirmed_partner(reports).value == "several"
    assert knowledge_conflict(reports).value is True
    assert knowledge_conflict(reports).recorded == 21


@pytest.mark.parametrize(
    "karyotype, kind",
    [
        ("t(11;17)(q23;q21)", "resistant"),
        ("t(11;17)(q13;q21)", "sensitive"),
        ("46,XY,t(5;17)(q35;q21),del(12)(p13)", "sensitive"),
        ("t(3;17)(q26;q21)", "unclassified"),
        ("t(17;17)(q21;q21)", "resistant"),
        ("t(11;17)", "none"),
        ("46,XX", "none"),
    ],
)
@pytest.mark.parametrize("status", ["preliminary", "final"])
def test_a_karyotype_raises_a_suspicion_by_its_bands(lab: Lab, karyotype: str, kind: str, status: str) -> None:
    reports = (lab.report("rar_partner", "karyotype", "rearranged", status, karyotype=karyotype),)
    assert suspected_class(reports).value == kind
    assert suspicion_basis(reports).value == ("none" if kind == "none" else "banding")
    assert partner_class(reports).value == "unnamed"


def test_a_cancelled_karyotype_suggests_nothing(lab: Lab) -> None:
    reports = (lab.report("rar_partner", "karyotype", "", "cancelled", karyotype="t(11;17)(q23;q21)"),)
    assert suspected_class(reports).value == "none"


@pytest.mark.parametrize("status, more", [("preliminary", {}), ("final", {"verbal": True, "written": False})])
def test_a_preliminary_or_verbal_molecular_report_raises_a_suspicion(
    lab: Lab, status: str, more: dict[str, Any]
) -> None:
    reports = (lab.partner("rt_pcr", "NPM1", status, **more),)
    assert suspected_class(reports).value == "sensitive"
    assert suspicion_basis(reports).value == "molecular"


def test_a_truncated_domain_takes_the_suspicion_of_sensitivity_away(lab: Lab) -> None:
    assert suspected_class((lab.partner("rt_pcr", "NPM1", "preliminary", truncated=True),)).value == "unclassified"


def test_of_two_suspicions_the_more_cautious_class_and_the_stronger_basis_count(lab: Lab) -> None:
    reports = (
        lab.report("rar_partner", "karyotype", "rearranged", karyotype="t(11;17)(q13;q21)"),
        lab.partner("rt_pcr", "ZBTB16", "preliminary"),
    )
    assert suspected_class(reports).value == "resistant"
    assert suspicion_basis(reports).value == "molecular"


def test_a_confirmation_leaves_the_earlier_suspicion_as_it_was(lab: Lab) -> None:
    banding = lab.report("rar_partner", "karyotype", "rearranged", "preliminary", karyotype="t(11;17)(q23;q21)")
    reports = (banding, lab.partner("rt_pcr", "ZBTB16"))
    assert suspected_class(reports).value == "resistant"
    assert suspected_class(reports).events == (1,)
    assert partner_class(reports).events == (2,)


def test_morphology_never_raises_a_suspicion(lab: Lab) -> None:
    assert suspected_class((lab.partner("morphology", "NPM1"),)).value == "none"


def test_a_positive_pml_rara_beside_a_confirmed_partner_conflicts(lab: Lab) -> None:
    reports = (lab.pml("rt_pcr", "positive"), lab.partner("rna_sequencing", "ZBTB16"))
    conflict = knowledge_conflict(reports)
    assert conflict.value is True
    assert (conflict.recorded, conflict.events) == (21, (1, 2))


def test_a_pending_pml_rara_beside_a_confirmed_partner_does_not_conflict(lab: Lab) -> None:
    reports = (lab.pml("rt_pcr", "", "ordered"), lab.partner("rna_sequencing", "ZBTB16"))
    assert knowledge_conflict(reports).value is False


def test_a_conflicting_pml_rara_conflicts(lab: Lab) -> None:
    reports = (lab.pml("rt_pcr", "positive"), lab.pml("dual_fusion_fish", "negative"))
    assert knowledge_conflict(reports).value is True


@pytest.mark.parametrize(
    "method, status, conflicts",
    [
        ("rna_sequencing", "final", True),
        ("rna_sequencing", "preliminary", False),
        ("break_apart_fish", "final", False),
        ("karyotype", "final", False),
    ],
)
def test_an_adequate_method_that_finds_no_rearrangement_contradicts_a_confirmed_partner(
    lab: Lab, method: str, status: str, conflicts: bool
) -> None:
    reports = (lab.partner("rt_pcr", "ZBTB16"), lab.report("rar_partner", method, "no_rearrangement", status))
    assert knowledge_conflict(reports).value is conflicts


def test_finding_no_rearrangement_without_a_confirmed_partner_contradicts_nothing(lab: Lab) -> None:
    assert knowledge_conflict((lab.report("rar_partner", "rna_sequencing", "no_rearrangement"),)).value is False


def test_a_core_binding_factor_lesion_beside_a_confirmed_partner_conflicts(lab: Lab) -> None:
    karyotype = lab.report("rar_partner", "karyotype", "normal", karyotype="46,XX,t(8;21)(q22;q22)")
    assert knowledge_conflict((karyotype,)).value is False
    assert knowledge_conflict((karyotype, lab.partner("rt_pcr", "ZBTB16"))).value is True


def test_the_published_atypical_fish_case_is_positive_and_not_conflicting(lab: Lab) -> None:
    reports = (
        lab.report("rar_partner", "karyotype", "normal", karyotype="46,XY,add(11)(p15),t(13;20)(q12;q11.2)"),
        lab.pml("dual_fusion_fish", "atypical"),
        lab.pml("rt_pcr", "positive"),
    )
    assert pml_rara_state(reports).value == "positive"
    assert knowledge_conflict(reports).value is False
    assert partner_class(reports).value == "unnamed"


def test_the_case_the_product_exists_for_walks_through_its_five_days(lab: Lab) -> None:
    reports = (
        lab.pml("rt_pcr", "negative"),
        lab.pml("dual_fusion_fish", "negative"),
        lab.report("rar_partner", "karyotype", "rearranged", "preliminary", karyotype="46,XX,t(11;17)(q23;q21)"),
        lab.partner("rt_pcr", "ZBTB16::RARA"),
    )
    walked = [
        (pml_rara_state(known).value, suspected_class(known).value, partner_class(known).value)
        for known in (reports[:1], reports[:2], reports[:3], reports)
    ]
    assert walked == [
        ("negative_single_method", "none", "unnamed"),
        ("negative_two_methods", "none", "unnamed"),
        ("negative_two_methods", "resistant", "unnamed"),
        ("negative_two_methods", "resistant", "resistant"),
    ]
    assert partner_class(reports).shown == "ZBTB16::RARA confirmed: resistant"


KARYOTYPES = ["", "46,XX", "t(11;17)(q23;q21)", "t(5;17)(q35;q21)", "t(8;21)(q22;q22)"]
PARTNERS = ["", "ZBTB16", "NPM1::RARA", "NPM1::RARG", "PML::RARA", "STAT5A::RARA", "see comment"]
any_report = st.builds(
    Report,
    position=st.integers(1, 99),
    test=st.sampled_from(WorkUpTest),
    method=st.sampled_from([*Method, "brand_new_method", ""]),
    status=st.sampled_from(ReportStatus),
    result=st.sampled_from(["", *PmlRaraResult, *RarPartnerResult]),
    partner=st.sampled_from(PARTNERS),
    karyotype=st.sampled_from(KARYOTYPES),
    truncated=st.booleans(),
    verbal=st.booleans(),
    written=st.booleans(),
    occurred_at=st.integers(0, 1000),
    recorded_at=st.integers(0, 1000),
)
REPORT_FACTS = [fact for fact in COMPUTED.values() if fact.takes == "reports"]


@given(st.lists(any_report, max_size=7), st.sampled_from(REPORT_FACTS))
def test_every_answer_over_any_reports_is_known_and_of_its_closed_type(reports: list[Report], fact: Any) -> None:
    reading = fact.function(tuple(reports))
    assert reading.known
    assert reading.shown
    if fact.type == "bool":
        assert isinstance(reading.value, bool)
    else:
        assert reading.value in fact.values
    assert set(reading.events) <= {report.position for report in reports}


@given(st.lists(any_report, max_size=7), st.sampled_from(REPORT_FACTS))
def test_reporting_everything_again_never_moves_the_moment_it_was_learned(reports: list[Report], fact: Any) -> None:
    once, twice = fact.function(tuple(reports)), fact.function(tuple(reports * 2))
    assert (once.value, once.recorded) == (twice.value, twice.recorded)


@given(st.lists(any_report, max_size=7))
def test_unsettled_reports_never_change_what_is_confirmed(reports: list[Report]) -> None:
    settled = tuple(report for report in reports if report.settled)
    for fact in (partner_class, confirmed_partner):
        assert fact(tuple(reports)).value == fact(settled).value


@pytest.mark.parametrize(
    "before, after, legal",
    [
        (None, "preliminary", True),
        ("ordered", "collected", True),
        ("ordered", "final", True),
        ("collected", "ordered", False),
        ("preliminary", "preliminary", True),
        ("preliminary", "final", True),
        ("final", "preliminary", False),
        ("final", "final", False),
        ("final", "amended", True),
        ("amended", "corrected", True),
        ("corrected", "amended", True),
        ("final", "cancelled", False),
        ("received", "cancelled", True),
        ("cancelled", "final", False),
        ("ordered", "amended", False),
    ],
)
def test_a_report_lives_in_order(before: str | None, after: str, legal: bool) -> None:
    assert follows(None if before is None else ReportStatus(before), ReportStatus(after)) is legal


def test_every_computed_fact_is_found_under_its_name_and_version() -> None:
    assert all(key == f"{fact.name}@{fact.version}" for key, fact in COMPUTED.items())


def test_every_table_is_pinned_by_a_hash() -> None:
    files = Path(table.__file__).with_name("tables").glob("*.toml")
    assert set(TABLES) == {each.stem for each in files}
    assert all(len(digest) == 64 for digest in TABLES.values())
