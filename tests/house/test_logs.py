"""Log lines say what is written: a key that is not allowed would be left out of every line, and nobody told."""

import ast

import pytest

from tests.house.tree import ROOT
from ward.logs import ALLOWED

FILES = sorted(path for folder in ("ward", "scheduler", "persistence") for path in (ROOT / folder).rglob("*.py"))


def left_out(text: str) -> list[str]:
    """The keys of log calls that no line would hold."""
    calls = [each for each in ast.walk(ast.parse(text)) if isinstance(each, ast.Call)]
    logged = [
        each
        for each in calls
        if isinstance(each.func, ast.Attribute) and getattr(each.func.value, "id", "") == "LOG" and each.keywords
    ]
    return [word.arg for each in logged for word in each.keywords if word.arg and word.arg not in ALLOWED]


def test_no_log_call_gives_a_key_that_is_left_out():
    found = {str(path.relative_to(ROOT)): left_out(path.read_text("utf-8")) for path in FILES}
    assert {path: keys for path, keys in found.items() if keys} == {}


@pytest.mark.parametrize("text, keys", [('LOG.error("x", value=1, case=c)', ["value"]), ('LOG.error("x", case=c)', [])])
def test_what_counts_as_left_out(text: str, keys: list[str]):
    assert left_out(text) == keys
