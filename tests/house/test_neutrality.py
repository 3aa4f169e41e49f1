"""The language, the case and the engine know no pathway: they name no disease, drug, gene, analyte or phase.

A second pathway is a second file; what is written about one of them in the engine is either an example that should be
neutral, or a rule that belongs into the file.
"""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pathway.clinical.quantity import ANALYTES
from tests.house.tree import ROOT

FOLDERS = ("pathway/definition", "pathway/case", "pathway/site", "pathway/engine")
TABLES = ROOT / "pathway/clinical/tables"
#: Clinical words that no file holds as a name of its own, as they stand in texts.
FIXED = """
    leukaemia leukemia lymphoma myeloma oncology haematologist haematology hematologist apl aml promyelocytic cancer
    tretinoin atra arsenic anthracycline daunorubicin idarubicin cytarabine chemotherapy seven_plus_three 7+3
    pml rara pml_rara fusion translocation isth dic coagulation coagulopathy clotting fibrinogen platelet platelets
    differentiation_syndrome transplant marrow tumour
    sepsis septic lactate antibiotic antibiotics blood_culture blood_cultures vasopressor
    heparin insulin warfarin thrombolysis troponin creatinine glucose potassium haemoglobin
"""
#: Words of a pathway's file that are words of the engine too: each with the reason why it may stand in the engine.
SHARED = {
    "running": "an exposure is running",
    "report": "plain English: what happened is reported, on every pathway",
    "patient": "every pathway has them",
    "ended": "a product was ended, a reminder has ended",
    "exit": "leaving a pathway, in every pathway",
    "death": "a death can be reported on every pathway; what it means there says its file (on_death)",
    "acute": "plain English",
    "without": "plain English",
    "other": "plain English",
    "sensitive": "plain English: sensitive to case",
    "resistant": "plain English",
}


def definitions() -> list[Path]:
    """Every pathway file of the checkout: those that are shipped and those of the tests."""
    return sorted([*(ROOT / "pathway/definitions").glob("*/v*.toml"), *(ROOT / "tests/pathways").glob("*/v*.toml")])


def tokens(text: str) -> tuple[str, ...]:
    """A text as small words: `PmlRaraResult`, `pml_rara` and `PML::RARA` all hold `pml rara`."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    return tuple(re.findall(r"[a-z]+|\d+", parted.lower()))


def named_in(file: dict[str, Any]) -> set[str]:
    """What a pathway is about: its analytes, drugs, products, phases, regimens, and the words of its name and title."""
    facts = file["facts"]
    words = {each["lab"] for each in facts.values() if "lab" in each}
    words |= {name for name, each in facts.items() if "lab" in each or "difference" in each}
    words |= {each["exposure"] for each in facts.values() if "exposure" in each}
    words |= {product for each in facts.values() for product in each.get("products", ())}
    words |= {
        leaf for region in file["regions"].values() for phase in region["phases"] for leaf in (phase, *phase.split("."))
    }
    courses = [each["course"] for each in file.get("transitions", ()) if "course" in each]
    words |= {word for each in courses for word in (each["regimen"], *each.get("doses", ()))}
    return words | {file["pathway"]} | set(re.findall(r"\w{4,}", file["title"]))


def genes() -> set[str]:
    """The fusion partners of the tables, by every symbol and alias that is a name of its own."""
    table = tomllib.loads((TABLES / "fusions.toml").read_text("utf-8"))
    return {text for text in strings(table) if re.fullmatch(r"[A-Z][A-Z0-9]{2,9}[0-9][A-Z0-9]*|[A-Z]{4,9}", text)}


def strings(part: Any) -> list[str]:
    """Every key and text of a table."""
    if isinstance(part, dict):
        return [text for key, each in part.items() for text in (key, *strings(each))]
    if isinstance(part, list):
        return [text for each in part for text in strings(each)]
    return [part] if isinstance(part, str) else []


@cache
def forbidden() -> dict[tuple[str, ...], str]:
    """The words that may not stand in the engine, as their tokens."""
    found = {*FIXED.split(), *ANALYTES, *genes()}
    for path in definitions():
        found |= named_in(tomllib.loads(path.read_text("utf-8")))
    return {tokens(word): word for word in sorted(found) if word.lower() not in SHARED}


def mentions(text: str) -> list[tuple[int, str]]:
    """The forbidden words of a text with their lines."""
    longest = max(map(len, forbidden()))
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = tokens(line)
        spans = ((start, end) for start in range(len(words)) for end in range(start + 1, start + longest + 1))
        found += [(number, forbidden()[words[i:j]]) for i, j in spans if j <= len(words) and words[i:j] in forbidden()]
    return found


def test_the_engine_names_no_disease_drug_gene_analyte_or_phase():
    files = [
        path
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in {".py", ".lark", ".toml", ".json"}
    ]
    assert len(files) > 40
    found = [
        f"{path.relative_to(ROOT)}:{line} names {word}"
        for path in files
        for line, word in mentions(path.read_text("utf-8"))
    ]
    assert found == [], "write a neutral example, or move the rule into the pathway's file:\n" + "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "if drug == 'tretinoin':",
        "#: half of the fibrinogen's range",
        "class PmlRaraResult(StrEnum):",
        "return 'ZBTB16' in partners",
        "title = 'PML::RARA'",
        "leaf == 'induction.seven_plus_three'",
        "about != 'inr'",
        "arsenic_trioxide",
        "cryoprecipitate",
        "the 7+3 regimen",
    ],
)
def test_a_clinical_name_is_recognised(line: str):
    assert mentions(line)


@pytest.mark.parametrize(
    "line", ["the phase is running", "a death was reported", "a course of a drug", "since its dose"]
)
def test_a_word_of_every_pathway_is_none(line: str):
    assert mentions(line) == []


def test_every_word_that_may_stand_is_one_that_would_be_found():
    """A word that no file and no table names any more needs no reason."""
    every = {*FIXED.split(), *ANALYTES, *genes()}
    for path in definitions():
        every |= named_in(tomllib.loads(path.read_text("utf-8")))
    assert sorted(SHARED.keys() - {word.lower() for word in every}) == []
