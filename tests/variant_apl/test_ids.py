"""Every id of the clinical references has its row in docs/explanation/rules.md: tests that are there, or a reason."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.case.ward import SHIPPED
from tests.variant_apl.test_readings import SOURCES

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "explanation" / "rules.md").read_text("utf-8")
ROWS = [
    [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in PAGE.splitlines() if line.startswith("| ")
]
ROWS = [row for row in ROWS if row[0] not in ("Id", "---")]
TABLE = {row[0]: row[1:] for row in ROWS}
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)(?:\[([\w-]+)\])?`")
REASON = "No test: "
IDS = (
    *(f"R{number}" for number in range(1, 36)),
    *(f"A{number}" for number in range(1, 30)),
    *(f"D{number}" for number in range(1, 27)),
    *(f"I{number}" for number in range(1, 8)),
    *(f"T{number:02}" for number in range(1, 33)),
    *(f"M{number}" for number in range(1, 53)),
    *(f"{reminder}-E{number}" for reminder in ("M1", "M3") for number in range(1, 25)),
    *("K1", "K2", "K3", "K4", "K5", "K6", "K7a", "K7b"),
)
#: Rows that say of an article's rule or reading what must fail: their tests carry the id.
CARRIED = tuple(each for each in IDS if each[0] in "RA")


@cache
def functions_of(file: str) -> frozenset[str]:
    """The names of the tests of a file."""
    found = ast.parse((ROOT / "tests" / file).read_text("utf-8")).body
    return frozenset(each.name for each in found if isinstance(each, ast.FunctionDef | ast.ClassDef))


@cache
def parts() -> frozenset[str]:
    """Every id and name of the file."""
    form = SHIPPED.form
    named = (*form.settings, *form.facts, *form.conditions, *form.latches, *form.choices)
    ids = (each.id for kind in (form.transitions, form.requests, form.reminders, form.never) for each in kind)
    single = (each.id for each in (form.enrol, form.reopen, form.merge) if each)
    return frozenset((*named, *ids, *single, *(each.name for each in form.proposals)))


def scenario(word: str) -> str:
    """The file of a scenario, by the id under which it runs: `M3-E24-reversed` is m3_e24_reversed."""
    return word.lower().replace("-", "_")


def test_every_id_has_one_row_and_no_row_is_of_another():
    assert sorted(row[0] for row in ROWS) == sorted(IDS)
    assert {len(row) for row in ROWS} == {4}


@pytest.mark.parametrize("name", IDS)
def test_a_row_says_what_is_done_and_names_tests_that_are_there_or_a_reason(name: str):
    does, _, proved = TABLE[name]
    assert len(does) > 2
    if proved.startswith(REASON):
        assert len(proved) > len(REASON) + 20
        return
    named = NAMED.findall(proved)
    assert named, "no test and no reason"
    assert proved.count("::") == len(named)
    for file, test, argument in named:
        assert test in functions_of(file), f"{file} has no {test}"
        assert test.startswith(("test_", "Test"))
        if argument:
            assert (ROOT / "tests" / "acceptance" / "scenarios" / f"{scenario(argument)}.toml").is_file(), argument


@pytest.mark.parametrize("name", IDS)
def test_a_row_names_parts_that_the_file_has(name: str):
    assert set(re.findall(r"`([^`]+)`", TABLE[name][1])) <= parts()


@pytest.mark.parametrize("name", CARRIED)
def test_a_test_of_a_rule_or_reading_carries_its_id(name: str):
    carries = [
        test.startswith(f"test_{name.lower()}_")
        or re.search(rf'id="{name}["-]', (ROOT / "tests" / file).read_text("utf-8")) is not None
        for file, test, _ in NAMED.findall(TABLE[name][2])
    ]
    assert any(carries)


@pytest.mark.parametrize("name", [each for each in IDS if each[0] == "M" and TABLE[each][2].startswith(REASON)])
def test_what_is_left_out_carries_the_reason_of_the_sources(name: str):
    if "-" not in name:
        assert TABLE[name][2].partition(": ")[2].partition(": ")[2] in SOURCES


def test_a_name_that_is_not_there_would_be_found():
    assert "test_nothing_of_the_kind" not in functions_of("variant_apl/test_rules.py")
    assert "nothing_of_the_kind" not in parts()
    assert {"M3", "R26", "start_tretinoin"} - parts() == {"R26"}
