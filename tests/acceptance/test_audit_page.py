"""The page of the rules of an inspector names each of them once, and each has a test under its id."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "explanation" / "audit.md").read_text("utf-8")
TESTS = (Path(__file__).parent / "test_audit.py").read_text("utf-8")
RULES = [str(number) for number in range(1, 24)]


def test_the_page_has_a_row_for_every_rule_and_no_other():
    assert re.findall(r"^\| \*\*audit-A(\d+)\*\* \|", PAGE, re.MULTILINE) == RULES


def test_every_rule_has_a_test_under_its_id():
    assert list(dict.fromkeys(re.findall(r"^@audit\((\d+)\)$", TESTS, re.MULTILINE))) == RULES


@pytest.mark.parametrize("page", sorted(set(re.findall(r"\{doc\}`([^`]+)`", PAGE))))
def test_a_page_that_it_leads_to_is_there(page: str):
    beside = ROOT / "docs" / ("explanation" if not page.startswith("/") else "") / f"{page.lstrip('/')}.md"
    assert beside.is_file()


@pytest.mark.parametrize("address", sorted(set(re.findall(r"`(/audit/[a-z]+)", PAGE))))
def test_an_address_that_it_names_is_one_of_the_product(address: str):
    pages = "".join(file.read_text("utf-8") for file in (ROOT / "ward" / "web" / "audit").glob("*.py"))
    assert f'"{address}' in pages
