"""The page of promises names tests that are there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "explanation" / "promises.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
ROWS = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| **")]


def names_in(path: Path) -> set[str]:
    """The names under which a file's tests are run."""
    found = ast.parse(path.read_text("utf-8")).body
    return {each.name for each in found if isinstance(each, ast.FunctionDef | ast.ClassDef)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("**")[1])
def test_every_promise_names_tests_and_each_of_them_is_there(row: str):
    named = NAMED.findall(row)
    assert named, "a promise without a test is a wish"
    assert row.count("tests/") == len(named)
    for file, name in named:
        assert (ROOT / file).is_file(), f"{file} is not there"
        if name:
            assert name in names_in(ROOT / file), f"{file} has no {name}"
            assert name.startswith(("test_", "Test"))


def test_the_page_holds_all_of_them():
    assert len(ROWS) > 20
