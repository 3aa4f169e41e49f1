"""Every rule of a shipped pathway names its source, every source is written down, and nothing claims a signature."""

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from tests.definition.broken import TEXT

SOURCES = files("pathway.definitions").joinpath("variant_apl", "SOURCES.md").read_text("utf-8")
LISTED = re.findall(r"^\| ([A-Z]\d+|\d\.\d|safety \d) \|", SOURCES, re.MULTILINE)
RAW = tomllib.loads(TEXT)
#: Parts of which each entry must say where it comes from.
SOURCED = ("transitions", "requests", "stops", "proposals", "reminders", "never")


def tags(part: Any) -> Iterator[str]:
    """Every source tag under a part of the file."""
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "source":
                yield from value
            else:
                yield from tags(value)
    elif isinstance(part, list):
        for each in part:
            yield from tags(each)


def test_every_source_of_the_file_is_listed():
    assert sorted(set(tags(RAW)) - set(LISTED)) == []


def test_nothing_is_listed_that_the_file_does_not_name():
    assert sorted(set(LISTED) - set(tags(RAW))) == []


def test_nothing_is_listed_twice():
    assert sorted(tag for tag in set(LISTED) if LISTED.count(tag) > 1) == []


def test_every_setting_has_a_source():
    assert [name for name, setting in RAW["settings"].items() if not setting.get("source")] == []


def test_every_rule_has_a_source():
    lacking = [each.get("id", each) for part in SOURCED for each in RAW[part] if not each.get("source")]
    lacking += [name for part in ("latches", "choices") for name, each in RAW[part].items() if not each.get("source")]
    assert lacking == []


def test_every_number_with_a_unit_stands_in_the_settings():
    rules = TEXT.partition("# --- facts")[2]
    guards = re.findall(r'(?:when|due|at|done_when|until|no_later_than|anchor|trigger|deadline) = "([^"]*)"', rules)
    assert [guard for guard in guards if re.search(r"(?<![\w.])\d", guard)] == []


def test_every_bounded_setting_lies_within_its_bounds_and_says_which_way_is_safe():
    bounded = {name: each for name, each in RAW["settings"].items() if "rounds" not in each}
    assert [
        name for name, each in bounded.items() if len(each["bounds"]) != 2 or each["safe"] not in ("up", "down")
    ] == []


def test_nothing_claims_a_signature():
    assert RAW["status"] == "not clinically approved"
    assert "Reviewer: vacant. Signature: none." in SOURCES
    assert "approved" not in SOURCES.lower()
