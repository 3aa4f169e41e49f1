"""A site's own settings: inside the bounds, signed where they are less safe, and part of what a case keeps."""

from pathlib import Path

import pytest

from pathway.clinical.computed import COMPUTED
from pathway.clinical.instant import span
from pathway.clinical.reading import Interval
from pathway.definition.checker import Site, check, site_of
from pathway.definition.errors import DefinitionError, Fault
from pathway.definition.load import load, load_pinned
from tests.definition.broken import line_with, replaced

SMALL = Path(__file__).with_name("small.toml").read_text("utf-8")
HEAD = 'pathway = "potassium"\nversion = 1\n\n[settings]\n'
SIGNED = 'reason = "few nurses", signed_by = "A. Head", second = "B. Chief"'


def faults(site: str, text: str = SMALL) -> list[Fault]:
    """What is told of a site's settings."""
    return list(check(text, "small.toml", COMPUTED, Site(HEAD + site, "site.toml")))


@pytest.mark.parametrize(
    "site, code, words",
    [
        ('agian = "2 h"', "unknown", "again"),
        ('again = "7 h"', "bounds", "1 h to 6 h"),
        ('again = "30 min"', "bounds", "1 h to 6 h"),
        ('again = "2 mmol/L"', "override", "span"),
        ('low = "3.6 mg/dL"', "override", "mmol/L"),
        ('low = "high"', "override", "'high'"),
        ("again = 4", "form", "again"),
        ('again = ["08:00"]', "override", "rounds"),
        ('quiet_hours = "6 h"', "override", "no rounds"),
        ('quiet_hours = ["22:00", "26:00"]', "setting", "26:00"),
        (f'again = {{ value = "2 h", reasons = "x", {SIGNED} }}', "form", "reasons"),
    ],
)
def test_what_a_site_may_not_say_is_told_in_its_own_file(site, code, words):
    (fault, *_) = faults(site)
    assert (fault.file, fault.code, fault.line) == ("site.toml", code, line_with(HEAD + site, site[:4]))
    assert words in f"{fault.happened} {fault.expected} {fault.mend}"


@pytest.mark.parametrize(
    "said, code",
    [
        ("", ["override_reason", "override_signature"]),
        ('reason = "few nurses"', ["override_signature"]),
        ('reason = "few nurses", signed_by = "A. Head"', ["override_signature"]),
        ('reason = "few nurses", second = "A. Head"', ["override_signature"]),
        ('signed_by = "A. Head", second = "B. Chief"', ["override_reason"]),
        ('reason = "few nurses", signed_by = "A. Head", second = "a. head"', ["override_signature"]),
        (SIGNED, []),
    ],
)
def test_a_value_to_the_unsafe_side_needs_a_reason_and_two_people(said, code):
    comma = ", " if said else ""
    assert [each.code for each in faults(f'again = {{ value = "5 h"{comma}{said} }}')] == code


def test_rounds_have_no_safe_side_and_are_always_signed():
    assert {each.code for each in faults('quiet_hours = ["21:00", "05:00"]')} == {
        "override_reason",
        "override_signature",
    }
    assert faults(f'quiet_hours = {{ rounds = ["21:00", "05:00"], {SIGNED} }}') == []
    assert faults('quiet_hours = ["22:00", "06:00"]') == []


def test_a_value_to_the_safe_side_is_said_alone_and_takes_effect():
    pathway = load(SMALL, overrides=HEAD + 'again = "2 h"\nlow = "3.8 mmol/L"\n')
    assert pathway.settings["again"].value == span("2 h")
    low = pathway.settings["low"].value
    assert isinstance(low, Interval)
    assert str(low.low) == "3.8"
    assert load(SMALL).settings["again"].value == span("4 h")


def test_the_whole_checker_looks_at_the_settings_of_the_site():
    met = f'very_low = {{ value = "3.5 mmol/L" }}\nlow = {{ value = "3.0 mmol/L", {SIGNED} }}'
    bounded = 'when = "hypokalaemia and not severe and potassium >= very_low"'
    gone = replaced(SMALL, 'when = "hypokalaemia and not severe"', bounded)
    assert faults("", gone) == []
    assert [(each.file, each.code) for each in faults(met, gone)] == [("small.toml", "never_holds")]


def test_a_file_about_another_pathway_or_version_is_refused():
    for wrong in (HEAD.replace("potassium", "sodium"), HEAD.replace("version = 1", "version = 2")):
        found = check(SMALL, "small.toml", COMPUTED, Site(wrong, "site.toml"))
        assert [(each.file, each.code) for each in found] == [("site.toml", "override")]
    assert site_of(HEAD) == ("potassium", 1)
    assert site_of("[settings]\n") is None
    assert site_of("= no TOML") is None


def test_overrides_are_part_of_the_bundle_and_its_digest():
    plain, same, site = load(SMALL), load(SMALL, overrides=HEAD), load(SMALL, overrides=HEAD + 'again = "2 h"\n')
    assert len({plain.digest, same.digest, site.digest}) == 3


def test_a_pinned_bundle_with_overrides_loads_again_by_itself():
    site = load(SMALL, overrides=HEAD + 'again = "2 h"\n')
    again = load_pinned(site.bundle)
    assert (again.digest, again.bundle) == (site.digest, site.bundle)
    assert again.settings == site.settings


@pytest.mark.parametrize(
    "old, new, code",
    [
        (b'"format":1', b'"format":2', "bundle_format"),
        (b'"units":"', b'"units":"0', "bundle_table"),
        (b'"computed":[]', b'"computed":["gone@1"]', "bundle_computed"),
        (b'"format":1', b'"format":"1"', "bundle_form"),
        (b"title = ", b"tittle = ", "form"),
    ],
)
def test_a_bundle_that_this_release_cannot_decide_says_why(old, new, code):
    kept = load(SMALL).bundle
    assert old in kept
    with pytest.raises(DefinitionError) as caught:
        load_pinned(kept.replace(old, new, 1))
    assert caught.value.code == code


def test_a_table_that_came_later_keeps_no_bundle_out():
    kept = load(SMALL).bundle
    start = kept.index(b'"units":"')
    without = kept[: start - 1] + kept[kept.index(b'"', start + len(b'"units":"')) + 1 :]
    found = load_pinned(without)
    assert found.bundle == without
    assert found.digest != load(SMALL).digest
