"""The reader on real karyotypes, and the figures of docs/explanation/karyotypes.md.

The data lie beside the checkout and are not part of it: without them these tests skip and say so.
"""

import csv
import gzip
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from pathway.clinical.karyotype import Karyotype, Outcome, read_karyotype
from pathway.clinical.karyotype.words import TABLE

PAGE = Path(__file__).resolve().parents[2] / "docs/explanation/karyotypes.md"
COHORTS = {"AMLSG": "acute myeloid leukaemia", "RCytoGPS": "chronic lymphocytic leukaemia"}
#: Breaks of chromosome 17 where RARA lies, found without the reader: `(15;17)(q22;q21)`, `add(17)(q21)`.
BREAK = re.compile(r"\(([^()]*)\)[;:]?\(([^()]*)\)")
AT_RARA = re.compile(r"q(?:11\.2|12|21(?:\.[12])?)(?![\d.])|q2(?![\d])|q1(?![\d])|q\?")

Cohort = dict[str, Karyotype]


@pytest.fixture(scope="module")
def amlsg(shared: Path) -> Cohort:
    """Karyotypes of patients with acute myeloid leukaemia, by the patient's label."""
    with (shared / "data/karyotypes/amlsg_karyotypes.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return {row["pdid"]: read_karyotype(row["karyotype_as_written"]) for row in rows}


@pytest.fixture(scope="module")
def rcytogps(shared: Path) -> Cohort:
    """Karyotypes of patients with chronic lymphocytic leukaemia."""
    with (shared / "data/karyotypes/rcytogps_karyotypes.csv").open(encoding="utf-8", newline="") as file:
        return {str(number): read_karyotype(row["Karyotype"]) for number, row in enumerate(csv.DictReader(file))}


def figures(cohorts: dict[str, Cohort]) -> str:
    """The table of the page."""
    heads = ("Cohort", "Texts", "No result", "Karyotypes", "Without residue", "Repaired", "RARA events", "In patients")
    lines = ["| " + " | ".join(heads) + " |", "| --- |" + " ---: |" * (len(heads) - 1)]
    for name, cohort in cohorts.items():
        outcomes = Counter(each.outcome for each in cohort.values())
        karyotypes = [each for each in cohort.values() if each.outcome is not Outcome.NO_RESULT]
        clean = sum(not each.residue for each in karyotypes)
        events = [[event for event in each.events if event.gene == "RARA"] for each in karyotypes]
        cells = (
            f"{name}, {COHORTS[name]}",
            len(cohort),
            outcomes[Outcome.NO_RESULT],
            len(karyotypes),
            f"{clean} ({100 * clean / len(karyotypes):.1f} %)",
            sum(bool(each.repairs) for each in karyotypes),
            sum(map(len, events)),
            sum(map(bool, events)),
        )
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def breaks_at_rara(text: str) -> set[str]:
    """The bands of chromosome 17 where RARA lies, of rearrangements written with brackets and no fault inside."""
    found: set[str] = set()
    for chromosomes, bands in BREAK.findall(text.replace(" ", "")):
        names, places = re.split("[;:]", chromosomes), re.split("[;:]", bands)
        if len(names) == len(places):
            for name, place in zip(names, places, strict=True):
                if name.lstrip("?") == "17":
                    found |= set(AT_RARA.findall(place))
    return found


def test_the_figures_of_the_page_are_those_of_the_reader(amlsg: Cohort, rcytogps: Cohort) -> None:
    table = figures({"AMLSG": amlsg, "RCytoGPS": rcytogps})
    assert table in PAGE.read_text("utf-8"), f"put this into {PAGE.name}:\n{table}"


def test_at_least_97_of_100_karyotypes_leave_no_residue(amlsg: Cohort, rcytogps: Cohort) -> None:
    for cohort in (amlsg, rcytogps):
        karyotypes = [each for each in cohort.values() if each.outcome is not Outcome.NO_RESULT]
        assert 100 * sum(not each.residue for each in karyotypes) >= 97 * len(karyotypes)


def test_no_real_karyotype_is_read_as_no_result(amlsg: Cohort, rcytogps: Cohort) -> None:
    for cohort in (amlsg, rcytogps):
        nothing = [each.text for each in cohort.values() if each.outcome is Outcome.NO_RESULT]
        assert len(nothing) > 20
        assert [text for text in nothing if re.search(r"\d\d\s*,?\s*[XY]", text)] == []


def test_every_break_where_rara_lies_is_listed(amlsg: Cohort, rcytogps: Cohort) -> None:
    seen = 0
    for name, read in (*amlsg.items(), *rcytogps.items()):
        wanted = breaks_at_rara(read.text)
        listed = {band for event in read.events for at in event.receptor for band in AT_RARA.findall(at.band)}
        assert wanted <= listed, name
        seen += bool(wanted)
    assert seen > 45


def test_every_patient_of_the_classic_cohort_has_the_classic_fusion_among_the_candidates(
    amlsg: Cohort, shared: Path
) -> None:
    with (shared / "data/karyotypes/amlsg_karyotypes.tsv").open(encoding="utf-8", newline="") as file:
        classic = {row["pdid"] for row in csv.DictReader(file, delimiter="\t") if row["class_t15_17"] == "1"}
    written = {name for name in classic if re.search(r"15;17", amlsg[name].text)}
    assert len(written) > 25
    assert {name for name in written if "PML::RARA" not in amlsg[name].candidates} == set()


@pytest.mark.parametrize(
    "label, candidates",
    [
        ("PD7638a", ("KMT2A::MLLT6", "ZBTB16::RARA")),
        ("PD9355a", ("KMT2A::MLLT6", "ZBTB16::RARA")),
        ("PD8410a", ("NPM1::RARA",)),
        ("PD7808a", ("PML::RARA",)),
        ("PD11158a", ("PML::RARA",)),
        ("PD8130a", ("PML::RARA",)),
        ("PD10972a", ()),
    ],
)
def test_what_is_known_of_single_patients_is_read(amlsg: Cohort, label: str, candidates: tuple[str, ...]) -> None:
    assert amlsg[label].candidates == candidates


def test_a_validator_and_the_reader_agree_on_valid_strings(shared: Path) -> None:
    corpus = json.loads((shared / "data/karyotypes/iscn_authenticator_validity.json").read_text("utf-8"))
    valid = [read_karyotype(each["input"]) for each in corpus["valid"]]
    assert len(valid) > 10
    assert [each.text for each in valid if each.residue or each.repairs] == []
    assert all(read_karyotype(each["input"]).outcome in Outcome for each in corpus["invalid"])


def test_the_ends_of_the_arms_are_those_of_the_genome_map(shared: Path) -> None:
    ends: dict[tuple[str, str], str] = {}
    with gzip.open(shared / "data/karyotypes/hg38_cytobands.tsv.gz", "rt", encoding="utf-8") as file:
        for line in file:
            name, _, _, band, *_ = line.split("\t")
            if re.fullmatch(r"chr(\d+|[XY])", name) and band[:1] in {"p", "q"}:
                key = (name[3:], band[0])
                ends[key] = max(ends.get(key, ""), band[1:3])
    assert ends == {(name, arm): end for name, arms in TABLE.arms.items() for arm, end in arms.items()}
