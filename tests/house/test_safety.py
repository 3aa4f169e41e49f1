"""docs/safety holds together: hazards, requirements, tests, numbers, digests, signatures and links."""

import importlib.util
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pathway.clinical.computed import TABLES
from pathway.definition.load import shipped
from tests.house.tree import ROOT
from ward.wiring import SHIPPED

FOLDER = ROOT / "docs" / "safety"
PAGES = sorted(FOLDER.rglob("*.md"))
TEST = re.compile(r"`?(tests/[\w/]+\.py(?:::\w+(?:\[[^\]`]+\])?)?)`?")
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
#: A number that people are told in a text, with what it counts.
SPAN_SAID = re.compile(r"(?<![\w+:])\d+ (?:h|d|mg|min|weeks?|days?|courses?)(?![\w/])")
#: The parts of an entry that everybody who reads the log needs.
ASKED = {"id", "title", "causes", "effect", "initial", "requirement", "residual", "rationale", "status", "controls"}


def script() -> ModuleType:
    """docs/safety.py, which is a script beside the pages and no module of the product."""
    found = importlib.util.spec_from_file_location("safety", ROOT / "docs" / "safety.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


SAFETY = script()
MADE = SAFETY.pages()
HAZARDS = tomllib.loads((FOLDER / "hazards.toml").read_text("utf-8"))["hazards"]
CURRENT = SAFETY.current()


@cache
def collected() -> frozenset[str]:
    """Every test that the folder names, as the test runner finds it; with and without its parameters."""
    named = {test.partition("::")[0] for page in PAGES for test in TEST.findall(page.read_text("utf-8"))}
    listing = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "-m", "", *sorted(named)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    found = [line for line in listing.splitlines() if "::" in line]
    return frozenset(found) | {line.partition(end)[0] for line in found for end in ("[", "::")}


def of(hazard: dict[str, Any], owner: str) -> list[dict[str, Any]]:
    """The controls of a hazard that one side owes."""
    return [each for each in hazard["controls"] if each["owner"] == owner]


@pytest.mark.parametrize("name", sorted(MADE))
def test_a_made_page_is_as_log_and_definitions_are(name: str):
    assert (FOLDER / name).read_text("utf-8") == MADE[name], "run: python docs/safety.py"


def test_the_log_begins_with_every_hazard_of_the_analysis_and_numbers_none_twice():
    ids = [each["id"] for each in HAZARDS]
    assert ids[:57] == [f"H{number:02}" for number in range(1, 58)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda each: str(each["id"]))
def test_every_hazard_has_a_control_of_the_makers_that_a_test_holds_or_is_left_to_the_site(hazard: dict[str, Any]):
    assert set(hazard) - {"open", "reviewer", "date"} == ASKED
    assert hazard["requirement"].endswith(".")
    for control in of(hazard, "maker"):
        assert control["tests"], "a control without a test is a hope"
        assert [each for each in control["tests"] if each not in collected()] == []
    assert of(hazard, "maker") or of(hazard, "site")
    assert {each["kind"] for each in hazard["controls"]} <= {"design", "test", "training", "procedure"}


@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda each: str(each["id"]))
def test_no_control_makes_a_hazard_graver_and_a_hazard_left_to_the_site_stays_as_likely(hazard: dict[str, Any]):
    before, left = hazard["initial"], hazard["residual"]
    assert all(1 <= each <= 5 for each in (*before.values(), *left.values()))
    assert left["severity"] <= before["severity"]
    assert left["likelihood"] <= before["likelihood"]
    if not of(hazard, "maker"):
        assert left == before


def test_every_requirement_has_its_hazard_and_its_tests_and_every_test_leads_back():
    page = MADE["requirements.md"]
    entries, _, index = page.partition("## By test")
    for hazard in HAZARDS:
        number = f"SR{hazard['id'][1:]}"
        _, _, entry = entries.partition(f"### {number}\n")
        entry = entry.partition("\n### ")[0]
        assert hazard["requirement"] in entry
        assert f"Hazard {hazard['id']}:" in entry
        for test in (test for control in of(hazard, "maker") for test in control["tests"]):
            assert f"`{test}`" in entry
            (line,) = [line for line in index.splitlines() if line.startswith(f"| `{test}` |")]
            assert number in line
        assert of(hazard, "maker") or "- site, " in entry


def test_what_is_left_above_tolerable_has_a_reviewer_or_is_open_and_told_by_the_release():
    note = CURRENT.read_text("utf-8")
    unsigned = [each for each in HAZARDS if SAFETY.above(each) and not each["reviewer"]]
    assert [each["id"] for each in unsigned if each["status"] != "open" or f"| {each['id']} |" not in note] == []
    assert any(SAFETY.above(each) for each in HAZARDS), "nothing would be told if nothing were above"


def test_a_part_that_is_not_built_is_told_by_the_release():
    note = CURRENT.read_text("utf-8")
    assert [each["id"] for each in HAZARDS if "open" in each and each["open"] not in note] == []


def test_a_hazard_is_closed_by_a_person_on_a_day_alone():
    assert {each["status"] for each in HAZARDS} <= {"open", "closed"}
    closed = [each for each in HAZARDS if each["status"] == "closed"]
    assert [each["id"] for each in closed if not (each["reviewer"] and each["date"])] == []


def leaves(part: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a definition that is no table and no list, with the key that it stands under."""
    if isinstance(part, dict):
        for name, each in part.items():
            yield from leaves(each, name)
    elif isinstance(part, list):
        for each in part:
            yield from leaves(each, key)
    else:
        yield key, part


@pytest.mark.parametrize("definition", SHIPPED, ids=lambda each: str(each[0]))
def test_every_number_of_a_shipped_definition_stands_in_the_list_to_be_signed(definition: tuple[str, int]):
    raw = SAFETY.raw(*definition)
    head = f"## {definition[0]}, version {definition[1]}\n"
    page = MADE["clinical_signoff.md"].partition(head)[2].partition("\n## ")[0].replace("\\|", "|")
    for number, each in raw["settings"].items():
        said = each.get("value") or ", ".join(each["rounds"])
        assert f"| `{number}` | {said} | {' to '.join(each.get('bounds', ()))} |" in page
    courses = [each["course"] for each in raw["transitions"] if "course" in each]
    doses = [pair for course in courses for pair in course.get("doses", {}).values()]
    assert [each for each in doses if f"| {' to '.join(each)} |" not in page] == []
    rest = list(leaves({**raw, "settings": {}}))
    whole = [(key, each) for key, each in rest if type(each) is int and key not in ("format", "version")]
    assert [each for each in whole if f" {each[0]}` | {each[1]} |" not in page] == []
    texts = [each for key, each in rest if isinstance(each, str) and key != "source" and SPAN_SAID.search(each)]
    assert [each for each in texts if f"| {each} |" not in page] == []


def test_a_figure_counts_as_printed_only_where_its_source_prints_it():
    kinds = {each.key: SAFETY.printed("variant_apl", each) for each in SAFETY.numbers("variant_apl", 1)}
    assert "R26" in kinds["fibrinogen_target"]
    assert "4.3" in kinds["recheck_s1"]
    assert kinds["recheck_s2"] == kinds["pt_upper_normal"] == kinds["order_work_up"] == kinds["stop_deadline"] == []


def test_every_data_table_stands_in_the_list_to_be_signed():
    page = MADE["clinical_signoff.md"]
    assert [name for name, digest in TABLES.items() if f"| `{name}.toml` | `{digest}` |" not in page] == []


def test_no_signature_is_of_a_number_that_is_not_there():
    numbers = {(f"{each[0]} {each[1]}", one.key, one.value) for each in SHIPPED for one in SAFETY.numbers(*each)}
    numbers |= {("tables", name, digest) for name, digest in TABLES.items()}
    assert set(SAFETY.signed()) - numbers == set()
    assert all(each["by"] and each["date"] for each in SAFETY.signed().values())


def test_what_is_signed_is_counted_so_on_the_front_page():
    unsigned, every = SAFETY.counted()
    assert unsigned == every - len(SAFETY.signed())
    assert f"| numbers that nobody has signed | {unsigned} of {every} |" in (FOLDER / "README.md").read_text("utf-8")


def test_the_note_of_the_release_names_each_shipped_definition_by_its_digest():
    note = CURRENT.read_text("utf-8")
    assert [each for each in SHIPPED if f"| {each[0]} | {each[1]} | `{shipped(*each).digest}` |" not in note] == []


def unsigned_block() -> bool:
    """Whether a signature of the current release is empty."""
    block = CURRENT.read_text("utf-8").partition("## Signatures")[2]
    lines = [line for line in block.splitlines() if line.startswith("| ")][2:]
    assert lines
    return any(not cell.strip() for line in lines for cell in line.strip("|").split("|"))


@pytest.mark.parametrize("page", PAGES, ids=lambda each: str(each.relative_to(FOLDER)))
def test_nothing_is_called_approved_while_a_signature_is_empty(page: Path):
    if not unsigned_block() and SAFETY.counted()[0] == 0:
        return
    assert claims(page.read_text("utf-8")) == []


def claims(text: str) -> list[str]:
    """Where a text calls something approved; names of tests and commands do not speak."""
    said = re.sub(r"\s+", " ", re.sub(r"`[^`]*`", "", text))
    return re.findall(r"(?<!not )(?<!not clinically )\bapproved\b.{0,40}", said, re.IGNORECASE)


def test_a_claim_is_recognised():
    assert claims("It is approved for\nwards.")
    assert not claims("It is not\napproved; `test_approved` is a test; **Not clinically approved**.")


@pytest.mark.parametrize("page", PAGES, ids=lambda each: str(each.relative_to(FOLDER)))
def test_every_link_leads_somewhere_and_every_test_that_is_named_is_collected(page: Path):
    text = page.read_text("utf-8")
    links = [each.partition("#")[0] for each in LINK.findall(text) if "://" not in each]
    assert [each for each in links if each and not (page.parent / each).exists()] == []
    assert [each for each in TEST.findall(text) if each not in collected()] == []


def test_every_page_of_the_folder_is_reached_from_its_front_page():
    front = set(LINK.findall((FOLDER / "README.md").read_text("utf-8")))
    assert {str(each.relative_to(FOLDER)) for each in PAGES} - front == {"README.md"}


def test_every_claim_of_the_safety_case_has_argument_evidence_limits_and_what_remains():
    claims_made = (FOLDER / "safety_case.md").read_text("utf-8").split("\n## ")[1:-1]
    assert [each[:2] for each in claims_made] == [f"G{number}" for number in range(1, 8)]
    for each in claims_made:
        for part in ("Claim", "Argument", "Evidence", "Limits", "What remains"):
            assert f"**{part}.**" in each
        assert TEST.search(each.partition("**Evidence.**")[2].partition("**Limits.**")[0])


def test_every_component_that_can_hurt_is_shown_with_the_version_that_is_pinned():
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    page = (FOLDER / "third_party.md").read_text("utf-8")
    shown = dict(re.findall(r"^\| ([\w-]+) \| (\d[\w.]*) \|$", page, re.MULTILINE))
    assert set(shown) == set(SAFETY.COMPONENTS)
    assert [name for name, version in shown.items() if f"\n{name}=={version} " not in lock] == []
